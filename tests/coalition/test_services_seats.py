"""Seats: one person, one vote."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from coalition import services
from coalition.errors import AlreadySeated
from coalition.services import SeatValues

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
