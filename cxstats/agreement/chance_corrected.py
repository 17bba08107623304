"""Agreement beyond chance over many rated things: Krippendorff's alpha and Fleiss' kappa."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from cxstats.agreement.table import numeric_table
from cxstats.checks import FloatArray, count, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Interval

_MOST_VALUES = 100


class Metric(StrEnum):
    """What a difference between two ratings means."""

    NOMINAL = "nominal"  # same or not
    ORDINAL = "ordinal"  # how many ratings lie between
    INTERVAL = "interval"  # squared difference
    RATIO = "ratio"  # squared difference relative to the sum; ratings >= 0


class ReliabilityReading(StrEnum):
    """How alpha is read: >= .80 firm, >= .667 tentative conclusions, else insufficient."""

    FIRM = "firm"
    TENTATIVE = "tentative"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChanceCorrectedAgreement:
    """1 all alike, 0 as by chance, negative worse than chance.

    `units` counts rated things with at least two ratings, `ratings` all ratings of those. The
    interval is a percentile bootstrap over rated things; `metric` is None for Fleiss' kappa.
    """

    value: float
    interval: Interval
    units: int
    ratings: int
    metric: Metric | None
    reading: ReliabilityReading


def krippendorff_alpha(
    *,
    ratings: ArrayLike,
    metric: Metric,
    rng: np.random.Generator,
    resamples: int = 1000,
    level: float = 0.95,
    minimum_raters: int = 3,
    minimum_items: int = 5,
) -> ChanceCorrectedAgreement:
    """Krippendorff's alpha for any number of raters, with gaps.

    Parameters
    ----------
    ratings : array-like, shape (things, raters)
        Numbers (codes for nominal data); NaN where a rater gave none. At most 100 different values.
    metric : Metric
        Ordinal for maturity levels.
    rng : numpy.random.Generator
        For the bootstrap.
    resamples : int
        At least 100.
    level : float
        Coverage of the interval, in (0, 1).
    minimum_raters, minimum_items : int
        Columns with any rating, and rows with at least two, that are needed. At least 2.

    Raises
    ------
    InvalidInput
        Not a numeric table; negative values with the ratio metric.
    NotEstimable
        `TOO_FEW_ANSWERS` raters, `TOO_FEW_UNITS` things rated twice, `NO_VARIATION`: all ratings
        alike, so that chance agreement is perfect too.

    Source
    ------
    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, sections A-D; readings from
    Krippendorff 2004, Content Analysis, p. 241.

    Examples
    --------
    >>> table = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [4, 4, float("nan")], [1, 1, 1]]
    >>> round(krippendorff_alpha(ratings=table, metric=Metric.NOMINAL, rng=np.random.default_rng(1)).value, 3)
    0.817
    """
    table = numeric_table("ratings", ratings)
    present = ~np.isnan(table)
    raters, needed = int(present.any(axis=0).sum()), count("minimum_raters", minimum_raters, minimum=2)
    if raters < needed:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=raters, needed=needed)
    paired = present.sum(axis=1) >= 2
    wanted = count("minimum_items", minimum_items, minimum=2)
    if paired.sum() < wanted:
        raise NotEstimable(Reason.TOO_FEW_UNITS, found=int(paired.sum()), needed=wanted)
    table, present = table[paired], present[paired]
    values = np.unique(table[present])
    if values.size > _MOST_VALUES:
        raise InvalidInput("ratings", f"at most {_MOST_VALUES} different values")
    if metric is Metric.RATIO and values[0] < 0:
        raise InvalidInput("ratings", "values >= 0 with the ratio metric")
    tally = np.stack([np.sum(table == value, axis=1) for value in values], axis=1).astype(np.float64)
    distances = _distances(metric, values)

    def compute(weights: FloatArray) -> float | None:
        return _alpha(tally, weights, distances)

    return _with_bootstrap(compute, tally, rng, resamples, level, metric)


def fleiss_kappa(
    *,
    counts: ArrayLike,
    rng: np.random.Generator,
    resamples: int = 1000,
    level: float = 0.95,
    minimum_raters: int = 3,
    minimum_items: int = 5,
) -> ChanceCorrectedAgreement:
    """Fleiss' kappa: several raters, unordered categories, the same number of ratings per thing.

    Parameters
    ----------
    counts : array-like, shape (things, categories)
        How many raters put the thing into the category; whole numbers >= 0, equal row sums.
    rng, resamples, level, minimum_raters, minimum_items
        As in `krippendorff_alpha`.

    Raises
    ------
    InvalidInput
        Not counts, or unequal row sums.
    NotEstimable
        `TOO_FEW_ANSWERS`, `TOO_FEW_UNITS`, `NO_VARIATION` (one category only).

    Source
    ------
    Fleiss 1971, Psychological Bulletin 76(5), pp. 378-380.

    Examples
    --------
    >>> table = [[3, 0], [3, 0], [0, 3], [2, 1], [0, 3]]
    >>> round(fleiss_kappa(counts=table, rng=np.random.default_rng(1)).value, 3)
    0.732
    """
    table = numeric_table("counts", counts)
    if np.isnan(table).any() or (table < 0).any() or (table != np.floor(table)).any():
        raise InvalidInput("counts", "whole numbers >= 0")
    totals = table.sum(axis=1)
    if totals.min() != totals.max():
        raise InvalidInput("counts", "the same number of ratings in every row")
    raters, needed = int(totals[0]), count("minimum_raters", minimum_raters, minimum=2)
    if raters < needed:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=raters, needed=needed)
    wanted = count("minimum_items", minimum_items, minimum=2)
    if table.shape[0] < wanted:
        raise NotEstimable(Reason.TOO_FEW_UNITS, found=table.shape[0], needed=wanted)
    agreed = (np.sum(table * table, axis=1) - raters) / (raters * (raters - 1))

    def compute(weights: FloatArray) -> float | None:
        shares = (weights @ table) / (weights.sum() * raters)
        by_chance = float(shares @ shares)
        observed = float(weights @ agreed) / float(weights.sum())
        return None if by_chance >= 1 - 1e-12 else (observed - by_chance) / (1 - by_chance)

    return _with_bootstrap(compute, table, rng, resamples, level, None)


def _distances(metric: Metric, values: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Squared differences between values, given how often each was used."""
    if metric is Metric.ORDINAL:

        def ordinal(used: FloatArray) -> FloatArray:
            """Squared difference of mid-ranks: ratings between c and k, half of those at the ends."""
            ranks = np.cumsum(used) - used / 2
            between: FloatArray = (ranks[:, None] - ranks) ** 2
            return between

        return ordinal
    apart = values[:, None] - values
    if metric is Metric.NOMINAL:
        fixed = (apart != 0).astype(np.float64)
    elif metric is Metric.INTERVAL:
        fixed = (apart / np.ptp(values)) ** 2 if np.ptp(values) > 0 else apart
    else:
        total = values[:, None] + values
        fixed = (apart / np.where(total == 0, 1.0, total)) ** 2
    return lambda used: fixed


def _alpha(
    tally: FloatArray, weights: FloatArray, distances: Callable[[FloatArray], FloatArray]
) -> float | None:
    """Alpha with each thing counted `weights` times; None where nothing varies."""
    pairs = weights / (tally.sum(axis=1) - 1)
    used = weights @ tally
    together = (tally * pairs[:, None]).T @ tally
    together[np.diag_indices_from(together)] -= pairs @ tally
    distance = distances(used)
    expected = float(used @ distance @ used)
    if not expected > 0:
        return None
    return 1 - float(np.sum(together * distance)) * (float(used.sum()) - 1) / expected


def _with_bootstrap(
    compute: Callable[[FloatArray], float | None],
    tally: FloatArray,
    rng: np.random.Generator,
    resamples: int,
    level: float,
    metric: Metric | None,
) -> ChanceCorrectedAgreement:
    """Value and percentile interval; resamples without any variation have no value and are left out."""
    size, times = tally.shape[0], count("resamples", resamples, minimum=100)
    tail = (1 - fraction("level", level)) / 2
    value = compute(np.ones(size))
    if value is None:
        raise NotEstimable(Reason.NO_VARIATION)
    weights = rng.multinomial(size, np.full(size, 1 / size), size=times).astype(np.float64)
    found = [item for item in (compute(row) for row in weights) if item is not None]
    if 2 * len(found) < times:
        raise NotEstimable(Reason.NO_VARIATION, resamples_with_variation=len(found))
    low, high = np.quantile(found, [tail, 1 - tail]).tolist()
    if value >= 0.80:
        reading = ReliabilityReading.FIRM
    else:
        reading = ReliabilityReading.TENTATIVE if value >= 0.667 else ReliabilityReading.INSUFFICIENT
    return ChanceCorrectedAgreement(
        value=value,
        interval=Interval(low=min(low, value), high=max(high, value), level=level),
        units=size,
        ratings=int(tally.sum()),
        metric=metric,
        reading=reading,
    )
