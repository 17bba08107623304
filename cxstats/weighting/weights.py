"""Weights: post-stratification, raking with a cap, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """One weight per respondent, mean 1, read-only.

    `effective_n` after Kish; `efficiency` = effective_n / n in (0, 1]; `largest` and `smallest` weight;
    `capped` respondents at the cap; `margin_error`: largest miss of a target share; `rounds` used.
    """

    values: FloatArray
    effective_n: float
    efficiency: float
    largest: float
    smallest: float
    capped: int
    margin_error: float
    rounds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Margin:
    """One known margin: the label of each respondent, and the population (any scale) per label."""

    name: str
    labels: tuple[str, ...]
    targets: tuple[tuple[str, float], ...]


def kish_effective_n(*, weights: ArrayLike | Sequence[float]) -> float:
    """Number of equally weighted answers that would tell as much.

    Parameters
    ----------
    weights : array_like of float, shape (n,)
        >= 0, not all 0.

    Returns
    -------
    float
        (sum w)^2 / sum w^2, in [1, n].

    Raises
    ------
    NotEstimable
        NO_DATA without weights.
    InvalidInput
        Negative or non-finite weights, or all 0.

    Source
    ------
    Kish (1965), Survey Sampling, section 11.7.

    Examples
    --------
    >>> kish_effective_n(weights=[1, 1, 2])
    2.6666666666666665
    """
    weight = checked_weights(weights)
    return float(weight.sum() ** 2 / (weight @ weight))


def post_stratify(
    *,
    cells: Sequence[str],
    population: Sequence[tuple[str, float]],
    minimum_cell: int = 5,
    minimum_efficiency: float = 0.3,
) -> Weights:
    """Weights that give each cell its share of the population.

    Parameters
    ----------
    cells : sequence of str, length n
        Cell of each respondent.
    population : sequence of (cell, size)
        Size of each cell in the population, any scale, >= 0.
    minimum_cell : int
        Respondents that each populated cell must have, >= 1.
    minimum_efficiency : float
        Smallest acceptable effective_n / n, in (0, 1).

    Returns
    -------
    Weights
        w = (N_g / N) / (n_g / n).

    Raises
    ------
    NotEstimable
        NO_DATA; TOO_FEW_ANSWERS with the thin cell in the detail; UNSTABLE_WEIGHTS when the weights waste
        too many answers.
    InvalidInput
        A respondent's cell that the population does not have, double cells, negative sizes.

    Source
    ------
    Holt and Smith (1979), JRSS A 142:33-46; Kish (1965), section 11.7.

    Examples
    --------
    >>> found = post_stratify(cells=["web"] * 15 + ["shop"] * 5, population=[("web", 500), ("shop", 500)])
    >>> found.values[[0, -1]].round(4).tolist(), round(found.effective_n, 1)
    ([0.6667, 2.0], 15.0)
    """
    needed = count("minimum_cell", minimum_cell, minimum=1)
    margin = Margin(name="cells", labels=tuple(cells), targets=tuple(population))
    member, target = _margin(margin, len(cells), needed)
    return _weights(target[member], minimum_efficiency, cap=None, margins=[(member, target)], rounds=1)


def rake(
    *,
    margins: Sequence[Margin],
    cap: float | None = 5.0,
    tolerance: float = 1e-6,
    maximum_rounds: int = 1000,
    minimum_cell: int = 5,
    minimum_efficiency: float = 0.3,
) -> Weights:
    """Weights that meet several margins at once, when the full cross table is not known.

    Parameters
    ----------
    margins : sequence of Margin
        At least one; all label the same respondents in the same order.
    cap : float or None
        Largest weight as a multiple of the mean weight, > 1; None for no cap.
    tolerance : float
        Largest miss of a target share, in (0, 1).
    maximum_rounds : int
        Rounds over all margins, >= 1.
    minimum_cell, minimum_efficiency
        As in `post_stratify`, for every category of every margin.

    Returns
    -------
    Weights
        All margins met within the tolerance, no weight above the cap.

    Raises
    ------
    NotEstimable
        As `post_stratify`; UNSTABLE_WEIGHTS too where the cap forbids a target; NO_CONVERGENCE when
        the margins contradict each other (empty crossings) or the rounds do not suffice.
    InvalidInput
        As `post_stratify`, or margins of different length.

    Notes
    -----
    A weight is min(cap, product of one factor per margin); each round sets the factors of one margin after
    the other so that its targets are met. Without a cap this is ordinary raking; a cap that does not bind
    changes nothing.

    Source
    ------
    Deming and Stephan (1940), Ann. Math. Stat. 11:427-444; bounded weights: Deville and Sarndal (1992),
    JASA 87:376-382.

    Examples
    --------
    >>> age = Margin(name="age", labels=("young",) * 6 + ("old",) * 6, targets=(("young", 1), ("old", 3)))
    >>> shop = Margin(name="shop", labels=("a", "b") * 6, targets=(("a", 1), ("b", 1)))
    >>> rake(margins=[age, shop]).values[[0, -1]].round(6).tolist()
    [0.5, 1.5]
    """
    if len(margins) == 0:
        raise InvalidInput("margins", "at least one margin")
    limit = np.inf if cap is None else real("cap", cap)
    if limit <= 1:
        raise InvalidInput("cap", "a number > 1, or None")
    close = fraction("tolerance", tolerance)
    most = count("maximum_rounds", maximum_rounds, minimum=1)
    needed = count("minimum_cell", minimum_cell, minimum=1)
    n = len(margins[0].labels)
    checked = [_margin(margin, n, needed) for margin in margins]
    raw = np.ones(n)
    weight = raw
    for done in range(1, most + 1):
        for member, target in checked:
            found = np.bincount(member, minlength=target.size)
            for category in np.flatnonzero(found):
                inside = member == category
                # target is N_g/N over n_g/n, so times n_g it is the sum of weights due
                raw[inside] *= _factor(raw[inside], target[category] * found[category], limit)
        weight = np.minimum(raw, limit)
        if _miss(weight, checked) <= close:
            return _weights(weight, minimum_efficiency, cap=cap, margins=checked, rounds=done)
    raise NotEstimable(Reason.NO_CONVERGENCE, rounds=most, margin_error=_miss(weight, checked))


def checked_weights(weights: ArrayLike | Sequence[float]) -> FloatArray:
    """Finite weights >= 0 that do not all vanish."""
    array = finite_vector("weights", weights, minimum=0)
    if array.size == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    if np.any(array < 0) or array.sum() == 0:
        raise InvalidInput("weights", "numbers >= 0, not all 0")
    return array


def _margin(margin: Margin, n: int, needed: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Category of each respondent, and per category its population share over its sample share."""
    if n == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    if len(margin.labels) != n:
        raise InvalidInput("margins", f"{n} labels in every margin")
    sizes = {label: real("population", size, minimum=0) for label, size in margin.targets}
    if len(sizes) != len(margin.targets):
        raise InvalidInput("population", "each cell once")
    total = sum(sizes.values())
    if total == 0:
        raise InvalidInput("population", "sizes that are not all 0")
    place = {label: index for index, label in enumerate(sizes)}
    unknown = sorted(set(margin.labels) - set(place))
    if unknown:
        raise InvalidInput("population", f"a size for the cell {unknown[0]!r}")
    member = np.array([place[label] for label in margin.labels], dtype=np.intp)
    found = np.bincount(member, minlength=len(place))
    for label, index in place.items():
        if sizes[label] == 0 and found[index] > 0:
            raise InvalidInput("population", f"a size > 0 for the cell {label!r}, which has respondents")
        if sizes[label] > 0 and found[index] < needed:
            raise NotEstimable(Reason.TOO_FEW_ANSWERS, cell=label, needed=needed, found=int(found[index]))
    target = np.array(list(sizes.values())) / total / np.where(found > 0, found / n, 1.0)
    return member, target


def _factor(raw: FloatArray, total: float, limit: float) -> float:
    """Factor f with sum of min(limit, f raw) = total."""
    if total > limit * raw.size * (1 + 1e-12):
        raise NotEstimable(Reason.UNSTABLE_WEIGHTS, cap=limit, needed=total / raw.size)
    free = np.ones(raw.size, dtype=np.bool_)
    factor = total / float(raw.sum())
    while np.any(factor * raw[free] > limit):
        free &= factor * raw <= limit
        if not np.any(free):
            return limit / float(raw.min())
        factor = (total - limit * float(np.sum(~free))) / float(raw[free].sum())
    return factor


def _miss(weight: FloatArray, margins: list[tuple[NDArray[np.intp], FloatArray]]) -> float:
    n = weight.size
    worst = 0.0
    for member, target in margins:
        share = np.bincount(member, minlength=target.size) / n
        reached = np.bincount(member, weights=weight, minlength=target.size) / n
        worst = max(worst, float(np.max(np.abs(reached - target * share)[share > 0])))
    return worst


def _weights(
    weight: FloatArray,
    minimum_efficiency: float,
    *,
    cap: float | None,
    margins: list[tuple[NDArray[np.intp], FloatArray]],
    rounds: int,
) -> Weights:
    least = fraction("minimum_efficiency", minimum_efficiency)
    values = weight / weight.mean()
    effective = kish_effective_n(weights=values)
    if effective < least * values.size:
        raise NotEstimable(
            Reason.UNSTABLE_WEIGHTS, needed=least, found=effective / values.size, n=int(values.size)
        )
    values.setflags(write=False)
    return Weights(
        values=values,
        effective_n=effective,
        efficiency=effective / values.size,
        largest=float(values.max()),
        smallest=float(values.min()),
        capped=0 if cap is None else int(np.sum(values >= cap * (1 - 1e-9))),
        margin_error=_miss(values, margins),
        rounds=rounds,
    )
