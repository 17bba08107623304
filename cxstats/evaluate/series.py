"""One series: alone (grade C), minus a control series (grade B), or only described (grade D)."""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, EvaluationDesign, Light, SensitivityRow
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.analysis import Analysis, row
from cxstats.evaluate.overlap_check import step_columns
from cxstats.evaluate.parallel import hull, noted_as_widened, widened, with_breakdown
from cxstats.evaluate.plan import season_of, smallest_attainable_p
from cxstats.evaluate.tables import Tables
from cxstats.evaluate.thresholds import Thresholds
from cxstats.its import (
    Impact,
    Season,
    SegmentedFit,
    least_squares_sensitivity,
    placebo_dates,
    segmented_regression,
)
from cxstats.its.breaks import beside, lasting_break
from cxstats.its.columns import series_design
from cxstats.its.noise import averaged_fit, plain_fit
from cxstats.results import Estimate, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A series to model: `values` with known `noise` (None: unknown) at `time`; `observed` is what the
    treated units showed, `control` what the controls showed (None without)."""

    time: FloatArray
    values: FloatArray
    noise: FloatArray | None
    observed: FloatArray
    answers: FloatArray
    control: FloatArray | None
    start: float


def treated_series(table: Tables) -> Series:
    """Treated units rolled up with fixed weights, their shares of all answers in the window."""
    observed, noise, answers = _roll_up(table, slice(0, table.treated))
    return Series(
        time=table.numbers - table.numbers[0],
        values=observed,
        noise=_usable(noise),
        observed=observed,
        answers=answers,
        control=None,
        start=table.after - table.numbers[0],
    )


def difference_series(table: Tables) -> Series:
    """Treated roll-up minus control roll-up; their sampling variances add."""
    observed, noise, answers = _roll_up(table, slice(0, table.treated))
    control, control_noise, _ = _roll_up(table, slice(table.treated, len(table.units)))
    return Series(
        time=table.numbers - table.numbers[0],
        values=observed - control,
        noise=_usable(noise + control_noise),
        observed=observed,
        answers=answers,
        control=control,
        start=table.after - table.numbers[0],
    )


def series_estimate(
    *,
    series: Series,
    unit: Unit,
    trend: bool,
    season: Season | None,
    extra: FloatArray | None,
    level: float,
    drift: bool = False,
) -> SegmentedFit:
    """The main regression of a series: a lasting step, the known sampling noise."""
    return segmented_regression(
        values=series.values,
        start=series.start,
        noise_variance=series.noise,
        time=series.time,
        trend=trend,
        season=season,
        extra=extra,
        unit=unit,
        level=level,
        drift=drift,
    )


def difference_estimate(
    *, series: Series, unit: Unit, extra: FloatArray | None = None, level: float
) -> SegmentedFit:
    """The regression of a difference of two roll-ups, which may drift apart on their own."""
    return series_estimate(
        series=series, unit=unit, trend=False, season=None, extra=extra, level=level, drift=True
    )


def single_series(*, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit) -> Analysis:
    """Grade C: segmented regression with trend, season where plausible, other initiatives and a lasting break
    of level as own steps."""
    season = season_of(design)
    refuse_short_season(table=table, season=season, thresholds=thresholds)
    series = treated_series(table)
    extra, overlap = step_columns(
        table=table, design=design, thresholds=thresholds, trend=True, season=season, against_controls=False
    )
    found = series_estimate(
        series=series, unit=unit, trend=True, season=season, extra=extra, level=thresholds.level
    )
    plain, broken = found, _break_of(series, season, extra, thresholds)
    if broken is not None:
        extra = beside(extra, (series.time >= broken).astype(np.float64))
        found = series_estimate(
            series=series, unit=unit, trend=True, season=season, extra=extra, level=thresholds.level
        )
    rows = _refits(series, unit, True, season, extra, thresholds)
    _refuse_inseparable(found, rows, thresholds)
    rows += _variants(series, unit, season, extra, thresholds)
    placebo = _placebo(series, found, True, season, thresholds)
    packed = _packed(table, series, found, (placebo, _autocorrelation(found), overlap), rows, None)
    if broken is None:
        return packed
    return replace(
        packed,
        sensitivity=(*packed.sensitivity, row("break_left_alone", plain.average)),
        breaks=(table.periods[int(np.searchsorted(series.time, broken))],),
    )


def control_series(
    *, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit, chance: bool
) -> Analysis:
    """Grade B with few units: the difference to the controls as a series, which may drift on its own."""
    series = difference_series(table)
    extra, overlap = step_columns(
        table=table, design=design, thresholds=thresholds, trend=False, season=None, against_controls=True
    )
    checks: tuple[Diagnostic, ...]
    parallel = _difference_trend(series, thresholds)
    found = difference_estimate(series=series, unit=unit, extra=extra, level=thresholds.level)
    rows = _refits(series, unit, False, None, extra, thresholds)
    drifted = parallel.light is Light.AMBER  # least squares without a trend is then no yardstick
    _refuse_inseparable(found, [] if drifted else rows, thresholds)
    if drifted and not chance:
        found = _drifted_or_not(found, series, unit, extra, thresholds)
        parallel = noted_as_widened(parallel)
    parallel = with_breakdown(parallel, interval=found.average.interval, table=table)
    alone = treated_series(table)
    if table.pre.sum() >= thresholds.series_pre_periods:
        single = series_estimate(
            series=alone, unit=unit, trend=True, season=None, extra=None, level=thresholds.level
        )
        rows.append(row("without_controls", single.average))
    placebo = _placebo(series, found, False, None, thresholds, drift=True)
    checks = (parallel, placebo, _autocorrelation(found), overlap)
    if len(table.units) > 2:
        checks += (_assignments(table),)
    return _packed(table, series, found, checks, rows, series.control)


def description(*, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit) -> Analysis:
    """Grade D: mean after minus mean before, with the noise of the series; describes, claims nothing.

    Where a season is plausible it has to be covered here too: otherwise before and after are two parts of it.
    """
    season = season_of(design)
    refuse_short_season(table=table, season=season, thresholds=thresholds)
    series = treated_series(table)
    found = series_estimate(
        series=series, unit=unit, trend=False, season=season, extra=None, level=thresholds.level
    )
    rows: list[SensitivityRow] = []
    control = None
    if table.controls:
        both = difference_series(table)
        versus = series_estimate(
            series=both, unit=unit, trend=False, season=None, extra=None, level=thresholds.level
        )
        rows.append(row("minus_controls", versus.average))
        control = both.control
    return _packed(table, series, found, (_autocorrelation(found),), rows, control)


def refuse_short_season(*, table: Tables, season: Season | None, thresholds: Thresholds) -> None:
    """Refuse a series that does not cover the seasons it needs."""
    if season is None:
        return
    spanned = float(table.numbers[-1] - table.numbers[0] + 1)
    if spanned < thresholds.season_cycles * season.cycle - 0.5:
        raise NotEstimable(
            Reason.SEASON_NOT_COVERED, needed=thresholds.season_cycles, found=spanned / season.cycle
        )


def _assignments(table: Tables) -> Diagnostic:
    """Too few clusters for inference between them: say what a re-assignment could have shown at best."""
    smallest = smallest_attainable_p(table.treated, table.controls)
    return Diagnostic(key="reassignment", light=Light.NOT_RUN, figures=(("smallest_attainable_p", smallest),))


def _roll_up(table: Tables, rows: slice) -> tuple[FloatArray, FloatArray, FloatArray]:
    answers = table.answers[rows]
    weights = answers.sum(axis=1) / answers.sum()
    return weights @ table.values[rows], weights**2 @ table.noise[rows], answers.sum(axis=0)


def _usable(noise: FloatArray) -> FloatArray | None:
    """Sampling variances > 0, or None where no answer ever differed from another."""
    positive = noise[noise > 0]
    if positive.size == 0:
        return None
    return np.maximum(noise, 0.01 * float(positive.min()))


def _refits(
    series: Series,
    unit: Unit,
    trend: bool,
    season: Season | None,
    extra: FloatArray | None,
    thresholds: Thresholds,
) -> list[SensitivityRow]:
    """The same model under other errors: least squares, Newey-West, plain AR(1)."""
    rows = []
    lags = int(np.floor(4 * (series.values.size / 100) ** (2 / 9)))
    for key, choice in (("ols", None), ("newey_west", lags)):
        with suppress(NotEstimable):  # values that leave no rest say nothing about their errors
            fit = least_squares_sensitivity(
                values=series.values,
                start=series.start,
                time=series.time,
                trend=trend,
                season=season,
                extra=extra,
                lags=choice,
                unit=unit,
                level=thresholds.level,
            )
            rows.append(row(key, fit.average))
    if series.noise is not None:
        with suppress(NotEstimable):
            plain = segmented_regression(
                values=series.values,
                start=series.start,
                time=series.time,
                trend=trend,
                season=season,
                extra=extra,
                unit=unit,
                level=thresholds.level,
            )
            rows.append(row("reml_ar1", plain.average))
    return rows


def _variants(
    series: Series, unit: Unit, season: Season | None, extra: FloatArray | None, thresholds: Thresholds
) -> list[SensitivityRow]:
    """Another shape of the effect, and the periods around the go-live left out; skipped where singular."""
    everything = np.ones(series.time.size, dtype=np.bool_)
    away = np.abs(series.time - series.start + 0.5) > 1
    rows = []
    for key, keep, impact in (
        ("level_and_slope", everything, Impact.LEVEL_AND_SLOPE),
        ("around_start_left_out", away, Impact.LEVEL),
    ):
        try:
            found = segmented_regression(
                values=series.values[keep],
                start=series.start,
                noise_variance=None if series.noise is None else series.noise[keep],
                time=series.time[keep],
                impact=impact,
                season=season,
                extra=None if extra is None else extra[keep],
                unit=unit,
                level=thresholds.level,
            )
        except NotEstimable:
            continue
        rows.append(row(key, found.average))
    return rows


def _refuse_inseparable(found: SegmentedFit, rows: list[SensitivityRow], thresholds: Thresholds) -> None:
    if found.phi > thresholds.maximum_phi:
        raise NotEstimable(Reason.TREND_NOT_SEPARABLE, phi=found.phi, limit=thresholds.maximum_phi)
    error = found.average.standard_error or 0.0
    gap = max((abs(item.value - found.average.value) for item in rows if item.key == "ols"), default=0.0)
    if gap > thresholds.maximum_estimate_gap * error:
        raise NotEstimable(
            Reason.TREND_NOT_SEPARABLE,
            gap=gap / error if error else 0.0,
            limit=thresholds.maximum_estimate_gap,
        )


def _drifted_or_not(
    found: SegmentedFit, series: Series, unit: Unit, extra: FloatArray | None, thresholds: Thresholds
) -> SegmentedFit:
    """The same with an interval that holds both: they drifted on as before, or not at all."""
    ends = [
        series_estimate(
            series=series, unit=unit, trend=trend, season=None, extra=extra, level=thresholds.level
        )
        for trend in (False, True)
    ]
    return replace(
        found,
        average=widened(found.average, *(end.average.interval for end in ends)),
        interval_80=hull(found.interval_80, *(end.interval_80 for end in ends)),
        p_value=max(found.p_value, *(end.p_value for end in ends)),
    )


def _difference_trend(series: Series, thresholds: Thresholds) -> Diagnostic:
    """Slope of the difference before the go-live; parallel paths have none."""
    before = series.time < series.start
    time = series.time[before]
    plan = series_design(time=time, start=None, trend=True)
    fit = (
        plain_fit(design=plan.matrix, values=series.values[before], time=time)
        if series.noise is None
        else averaged_fit(
            design=plan.matrix, values=series.values[before], time=time, noise=series.noise[before]
        )
    )
    contrast = np.zeros(plan.matrix.shape[1])
    contrast[1] = 1.0 / max(float(time[-1] - time[0]), 1.0)
    interval = fit.interval(contrast, level=thresholds.pre_trend_level)
    figures = (
        ("slope", fit.mean(contrast)),
        ("low", interval.low),
        ("high", interval.high),
        ("p", fit.p_value(contrast)),
    )
    light = Light.GREEN if interval.contains(0.0) else Light.AMBER
    return Diagnostic(key="pre_trend", light=light, figures=figures)


def _placebo(
    series: Series,
    found: SegmentedFit,
    trend: bool,
    season: Season | None,
    thresholds: Thresholds,
    *,
    drift: bool = False,
) -> Diagnostic:
    error = found.average.standard_error or 1.0
    try:
        outcome = placebo_dates(
            values=series.values - _known_steps(found),
            time=series.time,
            start=series.start,
            observed=found.average.value / error,
            noise_variance=series.noise,
            trend=trend,
            season=season,
            drift=drift,
        )
    except NotEstimable:
        return Diagnostic(key="placebo_dates", light=Light.NOT_RUN)
    as_strong = float(np.mean(np.abs(outcome.statistics) >= abs(outcome.observed)))
    # Only a claim can be put in doubt: a small effect is reached by many dates, rightly.
    doubtful = not found.average.interval.contains(0.0) and as_strong > thresholds.placebo_share
    return Diagnostic(
        key="placebo_dates",
        light=Light.AMBER if doubtful else Light.GREEN,
        figures=(("rank_p", outcome.rank_p), ("dates", float(outcome.dates.size))),
    )


def _known_steps(found: SegmentedFit) -> FloatArray:
    """What other initiatives, changed questions and breaks did to the series, by the main estimate."""
    size = found.design.matrix.shape[1]
    steps = np.zeros(found.design.matrix.shape[0])
    for place in found.design.extra:
        steps += found.design.matrix[:, place] * found.fit.mean(np.eye(size)[place])
    return steps


def _break_of(
    series: Series, season: Season | None, extra: FloatArray | None, thresholds: Thresholds
) -> float | None:
    """Another lasting change of level than the go-live's, where the sampling noise is known."""
    if series.noise is None:
        return None
    return lasting_break(
        values=series.values,
        time=series.time,
        start=series.start,
        noise_variance=series.noise,
        season=season,
        extra=extra,
        level=thresholds.break_level,
    )


def _autocorrelation(found: SegmentedFit) -> Diagnostic:
    rest = found.residual_autocorrelation
    return Diagnostic(
        key="autocorrelation",
        light=Light.GREEN if rest.interval.contains(0.0) else Light.AMBER,
        figures=(
            ("phi", found.phi),
            ("residual", rest.value),
            ("low", rest.interval.low),
            ("high", rest.interval.high),
        ),
    )


def _packed(
    table: Tables,
    series: Series,
    found: SegmentedFit,
    diagnostics: tuple[Diagnostic, ...],
    rows: list[SensitivityRow],
    control: FloatArray | None,
) -> Analysis:
    shift = series.observed - series.values
    post = series.time >= series.start
    effect: Estimate = found.average
    return Analysis(
        table=table,
        effect=effect,
        interval_80=found.interval_80,
        p_value=found.p_value,
        baseline_value=float(series.observed[~post].mean()),
        after_value=float(series.observed[post].mean()),
        observed=series.observed,
        answers=series.answers,
        expected=found.expected + shift,
        expected_low=found.expected_low + shift,
        expected_high=found.expected_high + shift,
        control=control,
        diagnostics=diagnostics,
        sensitivity=tuple(rows),
    )
