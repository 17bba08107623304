"""Do the raters of one thing agree? r_wg and r_wg(J), against a declared idea of "by chance"."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, finite_vector
from cxstats.errors import InvalidInput, NotEstimable, Reason

SLIGHT_SKEW_VARIANCE = 1.34  # five levels answered .05 .15 .20 .35 .25


class Null(StrEnum):
    """What raters without any agreement would look like."""

    UNIFORM = "uniform"  # every level equally likely
    SLIGHT_SKEW = "slight_skew"  # lenient raters: upper levels likelier (five levels only)


class AgreementReading(StrEnum):
    """How a coefficient in 0..1 is read (thresholds .51 and .70, methods handbook)."""

    AGREE = "agree"
    MODERATE = "moderate"
    WEAK = "weak"


@dataclass(frozen=True, kw_only=True, slots=True)
class WithinGroupAgreement:
    """r_wg (one item) or r_wg(J) (several): 0 as by chance, 1 all alike.

    `raters` is the smallest number of raters behind an item; `variance` the mean item variance
    (n - 1); `null_variance` what it is compared with; `value` is truncated at 0.
    """

    value: float
    raters: int
    items: int
    variance: float
    null_variance: float
    null: Null
    reading: AgreementReading


def null_variance(*, levels: int, null: Null = Null.UNIFORM) -> float:
    """Variance of one answer if raters answered without agreement.

    Parameters
    ----------
    levels : int
        Number of answer options A, at least 2.
    null : Null
        `UNIFORM`: (A^2 - 1) / 12. `SLIGHT_SKEW`: 1.34, defined for five levels only.

    Raises
    ------
    InvalidInput
        Fewer than two levels, or a slight skew asked for other than five levels.

    Source
    ------
    LeBreton and Senter 2008, Organizational Research Methods 11(4), p. 832, table 2.

    Examples
    --------
    >>> null_variance(levels=5)
    2.0
    """
    size = count("levels", levels, minimum=2)
    if null is Null.UNIFORM:
        return (size * size - 1) / 12
    if size != 5:
        raise InvalidInput("null", "uniform (a slight skew is defined for five levels only)")
    return SLIGHT_SKEW_VARIANCE


def read_agreement(value: float) -> AgreementReading:
    """Word for a within-group coefficient: >= .70 agree, >= .51 moderate, else weak.

    Examples
    --------
    >>> read_agreement(0.7).value
    'agree'
    """
    if value >= 0.70:
        return AgreementReading.AGREE
    return AgreementReading.MODERATE if value >= 0.51 else AgreementReading.WEAK


def r_wg(
    *, ratings: ArrayLike, levels: int = 5, null: Null = Null.UNIFORM, minimum_raters: int = 3
) -> WithinGroupAgreement:
    """Agreement of several raters about one item, r_wg = 1 - s^2 / sigma^2.

    Parameters
    ----------
    ratings : array-like, shape (raters,)
        Levels 1..`levels`, finite; leave out raters who did not answer.
    levels : int
        Number of answer options A.
    null : Null
        What "by chance" means.
    minimum_raters : int
        Fewer are shown as ratings, without a coefficient; at least 2.

    Returns
    -------
    WithinGroupAgreement
        `value` in 0..1; negative values (more spread than by chance) become 0.

    Raises
    ------
    InvalidInput
        A rating outside 1..`levels`, or not a number.
    NotEstimable
        `TOO_FEW_ANSWERS`.

    Source
    ------
    James, Demaree and Wolf 1984, Journal of Applied Psychology 69(1), p. 87, equation 1.

    Examples
    --------
    >>> round(r_wg(ratings=[3, 4, 4, 5]).value, 3)
    0.667
    """
    return r_wg_j(items=[ratings], levels=levels, null=null, minimum_raters=minimum_raters)


def r_wg_j(
    *, items: list[ArrayLike], levels: int = 5, null: Null = Null.UNIFORM, minimum_raters: int = 3
) -> WithinGroupAgreement:
    """Agreement of several raters over J parallel items, r_wg(J).

    Parameters
    ----------
    items : list of array-like, each of shape (raters,)
        One list of ratings per item, levels 1..`levels`; raters may differ between items.
    levels, null, minimum_raters
        As in `r_wg`; every item needs `minimum_raters`.

    Returns
    -------
    WithinGroupAgreement
        J(1 - v) / (J(1 - v) + v) with v = mean variance / null variance; 0 where v >= 1.

    Raises
    ------
    InvalidInput, NotEstimable
        As in `r_wg`; no item at all is `NO_DATA`.

    Source
    ------
    James, Demaree and Wolf 1984, equation 2.

    Examples
    --------
    >>> round(r_wg_j(items=[[3, 4, 4, 5], [2, 3, 3, 4]]).value, 3)
    0.8
    """
    chance = null_variance(levels=levels, null=null)
    needed = count("minimum_raters", minimum_raters, minimum=2)
    if len(items) == 0:
        raise NotEstimable(Reason.NO_DATA)
    vectors = [_ratings(item, levels) for item in items]
    fewest = min(vector.size for vector in vectors)
    if fewest < needed:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=fewest, needed=needed)
    variance = float(np.mean([np.var(vector, ddof=1) for vector in vectors]))
    ratio = variance / chance
    size = len(vectors)
    value = 0.0 if ratio >= 1 else size * (1 - ratio) / (size * (1 - ratio) + ratio)
    return WithinGroupAgreement(
        value=value,
        raters=fewest,
        items=size,
        variance=variance,
        null_variance=chance,
        null=null,
        reading=read_agreement(value),
    )


def _ratings(ratings: ArrayLike, levels: int) -> FloatArray:
    vector = finite_vector("ratings", ratings, minimum=0)
    if vector.size and (vector.min() < 1 or vector.max() > levels):
        raise InvalidInput("ratings", f"levels between 1 and {levels}")
    return vector
