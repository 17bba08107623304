"""Seats: one person, one vote."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership
from coalition import services
from coalition.errors import AlreadySeated
from coalition.models import Seat
from coalition.services import SeatValues
from common.errors import InvalidValues
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import SeatFactory

pytestmark = pytest.mark.django_db


def values(member: Membership, **changes) -> SeatValues:
    return SeatValues(membership=member, title="Head of service", **changes)


def test_an_ended_seat_does_not_come_back_beside_a_new_one(ada, ben, seats):
    """Else the person would vote twice."""
    first = services.end_seat(by=ada, seat=seats[0])
    in_a_year = timezone.localdate() + timedelta(days=365)
    services.add_seat(by=ada, coalition=first.coalition, values=values(ben, ends_on=in_a_year))
    for ends_on in (None, in_a_year + timedelta(days=1)):
        with pytest.raises(AlreadySeated):
            services.change_seat(by=ada, seat=first, values=values(ben, ends_on=ends_on))
    first.refresh_from_db()
    assert first.ends_on == timezone.localdate()


def test_an_ended_seat_comes_back_while_its_person_has_no_other(ada, ben, seats):
    first = services.end_seat(by=ada, seat=seats[0])
    assert services.change_seat(by=ada, seat=first, values=values(ben)).ends_on is None
    with pytest.raises(AlreadySeated):
        services.add_seat(by=ada, coalition=first.coalition, values=values(ben))


def test_a_seat_that_ends_today_may_be_corrected_beside_the_new_one(ada, ben, seats):
    """It does not vote any more, so it is no second seat."""
    first = services.end_seat(by=ada, seat=seats[0])
    services.add_seat(by=ada, coalition=first.coalition, values=values(ben))
    changed = services.change_seat(
        by=ada,
        seat=first,
        values=SeatValues(membership=ben, title="Former head", ends_on=timezone.localdate()),
    )
    assert changed.title == "Former head"


def test_the_seat_keeps_its_person(ada, cleo, seats):
    with pytest.raises(InvalidValues) as refusal:
        services.change_seat(by=ada, seat=seats[0], values=values(cleo))
    assert set(refusal.value.fields) == {"membership"}


@pytest.mark.parametrize(("share", "is_fine"), [("0.01", True), ("1", True), ("0", False), ("1.01", False)])
def test_the_quorum_is_more_than_nobody_and_at_most_everybody(ada, share, is_fine):
    charter = services.CharterValues(quorum_share=Decimal(share))
    if is_fine:
        assert services.save_charter(by=ada, values=charter).quorum_share == Decimal(share)
        return
    with pytest.raises(InvalidValues) as refusal:
        services.save_charter(by=ada, values=charter)
    assert set(refusal.value.fields) == {"quorum_share"}


@pytest.mark.parametrize(("share", "is_fine"), [("0.5", True), ("0.99", True), ("0.49", False), ("1", False)])
def test_the_majority_is_at_least_half_and_less_than_everybody(ada, share, is_fine):
    charter = services.CharterValues(majority_share=Decimal(share))
    if is_fine:
        assert services.save_charter(by=ada, values=charter).majority_share == Decimal(share)
        return
    with pytest.raises(InvalidValues) as refusal:
        services.save_charter(by=ada, values=charter)
    assert set(refusal.value.fields) == {"majority_share"}


@pytest.mark.parametrize(("days", "is_fine"), [(1, True), (60, True), (0, False), (61, False)])
def test_a_vote_takes_between_one_and_sixty_days(ada, days, is_fine):
    charter = services.CharterValues(voting_days=days)
    if is_fine:
        assert services.save_charter(by=ada, values=charter).voting_days == days
        return
    with pytest.raises(InvalidValues) as refusal:
        services.save_charter(by=ada, values=charter)
    assert set(refusal.value.fields) == {"voting_days"}


def test_a_new_chair_replaces_the_old_one_in_this_coalition_alone(ada, seats, elsewhere):
    other = SeatFactory(coalition__organization=elsewhere, is_chair=True)
    services.change_seat(by=ada, seat=seats[1], values=values(seats[1].membership, is_chair=True))
    assert set(Seat.objects.filter(is_chair=True)) == {seats[1], other}


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_vote_gets_a_seat_without_a_vote_alone(ada, organization, seats, role):
    member = MembershipFactory(organization=organization, role=role)
    with pytest.raises(InvalidValues) as refusal:
        services.add_seat(by=ada, coalition=seats[0].coalition, values=values(member))
    assert set(refusal.value.fields) == {"membership"}
    seat = services.add_seat(by=ada, coalition=seats[0].coalition, values=values(member, has_vote=False))
    assert not seat.has_vote


def test_somebody_who_was_removed_gets_no_seat(ada, cleo, seats):
    Membership.objects.filter(pk=cleo.pk).update(is_active=False)
    removed = Membership.objects.get(pk=cleo.pk)
    with pytest.raises(InvalidValues) as refusal:
        services.add_seat(by=ada, coalition=seats[0].coalition, values=values(removed, has_vote=False))
    assert set(refusal.value.fields) == {"membership"}
