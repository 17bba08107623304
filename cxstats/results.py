"""Frozen results shared by every module."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Unit of an estimate."""

    POINTS = "points"  # NPS points, -100..100
    SHARE = "share"  # 0..1
    SHARE_DIFFERENCE = "share_difference"  # -1..1
    SCORE = "score"  # on the answer scale
    LEVEL = "level"  # maturity level 1..5
    SECONDS = "seconds"
    RATIO = "ratio"
    RATE = "rate"  # amount per exposure
    COEFFICIENT = "coefficient"
    MONEY = "money"
    COUNT = "count"


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A closed interval; `level` is its nominal coverage in (0, 1)."""

    low: float
    high: float
    level: float = 0.95

    def contains(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A value with its interval, the number of independent units behind it and its method.

    `n` counts what was sampled (answers, accounts, clusters, periods: `method` says which).
    `standard_error` is in the unit of `value` where the method has one, else None.
    """

    value: float
    interval: Interval
    n: int
    unit: Unit
    method: str
    standard_error: float | None = None
