"""One person clicking twice."""

import pytest

from accounts.choices import Role
from accounts.models import Membership
from assessments import services
from assessments.models import Assessment
from tests.factories.accounts import MembershipFactory
from tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_double_click_starts_one_quick_check():
    member = MembershipFactory(role=Role.CX_LEADER)
    services.install_builtin_frameworks()

    def start():
        person = Membership.objects.select_related("organization", "user").get(pk=member.pk)
        return services.start_quick_check(by=person)

    first, second = at_once(start, start)
    assert first.pk == second.pk
    assert Assessment.objects.count() == 1
