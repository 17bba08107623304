"""What comes out of a maturity assessment: levels, disagreement, gaps, and the arithmetic itself."""

from dataclasses import dataclass, field
from enum import StrEnum

from cxstats.codec import ADDED_LATER
from cxstats.errors import Reason


class Scope(StrEnum):
    """What a line of the arithmetic computes."""

    PRACTICE = "practice"
    DIMENSION = "dimension"
    OVERALL = "overall"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerCounts:
    """How many answers of each kind; shares are of all answers given (None: no answer at all)."""

    answered: int
    dont_know: int
    not_applicable: int

    @property
    def total(self) -> int:
        return self.answered + self.dont_know + self.not_applicable

    @property
    def dont_know_share(self) -> float | None:
        return self.dont_know / self.total if self.total else None

    @property
    def not_applicable_share(self) -> float | None:
        return self.not_applicable / self.total if self.total else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """How far the raters lie apart.

    Of a practice: over its ratings. Of a dimension and overall: over each rater's own weighted
    mean, and `r_wg` is the mean of the practices' values. `sd` (n - 1) is None for one rater,
    `r_wg` None for fewer raters than the rules ask. `lowest` and `highest` are None only where a
    profile that may be shown leaves them out (`disclosed`).
    """

    raters: int
    lowest: float | None
    highest: float | None
    sd: float | None
    r_wg: float | None
    r_wg_skewed: float | None
    disagreement: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PerspectiveLevel:
    """Mean level as one perspective sees it, and how many raters that is.

    In a profile that may be shown, `perspective` can name several that are shown together.
    """

    perspective: str
    level: float
    raters: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What the levels of groups rest on where that is less than the level beside them rests on.

    `practices` are the keys that every group is shown on, `of` how many practices the level of all rests
    on; `level` and `raters` are those of all respondents on `practices` alone, from their answers: an agreed
    level (`has_agreed`: one counts in the level of all) is nobody's answer.
    """

    practices: tuple[str, ...]
    of: int
    level: float
    raters: int
    has_agreed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PerceptionGap:
    """Levels per perspective (by name) and the largest gap; gap is None below two perspectives.

    In a profile that may be shown, all of them rest on the same practices; `basis` says on which where the
    level of all respondents rests on others too.
    """

    levels: tuple[PerspectiveLevel, ...]
    gap: float | None
    highest: str | None
    lowest: str | None
    basis: Basis | None = field(default=None, metadata={ADDED_LATER: True})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sensitivity:
    """How near the level is to another band.

    `steps_up` is the least number of times that a single answer must rise by one level to reach
    the next band ("one answer from level 3"); `steps_down` the least number of one-level falls
    that lose the present band. None where there is no such band.
    """

    next_band: str | None
    distance_up: float | None
    steps_up: int | None
    previous_band: str | None
    distance_down: float | None
    steps_down: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one practice, dimension or the whole stands.

    `level` and `band` are None exactly when `refusal` says why. `gap` = target - level (negative:
    exceeded), `change` = level - previous. `weight_share` is the part of the overall level that
    rests on it, 0..1.
    """

    key: str
    level: float | None
    band: str | None
    refusal: Reason | None
    weight_share: float
    answers: AnswerCounts
    spread: Spread | None
    perception: PerceptionGap
    sensitivity: Sensitivity | None
    target: float | None
    gap: float | None
    previous: float | None
    change: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticeStanding(Standing):
    """A practice. `rated_level` is the raters' mean even where an agreed level overrides it."""

    dimension: str
    agreed: bool
    rated_level: float | None
    mean_confidence: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DimensionStanding(Standing):
    """A dimension; `scored_weight_share` is the share of its practice weight that has a level."""

    scored_weight_share: float
    disputed_practices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnmetPrerequisite:
    """A rule that is broken (`claimed`: the practice already stands there) or that blocks the target."""

    practice: str
    level: int
    requires: str
    requires_level: int
    found: float | None
    claimed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Opportunity:
    """priority = gap x weight share x feasibility; without a declared target the gap is to the top."""

    practice: str
    gap: float
    weight_share: float
    feasibility: float
    priority: float
    target_declared: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One summand: contribution = level x weight / sum of weights.

    In a practice line `part` is "level:3" and `weight` the number of raters who chose it, or
    "agreed"; else `part` is the key of the practice or dimension.
    """

    part: str
    level: float
    weight: float
    contribution: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ArithmeticLine:
    """One weighted mean, summand by summand; `left_out` names parts without a level or weight."""

    scope: Scope
    key: str
    terms: tuple[Term, ...]
    weight_sum: float
    level: float | None
    left_out: tuple[tuple[str, Reason], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MaturityProfile:
    """Everything one round says; `explanation` holds the arithmetic from practices to overall."""

    overall: Standing
    dimensions: tuple[DimensionStanding, ...]
    practices: tuple[PracticeStanding, ...]
    respondents: int
    strengths: tuple[str, ...]
    opportunities: tuple[Opportunity, ...]
    unmet_prerequisites: tuple[UnmetPrerequisite, ...]
    explanation: tuple[ArithmeticLine, ...]

    @property
    def held_back_by(self) -> tuple[Opportunity, ...]:
        """The opportunities without what stands above the rest; all of them where nothing else is left."""
        return tuple(one for one in self.opportunities if one.practice not in self.strengths) or (
            self.opportunities
        )

    def practice(self, key: str) -> PracticeStanding:
        """The practice named `key`; KeyError if the framework has none."""
        return _by_key(self.practices, key)

    def dimension(self, key: str) -> DimensionStanding:
        """The dimension named `key`; KeyError if the framework has none."""
        return _by_key(self.dimensions, key)


def _by_key[S: Standing](standings: tuple[S, ...], key: str) -> S:
    for standing in standings:
        if standing.key == key:
            return standing
    raise KeyError(key)
