"""Restricted cubic splines: a smooth curve that is straight beyond its outer knots."""

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector
from cxstats.errors import InvalidInput

_PLACES = {3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95)}
LEAST_SCORES = 4  # different scores below which no curve is told from a line


def knots_of(score: ArrayLike) -> FloatArray:
    """Four knots at fixed quantiles, or three where those coincide; empty where there are too few scores.

    Parameters
    ----------
    score : array_like of float, shape (n,)

    Notes
    -----
    Source: Harrell (2015), Regression Modeling Strategies, 2nd ed., table 2.3. Scores are few whole numbers:
    where quantiles of the answers coincide, those of the different scores are taken.

    Examples
    --------
    >>> knots_of([0, 2, 4, 5, 6, 7, 8, 8, 9, 9, 10, 10]).tolist()
    [1.1, 5.85, 8.15, 10.0]
    >>> knots_of([1, 1, 2, 2]).tolist()
    []
    """
    values = finite_vector("score", score)
    different = np.unique(values)
    if different.size < LEAST_SCORES:
        return np.empty(0)
    for source in (values, different):
        for places in (_PLACES[4], _PLACES[3]):
            knots = np.quantile(source, places)
            if np.unique(knots).size == len(places):
                return np.asarray(knots, dtype=np.float64)
    return np.empty(0)


def cubic_basis(score: ArrayLike, knots: ArrayLike) -> FloatArray:
    """The curved terms of a restricted cubic spline; the score itself is the straight one.

    Parameters
    ----------
    score : array_like of float, shape (n,)
    knots : array_like of float, shape (k,), k >= 3, ascending

    Returns
    -------
    array of float, shape (n, k - 2)
        Divided by the square of the distance of the outer knots, so that they are in the unit of the score.

    Raises
    ------
    InvalidInput
        Fewer than three knots, or knots that do not ascend.

    Notes
    -----
    Source: Harrell (2015), Regression Modeling Strategies, 2nd ed., eq. 2.25-2.26; Stone and Koo (1985).

    Examples
    --------
    >>> cubic_basis([0.0, 2.0, 4.0, 5.0], [0.0, 2.0, 4.0]).ravel().tolist()
    [0.0, 0.5, 3.0, 4.5]
    """
    values = finite_vector("score", score, minimum=0)
    places = finite_vector("knots", knots, minimum=3)
    if np.any(np.diff(places) <= 0):
        raise InvalidInput("knots", "at least three ascending numbers")
    last, before = places[-1], places[-2]

    def cube(knot: float) -> FloatArray:
        return np.asarray(np.maximum(values - knot, 0.0) ** 3, dtype=np.float64)

    terms = [
        cube(knot)
        - cube(before) * (last - knot) / (last - before)
        + cube(last) * (before - knot) / (last - before)
        for knot in places[:-2]
    ]
    return np.asarray(np.column_stack(terms) / (last - places[0]) ** 2, dtype=np.float64)
