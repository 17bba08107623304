"""Placebo dates: would an earlier, invented go-live show an effect as strong?"""

from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray, count
from cxstats.errors import NotEstimable, Reason
from cxstats.its.columns import Season, series_design
from cxstats.its.noise import averaged_fit, plain_fit


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceboDates:
    """Statistics at invented dates in the time before the go-live.

    `dates` are period numbers, `statistics` effect over standard error at each; `rank_p` is the share
    of dates (the true one counted) whose absolute statistic reaches the `observed` one.
    """

    dates: FloatArray
    statistics: FloatArray
    observed: float
    rank_p: float


def placebo_dates(
    *,
    values: FloatArray,
    time: FloatArray,
    start: float,
    observed: float,
    noise_variance: FloatArray | None = None,
    trend: bool = True,
    season: Season | None = None,
    margin: int = 4,
    drift: bool = False,
) -> PlaceboDates:
    """Re-estimate a step at every eligible date before the true start.

    The noise model is estimated once, from the time before the go-live without any step, and held
    fixed over the dates.

    Parameters
    ----------
    values, time : arrays (T,)
        The series and its strictly increasing period numbers.
    start : float
        True first period after the go-live.
    observed : float
        Effect over standard error at the true start.
    noise_variance : array (T,), optional
    trend, season : as in the main analysis.
    margin : int >= 1
        Periods that each side of an invented date must have.
    drift : bool
        As in the main analysis.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS where no earlier date is eligible.

    Notes
    -----
    Source: Linden (2018), J Eval Clin Pract 24:447, permutation of the start date.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y, t = rng.normal(size=24), np.arange(24.0)
    >>> found = placebo_dates(values=y, time=t, start=18, observed=9.0, noise_variance=np.ones(24))
    >>> found.rank_p == 1 / (found.dates.size + 1)
    True
    """
    margin = count("margin", margin, minimum=1)
    before = time < start
    series, numbers = values[before], time[before]
    dates = numbers[margin : max(numbers.size - margin + 1, margin)]
    if dates.size == 0:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=2 * margin, found=int(numbers.size))
    noise = None if noise_variance is None else noise_variance[before]
    drawn = drift and noise is not None
    plain = series_design(time=numbers, start=None, trend=trend or drawn, season=season)
    if noise is None:
        base = plain_fit(design=plain.matrix, values=series, time=numbers)
        covariance = _covariance(numbers, base.phi_most_likely, base.latent_sd, np.zeros(numbers.size))
    else:
        drift_at = plain.trend if drawn else None
        base = averaged_fit(design=plain.matrix, values=series, time=numbers, noise=noise, drift=drift_at)
        covariance = _covariance(numbers, base.phi, base.latent_sd, noise)
        if base.model_drift is not None:
            line = plain.matrix[:, 1]
            covariance += float(base.weights @ base.model_drift**2) * np.outer(line, line)
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    statistics = []
    for date in dates:
        plan = series_design(time=numbers, start=float(date), trend=trend, season=season)
        design = root @ plan.matrix
        inverse = np.linalg.inv(design.T @ design)
        coefficients = inverse @ (design.T @ (root @ series))
        position = plan.step if plan.step is not None else 0
        statistics.append(coefficients[position] / np.sqrt(inverse[position, position]))
    found = np.asarray(statistics)
    as_strong = int(np.sum(np.abs(found) >= abs(observed)))
    return PlaceboDates(
        dates=dates, statistics=found, observed=observed, rank_p=(as_strong + 1) / (found.size + 1)
    )


def _covariance(time: FloatArray, phi: float, latent_sd: float, noise: FloatArray) -> FloatArray:
    distance = np.abs(time[:, None] - time[None, :])
    return latent_sd**2 * np.power(phi, distance) + np.diag(noise)
