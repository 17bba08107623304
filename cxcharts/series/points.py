"""What a series chart is given, and what of it may be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cxcharts.frame import MOST_POINTS, Rule
from cxcharts.scales import Scale, finite
from cxcharts.writer import Writer


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """All that a series chart shows: what of the series may be drawn, and what stands beside it.

    `hidden` periods had fewer than `minimum_n` answers; `small` are their series' keys and days.
    """

    series: tuple[Series, ...]
    scale: Scale
    rules: tuple[Rule, ...]
    target: float | None
    limits: ControlLimits | None
    minimum_n: int
    hidden: int
    small: frozenset[tuple[str, date]]
    writer: Writer

    @property
    def days(self) -> list[date]:
        return sorted({point.period for one in self.series for point in one.points})

    @property
    def values(self) -> list[float | None]:
        """All that the value axis has to hold."""
        values = [v for one in self.series for p in one.points for v in (p.value, p.low, p.high)]
        if self.limits is not None:
            values += [self.limits.center, self.limits.low, self.limits.high]
        return [*values, self.target]

    @property
    def in_order(self) -> list[Rule]:
        return sorted(self.rules, key=lambda rule: rule.at)


def shown(
    series: Sequence[Series],
    *,
    scale: Scale,
    rules: Sequence[Rule],
    target: float | None,
    limits: ControlLimits | None,
    minimum_n: int,
    writer: Writer,
) -> Shown:
    """What may be drawn of `series`. Raises ValueError where nothing is left."""
    if not series:
        raise ValueError("a series chart needs at least one series")
    ready = [replace(one, points=_readable(one, minimum_n)) for one in series]
    drawn = [one for one in ready if any(point.value is not None for point in one.points)]
    if not drawn:
        raise ValueError("a series chart needs at least one period with a value")
    small = [(one.key, p.period) for one in series for p in one.points if _is_small(p, minimum_n)]
    return Shown(
        series=tuple(drawn),
        scale=scale,
        rules=tuple(rules),
        target=target,
        limits=limits,
        minimum_n=minimum_n,
        hidden=len(small),
        small=frozenset(small),
        writer=writer,
    )


def _is_small(point: Point, minimum_n: int) -> bool:
    return point.n is not None and point.n < minimum_n


def _readable(one: Series, minimum_n: int) -> tuple[Point, ...]:
    """Points by period; small ones are emptied before anything is built, so that nothing of them goes on."""
    points = []
    seen: set[date] = set()
    for point in sorted(one.points, key=lambda p: p.period):
        if point.period in seen:
            raise ValueError(f"a series needs one point per period; {point.period} comes twice")
        seen.add(point.period)
        finite((point.value, point.low, point.high))
        if _is_small(point, minimum_n):
            points.append(Point(period=point.period, value=None))
        else:
            points.append(point if point.value is not None else replace(point, low=None, high=None))
    return tuple(points)


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
