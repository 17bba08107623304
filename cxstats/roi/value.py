"""From a metric change to money: value models as products of named parameters."""

from dataclasses import dataclass

from cxstats.design import Direction
from cxstats.kinds import ValueKind


@dataclass(frozen=True, kw_only=True, slots=True)
class BenefitLine:
    """One benefit: the product of `factors` (parameter keys) is its money in one full period.

    `profile[t]` is the part of a full period that falls into period t (0 before go-live, < 1 while
    ramping up). `hard` benefits reach the ledger; soft ones are reported apart. With `direction`
    DOWN a fall of the metric is the gain, so the product counts with the opposite sign.
    """

    key: str
    kind: ValueKind
    factors: tuple[str, ...]
    profile: tuple[float, ...]
    hard: bool
    direction: Direction = Direction.UP


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One cost: product of `factors` times `profile[t]` is spent in period t (positive money)."""

    key: str
    factors: tuple[str, ...]
    profile: tuple[float, ...]
