"""Did treated and control units run in parallel before the go-live, and what if they had not?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count
from cxstats.did.clusters import difference_in_differences
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.reference import fisher_tail
from cxstats.results import Estimate, Interval, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class PreTrend:
    """How far the groups diverged before the go-live.

    `slope` is the difference of linear trends per period, `p_value` its test; `leads` are differences of
    block means relative to the last block before the go-live, `joint_p` tests all of them together
    (None where there are too few clusters for it); `largest_departure` is the largest absolute lead.
    """

    slope: Estimate
    p_value: float
    leads: tuple[Estimate, ...]
    joint_p: float | None
    largest_departure: float


def pre_trend(
    *,
    treated: ArrayLike,
    control: ArrayLike,
    blocks: int = 4,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> PreTrend:
    """Compare the paths of treated and control clusters before the go-live.

    Parameters
    ----------
    treated, control : arrays (G1, T), (G0, T)
        Values before the go-live, T >= 3, at least two clusters on each side.
    blocks : int >= 2
        Number of equal stretches that the pre-period is cut into for the leads (at most T).
    unit : Unit
    level : float in (0, 1)

    Raises
    ------
    InvalidInput
        Tables that do not match or are not finite.
    NotEstimable
        TOO_FEW_PERIODS, TOO_FEW_CLUSTERS, NO_VARIATION.

    Notes
    -----
    A test that does not reject is no proof of parallel trends: Roth (2022), AER: Insights 4:305. Joint
    test: Hotelling's two-sample T^2, pooled covariance, ``F(q, G - q - 1)``.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> found = pre_trend(treated=rng.normal(size=(6, 8)), control=rng.normal(size=(6, 8)))
    >>> found.slope.interval.contains(0.0), len(found.leads)
    (True, 3)
    """
    ours, theirs = _tables(treated, control)
    length = ours.shape[1]
    if length < 3:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=3, found=length)
    cuts = min(count("blocks", blocks, minimum=2), length)
    time = np.arange(length) - (length - 1) / 2.0
    weights = time / float(time @ time)
    slope = difference_in_differences(
        treated=ours @ weights, control=theirs @ weights, unit=unit, level=level
    )
    our_blocks, their_blocks = _block_means(ours, cuts), _block_means(theirs, cuts)
    leads = tuple(
        difference_in_differences(
            treated=our_blocks[:, k], control=their_blocks[:, k], unit=unit, level=level
        ).effect
        for k in range(cuts - 1)
    )
    return PreTrend(
        slope=slope.effect,
        p_value=slope.p_value,
        leads=leads,
        joint_p=_joint_p(our_blocks, their_blocks),
        largest_departure=max(abs(lead.value) for lead in leads),
    )


def breakdown_value(*, interval: Interval, largest_departure: float) -> float:
    """How large a violation after the go-live overturns the sign, in units of the largest one before.

    0 where the interval already covers zero. Read: "the conclusion stands unless the groups drifted apart
    after the go-live by more than `M-bar` times as much as they ever did before".

    Parameters
    ----------
    interval : Interval
        Interval of the effect.
    largest_departure : float > 0
        Largest absolute departure from parallel paths before the go-live.

    Raises
    ------
    NotEstimable
        NO_VARIATION where there was no departure at all to compare with.

    Notes
    -----
    Relative magnitudes after Rambachan & Roth (2023), Review of Economic Studies 90:2555, section 2.4.1,
    applied to the average effect: bias up to ``M-bar * largest_departure`` on both ends of the interval.

    Examples
    --------
    >>> breakdown_value(interval=Interval(low=2.0, high=6.0), largest_departure=0.5)
    4.0
    """
    if not largest_departure > 0:
        raise NotEstimable(Reason.NO_VARIATION)
    if interval.contains(0.0):
        return 0.0
    return min(abs(interval.low), abs(interval.high)) / largest_departure


def _tables(treated: ArrayLike, control: ArrayLike) -> tuple[FloatArray, FloatArray]:
    ours = np.asarray(treated, dtype=np.float64)
    theirs = np.asarray(control, dtype=np.float64)
    for name, table in (("treated", ours), ("control", theirs)):
        if table.ndim != 2 or table.size == 0 or not np.all(np.isfinite(table)):
            raise InvalidInput(name, "a complete finite table, one row per cluster")
    if ours.shape[1] != theirs.shape[1]:
        raise InvalidInput("control", "the same periods as treated")
    return ours, theirs


def _block_means(table: FloatArray, cuts: int) -> FloatArray:
    """Means of the blocks relative to the last one (clusters, cuts - 1)."""
    means = np.column_stack([part.mean(axis=1) for part in np.array_split(table, cuts, axis=1)])
    return np.asarray(means[:, :-1] - means[:, -1:], dtype=np.float64)


def _joint_p(ours: FloatArray, theirs: FloatArray) -> float | None:
    total, leads = len(ours) + len(theirs), ours.shape[1]
    if total - leads - 1 < 1:
        return None
    difference = ours.mean(axis=0) - theirs.mean(axis=0)
    spread = np.vstack([ours - ours.mean(axis=0), theirs - theirs.mean(axis=0)])
    covariance = spread.T @ spread / (total - 2)
    if np.linalg.matrix_rank(covariance) < leads:
        return None
    squared = len(ours) * len(theirs) / total * float(difference @ np.linalg.solve(covariance, difference))
    statistic = (total - leads - 1) / (leads * (total - 2)) * squared
    return fisher_tail(statistic, leads, total - leads - 1)
