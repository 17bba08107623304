"""Shares: top-two-box, favorable answers, agreement, within target."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray
from cxstats.errors import InvalidInput
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import (
    Change,
    IntervalTable,
    ShareCounts,
    count_arrays,
    interval_table,
    sampled_part,
    two_sided_z,
)


def wilson(p: FloatArray | float, part: FloatArray | float, z: float) -> tuple[FloatArray, FloatArray]:
    """Wilson limits for share `p` and `part` = 1/n; 0 and 1 are met exactly at the ends."""
    share_seen = np.asarray(p, dtype=np.float64)
    extra = z * z * np.asarray(part, dtype=np.float64)
    centre = (share_seen + extra / 2) / (1 + extra)
    inner = share_seen * (1 - share_seen) * part + extra * part / 4
    half = z * np.sqrt(np.maximum(inner, 0.0)) / (1 + extra)
    low = np.where(share_seen == 0, 0.0, np.clip(centre - half, 0.0, share_seen))
    high = np.where(share_seen == 1, 1.0, np.clip(centre + half, share_seen, 1.0))
    return low, high


def share(*, hits: int, n: int, level: float = 0.95, population: int | None = None) -> Estimate:
    """A share with its Wilson score interval.

    Parameters
    ----------
    hits, n : int
        Answers that count and all answers, 0 <= hits <= n. Missing answers are in neither.
    level : float
        Nominal coverage in (0, 1).
    population : int, optional
        Number who could have answered, >= n; finite-population factor as in `nps`.

    Returns
    -------
    Estimate
        Share in 0..1; `standard_error` is the plain sqrt(p(1 - p)/n) and 0 at the ends, where only
        the interval tells the uncertainty.

    Raises
    ------
    NotEstimable
        NO_DATA when n is 0.
    InvalidInput
        Counts that are negative, not whole, or hits > n.

    Source
    ------
    Wilson (1927), JASA 22:209-212; Newcombe (1998), Statistics in Medicine 17:857-872, method 3.

    Examples
    --------
    >>> favorable = share(hits=81, n=263)
    >>> round(favorable.interval.low, 4), round(favorable.interval.high, 4)
    (0.2553, 0.3662)
    """
    counts = ShareCounts(hits=hits, n=n)
    z = two_sided_z(level)
    value = counts.hits / counts.n
    part = sampled_part(counts.n, population)
    low, high = wilson(value, part, z)
    return Estimate(
        value=value,
        interval=Interval(low=float(low), high=float(high), level=level),
        n=counts.n,
        unit=Unit.SHARE,
        method="Wilson (answers)" + ("" if population is None else ", finite population"),
        standard_error=sqrt(value * (1 - value) * part),
    )


def share_table(*, hits: ArrayLike, n: ArrayLike, level: float = 0.95) -> IntervalTable:
    """Shares of many cells in one pass.

    Parameters
    ----------
    hits, n : array_like of int
        Shapes that broadcast together; whole numbers, 0 <= hits <= n.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    IntervalTable
        Shares in 0..1. `known` is False where n = 0; there value is 0 and the interval 0..1.

    Raises
    ------
    InvalidInput
        Counts that are negative, fractional, non-finite, or hits > n.

    Source
    ------
    As in `share`, cell by cell.

    Examples
    --------
    >>> table = share_table(hits=[81, 0], n=[263, 0])
    >>> table.low.round(4).tolist(), table.known.tolist()
    ([0.2553, 0.0], [True, False])
    """
    z = two_sided_z(level)
    favorable, size = count_arrays(hits=hits, n=n)
    if np.any(favorable > size):
        raise InvalidInput("hits", "at most n in every cell")
    known = size > 0
    part = 1.0 / np.where(known, size, 1.0)
    # hits / n, not hits * (1/n): the ends 0 and 1 must be exact
    value = favorable / np.where(known, size, 1.0)
    low, high = wilson(value, part, z)
    return interval_table(value, np.where(known, low, 0.0), np.where(known, high, 1.0), known)


def share_change(*, before: ShareCounts, after: ShareCounts, level: float = 0.95) -> Change:
    """Change of a share between two independent waves.

    Parameters
    ----------
    before, after : ShareCounts
        Counts of the two waves.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Change
        Difference of shares in -1..1 with Newcombe's hybrid score interval; the test is the pooled
        two-sample z test, and its statistic is 0 where both waves agree completely at 0 or 1.

    Raises
    ------
    InvalidInput
        A level outside (0, 1).

    Source
    ------
    Newcombe (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17:873-890, method 10 (hybrid score).

    Examples
    --------
    >>> change = share_change(before=ShareCounts(hits=48, n=80), after=ShareCounts(hits=56, n=70))
    >>> round(change.estimate.interval.low, 4), round(change.estimate.interval.high, 4)
    (0.0524, 0.3339)
    """
    z = two_sided_z(level)
    p, q = before.hits / before.n, after.hits / after.n
    p_low, p_high = (float(limit) for limit in wilson(p, 1 / before.n, z))
    q_low, q_high = (float(limit) for limit in wilson(q, 1 / after.n, z))
    value = q - p
    pooled = (before.hits + after.hits) / (before.n + after.n)
    spread = sqrt(pooled * (1 - pooled) * (1 / before.n + 1 / after.n))
    statistic = value / spread if spread > 0 else 0.0
    estimate = Estimate(
        value=value,
        interval=Interval(
            low=max(-1.0, value - sqrt((q - q_low) ** 2 + (p_high - p) ** 2)),
            high=min(1.0, value + sqrt((q_high - q) ** 2 + (p - p_low) ** 2)),
            level=level,
        ),
        n=before.n + after.n,
        unit=Unit.SHARE_DIFFERENCE,
        method="Newcombe method 10 (answers)",
        standard_error=sqrt(p * (1 - p) / before.n + q * (1 - q) / after.n),
    )
    return Change(
        estimate=estimate,
        statistic=statistic,
        degrees_of_freedom=None,
        p_value=float(2 * special.ndtr(-abs(statistic))),
    )
