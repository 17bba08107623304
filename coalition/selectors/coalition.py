"""The coalition, its seats, and what nobody speaks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import BusinessFunction, Membership, Organization
from coalition.choices import NoVote
from coalition.models import Coalition, Seat
from coalition.selectors.standings import no_vote_text, voter_of, why_no_vote
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageRow:
    """One touchpoint: who speaks for it, by seat, and the function that owns it."""

    touchpoint: Touchpoint
    cells: tuple[bool, ...]  # one per column of the matrix
    speakers: tuple[Seat, ...]  # those of the ticked columns

    @property
    def is_covered(self) -> bool:
        return bool(self.speakers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Touchpoints by seats. Gaps: touchpoints and functions nobody speaks for."""

    seats: tuple[Seat, ...]
    rows: tuple[CoverageRow, ...]
    silent_functions: tuple[BusinessFunction, ...]

    @property
    def silent_touchpoints(self) -> tuple[Touchpoint, ...]:
        return tuple(row.touchpoint for row in self.rows if not row.is_covered)

    @property
    def covered(self) -> int:
        return sum(row.is_covered for row in self.rows)

    @property
    def has_gaps(self) -> bool:
        return bool(self.silent_touchpoints or self.silent_functions)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatNow:
    """One seat as it would stand in a vote that opens today. No query where its people were selected."""

    seat: Seat
    today: date

    @property
    def why_no_vote(self) -> str:
        """Why the person does not vote for it, one of NoVote; empty where they do."""
        seat = self.seat
        if not seat.starts_on <= self.today or (seat.ends_on is not None and seat.ends_on <= self.today):
            return NoVote.TERM.value
        return why_no_vote(seat.membership) if seat.has_vote else NoVote.SEAT.value

    @property
    def voter(self) -> Membership | None:
        """Who is asked for its vote: the person, or the alternate where the person cannot vote."""
        if self.why_no_vote in {NoVote.SEAT, NoVote.TERM}:
            return None
        return voter_of(self.seat.membership, self.seat.alternate, frozenset())

    @property
    def can_vote(self) -> bool:
        return self.voter is not None

    @property
    def is_left_by_its_person(self) -> bool:
        """Whether it has a vote that its person cannot use: somebody else has to be found for it."""
        return self.why_no_vote in {NoVote.ACCESS, NoVote.ROLE}

    @property
    def holder_note(self) -> str:
        """Beside the person's name: why they cannot vote for a seat that has a vote."""
        return no_vote_text(self.seat.membership) if self.is_left_by_its_person else ""

    @property
    def alternate_note(self) -> str:
        alternate = self.seat.alternate
        return no_vote_text(alternate) if alternate is not None and self.seat.has_vote else ""


def seats_now(coalition: Coalition) -> tuple[SeatNow, ...]:
    """The seats of today with who votes for them. Two queries."""
    today = coalition.organization.clock.today()
    return tuple(seat_now(seat, today) for seat in seats(coalition, today))


def seat_now(seat: Seat, today: date) -> SeatNow:
    return SeatNow(seat=seat, today=today)


def seats_left(organization: Organization) -> tuple[SeatNow, ...]:
    """Seats of today whose person can no longer vote for them: somebody else is to be found. One query."""
    today = organization.clock.today()
    rows = (
        Seat.objects.filter(coalition__organization=organization)
        .seated(today)
        .voting()
        .select_related("membership__user", "alternate__user")
        .order_by("title", "pk")
    )
    return tuple(now for now in (seat_now(seat, today) for seat in rows) if now.is_left_by_its_person)


def voting(rows: Iterable[SeatNow]) -> int:
    """How many of these seats vote."""
    return sum(row.can_vote for row in rows)


def coalition_of(organization: Organization) -> Coalition | None:
    return Coalition.objects.filter(organization=organization).select_related("organization").first()


def seats(coalition: Coalition, on: date | None = None) -> QuerySet[Seat]:
    """Seats of this day, the chair first, with people, function and touchpoints. Two queries."""
    return (
        Seat.objects.filter(coalition=coalition)
        .seated(on or coalition.organization.clock.today())
        .select_related("membership__user", "alternate__user", "alternate_named_by__user", "function")
        .select_related("coalition__organization")
        .prefetch_related("touchpoints")
        .order_by("-is_chair", "title", "pk")
    )


def past_seats(coalition: Coalition) -> QuerySet[Seat]:
    return (
        Seat.objects.filter(coalition=coalition, ends_on__lte=coalition.organization.clock.today())
        .select_related("membership__user", "function")
        .order_by("-ends_on")
    )


def coverage(organization: Organization, seated: tuple[Seat, ...]) -> Coverage:
    """Which seat speaks for which touchpoint. Two queries beside the seats.

    A seat speaks for the touchpoints named on it; a seat that names none speaks for all that its function
    owns, and for what the parts of its function own, where no seat is nearer. A function is silent when
    neither it nor one that it is part of has a seat.
    """
    points = Touchpoint.objects.of(organization).filter(is_archived=False).select_related("owner_function")
    functions = tuple(BusinessFunction.objects.of(organization))
    parents = {function.pk: function.parent_id for function in functions}
    named = {seat.pk: {point.pk for point in seat.touchpoints.all()} for seat in seated}
    whole = {seat.function_id for seat in seated if not named[seat.pk]}
    rows = []
    for point in points:
        nearest = next((pk for pk in _line(point.owner_function_id, parents) if pk in whole), None)
        speakers = tuple(seat for seat in seated if _speaks(seat, named[seat.pk], point, nearest))
        cells = tuple(seat in speakers for seat in seated)
        rows.append(CoverageRow(touchpoint=point, cells=cells, speakers=speakers))
    present = {seat.function_id for seat in seated}
    silent = tuple(one for one in functions if not present & set(_line(one.pk, parents)))
    return Coverage(seats=seated, rows=tuple(rows), silent_functions=silent)


def _line(function: int | None, parents: Mapping[int, int | None]) -> Iterator[int]:
    """The function and those that it is part of, the nearest first. A circle ends where it closes."""
    seen: set[int] = set()
    while function is not None and function not in seen:
        yield function
        seen.add(function)
        function = parents.get(function)


def _speaks(seat: Seat, named: set[int], point: Touchpoint, nearest: int | None) -> bool:
    if named:
        return point.pk in named
    return seat.function_id is not None and seat.function_id == nearest
