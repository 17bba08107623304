"""What a series chart is given, and what of it may be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cxcharts.frame import (
    MOST_POINTS,
)
from cxcharts.scales import finite


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One period. `value` None is a gap; `low`/`high` an interval; `n` the answers behind it."""

    period: date
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One line. `key` (a metric's or segment's) decides its color."""

    key: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlLimits:
    """Usual level and the limits that chance alone rarely passes."""

    center: float
    low: float
    high: float


def drawable(series: Sequence[Series], minimum_n: int) -> tuple[list[Series], int]:
    """Series sorted by period with small periods emptied (nothing of them goes further); how many were."""
    if not series:
        raise ValueError("a series chart needs at least one series")
    hidden = 0
    result = []
    for one in series:
        points = []
        seen: set[date] = set()
        for point in sorted(one.points, key=lambda p: p.period):
            if point.period in seen:
                raise ValueError(f"a series needs one point per period; {point.period} comes twice")
            seen.add(point.period)
            finite((point.value, point.low, point.high))
            if point.n is not None and point.n < minimum_n:
                hidden += 1
                points.append(Point(period=point.period, value=None))
            elif point.value is None:
                points.append(replace(point, low=None, high=None))
            else:
                points.append(point)
        if not any(p.value is not None for p in points):
            if len(series) == 1:
                raise ValueError("a series chart needs at least one period with a value")
            continue
        result.append(replace(one, points=tuple(points)))
    if not result:
        raise ValueError("a series chart needs at least one period with a value")
    return result, hidden


def are_few(series: Sequence[Series]) -> bool:
    """Whether there are so few points that each may carry a dot."""
    return sum(len(s.points) for s in series) <= MOST_POINTS


def lone_periods(points: Sequence[Point]) -> set[date]:
    """Periods whose neighbours are gaps: a line cannot show them, so they get a dot."""
    alone = set()
    for i, point in enumerate(points):
        before = points[i - 1].value if i else None
        after = points[i + 1].value if i + 1 < len(points) else None
        if point.value is not None and before is None and after is None:
            alone.add(point.period)
    return alone
