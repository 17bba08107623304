"""Answers for NPS: precision of one wave, change between two."""

from math import sqrt

from cxstats.checks import count, fraction, real
from cxstats.errors import InvalidInput
from cxstats.later import special
from cxstats.power.design import above_zero, two_quantiles, whole_answers
from cxstats.voc.counts import two_sided_z


def answers_for_nps_margin(
    *,
    margin: float,
    promoter_share: float = 0.5,
    detractor_share: float = 0.2,
    level: float = 0.95,
    population: int | None = None,
) -> int:
    """Answers needed so that the NPS interval is about +- `margin` points.

    Parameters
    ----------
    margin : float
        Half-width in points, > 0.
    promoter_share, detractor_share : float
        Expected shares in [0, 1], sum <= 1.
    level : float
        Nominal coverage in (0, 1).
    population : int, optional
        Number who could answer.

    Returns
    -------
    int
        z^2 V / margin^2 - 3, rounded up, at least 1; within the population if one is given.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Inversion of the adjusted Wald interval: Rocks (2016); Lewis and Sauro (2021), MeasuringU;
    population: Cochran (1977), eq. 4.2.

    Examples
    --------
    >>> answers_for_nps_margin(margin=10), answers_for_nps_margin(margin=5)
    (232, 935)
    """
    wanted = above_zero("margin", margin) / 100
    z = two_sided_z(level)
    ratio = z / wanted
    exact = ratio * ratio * vote_variance(promoter_share, detractor_share) - 3
    if population is None:
        return whole_answers(exact)
    size = count("population", population, minimum=1)
    return whole_answers(max(exact, 1.0) / (1 + (max(exact, 1.0) - 1) / size))


def answers_for_nps_change(
    *,
    change: float,
    promoter_share: float = 0.5,
    detractor_share: float = 0.2,
    promoter_share_after: float | None = None,
    detractor_share_after: float | None = None,
    level: float = 0.95,
    power: float = 0.8,
) -> int:
    """Answers needed in EACH of two independent waves to detect a change of NPS.

    Parameters
    ----------
    change : float
        Points, either sign, not 0.
    promoter_share, detractor_share : float
        Expected shares in the first wave, in [0, 1], sum <= 1.
    promoter_share_after, detractor_share_after : float, optional
        Those of the second wave; as in the first where None.
    level, power : float
        Two-sided level in (0, 1); power in (0.5, 1).

    Returns
    -------
    int
        (z + z_power)^2 (V1 + V2) / change^2 - 3, rounded up, at least 1.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Lewis and Sauro (2021), sample sizes for comparing two Net Promoter Scores, MeasuringU.

    Examples
    --------
    >>> [answers_for_nps_change(change=points) for points in (5, 10, 20)]
    [3828, 955, 237]
    """
    z, z_power = two_quantiles(level, power)
    wanted = above_zero("change", abs(real("change", change))) / 100
    first = vote_variance(promoter_share, detractor_share)
    second = vote_variance(
        promoter_share if promoter_share_after is None else promoter_share_after,
        detractor_share if detractor_share_after is None else detractor_share_after,
    )
    ratio = (z + z_power) / wanted
    return whole_answers(ratio * ratio * (first + second) - 3)


def smallest_detectable_nps_change(
    *,
    before_n: int,
    after_n: int | None = None,
    promoter_share: float = 0.5,
    detractor_share: float = 0.2,
    level: float = 0.95,
    power: float = 0.8,
    effect_of_design: float = 1.0,
) -> float:
    """Smallest change of NPS that two waves of given size detect with the given power.

    Parameters
    ----------
    before_n, after_n : int
        Answers per wave, >= 1; `after_n` as `before_n` where None.
    promoter_share, detractor_share : float
        Expected shares, in [0, 1], sum <= 1.
    level, power : float
        Two-sided level in (0, 1); power in (0.5, 1).
    effect_of_design : float
        Design effect of clusters, >= 1 (see `design_effect`).

    Returns
    -------
    float
        Points; may exceed what is possible on the scale, which says that no change can be detected.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    As `answers_for_nps_change`, solved for the change.

    Examples
    --------
    >>> [round(smallest_detectable_nps_change(before_n=n), 1) for n in (30, 200)]
    [53.9, 21.7]
    """
    z, z_power = two_quantiles(level, power)
    return 100 * (z + z_power) * _error(before_n, after_n, promoter_share, detractor_share, effect_of_design)


def nps_change_power(
    *,
    change: float,
    before_n: int,
    after_n: int | None = None,
    promoter_share: float = 0.5,
    detractor_share: float = 0.2,
    level: float = 0.95,
    effect_of_design: float = 1.0,
) -> float:
    """Probability of detecting a true change of NPS with two waves of given size.

    Parameters
    ----------
    change : float
        True change in points, either sign; 0 gives 1 - level.
    before_n, after_n, promoter_share, detractor_share, level, effect_of_design
        As in `smallest_detectable_nps_change`.

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
    Normal approximation to the two-sided test of `cxstats.voc.nps_change`.

    Examples
    --------
    >>> round(nps_change_power(change=10, before_n=955), 3)
    0.8
    """
    z = two_sided_z(level)
    distance = change_in_points(change) / _error(
        before_n, after_n, promoter_share, detractor_share, effect_of_design
    )
    return float(special.ndtr(distance - z) + special.ndtr(-distance - z))


def change_in_points(change: object) -> float:
    """Points between -200 and 200, as a fraction."""
    points = real("change", change)
    if abs(points) > 200:
        raise InvalidInput("change", "points between -200 and 200")
    return points / 100


def vote_variance(promoter_share: float, detractor_share: float) -> float:
    """Variance of one vote (+1, 0, -1), as a fraction squared."""
    p = fraction("promoter_share", promoter_share, closed=True)
    d = fraction("detractor_share", detractor_share, closed=True)
    if p + d > 1 + 1e-12:
        raise InvalidInput("detractor_share", "at most 1 - promoter_share")
    variance = p + d - (p - d) ** 2
    if variance <= 1e-12:
        raise InvalidInput("promoter_share", "shares under which answers differ at all")
    return variance


def _error(
    before_n: int, after_n: int | None, promoter_share: float, detractor_share: float, design: float
) -> float:
    first = count("before_n", before_n, minimum=1)
    second = first if after_n is None else count("after_n", after_n, minimum=1)
    if above_zero("effect_of_design", design) < 1:
        raise InvalidInput("effect_of_design", "a number >= 1")
    variance = vote_variance(promoter_share, detractor_share)
    # the design effect divides the answers, not the three pseudo-answers of the interval
    return sqrt(variance / (first / design + 3) + variance / (second / design + 3))
