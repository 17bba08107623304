"""Means of answer scales: one wave and two."""

from collections.abc import Sequence
from math import exp, sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import Change, Moments, sampled_part


def mean_score(
    *,
    values: ArrayLike | Sequence[float],
    level: float = 0.95,
    scale: tuple[float, float] | None = None,
) -> Estimate:
    """Mean of answers with its t interval.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Answers; missing ones must have been left out (NaN is refused).
    level : float
        Nominal coverage in (0, 1).
    scale : (lowest, highest), optional
        Ends of the answer scale. The interval is clipped to it, and answers that are all alike get
        the interval described under Notes instead of a refusal.

    Returns
    -------
    Estimate
        On the answer scale; `n` answers.

    Raises
    ------
    NotEstimable
        NO_DATA without answers; TOO_FEW_ANSWERS with one; NO_VARIATION when all are alike and no
        scale is given.
    InvalidInput
        Values that are not finite numbers or lie outside the scale.

    Notes
    -----
    If all n answers are alike, at most a share 1 - ((1 - level)/2)^(1/n) of the population answers
    otherwise (exact binomial bound); the interval is what that share can do at the ends of the scale.

    Source
    ------
    Student (1908), Biometrika 6:1-25; bound for no events: Clopper and Pearson (1934),
    Biometrika 26:404-413.

    Examples
    --------
    >>> score = mean_score(values=[3, 4, 4, 5, 5, 5], scale=(1, 5))
    >>> round(score.value, 3), round(score.interval.low, 3), score.interval.high
    (4.333, 3.476, 5.0)
    """
    found = Moments.of(values)
    if scale is not None:
        scale = lowest, highest = ends_of_scale(scale)
        array = finite_vector("values", values)
        if array.min() < lowest or array.max() > highest:
            raise InvalidInput("values", f"answers within the scale {lowest:g} to {highest:g}")
    return mean_of_moments(found, level=level, scale=scale)


def mean_score_from_histogram(
    *,
    counts: ArrayLike | Sequence[int],
    points: ArrayLike | Sequence[float],
    level: float = 0.95,
    population: int | None = None,
) -> Estimate:
    """Mean of answers from the counts per answer point; the same as from the raw answers.

    Parameters
    ----------
    counts : array_like of int, shape (k,)
        Answers per point, whole numbers >= 0.
    points : array_like of float, shape (k,)
        The points of the scale (all of them: smallest and largest are the ends of the scale).
    level : float
        Nominal coverage in (0, 1).
    population : int, optional
        Number who could have answered, >= n: the variance is multiplied by 1 - n/N, and where all answers
        are alike no more than those who were silent can answer otherwise.

    Returns
    -------
    Estimate
        On the answer scale, interval within it.

    Raises
    ------
    NotEstimable
        NO_DATA when all counts are 0; TOO_FEW_ANSWERS with one answer.
    InvalidInput
        Bad counts, points and counts of different length, or a population below n.

    Source
    ------
    As in `mean_score`; finite population: Cochran (1977), Sampling Techniques, 3rd ed., section 2.6.

    Examples
    --------
    >>> mean_score_from_histogram(counts=[0, 0, 1, 2, 3], points=[1, 2, 3, 4, 5]).n
    6
    """
    found = Moments.of_histogram(counts=counts, points=points)
    at = np.asarray(points, dtype=np.float64)
    ends = ends_of_scale((at.min(), at.max()))
    return mean_of_moments(found, level=level, scale=ends, population=population)


def mean_change(
    *,
    before: Moments | ArrayLike | Sequence[float],
    after: Moments | ArrayLike | Sequence[float],
    level: float = 0.95,
) -> Change:
    """Change of a mean between two independent waves (Welch).

    Parameters
    ----------
    before, after : Moments or array_like of float
        Answers of each wave, or their `Moments`.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Change
        After minus before on the answer scale, with Welch-Satterthwaite degrees of freedom.

    Raises
    ------
    NotEstimable
        NO_DATA, TOO_FEW_ANSWERS (fewer than two on a side), NO_VARIATION (none on either side).
    InvalidInput
        Values that are not finite numbers.

    Source
    ------
    Welch (1947), Biometrika 34:28-35.

    Examples
    --------
    >>> change = mean_change(before=[1, 2, 3, 4], after=[3, 4, 5, 5])
    >>> change.estimate.value, round(change.degrees_of_freedom, 2)
    (1.75, 5.53)
    """
    fraction("level", level)
    first = before if isinstance(before, Moments) else Moments.of(before)
    second = after if isinstance(after, Moments) else Moments.of(after)
    for wave in (first, second):
        if wave.n < 2:
            raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=wave.n)
    a, b = first.variance / first.n, second.variance / second.n
    if a + b == 0:
        raise NotEstimable(Reason.NO_VARIATION, n=first.n + second.n)
    error = sqrt(a + b)
    freedom = 1 / ((a / (a + b)) ** 2 / (first.n - 1) + (b / (a + b)) ** 2 / (second.n - 1))
    value = second.mean - first.mean
    reach = float(special.stdtrit(freedom, 0.5 + level / 2)) * error
    return Change(
        estimate=Estimate(
            value=value,
            interval=Interval(low=value - reach, high=value + reach, level=level),
            n=first.n + second.n,
            unit=Unit.SCORE,
            method="Welch t (answers)",
            standard_error=error,
        ),
        statistic=value / error,
        degrees_of_freedom=freedom,
        p_value=float(2 * special.stdtr(freedom, -abs(value / error))),
    )


def ratio_of_geometric_means(*, before: Moments, after: Moments, level: float = 0.95) -> Estimate:
    """How many times as long things took in the second sample, from moments of the logarithms.

    Parameters
    ----------
    before, after : Moments
        Of the logarithms, at least two values each.
    level : float in (0, 1)

    Returns
    -------
    Estimate
        A ratio, 1 where nothing changed; its interval is not symmetric.

    Raises
    ------
    NotEstimable
        As `mean_change`.

    Source
    ------
    Welch's t on logarithms, written back; Bland & Altman (1996), BMJ 312:1153.

    Examples
    --------
    >>> logs = [Moments.of(np.log(times)) for times in ([1.0, 2.0, 4.0], [2.0, 4.0, 8.0])]
    >>> round(ratio_of_geometric_means(before=logs[0], after=logs[1]).value, 9)
    2.0
    """
    logs = mean_change(before=before, after=after, level=level).estimate
    return Estimate(
        value=exp(logs.value),
        interval=Interval(low=exp(logs.interval.low), high=exp(logs.interval.high), level=level),
        n=logs.n,
        unit=Unit.RATIO,
        method="ratio of geometric means, Welch on logs (cases)",
    )


def ends_of_scale(scale: tuple[float, float]) -> tuple[float, float]:
    """The two ends, lowest below highest."""
    lowest, highest = real("scale", scale[0]), real("scale", scale[1])
    if lowest >= highest:
        raise InvalidInput("scale", "(lowest, highest) with lowest < highest")
    return lowest, highest


def mean_of_moments(
    found: Moments, *, level: float, scale: tuple[float, float] | None, population: int | None = None
) -> Estimate:
    """t interval from moments; within the scale where one is known, and for a finite population."""
    fraction("level", level)
    if found.n < 2:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=found.n)
    if found.variance == 0:
        if scale is None:
            raise NotEstimable(Reason.NO_VARIATION, n=found.n)
        silent = sampled_part(found.n, population) * found.n  # share of those who did not answer, or 1
        otherwise = min(1 - ((1 - level) / 2) ** (1 / found.n), silent)
        interval = Interval(
            low=found.mean - otherwise * (found.mean - scale[0]),
            high=found.mean + otherwise * (scale[1] - found.mean),
            level=level,
        )
        return Estimate(
            value=found.mean,
            interval=interval,
            n=found.n,
            unit=Unit.SCORE,
            method="binomial bound for answers all alike (answers)",
        )
    error = sqrt(found.variance * sampled_part(found.n, population))
    reach = float(special.stdtrit(found.n - 1, 0.5 + level / 2)) * error
    low, high = found.mean - reach, found.mean + reach
    if scale is not None:
        low, high = max(low, scale[0]), min(high, scale[1])
    return Estimate(
        value=found.mean,
        interval=Interval(low=low, high=high, level=level),
        n=found.n,
        unit=Unit.SCORE,
        method="t interval (answers)",
        standard_error=error,
    )
