"""Counts per exposure on a logarithmic scale that has no trouble with zero, and back to rates for the eye."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.errors import NotEstimable
from cxstats.evaluate.analysis import Analysis
from cxstats.evaluate.tables import Tables
from cxstats.its import Season
from cxstats.its.columns import series_design
from cxstats.its.counts import poisson_fit

_LONG_ENOUGH = 12  # periods from which on a unit's own trend is fitted


def on_log_scale(*, table: Tables, season: Season | None) -> Tables:
    """Counts as log rates with their known sampling variances, unit by unit.

    Each count y is expanded once around what a Poisson regression of its unit expects, m: the value is
    ``log(m / exposure) + (y - m) / m``, its sampling variance ``1 / m``. That is the working response of
    iterated weighted least squares, so a regression of these values is one more step of it; and as their
    errors are those of the other metrics, a latent mean that persists plus noise of known variance, so is
    everything that follows. Scatter beyond Poisson and autocorrelation are what the latent mean is for.

    Source
    ------
    McCullagh and Nelder (1989), Generalized linear models, 2.5; the covariance of counts around a latent
    process, and estimation with it: Zeger (1988), Biometrika 75:621.
    """
    if table.exposure is None:
        return table
    values, noise = table.values.copy(), table.noise.copy()
    for i, start in enumerate(table.starts):
        heard = table.present[i]
        if heard.any():
            events, exposure = table.answers[i, heard], table.exposure[i, heard]
            begun = table.numbers[heard] >= (start if np.isfinite(start) else table.after)
            expected = _expected(table.numbers[heard], begun, events, exposure, season)
            values[i, heard] = np.log(expected / exposure) + (events - expected) / expected
            noise[i, heard] = 1.0 / expected
    return replace(table, values=values, noise=noise)


def _expected(
    time: FloatArray,
    begun: NDArray[np.bool_],
    events: FloatArray,
    exposure: FloatArray,
    season: Season | None,
) -> FloatArray:
    """Counts that trend, season and step let expect; their mean before and after where there is no fit."""
    both = begun.any() and not begun.all()
    if both and events[begun].sum() > 0 and events[~begun].sum() > 0 and time.size >= _LONG_ENOUGH:
        for pattern in (season, None):
            try:
                plan = series_design(time=time, start=float(time[begun][0]), season=pattern)
                return poisson_fit(plan.matrix, events, np.log(exposure))[2]
            except (NotEstimable, np.linalg.LinAlgError):
                continue
    expected = np.empty(events.size)
    for part in (begun, ~begun):
        if part.any():  # half an event more: none at all has no logarithm
            expected[part] = (events[part].sum() + 0.5) / exposure[part].sum() * exposure[part]
    return expected


def as_measured(analysis: Analysis) -> Analysis:
    """Observed rates as they were counted, the expected path on their level; still as logarithms."""
    table, ours = analysis.table, slice(0, analysis.table.treated)
    if table.exposure is None:
        return analysis
    observed = log_rates(table, ours)
    pre, post = (_log_rate(table, ours, phase) for phase in (table.pre, table.post))
    # a roll-up of logarithms lies below the logarithm of the sums; one unit needs no such step
    shift = pre - float(analysis.observed[table.pre].mean()) if table.treated > 1 else 0.0
    theirs = slice(table.treated, len(table.units))
    return replace(
        analysis,
        baseline_value=pre,
        after_value=post,
        observed=observed,
        expected=analysis.expected + shift,
        expected_low=analysis.expected_low + shift,
        expected_high=analysis.expected_high + shift,
        control=None if analysis.control is None else log_rates(table, theirs),
    )


def log_rates(table: Tables, rows: slice) -> FloatArray:
    """Logarithm (T,) of all events by all exposure of some units; minus infinity where nothing happened."""
    return np.array(
        [_log_rate(table, rows, np.arange(table.numbers.size) == j) for j in range(table.numbers.size)]
    )


def _log_rate(table: Tables, rows: slice, columns: NDArray[np.bool_]) -> float:
    exposure = table.exposure
    if exposure is None:
        raise ValueError("a table of counts has exposures")
    events = float(table.answers[rows][:, columns].sum())
    total = float(exposure[rows][:, columns].sum())
    return float(np.log(events / total)) if events > 0 and total > 0 else -np.inf
