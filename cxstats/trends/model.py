"""One series as random effects in time: what each period was to be expected from those before it.

``y_t = m + season_t + a_t + e_t``: ``m`` unknown (flat weight), ``a_t`` a stationary AR(1) with standard
deviation ``s`` and correlation ``phi ** gap`` (0: white process noise; near 1: a level that walks),
``season_t`` random effects that repeat every season, ``e_t ~ N(0, d v_t)`` with the known sampling variance
``v_t`` and a design effect ``d >= 1`` for answers that come in clusters. Every combination of a fixed grid of
``(s, phi, d, season)`` is one model. The Cholesky factor of a model's covariance matrix holds all its
one-step predictions at once, and its leading part is that of the shorter series: nothing can look ahead.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cxstats.checks import FloatArray

# In units of the first periods' sampling standard deviation; steps of about a half, as far as 24.
_SD = np.array([0.2, 0.4, 0.65, 1.0, 1.5, 2.3, 3.6, 6.0, 11.0, 22.0])
_PHI = np.array([0.0, 0.4, 0.7, 0.93])
_DEFF = np.array([1.0, 1.6, 2.6])
_DEFF_WEIGHT = np.array([0.5, 0.3, 0.2])
_SEASON_SD = np.array([0.0, 1.0, 3.0])
_SEASON_WEIGHT = np.array([0.6, 0.25, 0.15])
_QUIET_WEIGHT = 0.12  # of a level that does not move at all
_HARMONICS = 6
_FLAT = 1e8  # variance of the unknown mean, in the same unit squared: nothing is known of it
_CELLS = 3_000_000  # numbers of covariance matrices held at once


@dataclass(frozen=True, kw_only=True, slots=True)
class OneStep:
    """Of each model (rows) and period (columns), what the earlier periods let expect."""

    log_weight: FloatArray  # (g, T): of the model before the period is seen, not normalized
    mean: FloatArray  # (g, T)
    sd: FloatArray  # (g, T)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The models and the weight of each before any data; standard deviations in sampling units."""

    sd: FloatArray
    phi: FloatArray
    deff: FloatArray
    season_sd: FloatArray
    weight: FloatArray


@lru_cache
def grid(*, has_season: bool) -> Grid:
    """All models. Half-Cauchy weight on `s` with the sampling standard deviation as its scale.

    Source
    ------
    Gelman (2006), Prior distributions for variance parameters in hierarchical models, Bayesian Analysis
    1:515, section 3.2 (half-Cauchy for a standard deviation).

    Examples
    --------
    >>> models = grid(has_season=False)
    >>> models.sd.size, round(float(models.weight.sum()), 12)
    (123, 1.0)
    """
    spacing = np.gradient(_SD)
    moving = spacing / (1.0 + _SD**2)
    moving *= (1.0 - _QUIET_WEIGHT) / moving.sum()
    # a level that does not move has no memory: one model, not one for each correlation
    level = [(0.0, 0.0, _QUIET_WEIGHT)] + [
        (s, phi, weight / _PHI.size) for s, weight in zip(_SD, moving, strict=True) for phi in _PHI
    ]
    seasons = list(zip(_SEASON_SD, _SEASON_WEIGHT, strict=True)) if has_season else [(0.0, 1.0)]
    table = np.array(
        [
            (s, phi, deff, season, w * deff_weight * season_weight)
            for s, phi, w in level
            for deff, deff_weight in zip(_DEFF, _DEFF_WEIGHT, strict=True)
            for season, season_weight in seasons
        ]
    )
    return Grid(sd=table[:, 0], phi=table[:, 1], deff=table[:, 2], season_sd=table[:, 3], weight=table[:, 4])


def one_step(
    *, values: FloatArray, noise: FloatArray, time: tuple[int, ...], unit: float, season: int | None
) -> OneStep:
    """Predictions of every period from those before it, under every model.

    Parameters
    ----------
    values : array (T,), metric units
    noise : array (T,)
        Sampling variances > 0, metric units squared.
    time : tuple of int, length T
        Strictly increasing period numbers.
    unit : float
        Sampling standard deviation > 0 that the grid is measured in.
    season : int or None
        Periods of one season.

    Source
    ------
    Harvey (1989), Forecasting, structural time series models and the Kalman filter, section 3.4 (prediction
    error decomposition of the likelihood); the factor of the covariance matrix gives what the filter gives.

    Examples
    --------
    >>> found = one_step(values=np.array([1.0, 3.0]), noise=np.ones(2), time=(0, 1), unit=1.0, season=None)
    >>> round(float(found.mean[0, 1]), 6), round(float(found.sd[0, 1]) ** 2, 6)  # no walk, d = 1: v + v
    (1.0, 2.0)
    """
    models = grid(has_season=season is not None)
    scaled, known = (values - values[0]) / unit, noise / unit**2
    size = len(time)
    mean, sd = np.empty((models.sd.size, size)), np.empty((models.sd.size, size))
    whitened = np.empty_like(mean)
    step = max(1, _CELLS // size**2)
    for first in range(0, models.sd.size, step):
        part = slice(first, first + step)
        covariance = _signal(time, season, first, min(first + step, models.sd.size)).copy()
        covariance[:, np.arange(size), np.arange(size)] += models.deff[part, None] * known
        factor = np.linalg.cholesky(covariance)
        sd[part] = np.diagonal(factor, axis1=1, axis2=2)
        for t in range(size):
            mean[part, t] = np.einsum("gj,gj->g", factor[:, t, :t], whitened[part, :t])
            whitened[part, t] = (scaled[t] - mean[part, t]) / sd[part, t]
    gained = -np.log(sd) - 0.5 * whitened**2
    before = np.cumsum(gained, axis=1) - gained
    return OneStep(
        log_weight=np.log(models.weight)[:, None] + before,
        mean=values[0] + unit * mean,
        sd=unit * sd,
    )


@lru_cache(maxsize=4)
def _signal(time: tuple[int, ...], season: int | None, first: int, last: int) -> FloatArray:
    """Covariance of all but the sampling noise, of the models first..last: alike for all series of a page."""
    models = grid(has_season=season is not None)
    days = np.array(time, dtype=np.float64)
    apart = np.abs(days[:, None] - days[None, :])
    powers = {phi: np.where(apart == 0, 1.0, phi**apart) for phi in np.unique(models.phi)}
    covariance = np.stack([powers[phi] for phi in models.phi[first:last]])
    covariance *= models.sd[first:last, None, None] ** 2
    covariance += _FLAT
    if season is not None:
        covariance += models.season_sd[first:last, None, None] ** 2 * _season_kernel(apart, season)
    covariance.flags.writeable = False
    return covariance


def _season_kernel(apart: FloatArray, season: int) -> FloatArray:
    """Correlation of seasonal effects: harmonics, the slower the larger; 1 at the same time of the season."""
    numbers = np.arange(1, min(_HARMONICS, season // 2) + 1)
    weights = (1.0 / numbers) / np.sum(1.0 / numbers)
    waves = np.cos(2.0 * np.pi * apart[..., None] * numbers / season)
    return np.asarray(waves @ weights, dtype=np.float64)
