"""Net Promoter Score: one wave, many cells, two independent waves."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray
from cxstats.errors import InvalidInput
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import (
    NPS_SCALE,
    Change,
    IntervalTable,
    NpsCounts,
    count_arrays,
    histogram_array,
    interval_table,
    sampled_part,
    two_sided_z,
)


def adjusted_wald(
    p: FloatArray | float, d: FloatArray | float, part: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Centre and variance (fractions) from shares of promoters and detractors and `part` = 1/n.

    Three pseudo-answers (3/4, 3/2, 3/4), written in 1/n so that a finite population, whose
    `part` is (1 - n/N)/n, needs no second formula and a census ends in the observed value.
    """
    extra = 3.0 * np.asarray(part, dtype=np.float64)
    promoters = (p + extra / 4) / (1 + extra)
    detractors = (d + extra / 4) / (1 + extra)
    centre = promoters - detractors
    # p + d - (p - d)^2, written so that nothing cancels when all answer alike and n is huge
    not_promoters = (1 - p + 3 * extra / 4) / (1 + extra)
    not_detractors = (1 - d + 3 * extra / 4) / (1 + extra)
    spread = promoters * not_promoters + detractors * not_detractors + 2 * promoters * detractors
    return centre, spread * part / (1 + extra)


def nps(
    *, promoters: int, detractors: int, n: int, level: float = 0.95, population: int | None = None
) -> Estimate:
    """Net Promoter Score with its adjusted Wald interval.

    Parameters
    ----------
    promoters, detractors : int
        Answers 9-10 and 0-6 on the 0-10 scale, >= 0.
    n : int
        All answers (passives too), >= promoters + detractors. Missing answers are not counted.
    level : float
        Nominal coverage in (0, 1).
    population : int, optional
        Number of people who could have answered, >= n; shrinks the interval on the assumption that
        those who did not answer are like those who did.

    Returns
    -------
    Estimate
        Points in -100..100. The value is the observed score; the interval is not symmetric about it.

    Raises
    ------
    NotEstimable
        NO_DATA when n is 0.
    InvalidInput
        Counts that are negative, not whole, or larger than n.

    Source
    ------
    Rocks (2016), Interval estimation for the "Net Promoter Score", The American Statistician 70:365-372
    (adjusted Wald with 3/4, 3/2, 3/4 pseudo-answers); finite population: Cochran (1977), Sampling
    Techniques, section 2.6. At levels below about 84 % the interval is widened to hold the observed value.

    Examples
    --------
    >>> score = nps(promoters=50, detractors=20, n=100)
    >>> score.value, round(score.interval.low, 1), round(score.interval.high, 1)
    (30.0, 14.1, 44.2)
    """
    counts = NpsCounts(promoters=promoters, detractors=detractors, n=n)
    z = two_sided_z(level)
    p, d = counts.promoters / counts.n, counts.detractors / counts.n
    centre, variance = adjusted_wald(p, d, sampled_part(counts.n, population))
    value = 100.0 * (counts.promoters - counts.detractors) / counts.n
    middle, error = 100.0 * float(centre), 100.0 * sqrt(variance)
    return Estimate(
        value=value,
        interval=Interval(
            low=max(-100.0, min(value, middle - z * error)),
            high=min(100.0, max(value, middle + z * error)),
            level=level,
        ),
        n=counts.n,
        unit=Unit.POINTS,
        method="adjusted Wald (answers)" + ("" if population is None else ", finite population"),
        standard_error=error,
    )


def nps_from_histogram(
    *, counts: ArrayLike | Sequence[int], level: float = 0.95, population: int | None = None
) -> Estimate:
    """Net Promoter Score from the counts of the eleven answers 0..10.

    Parameters
    ----------
    counts : array_like of int, shape (11,)
        Number of answers 0, 1, ..., 10.
    level, population
        As in `nps`.

    Returns
    -------
    Estimate
        Points in -100..100.

    Raises
    ------
    NotEstimable
        SCALE_MISMATCH when there are not eleven counts; NO_DATA when all are 0.
    InvalidInput
        Negative, fractional or non-finite counts.

    Source
    ------
    Reichheld (2003), The one number you need to grow, HBR 81(12):46-54; interval as in `nps`.

    Examples
    --------
    >>> nps_from_histogram(counts=[0, 0, 0, 0, 0, 10, 10, 15, 15, 25, 25]).value
    30.0
    """
    found = NpsCounts.of_histogram(counts)
    return nps(
        promoters=found.promoters,
        detractors=found.detractors,
        n=found.n,
        level=level,
        population=population,
    )


def nps_table(
    *, promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike, level: float = 0.95
) -> IntervalTable:
    """Net Promoter Scores of many cells in one pass (dashboards).

    Parameters
    ----------
    promoters, detractors, n : array_like of int
        Any shapes that broadcast together; whole numbers >= 0.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    IntervalTable
        Points. `known` is False where n = 0; there value is 0 and the interval -100..100.

    Raises
    ------
    InvalidInput
        Counts that are negative, fractional, non-finite or larger than n.

    Source
    ------
    As in `nps`, cell by cell.

    Examples
    --------
    >>> table = nps_table(promoters=[50, 0], detractors=[20, 0], n=[100, 0])
    >>> table.value.tolist(), table.known.tolist()
    ([30.0, 0.0], [True, False])
    """
    z = two_sided_z(level)
    up, down, size = count_arrays(promoters=promoters, detractors=detractors, n=n)
    if np.any(up + down > size):
        raise InvalidInput("n", "at least promoters + detractors in every cell")
    return _many(up, down, size, z)


def nps_histogram_table(*, counts: ArrayLike, level: float = 0.95) -> IntervalTable:
    """Net Promoter Scores of many cells from their counts of the eleven answers, in one pass.

    Parameters
    ----------
    counts : array_like of int, shape (..., 11)
        Number of answers 0, 1, ..., 10 in every cell.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    IntervalTable
        Points, shape (...), as in `nps_table`.

    Raises
    ------
    NotEstimable
        SCALE_MISMATCH when the last axis does not hold eleven counts.
    InvalidInput
        Negative, fractional or non-finite counts.

    Source
    ------
    As in `nps`, cell by cell.

    Examples
    --------
    >>> table = nps_histogram_table(counts=[[0, 0, 0, 0, 0, 10, 10, 15, 15, 25, 25], [0] * 11])
    >>> table.value.tolist(), table.known.tolist()
    ([30.0, 0.0], [True, False])
    """
    z = two_sided_z(level)
    array = histogram_array("counts", counts)
    sums = array @ _SUMS
    return _many(sums[..., 0], sums[..., 1], sums[..., 2], z)


# Columns: promoters (9-10), detractors (0-6), all answers.
_SUMS = np.zeros((NPS_SCALE, 3))
_SUMS[9:, 0] = _SUMS[:7, 1] = _SUMS[:, 2] = 1.0


def _many(up: FloatArray, down: FloatArray, size: FloatArray, z: float) -> IntervalTable:
    known = size > 0
    part = 1.0 / np.where(known, size, 1.0)
    value = 100.0 * (up - down) * part
    centre, variance = adjusted_wald(up * part, down * part, part)
    error = 100.0 * np.sqrt(variance)
    low = np.maximum(-100.0, np.minimum(value, 100.0 * centre - z * error))
    high = np.minimum(100.0, np.maximum(value, 100.0 * centre + z * error))
    return interval_table(value, np.where(known, low, -100.0), np.where(known, high, 100.0), known)


def nps_change(*, before: NpsCounts, after: NpsCounts, level: float = 0.95) -> Change:
    """Change of NPS between two independent waves (different respondents).

    Parameters
    ----------
    before, after : NpsCounts
        Counts of the two waves.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Change
        Points in -200..200, after minus before; the value is the observed difference, the interval
        and the z test use the adjusted scores. `n` counts the answers of both waves.

    Raises
    ------
    InvalidInput
        A level outside (0, 1).

    Source
    ------
    Lewis and Sauro (2021), Comparing two Net Promoter Scores, MeasuringU: difference of adjusted Wald
    scores, variances add.

    Examples
    --------
    >>> change = nps_change(before=NpsCounts(promoters=50, detractors=20, n=100),
    ...                     after=NpsCounts(promoters=70, detractors=10, n=100))
    >>> change.estimate.value, round(change.p_value, 4)
    (30.0, 0.0041)
    """
    z = two_sided_z(level)
    first, first_variance = adjusted_wald(
        before.promoters / before.n, before.detractors / before.n, 1 / before.n
    )
    second, second_variance = adjusted_wald(
        after.promoters / after.n, after.detractors / after.n, 1 / after.n
    )
    middle = 100.0 * float(second - first)
    error = 100.0 * sqrt(first_variance + second_variance)
    value = 100.0 * (
        (after.promoters - after.detractors) / after.n - (before.promoters - before.detractors) / before.n
    )
    estimate = Estimate(
        value=value,
        interval=Interval(
            low=max(-200.0, min(value, middle - z * error)),
            high=min(200.0, max(value, middle + z * error)),
            level=level,
        ),
        n=before.n + after.n,
        unit=Unit.POINTS,
        method="difference of adjusted Wald scores (answers)",
        standard_error=error,
    )
    statistic = middle / error
    return Change(
        estimate=estimate,
        statistic=statistic,
        degrees_of_freedom=None,
        p_value=float(2 * special.ndtr(-abs(statistic))),
    )
