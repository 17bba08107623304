"""Several treated and control units: one change per cluster, staggered starts, chosen units."""

import numpy as np
from numpy.random import Generator

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, EvaluationDesign, Light, SensitivityRow
from cxstats.did import (
    Base,
    Inference,
    StaggeredEffects,
    breakdown_value,
    difference_in_differences,
    pre_trend,
    randomization_test,
    staggered_effects,
)
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.analysis import Analysis, row
from cxstats.evaluate.overlap_check import undisturbed
from cxstats.evaluate.series import difference_series, series_estimate
from cxstats.evaluate.tables import Tables
from cxstats.evaluate.thresholds import Thresholds
from cxstats.reference import student_quantile
from cxstats.results import Estimate, Interval, Unit
from cxstats.selection import ancova
from cxstats.synthetic import span, synthetic_control


def clusters(
    *,
    table: Tables,
    design: EvaluationDesign,
    thresholds: Thresholds,
    unit: Unit,
    rng: Generator,
    chance: bool,
) -> Analysis:
    """One change per cluster; the path of the difference for the chart; re-assignment as a check."""
    table, overlap = undisturbed(table=table, design=design, thresholds=thresholds)
    parallel = _parallel(table, unit, thresholds, refuse=not chance)
    ours, theirs = changes(table)
    found = difference_in_differences(treated=ours, control=theirs, unit=unit, level=thresholds.level)
    other = difference_in_differences(
        treated=ours,
        control=theirs,
        unit=unit,
        level=thresholds.level,
        robust=found.effect.method == "did_pooled_t",
    )
    shuffled = randomization_test(treated=ours, control=theirs, rng=rng)
    both = series_estimate(
        series=difference_series(table),
        unit=unit,
        trend=False,
        season=None,
        extra=None,
        level=thresholds.level,
    )
    parallel = _with_breakdown(parallel, found.effect.interval)
    return _path(
        table=table,
        effect=found.effect,
        interval_80=found.interval_80,
        p_value=found.p_value,
        diagnostics=(parallel, overlap, _shuffled(shuffled.p_value, shuffled.smallest_attainable_p)),
        sensitivity=(row(other.effect.method, other.effect), row("difference_series", both.average)),
        resolution=shuffled.smallest_attainable_p,
        thresholds=thresholds,
    )


def baseline_adjusted(
    *, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit
) -> Analysis:
    """Units chosen by their scores: later score regressed on program, early and late baseline.

    Given its whole history, a unit's later score depends on its baselines alone, whichever of its earlier
    scores chose it; two baselines allow for recent scores that tell more than old ones.
    """
    table, overlap = undisturbed(table=table, design=design, thresholds=thresholds)
    history = table.values[:, table.pre]
    recent = min(3, history.shape[1] // 2)
    later = table.values[:, table.post].mean(axis=1)
    program = (np.arange(len(table.units)) < table.treated).astype(np.float64)
    baselines = np.column_stack([history[:, :-recent].mean(axis=1), history[:, -recent:].mean(axis=1)])
    found = ancova(after=later, treated=program, baselines=baselines, unit=unit, level=thresholds.level)
    ours, theirs = changes(table)
    raw = difference_in_differences(treated=ours, control=theirs, unit=unit, level=thresholds.level)
    return _path(
        table=table,
        effect=found.effect,
        interval_80=found.interval_80,
        p_value=found.p_value,
        diagnostics=(Diagnostic(key="pre_trend", light=Light.NOT_RUN), overlap),
        sensitivity=(row("not_adjusted_for_choice", raw.effect),),
        resolution=None,
        thresholds=thresholds,
        shift=raw.effect.value - found.effect.value,
    )


def staggered(
    *,
    table: Tables,
    design: EvaluationDesign,
    thresholds: Thresholds,
    unit: Unit,
    chance: bool,
) -> Analysis:
    """Starts that differ: group-time effects against the mean of all earlier periods, pooled inference."""
    if design.other_initiatives:
        table, overlap = undisturbed(table=table, design=design, thresholds=thresholds)
    else:
        overlap = Diagnostic(key="overlap", light=Light.GREEN, figures=(("others", 0.0),))
    first = _first_columns(table)
    lag = round(float(table.after - np.max(table.starts[: table.treated])))
    effects = staggered_effects(
        values=table.values,
        first_treated=first,
        base=Base.AVERAGE,
        inference=Inference.POOLED,
        lag=lag,
        unit=unit,
        level=thresholds.level,
    )
    parallel = Diagnostic(key="pre_trend", light=Light.NOT_RUN)
    before = table.columns(table.pre)
    if table.controls >= thresholds.minimum_side_clusters and before.numbers.size >= 3:
        parallel = _parallel(before, unit, thresholds, refuse=not chance)
    previous = staggered_effects(
        values=table.values,
        first_treated=first,
        inference=Inference.POOLED,
        unit=unit,
        level=thresholds.level,
    )
    observed = table.values[: table.treated].mean(axis=0)
    gap, half = _gap_of_waves(table, effects)
    early = table.numbers < np.min(table.starts[: table.treated])
    baseline, after = _levels_of_waves(table, first, lag)
    control = table.values[table.treated :].mean(axis=0) if table.controls else None
    return Analysis(
        table=table,
        effect=effects.simple,
        interval_80=effects.simple_interval_80,
        p_value=effects.p_value,
        baseline_value=baseline,
        after_value=after,
        observed=observed,
        answers=table.answers[: table.treated].sum(axis=0),
        expected=np.where(early, observed, observed - gap),
        expected_low=np.where(early, observed, observed - gap - half),
        expected_high=np.where(early, observed, observed - gap + half),
        control=control,
        diagnostics=(parallel, overlap),
        sensitivity=(row("previous_period_base", previous.simple),),
    )


def _gap_of_waves(table: Tables, effects: StaggeredEffects) -> tuple[FloatArray, FloatArray]:
    """What the waves that had started gained in each period, weighed by their units, and the band's half."""
    gap, half = np.zeros(table.numbers.size), np.zeros(table.numbers.size)
    for cell in effects.group_time:
        share = cell.units / table.treated
        gap[cell.period] += share * cell.effect.value
        half[cell.period] += share * cell.effect.interval.half_width
    return gap, half


def _levels_of_waves(table: Tables, first: list[int | None], lag: int) -> tuple[float, float]:
    """Mean level of the treated units, each before its own start and after its own lag."""
    before = [table.values[i, : first[i]].mean() for i in range(table.treated) if first[i] is not None]
    after = [
        table.values[i, int(first[i] or 0) + lag :].mean()
        for i in range(table.treated)
        if int(first[i] or 0) + lag < table.numbers.size
    ]
    return float(np.mean(before)), float(np.mean(after))


def donors(*, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit) -> Analysis:
    """One treated unit and many donors: synthetic control, ranked among placebos, beside two relatives."""
    table, overlap = undisturbed(table=table, design=design, thresholds=thresholds)
    start = int(table.pre.sum())
    found = synthetic_control(
        treated=table.values[0],
        donors=table.values[1:],
        start=start,
        treated_noise=table.noise[0],
        donor_noise=table.noise[1:],
        maximum_fit_excess=thresholds.maximum_fit_excess,
        unit=unit,
        level=thresholds.level,
    )
    spread = span(treated=table.values[0], donors=table.values[1:], start=start)
    both = series_estimate(
        series=difference_series(table),
        unit=unit,
        trend=False,
        season=None,
        extra=None,
        level=thresholds.level,
    )
    half = found.effect.interval.half_width
    rows = [row("difference_series", both.average)]
    for key, value in (
        ("difference_in_differences", spread.difference_in_differences),
        ("synthetic_difference_in_differences", spread.synthetic_difference_in_differences),
    ):
        around = Interval(low=value - half, high=value + half, level=thresholds.level)
        rows.append(SensitivityRow(key=key, value=value, interval=around))
    claimed = not found.effect.interval.contains(0.0)
    ranked = Diagnostic(
        key="placebo_units",
        light=Light.AMBER if claimed and found.p_value > 1 - thresholds.suggestive_level else Light.GREEN,
        figures=(
            ("p", found.p_value),
            ("smallest_attainable_p", found.smallest_attainable_p),
            ("fit_excess", found.fit_excess),
        ),
    )
    observed = table.values[0]
    return Analysis(
        table=table,
        effect=found.effect,
        interval_80=found.interval_80,
        p_value=found.p_value,
        baseline_value=float(observed[table.pre].mean()),
        after_value=float(observed[table.post].mean()),
        observed=observed,
        answers=table.answers[0],
        expected=found.expected,
        expected_low=found.expected - half,
        expected_high=found.expected + half,
        control=table.values[1:].mean(axis=0),
        diagnostics=(overlap, ranked),
        sensitivity=tuple(rows),
        resolution=found.smallest_attainable_p,
    )


def changes(table: Tables) -> tuple[FloatArray, FloatArray]:
    """Mean after minus mean before of each treated and each control unit."""
    change = table.values[:, table.post].mean(axis=1) - table.values[:, table.pre].mean(axis=1)
    return change[: table.treated], change[table.treated :]


def _first_columns(table: Tables) -> list[int | None]:
    columns: list[int | None] = []
    for start in table.starts:
        at = int(np.searchsorted(table.numbers, start))
        columns.append(at if np.isfinite(start) and at < table.numbers.size else None)
    return columns


def _parallel(table: Tables, unit: Unit, thresholds: Thresholds, *, refuse: bool) -> Diagnostic:
    before = table.values[:, table.pre]
    found = pre_trend(
        treated=before[: table.treated],
        control=before[table.treated :],
        unit=unit,
        level=thresholds.pre_trend_level,
    )
    figures: tuple[tuple[str, float], ...] = (
        ("slope", found.slope.value),
        ("low", found.slope.interval.low),
        ("high", found.slope.interval.high),
        ("p", found.p_value),
        ("largest_departure", found.largest_departure),
    )
    if found.joint_p is not None:
        figures += (("joint_p", found.joint_p),)
    if found.slope.interval.contains(0.0):
        return Diagnostic(key="pre_trend", light=Light.GREEN, figures=figures)
    if refuse:
        raise NotEstimable(Reason.PRE_TREND_DIFFERS, **dict(figures))
    return Diagnostic(key="pre_trend", light=Light.AMBER, figures=figures)


def _with_breakdown(diagnostic: Diagnostic, interval: Interval) -> Diagnostic:
    largest = dict(diagnostic.figures)["largest_departure"]
    if largest <= 0:
        return diagnostic
    value = breakdown_value(interval=interval, largest_departure=largest)
    return Diagnostic(
        key=diagnostic.key, light=diagnostic.light, figures=(*diagnostic.figures, ("breakdown", value))
    )


def _shuffled(p_value: float, smallest: float) -> Diagnostic:
    return Diagnostic(
        key="reassignment", light=Light.GREEN, figures=(("p", p_value), ("smallest_attainable_p", smallest))
    )


def _path(
    *,
    table: Tables,
    effect: Estimate,
    interval_80: Interval,
    p_value: float,
    diagnostics: tuple[Diagnostic, ...],
    sensitivity: tuple[SensitivityRow, ...],
    resolution: float | None,
    thresholds: Thresholds,
    shift: float = 0.0,
) -> Analysis:
    """Chart of a comparison: what the treated showed, and what the controls' path would have made of them."""
    size = table.treated
    relative = table.values - table.values[:, table.pre].mean(axis=1, keepdims=True)
    ours, theirs = relative[:size], relative[size:]
    gap = ours.mean(axis=0) - theirs.mean(axis=0) - np.where(table.post, shift, 0.0)
    freedom = len(table.units) - 2
    squares = ours.var(axis=0) * len(ours) + theirs.var(axis=0) * len(theirs)
    error = np.sqrt(squares / freedom * (1 / len(ours) + 1 / len(theirs)))
    half = student_quantile((1 + thresholds.level) / 2, freedom) * error
    observed = table.values[:size].mean(axis=0)
    return Analysis(
        table=table,
        effect=effect,
        interval_80=interval_80,
        p_value=p_value,
        baseline_value=float(observed[table.pre].mean()),
        after_value=float(observed[table.post].mean()),
        observed=observed,
        answers=table.answers[:size].sum(axis=0),
        expected=observed - gap,
        expected_low=observed - gap - half,
        expected_high=observed - gap + half,
        control=table.values[size:].mean(axis=0),
        diagnostics=diagnostics,
        sensitivity=sensitivity,
        resolution=resolution,
    )


def refuse_unknown_choice(*, table: Tables, thresholds: Thresholds, found: str) -> None:
    """Units chosen by their scores, and nothing in the panel that could correct for it."""
    raise NotEstimable(
        Reason.SELECTED_FOR_LOW_SCORES,
        route=found,
        units=len(table.units),
        needed=thresholds.minimum_clusters,
    )
