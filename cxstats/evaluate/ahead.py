"""Before the vote: could this design see the effect at all? From the time before the go-live alone."""

from dataclasses import dataclass, replace

import numpy as np

from cxstats.checks import count
from cxstats.design import (
    DesignGrade,
    Direction,
    EvaluationDesign,
    Method,
    MetricPanel,
    UnitSelection,
)
from cxstats.did import planned_change, planned_imputation, reference_freedom
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.facade import UNITS, check_design
from cxstats.evaluate.groups import has_few_units
from cxstats.evaluate.plan import GradePlan, planned_grade, season_of
from cxstats.evaluate.preparation import chosen_by, shape_of
from cxstats.evaluate.rates import on_log_scale
from cxstats.evaluate.series import difference_series, refuse_short_season, treated_series
from cxstats.evaluate.tables import Tables, filled, tables
from cxstats.evaluate.thin import thin_joined
from cxstats.evaluate.thresholds import DEFAULTS, Thresholds
from cxstats.evaluate.wording import Worded, one_question
from cxstats.its import series_power
from cxstats.power.planned import PlannedErrors, smallest_effect
from cxstats.results import Unit
from cxstats.selection import planned_beyond_history
from cxstats.synthetic import planned_gap


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPower:
    """What a planned evaluation could show.

    `smallest_detectable_effect` at the thresholds' power, in metric units (a ratio for LOG_DURATION and
    COUNT), None where `refusal` says why. `sees_worthwhile` compares it with the smallest effect worth having
    (None where none was declared or nothing could be computed).
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
    Each design by the estimator and the reference that `evaluate` will use, its noise from the baseline:
    series by `cxstats.its.series_power`; clusters, waves, donors and chosen units by errors averaged over the
    noise models that the baseline allows (`cxstats.power.planned`). Questions that changed in the baseline
    and thin periods are handled as there. A look at the values after the go-live (outages, breaks, earlier
    paths that differ) costs power that is not foreseen.

    Examples
    --------
    >>> from datetime import date
    >>> from cxstats.design import EstimandKind, PanelCell, PeriodKind
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
        whole = on_log_scale(table=whole.columns(whole.pre), season=season_of(design))
        whole, _joined = thin_joined(table=whole, design=design, thresholds=thresholds)
        refused: NotEstimable | None = None
    except NotEstimable as refusal:
        whole, refused = None, refusal
    worded: Worded | None = None
    shape = replace(shape_of(whole, design, thresholds), post_periods=planned)
    plan = planned_grade(design=design, shape=shape, thresholds=thresholds)
    if whole is not None:
        worded = one_question(table=whole, design=design, plan=plan, thresholds=thresholds)
        whole = _without_choice(worded.table, design)
        shape = replace(shape_of(worded.table, design, thresholds), post_periods=planned)
        plan = planned_grade(design=design, shape=shape, thresholds=thresholds)
    effect = error = None
    if whole is not None:
        try:
            if worded is not None and worded.refusal is not None:
                raise worded.refusal
            error, effect = _planned(whole, design, plan, planned, thresholds)
        except NotEstimable as refusal:
            refused = refusal
    worthwhile = design.smallest_worthwhile_effect
    sees = effect <= worthwhile if effect is not None and worthwhile > 0 else None
    if effect is not None and design.kind.is_ratio:
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


def _without_choice(table: Tables, design: EvaluationDesign) -> Tables:
    """Without the last periods that chose the units: they are no baseline."""
    last = np.sort(table.numbers)[table.numbers.size - chosen_by(design) :]
    return table.columns(~np.isin(table.numbers, last))


def _planned(
    whole: Tables, design: EvaluationDesign, plan: GradePlan, planned: int, thresholds: Thresholds
) -> tuple[float, float]:
    """Standard error of the planned effect and the smallest one that would show."""
    found = int(whole.numbers.size)
    if found < thresholds.minimum_side_periods + 1:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=thresholds.minimum_side_periods + 1, before=found)
    unknown = design.selection is UnitSelection.WORST_SCORES and design.selection_periods is None
    if unknown and plan.route not in ("baseline_adjusted", "description"):
        raise NotEstimable(Reason.SELECTED_FOR_LOW_SCORES, route=plan.route)
    table = filled(table=whole, thresholds=thresholds)
    if plan.route in ("clusters", "staggered", "baseline_adjusted"):
        errors = _between_units(table, plan, planned)
    elif plan.route == "synthetic":
        try:
            errors = _beside_donors(table, planned, thresholds)
        except NotEstimable as refusal:
            if refusal.reason is not Reason.POOR_PRE_FIT:
                raise
            return _of_series(table, design, plan, planned, thresholds)  # as `evaluate` does
    else:
        return _of_series(table, design, plan, planned, thresholds)
    effect = smallest_effect(planned=errors, level=thresholds.level, power=thresholds.power)
    return errors.standard_error, effect


def _between_units(table: Tables, plan: GradePlan, planned: int) -> PlannedErrors:
    """Errors of the three comparisons of many units, each with the reference that `evaluate` uses."""
    last = float(table.numbers[-1])
    gap = round(float(table.after) - last) - 1
    if plan.route == "baseline_adjusted":
        return planned_beyond_history(
            before=table.values,
            noise=table.noise,
            treated=table.treated,
            before_time=table.numbers,
            after_time=table.after + np.arange(planned),
        )
    if plan.route == "clusters":
        found = planned_change(
            before=table.values, noise=table.noise, treated=table.treated, planned=planned, gap=gap
        )
        return found.referred_to(reference_freedom(table.treated, table.controls))
    before = table.numbers.size
    length = before + gap + planned
    starts = [
        before + round(float(start) - last) - 1 if np.isfinite(start) else None for start in table.starts
    ]
    found = planned_imputation(
        before=table.values,
        noise=table.noise,
        first_treated=starts,
        length=length,
        lag=round(float(table.after - np.max(table.starts[: table.treated]))),
    )
    is_modelled = has_few_units(units=len(table.units), periods=length)
    return found.referred_to(np.inf) if is_modelled else found


def _beside_donors(table: Tables, planned: int, thresholds: Thresholds) -> PlannedErrors:
    return planned_gap(
        treated=table.values[0],
        treated_noise=table.noise[0],
        donors=table.values[1:],
        donor_noise=table.noise[1:],
        planned=planned,
        gap=round(float(table.after - table.numbers[-1])) - 1,
        maximum_fit_excess=thresholds.maximum_fit_excess,
    )


def _of_series(
    table: Tables, design: EvaluationDesign, plan: GradePlan, planned: int, thresholds: Thresholds
) -> tuple[float, float]:
    """One series, alone or less that of the controls; changed questions of the baseline have own steps."""
    paired = plan.route in ("control_series", "synthetic")
    series = difference_series(table) if paired else treated_series(table)
    season = season_of(design) if plan.route in ("series", "description") else None
    if season is not None:
        long = replace(table, numbers=np.append(table.numbers[:-1], table.numbers[-1] + planned))
        refuse_short_season(table=long, season=season, thresholds=thresholds)
    steps = [(table.numbers >= number).astype(np.float64) for number, _units in table.reworded]
    power = series_power(
        baseline=series.values,
        planned_periods=planned,
        noise_variance=series.noise,
        time=series.time,
        trend=plan.route == "series",
        drift=paired,
        season=season if plan.route == "series" else None,
        power=thresholds.power,
        level=thresholds.level,
        earlier_steps=np.column_stack(steps) if steps else None,
    )
    return power.standard_error, power.smallest_detectable_effect
