"""Looking early and often: what it costs, and the limits under which it is allowed.

Owns error rates of repeated looks, group-sequential limits and an interval that holds at all times.
Knows nothing of when someone looked: numbers of looks and of answers are arguments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log, sqrt

import numpy as np

from cxstats.checks import FloatArray, count, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.roots import root
from cxstats.voc.counts import two_sided_z

PANEL = 64  # Gauss-Legendre points per panel; panels are added until steps between looks are resolved
NODES, WEIGHTS = np.polynomial.legendre.leggauss(PANEL)
MOST_PANELS = 40
MOST_LOOKS = 200
FAR = 8.5  # |z| beyond which less than 1e-16 of the mass lies


class BoundaryShape(StrEnum):
    """How the allowed error is spread over the looks."""

    POCOCK = "pocock"  # the same limit at every look
    OBRIEN_FLEMING = "obrien_fleming"  # very strict early, nearly the ordinary limit at the end


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupSequentialPlan:
    """Two-sided limits for |z| at equally spaced looks, and the error spent up to each of them."""

    limits: tuple[float, ...]
    spent_error: tuple[float, ...]
    shape: BoundaryShape
    level: float


def crossing_error(
    *, limits: Sequence[float], information: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Chance, without any effect, that |z| has passed its limit by each look.

    Parameters
    ----------
    limits : sequence of float, length K
        Limit for |z| at each look, > 0.
    information : sequence of float, length K, optional
        Answers (or share of them) at each look, > 0, rising. None: equally spaced.

    Returns
    -------
    tuple of float
        Rising, in (0, 1).

    Raises
    ------
    InvalidInput
        Limits that are not above 0, information that does not rise or rises by too little to be resolved
        (looks closer than about 1/1000 of the spread so far), more than 200 looks.

    Source
    ------
    Armitage, McPherson and Rowe (1969), JRSS A 132:235-244: recursion over the density of the sum.

    Examples
    --------
    >>> [round(error, 4) for error in crossing_error(limits=[1.959964, 1.959964])]
    [0.05, 0.0831]
    """
    bound = finite_vector("limits", limits)
    if np.any(bound <= 0):
        raise InvalidInput("limits", "numbers > 0")
    if bound.size > MOST_LOOKS:
        raise InvalidInput("limits", f"at most {MOST_LOOKS} looks")
    time = (
        np.arange(1.0, bound.size + 1) if information is None else finite_vector("information", information)
    )
    if time.size != bound.size or time[0] <= 0 or np.any(np.diff(time) <= 0):
        raise InvalidInput("information", f"{bound.size} rising numbers > 0")
    spent = []
    place, mass = np.zeros(1), np.ones(1)
    last = 0.0
    for limit, now in zip(bound, time, strict=True):
        reach = min(float(limit), FAR) * sqrt(now)
        step = sqrt(now - last)
        spent.append(
            float(mass @ (special.ndtr((place - reach) / step) + special.ndtr((-place - reach) / step)))
        )
        nodes, weights = _nodes(reach / step)
        target = reach * nodes
        density = np.exp(-(((target[:, None] - place[None, :]) / step) ** 2) / 2) / (step * sqrt(2 * np.pi))
        place, mass = target, reach * weights * (density @ mass)
        last = float(now)
    return tuple(float(total) for total in np.cumsum(spent))


def _nodes(reach_in_steps: float) -> tuple[FloatArray, FloatArray]:
    """Points and weights on (-1, 1), dense enough for a normal step 1/reach_in_steps wide."""
    panels = ceil(2 * reach_in_steps / PANEL) + 1
    if panels > MOST_PANELS:
        raise InvalidInput("information", "looks that lie farther apart")
    middle = (2 * np.arange(panels) + 1) / panels - 1
    return (middle[:, None] + NODES / panels).ravel(), np.tile(WEIGHTS / panels, panels)


def peeking_error(*, looks: int, level: float = 0.95) -> float:
    """Chance of a false finding when a fixed-time test is read at several equally spaced looks.

    Parameters
    ----------
    looks : int
        Number of looks, 1..200.
    level : float
        Level of the test at each look, in (0, 1).

    Returns
    -------
    float
        At least 1 - level.

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Armitage, McPherson and Rowe (1969), table 2.

    Examples
    --------
    >>> [round(100 * peeking_error(looks=looks), 1) for looks in (1, 5, 20)]
    [5.0, 14.2, 24.8]
    """
    number = count("looks", looks, minimum=1)
    return crossing_error(limits=[two_sided_z(level)] * number)[-1]


def group_sequential_limits(
    *, looks: int, shape: BoundaryShape = BoundaryShape.OBRIEN_FLEMING, level: float = 0.95
) -> GroupSequentialPlan:
    """Limits that keep the overall error over all planned looks at 1 - level.

    Parameters
    ----------
    looks : int
        Planned number of equally spaced looks, 1..200.
    shape : BoundaryShape
        How the error is spread.
    level : float
        1 - overall two-sided error, in (0, 1).

    Returns
    -------
    GroupSequentialPlan
        A finding at look k needs |z| > limits[k - 1].

    Raises
    ------
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Pocock (1977), Biometrika 64:191-199; O'Brien and Fleming (1979), Biometrics 35:549-556; tables 2.1 and
    2.3 of Jennison and Turnbull (2000), Group Sequential Methods.

    Examples
    --------
    >>> plan = group_sequential_limits(looks=5)
    >>> round(plan.limits[0], 3), round(plan.limits[-1], 3)
    (4.562, 2.04)
    """
    number = count("looks", looks, minimum=1)
    if number > MOST_LOOKS:
        raise InvalidInput("looks", f"at most {MOST_LOOKS}")
    error = 1 - fraction("level", level)
    if not isinstance(shape, BoundaryShape):
        raise InvalidInput("shape", "a BoundaryShape")
    looked = np.arange(1, number + 1)
    form = np.ones(number) if shape is BoundaryShape.POCOCK else np.sqrt(number / looked)

    def excess(constant: float) -> float:
        return crossing_error(limits=(constant * form).tolist())[-1] - error

    single = two_sided_z(level)
    # one look too few at the lower end, Bonferroni at the upper
    constant = single if number == 1 else root(excess, single, two_sided_z(1 - error / number), absolute=1e-9)
    limits = (constant * form).tolist()
    return GroupSequentialPlan(
        limits=tuple(limits), spent_error=crossing_error(limits=limits), shape=shape, level=level
    )


def confidence_sequence(
    *,
    n: int,
    mean: float,
    standard_deviation: float,
    expected_n: int,
    level: float = 0.95,
    unit: Unit = Unit.SCORE,
) -> Estimate:
    """Interval for a mean that holds at all times together, however often one looks.

    Parameters
    ----------
    n : int
        Independent answers so far, >= 2 (it is a large-sample method: read it from about 30 on).
    mean, standard_deviation : float
        Of those answers; the latter > 0.
    expected_n : int
        Number of answers at which the interval should be tightest, >= 1; fixed before looking.
    level : float
        Coverage over all n simultaneously, in (0, 1).
    unit : Unit
        Unit of the mean.

    Returns
    -------
    Estimate
        About 1.5 times as wide as a single-look interval at `expected_n` at 95 %.

    Raises
    ------
    NotEstimable
        TOO_FEW_ANSWERS below 2; NO_VARIATION when the standard deviation is 0.
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Time-uniform central limit theory, Annals of
    Statistics 52:2613-2640, theorem 2.2 and its choice of rho.

    Examples
    --------
    >>> found = confidence_sequence(n=400, mean=7.8, standard_deviation=2.0, expected_n=400)
    >>> round(found.interval.half_width, 3)
    0.304
    """
    answers = count("n", n)
    if answers < 2:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=answers)
    middle = real("mean", mean)
    spread = real("standard_deviation", standard_deviation, minimum=0)
    if spread == 0:
        raise NotEstimable(Reason.NO_VARIATION, n=answers)
    error = 1 - fraction("level", level)
    tuned = -2 * log(error) + log(1 - 2 * log(error))
    information = answers * tuned / count("expected_n", expected_n, minimum=1)
    reach = spread * sqrt(
        2 * (information + 1) / (answers * information) * log(sqrt(information + 1) / error)
    )
    return Estimate(
        value=middle,
        interval=Interval(low=middle - reach, high=middle + reach, level=level),
        n=answers,
        unit=unit,
        method="asymptotic confidence sequence (answers)",
        standard_error=spread / sqrt(answers),
    )
