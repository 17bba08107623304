"""A lasting change of level that is not the go-live: found, dated and judged by its own step."""

import numpy as np

from cxstats.checks import FloatArray
from cxstats.errors import NotEstimable
from cxstats.its.columns import Season, series_design
from cxstats.its.noise import averaged_fit


def lasting_break(
    *,
    values: FloatArray,
    time: FloatArray,
    start: float,
    noise_variance: FloatArray,
    trend: bool = True,
    season: Season | None = None,
    extra: FloatArray | None = None,
    margin: int = 6,
    level: float = 0.99,
) -> float | None:
    """First period of a new level, apart from the go-live; None where none is beyond doubt.

    The date whose step explains most under the noise model of the series is given a step of its own, the
    noise model estimated anew beside it. It is a break where its p-value, times the number of dates looked
    at, is below ``1 - level``.

    Parameters
    ----------
    values, time : arrays (T,)
        The series and its strictly increasing period numbers.
    start : float
        First period after the go-live; its step is in the model throughout.
    noise_variance : array (T,)
        Known sampling variances > 0.
    trend, season, extra : as in the main analysis.
    margin : int >= 1
        Periods between a break and the go-live or an end.
    level : float in (0, 1)

    Notes
    -----
    Largest statistic over unknown dates: Andrews (1993), Econometrica 61:821; the bound by the number of
    dates is Bonferroni's.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> t = np.arange(60.0)
    >>> y = rng.normal(size=60) + 9.0 * (t >= 20)
    >>> lasting_break(values=y, time=t, start=40, noise_variance=np.ones(60))
    20.0
    >>> lasting_break(values=rng.normal(size=60), time=t, start=40, noise_variance=np.ones(60)) is None
    True
    """
    places = np.arange(time.size)
    at_start = int(np.searchsorted(time, start))
    apart = (np.abs(places - at_start) >= margin) & (places >= margin) & (places <= time.size - margin)
    dates = time[apart]
    if dates.size == 0:
        return None
    base = series_design(time=time, start=start, trend=trend, season=season, extra=extra).matrix
    fit = averaged_fit(design=base, values=values, time=time, noise=noise_variance)
    distance = np.abs(time[:, None] - time[None, :])
    covariance = fit.latent_sd**2 * np.power(fit.phi, distance) + np.diag(noise_variance)
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    steps = root @ (time[:, None] >= dates[None, :]).astype(np.float64)
    whitened, outcome = root @ base, root @ values
    # what is left of each step and of the series beside all other columns
    basis, _ = np.linalg.qr(whitened)
    steps -= basis @ (basis.T @ steps)
    outcome = outcome - basis @ (basis.T @ outcome)
    sizes = np.maximum(np.sqrt((steps**2).sum(axis=0)), 1e-9)
    best = int(np.argmax(np.abs(steps.T @ outcome) / sizes))
    step = (time >= dates[best]).astype(np.float64)
    try:
        plan = series_design(time=time, start=start, trend=trend, season=season, extra=beside(extra, step))
    except NotEstimable:
        return None
    again = averaged_fit(design=plan.matrix, values=values, time=time, noise=noise_variance)
    contrast = np.zeros(plan.matrix.shape[1])
    contrast[plan.extra[-1]] = 1.0
    return float(dates[best]) if again.p_value(contrast) * dates.size < 1 - level else None


def beside(extra: FloatArray | None, step: FloatArray) -> FloatArray:
    """Columns of other events and one more."""
    return step[:, None] if extra is None else np.column_stack([extra, step])
