"""Do two measures of the same units move together? For few units: branches, teams, regions.

Owns the association between units (employee scores and customer scores, say) and a lagged panel.
An association between groups is not one between persons, and neither is a cause.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from math import atanh, factorial, sqrt, tanh

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray, count, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import two_sided_z

EXACT_UP_TO = 8  # 8! = 40,320 orders; beyond, random ones
PERFECT = 1 - 1e-12


class Correlation(StrEnum):
    PEARSON = "pearson"
    SPEARMAN = "spearman"


@dataclass(frozen=True, kw_only=True, slots=True)
class Association:
    """Correlation with its interval; two-sided permutation p and how many orders it rests on.

    `exact` is True when all orders were tried. `estimate.n` counts units.
    """

    estimate: Estimate
    p_value: float
    orders: int
    exact: bool
    correlation: Correlation


def associate(
    *,
    x: ArrayLike | Sequence[float],
    y: ArrayLike | Sequence[float],
    rng: np.random.Generator,
    correlation: Correlation = Correlation.SPEARMAN,
    level: float = 0.95,
    minimum_units: int = 10,
    orders: int = 9999,
) -> Association:
    """Correlation between two measures of the same units.

    Parameters
    ----------
    x, y : array_like of float, shape (units,)
        One value per unit, same order; units with a missing value must be left out of both.
    rng : numpy Generator
        For the random orders; unused when all are tried (8 units or fewer).
    correlation : Correlation
        Pearson (straight line) or Spearman (ranks).
    level : float
        Nominal coverage in (0, 1).
    minimum_units : int
        Refuse below this many units, >= 4.
    orders : int
        Random orders, >= 99.

    Returns
    -------
    Association
        COEFFICIENT in -1..1. Pearson: tanh(atanh r -+ z/sqrt(n - 3)). Spearman: the same with
        sqrt((1 + r^2/2)/(n - 3)); a perfect rank order is taken half a step short of 1.

    Raises
    ------
    NotEstimable
        TOO_FEW_UNITS; NO_VARIATION when a measure is alike everywhere; COLLINEAR when a Pearson r of
        +-1 says that one measure is a rescaling of the other.
    InvalidInput
        Numbers that are not finite, lists of different length.

    Source
    ------
    Fisher (1921), Metron 1:3-32; Bonett and Wright (2000), Psychometrika 65:23-28 (Spearman); permutation p
    with + 1: Phipson and Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9:39.

    Examples
    --------
    >>> ex = [62, 70, 55, 81, 74, 66, 59, 77, 68, 72]
    >>> cx = [28, 35, 22, 41, 30, 33, 20, 44, 31, 38]
    >>> found = associate(x=ex, y=cx, rng=np.random.default_rng(1))
    >>> round(found.estimate.value, 3), found.estimate.n
    (0.842, 10)
    """
    z = two_sided_z(level)
    first, second = finite_vector("x", x, minimum=0), finite_vector("y", y, minimum=0)
    n = int(first.size)
    if second.size != n:
        raise InvalidInput("y", f"{n} values, one per unit")
    needed, most = count("minimum_units", minimum_units, minimum=4), count("orders", orders, minimum=99)
    if not isinstance(correlation, Correlation):
        raise InvalidInput("correlation", "a Correlation")
    if n < needed:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=needed, found=n)
    if np.all(first == first[0]) or np.all(second == second[0]):
        raise NotEstimable(Reason.NO_VARIATION, units=n)
    if correlation is Correlation.SPEARMAN:
        first, second = _ranks(first), _ranks(second)
    a, b = _unit_length(first), _unit_length(second)
    value = float(np.clip(a @ b, -1.0, 1.0))
    inner = value
    if abs(value) > PERFECT:
        if correlation is Correlation.PEARSON:
            raise NotEstimable(Reason.COLLINEAR, units=n)
        # the next attainable rank correlation below 1 is 1 - 12/(n^3 - n); half way to it
        value = float(np.sign(value))
        inner = value * (1 - 6 / (n**3 - n))
    variance = (1.0 if correlation is Correlation.PEARSON else 1 + inner**2 / 2) / (n - 3)
    low, high = (tanh(atanh(inner) + side * z * sqrt(variance)) for side in (-1, 1))
    p_value, tried = _permutation_p(a, b, value, rng, most)
    return Association(
        estimate=Estimate(
            value=value,
            interval=Interval(low=min(low, value), high=max(high, value), level=level),
            n=n,
            unit=Unit.COEFFICIENT,
            method=f"{correlation.value}, Fisher z (units)",
        ),
        p_value=p_value,
        orders=tried,
        exact=n <= EXACT_UP_TO,
        correlation=correlation,
    )


def smallest_association(
    *,
    units: int,
    correlation: Correlation = Correlation.SPEARMAN,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """The weakest correlation that so many units would show with this probability.

    Parameters
    ----------
    units : int
        How many units are compared, >= 4.
    correlation : Correlation
        As in `associate`, whose interval has to leave 0 out.
    power : float
        Probability of seeing it, in (0.5, 1).
    level : float
        Nominal coverage of the interval, in (0, 1).

    Returns
    -------
    float
        In 0..1: the r with atanh(r) = (z_level + z_power) * sqrt(v(r)), where v is the variance that
        `associate` uses. Weaker associations of either sign may well stay unseen.

    Raises
    ------
    InvalidInput
        Fewer than four units, a power or level outside its range.

    Source
    ------
    Fisher (1921), Metron 1:3-32; Bonett and Wright (2000), Psychometrika 65:23-28.

    Examples
    --------
    >>> round(smallest_association(units=28, correlation=Correlation.PEARSON), 2)  # Cohen (1988): 28 for 0.5
    0.51
    """
    n = count("units", units, minimum=4)
    if not 0.5 < fraction("power", power) < 1:
        raise InvalidInput("power", "between 0.5 and 1")
    reach = two_sided_z(level) + float(special.ndtri(power))
    low, high = 0.0, 1.0 - 1e-12
    for _step in range(60):
        middle = (low + high) / 2
        extra = 0.0 if correlation is Correlation.PEARSON else middle**2 / 2
        if atanh(middle) < reach * sqrt((1 + extra) / (n - 3)):
            low = middle
        else:
            high = middle
    return high


@dataclass(frozen=True, kw_only=True, slots=True)
class LaggedAssociation:
    """Change of y one wave later per unit of x, within units over time.

    `slope.n` counts units; `waves` lists the waves used for x; `observations` pairs.
    """

    slope: Estimate
    p_value: float
    degrees_of_freedom: int
    observations: int
    waves: int


def lagged_panel(
    *,
    units: Sequence[Hashable],
    waves: Sequence[int],
    x: ArrayLike | Sequence[float],
    y: ArrayLike | Sequence[float],
    wave_effects: bool = True,
    level: float = 0.95,
    minimum_units: int = 10,
    minimum_waves: int = 3,
) -> LaggedAssociation:
    """Does x in one wave go with y in the next, within the same unit?

    Parameters
    ----------
    units : sequence of hashable, length n
        Unit of each row.
    waves : sequence of int, length n
        Wave of each row, consecutive numbers; a unit has at most one row per wave.
    x, y : array_like of float, shape (n,)
        Values of the row; y of wave t + 1 is paired with x of wave t of the same unit.
    wave_effects : bool
        Whether to take out what moved all units alike in a wave.
    level : float
        Nominal coverage in (0, 1).
    minimum_units, minimum_waves : int
        Refuse below; >= 3 both. Units count if they have at least two pairs.

    Returns
    -------
    LaggedAssociation
        Slope in units of y per unit of x, standard error clustered by unit, t with (units - 1).

    Raises
    ------
    NotEstimable
        TOO_FEW_UNITS; TOO_FEW_PERIODS; NO_VARIATION when x does not move within units beyond the waves, or y
        follows x without any scatter.
    InvalidInput
        Numbers that are not finite, lists of different length, two rows of one unit in one wave.

    Source
    ------
    Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, section 10.5 (within estimator,
    cluster-robust variance 10.59); factor G/(G - 1).

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> units, waves = [u for u in range(12) for _ in range(4)], list(range(4)) * 12
    >>> x = rng.normal(size=48)
    >>> y = [0.5 * x[i - 1] + units[i] + 0.1 * rng.normal() if waves[i] else 0.0 for i in range(48)]
    >>> round(lagged_panel(units=units, waves=waves, x=x, y=y).slope.value, 1)
    0.5
    """
    fraction("level", level)
    first, second = finite_vector("x", x, minimum=0), finite_vector("y", y, minimum=0)
    n = int(first.size)
    if second.size != n or len(units) != n or len(waves) != n:
        raise InvalidInput("units", "units, waves, x and y of one length")
    rows = _rows(units, waves)
    needed_waves, seen = count("minimum_waves", minimum_waves, minimum=3), {wave for _, wave in rows}
    if len(seen) < needed_waves:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=needed_waves, found=len(seen))
    member, wave_code, used_x, used_y, groups = _pairs(rows, first, second)
    needed = count("minimum_units", minimum_units, minimum=3)
    if groups < needed:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=needed, found=groups)
    found_waves = np.unique(wave_code)
    others = [member[:, None] == np.arange(groups)]
    if wave_effects:
        others.append(wave_code[:, None] == found_waves[1:])
    others_matrix = np.concatenate(others, axis=1).astype(np.float64)
    rest_x, rest_y = _without(others_matrix, used_x), _without(others_matrix, used_y)
    if float(rest_x @ rest_x) <= 1e-18 * max(float(used_x @ used_x), 1e-300):
        raise NotEstimable(Reason.NO_VARIATION, units=groups)
    slope, error = _clustered_slope(rest_x, rest_y, member, groups)
    if error <= 1e-12 * max(abs(slope), 1e-300):
        raise NotEstimable(Reason.NO_VARIATION, units=groups)
    reach = float(special.stdtrit(groups - 1, 0.5 + level / 2)) * error
    return LaggedAssociation(
        slope=Estimate(
            value=slope,
            interval=Interval(low=slope - reach, high=slope + reach, level=level),
            n=groups,
            unit=Unit.COEFFICIENT,
            method="within units, one wave later, clustered by unit (units)",
            standard_error=error,
        ),
        p_value=float(2 * special.stdtr(groups - 1, -abs(slope / error))),
        degrees_of_freedom=groups - 1,
        observations=int(used_x.size),
        waves=int(found_waves.size),
    )


def _rows(units: Sequence[Hashable], waves: Sequence[int]) -> dict[tuple[Hashable, int], int]:
    """Place of each unit's row of each wave."""
    rows: dict[tuple[Hashable, int], int] = {}
    for place, (unit, wave) in enumerate(zip(units, waves, strict=True)):
        key = (unit, count("waves", wave))
        if key in rows:
            raise InvalidInput("waves", "one row per unit and wave")
        rows[key] = place
    return rows


def _clustered_slope(
    x: FloatArray, y: FloatArray, member: NDArray[np.intp], groups: int
) -> tuple[float, float]:
    """Slope of y on x and its standard error, residuals of one unit depending on each other."""
    moved = float(x @ x)
    slope = float(x @ y) / moved
    scores = np.bincount(member, weights=x * (y - slope * x), minlength=groups)
    return slope, sqrt(groups / (groups - 1) * float(scores @ scores)) / moved


def _ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(times) - (times - 1) / 2)[place]


def _unit_length(values: FloatArray) -> FloatArray:
    centered = values / np.max(np.abs(values)) if np.max(np.abs(values)) > 0 else values
    centered = centered - centered.mean()
    return np.asarray(centered / sqrt(float(centered @ centered)), dtype=np.float64)


def _permutation_p(
    a: FloatArray, b: FloatArray, value: float, rng: np.random.Generator, orders: int
) -> tuple[float, int]:
    """Share of orders of b whose correlation is at least as far from 0."""
    n = a.size
    at_least = abs(value) - 1e-12
    if n <= EXACT_UP_TO:
        every = np.array(list(permutations(range(n))), dtype=np.intp)
        return float(np.mean(np.abs(b[every] @ a) >= at_least)), factorial(n)
    random = rng.permuted(np.tile(b, (orders, 1)), axis=1)
    return (1 + int(np.sum(np.abs(random @ a) >= at_least))) / (1 + orders), orders


def _pairs(
    rows: dict[tuple[Hashable, int], int], x: FloatArray, y: FloatArray
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray, int]:
    """x of a wave with y of the next; units with fewer than two pairs tell nothing within, so out."""
    of_unit: dict[Hashable, list[tuple[int, int, int]]] = {}
    for (unit, wave), place in rows.items():
        later = rows.get((unit, wave + 1))
        if later is not None:
            of_unit.setdefault(unit, []).append((wave, place, later))
    kept = [pairs for pairs in of_unit.values() if len(pairs) >= 2]
    flat = [(group, *pair) for group, pairs in enumerate(kept) for pair in pairs]
    table = np.array(flat, dtype=np.intp).reshape(-1, 4)
    return table[:, 0], table[:, 1], x[table[:, 2]], y[table[:, 3]], len(kept)


def _without(others: FloatArray, values: FloatArray) -> FloatArray:
    fitted = others @ np.linalg.lstsq(others, values, rcond=None)[0]
    return np.asarray(values - fitted, dtype=np.float64)
