"""When did the level of a series change? Optimal partition, looking back."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, real
from cxstats.control.charts import widening
from cxstats.errors import InvalidInput, NotEstimable, Reason

MEDIAN_OF_ABSOLUTE_NORMAL = 0.6744897501960817


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Periods `start` to `stop` (half-open) at one level, metric units."""

    start: int
    stop: int
    level: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePoints:
    """`breaks` are the first periods of new levels, ascending; none if empty.

    `noise` is the standard deviation used to scale the series (of one value whose given variance is 1,
    or of one value where no variances were given); `penalty` what one more break had to earn.
    """

    breaks: tuple[int, ...]
    segments: tuple[Segment, ...]
    penalty: float
    noise: float


def change_points(
    *,
    values: ArrayLike | Sequence[float],
    variances: ArrayLike | Sequence[float] | None = None,
    penalty_factor: float = 3.0,
    minimum_length: int = 2,
    autocorrelation: float = 0.0,
) -> ChangePoints:
    """Periods at which the level of a series changed.

    Parameters
    ----------
    values : array_like of float, shape (T,)
        In order of time, T >= 2 x minimum_length.
    variances : array_like of float, shape (T,), optional
        Sampling variance of each value (v_t / n_t), > 0; periods with few answers then weigh less. Scatter
        beyond it is estimated and added as a factor.
    penalty_factor : float
        A break must lower the scaled squared error by this times log T, > 0.
    minimum_length : int
        Shortest level, periods, >= 1.
    autocorrelation : float
        Lag-one autocorrelation in (-1, 1); positive values raise the penalty by (1 + phi)/(1 - phi).

    Returns
    -------
    ChangePoints
        The exact optimum over all partitions.

    Raises
    ------
    NotEstimable
        TOO_FEW_PERIODS; NO_VARIATION when all values are alike.
    InvalidInput
        Numbers that are not finite, or arguments outside their range.

    Notes
    -----
    Noise is the median absolute difference of neighbors (robust against the breaks themselves); where more
    than half the neighbors are equal, their root mean square difference.

    Source
    ------
    Jackson et al. (2005), IEEE Signal Processing Letters 12:105-108 (optimal partitioning, the exact
    recursion behind PELT: Killick, Fearnhead and Eckley 2012, JASA 107:1590-1598).

    Examples
    --------
    >>> change_points(values=[1, 2, 1, 2, 1, 2, 9, 8, 9, 8, 9, 8]).breaks
    (6,)
    """
    shortest = count("minimum_length", minimum_length, minimum=1)
    factor = real("penalty_factor", penalty_factor)
    if factor <= 0:
        raise InvalidInput("penalty_factor", "a number > 0")
    series = finite_vector("values", values, minimum=0)
    if series.size < max(2 * shortest, 2):
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=max(2 * shortest, 2), found=int(series.size))
    if np.all(series == series[0]):
        raise NotEstimable(Reason.NO_VARIATION, periods=int(series.size))
    spread = np.ones(series.size) if variances is None else finite_vector("variances", variances)
    if spread.size != series.size or np.any(spread <= 0):
        raise InvalidInput("variances", f"{series.size} numbers > 0")
    noise = _noise(series, spread)
    if variances is not None:
        noise = max(noise, 1.0)
    penalty = factor * log(series.size) * widening(autocorrelation) ** 2
    weight = 1 / (spread * noise**2)
    starts = _best_partition(series - float(np.median(series)), weight, penalty, shortest)
    ends = [*starts[1:], series.size]
    return ChangePoints(
        breaks=tuple(starts[1:]),
        segments=tuple(
            Segment(
                start=start,
                stop=stop,
                level=float(weight[start:stop] @ series[start:stop] / weight[start:stop].sum()),
            )
            for start, stop in zip(starts, ends, strict=True)
        ),
        penalty=penalty,
        noise=noise,
    )


def _noise(series: FloatArray, spread: FloatArray) -> float:
    steps = np.diff(series) / np.sqrt(spread[1:] + spread[:-1])
    robust = float(np.median(np.abs(steps))) / MEDIAN_OF_ABSOLUTE_NORMAL
    return robust if robust > 0 else sqrt(float(np.mean(steps**2)))


def _best_partition(series: FloatArray, weight: FloatArray, penalty: float, shortest: int) -> list[int]:
    """Starts of the segments of the partition with least cost + penalty per break."""
    length = series.size
    w = np.concatenate([[0.0], np.cumsum(weight)])
    wx = np.concatenate([[0.0], np.cumsum(weight * series)])
    wxx = np.concatenate([[0.0], np.cumsum(weight * series**2)])
    best = np.full(length + 1, np.inf)
    best[0] = -penalty
    previous = np.zeros(length + 1, dtype=np.int64)
    for stop in range(shortest, length + 1):
        start = np.arange(0, stop - shortest + 1)
        cost = wxx[stop] - wxx[start] - (wx[stop] - wx[start]) ** 2 / (w[stop] - w[start])
        total = best[start] + cost + penalty
        choice = int(np.argmin(total))
        best[stop], previous[stop] = total[choice], start[choice]
    starts, stop = [], length
    while stop > 0:
        stop = int(previous[stop])
        starts.append(stop)
    return starts[::-1]
