"""Mean log time of a group with open cases: every case followed equally long, a censored likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, fraction, real
from cxstats.durations.sample import DurationSample
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special

_STEPS = 2000
_LEAST_ENDED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedTimes:
    """Log seconds of a group whose cases were followed for `horizon` seconds at most.

    `mean` and `spread` are those of the log times, `standard_error` that of the mean. `ended` cases were
    resolved within the horizon; `unsettled` ones are open and have not been watched for that long yet.
    """

    mean: float
    spread: float
    standard_error: float
    ended: int
    unsettled: int
    horizon: float


def horizon_of(
    *,
    seconds: ArrayLike | Sequence[float],
    resolved: Sequence[bool],
    share: float = 0.9,
) -> float:
    """For how long cases should be followed: the time within which so many of those resolved were.

    Raises
    ------
    NotEstimable
        NO_DATA without a resolved case.

    Examples
    --------
    >>> horizon_of(seconds=[10, 20, 30, 40, 900], resolved=[True, True, True, True, False], share=0.5)
    25.0
    """
    sample = DurationSample.of(seconds=seconds, resolved=resolved)
    ended = sample.seconds[sample.resolved]
    if ended.size == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    return float(np.quantile(ended, fraction("share", share)))


def followed_log_times(
    *, seconds: ArrayLike | Sequence[float], resolved: Sequence[bool], horizon: float
) -> FollowedTimes:
    """Mean of the log times by maximum likelihood of a censored normal distribution.

    Every case is followed up to the same horizon, whatever is known of it later: groups of different age are
    then observed in the same way, and what the distribution does beyond the horizon cancels out of their
    ratio.

    Parameters
    ----------
    seconds, resolved
        As in `kaplan_meier`: age so far where a case is open. Zero and negative times are left out.
    horizon : float > 0
        Seconds.

    Raises
    ------
    NotEstimable
        TOO_FEW_ANSWERS with fewer than three cases that ended within the horizon, NO_VARIATION where these
        are all alike, NO_CONVERGENCE.
    InvalidInput
        As `kaplan_meier`; a horizon that is not positive.

    Source
    ------
    Cohen (1959), Technometrics 1:217-237 (censored normal samples); expectation and maximization: Dempster,
    Laird and Rubin (1977), JRSS B 39:1-38, section 4.2; the error is from the observed information.

    Examples
    --------
    >>> found = followed_log_times(seconds=[1, 2, 4, 8, 16], resolved=[True] * 5, horizon=100.0)
    >>> round(found.mean / float(np.log(2)), 9), found.unsettled
    (2.0, 0)
    """
    limit = real("horizon", horizon)
    if limit <= 0:
        raise InvalidInput("horizon", "a number of seconds > 0")
    sample = DurationSample.of(seconds=seconds, resolved=resolved)
    within = sample.resolved & (sample.seconds <= limit)
    ended = np.log(sample.seconds[within])
    still = np.log(np.minimum(sample.seconds[~within], limit))
    if ended.size < _LEAST_ENDED:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=_LEAST_ENDED, found=int(ended.size))
    if float(np.ptp(ended)) == 0.0:
        raise NotEstimable(Reason.NO_VARIATION, n=int(ended.size))
    mean, spread = _likeliest(ended, still)
    unsettled = int(np.sum(~sample.resolved & (sample.seconds < limit)))
    return FollowedTimes(
        mean=mean,
        spread=spread,
        standard_error=_error_of_mean(ended, still, mean, spread),
        ended=int(ended.size),
        unsettled=unsettled,
        horizon=limit,
    )


def _likeliest(ended: FloatArray, still: FloatArray) -> tuple[float, float]:
    """Open cases are replaced by what mean and spread let expect of them, over and over."""
    mean, spread = float(ended.mean()), float(ended.std())
    size = ended.size + still.size
    for _ in range(_STEPS):
        at = (still - mean) / spread
        beyond = _mills(at)
        first = mean + spread * beyond
        second = mean**2 + spread**2 + spread * beyond * (still + mean)
        new_mean = float(ended.sum() + first.sum()) / size
        new_spread = float(np.sqrt((ended @ ended + second.sum()) / size - new_mean**2))
        change = abs(new_mean - mean) + abs(new_spread - spread)
        mean, spread = new_mean, new_spread
        if change < 1e-10 * (1.0 + spread):
            return mean, spread
    raise NotEstimable(Reason.NO_CONVERGENCE)


def _error_of_mean(ended: FloatArray, still: FloatArray, mean: float, spread: float) -> float:
    """From the inverse of the observed information about mean and log spread."""
    rest, at = (ended - mean) / spread, (still - mean) / spread
    beyond = _mills(at)
    slope = beyond * (beyond - at)
    of_mean = (ended.size + float(slope.sum())) / spread**2
    mixed = (2 * float(rest.sum()) + float((at * slope + beyond).sum())) / spread
    of_spread = 2 * float(rest @ rest) + float((at * (at * slope + beyond)).sum())
    determinant = of_mean * of_spread - mixed**2
    if determinant <= 0:
        raise NotEstimable(Reason.NO_CONVERGENCE)
    return float(np.sqrt(of_spread / determinant))


def _mills(at: FloatArray) -> FloatArray:
    """Density by upper tail of the standard normal distribution."""
    near = np.minimum(at, 25.0)
    found = np.exp(-(near**2) / 2) / np.sqrt(2 * np.pi) / special.ndtr(-near)
    return np.where(at > 25.0, at + 1 / np.maximum(at, 1.0), found)
