"""The coalition, its seats, and what nobody speaks for."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import BusinessFunction, Organization
from coalition.models import Coalition, Seat
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


def coalition_of(organization: Organization) -> Coalition | None:
    return Coalition.objects.filter(organization=organization).select_related("organization").first()


def seats(coalition: Coalition, on: date | None = None) -> QuerySet[Seat]:
    """Seats of this day, the chair first, with people, function and touchpoints. Two queries."""
    return (
        Seat.objects.filter(coalition=coalition)
        .seated(on or coalition.organization.clock.today())
        .select_related("membership__user", "alternate__user", "alternate_named_by__user", "function")
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

    A seat speaks for the touchpoints named on it; a seat that names none speaks for all that its
    function owns. A function is silent when it has no seat.
    """
    points = Touchpoint.objects.of(organization).filter(is_archived=False).select_related("owner_function")
    named = {seat.pk: {point.pk for point in seat.touchpoints.all()} for seat in seated}
    rows = []
    for point in points:
        speakers = tuple(seat for seat in seated if _speaks(seat, named[seat.pk], point))
        cells = tuple(seat in speakers for seat in seated)
        rows.append(CoverageRow(touchpoint=point, cells=cells, speakers=speakers))
    present = {seat.function_id for seat in seated}
    functions = BusinessFunction.objects.of(organization)
    silent = tuple(function for function in functions if function.pk not in present)
    return Coverage(seats=seated, rows=tuple(rows), silent_functions=silent)


def _speaks(seat: Seat, named: set[int], point: Touchpoint) -> bool:
    if named:
        return point.pk in named
    return seat.function_id is not None and seat.function_id == point.owner_function_id
