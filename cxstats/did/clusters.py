"""Two groups, before and after, at the level at which the initiative was assigned."""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.reference import student_quantile, student_tail
from cxstats.results import Estimate, Interval, Unit

_EXACT_ASSIGNMENTS = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterEffect:
    """Difference of mean changes between treated and control clusters.

    `degrees_of_freedom` belong to the t reference of `effect`; `p_value` is two-sided.
    """

    effect: Estimate
    interval_80: Interval
    p_value: float
    degrees_of_freedom: float
    treated_change: float
    control_change: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PermutationTest:
    """Two-sided p-value of a re-assignment test and the smallest one it could have given."""

    p_value: float
    smallest_attainable_p: float
    assignments: int
    exact: bool


def cluster_changes(*, before: ArrayLike, after: ArrayLike) -> FloatArray:
    """Collapse each cluster to one change: mean after minus mean before.

    Parameters
    ----------
    before, after : arrays (clusters, periods), metric units

    Returns
    -------
    array (clusters,)

    Notes
    -----
    Source: Bertrand, Duflo & Mullainathan (2004), QJE 119:249, section IV.C: one change per cluster
    removes serial correlation from the inference.

    Examples
    --------
    >>> cluster_changes(before=[[1.0, 3.0]], after=[[5.0, 7.0, 9.0]]).tolist()
    [5.0]
    """
    early = np.asarray(before, dtype=np.float64)
    late = np.asarray(after, dtype=np.float64)
    for name, table in (("before", early), ("after", late)):
        if table.ndim != 2 or table.size == 0 or not np.all(np.isfinite(table)):
            raise InvalidInput(name, "a complete finite table, one row per cluster")
    if early.shape[0] != late.shape[0]:
        raise InvalidInput("after", "the same clusters as before")
    change = late.mean(axis=1) - early.mean(axis=1)
    return np.asarray(change, dtype=np.float64)


def difference_in_differences(
    *,
    treated: ArrayLike,
    control: ArrayLike,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
    robust: bool | None = None,
    known_variance: float = 0.0,
) -> ClusterEffect:
    """Effect from one change per cluster, with an interval for few clusters.

    Parameters
    ----------
    treated, control : sequences (G1,), (G0,)
        Change of each cluster (see `cluster_changes`); at least two on each side.
    unit : Unit
    level : float in (0, 1)
    robust : bool, optional
        True: CR2 variance with Satterthwaite degrees of freedom; False: pooled variance,
        t with G - 2; None: CR2 from ten clusters on with at least four on each side, else pooled.
    known_variance : float >= 0
        Sampling variance of the difference, known from the answers behind it: the least that the variance can
        be, however alike a few clusters happen to be.

    Returns
    -------
    ClusterEffect

    Raises
    ------
    NotEstimable
        TOO_FEW_CLUSTERS with fewer than two on a side, NO_VARIATION when all changes are alike.

    Notes
    -----
    Sources: Bell & McCaffrey (2002), Survey Methodology 28:169; Imbens & Kolesar (2016), REStat 98:701.
    With one change per cluster CR2 is ``s1^2/G1 + s0^2/G0``; the degrees of freedom use the
    working model of equal variances.

    Examples
    --------
    >>> found = difference_in_differences(treated=[5.0, 7.0, 6.0], control=[1.0, 2.0, 0.0])
    >>> found.effect.value, round(found.p_value, 4), found.degrees_of_freedom
    (5.0, 0.0036, 4.0)
    """
    ours = finite_vector("treated", treated, minimum=0)
    theirs = finite_vector("control", control, minimum=0)
    if min(ours.size, theirs.size) < 2:
        raise NotEstimable(
            Reason.TOO_FEW_CLUSTERS, needed=2, treated=int(ours.size), control=int(theirs.size)
        )
    confidence = fraction("level", level)
    total = ours.size + theirs.size
    if robust is None:
        robust = _has_own_variances(int(ours.size), int(theirs.size))
    if robust:
        variance = float(ours.var(ddof=1) / ours.size + theirs.var(ddof=1) / theirs.size)
        freedom = _satterthwaite(int(ours.size), int(theirs.size))
        method = "did_cr2_satterthwaite"
    else:
        pooled = (ours.var() * ours.size + theirs.var() * theirs.size) / (total - 2)
        variance = float(pooled * (1 / ours.size + 1 / theirs.size))
        freedom = float(total - 2)
        method = "did_pooled_t"
    value = float(ours.mean() - theirs.mean())
    scale = max(float(np.max(np.abs(ours))), float(np.max(np.abs(theirs))))
    if variance <= (1e-10 * scale) ** 2:
        raise NotEstimable(Reason.NO_VARIATION)
    error = float(np.sqrt(max(variance, real("known_variance", known_variance, minimum=0.0))))

    def around(confidence: float) -> Interval:
        half = student_quantile((1 + confidence) / 2, freedom) * error
        return Interval(low=value - half, high=value + half, level=confidence)

    return ClusterEffect(
        effect=Estimate(
            value=value,
            interval=around(confidence),
            n=int(total),
            unit=unit,
            method=method,
            standard_error=error,
        ),
        interval_80=around(0.80),
        p_value=2 * student_tail(abs(value / error), freedom),
        degrees_of_freedom=freedom,
        treated_change=float(ours.mean()),
        control_change=float(theirs.mean()),
    )


def randomization_test(
    *, treated: ArrayLike, control: ArrayLike, rng: Generator, draws: int = 4999
) -> PermutationTest:
    """Re-assign the treatment in every way (or many random ways) and count effects as large.

    Parameters
    ----------
    treated, control : sequences
        Change of each cluster; at least one on each side.
    rng : numpy.random.Generator
        Read only where there are more than 20,000 assignments.
    draws : int
        Random assignments in that case.

    Notes
    -----
    Source: Fisher (1935), The design of experiments, section 21; Young (2019), QJE 134:557. The statistic
    is the absolute difference of means, the true assignment is counted.

    Examples
    --------
    >>> found = randomization_test(treated=[5.0, 6.0], control=[1.0, 2.0, 0.0],
    ...     rng=np.random.default_rng(1))
    >>> found.p_value, found.smallest_attainable_p, found.assignments
    (0.1, 0.1, 10)
    """
    ours = finite_vector("treated", treated)
    theirs = finite_vector("control", control)
    everything = np.concatenate([ours, theirs])
    size, total = int(ours.size), int(everything.size)
    possible = comb(total, size)
    # With equal sides each split and its mirror image have the same absolute difference.
    smallest = (2 if 2 * size == total else 1) / possible
    exact = possible <= _EXACT_ASSIGNMENTS
    if exact:
        chosen = np.array(list(combinations(range(total), size)))
    else:
        chosen = np.argsort(rng.random((draws, total)), axis=1)[:, :size]
        smallest = max(smallest, 1.0 / (draws + 1))
    sums = everything[chosen].sum(axis=1)
    difference = np.abs(sums / size - (everything.sum() - sums) / (total - size))
    observed = abs(float(ours.mean() - theirs.mean()))
    tolerance = 1e-9 * max(observed, float(np.max(np.abs(everything))), 1e-300)
    as_large = int(np.sum(difference >= observed - tolerance))
    p_value = as_large / possible if exact else (as_large + 1) / (draws + 1)
    return PermutationTest(
        p_value=p_value, smallest_attainable_p=smallest, assignments=len(chosen), exact=exact
    )


def reference_freedom(treated: int, control: int) -> float:
    """Degrees of freedom of `difference_in_differences` with so many clusters."""
    if _has_own_variances(treated, control):
        return _satterthwaite(treated, control)
    return float(treated + control - 2)


def _has_own_variances(treated: int, control: int) -> bool:
    """Whether each side has clusters enough for a variance of its own."""
    return treated + control >= 10 and min(treated, control) >= 4


def _satterthwaite(treated: int, control: int) -> float:
    """Bell-McCaffrey degrees of freedom for a difference of means, equal-variance working model."""
    top = (1 / treated + 1 / control) ** 2
    bottom = 1 / (treated**2 * (treated - 1)) + 1 / (control**2 * (control - 1))
    return float(top / bottom)
