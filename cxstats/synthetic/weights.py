"""Weights on the simplex: which mix of donors (or of periods) resembles the target best."""

import numpy as np

from cxstats.checks import FloatArray
from cxstats.later import optimize

_HEAVY = 1e4


def simplex_weights(
    *, target: FloatArray, sources: FloatArray, ridge: float = 0.0, intercept: bool = False
) -> FloatArray:
    """Minimize ``|target - sources w|^2 + ridge |w|^2`` over ``w >= 0, sum w = 1``.

    Non-negative least squares with one heavy row for the sum: exact, and safe where a general optimizer on
    unscaled data silently stays at its start.

    Parameters
    ----------
    target : array (T,)
    sources : array (T, J)
    ridge : float >= 0
    intercept : bool
        Whether a free constant is added (both sides are centered).

    Returns
    -------
    array (J,), non-negative, sum 1.

    Notes
    -----
    Source: Lawson & Hanson, Solving least squares problems (1974), ch. 22 (weighting method) and 23 (NNLS).

    Examples
    --------
    >>> pool = np.array([[0.0, 2.0], [0.0, 4.0]])
    >>> simplex_weights(target=np.array([1.0, 2.0]), sources=pool).round(6).tolist()
    [0.5, 0.5]
    """
    matrix, right = sources, target
    if intercept:
        matrix, right = sources - sources.mean(axis=0), target - target.mean()
    scale = max(float(np.abs(matrix).max()), float(np.abs(right).max()), 1e-300)
    donors = matrix.shape[1]
    rows = [matrix / scale, np.full((1, donors), _HEAVY)]
    ends = [right / scale, np.array([_HEAVY])]
    if ridge > 0:
        rows.append(np.sqrt(ridge) / scale * np.eye(donors))
        ends.append(np.zeros(donors))
    weights, _ = optimize.nnls(np.vstack(rows), np.concatenate(ends), maxiter=50 * donors + 100)
    return np.asarray(weights / weights.sum(), dtype=np.float64)
