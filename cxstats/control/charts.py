"""Shewhart charts of shares, NPS and means with unequal numbers of answers."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Unit
from cxstats.voc.counts import count_arrays

MOVING_RANGE = 1.128  # mean range of two standard normal values, 2/sqrt(pi)


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlChart:
    """One chart; arrays have one entry per period and are read-only.

    Read `value`, `low`, `high`, `out` only where `charted` (enough answers); elsewhere they hold the
    center and 0. `out`: +1 above the upper limit, -1 below the lower, 0 within. `dispersion` is the
    ratio of the observed to the expected scatter in the baseline; limits are multiplied by it only
    if `widened`.
    """

    value: FloatArray
    center: float
    low: FloatArray
    high: FloatArray
    out: NDArray[np.int8]
    charted: NDArray[np.bool_]
    dispersion: float
    widened: bool
    baseline_periods: int
    unit: Unit
    method: str


def p_chart(
    *,
    hits: ArrayLike,
    n: ArrayLike,
    baseline_periods: int | None = None,
    width: float = 3.0,
    minimum_answers: int = 10,
    minimum_periods: int = 20,
    widen_above: float = 1.2,
    autocorrelation: float = 0.0,
) -> ControlChart:
    """Control chart of a share with unequal n; Laney's p' chart when the baseline scatters too much.

    Parameters
    ----------
    hits, n : array_like of int, shape (periods,)
        Counts in order of time, 0 <= hits <= n.
    baseline_periods : int, optional
        The first so many periods set center and scatter; None: all. After a confirmed shift pass the
        series from the shift on.
    width : float
        Limits in standard errors, > 0.
    minimum_answers : int
        Periods with fewer answers are not charted, >= 1 (pool them first: `pool_periods`).
    minimum_periods : int
        Charted baseline periods needed, >= 2.
    widen_above : float
        Dispersion ratio above which limits are widened (Laney), >= 1.
    autocorrelation : float
        Lag-one autocorrelation of the series, in (-1, 1); positive values widen the limits by
        sqrt((1 + phi)/(1 - phi)).

    Returns
    -------
    ControlChart
        Shares; limits within 0..1.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS; NO_VARIATION when the baseline is all 0 or all 1.
    InvalidInput
        Bad counts or arguments outside their range.

    Source
    ------
    Montgomery (2013), Introduction to Statistical Quality Control, 7th ed., section 7.2; Laney (2002),
    Improved control charts for attributes, Quality Engineering 14:531-537.

    Examples
    --------
    >>> chart = p_chart(hits=[8, 12] * 10 + [30], n=[100] * 21, baseline_periods=20)
    >>> chart.center, round(float(chart.high[0]), 2), int(chart.out[-1])
    (0.1, 0.19, 1)
    """
    favorable, size = _series(hits=hits, n=n)
    if np.any(favorable > size):
        raise InvalidInput("hits", "at most n in every period")
    charted, used = _charted(size, baseline_periods, minimum_answers, minimum_periods)
    center = float(favorable[used].sum() / size[used].sum())
    return _chart(
        value=favorable / np.where(charted, size, 1.0),
        center=center,
        one=sqrt(center * (1 - center)),
        size=size,
        charted=charted,
        used=used,
        width=width,
        widen_above=widen_above,
        autocorrelation=autocorrelation,
        bounds=(0.0, 1.0),
        unit=Unit.SHARE,
        method="p chart",
    )


def nps_chart(
    *,
    promoters: ArrayLike,
    detractors: ArrayLike,
    n: ArrayLike,
    baseline_periods: int | None = None,
    width: float = 3.0,
    minimum_answers: int = 10,
    minimum_periods: int = 20,
    widen_above: float = 1.2,
    autocorrelation: float = 0.0,
) -> ControlChart:
    """Control chart of NPS with unequal n, limits widened as in `p_chart`.

    Parameters
    ----------
    promoters, detractors, n : array_like of int, shape (periods,)
        Counts in order of time.
    baseline_periods, width, minimum_answers, minimum_periods, widen_above, autocorrelation
        As in `p_chart`.

    Returns
    -------
    ControlChart
        Points; limits within -100..100.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS; NO_VARIATION when the baseline answers are all of one kind.
    InvalidInput
        Bad counts or arguments outside their range.

    Source
    ------
    Shewhart limits on the multinomial variance p + d - (p - d)^2 of one vote; Laney (2002) for the ratio.

    Examples
    --------
    >>> chart = nps_chart(promoters=[50, 52] * 10, detractors=[20, 22] * 10, n=[100] * 20)
    >>> chart.center, int(abs(chart.out).sum())
    (30.0, 0)
    """
    up, down, size = _series(promoters=promoters, detractors=detractors, n=n)
    if np.any(up + down > size):
        raise InvalidInput("n", "at least promoters + detractors in every period")
    charted, used = _charted(size, baseline_periods, minimum_answers, minimum_periods)
    total = float(size[used].sum())
    p, d = float(up[used].sum()) / total, float(down[used].sum()) / total
    return _chart(
        value=100.0 * (up - down) / np.where(charted, size, 1.0),
        center=100.0 * float((up - down)[used].sum()) / total,
        one=100.0 * sqrt(p * (1 - p) + d * (1 - d) + 2 * p * d),
        size=size,
        charted=charted,
        used=used,
        width=width,
        widen_above=widen_above,
        autocorrelation=autocorrelation,
        bounds=(-100.0, 100.0),
        unit=Unit.POINTS,
        method="NPS chart",
    )


def mean_chart(
    *,
    means: ArrayLike,
    variances: ArrayLike,
    n: ArrayLike,
    baseline_periods: int | None = None,
    width: float = 3.0,
    minimum_answers: int = 10,
    minimum_periods: int = 20,
    widen_above: float = 1.2,
    autocorrelation: float = 0.0,
) -> ControlChart:
    """Control chart of period means with unequal n, limits widened as in `p_chart`.

    Parameters
    ----------
    means, variances : array_like of float, shape (periods,)
        Mean and sample variance (divisor n - 1) of the answers of each period, variance >= 0. Where n is 0
        any finite number will do.
    n : array_like of int, shape (periods,)
        Answers.
    baseline_periods, width, minimum_answers, minimum_periods, widen_above, autocorrelation
        As in `p_chart`.

    Returns
    -------
    ControlChart
        On the answer scale.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS; NO_VARIATION when no baseline answers differ within a period.
    InvalidInput
        Bad numbers or arguments outside their range.

    Source
    ------
    Montgomery (2013), section 6.3 (variable sample size), within-period pooled variance.

    Examples
    --------
    >>> chart = mean_chart(means=[4.0, 4.1] * 10, variances=[1.0] * 20, n=[25] * 20)
    >>> round(chart.center, 3), round(float(chart.high[0]), 3)
    (4.05, 4.65)
    """
    (size,) = _series(n=n)
    value, spread = finite_vector("means", means), finite_vector("variances", variances)
    if value.size != size.size or spread.size != size.size:
        raise InvalidInput("means", "means, variances and n of one length")
    if np.any(spread < 0):
        raise InvalidInput("variances", "numbers >= 0")
    charted, used = _charted(size, baseline_periods, minimum_answers, minimum_periods)
    freedom = np.maximum(size[used] - 1, 0)
    if freedom.sum() == 0:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=1)
    return _chart(
        value=value,
        center=float(size[used] @ value[used] / size[used].sum()),
        one=sqrt(float(freedom @ spread[used] / freedom.sum())),
        size=size,
        charted=charted,
        used=used,
        width=width,
        widen_above=widen_above,
        autocorrelation=autocorrelation,
        bounds=(-np.inf, np.inf),
        unit=Unit.SCORE,
        method="mean chart",
    )


def widening(autocorrelation: float) -> float:
    """sqrt((1 + phi)/(1 - phi)) for positive phi, 1 otherwise."""
    phi = real("autocorrelation", autocorrelation)
    if not -1 < phi < 1:
        raise InvalidInput("autocorrelation", "a number between -1 and 1")
    phi = max(phi, 0.0)
    return sqrt((1 + phi) / (1 - phi))


def _series(**named: ArrayLike) -> list[FloatArray]:
    arrays = count_arrays(**named)
    if arrays[0].ndim != 1:
        raise InvalidInput(" and ".join(named), "one-dimensional series of one length")
    return arrays


def _charted(
    size: FloatArray, baseline: int | None, answers: int, periods: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which periods have enough answers, and which of them form the baseline."""
    charted = size >= count("minimum_answers", answers, minimum=1)
    length = size.size if baseline is None else count("baseline_periods", baseline, minimum=1)
    used = charted & (np.arange(size.size) < length)
    needed = count("minimum_periods", periods, minimum=2)
    if used.sum() < needed:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=needed, found=int(used.sum()))
    return charted, used


def _chart(
    *,
    value: FloatArray,
    center: float,
    one: float,
    size: FloatArray,
    charted: NDArray[np.bool_],
    used: NDArray[np.bool_],
    width: float,
    widen_above: float,
    autocorrelation: float,
    bounds: tuple[float, float],
    unit: Unit,
    method: str,
) -> ControlChart:
    if real("width", width) <= 0:
        raise InvalidInput("width", "a number > 0")
    threshold = real("widen_above", widen_above, minimum=1)
    if one == 0:
        raise NotEstimable(Reason.NO_VARIATION, periods=int(used.sum()))
    sigma = one / np.sqrt(np.where(charted, size, 1.0))
    scores = ((value - center) / sigma)[used]
    dispersion = float(np.mean(np.abs(np.diff(scores)))) / MOVING_RANGE
    widened = dispersion > threshold
    reach = width * sigma * widening(autocorrelation) * (dispersion if widened else 1.0)
    out = np.where(value > center + reach, 1, 0) - np.where(value < center - reach, 1, 0)
    arrays = {
        "value": np.where(charted, value, center),
        "low": np.where(charted, np.maximum(center - reach, bounds[0]), center),
        "high": np.where(charted, np.minimum(center + reach, bounds[1]), center),
        "out": np.where(charted, out, 0).astype(np.int8),
        "charted": charted,
    }
    for array in arrays.values():
        array.setflags(write=False)
    return ControlChart(
        value=arrays["value"],
        center=center,
        low=arrays["low"],
        high=arrays["high"],
        out=arrays["out"],
        charted=charted,
        dispersion=dispersion,
        widened=widened,
        baseline_periods=int(used.sum()),
        unit=unit,
        method=method + (" (Laney)" if widened else ""),
    )
