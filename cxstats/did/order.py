"""Starts that were drawn by lot: how often would another draw have shown as much, were there no effect?"""

from collections.abc import Iterator
from itertools import combinations
from math import factorial, prod

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count
from cxstats.did.clusters import PermutationTest
from cxstats.did.imputation import imputation_weights
from cxstats.did.panel import unit_panel
from cxstats.errors import NotEstimable, Reason

_EXACT_ASSIGNMENTS = 20_000


def order_test(
    *,
    values: ArrayLike,
    first_treated: list[int | None] | tuple[int | None, ...],
    rng: Generator,
    lag: int = 0,
    draws: int = 4999,
) -> PermutationTest:
    """Give the drawn starts to the units in every other way (or many random ways), count effects as large.

    Parameters
    ----------
    values : array (units, periods), metric units, complete
    first_treated : sequence (units,) of int or None
        Column of the first treated period, None for never treated. Units treated from the first column on
        count for nothing.
    rng : numpy.random.Generator
        Read only where there are more than 20,000 assignments.
    lag : int >= 0
        Periods after each start that belong to no side.
    draws : int
        Random assignments in that case.

    Returns
    -------
    PermutationTest
        Of the sharp hypothesis that no start changed any value.

    Raises
    ------
    InvalidInput
        A table that is not complete, starts that do not fit it.
    NotEstimable
        As `imputed_effects`.

    Notes
    -----
    Source: Fisher (1935), The design of experiments, section 21; for starts in random order Roth & Sant'Anna
    (2023), Journal of Political Economy: Microeconomics 1:669, section 4. The statistic is the absolute
    average effect of `imputed_effects`. Its weights depend on a unit by its start alone, so each assignment
    is one sum over the same table of products; they add up to zero for each period, so its mean over all
    assignments is zero. The true assignment is counted.

    Examples
    --------
    >>> y = [[0.0, 0.0, 5.0, 5.0], [0.0, 0.0, 0.0, 5.0], [0.0, 1.0, 0.0, 0.0]]
    >>> found = order_test(values=y, first_treated=[2, 3, None], rng=np.random.default_rng(1))
    >>> found.assignments, found.exact, round(found.p_value, 4)
    (6, True, 0.1667)
    """
    panel = unit_panel(values=values, first_treated=first_treated)
    skip = count("lag", lag)
    starts = np.array([start for start in panel.first_treated if start != 0])
    table = panel.values[[start != 0 for start in panel.first_treated]]
    if not (starts > 0).any():
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    cohorts, sizes = np.unique(starts, return_counts=True)
    weights = imputation_weights(
        starts=cohorts, sizes=sizes.astype(np.float64), length=table.shape[1], lag=skip
    )
    products = weights @ table.T  # (cohorts, units): what a unit would add, had it had that start
    given = np.searchsorted(cohorts, starts)
    units = np.arange(starts.size)
    observed = abs(float(products[given, units].sum()))
    possible = factorial(starts.size) // prod(factorial(int(size)) for size in sizes)
    exact = possible <= _EXACT_ASSIGNMENTS
    others = _every(sizes.tolist()) if exact else _random(given, rng, draws)
    shown: FloatArray = np.abs([float(products[one, units].sum()) for one in others])
    tolerance = 1e-9 * max(observed, float(np.abs(products).max()), 1e-300)
    as_large = int(np.sum(shown >= observed - tolerance))
    return PermutationTest(
        p_value=as_large / possible if exact else (as_large + 1) / (draws + 1),
        smallest_attainable_p=1 / possible if exact else 1 / (draws + 1),
        assignments=shown.size,
        exact=exact,
    )


def _every(sizes: list[int]) -> Iterator[np.ndarray]:
    """All ways to give the cohorts to the units, as the cohort of each unit."""
    whole = np.zeros(sum(sizes), dtype=np.int64)

    def fill(cohort: int, free: tuple[int, ...]) -> Iterator[np.ndarray]:
        if cohort == len(sizes):
            yield whole
            return
        for chosen in combinations(free, sizes[cohort]):
            whole[list(chosen)] = cohort
            yield from fill(cohort + 1, tuple(unit for unit in free if unit not in chosen))

    return fill(0, tuple(range(whole.size)))


def _random(given: np.ndarray, rng: Generator, draws: int) -> Iterator[np.ndarray]:
    return (rng.permutation(given) for _ in range(draws))
