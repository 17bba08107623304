"""Smallest step that a single time series can show, before the series is run."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.power.design import two_quantiles


def smallest_detectable_change_series(
    *,
    before_periods: int,
    after_periods: int,
    latent_standard_deviation: float,
    autocorrelation: float = 0.0,
    sampling_variance: float | ArrayLike | Sequence[float] = 0.0,
    trend: bool = True,
    level: float = 0.95,
    power: float = 0.8,
) -> float:
    """Smallest level change that a segmented regression of one series detects.

    Parameters
    ----------
    before_periods, after_periods : int
        Periods before and from the go-live, >= 3 each.
    latent_standard_deviation : float
        Standard deviation of the true mean around its line, metric units, >= 0.
    autocorrelation : float
        First-order autocorrelation of that true mean, in (-1, 1).
    sampling_variance : float or array_like, shape (before + after,)
        Variance of each period's observed value due to sampling (v_t / n_t), metric units squared, >= 0.
    trend : bool
        Whether the model has a linear trend next to the step.
    level, power : float
        Two-sided level in (0, 1); power in (0.5, 1).

    Returns
    -------
    float
        (t + t_power) x SE of the step in metric units, > 0. Autocorrelation and variances are taken as
        known; where they are estimated from few points the truth is worse, which simulation shows.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS below 3 on a side; NO_VARIATION when nothing varies.
    InvalidInput
        Arguments outside their range.

    Notes
    -----
    Covariance of periods i, j: s^2 phi^|i - j|, plus v_i on the diagonal. SE from generalized least
    squares with intercept, trend (optional) and step. t has T (1 - phi)/(1 + phi) - p degrees of freedom
    (phi below 0 as 0), at least 2.

    Source
    ------
    Aitken (1936), Proc. Roy. Soc. Edinburgh 55:42-48 (generalized least squares); effective length of an
    AR(1) series: Bayley and Hammersley (1946), JRSS Suppl. 8:184-197; power of interrupted series: Zhang,
    Wagner and Ross-Degnan (2011), J. Clin. Epidemiology 64:1252-1261.

    Examples
    --------
    >>> round(smallest_detectable_change_series(before_periods=26, after_periods=26,
    ...     latent_standard_deviation=3.0, sampling_variance=9.0, trend=False), 2)
    3.36
    """
    two_quantiles(level, power)
    before = count("before_periods", before_periods)
    after = count("after_periods", after_periods)
    if min(before, after) < 3:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=3, found=min(before, after))
    deviation = real("latent_standard_deviation", latent_standard_deviation, minimum=0)
    phi = real("autocorrelation", autocorrelation)
    if not -1 < phi < 1:
        raise InvalidInput("autocorrelation", "a number between -1 and 1")
    periods = before + after
    noise = _per_period(sampling_variance, periods)
    if deviation == 0 and np.any(noise == 0):
        raise NotEstimable(Reason.NO_VARIATION, periods=periods)
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    covariance = deviation**2 * phi**apart + np.diag(noise)
    columns = [np.ones(periods), (np.arange(periods) >= before).astype(np.float64)]
    if trend:
        columns.append(np.arange(periods, dtype=np.float64) - (periods - 1) / 2)
    design = np.column_stack(columns)
    # scaled first: metric units may be seconds or shares
    scale = float(np.mean(np.diag(covariance)))
    information = design.T @ np.linalg.solve(covariance / scale, design)
    step = np.zeros(design.shape[1])
    step[1] = 1.0
    error = sqrt(float(step @ np.linalg.solve(information, step)) * scale)
    persistent = max(phi, 0.0) if deviation > 0 else 0.0
    freedom = max(periods * (1 - persistent) / (1 + persistent) - design.shape[1], 2.0)
    return (float(special.stdtrit(freedom, 0.5 + level / 2)) + float(special.stdtrit(freedom, power))) * error


def _per_period(variance: float | ArrayLike | Sequence[float], periods: int) -> FloatArray:
    if np.ndim(np.asarray(variance)) == 0:
        return np.full(periods, real("sampling_variance", variance, minimum=0))
    array = finite_vector("sampling_variance", variance)
    if array.size != periods:
        raise InvalidInput("sampling_variance", f"one variance, or {periods}")
    if np.any(array < 0):
        raise InvalidInput("sampling_variance", "variances >= 0")
    return array
