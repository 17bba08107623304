"""Charts with memory for small lasting shifts (EWMA, CUSUM), and how often any chart cries wolf."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction, real
from cxstats.control.charts import MOVING_RANGE, ControlChart, widening
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Unit


def ewma_chart(
    *,
    values: ArrayLike | Sequence[float],
    deviations: float | ArrayLike | Sequence[float] | None = None,
    center: float | None = None,
    baseline_periods: int = 20,
    smoothing: float = 0.2,
    width: float = 2.86,
    autocorrelation: float = 0.0,
    unit: Unit = Unit.SCORE,
) -> ControlChart:
    """Exponentially weighted moving average with limits that grow to their final width.

    Parameters
    ----------
    values : array_like of float, shape (periods,)
        One value per period in order of time, metric units.
    deviations : float or array_like, shape (periods,), optional
        Standard error of each value (unequal n), > 0. None: mean moving range of the baseline / 1.128.
    center : float, optional
        Level to compare with. None: mean of the baseline, weighted by 1/deviation^2.
    baseline_periods : int
        Periods at the start that set what is not given, >= 2 (20 or more for limits to be trusted).
    smoothing : float
        Weight of the newest value, in (0, 1).
    width : float
        Limits in standard errors, > 0; 2.86 with 0.2 gives a false alarm every 370 periods or so.
    autocorrelation : float
        As in `p_chart`.
    unit : Unit
        Unit of the values.

    Returns
    -------
    ControlChart
        `value` is the moving average; every period is charted.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS when the baseline is longer than the series and something is to be estimated from
        it; NO_VARIATION when the baseline does not move.
    InvalidInput
        Numbers that are not finite, or arguments outside their range.

    Source
    ------
    Roberts (1959), Technometrics 1:239-250; Montgomery (2013), eq. 9.22-9.26; width: Lucas and Saccucci
    (1990), Technometrics 32:1-12.

    Examples
    --------
    >>> chart = ewma_chart(values=[9.45, 7.99, 9.29], center=10.0, deviations=1.0, smoothing=0.1, width=2.7)
    >>> chart.value.round(4).tolist(), round(float(chart.high[0]), 2)
    ([9.945, 9.7495, 9.7036], 10.27)
    """
    weight = fraction("smoothing", smoothing)
    if real("width", width) <= 0:
        raise InvalidInput("width", "a number > 0")
    series = finite_vector("values", values)
    level, error, used = _standard(series, deviations, center, baseline_periods)
    average, variance = level, 0.0
    averages, errors = np.empty(series.size), np.empty(series.size)
    for period in range(series.size):
        average = weight * series[period] + (1 - weight) * average
        variance = weight**2 * error[period] ** 2 + (1 - weight) ** 2 * variance
        averages[period], errors[period] = average, sqrt(variance)
    reach = width * widening(autocorrelation) * errors
    out = (averages > level + reach).astype(np.int8) - (averages < level - reach).astype(np.int8)
    charted = np.ones(series.size, dtype=np.bool_)
    low, high = level - reach, level + reach
    for array in (averages, low, high, out, charted):
        array.setflags(write=False)
    return ControlChart(
        value=averages,
        center=level,
        low=low,
        high=high,
        out=out,
        charted=charted,
        dispersion=1.0,
        widened=False,
        baseline_periods=used,
        unit=unit,
        method="EWMA",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class CusumChart:
    """Sums of standardized excess above (`upper`) and below (`lower`) the center, both >= 0.

    `out` is +1 or -1 where a sum exceeds `limit`; `start[i]` is the period at which the sum that is
    the larger at i last left 0: the estimated start of a shift (-1 where both sums are 0).
    """

    upper: FloatArray
    lower: FloatArray
    out: NDArray[np.int8]
    start: NDArray[np.int64]
    center: float
    limit: float


def cusum_chart(
    *,
    values: ArrayLike | Sequence[float],
    deviations: float | ArrayLike | Sequence[float] | None = None,
    center: float | None = None,
    baseline_periods: int = 20,
    reference: float = 0.5,
    decision: float = 5.0,
) -> CusumChart:
    """Two-sided tabular CUSUM on standardized values.

    Parameters
    ----------
    values, deviations, center, baseline_periods
        As in `ewma_chart`.
    reference : float
        Half the shift to detect, in standard deviations, >= 0.
    decision : float
        Limit in standard deviations, > 0.

    Returns
    -------
    CusumChart
        The sums keep running after a signal; `shift_alerts` turns signals into one alert.

    Raises
    ------
    NotEstimable, InvalidInput
        As in `ewma_chart`.

    Source
    ------
    Page (1954), Biometrika 41:100-115; Montgomery (2013), section 9.1.

    Examples
    --------
    >>> chart = cusum_chart(values=[10, 12, 13, 13], center=10.0, deviations=1.0)
    >>> chart.upper.tolist(), chart.out.tolist(), chart.start.tolist()
    ([0.0, 1.5, 4.0, 6.5], [0, 0, 0, 1], [-1, 1, 1, 1])
    """
    slack = real("reference", reference, minimum=0)
    if real("decision", decision) <= 0:
        raise InvalidInput("decision", "a number > 0")
    series = finite_vector("values", values)
    level, error, _ = _standard(series, deviations, center, baseline_periods)
    scores = (series - level) / error
    upper, lower = np.zeros(series.size), np.zeros(series.size)
    start = np.full(series.size, -1, dtype=np.int64)
    high = low = 0.0
    since_high = since_low = 0
    for period, score in enumerate(scores):
        high, low = max(0.0, high + score - slack), max(0.0, low - score - slack)
        since_high = since_high + 1 if high > 0 else 0
        since_low = since_low + 1 if low > 0 else 0
        upper[period], lower[period] = high, low
        run = since_high if high >= low else since_low
        start[period] = period - run + 1 if run > 0 else -1
    above, below = (upper > decision) & (upper >= lower), (lower > decision) & (lower > upper)
    out = above.astype(np.int8) - below.astype(np.int8)
    for array in (upper, lower, out, start):
        array.setflags(write=False)
    return CusumChart(upper=upper, lower=lower, out=out, start=start, center=level, limit=float(decision))


def shewhart_run_length(*, width: float = 3.0) -> float:
    """Mean number of periods between false alarms of a chart without memory.

    Parameters
    ----------
    width : float
        Limits in standard errors, > 0.

    Returns
    -------
    float
        Periods, >= 1; normal independent values.

    Raises
    ------
    InvalidInput
        A width that is not above 0.

    Source
    ------
    Montgomery (2013), eq. 5.2.

    Examples
    --------
    >>> round(shewhart_run_length(), 1)
    370.4
    """
    if real("width", width) <= 0:
        raise InvalidInput("width", "a number > 0")
    return float(1 / (2 * special.ndtr(-width)))


def ewma_run_length(*, smoothing: float = 0.2, width: float = 2.86, shift: float = 0.0) -> float:
    """Mean number of periods until an EWMA with final limits signals.

    Parameters
    ----------
    smoothing : float
        In (0, 1).
    width : float
        Limits in standard errors, > 0.
    shift : float
        True shift in standard deviations of one value; 0: false alarms.

    Returns
    -------
    float
        Periods, >= 1.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Lucas and Saccucci (1990), Technometrics 32:1-12, Markov chain with 201 states.

    Examples
    --------
    >>> round(ewma_run_length(smoothing=0.25, width=3.0))
    503
    """
    weight = fraction("smoothing", smoothing)
    if real("width", width) <= 0:
        raise InvalidInput("width", "a number > 0")
    limit = width * sqrt(weight / (2 - weight))
    edges = np.linspace(-limit, limit, 202)
    middle = (edges[1:] + edges[:-1]) / 2
    move = (edges[None, :] - (1 - weight) * middle[:, None]) / weight - real("shift", shift)
    return _mean_run(np.diff(special.ndtr(move), axis=1), 100)


def cusum_run_length(*, reference: float = 0.5, decision: float = 5.0) -> float:
    """Mean number of periods between false alarms of a two-sided CUSUM.

    Parameters
    ----------
    reference, decision : float
        As in `cusum_chart`.

    Returns
    -------
    float
        Periods, >= 1.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Brook and Evans (1972), Biometrika 59:539-549 (Markov chain, 301 states); two sides by 1/L = 1/L+ + 1/L-.

    Examples
    --------
    >>> round(cusum_run_length())
    465
    """
    slack = real("reference", reference, minimum=0)
    if real("decision", decision) <= 0:
        raise InvalidInput("decision", "a number > 0")
    states = 301
    step = 2 * decision / (2 * states - 1)
    place = np.arange(states) * step
    edges = place[None, :] - place[:, None] + slack
    move = special.ndtr(edges + step / 2) - special.ndtr(edges - step / 2)
    move[:, 0] = special.ndtr(edges[:, 0] + step / 2)
    return _mean_run(move, 0) / 2


def _mean_run(move: FloatArray, first: int) -> float:
    states = move.shape[0]
    return float(np.linalg.solve(np.eye(states) - move, np.ones(states))[first])


def _standard(
    series: FloatArray,
    deviations: float | ArrayLike | Sequence[float] | None,
    center: float | None,
    baseline_periods: int,
) -> tuple[float, FloatArray, int]:
    """Level, standard error per period and baseline length; what is not given is estimated."""
    length = count("baseline_periods", baseline_periods, minimum=2)
    estimated = deviations is None or center is None
    if estimated and series.size < length:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=length, found=int(series.size))
    if deviations is None:
        one = float(np.mean(np.abs(np.diff(series[:length])))) / MOVING_RANGE
        if one == 0:
            raise NotEstimable(Reason.NO_VARIATION, periods=length)
        error = np.full(series.size, one)
    elif np.ndim(np.asarray(deviations)) == 0:
        error = np.full(series.size, real("deviations", deviations))
    else:
        error = finite_vector("deviations", deviations)
    if error.size != series.size or np.any(error <= 0):
        raise InvalidInput("deviations", f"one number > 0, or {series.size}")
    if center is None:
        weight = error[:length] ** -2.0
        return float(weight @ series[:length] / weight.sum()), error, length
    return real("center", center), error, length if estimated else 0
