"""Which grade a design reaches and which method it gets: decided from its shape, never from its result."""

from dataclasses import dataclass
from math import comb

from cxstats.design import DesignGrade, EvaluationDesign, Method, PeriodKind, UnitSelection
from cxstats.evaluate.thresholds import DEFAULTS, Thresholds
from cxstats.its import Season, SeasonShape

_SEASONS = {
    PeriodKind.DAY: Season(cycle=365.25, harmonics=2),
    PeriodKind.WEEK: Season(cycle=365.25 / 7, harmonics=2),
    PeriodKind.MONTH: Season(cycle=12.0, harmonics=2),
    PeriodKind.QUARTER: Season(cycle=4.0, shape=SeasonShape.DUMMIES),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What a panel has: units, periods on each side, whether starts differ. No values."""

    treated_units: int
    control_units: int
    pre_periods: int
    post_periods: int
    staggered: bool = False
    cohorts: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class GradePlan:
    """Grade and method that a shape earns; `route` names the computation, `method_reason` says why."""

    grade: DesignGrade
    method: Method
    route: str
    method_reason: str


def season_of(design: EvaluationDesign) -> Season | None:
    """The yearly season of the design's period, where one was declared plausible."""
    return _SEASONS[design.period] if design.seasonal else None


def planned_grade(*, design: EvaluationDesign, shape: Shape, thresholds: Thresholds = DEFAULTS) -> GradePlan:
    """Grade and method of a design, before any result is seen.

    Parameters
    ----------
    design : EvaluationDesign
    shape : Shape
    thresholds : Thresholds

    Returns
    -------
    GradePlan

    Notes
    -----
    Chance decided: A. Comparison units with enough periods before: B. A series alone that is long enough: C.
    Anything else describes a change and claims nothing: D. A plan changed after approval loses one grade, so
    does a go-live that was moved after a result was known, and both together lose one. A plan that was fixed
    when the data were there already looks back: A and B become C, C becomes D.

    Examples
    --------
    >>> from datetime import date
    >>> from cxstats.design import EstimandKind
    >>> design = EvaluationDesign(metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH,
    ...     start=date(2026, 1, 1))
    >>> plan = planned_grade(design=design, shape=Shape(treated_units=1, control_units=0,
    ...     pre_periods=24, post_periods=8))
    >>> plan.grade.value, plan.method.value
    ('C', 'segmented_regression')
    """
    grade, method, route, why = _undisturbed(design, shape, thresholds)
    if design.looked_back:
        grade = DesignGrade.C if grade in (DesignGrade.A, DesignGrade.B) else DesignGrade.D
    if design.is_changed:
        order = list(DesignGrade)
        grade = order[min(order.index(grade) + 1, len(order) - 1)]
    return GradePlan(grade=grade, method=method, route=route, method_reason=why)


def smallest_attainable_p(treated: int, controls: int) -> float:
    """Smallest two-sided p-value of a re-assignment of clusters; with equal sides each split has a mirror."""
    return (2 if treated == controls else 1) / comb(treated + controls, treated)


def _undisturbed(
    design: EvaluationDesign, shape: Shape, thresholds: Thresholds
) -> tuple[DesignGrade, Method, str, str]:
    chance = design.selection is UnitSelection.CHANCE
    long_enough = shape.pre_periods >= thresholds.comparison_pre_periods
    top = DesignGrade.A if chance else DesignGrade.B
    comparison = shape.control_units > 0 or (
        shape.cohorts >= 2 and shape.treated_units >= thresholds.minimum_clusters
    )
    if comparison and (chance or long_enough):
        route, method, why = _comparison_route(design, shape, thresholds)
        if route != "series":
            return top, method, route, why
    if (
        shape.pre_periods >= thresholds.series_pre_periods
        and shape.post_periods >= thresholds.series_post_periods
    ):
        return DesignGrade.C, Method.SEGMENTED_REGRESSION, "series", "single_series"
    why = "too_few_periods_for_comparison" if comparison else "series_too_short"
    return DesignGrade.D, Method.BEFORE_AFTER, "description", why


def _comparison_route(
    design: EvaluationDesign, shape: Shape, thresholds: Thresholds
) -> tuple[str, Method, str]:
    clusters = shape.treated_units + shape.control_units
    if (
        shape.staggered
        and clusters >= thresholds.minimum_clusters
        and (shape.control_units >= thresholds.minimum_side_clusters or shape.control_units == 0)
    ):
        return "staggered", Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES, "starts_differ"
    if shape.control_units == 0:
        return "series", Method.SEGMENTED_REGRESSION, "single_series"
    if (
        clusters >= thresholds.minimum_clusters
        and min(shape.treated_units, shape.control_units) >= thresholds.minimum_side_clusters
        and smallest_attainable_p(shape.treated_units, shape.control_units) <= 1 - thresholds.level
    ):
        if design.selection is UnitSelection.WORST_SCORES and design.selection_periods is None:
            return "baseline_adjusted", Method.DIFFERENCE_IN_DIFFERENCES, "chosen_by_score"
        return "clusters", Method.DIFFERENCE_IN_DIFFERENCES, "comparison_clusters"
    if shape.treated_units == 1 and shape.control_units >= thresholds.donors_for_synthetic:
        return "synthetic", Method.SYNTHETIC_CONTROL, "many_donors"
    return "control_series", Method.DIFFERENCE_IN_DIFFERENCES, "control_series"
