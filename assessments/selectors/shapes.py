"""The shapes of a result page: frozen, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from assessments.models import MaturityResult
from assessments.selectors.explanation import Line
from cxcharts.chart import Chart


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelCard:
    """One level of a practice, as it is described."""

    number: int
    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """A comment or a link to evidence, with the group in which its author is shown; no name, no level."""

    group: str
    does_not_apply: bool
    comment: str
    evidence_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    level: int
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One level with what belongs beside it. `refusal` says in words why there is no level."""

    key: str
    name: str
    level: float | None
    band: str
    band_low: float | None
    band_high: float | None
    refusal: str
    target: float | None
    gap: float | None
    change: float | None
    weight_share: float
    raters: int
    lowest: float | None
    highest: float | None
    disagreement: bool
    dont_know: int
    dont_know_share: float | None
    not_applicable: int
    not_applicable_share: float | None
    near: str
    perspectives: tuple[tuple[str, float, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticeResult:
    figure: Figure
    question: str
    levels: tuple[LevelCard, ...]
    stands_at: str
    rated_level: float | None
    agreed: Agreed | None
    remarks: tuple[Remark, ...]
    confidence_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DimensionResult:
    figure: Figure
    why: str
    practices: tuple[PracticeResult, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpportunityRow:
    """priority = gap x weight share x feasibility."""

    rank: int
    practice: str
    title: str
    dimension: str
    level: float
    next_title: str
    next_description: str
    gap: float
    weight_share: float
    feasibility: float
    priority: float
    target_declared: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PrerequisiteRow:
    sentence: str
    reason: str
    claimed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedRound:
    title: str
    closed_at: datetime | None
    is_this: bool
    overall: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedRow:
    name: str
    levels: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultPage:
    """Everything a result says, in the reader's language."""

    result: MaturityResult
    framework: str
    framework_version: str
    is_quick: bool
    is_latest: bool
    sequences: tuple[tuple[int, datetime], ...]
    headline: str
    disagreement: str
    near: str
    overall: Figure
    groups: str
    bases: tuple[str, ...]
    comments_are_withheld: bool
    dimensions: tuple[DimensionResult, ...]
    strengths: tuple[Figure, ...]
    opportunities: tuple[OpportunityRow, ...]
    prerequisites: tuple[PrerequisiteRow, ...]
    disputed: tuple[PracticeResult, ...]
    lines: tuple[Line, ...]
    rounds: tuple[ComparedRound, ...]
    compared: tuple[ComparedRow, ...]
    chart: Chart
    practice_chart: Chart
    outstanding: int
    engine: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeSeed:
    """What a draft initiative starts with when it comes from an opportunity."""

    result_pk: int
    practice: str
    practice_title: str
    dimension: str
    level: float | None
    target: float | None
    title: str
    description: str
    problem: str
