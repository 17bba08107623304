"""Several treated and control units: one change per cluster, staggered starts, chosen units."""

import numpy as np
from numpy.random import Generator

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, EvaluationDesign, Light, SensitivityRow
from cxstats.did import (
    Base,
    ImputedEffects,
    Inference,
    StaggeredEffects,
    difference_in_differences,
    imputed_effects,
    order_test,
    randomization_test,
    staggered_effects,
)
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.analysis import Analysis, row
from cxstats.evaluate.overlap_check import undisturbed
from cxstats.evaluate.parallel import detrended, hull, noted_as_widened, parallel, widened, with_breakdown
from cxstats.evaluate.series import difference_estimate, difference_series
from cxstats.evaluate.tables import Tables
from cxstats.evaluate.thresholds import Thresholds
from cxstats.reference import student_quantile
from cxstats.results import Estimate, Interval, Unit
from cxstats.selection import ancova, beyond_history
from cxstats.synthetic import span, synthetic_control

_FEW_UNITS, _FEW_PERIODS = 40, 60  # more have degrees of freedom enough


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
    same_course = parallel(table=table, unit=unit, thresholds=thresholds)
    ours, theirs = changes(table)
    known = known_variance(table)
    found = difference_in_differences(
        treated=ours, control=theirs, unit=unit, level=thresholds.level, known_variance=known
    )
    other = difference_in_differences(
        treated=ours,
        control=theirs,
        unit=unit,
        level=thresholds.level,
        robust=found.effect.method == "did_pooled_t",
        known_variance=known,
    )
    shuffled = randomization_test(treated=ours, control=theirs, rng=rng)
    both = difference_estimate(series=difference_series(table), unit=unit, level=thresholds.level)
    rows = [row(other.effect.method, other.effect), row("difference_series", both.average)]
    effect, interval_80, p_value = found.effect, found.interval_80, found.p_value
    if same_course.light is Light.AMBER and not chance:
        left, right = changes(detrended(table))
        drifted = difference_in_differences(
            treated=left, control=right, unit=unit, level=thresholds.level, known_variance=known
        )
        effect = widened(effect, drifted.effect.interval)
        interval_80 = hull(interval_80, drifted.interval_80)
        p_value = max(p_value, drifted.p_value)
        rows.append(row("drift_goes_on", drifted.effect))
        same_course = noted_as_widened(same_course)
    same_course = with_breakdown(same_course, interval=effect.interval, table=table)
    return _path(
        table=table,
        effect=effect,
        interval_80=interval_80,
        p_value=p_value,
        diagnostics=(same_course, overlap, _shuffled(shuffled.p_value, shuffled.smallest_attainable_p)),
        sensitivity=tuple(rows),
        resolution=shuffled.smallest_attainable_p,
        thresholds=thresholds,
    )


def baseline_adjusted(
    *, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit
) -> Analysis:
    """Units chosen by their scores: what they showed beyond what their whole histories led to expect.

    Given its history, a unit's later score does not depend on which of its earlier scores chose it.
    """
    table, overlap = undisturbed(table=table, design=design, thresholds=thresholds)
    program = (np.arange(len(table.units)) < table.treated).astype(np.float64)
    found = beyond_history(
        before=table.values[:, table.pre],
        after=table.values[:, table.post],
        treated=program,
        noise=table.noise[:, table.pre],
        before_time=table.numbers[table.pre],
        after_time=table.numbers[table.post],
        unit=unit,
        level=thresholds.level,
    )
    ours, theirs = changes(table)
    raw = difference_in_differences(treated=ours, control=theirs, unit=unit, level=thresholds.level)
    return _path(
        table=table,
        effect=found.effect,
        interval_80=found.interval_80,
        p_value=found.p_value,
        diagnostics=(Diagnostic(key="pre_trend", light=Light.NOT_RUN), overlap),
        sensitivity=(
            *_baselines_held_equal(table, program, unit, thresholds),
            row("not_adjusted_for_choice", raw.effect),
        ),
        resolution=None,
        thresholds=thresholds,
        shift=raw.effect.value - found.effect.value,
    )


def _baselines_held_equal(
    table: Tables, program: FloatArray, unit: Unit, thresholds: Thresholds
) -> tuple[SensitivityRow, ...]:
    """The same by regression on an early and a late baseline; nothing where there are too few units."""
    history = table.values[:, table.pre]
    recent = min(3, history.shape[1] // 2)
    baselines = np.column_stack([history[:, :-recent].mean(axis=1), history[:, -recent:].mean(axis=1)])
    later = table.values[:, table.post].mean(axis=1)
    try:
        found = ancova(after=later, treated=program, baselines=baselines, unit=unit, level=thresholds.level)
    except NotEstimable:
        return ()
    return (row("baselines_held_equal", found.effect),)


def staggered(
    *,
    table: Tables,
    design: EvaluationDesign,
    thresholds: Thresholds,
    unit: Unit,
    chance: bool,
    rng: Generator,
) -> Analysis:
    """Starts that differ: imputation from all untreated values; group-time effects beside it.

    Where a lot gave the starts, other orders that it could have given say how often chance alone would show
    as much; a claim that they do not bear out is in doubt.
    """
    if design.other_initiatives:
        table, overlap = undisturbed(table=table, design=design, thresholds=thresholds)
    else:
        overlap = Diagnostic(key="overlap", light=Light.GREEN, figures=(("others", 0.0),))
    first = _first_columns(table)
    lag = round(float(table.after - np.max(table.starts[: table.treated])))
    effects = _waves(table, first, lag, unit, thresholds)
    effect, interval_80, p_value = effects.simple, effects.simple_interval_80, effects.p_value
    same_course = Diagnostic(key="pre_trend", light=Light.NOT_RUN)
    if table.controls >= thresholds.minimum_side_clusters and table.pre.sum() >= 3:
        same_course = parallel(table=table, unit=unit, thresholds=thresholds)
    rows = tuple(
        row(key, _by_cohorts(table, first, base, lag, unit, thresholds).simple)
        for key, base in (("group_time_effects", Base.AVERAGE), ("previous_period_base", Base.PREVIOUS))
    )
    if same_course.light is Light.AMBER and not chance:
        drifted = _waves(detrended(table), first, lag, unit, thresholds)
        effect = widened(effect, drifted.simple.interval)
        interval_80 = hull(interval_80, drifted.simple_interval_80)
        p_value = max(p_value, drifted.p_value)
        rows += (row("drift_goes_on", drifted.simple),)
        same_course = noted_as_widened(same_course)
    same_course = with_breakdown(same_course, interval=effect.interval, table=table)
    checks: tuple[Diagnostic, ...] = (same_course, overlap)
    resolution: float | None = None
    if chance:
        drawn = order_test(values=table.values, first_treated=first, lag=lag, rng=rng)
        claimed = not effect.interval.contains(0.0)
        is_doubted = claimed and drawn.p_value > 1 - thresholds.level
        checks += (_shuffled(drawn.p_value, drawn.smallest_attainable_p, is_doubted=is_doubted),)
        resolution = drawn.smallest_attainable_p
    observed = table.values[: table.treated].mean(axis=0)
    gap, half = _gap_of_waves(table, effects)
    early = table.numbers < np.min(table.starts[: table.treated])
    baseline, after = _levels_of_waves(table, first, lag)
    control = table.values[table.treated :].mean(axis=0) if table.controls else None
    return Analysis(
        table=table,
        effect=effect,
        interval_80=interval_80,
        p_value=p_value,
        baseline_value=baseline,
        after_value=after,
        observed=observed,
        answers=table.answers[: table.treated].sum(axis=0),
        expected=np.where(early, observed, observed - gap),
        expected_low=np.where(early, observed, observed - gap - half),
        expected_high=np.where(early, observed, observed - gap + half),
        control=control,
        diagnostics=checks,
        sensitivity=rows,
        resolution=resolution,
    )


def has_few_units(*, units: int, periods: int) -> bool:
    """Whether the noise of waves is modelled; else the covariance of whole paths is estimated."""
    return units <= _FEW_UNITS and periods <= _FEW_PERIODS


def _waves(
    table: Tables, first: list[int | None], lag: int, unit: Unit, thresholds: Thresholds
) -> ImputedEffects:
    """What the waves show beyond what all untreated values, before a start too, lead one to expect.

    With few units their noise is modelled, known sampling noise and a path that fades; with many, or very
    long ones, the covariance of whole paths is estimated.
    """
    few = has_few_units(units=len(table.units), periods=table.numbers.size)
    return imputed_effects(
        values=table.values,
        first_treated=first,
        inference=Inference.KNOWN_NOISE if few else Inference.POOLED,
        noise=table.noise,
        lag=lag,
        unit=unit,
        level=thresholds.level,
    )


def _by_cohorts(
    table: Tables, first: list[int | None], base: Base, lag: int, unit: Unit, thresholds: Thresholds
) -> StaggeredEffects:
    """Each wave beside units that had not started, with the covariance of whole paths."""
    return staggered_effects(
        values=table.values,
        first_treated=first,
        base=base,
        inference=Inference.POOLED,
        lag=lag,
        unit=unit,
        level=thresholds.level,
    )


def _gap_of_waves(table: Tables, effects: ImputedEffects) -> tuple[FloatArray, FloatArray]:
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
        if first[i] is not None and int(first[i] or 0) + lag < table.numbers.size  # the others wait still
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
    both = difference_estimate(series=difference_series(table), unit=unit, level=thresholds.level)
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
        light=Light.AMBER if claimed and found.rank_p > 1 - thresholds.suggestive_level else Light.GREEN,
        figures=(
            ("p", found.rank_p),
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
    )


def changes(table: Tables) -> tuple[FloatArray, FloatArray]:
    """Mean after minus mean before of each treated and each control unit."""
    change = table.values[:, table.post].mean(axis=1) - table.values[:, table.pre].mean(axis=1)
    return change[: table.treated], change[table.treated :]


def known_variance(table: Tables) -> float:
    """Sampling variance of the difference of mean changes, from the answers alone."""
    before, after = table.noise[:, table.pre], table.noise[:, table.post]
    own = before.mean(axis=1) / before.shape[1] + after.mean(axis=1) / after.shape[1]
    return float(own[: table.treated].mean() / table.treated + own[table.treated :].mean() / table.controls)


def _first_columns(table: Tables) -> list[int | None]:
    columns: list[int | None] = []
    for start in table.starts:
        at = int(np.searchsorted(table.numbers, start))
        columns.append(at if np.isfinite(start) and at < table.numbers.size else None)
    return columns


def _shuffled(p_value: float, smallest: float, *, is_doubted: bool = False) -> Diagnostic:
    return Diagnostic(
        key="reassignment",
        light=Light.AMBER if is_doubted else Light.GREEN,
        figures=(("p", p_value), ("smallest_attainable_p", smallest)),
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
