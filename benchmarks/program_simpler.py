"""What simpler analyses say of the same simulated claims: the sum of all effects with a range of 90 %."""

from collections.abc import Callable

import numpy as np
from scipy import optimize

Z90 = 1.6448536269514722
type Ends = tuple[float, float]


def plugged_in(values: np.ndarray, errors: np.ndarray) -> Ends:
    """Empirical Bayes with the most likely mean and spread taken for the true ones."""
    mean, spread = _most_likely(values, errors, center=None)
    return _given(values, errors, mean, spread)


def towards_zero(values: np.ndarray, errors: np.ndarray) -> Ends:
    """The same with a mean of zero: nothing happened until shown."""
    return _given(values, errors, *_most_likely(values, errors, center=0.0))


def spike_at_zero(values: np.ndarray, errors: np.ndarray) -> Ends:
    """Each effect is zero with a chance that is most likely, else from a normal distribution around zero."""

    def density(share: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
        none = share * _normal(values, errors**2)
        return none, (1 - share) * _normal(values, errors**2 + spread**2)

    def minus_log(both: np.ndarray) -> float:
        none, some = density(1 / (1 + np.exp(-both[0])), np.exp(both[1]))
        return -float(np.log(none + some + 1e-300).sum())

    start = np.array([0.0, np.log(2 * np.median(errors))])
    share, spread = optimize.minimize(minus_log, start, method="Nelder-Mead").x
    spread = np.exp(np.clip(spread, -20, 20))
    none, some = density(1 / (1 + np.exp(-share)), spread)
    alive = some / (none + some + 1e-300)
    kept = spread**2 / (spread**2 + errors**2)
    middle, inner = alive * kept * values, alive * kept * errors**2
    variance = inner + alive * (1 - alive) * (kept * values) ** 2
    return _ends(float(middle.sum()), float(variance.sum()))


SIMPLER: dict[str, Callable[[np.ndarray, np.ndarray], Ends]] = {
    "plugged in": plugged_in,
    "towards zero": towards_zero,
    "spike at zero": spike_at_zero,
}


def _given(values: np.ndarray, errors: np.ndarray, mean: float, spread: float) -> Ends:
    kept = spread**2 / (spread**2 + errors**2)
    return _ends(float((mean + kept * (values - mean)).sum()), float((kept * errors**2).sum()))


def _most_likely(values: np.ndarray, errors: np.ndarray, center: float | None) -> tuple[float, float]:
    def mean(spread: float) -> float:
        weight = 1 / (errors**2 + spread**2)
        return float(weight @ values / weight.sum()) if center is None else center

    def minus_log(spread: float) -> float:
        variance = errors**2 + spread**2
        return float(np.sum(np.log(variance) + (values - mean(spread)) ** 2 / variance))

    reach = float(np.abs(values).max() + errors.max())
    spread = float(optimize.minimize_scalar(minus_log, bounds=(0, reach), method="bounded").x)
    return mean(spread), spread


def _normal(values: np.ndarray, variance: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-0.5 * values**2 / variance) / np.sqrt(variance))


def _ends(middle: float, variance: float) -> Ends:
    half = Z90 * float(np.sqrt(variance))
    return middle - half, middle + half
