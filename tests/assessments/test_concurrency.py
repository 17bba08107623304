"""One person clicking twice."""

import pytest
import yaml

from accounts.choices import Role
from accounts.models import AuditEvent, Membership
from assessments import services
from assessments.models import Assessment
from tests.factories.accounts import MembershipFactory
from tests.factories.assessments import small_framework
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_double_click_starts_one_quick_check():
    member = MembershipFactory(role=Role.CX_LEADER)
    services.install_builtin_frameworks()

    def start():
        person = Membership.objects.select_related("organization", "user").get(pk=member.pk)
        return services.start_quick_check(by=person)

    first, second = at_once(start, start)
    assert first.pk == second.pk
    assert Assessment.objects.count() == 1


def test_a_framework_imported_twice_at_once_is_one_entry_of_the_trail():
    leader = MembershipFactory(role=Role.CX_LEADER)
    text = yaml.safe_dump(small_framework(key="own"))

    def bring():
        member = Membership.objects.select_related("organization", "user").get(pk=leader.pk)
        return services.import_framework(by=member, text=text)

    first, second = at_once(bring, bring)
    assert first.pk == second.pk
    assert AuditEvent.objects.filter(verb="framework.published").count() == 1
