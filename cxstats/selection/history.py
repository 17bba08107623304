"""What a unit's own history leads one to expect of it: all baselines, each as far as it can be relied on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.power.planned import PlannedErrors
from cxstats.results import Estimate, Interval, Unit
from cxstats.roots import root

_PHI = np.linspace(0.0, 0.9, 13)
_STEPS = 24
_NEGLIGIBLE = 1e-5
_SHOWN = 64  # equally likely models that a planned error is averaged over


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEffect:
    """Effect of the program beyond what each unit's history led to expect.

    `expected_return` is the part of the treated units' rise that their histories explain, relative to the
    others. `reliability` is that of the mean of a unit's whole history, averaged over the components.
    """

    effect: Estimate
    interval_80: Interval
    p_value: float
    degrees_of_freedom: float
    expected_return: float
    reliability: float


def beyond_history(
    *,
    before: ArrayLike,
    after: ArrayLike,
    treated: ArrayLike,
    noise: ArrayLike,
    before_time: ArrayLike,
    after_time: ArrayLike,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> HistoryEffect:
    """Mean later score less what the history predicts, of treated units against the others.

    A unit's score is its own lasting level, a passing part (AR(1)) and sampling noise of known variance.
    Given its whole history a later score does not depend on how the history chose the unit, so that
    ``later - E[later | history]`` compares chosen and unchosen units fairly. How far to rely on a
    history (`rho` where all periods count alike) follows from the components of variance, estimated from
    the histories of all units, not from the regression of later on earlier scores, which has to tell them
    from the program.

    Parameters
    ----------
    before : array (units, periods), metric units
        The whole history, at least two periods.
    after : array (units, later periods)
    treated : sequence (units,) of 0 and 1
    noise : array (units, periods)
        Known sampling variances >= 0 of `before`.
    before_time, after_time : sequences (periods,), (later periods,)
        Strictly increasing period numbers of both, the later ones after the earlier ones.
    unit : Unit
    level : float in (0, 1)

    Returns
    -------
    HistoryEffect

    Raises
    ------
    InvalidInput
        Shapes that do not match.
    NotEstimable
        TOO_FEW_UNITS without three degrees of freedom or with an empty group, TOO_FEW_PERIODS, NO_VARIATION.

    Notes
    -----
    Best linear prediction: Robinson (1991), Statistical Science 6:15, eq. 1.2; choice by what was observed
    does not disturb the likelihood: Rubin (1976), Biometrika 63:581. The components are averaged over
    their likelihood, flat in the standard deviations; the error of the difference comes from the scatter of
    the units around their predictions, t with ``units - 2``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> own = rng.normal(size=(30, 1)) * 5
    >>> scores = own + rng.normal(size=(30, 16)) * 5
    >>> chosen = np.argsort(scores[:, :10].mean(axis=1)) < 0
    >>> chosen[np.argsort(scores[:, :10].mean(axis=1))[:8]] = True
    >>> scores[chosen, 10:] += 20
    >>> found = beyond_history(
    ...     before=scores[:, :10], after=scores[:, 10:], treated=chosen.astype(int),
    ...     noise=np.full((30, 10), 25.0), before_time=np.arange(10), after_time=np.arange(10, 16))
    >>> bool(abs(found.effect.value - 20) < 4)
    True
    """
    history, later, program, variances = _checked(before, after, treated, noise)
    time = _numbers(before_time, after_time, history.shape[1], later.shape[1])
    confidence = fraction("level", level)
    units = len(program)
    freedom = float(units - 2)
    ours = program == 1
    if units < 5 or not ours.any() or ours.all():
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=5, found=units)
    centered = history - history.mean(axis=0)
    components = _components(centered, variances, time)
    outcome = later.mean(axis=1)
    rest = outcome[None, :] - components.predicted
    left, right = rest[:, ours], rest[:, ~ours]
    values = left.mean(axis=1) - right.mean(axis=1)
    squares = left.var(axis=1) * left.shape[1] + right.var(axis=1) * right.shape[1]
    errors = np.sqrt(squares / freedom * (1 / left.shape[1] + 1 / right.shape[1]))
    if not np.all(errors > 1e-10 * max(float(np.abs(outcome).max()), 1e-300)):
        raise NotEstimable(Reason.NO_VARIATION)
    mixture = _Mixture(weights=components.weights, values=values, errors=errors, freedom=freedom)
    value = float(components.weights @ values)
    spread = float(components.weights @ (errors**2 + values**2)) - value**2
    plain = float(outcome[ours].mean() - outcome[~ours].mean())
    earlier = float(history[ours].mean() - history[~ours].mean())
    return HistoryEffect(
        effect=Estimate(
            value=value,
            interval=mixture.interval(confidence),
            n=units,
            unit=unit,
            method="beyond_history",
            standard_error=float(np.sqrt(max(spread, 0.0))),
        ),
        interval_80=mixture.interval(0.80),
        p_value=mixture.p_value(),
        degrees_of_freedom=freedom,
        expected_return=plain - value - earlier,
        reliability=float(components.weights @ components.reliability),
    )


def planned_beyond_history(
    *, before: ArrayLike, noise: ArrayLike, treated: int, before_time: ArrayLike, after_time: ArrayLike
) -> PlannedErrors:
    """Errors of `beyond_history` for later periods that nobody has seen yet, for each model of variance.

    Parameters
    ----------
    before, noise : arrays (units, periods)
        The whole history and its known sampling variances; the first `treated` rows will get the program.
    treated : int >= 1
    before_time, after_time : sequences (periods,), (later periods,)

    Raises
    ------
    NotEstimable
        TOO_FEW_UNITS, TOO_FEW_PERIODS, NO_VARIATION as `beyond_history`.

    Notes
    -----
    Variance of a later mean given the history (normal components), later periods with as many answers as
    those so far; one error for each side's mean.
    """
    history, variances = np.asarray(before, dtype=np.float64), np.asarray(noise, dtype=np.float64)
    later = finite_vector("after_time", after_time)
    time = _numbers(before_time, after_time, history.shape[1], later.size)
    units, mine = len(history), count("treated", treated, minimum=1)
    if units < 5 or mine >= units:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=5, found=units)
    parts = _components(history - history.mean(axis=0), variances, time)
    middles = (np.arange(_SHOWN) + 0.5) / _SHOWN
    kept = np.searchsorted(np.cumsum(parts.weights), middles * float(parts.weights.sum()))
    sampling = variances.mean(axis=0)
    typical = 0.0 if not np.all(sampling > 0) else 1.0 / float(np.mean(1.0 / sampling))
    known = np.append(sampling, np.full(later.size, typical))
    left = [
        _left_after_history(phi, passing, lasting, known, time, history.shape[1])
        for phi, passing, lasting in zip(
            parts.phi[kept], parts.passing[kept], parts.lasting[kept], strict=True
        )
    ]
    errors = np.sqrt(np.array(left) * (1 / mine + 1 / (units - mine)))
    if not np.all(errors > 0):
        raise NotEstimable(Reason.NO_VARIATION)
    weights = np.full(_SHOWN, 1.0 / _SHOWN)
    return PlannedErrors(weights=weights, errors=errors, freedom=float(units - 2))


def _left_after_history(
    phi: float, passing: float, lasting: float, noise: FloatArray, time: FloatArray, known: int
) -> float:
    """Variance of one unit's mean later score given its history."""
    distance = np.abs(np.subtract.outer(time, time))
    covariance = lasting**2 + passing**2 * np.power(phi, distance) + np.diag(noise)
    ahead = np.where(np.arange(time.size) < known, 0.0, 1.0 / (time.size - known))
    across = covariance @ ahead
    floor = 1e-9 * float(np.trace(covariance)) * np.eye(known)
    told = np.linalg.solve(covariance[:known, :known] + floor, across[:known])
    return float(ahead @ across - across[:known] @ told)


@dataclass(frozen=True, slots=True)
class _Components:
    """Weights (k,) of the components of variance, predictions (k, units) of the mean later score, and the
    components: persistence, standard deviations of the passing and the lasting part, each (k,)."""

    weights: FloatArray
    predicted: FloatArray
    reliability: FloatArray
    phi: FloatArray
    passing: FloatArray
    lasting: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mixture:
    """Student distributions around several values."""

    weights: FloatArray
    values: FloatArray
    errors: FloatArray
    freedom: float

    def below(self, point: float) -> float:
        return float(self.weights @ special.stdtr(self.freedom, (point - self.values) / self.errors))

    def interval(self, level: float) -> Interval:
        reach = 40.0 * float(special.stdtrit(self.freedom, (1 + level) / 2)) * float(self.errors.max())
        low, high = float(self.values.min()) - reach, float(self.values.max()) + reach
        tail = (1 - level) / 2
        return Interval(
            low=root(lambda x: self.below(x) - tail, low, high),
            high=root(lambda x: self.below(x) - (1 - tail), low, high),
            level=level,
        )

    def p_value(self) -> float:
        below = self.below(0.0)
        return min(1.0, 2.0 * min(below, 1.0 - below))


def _components(centered: FloatArray, noise: FloatArray, time: FloatArray) -> _Components:
    """Lasting and passing standard deviations and the persistence, weighed by the histories' likelihood."""
    units, periods = centered.shape
    total = float(np.sqrt(np.mean(centered**2)))
    within = float(np.sqrt(centered.var(axis=1, ddof=1).mean()))
    if total <= 0:
        raise NotEstimable(Reason.NO_VARIATION)
    floor = np.maximum(noise, (1e-3 * total) ** 2)
    # The common path is estimated, which takes a share of 1 / units from every square.
    share = (units - 1) / units
    passing, lasting = (
        np.linspace(0.0, 1.5 * max(within, 1e-9), _STEPS),
        np.linspace(0.0, 2.0 * total, 2 * _STEPS),
    )
    phi, sd = (axis.ravel() for axis in np.meshgrid(_PHI, passing, indexing="ij"))
    state, log_determinant, cross, precision = _filtered(centered, floor, time[:periods], phi, sd)
    ahead = time[periods:] - time[periods - 1]
    fading = np.mean(phi[:, None] ** ahead[None, :], axis=1)
    squared = lasting[None, None, :] ** 2
    shrink = squared / (1.0 + squared * precision[:, :, None])
    likelihood = -0.5 * (
        log_determinant[:, :, None]
        + np.log1p(squared * precision[:, :, None])
        - shrink * cross[:, :, None] ** 2
    )
    summed = share * likelihood.sum(axis=1)  # the quadratic form without the lasting part is added below
    summed -= 0.5 * share * state.squares.sum(axis=1)[:, None]
    weights = np.exp(summed - summed.max())
    weights *= (_spacing(_PHI)[:, None] * _spacing(passing)[None, :]).ravel()[:, None] * _spacing(lasting)[
        None, :
    ]
    weights /= weights.sum()
    model, level = np.nonzero(weights > _NEGLIGIBLE)
    kept = weights[model, level]
    own = shrink[model, :, level] * cross[model]
    predicted = own + fading[model, None] * (state.values[model] - own * state.ones[model])
    several = lasting[level] ** 2
    mean_noise = 1.0 / precision[model].mean(axis=1)
    return _Components(
        kept / kept.sum(),
        predicted,
        several / np.maximum(several + mean_noise, 1e-300),
        phi[model],
        sd[model],
        lasting[level],
    )


@dataclass(frozen=True, slots=True)
class _State:
    """Filtered passing part (g, units) of the values and of a constant, squares of whitened values."""

    values: FloatArray
    ones: FloatArray
    squares: FloatArray


def _filtered(
    centered: FloatArray, noise: FloatArray, time: FloatArray, phi: FloatArray, sd: FloatArray
) -> tuple[_State, FloatArray, FloatArray, FloatArray]:
    """Kalman filter of every history under every passing part: the state at its end, log determinant, and the
    products of the whitened constant with the whitened values and with itself, all (g, units)."""
    shape = (phi.size, len(centered))
    values, ones = np.zeros(shape), np.zeros(shape)
    squares, cross, precision, log_determinant = (np.zeros(shape) for _ in range(4))
    stationary = (sd**2)[:, None]
    variance = np.broadcast_to(stationary, shape)
    for t in range(centered.shape[1]):
        if t > 0:
            decay = phi[:, None] ** (time[t] - time[t - 1])
            values, ones = decay * values, decay * ones
            variance = decay**2 * variance + (1 - decay**2) * stationary
        innovation = variance + noise[None, :, t]
        late, constant = centered[None, :, t] - values, 1.0 - ones
        gain = variance / innovation
        squares += late**2 / innovation
        cross += late * constant / innovation
        precision += constant**2 / innovation
        log_determinant += np.log(innovation)
        values, ones = values + gain * late, ones + gain * constant
        variance = variance * (1.0 - gain)
    return _State(values, ones, squares), log_determinant, cross, precision


def _spacing(axis: FloatArray) -> FloatArray:
    """Weights of the trapezoidal rule."""
    widths = np.diff(axis)
    return np.asarray((np.append(widths, 0.0) + np.append(0.0, widths)) / 2, dtype=np.float64)


def _checked(
    before: ArrayLike, after: ArrayLike, treated: ArrayLike, noise: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    history, later, variances = (np.asarray(each, dtype=np.float64) for each in (before, after, noise))
    program = finite_vector("treated", treated)
    for name, table in (("before", history), ("after", later), ("noise", variances)):
        if table.ndim != 2 or len(table) != program.size or not np.all(np.isfinite(table)):
            raise InvalidInput(name, "a complete finite table, one row per unit")
    if variances.shape != history.shape or np.any(variances < 0):
        raise InvalidInput("noise", "variances >= 0, as many as scores before")
    if not np.all((program == 0) | (program == 1)):
        raise InvalidInput("treated", "0 or 1 for each unit")
    if history.shape[1] < 2 or later.shape[1] < 1:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=2, before=history.shape[1], after=later.shape[1])
    return history, later, program, variances


def _numbers(before: ArrayLike, after: ArrayLike, earlier: int, later: int) -> FloatArray:
    """Period numbers of both sides in one row."""
    first, last = finite_vector("before_time", before), finite_vector("after_time", after)
    together = np.concatenate([first, last])
    if (first.size, last.size) != (earlier, later) or np.any(np.diff(together) <= 0):
        raise InvalidInput("after_time", "increasing period numbers, one for each column")
    return together
