"""Intraclass correlation: can ratings tell the rated things apart?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.agreement.table import complete_table
from cxstats.checks import FloatArray, count, fraction
from cxstats.errors import NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class IntraclassCorrelations:
    """The six forms; `n` of each estimate counts the rated things.

    one_way_*: every thing has its own raters. two_way_random_*: the same raters, a sample of many,
    absolute agreement. two_way_fixed_*: just these raters, consistency (level differences between
    raters do not count). *_single: one rating; *_average: the mean of all k raters.
    """

    one_way_single: Estimate
    two_way_random_single: Estimate
    two_way_fixed_single: Estimate
    one_way_average: Estimate
    two_way_random_average: Estimate
    two_way_fixed_average: Estimate
    raters: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Squares:
    """Mean squares: between things, within things, between raters, residual."""

    things: int
    raters: int
    between: float
    within: float
    columns: float
    residual: float


def intraclass_correlations(
    *, ratings: ArrayLike, level: float = 0.95, minimum_raters: int = 3, minimum_items: int = 5
) -> IntraclassCorrelations:
    """The six intraclass correlations of Shrout and Fleiss, with intervals.

    Parameters
    ----------
    ratings : array-like, shape (things, raters)
        Finite numbers, no gaps (with gaps use `krippendorff_alpha`).
    level : float
        Coverage of the intervals, in (0, 1).
    minimum_raters, minimum_items : int
        Below these the ratings themselves say more than a coefficient. At least 2.

    Returns
    -------
    IntraclassCorrelations
        Coefficients up to 1; negative where things differ less than chance would have it.

    Raises
    ------
    InvalidInput
        Not a complete numeric table.
    NotEstimable
        `TOO_FEW_UNITS` things, `TOO_FEW_ANSWERS` raters, `NO_VARIATION` between the things and
        within them.

    Source
    ------
    Shrout and Fleiss 1979, Psychological Bulletin 86(2), pp. 422-426; the interval of the two-way
    random form after McGraw and Wong 1996, Psychological Methods 1(1), table 7.

    Examples
    --------
    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> result = intraclass_correlations(ratings=table)
    >>> round(result.two_way_random_single.value, 2), round(result.two_way_fixed_average.value, 2)
    (0.29, 0.91)
    """
    table = complete_table(
        "ratings",
        ratings,
        minimum_rows=count("minimum_items", minimum_items, minimum=2),
        minimum_columns=count("minimum_raters", minimum_raters, minimum=2),
    )
    tail = (1 + fraction("level", level)) / 2
    ms = _mean_squares(table)
    n, k = ms.things, ms.raters
    one_way = _f_interval(ms.between, ms.within, n - 1, n * (k - 1), tail)
    fixed = _f_interval(ms.between, ms.residual, n - 1, (n - 1) * (k - 1), tail)
    random_value = (ms.between - ms.residual) / (
        ms.between + (k - 1) * ms.residual + k * (ms.columns - ms.residual) / n
    )
    random = (random_value, *_random_limits(ms, random_value, tail))

    def single(ratios: tuple[float, float, float], method: str) -> Estimate:
        return _estimate([_share(ratio, k) for ratio in ratios], n, level, method)

    def average(ratios: tuple[float, float, float], method: str) -> Estimate:
        return _estimate([1 - 1 / ratio if ratio else -np.inf for ratio in ratios], n, level, method)

    return IntraclassCorrelations(
        one_way_single=single(one_way, "ICC(1,1)"),
        two_way_random_single=_estimate(list(random), n, level, "ICC(2,1)"),
        two_way_fixed_single=single(fixed, "ICC(3,1)"),
        one_way_average=average(one_way, "ICC(1,k)"),
        two_way_random_average=_estimate([_stepped_up(value, k) for value in random], n, level, "ICC(2,k)"),
        two_way_fixed_average=average(fixed, "ICC(3,k)"),
        raters=k,
    )


def _mean_squares(table: FloatArray) -> _Squares:
    n, k = table.shape
    scale = float(np.ptp(table))
    if scale == 0:
        raise NotEstimable(Reason.NO_VARIATION)
    scaled = (table - table.mean()) / scale
    rows, columns = scaled.mean(axis=1), scaled.mean(axis=0)
    between = k * float(rows @ rows) / (n - 1)
    across = n * float(columns @ columns) / (k - 1)
    residuals = scaled - rows[:, None] - columns
    residual = float(np.sum(residuals**2)) / ((n - 1) * (k - 1))
    within = float(np.sum((scaled - rows[:, None]) ** 2)) / (n * (k - 1))
    tiny = 1e-14
    return _Squares(
        things=n,
        raters=k,
        between=between if between > tiny else 0.0,
        within=within if within > tiny else 0.0,
        columns=across if across > tiny else 0.0,
        residual=residual if residual > tiny else 0.0,
    )


def _f_interval(
    upper: float, lower: float, df_upper: float, df_lower: float, tail: float
) -> tuple[float, float, float]:
    """Ratio of mean squares with its limits (infinite where the denominator is zero)."""
    if lower == 0:
        if upper == 0:
            raise NotEstimable(Reason.NO_VARIATION)
        return np.inf, np.inf, np.inf
    ratio = upper / lower
    return (
        ratio,
        ratio / float(special.fdtri(df_upper, df_lower, tail)),
        ratio * float(special.fdtri(df_lower, df_upper, tail)),
    )


def _random_limits(ms: _Squares, value: float, tail: float) -> tuple[float, float]:
    """Limits of ICC(2,1): the residual and rater variances pooled by Satterthwaite's rule."""
    n, k = ms.things, ms.raters
    if ms.residual == 0:
        df = float(k - 1)
    else:
        columns = ms.columns / ms.residual
        rest = n * (1 + (k - 1) * value) - k * value
        top = (k - 1) * (n - 1) * (k * value * columns + rest) ** 2
        df = top / ((n - 1) * (k * value * columns) ** 2 + rest**2)
    df = max(df, 0.5)
    low_f = float(special.fdtri(n - 1, df, tail))
    high_f = float(special.fdtri(df, n - 1, tail))
    pooled = k * ms.columns + (k * n - k - n) * ms.residual
    low = n * (ms.between - low_f * ms.residual) / (low_f * pooled + n * ms.between)
    high = n * (high_f * ms.between - ms.residual) / (pooled + n * high_f * ms.between)
    return low, high


def _share(ratio: float, k: int) -> float:
    return 1.0 if np.isinf(ratio) else (ratio - 1) / (ratio + k - 1)


def _stepped_up(value: float, k: int) -> float:
    """Spearman-Brown: reliability of the mean of k raters."""
    return value * k / (1 + value * (k - 1))


def _estimate(values: list[float], n: int, level: float, method: str) -> Estimate:
    value, low, high = (max(float(item), -1e6) for item in values)
    return Estimate(
        value=value,
        interval=Interval(low=min(low, value), high=max(high, value), level=level),
        n=n,
        unit=Unit.COEFFICIENT,
        method=method,
    )
