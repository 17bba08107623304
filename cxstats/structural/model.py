"""A level that drifts, control series that share what happens to everybody, a step at the go-live."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import NotEstimable, Reason
from cxstats.its.regression import extra_columns
from cxstats.reference import normal_quantile, normal_tail
from cxstats.results import Estimate, Interval, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class CumulativeEffect:
    """Sum of the gaps after the go-live, from a model that saw only the time before it."""

    total: float
    interval: Interval
    average: float
    average_interval: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class StructuralFit:
    """Result of `structural_effect`.

    `effect` is the step in the full model, `cumulative` the sum of gaps to the forecast; `expected` (T,) is
    the fitted path before and the forecast after the go-live, with the band of a single observation.
    """

    effect: Estimate
    interval_80: Interval
    p_value: float
    cumulative: CumulativeEffect
    expected: FloatArray
    expected_low: FloatArray
    expected_high: FloatArray
    control_coefficients: tuple[float, ...]
    level_variance: float
    noise_variance: float


def structural_effect(
    *,
    values: ArrayLike,
    start: int,
    rng: Generator,
    controls: ArrayLike | None = None,
    season: int | None = None,
    draws: int = 400,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> StructuralFit:
    """Effect of a go-live in a local-level model with control series.

    ``y_t = mu_t + season_t + beta'x_t + delta D_t + e_t``, ``mu_{t+1} = mu_t + eta_t``.

    Parameters
    ----------
    values : sequence (T,), metric units
    start : int
        Column of the first period after the go-live; at least 8 before and 2 after.
    rng : numpy.random.Generator
        Simulated forecast paths.
    controls : array (T, k), optional
        Series that the initiative did not touch.
    season : int >= 2, optional
        Periods per cycle (fixed seasonal pattern); two cycles before the go-live are needed.
    draws : int
    unit : Unit
    level : float in (0, 1)

    Returns
    -------
    StructuralFit

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS, SEASON_NOT_COVERED, NO_VARIATION, NO_CONVERGENCE.

    Notes
    -----
    Sources: Harvey, Forecasting, structural time series models and the Kalman filter (1989), 7.6; Brodersen
    et al. (2015), Annals of Applied Statistics 9:247, for the forecast form. Variances are taken as estimated
    (maximum likelihood, normal reference): intervals are a little short in short series, which is why the
    facade (`cxstats.evaluate`) uses `cxstats.its` with the known sampling noise.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=60).cumsum()
    >>> y = 10 + x + rng.normal(size=60) * 0.5 + 4.0 * (np.arange(60) >= 40)
    >>> found = structural_effect(values=y, start=40, rng=rng, controls=x)
    >>> abs(found.effect.value - 4.0) < 1.0
    True
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents  # noqa: PLC0415

    observed = finite_vector("values", values)
    first = count("start", start)
    confidence = fraction("level", level)
    cycle = None if season is None else count("season", season, minimum=2)
    _refuse_short(observed, first, cycle)
    table = extra_columns(controls, observed.size)
    scale = float(observed.std())
    shared = {"level": "llevel", "seasonal": cycle, "stochastic_seasonal": False}
    step = (np.arange(observed.size) >= first).astype(np.float64)
    everything = step[:, None] if table is None else np.column_stack([table, step])
    whole = _fit(UnobservedComponents(observed / scale, exog=everything, **shared))
    before = _fit(
        UnobservedComponents(
            observed[:first] / scale, exog=None if table is None else table[:first], **shared
        )
    )
    position = (
        list(whole.model.param_names).index(f"beta.x{everything.shape[1]}")
        if table is not None
        else (list(whole.model.param_names).index("beta.x1"))
    )
    value = float(whole.params[position]) * scale
    error = float(np.sqrt(whole.cov_params()[position, position])) * scale
    if not np.isfinite(error) or error <= 0:
        raise NotEstimable(Reason.NO_CONVERGENCE)

    def around(confidence: float) -> Interval:
        half = normal_quantile((1 + confidence) / 2) * error
        return Interval(low=value - half, high=value + half, level=confidence)

    expected, expected_error = _without_effect(before, observed, table, first, scale)
    half = normal_quantile((1 + confidence) / 2) * expected_error
    return StructuralFit(
        effect=Estimate(
            value=value,
            interval=around(confidence),
            n=int(observed.size),
            unit=unit,
            method="structural_local_level",
            standard_error=error,
        ),
        interval_80=around(0.80),
        p_value=2 * normal_tail(abs(value / error)),
        cumulative=_cumulative(before, observed[first:], table, first, scale, draws, rng, confidence),
        expected=expected,
        expected_low=expected - half,
        expected_high=expected + half,
        control_coefficients=tuple(
            float(whole.params[position - everything.shape[1] + 1 + k]) * scale
            for k in range(everything.shape[1] - 1)
        ),
        level_variance=_variance(whole, "sigma2.level", scale),
        noise_variance=_variance(whole, "sigma2.irregular", scale),
    )


def _refuse_short(observed: FloatArray, first: int, cycle: int | None) -> None:
    """Refuse what the time before the go-live is too short or too even for."""
    after = observed.size - first
    if first < 8 or after < 2:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=8, before=first, after=after)
    if float(observed[:first].std()) <= 1e-12 * max(float(np.max(np.abs(observed))), 1e-300):
        raise NotEstimable(Reason.NO_VARIATION)
    if cycle is not None and first < 2 * cycle:
        raise NotEstimable(Reason.SEASON_NOT_COVERED, needed=2 * cycle, found=first)


def _without_effect(
    before: Any, observed: FloatArray, table: FloatArray | None, first: int, scale: float
) -> tuple[FloatArray, FloatArray]:
    """Fitted path before the go-live and forecast after it, with the errors of single observations."""
    fitted = np.asarray(before.get_prediction().predicted_mean) * scale
    fitted_error = np.sqrt(np.asarray(before.get_prediction().var_pred_mean)) * scale
    # The diffuse start has no forecast; the observed values stand there.
    burn = int(before.loglikelihood_burn)
    fitted[:burn], fitted_error[:burn] = observed[:burn], 0.0
    ahead = before.get_forecast(observed.size - first, exog=None if table is None else table[first:])
    forecast = np.asarray(ahead.predicted_mean) * scale
    forecast_error = np.sqrt(np.asarray(ahead.var_pred_mean)) * scale
    return np.concatenate([fitted, forecast]), np.concatenate([fitted_error, forecast_error])


def _fit(model: Any) -> Any:
    """The first of three optimizers that converges; each begins where the one before stopped.

    A line search can stop short by rounding alone where a variance is near zero, so whether the quick one
    ends well may differ between processors; the simplex does not depend on the gradient.
    """
    from statsmodels.tools.sm_exceptions import ModelWarning  # noqa: PLC0415

    begin = None
    for method in ("lbfgs", "nm", "powell"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)  # convergence is read from the result, below
            result = model.fit(begin, disp=0, method=method, maxiter=4000, cov_type="oim")
        if result.mle_retvals["converged"]:
            return result
        begin = result.params
    raise NotEstimable(Reason.NO_CONVERGENCE)


def _variance(result: Any, name: str, scale: float) -> float:
    return float(result.params[list(result.model.param_names).index(name)]) * scale**2


def _cumulative(
    before: Any,
    after: FloatArray,
    table: FloatArray | None,
    first: int,
    scale: float,
    draws: int,
    rng: Generator,
    level: float,
) -> CumulativeEffect:
    paths = np.asarray(
        before.simulate(
            after.size,
            repetitions=count("draws", draws, minimum=100),
            anchor="end",
            exog=None if table is None else table[first:],
            rng=rng,
        )
    ).reshape(after.size, -1)
    totals = after.sum() - scale * paths.sum(axis=0)
    low, high = np.quantile(totals, [(1 - level) / 2, (1 + level) / 2])
    total = float(totals.mean())
    return CumulativeEffect(
        total=total,
        interval=Interval(low=float(low), high=float(high), level=level),
        average=total / after.size,
        average_interval=Interval(low=float(low) / after.size, high=float(high) / after.size, level=level),
    )
