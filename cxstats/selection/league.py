"""League tables that do not punish small units: shrunken scores and intervals for ranks."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Interval
from cxstats.roots import root


@dataclass(frozen=True, kw_only=True, slots=True)
class LeagueRow:
    """One unit: its score, its score shrunk to the portfolio mean, its rank (1 is best) with interval."""

    position: int
    score: float
    shrunken: float
    weight: float
    interval: Interval
    rank: int
    rank_interval: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class League:
    """Rows in the order given; `mean` and `between` are the portfolio's mean and true variance."""

    rows: tuple[LeagueRow, ...]
    mean: float
    between: float


def league_table(
    *,
    scores: ArrayLike,
    sampling_variances: ArrayLike,
    rng: Generator,
    higher_is_better: bool = True,
    draws: int = 4000,
    level: float = 0.95,
) -> League:
    """Shrink each unit to the portfolio mean and give its rank an interval.

    ``shrunken_i = mu + B_i (y_i - mu)``, ``B_i = sb2 / (sb2 + v_i)``; `sb2` by Paule-Mandel.

    Parameters
    ----------
    scores : sequence (units,), metric units
    sampling_variances : sequence (units,)
        Variance of each score (one answer's variance over n), > 0.
    rng : numpy.random.Generator
        Draws of the ranks.
    higher_is_better : bool
    draws : int
    level : float in (0, 1)

    Raises
    ------
    InvalidInput
        Lengths that do not match, variances that are not positive.
    NotEstimable
        TOO_FEW_UNITS below three units.

    Notes
    -----
    Sources: Paule & Mandel (1982), J Res NBS 87:377; Goldstein & Spiegelhalter (1996), JRSS A 159:385
    (rank intervals); Morris (1983), JASA 78:47 (the uncertainty of the mean is added to each interval).

    Examples
    --------
    >>> table = league_table(scores=[10.0, 20.0, 60.0], sampling_variances=[100.0, 100.0, 100.0],
    ...     rng=np.random.default_rng(1))
    >>> [round(row.shrunken, 1) for row in table.rows], [row.rank for row in table.rows]
    ([12.9, 21.4, 55.7], [3, 2, 1])
    """
    values = finite_vector("scores", scores)
    noise = finite_vector("sampling_variances", sampling_variances)
    if noise.size != values.size or np.any(noise <= 0):
        raise InvalidInput("sampling_variances", "one variance > 0 per unit")
    if values.size < 3:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=3, found=int(values.size))
    confidence = fraction("level", level)
    between = between_variance(values, noise)
    precision = 1.0 / (between + noise)
    mean = float(precision @ values / precision.sum())
    weight = between / (between + noise)
    shrunken = mean + weight * (values - mean)
    spread = np.sqrt(between * (1.0 - weight) + (1.0 - weight) ** 2 / precision.sum())
    sample = shrunken + spread * rng.standard_normal((count("draws", draws, minimum=200), values.size))
    sign = -1.0 if higher_is_better else 1.0
    ranks = np.argsort(np.argsort(sign * sample, axis=1), axis=1) + 1
    order = np.argsort(np.argsort(sign * shrunken, kind="stable"), kind="stable") + 1
    tail = (1 - confidence) / 2
    limits = np.quantile(sample, [tail, 1 - tail], axis=0)
    rank_limits = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf")
    rows = tuple(
        LeagueRow(
            position=i,
            score=float(values[i]),
            shrunken=float(shrunken[i]),
            weight=float(weight[i]),
            interval=Interval(low=float(limits[0, i]), high=float(limits[1, i]), level=confidence),
            rank=int(order[i]),
            rank_interval=Interval(
                low=float(rank_limits[0, i]), high=float(rank_limits[1, i]), level=confidence
            ),
        )
        for i in range(values.size)
    )
    return League(rows=rows, mean=mean, between=between)


def between_variance(values: FloatArray, noise: FloatArray) -> float:
    """Paule-Mandel variance of the true unit scores; 0 where noise explains all differences."""

    def excess(between: float) -> float:
        weights = 1.0 / (between + noise)
        mean = float(weights @ values / weights.sum())
        return float(weights @ (values - mean) ** 2) - (values.size - 1)

    if excess(0.0) <= 0:
        return 0.0
    # Each weight is at most 1 / ceiling there, so the excess is negative: a root lies between.
    ceiling = float(np.var(values, ddof=1)) + float(noise.max())
    return root(excess, 0.0, ceiling)
