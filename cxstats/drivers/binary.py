"""Drivers of a yes or no (top box): general dominance on a pseudo R2 of logistic regressions."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray
from cxstats.drivers.answers import answer_table
from cxstats.drivers.logit import LogitFit, logit_fit
from cxstats.drivers.shares import require_independent, shapley
from cxstats.errors import InvalidInput, NotEstimable, Reason

MOST_BINARY_DRIVERS = 10
_LEAST_PER_DRIVER, _LEAST_ANSWERS = 10, 100


class PseudoRSquared(StrEnum):
    """How much of a binary outcome the drivers explain; 0 nothing, 1 all."""

    MCFADDEN = "mcfadden"  # 1 - log likelihood / that of the share alone; values stay far below R2
    TJUR = "tjur"  # mean fitted probability of the hits minus that of the others


@dataclass(frozen=True, kw_only=True, slots=True)
class BinaryDominance:
    """General dominance in the order of the drivers.

    `parts` sum to `r_squared`, `shares` to 1. `coefficients`: log odds per standard deviation of the driver,
    all drivers in. `hits` of `n` complete answers have outcome 1; `left_out` had gaps.
    """

    measure: PseudoRSquared
    r_squared: float
    parts: tuple[float, ...]
    shares: tuple[float, ...]
    coefficients: tuple[float, ...]
    n: int
    hits: int
    left_out: int


def binary_dominance(
    *, outcome: ArrayLike, drivers: ArrayLike, measure: PseudoRSquared = PseudoRSquared.MCFADDEN
) -> BinaryDominance:
    """Share of each driver in what all of them explain of a top-box outcome.

    Each driver gets its average gain in pseudo R2 over all orders of entry: ``2 ** p`` logistic regressions.

    Parameters
    ----------
    outcome : array-like, shape (respondents,)
        1 for a hit (top box), 0 otherwise; NaN where missing.
    drivers : array-like, shape (respondents, p)
        Scores of the touchpoints, p <= 10; NaN where not answered. Respondents with a gap are left out.
    measure : PseudoRSquared

    Returns
    -------
    BinaryDominance
        Parts on McFadden's measure are never negative; on Tjur's, which no fit maximizes, a useless driver
        may come out slightly below 0, and is shown so.

    Raises
    ------
    InvalidInput
        Shapes that differ, infinity, an outcome other than 0 and 1, more than 10 drivers.
    NotEstimable
        `NO_DATA` without a complete answer, `NO_VARIATION` of the outcome or a driver (the named column;
        0 is the outcome) or where the drivers explain nothing, `TOO_FEW_ANSWERS` below 100 or with fewer
        than 10 of the rarer outcome per driver, `COLLINEAR`, `NO_UNIQUE_SOLUTION` where drivers separate
        the outcomes.

    Source
    ------
    Azen and Traxel 2009, Journal of Educational and Behavioral Statistics 34(3); McFadden 1974; Tjur 2009,
    The American Statistician 63(4). Ten of the rarer outcome per driver: Peduzzi et al. 1996, Journal of
    Clinical Epidemiology 49(12).

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> scores = rng.normal(size=(400, 3))
    >>> top_box = scores @ [1.0, 0.5, 0.0] + rng.logistic(size=400) > 0
    >>> found = binary_dominance(outcome=top_box, drivers=scores)
    >>> round(found.r_squared, 3), [round(share, 2) for share in found.shares]
    (0.147, [0.87, 0.11, 0.02])
    """
    table = answer_table(outcome, drivers)
    size = table.shape[1] - 1
    if size > MOST_BINARY_DRIVERS:
        raise InvalidInput("drivers", f"at most {MOST_BINARY_DRIVERS} columns")
    complete = table[~np.isnan(table).any(axis=1)]
    hit, scores = complete[:, 0], complete[:, 1:]
    if not np.isin(hit, (0.0, 1.0)).all():
        raise InvalidInput("outcome", "0 or 1, NaN where missing")
    columns = _standardized(hit, scores)
    require_independent(columns.T @ columns / hit.size)
    full = logit_fit(hit, columns)  # outcomes that all drivers cannot separate, no part of them can
    share = float(hit.mean())
    nothing = hit.size * (share * np.log(share) + (1 - share) * np.log1p(-share))

    def explained(fit: LogitFit) -> float:
        if measure is PseudoRSquared.MCFADDEN:
            return float(1 - fit.log_likelihood / nothing)
        return float(fit.probabilities[hit == 1].mean() - fit.probabilities[hit == 0].mean())

    worth = np.zeros(1 << size)
    worth[-1] = explained(full)
    for mask in range(1, len(worth) - 1):
        members = [driver for driver in range(size) if mask >> driver & 1]
        worth[mask] = explained(logit_fit(hit, columns[:, members]))
    if not worth[-1] > 1e-12:
        raise NotEstimable(Reason.NO_VARIATION)
    parts = shapley(worth, size)
    return BinaryDominance(
        measure=measure,
        r_squared=float(worth[-1]),
        parts=tuple(parts.tolist()),
        shares=tuple((parts / worth[-1]).tolist()),
        coefficients=tuple(full.coefficients[1:].tolist()),
        n=int(hit.size),
        hits=int(hit.sum()),
        left_out=len(table) - len(complete),
    )


def _standardized(hit: FloatArray, scores: FloatArray) -> FloatArray:
    """Drivers with mean 0 and deviation 1, once there are enough answers that differ."""
    n, size = scores.shape
    if n == 0:
        raise NotEstimable(Reason.NO_DATA)
    spread = np.ptp(np.column_stack([hit, scores]), axis=0)
    if (spread == 0).any():
        raise NotEstimable(Reason.NO_VARIATION, column=int(np.argmin(spread)))
    rarer, needed = int(min(hit.sum(), n - hit.sum())), _LEAST_PER_DRIVER * size
    if n < _LEAST_ANSWERS:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=n, needed=_LEAST_ANSWERS)
    if rarer < needed:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, rarer_outcome=rarer, needed=needed)
    centered = (scores - scores.mean(axis=0)) / spread[1:]
    result: FloatArray = centered / np.sqrt(np.mean(centered**2, axis=0))
    return result
