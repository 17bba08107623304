"""One-way intraclass correlation where things have unequal numbers of raters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.agreement.table import numeric_table
from cxstats.checks import FloatArray, count, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.roots import root


@dataclass(frozen=True, kw_only=True, slots=True)
class UnbalancedIntraclassCorrelation:
    """One-way forms; `n` of each estimate counts the rated things.

    `single`: one rating, ICC(1). `average`: the mean of `mean_raters` ratings, ICC(k). `plain_means`: the
    means of the things as they are, `harmonic_raters` ratings each. `mean_raters` is Searle's k0, a little
    below the plain mean; `harmonic_raters` the harmonic mean number of ratings.
    """

    single: Estimate
    average: Estimate
    plain_means: Estimate
    mean_raters: float
    harmonic_raters: float
    ratings: int


@dataclass(frozen=True, slots=True)
class _Things:
    """Numbers of ratings and means of the things, mean squares between and within them."""

    sizes: FloatArray
    means: FloatArray
    between: float
    within: float


def unbalanced_intraclass_correlation(
    *,
    ratings: ArrayLike | Sequence[Sequence[float]],
    level: float = 0.95,
    minimum_raters: int = 3,
    minimum_items: int = 5,
) -> UnbalancedIntraclassCorrelation:
    """ICC(1) and ICC(k) for unequal numbers of raters, each thing with its own raters.

    Parameters
    ----------
    ratings : sequence (things,) of sequences, or array (things, raters)
        Ratings of each thing, in any order; NaN where not rated. Things without ratings are left out, a thing
        with one rating counts between the things only.
    level : float
        Coverage of the intervals, in (0, 1).
    minimum_raters, minimum_items : int
        Least mean number of raters (`mean_raters`) and least number of rated things, at least 2.

    Returns
    -------
    UnbalancedIntraclassCorrelation
        Coefficients up to 1; negative where things differ less than chance would have it.

    Raises
    ------
    InvalidInput
        Text, infinity, no row.
    NotEstimable
        `TOO_FEW_UNITS` things, `TOO_FEW_ANSWERS` raters, `NO_VARIATION` where all things have the same mean.

    Source
    ------
    Mean squares and k0: Searle, Casella and McCulloch 1992, Variance Components, section 3.6. Interval: Wald
    1940, Annals of Mathematical Statistics 11(1): an F ratio that is exact for any sizes under normality; the
    usual approximation (k0 in place of k) is its value for equal sizes.

    Examples
    --------
    >>> table = [[9, 8, 8], [3, 2], [6, 5, 7, 6], [4, 4, 3], [8, 9]]
    >>> found = unbalanced_intraclass_correlation(ratings=table, minimum_raters=2)
    >>> round(found.single.value, 2), round(found.average.value, 2), round(found.mean_raters, 2)
    (0.93, 0.97, 2.75)
    """
    coverage = fraction("level", level)
    fewest = count("minimum_raters", minimum_raters, minimum=2)
    things = _things(_rows(ratings), fewest, count("minimum_items", minimum_items, minimum=2))
    total, n = float(things.sizes.sum()), len(things.sizes)
    typical = _typical_size(things.sizes)
    harmonic = float(n / np.sum(1 / things.sizes))
    if things.within == 0:
        ratios = (np.inf, np.inf, np.inf)
    else:
        tail = (1 - coverage) / 2
        low_f, high_f = (float(special.fdtri(n - 1, total - n, area)) for area in (tail, 1 - tail))
        ratios = (
            (things.between / things.within - 1) / typical,
            _ratio_where(things, high_f),
            _ratio_where(things, low_f),
        )

    def estimate(raters: float, method: str) -> Estimate:
        value, low, high = (_reliability(ratio, raters) for ratio in ratios)
        return Estimate(
            value=value,
            interval=Interval(low=min(low, value), high=max(high, value), level=coverage),
            n=n,
            unit=Unit.COEFFICIENT,
            method=method,
        )

    return UnbalancedIntraclassCorrelation(
        single=estimate(1.0, "ICC(1), unequal raters, Wald's F interval"),
        average=estimate(typical, "ICC(k), unequal raters, Wald's F interval"),
        plain_means=estimate(harmonic, "ICC(k) of plain means, unequal raters, Wald's F interval"),
        mean_raters=typical,
        harmonic_raters=harmonic,
        ratings=int(total),
    )


def _rows(ratings: ArrayLike | Sequence[Sequence[float]]) -> list[FloatArray]:
    """Ratings given to each rated thing."""
    if not isinstance(ratings, (list, tuple, np.ndarray)) or len(ratings) == 0:
        raise InvalidInput("ratings", "one sequence of ratings per thing")
    rows = []
    for given in ratings:
        row = numeric_table("ratings", [given])[0] if np.size(given) else np.empty(0)
        rows.append(row[~np.isnan(row)])
    return [row for row in rows if row.size]


def _typical_size(sizes: FloatArray) -> float:
    """Searle's k0: the number of ratings that the expected mean square between things holds."""
    total = float(sizes.sum())
    return (total - float(sizes @ sizes) / total) / (len(sizes) - 1)


def _things(rows: list[FloatArray], fewest_raters: int, fewest_things: int) -> _Things:
    if len(rows) < fewest_things:
        raise NotEstimable(Reason.TOO_FEW_UNITS, found=len(rows), needed=fewest_things)
    sizes = np.array([float(row.size) for row in rows])
    if (typical := _typical_size(sizes)) < fewest_raters * (1 - 1e-9):
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=round(typical, 2), needed=fewest_raters)
    everything = np.concatenate(rows)
    if (scale := float(np.ptp(everything))) == 0:
        raise NotEstimable(Reason.NO_VARIATION)
    scaled = [(row - everything.mean()) / scale for row in rows]
    means = np.array([row.mean() for row in scaled])
    grand = float(sizes @ means) / float(sizes.sum())
    between = float(sizes @ (means - grand) ** 2) / (len(rows) - 1)
    within = sum(float(np.sum((row - row.mean()) ** 2)) for row in scaled) / float(sizes.sum() - len(rows))
    if between <= 1e-14:
        raise NotEstimable(Reason.NO_VARIATION)
    return _Things(sizes, means, between, within if within > 1e-14 else 0.0)


def _ratio_where(things: _Things, quantile: float) -> float:
    """Ratio of the variances between and within at which Wald's F equals the quantile.

    At least -1 / the largest number of ratings, where the variance of a mean would be 0.
    """

    def excess(ratio: float) -> float:
        weights = things.sizes / (1 + things.sizes * ratio)
        spread = weights @ (things.means - weights @ things.means / weights.sum()) ** 2
        return float(spread / (len(things.sizes) - 1) / things.within - quantile)

    lowest = -(1 - 1e-12) / float(things.sizes.max())
    if excess(lowest) <= 0:
        return lowest
    # weights stay below 1 / ratio, so the F ratio is below the quantile from here on
    spread = float(np.sum((things.means - things.means.mean()) ** 2))
    highest = 1.01 * spread / ((len(things.sizes) - 1) * things.within * quantile)
    return root(excess, lowest, highest, absolute=1e-14, relative=1e-12)


def _reliability(ratio: float, raters: float) -> float:
    """Share of the variance between things in the variance of a mean of so many ratings."""
    return 1.0 if np.isinf(ratio) else raters * ratio / (1 + raters * ratio)
