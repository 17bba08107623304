"""What goes into a maturity profile: the framework, the answers, the declared scoring rules."""

from dataclasses import dataclass
from enum import StrEnum


class AnswerStatus(StrEnum):
    """What a respondent did with a practice."""

    ANSWERED = "answered"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, kw_only=True, slots=True)
class DimensionSpec:
    """One dimension of the framework. `weight` >= 0 counts in the overall level; 0 shows, not counts."""

    key: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticeSpec:
    """One practice. `weight` >= 0 within its dimension; `feasibility` >= 0 ranks opportunities only."""

    key: str
    dimension: str
    weight: float = 1.0
    feasibility: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RatedAnswer:
    """One respondent's answer to one practice.

    `level` is a whole number on the rules' scale exactly when `status` is ANSWERED, else None.
    `confidence` is 0..1 or None; it is shown, never used as a weight.
    """

    respondent: str
    practice: str
    level: int | None = None
    status: AnswerStatus = AnswerStatus.ANSWERED
    confidence: float | None = None
    perspective: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreedLevel:
    """Level of a practice agreed in a consensus session; overrides the mean of the raters."""

    practice: str
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Prerequisite:
    """`practice` cannot truly stand at `level` unless `requires` stands at `requires_level`."""

    practice: str
    level: int
    requires: str
    requires_level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelSet:
    """Levels by key: targets, or the levels of an earlier round (absent key: none known)."""

    practices: tuple[tuple[str, float], ...] = ()
    dimensions: tuple[tuple[str, float], ...] = ()
    overall: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Half-open band [low, high)."""

    low: float
    high: float
    key: str


DEFAULT_BANDS = (
    Band(low=1.0, high=1.5, key="1"),
    Band(low=1.5, high=2.5, key="2"),
    Band(low=2.5, high=3.5, key="3"),
    Band(low=3.5, high=4.5, key="4"),
    Band(low=4.5, high=5.5, key="5"),  # upper edge above the scale, so that 5.0 belongs to it
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoringRules:
    """The declared rules. A practice's level is the mean of its raters or the agreed level.

    A dimension is the weighted mean of its scored practices, the overall level that of its scored
    dimensions. "Not applicable" and "don't know" carry no level: what remains is renormalized.
    """

    lowest: int = 1
    highest: int = 5
    bands: tuple[Band, ...] = DEFAULT_BANDS
    disagreement_range: float = 2.0
    disagreement_r_wg: float = 0.5
    minimum_raters: int = 3  # for r_wg; fewer show their ratings only
    listed: int = 5  # strengths and opportunities named
