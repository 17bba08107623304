"""Sizes of effects: as the engine reckons them, and as people read and type them.

Points and steps of a scale are the same to both. Shares 0..1 are read as percentage points. Effects on times
and on counts are estimated as logarithms, come back as ratios, and are read as percent.
"""

from math import log1p

from cxstats.checks import real
from cxstats.design import EstimandKind

LARGEST_FALL = 0.99  # of a time: one that falls by 100 % or more counts as 99 %


def size_read(kind: EstimandKind, effect: float) -> float:
    """The number that a reader sees for an effect: percentage points of shares, percent of ratios.

    Parameters
    ----------
    kind : EstimandKind
    effect : float
        As in a finding: points, share -1..1, steps of the scale, or ratio of times (1 is no change).

    Raises
    ------
    InvalidInput
        Never.

    Source
    ------
    A ratio r is a change by ``100 (r - 1)`` percent.

    Examples
    --------
    >>> size_read(EstimandKind.SHARE, 0.25), size_read(EstimandKind.LOG_DURATION, 0.75)
    (25.0, -25.0)
    """
    if kind is EstimandKind.SHARE:
        return 100 * effect
    return 100 * (effect - 1) if kind.is_ratio else effect


def size_reckoned(kind: EstimandKind, typed: float, *, is_rise: bool) -> float:
    """A typed size of an effect in the unit that the engine estimates in.

    Parameters
    ----------
    kind : EstimandKind
    typed : float >= 0
        Points, percentage points, steps of the scale, or percent of the time.
    is_rise : bool
        Whether the metric goes up: twice the time and half of it are as far from no change.

    Returns
    -------
    float >= 0
        Points, share 0..1, steps of the scale, or the absolute logarithm of the ratio of times.

    Raises
    ------
    InvalidInput
        A size below 0.

    Source
    ------
    As `size_read`; ``|log(1 + s)|`` for a rise by the share s, ``|log(1 - s)|`` for a fall.

    Examples
    --------
    >>> size_reckoned(EstimandKind.SHARE, 5.0, is_rise=True)
    0.05
    >>> round(size_reckoned(EstimandKind.LOG_DURATION, 50.0, is_rise=False), 4)
    0.6931
    """
    size = real("typed", typed, minimum=0.0)
    if kind is EstimandKind.SHARE:
        return size / 100
    if kind.is_ratio:
        share = size / 100
        return log1p(share) if is_rise else -log1p(-min(share, LARGEST_FALL))
    return size
