"""One series: alone (grade C), minus a control series (grade B), or only described (grade D)."""

from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, EvaluationDesign, Light, SensitivityRow
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.analysis import Analysis, row
from cxstats.evaluate.overlap_check import step_columns
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
    *, series: Series, unit: Unit, trend: bool, season: Season | None, extra: FloatArray | None, level: float
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
    )


def single_series(*, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit) -> Analysis:
    """Grade C: segmented regression with trend, season where plausible, other initiatives as own steps."""
    season = season_of(design)
    refuse_short_season(table=table, season=season, thresholds=thresholds)
    series = treated_series(table)
    extra, overlap = step_columns(
        table=table, design=design, thresholds=thresholds, trend=True, season=season, against_controls=False
    )
    found = series_estimate(
        series=series, unit=unit, trend=True, season=season, extra=extra, level=thresholds.level
    )
    rows = _refits(series, unit, True, season, extra, thresholds)
    _refuse_inseparable(found, rows, thresholds)
    rows += _variants(series, unit, season, extra, thresholds)
    placebo = _placebo(series, found, True, season, thresholds)
    return _packed(table, series, found, (placebo, _autocorrelation(found), overlap), rows, None)


def control_series(
    *, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit, chance: bool
) -> Analysis:
    """Grade B with few units: the difference to the controls as a series, no trend of its own."""
    series = difference_series(table)
    extra, overlap = step_columns(
        table=table, design=design, thresholds=thresholds, trend=False, season=None, against_controls=True
    )
    checks: tuple[Diagnostic, ...]
    parallel = _difference_trend(series, thresholds, refuse=not chance)
    found = series_estimate(
        series=series, unit=unit, trend=False, season=None, extra=extra, level=thresholds.level
    )
    rows = _refits(series, unit, False, None, extra, thresholds)
    _refuse_inseparable(found, rows, thresholds)
    alone = treated_series(table)
    if table.pre.sum() >= thresholds.series_pre_periods:
        single = series_estimate(
            series=alone, unit=unit, trend=True, season=None, extra=None, level=thresholds.level
        )
        rows.append(row("without_controls", single.average))
    checks = (parallel, _placebo(series, found, False, None, thresholds), _autocorrelation(found), overlap)
    if len(table.units) > 2:
        checks += (_assignments(table),)
    return _packed(table, series, found, checks, rows, series.control)


def description(*, table: Tables, design: EvaluationDesign, thresholds: Thresholds, unit: Unit) -> Analysis:
    """Grade D: mean after minus mean before, with the noise of the series; describes, claims nothing."""
    series = treated_series(table)
    found = series_estimate(
        series=series, unit=unit, trend=False, season=None, extra=None, level=thresholds.level
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
    ols = next(item for item in rows if item.key == "ols")
    error = found.average.standard_error or 0.0
    gap = abs(ols.value - found.average.value)
    if gap > thresholds.maximum_estimate_gap * error:
        raise NotEstimable(
            Reason.TREND_NOT_SEPARABLE,
            gap=gap / error if error else 0.0,
            limit=thresholds.maximum_estimate_gap,
        )


def _difference_trend(series: Series, thresholds: Thresholds, *, refuse: bool) -> Diagnostic:
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
    if not interval.contains(0.0):
        if refuse:
            raise NotEstimable(Reason.PRE_TREND_DIFFERS, **dict(figures))
        return Diagnostic(key="pre_trend", light=Light.AMBER, figures=figures)
    return Diagnostic(key="pre_trend", light=Light.GREEN, figures=figures)


def _placebo(
    series: Series, found: SegmentedFit, trend: bool, season: Season | None, thresholds: Thresholds
) -> Diagnostic:
    error = found.average.standard_error or 1.0
    try:
        outcome = placebo_dates(
            values=series.values,
            time=series.time,
            start=series.start,
            observed=found.average.value / error,
            noise_variance=series.noise,
            trend=trend,
            season=season,
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
