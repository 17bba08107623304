"""Logistic and linear fits with errors clustered by customer: everything as sums over customers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.drivers.logit import logit_fit
from cxstats.errors import NotEstimable, Reason
from cxstats.later import special


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """`table` (n, p + 1), intercept first; `influence` (n, p + 1): what each row moves the coefficients by.

    A row's residual is divided by one minus its leverage, as a jackknife over rows does: with few customers
    plain residuals are too small. Source: MacKinnon and White (1985), J. Econometrics 29:305 (HC3).
    """

    table: FloatArray
    coefficients: FloatArray
    fitted: FloatArray
    influence: FloatArray
    is_logistic: bool


def fit(columns: FloatArray, outcome: FloatArray, *, is_logistic: bool) -> Fit:
    """Fit columns (n, p), none constant or collinear.

    Raises NotEstimable: NO_UNIQUE_SOLUTION where the columns separate the outcomes.
    """
    n = outcome.size
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    scaled = np.column_stack([np.ones(n), (columns - middle) / spread])
    if is_logistic:
        found = logit_fit(outcome, np.ascontiguousarray(scaled[:, 1:]))
        own, fitted = found.coefficients, found.probabilities
        weights = fitted * (1 - fitted)
    else:
        own = np.linalg.lstsq(scaled, outcome, rcond=None)[0]
        fitted, weights = scaled @ own, np.ones(n)
    inverse = np.linalg.inv((scaled.T * weights) @ scaled)
    leverage = np.einsum("ij,jk,ik->i", scaled, inverse, scaled) * weights
    residual = (outcome - fitted) / np.maximum(1 - leverage, 1e-6)
    # back to the units of the columns
    back = np.diag(np.concatenate([[1.0], 1 / spread]))
    back[0, 1:] = -middle / spread
    return Fit(
        table=np.column_stack([np.ones(n), columns]),
        coefficients=back @ own,
        fitted=fitted,
        influence=(scaled * residual[:, None]) @ inverse @ back.T,
        is_logistic=is_logistic,
    )


def clustered(influence: FloatArray, cluster: NDArray[np.int64]) -> FloatArray:
    """Covariance (k, k) of statistics whose rows' influence is (n, k), summed over customers.

    Source: Liang and Zeger (1986), Biometrika 73:13; the factor G / (G - 1) of a sum over G customers.
    """
    _customers, place = np.unique(cluster, return_inverse=True)
    count = int(place.max()) + 1
    sums = np.zeros((count, influence.shape[1]))
    np.add.at(sums, place, influence)
    return np.asarray(sums.T @ sums * (count / (count - 1)), dtype=np.float64)


def independent(columns: FloatArray, *, first: int) -> list[int]:
    """Places of columns that vary and add something to those before them; the `first` ones have to.

    Raises NotEstimable: NO_VARIATION, or COLLINEAR, where one of those does not.
    """
    kept: list[int] = []
    basis = np.ones((columns.shape[0], 1)) / np.sqrt(columns.shape[0])
    for place in range(columns.shape[1]):
        column = columns[:, place] - columns[:, place].mean()
        size = float(np.linalg.norm(column))
        rest = column - basis @ (basis.T @ column)
        if size <= 1e-12 * max(1.0, float(np.abs(columns[:, place]).max())):
            if place < first:
                raise NotEstimable(Reason.NO_VARIATION)
            continue
        if float(np.linalg.norm(rest)) <= 1e-6 * size:
            if place < first:
                raise NotEstimable(Reason.COLLINEAR)
            continue
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
        kept.append(place)
    return kept


def mean_slope(found: Fit, place: int) -> tuple[float, FloatArray]:
    """Mean change of the outcome for one unit of a column (counted after the intercept), over all rows, with
    the influence (n,) of each row on it: of a logistic fit the average marginal effect.

    Source: Bartus (2005), Stata Journal 5:309; influence by the delta method.
    """
    slope = found.coefficients[place + 1]
    if not found.is_logistic:
        return float(slope), found.influence[:, place + 1]
    weights = found.fitted * (1 - found.fitted)
    each = weights * slope
    gradient = slope * ((weights * (1 - 2 * found.fitted)) @ found.table) / len(weights)
    gradient[place + 1] += weights.mean()
    return float(each.mean()), (each - each.mean()) / len(weights) + found.influence @ gradient


def mean_at(found: Fit, columns: FloatArray) -> tuple[float, FloatArray]:
    """Mean outcome where the rows had these columns (n, p) instead of their own, with its influence (n,)."""
    table = np.column_stack([np.ones(columns.shape[0]), columns])
    each = table @ found.coefficients
    if found.is_logistic:
        each = special.expit(each)
        weights = each * (1 - each)
    else:
        weights = np.ones_like(each)
    gradient = (weights @ table) / len(each)
    return float(each.mean()), (each - each.mean()) / len(each) + found.influence @ gradient
