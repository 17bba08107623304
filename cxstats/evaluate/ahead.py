"""Before the vote: could this design see the effect at all? From the time before the go-live alone."""

from dataclasses import dataclass, replace

import numpy as np

from cxstats.checks import FloatArray, count
from cxstats.design import (
    DesignGrade,
    Direction,
    EstimandKind,
    EvaluationDesign,
    Method,
    MetricPanel,
    UnitSelection,
)
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.facade import UNITS, check_design, shape_of
from cxstats.evaluate.plan import planned_grade, season_of
from cxstats.evaluate.series import difference_series, refuse_short_season, treated_series
from cxstats.evaluate.tables import Tables, filled, tables
from cxstats.evaluate.thresholds import DEFAULTS, Thresholds
from cxstats.its import series_power
from cxstats.reference import normal_quantile, student_quantile
from cxstats.results import Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPower:
    """What a planned evaluation could show.

    `smallest_detectable_effect` at the thresholds' power, in metric units (a ratio for LOG_DURATION), None
    where `refusal` says why. `sees_worthwhile` compares it with the smallest effect worth having (None where
    none was declared or nothing could be computed).
    """

    grade: DesignGrade
    method: Method
    method_reason: str
    unit: Unit
    smallest_detectable_effect: float | None
    standard_error: float | None
    power: float
    level: float
    pre_periods: int
    planned_periods: int
    sees_worthwhile: bool | None
    refusal: Reason | None = None
    refusal_detail: tuple[tuple[str, float | int | str], ...] = ()


def smallest_detectable_effect(
    design: EvaluationDesign,
    panel: MetricPanel,
    *,
    planned_periods: int,
    thresholds: Thresholds = DEFAULTS,
) -> PlannedPower:
    """Smallest effect that the planned design would show with the thresholds' power (80 %).

    Only cells before the go-live are read; later ones are ignored, so the answer cannot leak the result.

    Parameters
    ----------
    design : EvaluationDesign
    panel : MetricPanel
        Baseline cells of treated and control units.
    planned_periods : int >= 1
        Whole periods after go-live and lag that the read-out will use.
    thresholds : Thresholds

    Returns
    -------
    PlannedPower
        With the grade and method that this design would reach.

    Raises
    ------
    InvalidInput
        As `evaluate`.

    Notes
    -----
    Series: `cxstats.its.series_power`. Clusters: one change per cluster, its variance from the latent
    autocorrelation and the sampling noise of the baseline, t with G - 2 (Frison & Pocock 1992, Statistics in
    Medicine 11:1685, eq. 6, with an AR(1) in place of equal correlation).

    Examples
    --------
    >>> from datetime import date
    >>> from cxstats.design import PanelCell, PeriodKind
    >>> rng = np.random.default_rng(3)
    >>> cells = tuple(PanelCell(unit="care", period=date(2023 + k // 12, k % 12 + 1, 1), n=200,
    ...     value=float(30 + rng.normal() * 5), variance=4900.0) for k in range(24))
    >>> design = EvaluationDesign(metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH,
    ...     start=date(2025, 1, 1))
    >>> found = smallest_detectable_effect(design, MetricPanel(cells=cells, treated=(("care", None),)),
    ...     planned_periods=12)
    >>> found.grade.value, 8 < found.smallest_detectable_effect < 20
    ('C', True)
    """
    check_design(design)
    planned = count("planned_periods", planned_periods, minimum=1)
    try:
        whole = tables(design=design, panel=panel)
        whole = whole.columns(whole.pre)
        refused: NotEstimable | None = None
    except NotEstimable as refusal:
        whole, refused = None, refusal
    shape = replace(shape_of(whole, design, thresholds), post_periods=planned)
    plan = planned_grade(design=design, shape=shape, thresholds=thresholds)
    effect = error = None
    if whole is not None:
        try:
            error, critical = _planned_error(whole, design, plan.route, planned, thresholds)
            effect = (critical + normal_quantile(thresholds.power)) * error
        except NotEstimable as refusal:
            refused = refusal
    worthwhile = design.smallest_worthwhile_effect
    sees = effect <= worthwhile if effect is not None and worthwhile > 0 else None
    if effect is not None and design.kind is EstimandKind.LOG_DURATION:
        effect = float(np.exp(effect if design.direction is Direction.UP else -effect))
    return PlannedPower(
        grade=plan.grade,
        method=plan.method,
        method_reason=plan.method_reason,
        unit=UNITS[design.kind],
        smallest_detectable_effect=effect,
        standard_error=error,
        power=thresholds.power,
        level=thresholds.level,
        pre_periods=shape.pre_periods,
        planned_periods=planned,
        sees_worthwhile=sees,
        refusal=None if refused is None else refused.reason,
        refusal_detail=() if refused is None else tuple(refused.detail.items()),
    )


def _planned_error(
    whole: Tables, design: EvaluationDesign, route: str, planned: int, thresholds: Thresholds
) -> tuple[float, float]:
    """Standard error of the planned effect and the critical value of its reference."""
    found = int(whole.numbers.size)
    if found < thresholds.minimum_side_periods + 1:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=thresholds.minimum_side_periods + 1, before=found)
    unknown = design.selection is UnitSelection.WORST_SCORES and design.selection_periods is None
    if unknown and route not in ("baseline_adjusted", "description"):
        raise NotEstimable(Reason.SELECTED_FOR_LOW_SCORES, route=route)
    table = filled(table=whole, thresholds=thresholds)
    if route in ("clusters", "staggered", "baseline_adjusted") and table.controls:
        freedom = len(table.units) - 2
        variance = _change_variance(table, planned)
        error = float(np.sqrt(variance * (1 / table.treated + 1 / table.controls)))
        return error, student_quantile((1 + thresholds.level) / 2, freedom)
    paired = route in ("control_series", "synthetic")
    series = difference_series(table) if paired else treated_series(table)
    season = season_of(design) if route == "series" else None
    if season is not None:
        long = replace(table, numbers=np.append(table.numbers[:-1], table.numbers[-1] + planned))
        refuse_short_season(table=long, season=season, thresholds=thresholds)
    power = series_power(
        baseline=series.values,
        planned_periods=planned,
        noise_variance=series.noise,
        time=series.time,
        trend=route == "series",
        season=season,
        power=thresholds.power,
        level=thresholds.level,
    )
    factor = power.smallest_detectable_effect / power.standard_error
    return power.standard_error, factor - normal_quantile(thresholds.power)


def _change_variance(table: Tables, planned: int) -> float:
    """Variance of one cluster's change, from the residuals of the baseline around unit and period means."""
    groups = (table.values[: table.treated], table.values[table.treated :])
    rest = np.vstack([group - group.mean(axis=0) for group in groups])
    rest = rest - rest.mean(axis=1, keepdims=True)
    units, periods = rest.shape
    noise = float(table.noise.mean())
    total = float((rest**2).sum()) / max((units - 2) * (periods - 1), 1)
    latent = max(total - noise, 0.0)
    lagged = float((rest[:, 1:] * rest[:, :-1]).sum()) / max((units - 2) * (periods - 1), 1)
    # Removing each unit's mean takes about total / periods from every autocovariance.
    phi = float(np.clip((lagged + total / periods) / latent, 0.0, 0.95)) if latent > 0 else 0.0
    weights: FloatArray = np.concatenate([np.full(periods, -1 / periods), np.full(planned, 1 / planned)])
    distance = np.abs(np.subtract.outer(np.arange(weights.size), np.arange(weights.size)))
    variance = latent * float(weights @ np.power(phi, distance) @ weights)
    variance = float(variance + noise * float(weights @ weights))
    if variance <= 0:
        raise NotEstimable(Reason.NO_VARIATION)
    return variance
