"""Times of cases that are all resolved: median, other quantiles, geometric mean."""

from collections.abc import Sequence
from math import ceil, exp, log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import fraction
from cxstats.durations.sample import DurationSample, TimeQuantile
from cxstats.errors import NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit


def median_duration(*, seconds: ArrayLike | Sequence[float], level: float = 0.95) -> TimeQuantile:
    """Median time with its order-statistic interval.

    Parameters
    ----------
    seconds : array_like of float, shape (n,)
        Times of resolved cases; zero and negative ones are excluded and counted. With open cases use
        `kaplan_meier_quantile`.
    level : float
        Coverage in (0, 1), kept for any continuous distribution.

    Returns
    -------
    TimeQuantile
        Seconds.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_ANSWERS when there are too few cases for both limits (fewer than 6 at 95 %).
    InvalidInput
        Times that are not finite.

    Source
    ------
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.

    Examples
    --------
    >>> found = median_duration(seconds=[60, 120, 180, 240, 300, 360, 900])
    >>> found.value, found.low, found.high
    (240.0, 60.0, 900.0)
    """
    found = quantile_duration(seconds=seconds, share=0.5, level=level)
    if found.high is None:
        needed = ceil(round(1 - log(1 - level, 2), 9))
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=needed, found=found.n)
    return found


def quantile_duration(
    *, seconds: ArrayLike | Sequence[float], share: float = 0.9, level: float = 0.95
) -> TimeQuantile:
    """Time within which a share of cases was resolved (P90 by default), order-statistic interval.

    Parameters
    ----------
    seconds, level
        As in `median_duration`.
    share : float
        In (0, 1).

    Returns
    -------
    TimeQuantile
        Seconds; `low` is 0 and `high` None where too few cases support a limit.

    Raises
    ------
    NotEstimable
        NO_DATA.
    InvalidInput
        Times that are not finite; a share outside (0, 1).

    Source
    ------
    Conover (1999), section 3.2; value: Hyndman and Fan (1996), The American Statistician 50:361-365,
    type 7.

    Examples
    --------
    >>> found = quantile_duration(seconds=range(1, 101), share=0.9)
    >>> round(found.value, 6), found.low, found.high
    (90.1, 84.0, 96.0)
    """
    fraction("level", level)
    target = fraction("share", share)
    sample = DurationSample.of(seconds=seconds)
    ordered = np.sort(sample.closed_seconds())
    n = int(ordered.size)
    tail = (1 - level) / 2
    cumulative = np.asarray(special.bdtr(np.arange(n, dtype=np.float64), n, target))
    # low: largest r with P(X <= r - 1) <= tail; high: smallest s with P(X >= s) <= tail
    below = int(np.sum(cumulative <= tail * (1 + 1e-12)))
    above = np.flatnonzero(1 - cumulative <= tail * (1 + 1e-12))
    return TimeQuantile(
        share=share,
        value=float(np.quantile(ordered, target)),
        low=float(ordered[below - 1]) if below > 0 else 0.0,
        high=float(ordered[above[0]]) if above.size > 0 else None,
        level=level,
        n=n,
        n_open=0,
        excluded=sample.excluded,
        method="order statistics (cases)",
    )


def geometric_mean(*, seconds: ArrayLike | Sequence[float], level: float = 0.95) -> Estimate:
    """Geometric mean of times, t interval on logarithms.

    Parameters
    ----------
    seconds : array_like of float, shape (n,)
        Times of resolved cases; zero and negative ones are left out.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Estimate
        SECONDS; no standard error, since the interval is symmetric in ratio only.

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_ANSWERS with one case; NO_VARIATION when all are alike.
    InvalidInput
        Times that are not finite.

    Source
    ------
    Bland and Altman (1996), Transformations, means, and confidence intervals, BMJ 312:1079.

    Examples
    --------
    >>> round(geometric_mean(seconds=[10, 100, 1000]).value, 6)
    100.0
    """
    fraction("level", level)
    sample = DurationSample.of(seconds=seconds)
    logs = np.log(sample.closed_seconds())
    n = int(logs.size)
    if n < 2:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=n)
    if np.all(logs == logs[0]):
        raise NotEstimable(Reason.NO_VARIATION, n=n)
    middle = float(logs.mean())
    reach = float(special.stdtrit(n - 1, 0.5 + level / 2)) * float(logs.std(ddof=1)) / sqrt(n)
    return Estimate(
        value=exp(middle),
        interval=Interval(low=exp(middle - reach), high=exp(middle + reach), level=level),
        n=n,
        unit=Unit.SECONDS,
        method="geometric mean, t on logs (cases)",
    )
