"""Several questions, one scale: does it hang together, and what does each respondent score?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.agreement.table import complete_table, numeric_table
from cxstats.checks import FloatArray, count, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleReliability:
    """Reliability of the sum (or mean) of the items, up to 1.

    `reversed_items` are the positions of items that run against the rest of the scale: probably
    worded the other way round and not recoded.
    """

    value: float
    interval: Interval
    respondents: int
    items: int
    method: str
    reversed_items: tuple[int, ...]


def cronbach_alpha(
    *, items: ArrayLike, level: float = 0.95, minimum_respondents: int = 10
) -> ScaleReliability:
    """Cronbach's alpha with Feldt's interval.

    Parameters
    ----------
    items : array-like, shape (respondents, items)
        Complete answers, reverse-coded items already recoded; at least two items.
    level : float
        Coverage of the interval, in (0, 1).
    minimum_respondents : int
        At least 3.

    Returns
    -------
    ScaleReliability
        Negative where items run against each other.

    Raises
    ------
    InvalidInput
        Gaps or text in the table.
    NotEstimable
        `TOO_FEW_UNITS` respondents, `TOO_FEW_ANSWERS` (one item), `NO_VARIATION` of the sum.

    Source
    ------
    Cronbach 1951, Psychometrika 16(3), p. 299; Feldt 1965, Psychometrika 30(3), p. 363.

    Examples
    --------
    >>> table = [[1, 2], [2, 2], [3, 3], [4, 5], [5, 4], [5, 5], [2, 1], [1, 1], [4, 4], [3, 4]]
    >>> round(cronbach_alpha(items=table).value, 3)
    0.936
    """
    table = _scale(items, minimum_respondents, fewest_items=2)
    n, k = table.shape
    tail = (1 + fraction("level", level)) / 2
    covariance = np.cov(table, rowvar=False)
    value = k / (k - 1) * (1 - float(np.trace(covariance)) / float(covariance.sum()))
    df_people, df_rest = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - value) * float(special.fdtri(df_people, df_rest, tail))
    high = 1 - (1 - value) / float(special.fdtri(df_rest, df_people, tail))
    return ScaleReliability(
        value=value,
        interval=Interval(low=low, high=high, level=level),
        respondents=n,
        items=k,
        method="Cronbach's alpha",
        reversed_items=_reversed_items(covariance),
    )


def omega_total(
    *,
    items: ArrayLike,
    rng: np.random.Generator,
    resamples: int = 500,
    level: float = 0.95,
    minimum_respondents: int = 50,
) -> ScaleReliability:
    """McDonald's omega: reliability of the sum under one common factor with unequal loadings.

    Parameters
    ----------
    items : array-like, shape (respondents, items)
        Complete answers, reverse-coded items already recoded; at least three items.
    rng : numpy.random.Generator
        For the bootstrap over respondents.
    resamples : int
        At least 100.
    level : float
        Coverage of the interval, in (0, 1).
    minimum_respondents : int
        At least 3.

    Returns
    -------
    ScaleReliability

    Raises
    ------
    InvalidInput
        Gaps or text in the table.
    NotEstimable
        `TOO_FEW_UNITS`, `TOO_FEW_ANSWERS` (fewer than three items), `NO_VARIATION` of an item,
        `NO_CONVERGENCE`: one factor does not fit (a negative item variance).

    Source
    ------
    McDonald 1999, Test Theory, equation 6.20b; one factor by unweighted least squares (Harman and
    Jones 1966, Psychometrika 31(3)).

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> factor = rng.standard_normal((4000, 1))
    >>> table = factor * [0.9, 0.7, 0.5] + rng.standard_normal((4000, 3)) * [0.4, 0.7, 0.9]
    >>> truth = 2.1**2 / (2.1**2 + 0.4**2 + 0.7**2 + 0.9**2)
    >>> abs(omega_total(items=table, rng=rng, resamples=100).value - truth) < 0.02
    True
    """
    table = _scale(items, minimum_respondents, fewest_items=3)
    times, tail = count("resamples", resamples, minimum=100), (1 - fraction("level", level)) / 2
    n, k = table.shape
    covariance = np.cov(table, rowvar=False)
    if np.ptp(table, axis=0).min() == 0:
        raise NotEstimable(Reason.NO_VARIATION)
    value = _omega(covariance)
    if value is None:
        raise NotEstimable(Reason.NO_CONVERGENCE)
    draws = (_omega(np.cov(table[rng.integers(0, n, n)], rowvar=False)) for _ in range(times))
    found = [item for item in draws if item is not None]
    if 2 * len(found) < times:
        raise NotEstimable(Reason.NO_CONVERGENCE, converged=len(found))
    low, high = np.quantile(found, [tail, 1 - tail]).tolist()
    return ScaleReliability(
        value=value,
        interval=Interval(low=min(low, value), high=max(high, value), level=level),
        respondents=n,
        items=k,
        method="McDonald's omega, one factor",
        reversed_items=_reversed_items(covariance),
    )


def scale_scores(
    *,
    items: ArrayLike,
    reverse: Sequence[int] = (),
    lowest: float = 1.0,
    highest: float = 5.0,
    minimum_share: float = 2 / 3,
) -> tuple[float | None, ...]:
    """Scale mean of each respondent who answered enough of its items.

    Parameters
    ----------
    items : array-like, shape (respondents, items)
        Raw answers `lowest`..`highest`; NaN where none was given.
    reverse : sequence of int
        Positions of items worded the other way round; they are recoded to lowest + highest - x.
    lowest, highest : float
        Ends of the answer scale.
    minimum_share : float
        Share of items that must be answered, in [0, 1].

    Returns
    -------
    tuple of float or None
        One per respondent, on the answer scale; None where too few items were answered.

    Raises
    ------
    InvalidInput
        Answers off the scale, positions that do not exist.

    Source
    ------
    Graham 2009, Annual Review of Psychology 60, p. 563 (person mean over part of the items).

    Examples
    --------
    >>> scale_scores(items=[[4, 5, 2], [4, float("nan"), float("nan")]], reverse=[2])
    (4.333333333333333, None)
    """
    table = numeric_table("items", items).copy()
    low, high = real("lowest", lowest), real("highest", highest)
    if not low < high:
        raise InvalidInput("highest", "more than lowest")
    if np.nanmin(table, initial=low) < low or np.nanmax(table, initial=high) > high:
        raise InvalidInput("items", f"answers from {low:g} to {high:g}")
    share = fraction("minimum_share", minimum_share, closed=True)
    for position in reverse:
        if count("reverse", position) >= table.shape[1]:
            raise InvalidInput("reverse", "positions of existing items")
        table[:, position] = low + high - table[:, position]
    answered = np.sum(~np.isnan(table), axis=1)
    sums = np.nansum(table, axis=1)
    enough = (answered > 0) & (answered >= share * table.shape[1] - 1e-9)
    return tuple(
        float(total / number) if ok else None
        for total, number, ok in zip(sums, answered, enough, strict=True)
    )


def _scale(items: ArrayLike, minimum_respondents: int, *, fewest_items: int) -> FloatArray:
    table = complete_table(
        "items",
        items,
        minimum_rows=count("minimum_respondents", minimum_respondents, minimum=3),
        minimum_columns=fewest_items,
    )
    if np.ptp(table.sum(axis=1)) <= 1e-12 * max(float(np.abs(table).max()), 1.0):
        raise NotEstimable(Reason.NO_VARIATION)
    return table


def _reversed_items(covariance: FloatArray) -> tuple[int, ...]:
    """Items whose covariance with the sum of the others is negative."""
    rest = covariance.sum(axis=1) - np.diag(covariance)
    return tuple(int(place) for place in np.flatnonzero(rest < 0))


def _omega(covariance: FloatArray) -> float | None:
    """Omega of a covariance matrix; None where one factor does not fit or an item does not vary."""
    deviations = np.sqrt(np.diag(covariance))
    if not deviations.min() > 0:
        return None
    correlation = covariance / np.outer(deviations, deviations)
    loadings = _one_factor(correlation)
    if loadings is None:
        return None
    common = float((loadings * deviations).sum()) ** 2
    unique = float(((1 - loadings**2) * deviations**2).sum())
    return common / (common + unique)


def _one_factor(correlation: FloatArray) -> FloatArray | None:
    """Loadings that leave the smallest squared off-diagonal residuals, one item at a time. Of three items
    they leave none where one factor can be behind them, and follow at once.
    """
    if len(correlation) == 3:
        first, second, third = correlation[0, 1], correlation[0, 2], correlation[1, 2]
        if first * second * third > 1e-12:
            exact = np.sqrt([first * second / third, first * third / second, second * third / first])
            signs = np.array([1.0, np.sign(first), np.sign(second)])
            return exact * signs if exact.max() < 1 else None
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1] * np.sqrt(values[-1]) * 0.9
    size = loadings.size
    for _ in range(2000):
        before = loadings.copy()
        for item in range(size):
            others = np.arange(size) != item
            weight = float(loadings[others] @ loadings[others])
            if weight <= 1e-12:
                return None
            loadings[item] = float(correlation[item, others] @ loadings[others]) / weight
        if np.abs(loadings - before).max() < 1e-9:
            return loadings if np.abs(loadings).max() < 1 else None
    return None
