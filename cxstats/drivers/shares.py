"""How much of R2 belongs to each driver: general dominance (LMG, Shapley) and relative weights."""

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, finite_vector
from cxstats.errors import InvalidInput, NotEstimable, Reason

MOST_EXACT_DRIVERS = 16
_SMALLEST_EIGENVALUE = 1e-10


def lmg_shares(*, correlations: ArrayLike, with_outcome: ArrayLike) -> FloatArray:
    """General dominance: each driver's average gain in R2 over all orders of entry.

    Parameters
    ----------
    correlations : array-like, shape (p, p)
        Correlations between the drivers, p <= 16.
    with_outcome : array-like, shape (p,)
        Correlation of each driver with the outcome, -1..1.

    Returns
    -------
    float array, shape (p,)
        Parts of R2, each >= 0, that sum to R2.

    Raises
    ------
    InvalidInput
        Not a correlation matrix, sizes that differ, more than 16 drivers.
    NotEstimable
        `COLLINEAR`: some driver is a combination of the others.

    Source
    ------
    Lindeman, Merenda and Gold 1980, p. 119; Budescu 1993, Psychological Bulletin 114(3);
    Gromping 2007, The American Statistician 61(2), equation 5.

    Examples
    --------
    >>> lmg_shares(correlations=[[1, 0.5], [0.5, 1]], with_outcome=[0.6, 0.4]).round(5).tolist()
    [0.28667, 0.08667]
    """
    matrix, vector = correlation_matrix(correlations, with_outcome)
    if vector.size > MOST_EXACT_DRIVERS:
        raise InvalidInput("correlations", f"at most {MOST_EXACT_DRIVERS} drivers (above, relative weights)")
    require_independent(matrix)
    return lmg(matrix, vector)


def relative_weights(*, correlations: ArrayLike, with_outcome: ArrayLike) -> FloatArray:
    """Johnson's relative weights: close to general dominance, for any number of drivers.

    Parameters
    ----------
    correlations : array-like, shape (p, p)
        Correlations between the drivers.
    with_outcome : array-like, shape (p,)
        Correlation of each driver with the outcome, -1..1.

    Returns
    -------
    float array, shape (p,)
        Parts of R2, each >= 0, that sum to R2.

    Raises
    ------
    InvalidInput, NotEstimable
        As in `lmg_shares`, without the limit on p.

    Source
    ------
    Johnson 2000, Multivariate Behavioral Research 35(1), pp. 8-9.

    Examples
    --------
    >>> relative_weights(correlations=[[1, 0.5], [0.5, 1]], with_outcome=[0.6, 0.4]).round(5).tolist()
    [0.28667, 0.08667]
    """
    matrix, vector = correlation_matrix(correlations, with_outcome)
    require_independent(matrix)
    return johnson(matrix, vector)


def correlation_matrix(correlations: ArrayLike, with_outcome: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Checked copies of both arguments."""
    vector = finite_vector("with_outcome", with_outcome)
    try:
        matrix = np.asarray(correlations, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput("correlations", "a square table of numbers") from error
    if matrix.shape != (vector.size, vector.size) or not np.all(np.isfinite(matrix)):
        raise InvalidInput("correlations", f"a finite {vector.size} x {vector.size} table")
    unit_diagonal = np.allclose(np.diag(matrix), 1, atol=1e-9)
    if not unit_diagonal or not np.allclose(matrix, matrix.T, atol=1e-9) or np.abs(matrix).max() > 1 + 1e-9:
        raise InvalidInput("correlations", "a symmetric table of correlations with ones on the diagonal")
    if np.abs(vector).max() > 1 + 1e-9:
        raise InvalidInput("with_outcome", "correlations between -1 and 1")
    return matrix, vector


def require_independent(matrix: FloatArray) -> None:
    """Refuse drivers of which one follows from the others."""
    if not is_independent(matrix):
        raise NotEstimable(Reason.COLLINEAR)


def is_independent(matrix: FloatArray) -> bool:
    return bool(np.linalg.eigvalsh(matrix)[0] > _SMALLEST_EIGENVALUE)


def lmg(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """General dominance of checked input; R2 of all subsets, one batch per subset size."""
    size = vector.size
    explained = np.zeros(1 << size)
    for members, masks in _subsets(size):
        inner = matrix[members[:, :, None], members[:, None, :]]
        outer = vector[members]
        slopes = np.linalg.solve(inner, outer[:, :, None])[:, :, 0]
        explained[masks] = np.einsum("ij,ij->i", outer, slopes)
    return shapley(explained, size)


def shapley(worth: FloatArray, size: int) -> FloatArray:
    """Average gain of each driver over all orders of entry; `worth` of each subset, by its bit mask."""
    parts = np.empty(size)
    for driver, (without, weights) in enumerate(_entries(size)):
        parts[driver] = weights @ (worth[without | (1 << driver)] - worth[without])
    return parts


def johnson(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """Relative weights of checked input, by the symmetric square root of the correlations."""
    values, vectors = np.linalg.eigh(matrix)
    root = (vectors * np.sqrt(values)) @ vectors.T
    slopes = (vectors / np.sqrt(values)) @ (vectors.T @ vector)
    weights: FloatArray = root**2 @ slopes**2
    return weights


@cache
def _subsets(size: int) -> tuple[tuple[NDArray[np.intp], NDArray[np.int64]], ...]:
    """For each subset size: members (subsets, size) and their bit masks."""
    found = []
    for members in range(1, size + 1):
        table = np.array(list(combinations(range(size), members)), dtype=np.intp)
        found.append((table, np.sum(1 << table.astype(np.int64), axis=1)))
    return tuple(found)


@cache
def _entries(size: int) -> tuple[tuple[NDArray[np.int64], FloatArray], ...]:
    """For each driver: the subsets without it and |S|! (p - |S| - 1)! / p!."""
    masks = np.arange(1 << size, dtype=np.int64)
    members = np.bitwise_count(masks).astype(np.intp)
    weight = np.ones(size)
    for held in range(size):
        # 1 / (p * C(p - 1, held))
        weight[held] = 1 / size if held == 0 else weight[held - 1] * held / (size - held)
    found = []
    for driver in range(size):
        without = masks[(masks >> driver) & 1 == 0]
        found.append((without, weight[members[without]]))
    return tuple(found)
