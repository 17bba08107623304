"""Answers for means: precision of one wave, change between two, the same people twice."""

from collections.abc import Callable
from math import sqrt

import numpy as np

from cxstats.checks import count, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.power.design import MOST_ANSWERS, above_zero, two_quantiles, whole_answers
from cxstats.roots import root
from cxstats.voc.counts import two_sided_z

LARGE = 10_000  # degrees of freedom from which t and normal agree to four digits of power
NODES = np.linspace(-8.5, 8.5, 341)  # trapezoid in the normal score of the estimated variance
WEIGHTS = np.exp(-(NODES**2) / 2) * (NODES[1] - NODES[0]) / np.sqrt(2 * np.pi)


def answers_for_mean_margin(
    *, margin: float, standard_deviation: float, level: float = 0.95, population: int | None = None
) -> int:
    """Answers needed so that the t interval of a mean is about +- `margin`.

    Parameters
    ----------
    margin, standard_deviation : float
        On the answer scale, > 0.
    level : float
        Nominal coverage in (0, 1).
    population : int, optional
        Number who could answer.

    Returns
    -------
    int
        Smallest n >= 2 with t_(n-1) SD / sqrt(n) <= margin; with a population the normal form of it,
        corrected.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Cochran (1977), Sampling Techniques, section 4.6.

    Examples
    --------
    >>> answers_for_mean_margin(margin=0.2, standard_deviation=1.0)
    99
    """
    fraction("level", level)
    ratio = above_zero("standard_deviation", standard_deviation) / above_zero("margin", margin)
    if population is not None:
        size = count("population", population, minimum=1)
        z = two_sided_z(level)
        exact = max(z * ratio * (z * ratio), 1.0)
        return whole_answers(exact / (1 + (exact - 1) / size))

    def enough(n: int) -> bool:
        return float(special.stdtrit(n - 1, 0.5 + level / 2)) * ratio <= sqrt(n)

    return _first_enough(enough)


def answers_for_mean_change(
    *, change: float, standard_deviation: float, level: float = 0.95, power: float = 0.8
) -> int:
    """Answers needed in EACH of two independent waves to detect a change of a mean.

    Parameters
    ----------
    change : float
        On the answer scale, either sign, not 0.
    standard_deviation : float
        Of one answer, alike in both waves, > 0.
    level, power : float
        Two-sided level in (0, 1); power in (0.5, 1).

    Returns
    -------
    int
        Smallest n per wave whose two-sample t test has the power.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Noncentral t: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., chapter 2.

    Examples
    --------
    >>> answers_for_mean_change(change=0.5, standard_deviation=1.0)
    64
    """
    two_quantiles(level, power)
    effect = _effect(change, standard_deviation)
    return _first_enough(lambda n: _t_power(effect * sqrt(n / 2), 2 * n - 2, level) >= power)


def answers_for_paired_change(
    *, change: float, difference_standard_deviation: float, level: float = 0.95, power: float = 0.8
) -> int:
    """People or accounts needed when the same ones answer twice.

    Parameters
    ----------
    change : float
        On the answer scale, either sign, not 0.
    difference_standard_deviation : float
        Of the difference (second minus first answer) within one person, > 0.
    level, power : float
        Two-sided level in (0, 1); power in (0.5, 1).

    Returns
    -------
    int
        Smallest n >= 2 whose paired t test has the power.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Cohen (1988), chapter 2, case of matched pairs.

    Examples
    --------
    >>> answers_for_paired_change(change=0.5, difference_standard_deviation=1.0)
    34
    """
    two_quantiles(level, power)
    effect = _effect(change, difference_standard_deviation)
    return _first_enough(lambda n: _t_power(effect * sqrt(n), n - 1, level) >= power)


def mean_change_power(
    *,
    change: float,
    standard_deviation: float,
    before_n: int,
    after_n: int | None = None,
    level: float = 0.95,
    effect_of_design: float = 1.0,
) -> float:
    """Probability of detecting a true change of a mean with two independent waves.

    Parameters
    ----------
    change : float
        True change on the answer scale, either sign; 0 gives 1 - level.
    standard_deviation : float
        Of one answer, > 0.
    before_n, after_n : int
        Answers per wave, >= 2; `after_n` as `before_n` where None.
    level : float
        Two-sided level in (0, 1).
    effect_of_design : float
        Design effect of clusters, >= 1; it shrinks the waves, which must keep 2 effective answers.

    Returns
    -------
    float
        In (0, 1]; both rejection sides are counted.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Cohen (1988), chapter 2 (noncentral t).

    Examples
    --------
    >>> round(mean_change_power(change=1, standard_deviation=1, before_n=20), 3)
    0.869
    """
    fraction("level", level)
    effect = abs(real("change", change)) / above_zero("standard_deviation", standard_deviation)
    first, second = _effective(before_n, after_n, effect_of_design)
    return _t_power(effect / sqrt(1 / first + 1 / second), first + second - 2, level)


def smallest_detectable_mean_change(
    *,
    standard_deviation: float,
    before_n: int,
    after_n: int | None = None,
    level: float = 0.95,
    power: float = 0.8,
    effect_of_design: float = 1.0,
) -> float:
    """Smallest change of a mean that two waves of given size detect with the given power.

    Parameters
    ----------
    standard_deviation, before_n, after_n, level, effect_of_design
        As in `mean_change_power`.
    power : float
        In (0.5, 1).

    Returns
    -------
    float
        On the answer scale, > 0.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    `mean_change_power` solved for the change.

    Examples
    --------
    >>> round(smallest_detectable_mean_change(standard_deviation=1.0, before_n=64), 3)
    0.499
    """
    two_quantiles(level, power)
    deviation = above_zero("standard_deviation", standard_deviation)
    first, second = _effective(before_n, after_n, effect_of_design)
    freedom = first + second - 2
    # beyond twice the sum of both quantiles the power is as good as one
    furthest = (
        2 * float(special.stdtrit(freedom, 0.5 + level / 2)) + 2 * float(special.stdtrit(freedom, power)) + 10
    )
    distance = root(lambda shift: _t_power(shift, freedom, level) - power, 0.0, furthest, absolute=1e-12)
    return distance * deviation * sqrt(1 / first + 1 / second)


def _effect(change: float, standard_deviation: float) -> float:
    size = abs(real("change", change))
    return above_zero("change", size) / above_zero("standard_deviation", standard_deviation)


def _t_power(shift: float, freedom: float, level: float) -> float:
    """Two-sided power of a t test whose statistic has noncentrality `shift` >= 0.

    The normal tail given the estimated standard deviation, averaged over its chi distribution:
    stable where SciPy's noncentral t returns NaN (far tails).
    """
    reach = float(special.stdtrit(freedom, 0.5 + level / 2))
    if freedom > LARGE:
        return float(special.ndtr(shift - reach) + special.ndtr(-shift - reach))
    upper = NODES > 0
    ratio = np.empty(NODES.size)
    ratio[~upper] = special.gammaincinv(freedom / 2, special.ndtr(NODES[~upper]))
    ratio[upper] = special.gammainccinv(freedom / 2, special.ndtr(-NODES[upper]))
    limit = reach * np.sqrt(2 * ratio / freedom)
    return float(WEIGHTS @ (special.ndtr(shift - limit) + special.ndtr(-shift - limit)))


def _first_enough(enough: Callable[[int], bool]) -> int:
    """Smallest n >= 2 that is enough, for a test that stays true once it is."""
    high = 2
    while not enough(high):
        high *= 2
        if high > MOST_ANSWERS:
            raise NotEstimable(Reason.EVIDENCE_TOO_WEAK, needed_more_than=MOST_ANSWERS)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high


def _effective(before_n: int, after_n: int | None, design: float) -> tuple[float, float]:
    first = count("before_n", before_n, minimum=2)
    second = first if after_n is None else count("after_n", after_n, minimum=2)
    if above_zero("effect_of_design", design) < 1:
        raise InvalidInput("effect_of_design", "a number >= 1")
    if min(first, second) / design < 2:
        raise InvalidInput("effect_of_design", "a design effect that leaves 2 effective answers per wave")
    return first / design, second / design
