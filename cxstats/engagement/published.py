"""The shapes of what is published of a wave; all of them may be stored and shown as they are."""

from dataclasses import dataclass, field
from enum import StrEnum

from cxstats.anonymity import Telling, Why
from cxstats.codec import ADDED_LATER
from cxstats.engagement.measures import Measure
from cxstats.errors import Reason
from cxstats.results import Estimate


class DriverScores(StrEnum):
    """Of what the figures of drivers are made."""

    PEOPLE = "people"  # means over people of what each gave to the items that she answered: earlier waves
    ITEMS = "items"  # what is published of the items: see `composites`


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A share of the people who answered, 0 to 1. `step` and `is_open` say how bluntly; step 0: exactly."""

    value: float
    step: float = 0.0
    is_open: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One measure of one shown function.

    Exact: everything. Blunt: `n` to fives or, as `n_to` says, to tens, and blunt shares, no score. Hidden:
    nothing. `score` is a mean on the measure's scale, for eNPS promoters minus detractors in points;
    `variance` is that of the scores. Of a driver everything follows from its items (`composites`).
    """

    measure: str
    how: Telling
    n: int | None = None
    unfavourable: Share | None = None
    neutral: Share | None = None
    favourable: Share | None = None
    favourable_interval: Estimate | None = None
    score: Estimate | None = None
    variance: float | None = None
    n_to: int = field(default=5, metadata={ADDED_LATER: True})


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionResult:
    """One function of the wave. `why` says why it is hidden; shown ones have participation and figures.

    `is_blunt`: how many answered is told to fives or, as `answered_to` says, to tens; or not at all, where
    `answered` is None.
    """

    key: str
    parent: str | None
    why: Why | None = None
    is_empty: bool = False
    answered: int | None = None
    asked: int | None = None
    is_blunt: bool = False
    figures: tuple[Figure, ...] = ()
    answered_to: int = field(default=5, metadata={ADDED_LATER: True})

    @property
    def is_shown(self) -> bool:
        return self.why is None and not self.is_empty


@dataclass(frozen=True, kw_only=True, slots=True)
class Reliability:
    """Cronbach's alpha and McDonald's omega of one driver's items over the whole organization, or why there
    is none. Omega does not ask that all items weigh the same; waves of before it was computed have none.
    """

    measure: str
    alpha: float | None
    low: float | None
    high: float | None
    n: int
    refusal: Reason | None
    omega: float | None = field(default=None, metadata={ADDED_LATER: True})
    omega_low: float | None = field(default=None, metadata={ADDED_LATER: True})
    omega_high: float | None = field(default=None, metadata={ADDED_LATER: True})
    omega_refusal: Reason | None = field(default=None, metadata={ADDED_LATER: True})


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What share of the differences in the outcome goes with one driver (general dominance)."""

    measure: str
    share: float | None
    low: float | None
    high: float | None
    correlation: float


@dataclass(frozen=True, kw_only=True, slots=True)
class GoesWith:
    """What goes with one driver, the `outcome`, over `n` answers; `refusal` says why there are no shares."""

    outcome: str
    parts: tuple[Part, ...]
    n: int
    refusal: Reason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Everything that a wave says. Functions in the order given; `driver_scores`: how drivers were made."""

    minimum: int
    measures: tuple[Measure, ...]
    functions: tuple[FunctionResult, ...]
    reliability: tuple[Reliability, ...]
    goes_with: GoesWith | None
    driver_scores: DriverScores = field(default=DriverScores.PEOPLE, metadata={ADDED_LATER: True})
