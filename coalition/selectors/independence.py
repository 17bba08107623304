"""Four eyes in a vote: who of those who can vote is independent of those who propose.

An approval by the second address of a proposer alone is no second pair of eyes. Ties are those of
`accounts.ties`, the same as for signing a value.
"""

from collections.abc import Iterable

from accounts.models import AuditEvent, Membership, Organization
from accounts.selectors import ties_of
from coalition.models import Seat
from coalition.selectors.standings import can_vote


def independent_voters(
    organization: Organization, seats: Iterable[Seat], partial: frozenset[int]
) -> frozenset[int]:
    """Memberships that may vote for one of these seats and are independent of all proposers (`partial`).

    Not the same person as a proposer; neither came in through the other; and not put there by a proposer
    alone, without anybody who invited the person or gave a role. Five queries.
    """
    ties = ties_of(organization.pk)
    makers = frozenset(Membership.objects.filter(pk__in=partial).values_list("user", flat=True))
    seats = tuple(seats)
    seated_by = _seated_by(organization, seats)
    found = set()
    for seat in seats:
        naming = seat.alternate_named_by.user_id if seat.alternate_named_by is not None else None
        for person, by in ((seat.membership, seated_by.get(seat.pk)), (seat.alternate, naming)):
            if person is None or person.pk in partial or not can_vote(person):
                continue
            is_lone = by in makers and not ties.inviters.get(person.user_id)
            if not is_lone and not any(ties.is_tied(person.user_id, maker) for maker in makers):
                found.add(person.pk)
    return frozenset(found)


def _seated_by(organization: Organization, seats: Iterable[Seat]) -> dict[int, int]:
    """Users who added these seats, as far as the trail knows. One query."""
    added = AuditEvent.objects.of(organization).filter(
        verb="seat.added",
        subject_type=Seat._meta.label_lower,
        subject_id__in=[str(seat.pk) for seat in seats],
    )
    rows = added.exclude(actor=None).values_list("subject_id", "actor")
    return {int(seat): by for seat, by in rows}
