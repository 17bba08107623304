"""What an association says, as it is stored."""

from dataclasses import dataclass

from cxstats.design import Diagnostic, SensitivityRow
from cxstats.kinds import OutcomeKind
from cxstats.results import Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """Share of customers who stay, or mean revenue, where everyone had this score; with 95 % limits."""

    score: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """Customers at `low_points` beside those at `high_points` of the metric, all else alike.

    `ratio`: of the risk of leaving (low to high), or the approximate one of a standardized difference.
    `e_value` and `e_value_limit` (at the limit of `ratio` nearer to 1) are 1 and more.
    """

    low_points: float
    high_points: float
    ratio: Estimate
    e_value: float
    e_value_limit: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Association:
    """How an outcome goes with the score.

    `effect`: difference of the outcome for one point of the metric, a share (0.001: one customer in a
    thousand more stays a year), money or contacts a year. `n` rows of `clusters` customers; `events` left (0
    for revenue and contacts).
    `parameters` without the intercept. `mean_outcome` is of all rows. `bend_p`: of a curve against a line in
    the score, None where too few different scores were given. `curve` is empty then.
    """

    kind: OutcomeKind
    effect: Estimate
    p_value: float
    degrees_of_freedom: float
    n: int
    clusters: int
    events: int
    parameters: int
    mean_outcome: float
    contrast: Contrast
    curve: tuple[CurvePoint, ...]
    bend_p: float | None
    checks: tuple[Diagnostic, ...]
    sensitivity: tuple[SensitivityRow, ...]

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.effect.interval.low > 0 or self.effect.interval.high < 0
