"""Counts and rates around a go-live: complaints, contacts, cancellations per exposure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.its.columns import Impact, Season, period_numbers, series_design
from cxstats.its.regression import Autocorrelation, extra_columns, residual_autocorrelation
from cxstats.reference import student_quantile, student_tail
from cxstats.results import Estimate, Interval, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class CountFit:
    """Result of `segmented_counts`.

    `rate_ratio` compares the periods after the start with what they would have had (1: no change);
    `slope_ratio` is the change of trend per period as a ratio (None for a level-only model). `dispersion` is
    the quasi-Poisson factor, at least 1. `expected` are counts without the initiative, with the band of
    their mean.
    """

    rate_ratio: Estimate
    slope_ratio: Estimate | None
    interval_80: Interval
    p_value: float
    dispersion: float
    expected: FloatArray
    expected_low: FloatArray
    expected_high: FloatArray
    residual_autocorrelation: Autocorrelation


def segmented_counts(
    *,
    counts: ArrayLike | Sequence[float],
    start: float,
    exposure: ArrayLike | Sequence[float] | None = None,
    time: ArrayLike | Sequence[float] | None = None,
    impact: Impact = Impact.LEVEL,
    trend: bool = True,
    season: Season | None = None,
    extra: ArrayLike | None = None,
    level: float = 0.95,
) -> CountFit:
    """Segmented quasi-Poisson regression with an exposure offset.

    ``log E[y_t] = log(exposure_t) + b0 + b1 t + b2 D_t (+ b3 D_t (t - start)) + season``.

    Parameters
    ----------
    counts : sequence (T,)
        Whole numbers >= 0.
    start : float
        Period number of the first period after the go-live.
    exposure : sequence (T,), optional
        Customers, orders or calls behind each count, > 0; default 1.
    time, impact, trend, season, extra : as in `segmented_regression`.
    level : float in (0, 1)

    Returns
    -------
    CountFit

    Raises
    ------
    InvalidInput
        Counts that are negative or not whole, exposure that is not positive.
    NotEstimable
        NO_VARIATION where every count is 0 on one side, NO_CONVERGENCE, and the refusals of the design.

    Notes
    -----
    Sources: Lopez Bernal, Cummins & Gasparrini (2017), Int J Epidemiology 46:348; McCullagh & Nelder,
    Generalized linear models (1989), 2.5 (iterated weighted least squares) and 9.2 (dispersion). The
    dispersion never goes below 1, the reference is t with T - p degrees of freedom, autocorrelation is
    shown, not modeled.

    Examples
    --------
    >>> fit = segmented_counts(counts=[50, 48, 52, 49, 51, 25, 24, 26, 25, 23], start=5, trend=False)
    >>> round(fit.rate_ratio.value, 3)
    0.492
    """
    observed, weights = _checked(counts, exposure)
    confidence = fraction("level", level)
    plan = series_design(
        time=period_numbers(time, observed.size),
        start=real("start", start),
        impact=impact,
        trend=trend,
        season=season,
        extra=extra_columns(extra, observed.size),
    )
    if observed[plan.post > 0].sum() == 0 or observed[plan.post == 0].sum() == 0:
        raise NotEstimable(Reason.NO_VARIATION)
    coefficients, covariance, mean = poisson_fit(plan.matrix, observed, np.log(weights))
    length, width = plan.matrix.shape
    freedom = length - width
    pearson = (observed - mean) / np.sqrt(mean)
    dispersion = max(float(pearson @ pearson) / freedom, 1.0)
    covariance = dispersion * covariance
    contrast = np.zeros(width)
    contrast[plan.step if plan.step is not None else 0] = 1.0
    slope = None
    if plan.slope is not None:
        contrast[plan.slope] = float(plan.since[plan.post > 0].mean())
        direction = np.zeros(width)
        direction[plan.slope] = 1.0
        slope = _ratio(coefficients, covariance, direction, freedom, confidence, length)
    without = plan.matrix.copy()
    without[:, [k for k in (plan.step, plan.slope) if k is not None]] = 0.0
    center = without @ coefficients + np.log(weights)
    half = student_quantile((1 + confidence) / 2, freedom) * np.sqrt(
        np.einsum("ti,ij,tj->t", without, covariance, without)
    )
    main = _ratio(coefficients, covariance, contrast, freedom, confidence, length)
    error = float(np.sqrt(contrast @ covariance @ contrast))
    return CountFit(
        rate_ratio=main,
        slope_ratio=slope,
        interval_80=_ratio(coefficients, covariance, contrast, freedom, 0.80, length).interval,
        p_value=2 * student_tail(abs(float(contrast @ coefficients)) / error, freedom),
        dispersion=dispersion,
        expected=np.exp(center),
        expected_low=np.exp(center - half),
        expected_high=np.exp(center + half),
        residual_autocorrelation=residual_autocorrelation(pearson, level=confidence),
    )


def _checked(
    counts: ArrayLike | Sequence[float], exposure: ArrayLike | Sequence[float] | None
) -> tuple[FloatArray, FloatArray]:
    observed = finite_vector("counts", counts, minimum=3)
    if np.any(observed < 0) or np.any(observed != np.round(observed)):
        raise InvalidInput("counts", "whole numbers >= 0")
    weights = np.ones(observed.size) if exposure is None else finite_vector("exposure", exposure)
    if weights.size != observed.size or np.any(weights <= 0):
        raise InvalidInput("exposure", f"{observed.size} exposures > 0, as many as counts")
    return observed, weights


def _ratio(
    coefficients: FloatArray,
    covariance: FloatArray,
    contrast: FloatArray,
    freedom: int,
    level: float,
    length: int,
) -> Estimate:
    value = float(contrast @ coefficients)
    error = float(np.sqrt(contrast @ covariance @ contrast))
    half = student_quantile((1 + level) / 2, freedom) * error
    return Estimate(
        value=float(np.exp(value)),
        interval=Interval(low=float(np.exp(value - half)), high=float(np.exp(value + half)), level=level),
        n=length,
        unit=Unit.RATIO,
        method="quasi_poisson",
        standard_error=float(np.exp(value)) * error,
    )


def poisson_fit(
    design: FloatArray, counts: FloatArray, offset: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Poisson regression by iterated weighted least squares from the counts themselves.

    Returns
    -------
    (array (p,), array (p, p), array (T,))
        Coefficients, their covariance without over-dispersion, and the expected counts.
    """
    linear = np.log(np.maximum(counts, 0.5))
    previous = np.zeros(design.shape[1])
    for _ in range(100):
        mean = np.exp(linear)
        target = linear - offset + (counts - mean) / mean
        information = design.T @ (design * mean[:, None])
        coefficients = np.linalg.solve(information, design.T @ (mean * target))
        linear = np.clip(design @ coefficients + offset, -30.0, 30.0)
        if np.max(np.abs(coefficients - previous)) < 1e-10 * (1.0 + np.max(np.abs(coefficients))):
            return coefficients, np.linalg.inv(information), np.exp(linear)
        previous = coefficients
    raise NotEstimable(Reason.NO_CONVERGENCE)
