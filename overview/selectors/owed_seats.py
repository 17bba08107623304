"""Seats of the coalition whose people can no longer vote for them: the rows behind that kind of `needs`."""

from django.utils.translation import gettext as _

from coalition.selectors import SeatNow
from overview.selectors.desk import Desk, Owed
from wording.joining import sentences


def seats_left(desk: Desk) -> list[Owed]:
    """Of people who left, or whose role no longer allows voting, and who votes there until it is settled."""
    return [
        Owed(words={"seat": now.seat.title}, address=(now.seat.pk,), detail=_seat_left(now))
        for now in desk.left_seats
    ]


def _seat_left(now: SeatNow) -> str:
    person = now.seat.membership
    if person.has_access:
        text = _(
            "The role of %(name)s (%(role)s) does not allow voting. Change the role or end the seat."
        ) % {
            "name": person,
            "role": person.get_role_display(),
        }
    else:
        text = _("%(name)s no longer has access. End the seat and add one for another person.") % {
            "name": person
        }
    if now.voter is None:
        return text
    return sentences([text, _("Until then %(name)s votes as the alternate.") % {"name": now.voter}])
