"""A seat whose person can no longer vote is owed by whoever assigns seats."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.choices import Role
from accounts.models import Membership
from coalition.models import Seat
from coalition.services import end_seat
from overview.selectors import needs_of
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import CoalitionFactory, SeatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(organization):
    mo = MembershipFactory(organization=organization, role=Role.COALITION_MEMBER, user__name="Mo Drei")
    return SeatFactory(coalition=CoalitionFactory(organization=organization), membership=mo, title="Service")


def of_seats(member):
    return [need for need in needs_of(member) if need.kind == "seat_left"]


def becomes(person, **values):
    Membership.objects.filter(pk=person.pk).update(**values)


@pytest.mark.parametrize("role", [Role.CX_LEADER, Role.ADMINISTRATOR])
def test_a_lost_role_is_told_to_who_assigns_seats(organization, seat, role):
    leader = MembershipFactory(organization=organization, role=role)
    assert of_seats(leader) == []
    becomes(seat.membership, role=Role.CONTRIBUTOR)
    (need,) = of_seats(leader)
    assert need.title == "Find another person for the seat “Service”"
    assert need.detail == (
        "The role of Mo Drei (Contributor) does not allow voting. Change the role or end the seat."
    )
    assert need.url == reverse("coalition:seat_edit", args=[organization.slug, seat.pk])
    becomes(seat.membership, role=Role.EXECUTIVE)
    assert of_seats(leader) == []


@pytest.mark.parametrize("role", [Role.COALITION_MEMBER, Role.EXECUTIVE, Role.CONTRIBUTOR])
def test_nobody_else_is_told(organization, seat, role):
    other = MembershipFactory(organization=organization, role=role)
    becomes(seat.membership, role=Role.AUDITOR)
    assert of_seats(other) == []


def test_who_left_is_told_with_who_votes_until_then(organization, ada, seat):
    fay = MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER, user__name="Fay")
    Seat.objects.filter(pk=seat.pk).update(alternate=fay)
    becomes(seat.membership, is_active=False)
    (need,) = of_seats(ada)
    assert need.detail == (
        "Mo Drei no longer has access. End the seat and add one for another person. "
        "Until then Fay votes as the alternate."
    )
    end_seat(by=ada, seat=Seat.objects.get(pk=seat.pk))
    assert of_seats(ada) == []


def test_a_seat_without_a_vote_and_one_of_another_organization_are_not_owed(ada, dora, seat):
    becomes(seat.membership, role=Role.CONTRIBUTOR)
    assert of_seats(dora) == []
    Seat.objects.filter(pk=seat.pk).update(has_vote=False)
    assert of_seats(ada) == []


def test_the_button_is_a_verb_in_chinese_too(ada, seat):
    """ "Open" is also a state of a vote."""
    becomes(seat.membership, role=Role.CONTRIBUTOR)
    with translation.override("zh-hans"):
        (need,) = of_seats(ada)
    assert (need.title, need.button) == ("为席位“Service”另找人选", "打开")
