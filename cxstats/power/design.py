"""What clusters and small populations do to the number of answers."""

from math import ceil
from statistics import NormalDist

from cxstats.checks import count, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason

MOST_ANSWERS = 10**15  # beyond any population: such a plan is no plan


def two_quantiles(level: float, power: float) -> tuple[float, float]:
    """z for the two-sided level and z for the power; power must be above one half."""
    z = NormalDist().inv_cdf(0.5 + fraction("level", level) / 2)
    if fraction("power", power) <= 0.5:
        raise InvalidInput("power", "a fraction between 0.5 and 1")
    return z, NormalDist().inv_cdf(power)


def above_zero(name: str, value: object) -> float:
    """Finite number > 0."""
    number = real(name, value)
    if number <= 0:
        raise InvalidInput(name, "a number > 0")
    return number


def whole_answers(exact: float) -> int:
    """Smallest whole number of answers, at least one; a hair of rounding does not add one."""
    if not exact <= MOST_ANSWERS:
        raise NotEstimable(Reason.EVIDENCE_TOO_WEAK, needed_more_than=MOST_ANSWERS)
    return max(1, ceil(exact * (1 - 1e-12)))


def design_effect(*, cluster_size: float, icc: float, size_variation: float = 0.0) -> float:
    """Factor by which clustering multiplies the variance.

    Parameters
    ----------
    cluster_size : float
        Mean number of answers per cluster (account, branch), >= 1.
    icc : float
        Intraclass correlation of answers within a cluster, in [0, 1].
    size_variation : float
        Coefficient of variation of cluster sizes, >= 0; 0 for equal sizes.

    Returns
    -------
    float
        >= 1.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Kish (1965), Survey Sampling, section 5.4; unequal sizes: Eldridge, Ashby and Kerry (2006),
    Int. J. Epidemiology 35:1292-1300.

    Examples
    --------
    >>> round(design_effect(cluster_size=20, icc=0.05), 6)
    1.95
    """
    size = real("cluster_size", cluster_size, minimum=1)
    within = fraction("icc", icc, closed=True)
    variation = real("size_variation", size_variation, minimum=0)
    return 1 + ((1 + variation**2) * size - 1) * within


def answers_with_clusters(
    *, answers: int, cluster_size: float, icc: float, size_variation: float = 0.0
) -> int:
    """Answers needed when they come in clusters, from the answers needed without.

    Parameters
    ----------
    answers : int
        Independent answers needed, >= 1.
    cluster_size, icc, size_variation
        As in `design_effect`.

    Returns
    -------
    int
        Answers, rounded up.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Kish (1965), Survey Sampling, section 5.4.

    Examples
    --------
    >>> answers_with_clusters(answers=955, cluster_size=3, icc=0.2)
    1337
    """
    factor = design_effect(cluster_size=cluster_size, icc=icc, size_variation=size_variation)
    return whole_answers(count("answers", answers, minimum=1) * factor)


def answers_with_finite_population(*, answers: int, population: int) -> int:
    """Answers needed from a small population for the same precision of one wave.

    Parameters
    ----------
    answers : int
        Answers needed from a very large population, >= 1.
    population : int
        Number of people or accounts there are, >= 1.

    Returns
    -------
    int
        n / (1 + (n - 1)/N), rounded up; never above the population.

    Raises
    ------
    InvalidInput
        Arguments that are not whole numbers >= 1.

    Source
    ------
    Cochran (1977), Sampling Techniques, eq. 4.2.

    Examples
    --------
    >>> answers_with_finite_population(answers=232, population=300)
    132
    """
    wanted = count("answers", answers, minimum=1)
    size = count("population", population, minimum=1)
    return whole_answers(wanted / (1 + (wanted - 1) / size))
