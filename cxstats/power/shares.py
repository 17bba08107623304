"""Answers for shares: precision of one wave, change between two."""

from math import sqrt

from cxstats.checks import count, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.power.design import above_zero, two_quantiles, whole_answers
from cxstats.roots import root
from cxstats.voc.counts import two_sided_z


def answers_for_share_margin(
    *, margin: float, expected_share: float = 0.5, level: float = 0.95, population: int | None = None
) -> int:
    """Answers needed so that the interval of a share is about +- `margin`.

    Parameters
    ----------
    margin : float
        Half-width as a fraction, in (0, 1): 0.05 for 5 percentage points.
    expected_share : float
        In (0, 1); 0.5 is the safe choice.
    level : float
        Nominal coverage in (0, 1).
    population : int, optional
        Number who could answer.

    Returns
    -------
    int
        z^2 p (1 - p) / margin^2, corrected for the population, rounded up.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Cochran (1977), Sampling Techniques, eq. 4.1 and 4.2.

    Examples
    --------
    >>> answers_for_share_margin(margin=0.05), answers_for_share_margin(margin=0.05, population=1000)
    (385, 278)
    """
    wanted = fraction("margin", margin)
    p = fraction("expected_share", expected_share)
    ratio = two_sided_z(level) / wanted
    exact = ratio * ratio * p * (1 - p)
    if population is None:
        return whole_answers(exact)
    size = count("population", population, minimum=1)
    return whole_answers(max(exact, 1.0) / (1 + (max(exact, 1.0) - 1) / size))


def answers_for_share_change(
    *, before_share: float, after_share: float, level: float = 0.95, power: float = 0.8
) -> int:
    """Answers needed in EACH of two independent waves to tell two shares apart.

    Parameters
    ----------
    before_share, after_share : float
        In [0, 1], different.
    level, power : float
        Two-sided level in (0, 1); power in (0.5, 1).

    Returns
    -------
    int
        Rounded up.

    Raises
    ------
    InvalidInput
        Arguments outside their range or equal shares.

    Source
    ------
    Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., eq. 4.14
    (no continuity correction).

    Examples
    --------
    >>> answers_for_share_change(before_share=0.50, after_share=0.75, power=0.9)
    77
    """
    z, z_power = two_quantiles(level, power)
    p = fraction("before_share", before_share, closed=True)
    q = fraction("after_share", after_share, closed=True)
    if p == q:
        raise InvalidInput("after_share", "a share that differs from before_share")
    middle = (p + q) / 2
    numerator = z * sqrt(2 * middle * (1 - middle)) + z_power * sqrt(p * (1 - p) + q * (1 - q))
    ratio = numerator / (q - p)
    return whole_answers(ratio * ratio)


def share_change_power(
    *,
    before_share: float,
    after_share: float,
    before_n: int,
    after_n: int | None = None,
    level: float = 0.95,
    effect_of_design: float = 1.0,
) -> float:
    """Probability of detecting the change from one share to another.

    Parameters
    ----------
    before_share, after_share : float
        True shares in (0, 1).
    before_n, after_n : int
        Answers per wave, >= 1; `after_n` as `before_n` where None.
    level : float
        Two-sided level in (0, 1).
    effect_of_design : float
        Design effect of clusters, >= 1.

    Returns
    -------
    float
        In (0, 1); both rejection sides are counted.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Fleiss, Levin and Paik (2003), section 4.4: pooled z test, normal approximation.

    Examples
    --------
    >>> round(share_change_power(before_share=0.5, after_share=0.75, before_n=50), 2)
    0.74
    """
    z = two_sided_z(level)
    p, q = fraction("before_share", before_share), fraction("after_share", after_share)
    first, second = _effective(before_n, after_n, effect_of_design)
    pooled = (first * p + second * q) / (first + second)
    null = sqrt(pooled * (1 - pooled) * (1 / first + 1 / second))
    error = sqrt(p * (1 - p) / first + q * (1 - q) / second)
    distance = abs(q - p)
    return float(special.ndtr((distance - z * null) / error) + special.ndtr((-distance - z * null) / error))


def smallest_detectable_share_change(
    *,
    before_share: float,
    before_n: int,
    after_n: int | None = None,
    upward: bool = True,
    level: float = 0.95,
    power: float = 0.8,
    effect_of_design: float = 1.0,
) -> float:
    """Smallest change of a share that two waves of given size detect with the given power.

    Parameters
    ----------
    before_share : float
        Share in the first wave, in (0, 1).
    before_n, after_n, level, effect_of_design
        As in `share_change_power`.
    upward : bool
        Whether the share is to rise or to fall.
    power : float
        In (0.5, 1).

    Returns
    -------
    float
        Size of the change as a fraction, > 0.

    Raises
    ------
    NotEstimable
        EVIDENCE_TOO_WEAK when not even a change to the end of the scale would be detected.
    InvalidInput
        Arguments outside their range.

    Source
    ------
    `share_change_power` solved for the change.

    Examples
    --------
    >>> round(smallest_detectable_share_change(before_share=0.6, before_n=200), 3)
    0.132
    """
    two_quantiles(level, power)
    p = fraction("before_share", before_share)
    room = 1 - p if upward else p

    def missing(size: float) -> float:
        found = share_change_power(
            before_share=p,
            after_share=p + size if upward else p - size,
            before_n=before_n,
            after_n=after_n,
            level=level,
            effect_of_design=effect_of_design,
        )
        return found - power

    end = room * (1 - 1e-9)
    if missing(end) < 0:
        raise NotEstimable(Reason.EVIDENCE_TOO_WEAK, largest_possible=room, power=missing(end) + power)
    return root(missing, room * 1e-12, end, absolute=1e-12)


def _effective(before_n: int, after_n: int | None, design: float) -> tuple[float, float]:
    first = count("before_n", before_n, minimum=1)
    second = first if after_n is None else count("after_n", after_n, minimum=1)
    if above_zero("effect_of_design", design) < 1:
        raise InvalidInput("effect_of_design", "a number >= 1")
    return first / design, second / design
