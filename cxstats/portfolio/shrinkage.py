"""Positive-part James-Stein: what is left of many noisy claims once luck is taken out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import count, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit

LEAST_INITIATIVES = 6


class ShrinkTarget(StrEnum):
    """Where the claims are drawn to."""

    ZERO = "zero"  # nothing happened: the sceptic's start, used for totals
    MEAN = "mean"  # the precision-weighted mean of all claims: for comparing them


@dataclass(frozen=True, kw_only=True, slots=True)
class Shrunken:
    """Claims after shrinkage, in the order given.

    `kept` is the part of each claim's distance from `target` that remains, 0..1; `total` the sum of
    the shrunken claims. Its interval towards the mean is that of the shrunken total; towards zero it
    also holds the unshrunken total's interval, since no data tell common luck from a common gain.
    """

    values: tuple[float, ...]
    kept: float
    target: float
    total: Estimate


def shrink(
    *,
    values: ArrayLike | Sequence[float],
    standard_errors: ArrayLike | Sequence[float],
    target: ShrinkTarget = ShrinkTarget.ZERO,
    level: float = 0.95,
    minimum: int = LEAST_INITIATIVES,
) -> Shrunken:
    """Shrink independent claims by a common factor learned from all of them.

    Parameters
    ----------
    values : array-like, shape (k,)
        Estimated values, money (or any one unit).
    standard_errors : array-like, shape (k,)
        Their standard errors, > 0, same unit.
    target : ShrinkTarget
    level : float
        Coverage of the interval of the total, in (0, 1).
    minimum : int
        Fewer claims are not shrunk; at least 4.

    Returns
    -------
    Shrunken

    Raises
    ------
    InvalidInput
        Lengths that differ, standard errors not above 0.
    NotEstimable
        `TOO_FEW_UNITS`.

    Source
    ------
    Efron and Morris 1975, JASA 70, equations 1.1 and 1.4, on claims divided by their standard
    errors; variance after Morris 1983, JASA 78, equation 1.17, for the sum.

    Examples
    --------
    >>> found = shrink(values=[3, 1, 2, 0, 4, 2], standard_errors=[1] * 6)   # sum of squares 34
    >>> round(found.kept, 4), round(found.total.value, 4)
    (0.8824, 10.5882)
    """
    claims, errors = finite_vector("values", values), finite_vector("standard_errors", standard_errors)
    if claims.size != errors.size:
        raise InvalidInput("standard_errors", f"as many as values ({claims.size})")
    if errors.min() <= 0:
        raise InvalidInput("standard_errors", "numbers above 0")
    needed, quantile = count("minimum", minimum, minimum=4), special.ndtri((1 + fraction("level", level)) / 2)
    if claims.size < needed:
        raise NotEstimable(Reason.TOO_FEW_UNITS, found=claims.size, needed=needed)
    precision = (errors.min() / errors) ** 2  # relative, so that no unit overflows
    to_mean = target is ShrinkTarget.MEAN
    center = float(precision @ claims / precision.sum()) if to_mean else 0.0
    spare = claims.size - (3 if to_mean else 2)
    with np.errstate(over="ignore"):
        distance = float(np.sum(((claims - center) / errors) ** 2))
    lost = min(spare / distance, 1.0) if distance > 0 else 1.0
    shrunk = center + (1 - lost) * (claims - center)
    # the total varies with the claims that are kept, with the center, and with the factor itself
    variance = (1 - lost) * float(errors @ errors)
    variance += 2 / spare * (lost * float(np.sum(claims - center))) ** 2
    if to_mean:
        variance += lost * claims.size**2 * float(errors.min()) ** 2 / float(precision.sum())
    error = sqrt(variance)
    total = float(shrunk.sum())
    low, high = total - float(quantile) * error, total + float(quantile) * error
    if not to_mean:
        # the data cannot tell common luck from a common true gain: keep the unshrunken range too
        claimed, reach = float(claims.sum()), float(quantile) * sqrt(float(errors @ errors))
        low, high = min(low, claimed - reach), max(high, claimed + reach)
    return Shrunken(
        values=tuple(shrunk.tolist()),
        kept=1 - lost,
        target=center,
        total=Estimate(
            value=total,
            interval=Interval(low=low, high=high, level=level),
            n=claims.size,
            unit=Unit.MONEY,
            method=f"positive-part James-Stein towards {target}",
            standard_error=error,
        ),
    )
