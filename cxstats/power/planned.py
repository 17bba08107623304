"""From the errors that a planned estimate may have to the smallest effect that it would show."""

from dataclasses import dataclass, replace

import numpy as np

from cxstats.checks import FloatArray, fraction
from cxstats.later import special
from cxstats.roots import root

_SCALES = 400  # equally likely values of the estimated error


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedErrors:
    """Standard errors (k,) of a planned estimate under noise models of these `weights` (k,), sum 1.

    `freedom`: degrees of freedom of the error that the evaluation will estimate anew; infinite where it will
    average over noise models instead.
    """

    weights: FloatArray
    errors: FloatArray
    freedom: float

    @property
    def standard_error(self) -> float:
        """Root of the mean variance."""
        return float(np.sqrt(self.weights @ self.errors**2))

    def referred_to(self, freedom: float) -> "PlannedErrors":
        """The same errors for an evaluation with other degrees of freedom."""
        return replace(self, freedom=freedom)


def smallest_effect(*, planned: PlannedErrors, level: float = 0.95, power: float = 0.80) -> float:
    """Effect whose interval will exclude zero on its side with the given probability, metric units > 0.

    Parameters
    ----------
    planned : PlannedErrors
    level : float in (0, 1)
        Of the interval.
    power : float in (0, 1)

    Notes
    -----
    With `freedom` degrees of freedom the interval is as wide as the error that will be estimated: one-sided
    noncentral t, averaged over the noise models. Without, it is wide enough for the mixture of all models
    and the estimate scatters as one of them says.

    Examples
    --------
    >>> one = PlannedErrors(weights=np.array([1.0]), errors=np.array([1.0]), freedom=np.inf)
    >>> round(smallest_effect(planned=one), 3)
    2.802
    >>> round(smallest_effect(planned=one.referred_to(8.0)), 2)
    3.2
    """
    confidence, target = fraction("level", level), fraction("power", power)
    tail = (1 + confidence) / 2
    largest = float(planned.errors.max())
    if np.isinf(planned.freedom):
        half = root(lambda point: _below(planned, point) - tail, 0.0, 40.0 * largest)
        halves = half / planned.errors[:, None]
    else:
        halves = float(special.stdtrit(planned.freedom, tail)) * _estimated(planned.freedom)[None, :]

    def shown(effect: float) -> float:
        beyond = special.ndtr(effect / planned.errors[:, None] - halves)
        return float(planned.weights @ beyond.mean(axis=1))

    return root(lambda effect: shown(effect) - target, 0.0, (40.0 + float(halves.max())) * largest)


def _below(planned: PlannedErrors, point: float) -> float:
    return float(planned.weights @ special.ndtr(point / planned.errors))


def _estimated(freedom: float) -> FloatArray:
    """Estimated over true error at equally likely probabilities: root of chi-square by its mean."""
    upper = (np.arange(_SCALES) + 0.5) / _SCALES
    return np.asarray(np.sqrt(special.chdtri(freedom, upper) / freedom), dtype=np.float64)
