"""Kaplan-Meier: times to resolution when some cases are still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, fraction, real
from cxstats.durations.sample import DurationSample, TimeQuantile
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit

EDGE = 1e-12  # two shares closer than this are the same: products of fractions carry rounding


@dataclass(frozen=True, kw_only=True, slots=True)
class SurvivalCurve:
    """Share still open just after each time at which a case was resolved.

    `times` (seconds, ascending, distinct), `still_open` with limits `low` and `high`, Greenwood's
    `standard_error`, `at_risk` and `resolved` at each time. `longest` is the longest time seen.
    """

    times: FloatArray
    still_open: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: NDArray[np.int64]
    resolved: NDArray[np.int64]
    longest: float
    level: float
    n: int
    n_open: int
    excluded: int


def kaplan_meier(
    *,
    seconds: ArrayLike | Sequence[float],
    resolved: Sequence[bool] | None = None,
    level: float = 0.95,
) -> SurvivalCurve:
    """Kaplan-Meier curve of cases still open, with pointwise log-log limits.

    Parameters
    ----------
    seconds : array_like of float, shape (n,)
        Time to resolution, or time open so far. Zero and negative times are excluded and counted;
        NaN is refused.
    resolved : sequence of bool, length n, optional
        False where the case is still open. None: all are resolved.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    SurvivalCurve
        Shares in 0..1. Where the last case at risk is resolved the share is 0 and its upper limit is
        the Wilson limit for 0 of the cases at risk there.

    Raises
    ------
    NotEstimable
        NO_DATA without usable times; NEVER_REACHED when no case is resolved.
    InvalidInput
        Times that are not finite, or flags that do not match them.

    Notes
    -----
    A case that was still open at the very time at which another was resolved counts as at risk then.
    Assumes that being open at the cut-off says nothing of how long a case will take.

    Source
    ------
    Kaplan and Meier (1958), JASA 53:457-481; Greenwood (1926); log-log limits: Kalbfleisch and Prentice
    (2002), The Statistical Analysis of Failure Time Data, 2nd ed., eq. 1.13.

    Examples
    --------
    >>> curve = kaplan_meier(seconds=[2, 3, 3, 5, 8], resolved=[True, True, False, True, False])
    >>> curve.times.tolist(), curve.still_open.round(3).tolist()
    ([2.0, 3.0, 5.0], [0.8, 0.6, 0.3])
    """
    z = NormalDist().inv_cdf(0.5 + fraction("level", level) / 2)
    sample = DurationSample.of(seconds=seconds, resolved=resolved)
    times, events = np.unique(sample.seconds[sample.resolved], return_counts=True)
    if times.size == 0:
        raise NotEstimable(Reason.NEVER_REACHED, resolved=0, n=sample.n)
    ordered = np.sort(sample.seconds)
    at_risk = sample.n - np.searchsorted(ordered, times, side="left")
    still_open = np.cumprod((at_risk - events) / at_risk)
    remaining = at_risk - events
    ended = remaining == 0
    # Greenwood's sum; undefined in the last step of a curve that ends in 0
    greenwood = np.cumsum(events / (at_risk * np.where(ended, 1, remaining)))
    standard_error = np.where(ended, 0.0, still_open * np.sqrt(greenwood))
    log_share = np.log(np.where(ended, 0.5, still_open))
    reach = z * np.sqrt(greenwood) / -log_share
    low = np.where(ended, 0.0, np.exp(log_share * np.exp(reach)))
    wilson_zero = z * z / (at_risk + z * z)
    high = np.where(ended, wilson_zero, np.exp(log_share * np.exp(-reach)))
    if ended[-1] and times.size > 1:
        high[-1] = min(high[-1], high[-2])  # few at risk at the end: what held before still holds
    for array in (times, still_open, standard_error, low, high, at_risk, events):
        array.setflags(write=False)
    return SurvivalCurve(
        times=times,
        still_open=still_open,
        standard_error=standard_error,
        low=low,
        high=high,
        at_risk=at_risk,
        resolved=events,
        longest=float(ordered[-1]),
        level=level,
        n=sample.n,
        n_open=sample.n_open,
        excluded=sample.excluded,
    )


def kaplan_meier_quantile(
    *,
    seconds: ArrayLike | Sequence[float],
    resolved: Sequence[bool] | None = None,
    share: float = 0.5,
    level: float = 0.95,
) -> TimeQuantile:
    """Time by which a share of the cases is resolved, open cases taken into account.

    Parameters
    ----------
    seconds, resolved, level
        As in `kaplan_meier`.
    share : float
        In (0, 1): 0.5 for the median, 0.9 for P90.

    Returns
    -------
    TimeQuantile
        Seconds. The limits are the times at which the limits of the curve pass 1 - share; `high` is
        None where the upper one never does. Where the curve is flat exactly at 1 - share, the middle of
        the flat part (as in R's `survfit`).

    Raises
    ------
    NotEstimable
        NEVER_REACHED when fewer than `share` are resolved within the longest time seen; NO_DATA.
    InvalidInput
        As in `kaplan_meier`, or a share outside (0, 1).

    Source
    ------
    Brookmeyer and Crowley (1982), A confidence interval for the median survival time, Biometrics
    38:29-41, with the log-log transform (Klein and Moeschberger 2003, Survival Analysis, section 4.5).

    Examples
    --------
    >>> kaplan_meier_quantile(seconds=[2, 3, 3, 5, 8], resolved=[True, True, False, True, False]).value
    5.0
    """
    target = 1 - fraction("share", share)
    curve = kaplan_meier(seconds=seconds, resolved=resolved, level=level)
    value = _time_at(curve.times, curve.still_open, target)
    if value is None:
        raise NotEstimable(
            Reason.NEVER_REACHED,
            share=share,
            resolved_share=1 - float(curve.still_open[-1]),
            open_cases=curve.n_open,
        )
    low = _time_at(curve.times, curve.low, target)
    return TimeQuantile(
        share=share,
        value=value,
        low=value if low is None else min(low, value),
        high=_time_at(curve.times, curve.high, target),
        level=level,
        n=curve.n,
        n_open=curve.n_open,
        excluded=curve.excluded,
        method="Kaplan-Meier, Brookmeyer-Crowley log-log (cases)",
    )


def share_resolved_within(
    *,
    limit: float,
    seconds: ArrayLike | Sequence[float],
    resolved: Sequence[bool] | None = None,
    level: float = 0.95,
) -> Estimate:
    """Share of cases resolved within a time limit, open cases taken into account.

    Parameters
    ----------
    limit : float
        Seconds, > 0.
    seconds, resolved, level
        As in `kaplan_meier`.

    Returns
    -------
    Estimate
        SHARE 0..1. At 0 or 1 the Wilson limit with the number still at risk replaces the log-log limits,
        which have no width there.

    Raises
    ------
    NotEstimable
        NO_DATA; NEVER_REACHED when no case was watched as long as `limit` and some are still open.
    InvalidInput
        As in `kaplan_meier`, or a limit that is not above 0.

    Source
    ------
    As in `kaplan_meier`; the ends: Rothman (1978), Journal of Chronic Diseases 31:557-560.

    Examples
    --------
    >>> round(share_resolved_within(limit=4, seconds=[2, 3, 3, 5, 8],
    ...                             resolved=[True, True, False, True, False]).value, 6)
    0.4
    """
    if real("limit", limit) <= 0:
        raise InvalidInput("limit", "a number of seconds > 0")
    z = NormalDist().inv_cdf(0.5 + fraction("level", level) / 2)
    sample = DurationSample.of(seconds=seconds, resolved=resolved)
    longest = float(sample.seconds.max())
    open_at_end = bool(np.any(~sample.resolved[sample.seconds == longest]))
    if limit > longest and open_at_end:
        raise NotEstimable(Reason.NEVER_REACHED, limit=limit, longest=longest, open_cases=sample.n_open)
    if not np.any(sample.resolved & (sample.seconds <= limit)):
        at_risk = int(np.sum(sample.seconds >= min(limit, longest)))
        return _within(0.0, 0.0, z * z / (at_risk + z * z), 0.0, sample.n, level)
    curve = kaplan_meier(seconds=seconds, resolved=resolved, level=level)
    index = int(np.searchsorted(curve.times, limit, side="right")) - 1
    return _within(
        1 - float(curve.still_open[index]),
        1 - float(curve.high[index]),
        1 - float(curve.low[index]),
        float(curve.standard_error[index]),
        curve.n,
        level,
    )


def _within(value: float, low: float, high: float, error: float, n: int, level: float) -> Estimate:
    return Estimate(
        value=value,
        interval=Interval(low=low, high=high, level=level),
        n=n,
        unit=Unit.SHARE,
        method="Kaplan-Meier log-log (cases)",
        standard_error=error,
    )


def _time_at(times: FloatArray, curve: FloatArray, target: float) -> float | None:
    """First time at which the falling curve is at or below target; middle of a flat part at target."""
    reached = np.flatnonzero(curve <= target + EDGE)
    if reached.size == 0:
        return None
    first = int(reached[0])
    below = np.flatnonzero(curve < target - EDGE)
    if abs(curve[first] - target) <= EDGE and below.size > 0:
        return float((times[first] + times[below[0]]) / 2)
    return float(times[first])
