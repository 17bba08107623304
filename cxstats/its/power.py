"""What effect could a series show? Asked before the decision, from the time before the go-live alone."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import InvalidInput
from cxstats.its.columns import Season, SeriesDesign, period_numbers, series_design
from cxstats.its.fit import LinearFit
from cxstats.its.noise import averaged_fit, contrast_errors, plain_fit
from cxstats.its.regression import noise_vector, segmented_regression
from cxstats.later import special
from cxstats.reference import normal_quantile, student_quantile
from cxstats.results import Unit
from cxstats.roots import root


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPower:
    """Smallest effect that a planned series shows with the given power, metric units.

    `standard_error` is that of the planned effect, noise model taken from the baseline. `simulated_power`
    is the share of simulated series whose interval excluded zero at that effect (None without simulation).
    """

    smallest_detectable_effect: float
    standard_error: float
    power: float
    level: float
    phi: float
    latent_sd: float
    simulated_power: float | None
    unit: Unit


def series_power(
    *,
    baseline: ArrayLike,
    planned_periods: int,
    noise_variance: ArrayLike | None = None,
    time: ArrayLike | None = None,
    trend: bool = True,
    season: Season | None = None,
    power: float = 0.80,
    level: float = 0.95,
    unit: Unit = Unit.POINTS,
    simulations: int = 0,
    rng: Generator | None = None,
    drift: bool = False,
    earlier_steps: ArrayLike | None = None,
) -> SeriesPower:
    """Smallest detectable step of a series, from its baseline.

    The noise model is fitted to the baseline, the planned periods are added with its typical sampling
    variance, and the standard error of the step follows in closed form for every noise model that the
    baseline allows: the planned interval averages over them, the estimate scatters as one of them says.
    `simulations` re-fit simulated series at that effect.

    Parameters
    ----------
    baseline : sequence (T,)
        Metric before the go-live, T >= 4.
    planned_periods : int >= 1
        Periods planned after the go-live.
    noise_variance : sequence (T,), optional
        Sampling variance of each value.
    time : sequence (T,), optional
    trend, season, drift : as in the planned analysis.
    earlier_steps : array (T, k), optional
        Other steps of the baseline that get a size of their own, 0 before and 1 from then on.
    power, level : float in (0, 1)
    unit : Unit
    simulations : int >= 0
    rng : numpy.random.Generator
        Required with simulations.

    Raises
    ------
    InvalidInput
    NotEstimable
        TOO_FEW_PERIODS, NO_VARIATION.

    Notes
    -----
    Known sampling noise: the quantiles ``(1 + level)/2`` and `power` of the mixture of ``N(0, SE_k^2)`` over
    noise models, added up; else ``(t_{(1 + level)/2} + z_power) SE``. Zhang, Wagner & Ross-Degnan (2011),
    J Clin Epidemiology 64:1252, on power of interrupted series by simulation.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y = 30 + rng.normal(size=24)
    >>> found = series_power(baseline=y, planned_periods=12, noise_variance=[1.0] * 24, trend=False)
    >>> 0.8 < found.smallest_detectable_effect < 2.5
    True
    """
    observed = finite_vector("baseline", baseline, minimum=4)
    planned = count("planned_periods", planned_periods, minimum=1)
    target, confidence = fraction("power", power), fraction("level", level)
    numbers = period_numbers(time, observed.size)
    noise = None if noise_variance is None else noise_vector(noise_variance, observed.size)
    drawn = drift and noise is not None
    early, steps = _steps(earlier_steps, planned)
    plain = series_design(time=numbers, start=None, trend=trend or drawn, season=season, extra=early)
    after = numbers[-1] + 1.0 + np.arange(planned)
    whole = np.concatenate([numbers, after])
    plan = series_design(time=whole, start=float(after[0]), trend=trend or drawn, season=season, extra=steps)
    if noise is None:
        fit = plain_fit(design=plain.matrix, values=observed, time=numbers)
        sampling = np.zeros(whole.size)
    else:
        drift_at = plain.trend if drawn else None
        fit = averaged_fit(design=plain.matrix, values=observed, time=numbers, noise=noise, drift=drift_at)
        sampling = np.concatenate([noise, np.full(planned, 1.0 / float(np.mean(1.0 / noise)))])
    phi = fit.phi if noise is not None else fit.phi_most_likely
    distance = np.abs(whole[:, None] - whole[None, :])
    covariance = fit.latent_sd**2 * np.power(phi, distance) + np.diag(sampling)
    if noise is None:
        error, effect = _step_of_one_model(plan, covariance, fit.phi, target, confidence)
    else:
        error, effect = _step_of_many_models(plan, whole, sampling, fit, target, confidence)
    simulated = None
    if count("simulations", simulations) > 0:
        if rng is None:
            raise InvalidInput("rng", "a numpy.random.Generator where simulations are asked for")
        simulated = _simulate(
            covariance=covariance,
            shift=effect * plan.post,
            start=float(after[0]),
            time=whole,
            noise=None if noise is None else sampling,
            trend=trend,
            season=season,
            level=confidence,
            simulations=simulations,
            rng=rng,
            drift=drift,
            extra=steps,
        )
    return SeriesPower(
        smallest_detectable_effect=effect,
        standard_error=error,
        power=target,
        level=confidence,
        phi=float(phi),
        latent_sd=fit.latent_sd,
        simulated_power=simulated,
        unit=unit,
    )


def _steps(earlier: ArrayLike | None, planned: int) -> tuple[FloatArray | None, FloatArray | None]:
    """Steps of the baseline, and the same up to the end of the planned time, where they are still there."""
    if earlier is None:
        return None, None
    early = np.asarray(earlier, dtype=np.float64)
    return early, np.vstack([early, np.ones((planned, early.shape[1]))])


def _step_of_one_model(
    plan: SeriesDesign, covariance: FloatArray, phi: float, power: float, level: float
) -> tuple[float, float]:
    """Standard error and smallest detectable step where the sampling noise is not known."""
    step = plan.step if plan.step is not None else 0
    positive = max(phi, 0.0)
    length, width = plan.matrix.shape
    freedom = max(length * (1 - positive) / (1 + positive) - width, 2.0)
    critical = student_quantile((1 + level) / 2, freedom)
    information = plan.matrix.T @ np.linalg.solve(covariance, plan.matrix)
    error = float(np.sqrt(np.linalg.inv(information)[step, step]))
    return error, (critical + normal_quantile(power)) * error


def _step_of_many_models(
    plan: SeriesDesign,
    time: FloatArray,
    sampling: FloatArray,
    fit: LinearFit,
    power: float,
    level: float,
) -> tuple[float, float]:
    """The same where it is known: averaged over the noise models that the baseline allows.

    The planned interval is wide enough for every model that is left; the estimate scatters as one of them
    says.
    """
    contrast = np.zeros(plan.matrix.shape[1])
    contrast[plan.step if plan.step is not None else 0] = 1.0
    errors = contrast_errors(
        design=plan.matrix, time=time, noise=sampling, contrast=contrast, fit=fit, drift=plan.trend
    )
    error = float(np.sqrt(fit.weights @ errors**2))
    half = _mixed_quantile(fit.weights, errors, (1 + level) / 2)
    return error, half + _mixed_quantile(fit.weights, errors, power)


def _mixed_quantile(weights: FloatArray, scales: FloatArray, probability: float) -> float:
    """Quantile of a mixture of normal distributions around zero."""
    reach = abs(normal_quantile(probability)) * float(scales.max()) + float(scales.max())
    return root(lambda point: float(weights @ special.ndtr(point / scales)) - probability, -reach, reach)


def _simulate(
    *,
    covariance: FloatArray,
    shift: FloatArray,
    start: float,
    time: FloatArray,
    noise: FloatArray | None,
    trend: bool,
    season: Season | None,
    level: float,
    simulations: int,
    rng: Generator,
    drift: bool,
    extra: FloatArray | None,
) -> float:
    root = np.linalg.cholesky(covariance)
    seen = 0
    for _ in range(simulations):
        fit = segmented_regression(
            values=shift + root @ rng.standard_normal(time.size),
            start=start,
            noise_variance=noise,
            time=time,
            trend=trend,
            season=season,
            level=level,
            drift=drift,
            extra=extra,
        )
        seen += fit.average.interval.low > 0
    return seen / simulations
