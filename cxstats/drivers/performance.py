"""Importance against performance, with "undecided" where the intervals do not settle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cxstats.drivers.analysis import DriverShare
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate
from cxstats.voc import share


class Quadrant(StrEnum):
    """Where a driver stands against the mean of all."""

    IMPROVE_FIRST = "improve_first"  # important, performs below the mean
    KEEP_UP = "keep_up"  # important, performs above
    WATCH = "watch"  # less important, performs below
    MAINTAIN = "maintain"  # less important, performs above
    UNDECIDED = "undecided"  # an interval crosses a line


@dataclass(frozen=True, kw_only=True, slots=True)
class TopBox:
    """How a driver is rated: `hits` of `n` answers in the top two boxes."""

    key: str
    hits: int
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportancePoint:
    """One driver on the map; `performance` is its top-two-box share with Wilson's interval."""

    key: str
    performance: Estimate
    importance: Estimate
    quadrant: Quadrant


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportanceMap:
    """Points in the order of the drivers, and the two lines: means over all drivers."""

    points: tuple[ImportancePoint, ...]
    importance_line: float
    performance_line: float


def importance_performance(
    *, drivers: Sequence[DriverShare], performance: Sequence[TopBox], level: float = 0.95
) -> ImportanceMap:
    """Place drivers by how much they matter and how well they do.

    Parameters
    ----------
    drivers : sequence of DriverShare
        With shares, at least two.
    performance : sequence of TopBox
        One per driver, by key.
    level : float
        Coverage of Wilson's interval, in (0, 1).

    Raises
    ------
    InvalidInput
        Keys that do not match, impossible counts.
    NotEstimable
        `TOO_FEW_UNITS` below two drivers, `TOO_FEW_ANSWERS` where the analysis has no shares,
        `NO_DATA` where nobody rated a driver.

    Source
    ------
    Martilla and James 1977, Journal of Marketing 41(1); undecided points: methods handbook.

    Examples
    --------
    >>> from cxstats.results import Interval, Unit
    >>> def driver(key, value, low, high):
    ...     part = Estimate(value=value, interval=Interval(low=low, high=high), n=400,
    ...                     unit=Unit.SHARE, method="general dominance")
    ...     return DriverShare(key=key, share=part, explained=value / 2, distinguishable=True,
    ...                        correlation=part, coefficient=part, suppressed=False, vif=1.0,
    ...                        letters="a", answered=400, missing_share=0.0)
    >>> found = importance_performance(
    ...     drivers=[driver("help", 0.7, 0.6, 0.8), driver("shop", 0.3, 0.2, 0.4)],
    ...     performance=[TopBox(key="help", hits=120, n=400), TopBox(key="shop", hits=200, n=400)])
    >>> [point.quadrant.value for point in found.points]
    ['improve_first', 'maintain']
    """
    if len(drivers) < 2:
        raise NotEstimable(Reason.TOO_FEW_UNITS, found=len(drivers), needed=2)
    boxes = {box.key: box for box in performance}
    if len(boxes) != len(performance) or set(boxes) != {driver.key for driver in drivers}:
        raise InvalidInput("performance", "exactly one entry per driver, by key")
    placed: list[tuple[str, Estimate, Estimate]] = []
    for driver in drivers:
        if driver.share is None:
            raise NotEstimable(Reason.TOO_FEW_ANSWERS)
        box = boxes[driver.key]
        placed.append((driver.key, share(hits=box.hits, n=box.n, level=level), driver.share))
    performance_line = sum(rated.value for _, rated, _ in placed) / len(placed)
    importance_line = sum(important.value for _, _, important in placed) / len(placed)
    points = tuple(
        ImportancePoint(
            key=key,
            performance=rated,
            importance=important,
            quadrant=_quadrant(rated, important, performance_line, importance_line),
        )
        for key, rated, important in placed
    )
    return ImportanceMap(points=points, importance_line=importance_line, performance_line=performance_line)


def _quadrant(
    rated: Estimate, important: Estimate, performance_line: float, importance_line: float
) -> Quadrant:
    if rated.interval.contains(performance_line) or important.interval.contains(importance_line):
        return Quadrant.UNDECIDED
    if important.value > importance_line:
        return Quadrant.KEEP_UP if rated.value > performance_line else Quadrant.IMPROVE_FIRST
    return Quadrant.MAINTAIN if rated.value > performance_line else Quadrant.WATCH
