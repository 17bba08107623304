"""The facade: a design and a panel go in, a finding comes out."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.random import Generator

import cxstats
from cxstats.checks import count, real
from cxstats.design import (
    Diagnostic,
    Direction,
    EstimandKind,
    EvaluationDesign,
    Finding,
    Light,
    Method,
    MetricPanel,
    NegativeControl,
    PeriodKind,
    UnitSelection,
    Verdict,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.evaluate import checks_made, groups, series
from cxstats.evaluate.analysis import Analysis, row
from cxstats.evaluate.digest import input_digest
from cxstats.evaluate.judgement import judge, refused_wording
from cxstats.evaluate.mix import NoMix, at_constant_mix, mix_shift
from cxstats.evaluate.plan import GradePlan
from cxstats.evaluate.preparation import Prepared, chosen_by, prepared
from cxstats.evaluate.rates import as_measured
from cxstats.evaluate.shown import as_ratios, points, refused
from cxstats.evaluate.tables import Tables, filled
from cxstats.evaluate.thresholds import DEFAULTS, Thresholds
from cxstats.evaluate.unusual import outages
from cxstats.reference import normal_quantile
from cxstats.results import Estimate, Unit

UNITS = {
    EstimandKind.NPS: Unit.POINTS,
    EstimandKind.SHARE: Unit.SHARE_DIFFERENCE,
    EstimandKind.MEAN: Unit.SCORE,
    EstimandKind.LOG_DURATION: Unit.RATIO,
    EstimandKind.COUNT: Unit.RATIO,
}
_KEYS = (
    "pre_trend",
    "placebo_dates",
    "autocorrelation",
    "mix_shift",
    "overlap",
    "regression_to_the_mean",
    "methods_agree",
    "low_counts",
    "definition",
    "unusual_periods",
)


def evaluate(
    design: EvaluationDesign,
    panel: MetricPanel,
    *,
    rng: Generator,
    thresholds: Thresholds = DEFAULTS,
    negative_control: NegativeControl | None = None,
    spill_over: MetricPanel | None = None,
) -> Finding:
    """Evaluate one initiative on one metric.

    Grade and method follow from the design and the shape of the panel, never from the result. A refusal
    comes back as a finding with verdict NOT_ESTIMABLE, its reason and figures, the grade and the observed
    points.

    Parameters
    ----------
    design : EvaluationDesign
        What was fixed before the result was seen.
    panel : MetricPanel
        Cells in any order, one per unit and period. Periods that were not measured are simply absent.
    rng : numpy.random.Generator
        Re-assignments and bootstrap draws.
    thresholds : Thresholds
    negative_control : NegativeControl, optional
        A metric that should not move: the same analysis of it becomes the check `negative_control`, amber
        where its interval excludes no change. The rest of the finding does not depend on it.
    spill_over : MetricPanel, optional
        Units that the initiative could reach without being meant for them (they are no controls), beside
        the same controls. Whether they moved is a question of its own: the check `spill_over`, amber where
        its interval excludes no change, which informs and doubts nothing.

    Returns
    -------
    Finding
        For LOG_DURATION everything is read as geometric means: effects are ratios (1 is no change),
        baseline, after and the series are in seconds. For COUNT effects are ratios of rates, baseline, after
        and the series are rates. Otherwise metric units.

    Raises
    ------
    InvalidInput
        Duplicate cells, no treated unit, a unit on both sides, n <= 0, numbers that are not finite.

    Notes
    -----
    Rules and thresholds: `docs/methods/evaluate.md`. Sources stand in the modules that compute.

    Examples
    --------
    >>> from datetime import date
    >>> from cxstats.design import PanelCell, PeriodKind
    >>> rng = np.random.default_rng(3)
    >>> cells = []
    >>> for k in range(36):
    ...     happy = int(rng.binomial(400, 0.60 if k < 24 else 0.70))
    ...     month = date(2023 + k // 12, k % 12 + 1, 1)
    ...     cells.append(PanelCell.share(unit="care", period=month, n=400, hits=happy))
    >>> design = EvaluationDesign(metric="csat", kind=EstimandKind.SHARE, period=PeriodKind.MONTH,
    ...     start=date(2025, 1, 1))
    >>> found = evaluate(design, MetricPanel(cells=tuple(cells), treated=(("care", None),)), rng=rng)
    >>> found.grade.value, found.verdict.value, round(found.effect.value, 2)
    ('C', 'supported', 0.11)
    """
    check_design(design)
    ready = prepared(design=design, panel=panel, thresholds=thresholds)
    digest = input_digest(
        design=design,
        panel=panel,
        thresholds=thresholds,
        negative_control=negative_control,
        spill_over=spill_over,
    )
    blank = replace(_without_result(design, ready.plan, digest), notes=ready.notes)
    if ready.whole is None:
        return refused(blank, NotEstimable(Reason.NO_DATA), None, design, thresholds)
    try:
        analysis, checks = _analyzed(
            design=design, ready=ready, rng=rng, thresholds=thresholds, unit=UNITS[design.kind]
        )
    except NotEstimable as refusal:
        return refused(blank, refusal, ready.whole, design, thresholds)
    if negative_control is not None:
        checks += (_unmoved(negative_control, design, rng, thresholds),)
    if spill_over is not None:
        checks += (_reached(spill_over, design, rng, thresholds),)
    finding = _concluded(blank, analysis, checks, design, ready.plan, thresholds)
    finding = replace(finding, series=points(analysis, ready.whole, thresholds))
    return as_ratios(finding, design) if design.kind.is_ratio else finding


def _without_result(design: EvaluationDesign, plan: GradePlan, digest: str) -> Finding:
    """Grade and method before any result is seen; what remains of a finding that is refused."""
    return Finding(
        grade=plan.grade,
        verdict=Verdict.NOT_ESTIMABLE,
        method=plan.method,
        method_reason=plan.method_reason,
        unit=UNITS[design.kind],
        effect=None,
        interval_80=None,
        p_value=None,
        baseline_value=None,
        after_value=None,
        smallest_detectable_effect=None,
        wording=refused_wording(),
        engine_version=cxstats.ENGINE_VERSION,
        input_digest=digest,
    )


def _concluded(
    blank: Finding,
    analysis: Analysis,
    checks: tuple[Diagnostic, ...],
    design: EvaluationDesign,
    plan: GradePlan,
    thresholds: Thresholds,
) -> Finding:
    """The finding with its figures and what may be said of them."""
    found = judge(
        design=design,
        grade=plan.grade,
        effect=analysis.effect,
        interval_80=analysis.interval_80,
        diagnostics=checks,
        resolution=analysis.resolution,
    )
    half = analysis.effect.interval.half_width
    return replace(
        blank,
        method=analysis.method or plan.method,
        method_reason=analysis.method_reason or plan.method_reason,
        verdict=found.verdict,
        effect=analysis.effect,
        interval_80=analysis.interval_80,
        p_value=analysis.p_value,
        baseline_value=analysis.baseline_value,
        after_value=analysis.after_value,
        smallest_detectable_effect=half
        * float(1 + normal_quantile(thresholds.power) / normal_quantile((1 + thresholds.level) / 2)),
        diagnostics=checks,
        sensitivity=analysis.sensitivity,
        reasons=found.reasons,
        wording=found.wording,
        notes=(
            *analysis.notes,
            *(f"unit_left_out:{unit}" for unit in analysis.table.dropped),
            *blank.notes,
        ),
    )


def _unmoved(
    control: NegativeControl, design: EvaluationDesign, rng: Generator, thresholds: Thresholds
) -> Diagnostic:
    """The same analysis of a metric that should not have moved; not run where it cannot be estimated."""
    same = replace(design, metric=control.metric, kind=control.kind, smallest_worthwhile_effect=0.0)
    return _beside("negative_control", same, control.panel, rng, thresholds)


def _reached(
    panel: MetricPanel, design: EvaluationDesign, rng: Generator, thresholds: Thresholds
) -> Diagnostic:
    """The same analysis of units that could have been reached. Nobody chose them, by scores or by lot."""
    same = replace(
        design,
        smallest_worthwhile_effect=0.0,
        selection=UnitSelection.PRACTICAL,
        selection_periods=None,
    )
    return _beside("spill_over", same, panel, rng, thresholds)


def _beside(
    key: str, design: EvaluationDesign, panel: MetricPanel, rng: Generator, thresholds: Thresholds
) -> Diagnostic:
    """A finding beside the main one as a check: amber where something moved."""
    effect = evaluate(design, panel, rng=rng, thresholds=thresholds).effect
    if effect is None:
        return Diagnostic(key=key, light=Light.NOT_RUN)
    nothing = 1.0 if effect.unit is Unit.RATIO else 0.0
    return Diagnostic(
        key=key,
        light=Light.GREEN if effect.interval.contains(nothing) else Light.AMBER,
        figures=(("value", effect.value), ("low", effect.interval.low), ("high", effect.interval.high)),
    )


def _analyzed(
    *, design: EvaluationDesign, ready: Prepared, rng: Generator, thresholds: Thresholds, unit: Unit
) -> tuple[Analysis, tuple[Diagnostic, ...]]:
    whole, plan = ready.laid_out(), ready.plan
    if ready.still_open is not None:
        raise ready.still_open
    _refuse_sides(whole, design, thresholds, plan)
    table = filled(table=whole, thresholds=thresholds, transition=plan.route == "staggered")
    if chosen_by(design):
        last = np.sort(table.numbers[table.pre])[-chosen_by(design) :]
        table = table.columns(~np.isin(table.numbers, last))
    _refuse_sides(table, design, thresholds, plan)
    counted = checks_made.low_counts(table=table, thresholds=thresholds, joined=ready.joined)
    if ready.reworded is not None:
        raise ready.reworded
    worded = checks_made.definition(table=table, design=design, alike=ready.alike)
    unknown = design.selection is UnitSelection.WORST_SCORES and design.selection_periods is None
    if unknown and plan.route not in ("baseline_adjusted", "description"):
        groups.refuse_unknown_choice(table=table, thresholds=thresholds, found=plan.route)
    failed: tuple[date, ...] = ()
    if plan.route != "staggered":
        alone = plan.route in ("series", "description")
        away = outages(table=table, thresholds=thresholds, against_controls=not alone)
        failed = tuple(day for day, out in zip(table.periods, away, strict=True) if out)
        table = table.columns(~away)
    analysis, mix = _at_best_mix(table, design, plan, rng, thresholds, unit)
    made = {
        item.key: item
        for item in (
            *analysis.diagnostics,
            mix,
            checks_made.regression_to_the_mean(
                table=analysis.table, design=design, thresholds=thresholds, route=plan.route
            ),
            checks_made.methods_agree(effect=analysis.effect, rows=analysis.sensitivity),
            counted,
            worded,
            checks_made.unusual_periods(outages=len(failed), breaks=len(analysis.breaks)),
        )
    }
    notes = [f"outage:{day.isoformat()}" for day in failed]
    notes += [f"level_break:{day.isoformat()}" for day in analysis.breaks]
    ordered = [made.pop(key, Diagnostic(key=key, light=Light.NOT_RUN)) for key in _KEYS]
    analysis = as_measured(replace(analysis, notes=(*analysis.notes, *notes)))
    return analysis, (*ordered, *made.values())


def _at_best_mix(
    table: Tables,
    design: EvaluationDesign,
    plan: GradePlan,
    rng: Generator,
    thresholds: Thresholds,
    unit: Unit,
) -> tuple[Analysis, Diagnostic]:
    """The analysis at the mix before the go-live where it can be held constant, the raw change beside it.

    One of them that a rule refuses does not refuse the other.
    """
    constant = at_constant_mix(table=table, design=design)
    headline: Analysis | None = None
    if constant.table is not None:
        try:
            headline = _routed(constant.table, design, plan, rng, thresholds, unit)
        except NotEstimable:
            constant = replace(constant, table=None, reason=NoMix.REFUSED)
    if headline is None:
        raw = _routed(table, design, plan, rng, thresholds, unit)
        return raw, mix_shift(raw=raw.effect, standardized=None, mix=constant)
    beside: Estimate | None = None
    with suppress(NotEstimable):
        beside = _routed(table, design, plan, rng, thresholds, unit).effect
    lines = () if beside is None else (row("raw_change", beside),)
    headline = replace(
        headline, sensitivity=(*headline.sensitivity, *lines), notes=(*headline.notes, "constant_mix")
    )
    return headline, mix_shift(raw=beside, standardized=headline.effect, mix=constant)


def _routed(
    table: Tables,
    design: EvaluationDesign,
    plan: GradePlan,
    rng: Generator,
    thresholds: Thresholds,
    unit: Unit,
) -> Analysis:
    chance = design.selection is UnitSelection.CHANCE
    if plan.route == "clusters":
        return groups.clusters(
            table=table, design=design, thresholds=thresholds, unit=unit, rng=rng, chance=chance
        )
    if plan.route == "staggered":
        return groups.staggered(
            table=table, design=design, thresholds=thresholds, unit=unit, chance=chance, rng=rng
        )
    if plan.route == "baseline_adjusted":
        return groups.baseline_adjusted(table=table, design=design, thresholds=thresholds, unit=unit)
    if plan.route == "synthetic":
        return _beside_donors(table, design, thresholds, unit, chance=chance)
    if plan.route == "control_series":
        return series.control_series(
            table=table, design=design, thresholds=thresholds, unit=unit, chance=chance
        )
    if plan.route == "series":
        return series.single_series(table=table, design=design, thresholds=thresholds, unit=unit)
    return series.description(table=table, design=design, thresholds=thresholds, unit=unit)


def _beside_donors(
    table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit, *, chance: bool
) -> Analysis:
    """Synthetic control; where no mix of donors fits the time before the go-live, the difference to all of
    them as a series.

    The fit is read before the go-live only, so the result does not choose the method.
    """
    try:
        return groups.donors(table=table, design=design, thresholds=thresholds, unit=unit)
    except NotEstimable as refusal:
        if refusal.reason is not Reason.POOR_PRE_FIT:
            raise
    found = series.control_series(table=table, design=design, thresholds=thresholds, unit=unit, chance=chance)
    return replace(found, method=Method.DIFFERENCE_IN_DIFFERENCES, method_reason="no_donor_mix_fits")


def _refuse_sides(table: Tables, design: EvaluationDesign, thresholds: Thresholds, plan: GradePlan) -> None:
    pre = int((table.present[: table.treated].any(axis=0) & table.pre).sum())
    begun = table.post if plan.route != "staggered" else table.numbers >= np.min(table.starts)
    post = int((table.present[: table.treated].any(axis=0) & begun).sum())
    if pre == 0:
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    if post == 0:
        after_start = int((table.numbers >= np.min(table.starts)).sum())
        if design.lag_periods > 0 and after_start > 0:
            raise NotEstimable(Reason.RAMP_TOO_LONG, lag=design.lag_periods, found=after_start)
        raise NotEstimable(Reason.NO_POST_PERIOD)
    needed = thresholds.minimum_side_periods
    if pre < needed or post < needed:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=needed, before=pre, after=post)


def check_design(design: EvaluationDesign) -> None:
    """Name what is malformed; what the tables read from a design they check themselves.

    A plain word passes for its constant when compared by value and not when compared by identity: "up"
    would be read as down.
    """
    real("design.smallest_worthwhile_effect", design.smallest_worthwhile_effect, minimum=0.0)
    if design.selection_periods is not None:
        count("design.selection_periods", design.selection_periods, minimum=1)
    for name, kind in (
        ("kind", EstimandKind),
        ("period", PeriodKind),
        ("direction", Direction),
        ("selection", UnitSelection),
    ):
        if not isinstance(getattr(design, name), kind):
            raise InvalidInput(f"design.{name}", f"a member of {kind.__name__}")
