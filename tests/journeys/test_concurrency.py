"""Two people adding touchpoints at the same instant."""

import pytest

from accounts.models import Membership
from common.errors import InvalidValues
from journeys import services
from journeys.models import Touchpoint
from tests.factories import MembershipFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(member):
    return Membership.objects.select_related("organization", "user").get(pk=member.pk)


def test_one_name_added_twice_at_once_is_one_touchpoint():
    leader = MembershipFactory()
    results = at_once(*[lambda: services.save_touchpoint(by=fresh(leader), name="First bill")] * 2)
    assert [isinstance(found, InvalidValues) for found in results].count(True) == 1
    assert Touchpoint.objects.count() == 1


def test_two_names_of_one_key_added_at_once_get_keys_of_their_own():
    leader = MembershipFactory()
    names = ("First bill", "First, bill")
    at_once(*[lambda name=name: services.save_touchpoint(by=fresh(leader), name=name) for name in names])
    assert sorted(Touchpoint.objects.values_list("key", flat=True)) == ["first-bill", "first-bill-2"]
