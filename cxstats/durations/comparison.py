"""Two groups of times compared by rank, by shift and by ratio."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, fraction
from cxstats.durations.sample import DurationSample
from cxstats.errors import NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc import Moments, ratio_of_geometric_means
from cxstats.voc.counts import two_sided_z

PAIRS_AT_ONCE = 4_000_000  # up to here all differences are listed; beyond, they are counted
EXACT_CASES = 60  # of both groups: up to here every assignment of the ranks is counted


@dataclass(frozen=True, kw_only=True, slots=True)
class DurationComparison:
    """After compared with before.

    `faster_probability`: chance that a random later case takes less time than a random earlier one,
    ties half. `shift`: Hodges-Lehmann, seconds, negative = faster. `ratio`: of geometric means, below 1
    = faster. `p_value`: Mann-Whitney. `*_open`: cases left out because still open, when that was allowed.
    """

    faster_probability: float
    p_value: float
    shift: Estimate
    ratio: Estimate
    before_n: int
    after_n: int
    before_open: int
    after_open: int
    before_excluded: int
    after_excluded: int


def compare_durations(
    *,
    before: ArrayLike | Sequence[float],
    after: ArrayLike | Sequence[float],
    before_resolved: Sequence[bool] | None = None,
    after_resolved: Sequence[bool] | None = None,
    level: float = 0.95,
    open_share_allowed: float = 0.0,
) -> DurationComparison:
    """Compare times to resolution of two independent groups.

    Parameters
    ----------
    before, after : array_like of float, shapes (n1,), (n2,)
        Seconds. Zero and negative times are excluded and counted.
    before_resolved, after_resolved : sequences of bool, optional
        False where a case is still open.
    level : float
        Nominal coverage in (0, 1).
    open_share_allowed : float
        Largest share of open cases, 0..1, that may be left out of a group. The default refuses any:
        wait until the cohorts are mature (`cohort_maturity`) or compare Kaplan-Meier quantiles.

    Returns
    -------
    DurationComparison
        p exact given the ties up to 60 cases (share of all assignments of the midranks at least as far from
        their mean), beyond from the normal approximation with tie correction and continuity correction; the
        limits of the shift likewise.

    Raises
    ------
    NotEstimable
        NO_DATA; CASES_STILL_OPEN when too many cases are open; TOO_FEW_ANSWERS below two on a side;
        NO_VARIATION when all times are alike.
    InvalidInput
        Times that are not finite, or flags that do not match them.

    Source
    ------
    Mann and Whitney (1947), Ann. Math. Stat. 18:50-60; Hodges and Lehmann (1963), Ann. Math. Stat.
    34:598-611; limits of the shift by Moses in Hollander, Wolfe and Chicken (2014), Nonparametric
    Statistical Methods, 3rd ed., section 4.3; exact distribution with ties: Streitberg and Roehmel (1986),
    Statistical Software Newsletter 12:10-17 (shift algorithm); ratio: Welch (1947) on logs.

    Examples
    --------
    >>> found = compare_durations(before=[100, 200, 400, 800], after=[50, 100, 200, 400])
    >>> found.faster_probability, found.shift.value, round(found.ratio.value, 6)
    (0.71875, -125.0, 0.5)
    """
    fraction("level", level)
    allowed = fraction("open_share_allowed", open_share_allowed, closed=True)
    first = DurationSample.of(seconds=before, resolved=before_resolved)
    second = DurationSample.of(seconds=after, resolved=after_resolved)
    for group in (first, second):
        if group.n_open > allowed * group.n:
            raise NotEstimable(Reason.CASES_STILL_OPEN, open_cases=group.n_open, n=group.n)
    x = np.sort(first.seconds[first.resolved])
    y = np.sort(second.seconds[second.resolved])
    for times in (x, y):
        if times.size < 2:
            raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=2, found=int(times.size))
    if x[0] == x[-1] == y[0] == y[-1]:
        raise NotEstimable(Reason.NO_VARIATION, n=int(x.size + y.size))
    faster, p_value, outer = _mann_whitney(x, y, level)
    return DurationComparison(
        faster_probability=faster,
        p_value=p_value,
        shift=_shift(x, y, outer, level),
        ratio=ratio_of_geometric_means(
            before=Moments.of(np.log(x)), after=Moments.of(np.log(y)), level=level
        ),
        before_n=int(x.size),
        after_n=int(y.size),
        before_open=first.n_open,
        after_open=second.n_open,
        before_excluded=first.excluded,
        after_excluded=second.excluded,
    )


def _mann_whitney(x: FloatArray, y: FloatArray, level: float) -> tuple[float, float, int]:
    """P(y < x) + P(tie)/2, two-sided p, and how far from the ends the limits of the shift stand among the
    ordered differences (sorted input)."""
    below = float(np.searchsorted(y, x, side="left").sum())
    not_above = float(np.searchsorted(y, x, side="right").sum())
    twice_u = round(below + not_above)
    faster = twice_u / (2 * x.size * y.size)
    if x.size + y.size <= EXACT_CASES:
        return faster, *_exactly(x, y, twice_u, level)
    m, n = float(x.size), float(y.size)
    _, ties = np.unique(np.concatenate([x, y]), return_counts=True)
    tied = ties.astype(np.float64)
    total = m + n
    correction = float(np.sum(tied**3 - tied)) / (total * (total - 1))
    spread = sqrt(m * n / 12 * (total + 1 - correction))
    distance = max(abs(twice_u - m * n) / 2 - 0.5, 0.0)
    outer = max(floor(m * n / 2 - two_sided_z(level) * spread), 1)
    return faster, float(2 * special.ndtr(-distance / spread)), outer


def _exactly(x: FloatArray, y: FloatArray, twice_u: int, level: float) -> tuple[float, int]:
    """The same p and place from all assignments of the midranks."""
    chances = _chances_of_twice_u(x, y)
    distances = np.abs(np.arange(chances.size) - x.size * y.size)
    p_value = float(chances[distances >= abs(twice_u - x.size * y.size)].sum())
    # The r-th difference from each end is a limit while U stays below r with no more than half of the rest.
    below = np.cumsum(chances)[1::2]  # P(U < r) for r = 1, 2, ...: twice U is at most 2 r - 1
    outer = int(np.sum(below <= (1 - level) / 2 * (1 + 1e-12)))
    return min(p_value, 1.0), max(outer, 1)


def _chances_of_twice_u(x: FloatArray, y: FloatArray) -> FloatArray:
    """Chance of each value 0 .. 2 m n of twice U where chance alone picks which cases are of `x`.

    Twice the midranks are whole numbers; the number of subsets of a size with a sum builds up case by case.
    """
    pooled = np.concatenate([x, y])
    ordered = np.sort(pooled)
    twice = np.searchsorted(ordered, pooled, side="left") + np.searchsorted(ordered, pooled, side="right") + 1
    m = int(x.size)
    lowest = m * (m + 1)  # twice the smallest sum of m ranks
    ways = np.zeros((m + 1, int(twice.sum()) + 1))
    ways[0, 0] = 1.0
    for rank in twice.tolist():
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    found = ways[m, lowest : lowest + 2 * m * int(y.size) + 1]
    return np.asarray(found / found.sum(), dtype=np.float64)


def _shift(x: FloatArray, y: FloatArray, outer: int, level: float) -> Estimate:
    pairs = int(x.size) * int(y.size)
    lower_middle, upper_middle = (pairs + 1) // 2, pairs // 2 + 1
    low, a, b, high = _ordered_differences(x, y, [outer, lower_middle, upper_middle, pairs + 1 - outer])
    return Estimate(
        value=(a + b) / 2,
        interval=Interval(low=low, high=high, level=level),
        n=int(x.size + y.size),
        unit=Unit.SECONDS,
        method="Hodges-Lehmann, Moses limits (cases)",
    )


def _ordered_differences(x: FloatArray, y: FloatArray, ranks: list[int]) -> list[float]:
    """The k-th smallest of all y_j - x_i (k from 1), without listing them when they are many."""
    if x.size * y.size <= PAIRS_AT_ONCE:
        differences = np.sort(np.subtract.outer(y, x), axis=None)
        return [float(differences[rank - 1]) for rank in ranks]
    found = []
    for rank in ranks:
        low, high = float(y[0] - x[-1]), float(y[-1] - x[0])
        nearest = 1e-12 * (high - low)
        while high - low > nearest:
            middle = (low + high) / 2
            if float(np.searchsorted(y, x + middle, side="right").sum()) >= rank:
                high = middle
            else:
                low = middle
        found.append(high)
    return found
