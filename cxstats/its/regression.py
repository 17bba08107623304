"""Segmented regression of one series: what changed at the go-live, beyond trend, season and noise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.its.columns import Impact, Season, SeriesDesign, period_numbers, series_design
from cxstats.its.fit import LinearFit
from cxstats.its.noise import averaged_fit, least_squares_fit, plain_fit
from cxstats.reference import normal_quantile
from cxstats.results import Estimate, Interval, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class Autocorrelation:
    """First autocorrelation of the whitened residuals with its interval."""

    value: float
    interval: Interval
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentedFit:
    """Result of `segmented_regression`.

    `average` is the effect averaged over the periods after the start, `level` the step at the start,
    `slope` the change of trend per period (None for a level-only model). `expected` is the
    counterfactual after the start and the fitted mean before it, with its band; all arrays (T,) in
    metric units. `fit` and `design` give access to any other contrast.
    """

    average: Estimate
    level: Estimate
    slope: Estimate | None
    interval_80: Interval
    p_value: float
    expected: FloatArray
    expected_low: FloatArray
    expected_high: FloatArray
    phi: float
    latent_sd: float
    residual_autocorrelation: Autocorrelation
    fit: LinearFit
    design: SeriesDesign
    unit: Unit

    def effect_at(self, *, horizon: float, level: float = 0.95) -> Estimate:
        """Effect `horizon` periods after the start (0 = the first period after it)."""
        distance = real("horizon", horizon, minimum=0.0)
        contrast = np.zeros(self.design.matrix.shape[1])
        contrast[_position(self.design.step)] = 1.0
        if self.design.slope is not None:
            contrast[self.design.slope] = distance
        return estimate_of(self.fit, contrast, unit=self.unit, n=self.design.matrix.shape[0], level=level)


def segmented_regression(
    *,
    values: ArrayLike | Sequence[float],
    start: float,
    noise_variance: ArrayLike | Sequence[float] | None = None,
    time: ArrayLike | Sequence[float] | None = None,
    impact: Impact = Impact.LEVEL,
    trend: bool = True,
    season: Season | None = None,
    extra: ArrayLike | None = None,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
    drift: bool = False,
) -> SegmentedFit:
    """Estimate the effect of a go-live on one series.

    ``y_t = b0 + b1 t + b2 D_t + b3 D_t (t - start) + season + m_t + e_t``: `m` is an AR(1) latent mean,
    `e` sampling noise of known variance. Where the number of answers is unknown (`noise_variance`
    None) the errors are a plain AR(1), with a t reference of effective degrees of freedom.

    Parameters
    ----------
    values : sequence (T,)
        Metric per period; finite. Leave missing periods out and say so in `time`.
    start : float
        Period number of the first period after the go-live (transition periods left out of `values`).
    noise_variance : sequence (T,), optional
        Sampling variance ``v_t / n_t`` of each value, > 0, in metric units squared.
    time : sequence (T,), optional
        Strictly increasing whole period numbers; default 0 .. T-1.
    impact : Impact
        Declared shape of the effect; level only unless something else was declared.
    trend : bool
        Whether a straight trend runs through the window.
    season : Season, optional
    extra : array (T, k), optional
        Columns of other events.
    unit : Unit
    level : float in (0, 1)
    drift : bool
        A trend that may be there or not, for the difference of two series that should run in parallel:
        averaged over none and several sizes (`cxstats.its.noise.DRIFT_SDS`). Without known noise there is
        nothing to weigh it by, and none.

    Returns
    -------
    SegmentedFit

    Raises
    ------
    InvalidInput
        Shapes that do not match, values that are not finite, noise that is not positive.
    NotEstimable
        NO_PRE_PERIOD, NO_POST_PERIOD, TOO_FEW_PERIODS, COLLINEAR, NO_VARIATION.

    Notes
    -----
    Model: Wagner et al. (2002), J Clin Pharm Ther 27:299, eq. 1; inference: Turner et al. (2021),
    BMC Med Res Methodol 21:181 (REML for short series), with the noise model of `cxstats.its.noise`.

    Examples
    --------
    >>> y = [30.0, 32.0, 29.0, 31.0, 30.5, 29.5, 31.0, 30.0, 40.0, 41.5, 39.0, 40.5, 40.0, 41.0]
    >>> fit = segmented_regression(values=y, start=8, noise_variance=[1.0] * 14, trend=False)
    >>> round(fit.average.value, 1), fit.average.interval.low > 8
    (10.0, True)
    """
    observed = finite_vector("values", values, minimum=3)
    numbers = period_numbers(time, observed.size)
    noise = None if noise_variance is None else noise_vector(noise_variance, observed.size)
    drawn = drift and noise is not None
    plan = series_design(
        time=numbers,
        start=real("start", start),
        impact=impact,
        trend=trend or drawn,
        season=season,
        extra=extra_columns(extra, observed.size),
    )
    if noise is None:
        fit = plain_fit(design=plan.matrix, values=observed, time=numbers)
    else:
        drift_at = plan.trend if drawn else None
        fit = averaged_fit(design=plan.matrix, values=observed, time=numbers, noise=noise, drift=drift_at)
    return summarize(fit=fit, plan=plan, unit=unit, level=fraction("level", level))


def least_squares_sensitivity(
    *,
    values: ArrayLike | Sequence[float],
    start: float,
    time: ArrayLike | Sequence[float] | None = None,
    impact: Impact = Impact.LEVEL,
    trend: bool = True,
    season: Season | None = None,
    extra: ArrayLike | None = None,
    lags: int | None = None,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> SegmentedFit:
    """The same question by ordinary least squares, or by Newey-West where `lags` is given.

    Shown beside the main result, never as it: with autocorrelation both claim far too often.
    Parameters, returns and refusals as `segmented_regression`.

    Notes
    -----
    Source: Newey & West (1987), Econometrica 55:703; Linden (2015), Stata Journal 15:480.

    Examples
    --------
    >>> fit = least_squares_sensitivity(values=[1, 2, 1, 2, 5, 6, 5, 6], start=4, trend=False, lags=1)
    >>> fit.average.value, fit.average.method
    (4.0, 'newey_west')
    """
    observed = finite_vector("values", values, minimum=3)
    numbers = period_numbers(time, observed.size)
    plan = series_design(
        time=numbers,
        start=real("start", start),
        impact=impact,
        trend=trend,
        season=season,
        extra=extra_columns(extra, observed.size),
    )
    if lags is not None and not 0 <= lags < observed.size:
        raise InvalidInput("lags", "a whole number from 0 to the number of periods minus 1")
    fit = least_squares_fit(design=plan.matrix, values=observed, lags=lags)
    return summarize(fit=fit, plan=plan, unit=unit, level=fraction("level", level))


def residual_autocorrelation(whitened: FloatArray, *, level: float = 0.95) -> Autocorrelation:
    """First autocorrelation of standardized residuals with a Fisher-z interval.

    Parameters
    ----------
    whitened : array (T,)
        Standardized one-step residuals, T >= 5.
    level : float in (0, 1)

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS below five residuals, NO_VARIATION when they are all alike.

    Notes
    -----
    Source: Box & Jenkins, Time series analysis, 2.1.6; Turner et al. (2021) advise the estimate with
    its interval instead of a Durbin-Watson verdict.

    Examples
    --------
    >>> residual_autocorrelation(np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])).value < 0
    True
    """
    if whitened.size < 5:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=5, found=int(whitened.size))
    centered = whitened - whitened.mean()
    total = float(centered @ centered)
    if total <= 1e-24:
        raise NotEstimable(Reason.NO_VARIATION)
    value = float(centered[1:] @ centered[:-1]) / total
    reach = normal_quantile((1 + level) / 2) / np.sqrt(whitened.size - 3)
    middle = np.arctanh(np.clip(value, -0.999999, 0.999999))
    return Autocorrelation(
        value=value,
        interval=Interval(
            low=float(np.tanh(middle - reach)), high=float(np.tanh(middle + reach)), level=level
        ),
        n=int(whitened.size),
    )


def estimate_of(fit: LinearFit, contrast: FloatArray, *, unit: Unit, n: int, level: float) -> Estimate:
    """A contrast of a fit as an `Estimate` (n counts periods)."""
    return Estimate(
        value=fit.mean(contrast),
        interval=fit.interval(contrast, level=level),
        n=n,
        unit=unit,
        method=fit.method,
        standard_error=fit.standard_error(contrast),
    )


def summarize(*, fit: LinearFit, plan: SeriesDesign, unit: Unit, level: float) -> SegmentedFit:
    """Read effects, counterfactual and diagnostics from a fitted design."""
    length, width = plan.matrix.shape
    step = np.zeros(width)
    step[_position(plan.step)] = 1.0
    average, slope = step.copy(), None
    if plan.slope is not None:
        average[plan.slope] = float(plan.since[plan.post > 0].mean())
        direction = np.zeros(width)
        direction[plan.slope] = 1.0
        slope = estimate_of(fit, direction, unit=unit, n=length, level=level)
    without = plan.matrix.copy()
    without[:, plan.step] = 0.0
    if plan.slope is not None:
        without[:, plan.slope] = 0.0
    expected, low, high = fit.bands(without, level=level)
    return SegmentedFit(
        average=estimate_of(fit, average, unit=unit, n=length, level=level),
        level=estimate_of(fit, step, unit=unit, n=length, level=level),
        slope=slope,
        interval_80=fit.interval(average, level=0.80),
        p_value=fit.p_value(average),
        expected=expected,
        expected_low=low,
        expected_high=high,
        phi=fit.phi,
        latent_sd=fit.latent_sd,
        residual_autocorrelation=_left(fit.whitened, level),
        fit=fit,
        design=plan,
        unit=unit,
    )


def _left(whitened: FloatArray, level: float) -> Autocorrelation:
    """What the residuals still carry over; values that leave none (all at the ceiling) can say nothing."""
    try:
        return residual_autocorrelation(whitened, level=level)
    except NotEstimable as refusal:
        if refusal.reason is not Reason.NO_VARIATION:
            raise
    return Autocorrelation(
        value=0.0, interval=Interval(low=-1.0, high=1.0, level=level), n=int(whitened.size)
    )


def noise_vector(noise_variance: ArrayLike | Sequence[float], length: int) -> FloatArray:
    """Known sampling variances: as many as values, all > 0."""
    noise = finite_vector("noise_variance", noise_variance)
    if noise.size != length:
        raise InvalidInput("noise_variance", f"{length} variances, as many as values")
    if np.any(noise <= 0):
        raise InvalidInput("noise_variance", "variances > 0")
    return noise


def extra_columns(extra: ArrayLike | None, length: int) -> FloatArray | None:
    """Columns of other events as a finite (T, k) array."""
    if extra is None:
        return None
    columns = np.asarray(extra, dtype=np.float64)
    if columns.ndim == 1:
        columns = columns[:, None]
    if columns.ndim != 2 or columns.shape[0] != length or not np.all(np.isfinite(columns)):
        raise InvalidInput("extra", f"a finite table of {length} rows")
    return columns


def _position(column: int | None) -> int:
    if column is None:
        raise InvalidInput("design", "a design with an interruption")
    return column
