"""The vocabulary of one evaluation: what was planned, what was measured, what was found.

`EvaluationDesign` and `MetricPanel` go into `cxstats.evaluate.evaluate`, a `Finding` comes out.
Kept apart from the engine so that callers can build and read them without loading it.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cxstats.codec import ADDED_LATER
from cxstats.errors import Reason
from cxstats.results import Estimate, Interval, Unit


class EstimandKind(StrEnum):
    """How a metric is computed, hence which variance and bounds it has."""

    NPS = "nps"  # value in points -100..100, variance of one answer in points^2
    SHARE = "share"  # value 0..1
    MEAN = "mean"  # value on the answer scale
    LOG_DURATION = "log_duration"  # mean of log seconds; effects read as ratios
    COUNT = "count"  # events per exposure; effects read as ratios

    @property
    def is_ratio(self) -> bool:
        """Whether effects are estimated as logarithms and read as ratios."""
        return self in (EstimandKind.LOG_DURATION, EstimandKind.COUNT)


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Direction(StrEnum):
    """Which way the metric should move if the initiative works."""

    UP = "up"
    DOWN = "down"


class UnitSelection(StrEnum):
    """How the treated units were chosen; decides grade A and the regression-to-the-mean gate."""

    CHANCE = "chance"  # lottery or phase-in by chance
    EVERYONE = "everyone"  # all units got it
    PRACTICAL = "practical"  # by reasons unrelated to the score
    WORST_SCORES = "worst_scores"
    UNKNOWN = "unknown"


class DesignGrade(StrEnum):
    """How far the design can be trusted; fixed before the result is seen."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Verdict(StrEnum):
    SUPPORTED = "supported"
    SUGGESTIVE = "suggestive"
    INCONCLUSIVE = "inconclusive"
    CONTRADICTED = "contradicted"
    NO_EFFECT_WORTH_HAVING = "no_effect_worth_having"
    NOT_ESTIMABLE = "not_estimable"


class Method(StrEnum):
    DIFFERENCE_IN_DIFFERENCES = "difference_in_differences"
    STAGGERED_DIFFERENCE_IN_DIFFERENCES = "staggered_difference_in_differences"
    SYNTHETIC_CONTROL = "synthetic_control"
    STRUCTURAL_TIME_SERIES = "structural_time_series"
    SEGMENTED_REGRESSION = "segmented_regression"
    BEFORE_AFTER = "before_after"


COMPARISONS = frozenset(
    {
        Method.DIFFERENCE_IN_DIFFERENCES,
        Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES,
        Method.SYNTHETIC_CONTROL,
        Method.STRUCTURAL_TIME_SERIES,
    }
)  # the methods that look at units without the change; the others know one series alone


def undisturbed(method: Method) -> DesignGrade:
    """The grade of a method where nothing lowered it and nothing was drawn by chance."""
    if method in COMPARISONS:
        return DesignGrade.B
    return DesignGrade.D if method is Method.BEFORE_AFTER else DesignGrade.C


class Lowering(StrEnum):
    """What costs a design its grade, the one that says most first."""

    LOOKED_BACK = "looked_back"
    CHANGED = "changed_after_approval"
    MOVED = "go_live_moved_after_result"


class Light(StrEnum):
    """State of a diagnostic."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_RUN = "not_run"


def lowering_of(*, looked_back: bool, changed: bool, moved: bool) -> Lowering | None:
    """The lowering that is named where several hold: a look back, then the plan, then the go-live alone."""
    if looked_back:
        return Lowering.LOOKED_BACK
    if changed:
        return Lowering.CHANGED
    return Lowering.MOVED if moved else None


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherInitiative:
    """Another initiative that touched the same units; `start` is its go-live there. One that came to them on
    several days is given once for each, under the same name."""

    name: str
    start: date
    units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationDesign:
    """What was fixed before the result was seen (the pre-registration).

    `start` is the go-live; `lag_periods` whole periods after it are left out of both sides.
    `baseline_periods`/`follow_up_periods` limit the window (None: all there is).
    `smallest_worthwhile_effect` is in metric units, >= 0, 0 where none was declared.
    `seasonal` declares that a yearly season is plausible. `changed_after_approval` drops a grade, and so does
    `go_live_moved_after_result`: `start` is another day than that of the first result that was known.
    `selection_periods` says how many of the last periods before the go-live chose the units, where they
    were chosen by their scores (None: not known); those periods then serve as no baseline.
    `looked_back`: the plan was fixed when the data were there already, so no grade above C is possible.
    """

    metric: str
    kind: EstimandKind
    period: PeriodKind
    start: date
    direction: Direction = Direction.UP
    lag_periods: int = 0
    baseline_periods: int | None = None
    follow_up_periods: int | None = None
    smallest_worthwhile_effect: float = 0.0
    selection: UnitSelection = UnitSelection.UNKNOWN
    seasonal: bool = False
    changed_after_approval: bool = False
    other_initiatives: tuple[OtherInitiative, ...] = ()
    selection_periods: int | None = None
    go_live_moved_after_result: bool = field(default=False, metadata={ADDED_LATER: True})
    looked_back: bool = field(default=False, metadata={ADDED_LATER: True})

    @property
    def is_changed(self) -> bool:
        """Whether something was changed after it was fixed, which costs one grade, however much it was."""
        return self.changed_after_approval or self.go_live_moved_after_result

    @property
    def lowering(self) -> Lowering | None:
        """What makes the grade lower than the design would earn; of several, what costs most."""
        return lowering_of(
            looked_back=self.looked_back,
            changed=self.changed_after_approval,
            moved=self.go_live_moved_after_result,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelCell:
    """One unit in one period.

    `value` in metric units; `n` answers behind it; `variance` of ONE answer (so that the sampling
    variance of `value` is variance / n). `definition` is a key that changes whenever wording,
    scale, channel or box rule change. `strata` gives (stratum, n, value, variance) for mix checks.
    `open_cases` (LOG_DURATION) counts the period's cases that were not resolved at the cut-off and are
    in neither `value` nor `n`; `evaluate` leaves out young periods in which they are many. Where every case
    was followed for `horizon` seconds (0: for as long as there was), longer ones are in `value` by their
    likelihood, and `open_cases` are those alone that could not be followed for that long yet.
    COUNT: `n` are the events, 0 too, and `exposure` > 0 what they were counted on, in the unit of the rate.
    """

    unit: str
    period: date
    value: float
    n: int
    variance: float
    definition: str = ""
    strata: tuple[tuple[str, int, float, float], ...] = ()
    open_cases: int = 0
    exposure: float = field(default=0.0, metadata={ADDED_LATER: True})
    horizon: float = field(default=0.0, metadata={ADDED_LATER: True})

    @classmethod
    def count(
        cls, *, unit: str, period: date, events: int, exposure: float = 1.0, definition: str = ""
    ) -> "PanelCell":
        """Cell of a rate: events by exposure (hundreds of orders, days, 1 for a plain number per period)."""
        value = events / exposure
        return cls(
            unit=unit,
            period=period,
            value=value,
            n=events,
            variance=value**2,
            definition=definition,
            exposure=exposure,
        )

    @classmethod
    def nps(
        cls,
        *,
        unit: str,
        period: date,
        n: int,
        promoters: int,
        detractors: int,
        definition: str = "",
        strata: tuple[tuple[str, int, float, float], ...] = (),
    ) -> "PanelCell":
        """Cell of an NPS metric from counts (points; variance adjusted by +3/4 as in the interval)."""
        p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
        return cls(
            unit=unit,
            period=period,
            value=100.0 * (promoters - detractors) / n,
            n=n,
            variance=1e4 * (p + d - (p - d) ** 2),
            definition=definition,
            strata=strata,
        )

    @classmethod
    def share(
        cls,
        *,
        unit: str,
        period: date,
        n: int,
        hits: int,
        definition: str = "",
        strata: tuple[tuple[str, int, float, float], ...] = (),
    ) -> "PanelCell":
        """Cell of a share metric from counts (0..1; variance at (hits + 1) / (n + 2))."""
        p = (hits + 1.0) / (n + 2.0)
        return cls(
            unit=unit,
            period=period,
            value=hits / n,
            n=n,
            variance=p * (1 - p),
            definition=definition,
            strata=strata,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricPanel:
    """Cells of all units; `treated` maps a treated unit to its own go-live, or None for `design.start`.

    Units in neither `treated` nor `controls` are ignored.
    """

    cells: tuple[PanelCell, ...]
    treated: tuple[tuple[str, date | None], ...]
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NegativeControl:
    """A metric that the initiative should NOT move, at the same units: where it moves too, something else
    happened. Lipsitch, Tchetgen Tchetgen & Cohen (2010), Epidemiology 21:383."""

    metric: str
    kind: EstimandKind
    panel: MetricPanel


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPoint:
    """One period of the finding's chart: observed, and what was expected without the initiative."""

    period: date
    observed: float
    n: int
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    control: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnostic:
    """One check; `key` is stable (pages translate it), `figures` are what it measured."""

    key: str
    light: Light
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SensitivityRow:
    """The same question answered by another defensible analysis."""

    key: str
    value: float
    interval: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The answer. `effect` is None exactly when verdict is NOT_ESTIMABLE.

    `reasons` are stable keys that explain the verdict, most important first;
    `wording` maps slots ("sentence", "verb", ...) to machine-readable wording keys.
    """

    grade: DesignGrade
    verdict: Verdict
    method: Method
    method_reason: str
    unit: Unit
    effect: Estimate | None
    interval_80: Interval | None
    p_value: float | None
    baseline_value: float | None
    after_value: float | None
    smallest_detectable_effect: float | None
    series: tuple[SeriesPoint, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    sensitivity: tuple[SensitivityRow, ...] = ()
    reasons: tuple[str, ...] = ()
    wording: tuple[tuple[str, str], ...] = ()
    refusal: Reason | None = None
    refusal_detail: tuple[tuple[str, float | int | str], ...] = ()
    notes: tuple[str, ...] = field(default=())
    engine_version: str = ""
    input_digest: str = ""
