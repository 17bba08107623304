"""What two-way fixed effects compare with what, where units started at different times.

A warning, not an estimator: it shows how much of such an estimate comes from forbidden comparisons, later
starters against units that were treated already. Effects: `staggered_effects`.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray
from cxstats.did.panel import UnitPanel, unit_panel
from cxstats.errors import NotEstimable, Reason


class TimingComparison(StrEnum):
    """Who is compared with whom in a two-by-two."""

    TREATED_VS_NEVER = "treated_vs_never"
    EARLIER_VS_LATER = "earlier_vs_later"  # before the later ones start
    LATER_VS_EARLIER = "later_vs_earlier"  # forbidden: the comparison is treated already
    LATER_VS_ALWAYS = "later_vs_always"  # forbidden: treated in every period


FORBIDDEN = frozenset({TimingComparison.LATER_VS_EARLIER, TimingComparison.LATER_VS_ALWAYS})


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoByTwo:
    """Units that started in column `cohort` against those of `comparison` (None: never treated).

    `estimate` in metric units, `weight` in (0, 1]; the weights of all sum to 1.
    """

    kind: TimingComparison
    cohort: int
    comparison: int | None
    estimate: float
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TimingShare:
    """All two-by-twos of one kind: total weight and weighted mean estimate."""

    kind: TimingComparison
    estimate: float
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodmanBacon:
    """The two-way fixed-effects estimate, its parts, and the weight of the forbidden ones (0..1)."""

    two_way_fixed_effects: float
    forbidden_share: float
    by_kind: tuple[TimingShare, ...]
    comparisons: tuple[TwoByTwo, ...]


def goodman_bacon_decomposition(
    *, values: ArrayLike, first_treated: list[int | None] | tuple[int | None, ...]
) -> GoodmanBacon:
    """Split the two-way fixed-effects estimate into all two-by-two comparisons.

    Parameters
    ----------
    values : array (units, periods), metric units, complete
    first_treated : sequence (units,) of int or None
        Column of the first treated period, None for never treated. A start after the last column counts
        as never treated, a start in column 0 as always treated.

    Returns
    -------
    GoodmanBacon
        Estimates in metric units; weights above 0 that sum to 1. Kinds that do not occur are left out.

    Raises
    ------
    InvalidInput
        A table that is not complete, starts that do not fit it.
    NotEstimable
        NO_POST_PERIOD where nobody is treated within the panel, NO_PRE_PERIOD where all treated units were
        treated from the first period, TOO_FEW_UNITS where all start at the same time.

    Notes
    -----
    Source: Goodman-Bacon (2021), J Econometrics 225:254, theorem 1 (equations 10a to 10f). With group sizes
    ``n``, treated shares of the time ``D`` and k the earlier starter, the weights are proportional to
    ``n_k n_l (D_k - D_l)(1 - D_k)`` for k against l and ``n_k n_l (D_k - D_l) D_l`` for l against k; the
    never treated have ``D = 0``, the always treated ``D = 1``.

    Examples
    --------
    An effect of 2, and one of 4 that starts later; a third unit is never treated.

    >>> y = [[1 + t + (2 if t >= 4 else 0) for t in range(10)],
    ...      [2 + t + (4 if t >= 7 else 0) for t in range(10)], [3 + t for t in range(10)]]
    >>> found = goodman_bacon_decomposition(values=y, first_treated=[4, 7, None])
    >>> round(found.two_way_fixed_effects, 3), round(found.forbidden_share, 3)
    (2.909, 0.136)
    """
    panel = unit_panel(values=values, first_treated=first_treated)
    periods = panel.values.shape[1]
    # never treated within the panel: sorted last, like a start after its end
    starts = np.array([periods if start < 0 else min(start, periods) for start in panel.first_treated])
    groups = sorted(set(starts.tolist()))
    if groups == [periods]:
        raise NotEstimable(Reason.NO_POST_PERIOD)
    if set(groups) <= {0, periods}:
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    if len(groups) == 1:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=1, found=0)
    pieces = [piece for pair in combinations(groups, 2) for piece in _pieces(panel, starts, *pair)]
    total = sum(piece.weight for piece in pieces)
    comparisons = tuple(
        TwoByTwo(
            kind=piece.kind,
            cohort=piece.cohort,
            comparison=piece.comparison,
            estimate=piece.estimate,
            weight=piece.weight / total,
        )
        for piece in pieces
    )
    by_kind = tuple(
        _share(kind, found)
        for kind in TimingComparison
        if (found := [part for part in comparisons if part.kind is kind])
    )
    return GoodmanBacon(
        two_way_fixed_effects=_two_way_fixed_effects(panel.values, starts),
        forbidden_share=sum(share.weight for share in by_kind if share.kind in FORBIDDEN),
        by_kind=by_kind,
        comparisons=comparisons,
    )


def _two_way_fixed_effects(values: FloatArray, starts: np.ndarray) -> float:
    """Slope on treatment, unit and period means taken out (exact on a balanced panel)."""
    treated = (np.arange(values.shape[1])[None, :] >= starts[:, None]).astype(np.float64)
    rest = treated - treated.mean(axis=0) - treated.mean(axis=1)[:, None] + treated.mean()
    return float(np.sum(rest * values) / np.sum(rest**2))


def _pieces(panel: UnitPanel, starts: np.ndarray, early: int, late: int) -> list[TwoByTwo]:
    """The two-by-twos of one pair of groups with weights up to a factor; those without weight left out."""
    periods = panel.values.shape[1]
    first, second = panel.values[starts == early], panel.values[starts == late]
    early_share, late_share = 1 - early / periods, 1 - late / periods
    size = len(first) * len(second) * (early_share - late_share)
    gap = first.mean(axis=0) - second.mean(axis=0)
    between = float(gap[early:late].mean())
    pieces = []
    if early > 0:
        never = late == periods
        pieces.append(
            TwoByTwo(
                kind=TimingComparison.TREATED_VS_NEVER if never else TimingComparison.EARLIER_VS_LATER,
                cohort=early,
                comparison=None if never else late,
                estimate=between - float(gap[:early].mean()),
                weight=size * (1 - early_share),
            )
        )
    if late < periods:
        always = early == 0
        pieces.append(
            TwoByTwo(
                kind=TimingComparison.LATER_VS_ALWAYS if always else TimingComparison.LATER_VS_EARLIER,
                cohort=late,
                comparison=early,
                estimate=between - float(gap[late:].mean()),
                weight=size * late_share,
            )
        )
    return pieces


def _share(kind: TimingComparison, parts: list[TwoByTwo]) -> TimingShare:
    weight = sum(part.weight for part in parts)
    return TimingShare(
        kind=kind, weight=weight, estimate=sum(part.weight * part.estimate for part in parts) / weight
    )
