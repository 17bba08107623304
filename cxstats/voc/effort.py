"""Customer effort: four definitions that the field all calls CES and that never mix."""

from collections.abc import Sequence
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import histogram_counts, two_sided_z
from cxstats.voc.means import mean_score_from_histogram
from cxstats.voc.promoters import adjusted_wald
from cxstats.voc.shares import share


class CesDefinition(StrEnum):
    """Which customer effort score; the high end of the scale is the easy end in all of them."""

    MEAN_1_7 = "mean_1_7"  # mean of answers 1..7
    AGREE_5_7 = "agree_5_7"  # share of answers 5..7 on the 7-point scale
    EASY_4_5 = "easy_4_5"  # share of answers 4..5 on the 5-point scale
    NET_EASY = "net_easy"  # share above the middle minus share below it, 5 or 7 points


LENGTHS = {
    CesDefinition.MEAN_1_7: (7,),
    CesDefinition.AGREE_5_7: (7,),
    CesDefinition.EASY_4_5: (5,),
    CesDefinition.NET_EASY: (5, 7),
}


def ces(*, histogram: ArrayLike | Sequence[int], definition: CesDefinition, level: float = 0.95) -> Estimate:
    """Customer effort score under one of its four definitions.

    Parameters
    ----------
    histogram : array_like of int, shape (5,) or (7,)
        Answers per point, hardest first (turn a reversed question round before calling).
    definition : CesDefinition
        Which score; fixes the length of the scale.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Estimate
        SCORE 1..7 (MEAN_1_7), SHARE 0..1 (AGREE_5_7, EASY_4_5) or SHARE_DIFFERENCE -1..1 (NET_EASY).

    Raises
    ------
    NotEstimable
        SCALE_MISMATCH when the scale is not the definition's; NO_DATA; TOO_FEW_ANSWERS (a mean of one).
    InvalidInput
        Bad counts or a definition that is not a `CesDefinition`.

    Source
    ------
    Dixon, Freeman and Toman (2010), Stop trying to delight your customers, HBR 88(7/8):116-122, and its
    later seven-point agreement form; intervals: t, Wilson, and adjusted Wald as in `nps`.

    Examples
    --------
    >>> answers = [5, 5, 10, 10, 20, 30, 20]
    >>> ces(histogram=answers, definition=CesDefinition.AGREE_5_7).value
    0.7
    >>> ces(histogram=answers, definition=CesDefinition.NET_EASY).value
    0.5
    """
    z = two_sided_z(level)
    if not isinstance(definition, CesDefinition):
        raise InvalidInput("definition", "a CesDefinition")
    counts = histogram_counts("histogram", histogram)
    points = int(counts.size)
    if points not in LENGTHS[definition]:
        raise NotEstimable(Reason.SCALE_MISMATCH, needed=LENGTHS[definition][0], found=points)
    n = int(counts.sum())
    if definition is CesDefinition.MEAN_1_7:
        return mean_score_from_histogram(counts=counts, points=np.arange(1, 8), level=level)
    easy = int(counts[points // 2 + 1 :].sum())
    if definition is not CesDefinition.NET_EASY:
        return share(hits=easy, n=n, level=level)
    difficult = int(counts[: points // 2].sum())
    value = (easy - difficult) / n
    centre, variance = adjusted_wald(easy / n, difficult / n, 1 / n)
    middle, error = float(centre), sqrt(variance)
    return Estimate(
        value=value,
        interval=Interval(
            low=max(-1.0, min(value, middle - z * error)),
            high=min(1.0, max(value, middle + z * error)),
            level=level,
        ),
        n=n,
        unit=Unit.SHARE_DIFFERENCE,
        method="adjusted Wald (answers)",
        standard_error=error,
    )
