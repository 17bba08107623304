"""Many tests at once: adjusted p-values for one family.

A family is what is read together: one dashboard refresh, one report. Owns the adjustment only; which
tests form a family is the caller's decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason


class Adjustment(StrEnum):
    """What is held down."""

    BENJAMINI_HOCHBERG = "benjamini_hochberg"  # share of false ones among the findings
    HOLM = "holm"  # chance of even one false finding


@dataclass(frozen=True, kw_only=True, slots=True)
class AdjustedFamily:
    """Adjusted p-values in the order given; `found[i]` where adjusted[i] <= limit."""

    adjusted: tuple[float, ...]
    found: tuple[bool, ...]
    limit: float
    method: Adjustment


def benjamini_hochberg(*, p_values: ArrayLike | Sequence[float], limit: float = 0.10) -> AdjustedFamily:
    """Benjamini-Hochberg: at most a share `limit` of the findings is expected to be false.

    Parameters
    ----------
    p_values : array_like of float, shape (m,)
        In [0, 1], one per test of the family; tests that gave no p-value must be left out.
    limit : float
        False discovery rate in (0, 1): 0.10 for screens and alerts, 0.05 for "supported".

    Returns
    -------
    AdjustedFamily
        Valid for independent and for positively dependent tests.

    Raises
    ------
    NotEstimable
        NO_DATA for an empty family.
    InvalidInput
        Values outside [0, 1] or not finite.

    Source
    ------
    Benjamini and Hochberg (1995), JRSS B 57:289-300; adjusted form: Yekutieli and Benjamini (1999).

    Examples
    --------
    >>> benjamini_hochberg(p_values=[0.01, 0.04, 0.03, 0.5]).found
    (True, True, True, False)
    """
    p, order = _sorted(p_values)
    m = p.size
    raised = p * m / np.arange(1, m + 1)
    stepped = np.minimum.accumulate(raised[::-1])[::-1]
    return _family(stepped, order, limit, Adjustment.BENJAMINI_HOCHBERG)


def holm(*, p_values: ArrayLike | Sequence[float], limit: float = 0.05) -> AdjustedFamily:
    """Holm: the chance of even one false finding is at most `limit`, whatever the dependence.

    Parameters
    ----------
    p_values : array_like of float, shape (m,)
        In [0, 1]; meant for a few outcomes declared beforehand.
    limit : float
        Familywise error in (0, 1).

    Returns
    -------
    AdjustedFamily
        Adjusted p-values in the order given.

    Raises
    ------
    NotEstimable
        NO_DATA for an empty family.
    InvalidInput
        Values outside [0, 1] or not finite.

    Source
    ------
    Holm (1979), Scandinavian Journal of Statistics 6:65-70.

    Examples
    --------
    >>> [round(p, 3) for p in holm(p_values=[0.01, 0.04, 0.03]).adjusted]
    [0.03, 0.06, 0.06]
    """
    p, order = _sorted(p_values)
    m = p.size
    stepped = np.maximum.accumulate(p * (m - np.arange(m)))
    return _family(stepped, order, limit, Adjustment.HOLM)


def _sorted(p_values: ArrayLike | Sequence[float]) -> tuple[FloatArray, NDArray[np.intp]]:
    p = finite_vector("p_values", p_values, minimum=0)
    if p.size == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    if np.any(p < 0) or np.any(p > 1):
        raise InvalidInput("p_values", "numbers between 0 and 1")
    order = np.argsort(p, kind="stable").astype(np.intp)
    return p[order], order


def _family(stepped: FloatArray, order: NDArray[np.intp], limit: float, method: Adjustment) -> AdjustedFamily:
    bound = fraction("limit", limit)
    adjusted = np.empty(stepped.size)
    adjusted[order] = np.minimum(stepped, 1.0)
    return AdjustedFamily(
        adjusted=tuple(float(value) for value in adjusted),
        found=tuple(bool(value <= bound) for value in adjusted),
        limit=bound,
        method=method,
    )
