"""Units that started at different times: group-time effects, then averages of them.

Never two-way fixed effects: with effects that grow over time it compares late starters with early ones
and can come out negative although every effect is positive.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, fraction
from cxstats.did.panel import unit_panel
from cxstats.errors import NotEstimable, Reason
from cxstats.reference import critical_value, two_sided_p
from cxstats.results import Estimate, Interval, Unit


class Comparison(StrEnum):
    NEVER_TREATED = "never_treated"
    NOT_YET_TREATED = "not_yet_treated"


class Base(StrEnum):
    """What a unit is compared with: its last period before the start, or all of them."""

    PREVIOUS = "previous"  # Callaway and Sant'Anna
    AVERAGE = "average"  # mean of all periods before the start; far less noise in survey data


class Inference(StrEnum):
    INFLUENCE = "influence"  # influence functions, normal reference: many units
    POOLED = "pooled"  # covariance pooled over all units, t reference: few units, cohorts of one
    KNOWN_NOISE = "known_noise"  # imputation only: AR(1) path and known sampling noise, very few units


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupTimeEffect:
    """Effect on the units that started at column `cohort`, in column `period`."""

    cohort: int
    period: int
    units: int
    effect: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class StaggeredEffects:
    """Group-time effects of all treated cells, and their average weighed by the groups' sizes."""

    simple: Estimate
    simple_interval_80: Interval
    p_value: float
    degrees_of_freedom: float
    group_time: tuple[GroupTimeEffect, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Groups:
    """Units that started together: everything below depends on a unit by its group alone.

    `starts` (G,), below 0 for the never treated; `sizes` (G,) units; `means` (G, T); `residuals` one
    table (units, T) a group, around its means.
    """

    starts: np.ndarray
    sizes: FloatArray
    means: FloatArray
    residuals: tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    cohort: int
    period: int
    treated: FloatArray  # (G,) 1.0 for the cohort
    control: FloatArray  # (G,) 1.0 for the groups it is compared with
    base: FloatArray  # weights over periods, sum 1


def staggered_effects(
    *,
    values: ArrayLike,
    first_treated: list[int | None] | tuple[int | None, ...],
    comparison: Comparison | None = None,
    base: Base = Base.PREVIOUS,
    inference: Inference = Inference.INFLUENCE,
    lag: int = 0,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> StaggeredEffects:
    """Group-time average effects for staggered starts.

    ``ATT(g, t) = E[Y_t - Y_base | G = g] - E[Y_t - Y_base | C]``, C the never treated, or the not yet
    treated where fewer than five units are never treated.

    Parameters
    ----------
    values : array (units, periods), metric units, complete
    first_treated : sequence (units,) of int or None
        Column of the first treated period, None for never treated.
    comparison : Comparison, optional
    base : Base
    inference : Inference
    lag : int >= 0
        Periods after each start that belong to no side.
    unit : Unit
    level : float in (0, 1)

    Returns
    -------
    StaggeredEffects

    Raises
    ------
    InvalidInput
        A table that is not complete, starts that do not fit it.
    NotEstimable
        NO_PRE_PERIOD where no cohort has a period before its start, TOO_FEW_UNITS without comparison
        units or degrees of freedom, NO_POST_PERIOD where no period after a start can be compared.

    Notes
    -----
    Source: Callaway & Sant'Anna (2021), J Econometrics 225:200, eq. 2.8, table 1 (aggregation),
    section 4.2 (influence functions). The pooled inference replaces each unit's own
    squared influence by the covariance of all units' residuals, with ``units - groups`` degrees of freedom.

    Examples
    --------
    >>> y = [[0.0, 0.1, 5.0, 5.2], [0.2, 0.0, 0.1, 5.1], [0.0, 0.2, 0.0, 0.1], [0.1, 0.0, 0.2, 0.0]]
    >>> found = staggered_effects(values=y, first_treated=[2, 3, None, None],
    ...     comparison=Comparison.NEVER_TREATED, inference=Inference.POOLED)
    >>> round(found.simple.value, 2), len(found.group_time)
    (5.03, 3)
    """
    panel = unit_panel(values=values, first_treated=first_treated)
    skip = count("lag", lag)
    confidence = fraction("level", level)
    if comparison is None:
        never = panel.first_treated.count(-1)
        comparison = Comparison.NEVER_TREATED if never >= 5 else Comparison.NOT_YET_TREATED
    groups = groups_of(panel.values, np.array(panel.first_treated))
    cells = _cells(groups, comparison, base, skip)
    freedom = float(groups.sizes.sum()) - groups.starts.size
    if freedom < 1:
        raise NotEstimable(
            Reason.TOO_FEW_UNITS, needed=groups.starts.size + 1, found=len(panel.first_treated)
        )
    pooled = inference is Inference.POOLED
    model = _Model(
        groups=groups,
        cells=cells,
        effects=np.array([_value(groups, cell) for cell in cells]),
        covariance=pooled_scatter(groups) / freedom if pooled else None,
        reference=freedom if pooled else float("inf"),
        unit=unit,
        level=confidence,
        method=f"group_time_{comparison.value}_{base.value}_{inference.value}",
    )
    simple = model.average()
    error = _error(simple)
    half_80 = critical_value(0.80, model.reference) * error
    return StaggeredEffects(
        simple=simple,
        simple_interval_80=Interval(low=simple.value - half_80, high=simple.value + half_80, level=0.80),
        p_value=two_sided_p(simple.value / error, model.reference),
        degrees_of_freedom=model.reference,
        group_time=_group_time(model),
        comparison=comparison,
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """Effects of all cells and what their errors follow from; every average of cells is one estimate.

    `covariance` (T, T) of all units' residuals for the pooled inference, None where each unit's own squared
    influence is taken; `reference` degrees of freedom.
    """

    groups: Groups
    cells: list[_Cell]
    effects: FloatArray
    covariance: FloatArray | None
    reference: float
    unit: Unit
    level: float
    method: str

    def average(self) -> Estimate:
        """Mean effect of all cells, weighed by the cohorts' sizes."""
        sizes = np.array([float(cell.treated @ self.groups.sizes) for cell in self.cells])
        share = sizes / sizes.sum()
        # The shares are estimated too: what that adds to a unit's influence depends on its group alone.
        term = _weight_term(self.groups, self.cells, self.effects, sizes)
        return self._estimate(float(share @ self.effects), _weights(self.groups, self.cells, share), term)

    def single(self, position: int) -> Estimate:
        """The effect of one cell."""
        weights = _weights(self.groups, [self.cells[position]], np.ones(1))
        return self._estimate(float(self.effects[position]), weights, np.zeros(self.groups.starts.size))

    def _estimate(self, value: float, weights: FloatArray, term: FloatArray) -> Estimate:
        if self.covariance is None:
            # Residuals sum to zero within a group, so that what they add and `term` do not mix.
            own = sum(float(np.sum((rest @ each) ** 2)) for rest, each in self._weighed(weights))
            variance = own + float(self.groups.sizes @ term**2)
        else:
            variance = float(self.groups.sizes @ np.sum((weights @ self.covariance) * weights, axis=1))
        if not variance > 0:
            raise NotEstimable(Reason.NO_VARIATION)
        error = float(np.sqrt(variance))
        half = critical_value(self.level, self.reference) * error
        return Estimate(
            value=value,
            interval=Interval(low=value - half, high=value + half, level=self.level),
            n=int(self.groups.sizes.sum()),
            unit=self.unit,
            method=self.method,
            standard_error=error,
        )

    def _weighed(self, weights: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        """Residuals and weights of the groups that the estimate uses."""
        pairs = zip(self.groups.residuals, weights, strict=True)
        return [(rest, each) for rest, each in pairs if each.any()]


def _group_time(model: _Model) -> tuple[GroupTimeEffect, ...]:
    return tuple(
        GroupTimeEffect(
            cohort=cell.cohort,
            period=cell.period,
            units=round(float(cell.treated @ model.groups.sizes)),
            effect=model.single(position),
        )
        for position, cell in enumerate(model.cells)
    )


def groups_of(values: FloatArray, first: np.ndarray) -> Groups:
    """Units (N, T) by the column in which they started (N,)."""
    starts = np.unique(first)
    parts = [values[first == start] for start in starts]
    means = np.array([part.mean(axis=0) for part in parts])
    return Groups(
        starts=starts,
        sizes=np.array([float(len(part)) for part in parts]),
        means=means,
        residuals=tuple(part - mean for part, mean in zip(parts, means, strict=True)),
    )


def pooled_scatter(groups: Groups) -> FloatArray:
    """Sums of products of all units' residuals (T, T)."""
    rest = np.concatenate(groups.residuals)
    return np.asarray(rest.T @ rest, dtype=np.float64)


def _cells(groups: Groups, comparison: Comparison, base: Base, lag: int) -> list[_Cell]:
    """Cohorts and periods after their start and lag in which there is somebody to compare with."""
    periods = groups.means.shape[1]
    starts = groups.starts
    cells = []
    cohorts = [int(start) for start in starts if 0 < start < periods]
    if not cohorts:
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    for cohort in cohorts:
        weights = np.zeros(periods)
        if base is Base.PREVIOUS:
            weights[cohort - 1] = 1.0
        else:
            weights[:cohort] = 1.0 / cohort
        treated = (starts == cohort).astype(np.float64)
        for period in range(cohort + lag, periods):
            control = starts < 0
            if comparison is Comparison.NOT_YET_TREATED:
                control = control | (starts > period)
            if control.any():
                cells.append(_Cell(cohort, period, treated, control.astype(np.float64), weights))
    if not cells:
        if not (starts < 0).any():
            raise NotEstimable(Reason.TOO_FEW_UNITS, needed=1, found=0)
        raise NotEstimable(Reason.NO_POST_PERIOD)
    return cells


def _per_unit(groups: Groups, cell: _Cell) -> FloatArray:
    """What each unit of a group counts in a cell (G,): the cohort's mean less that of the controls."""
    treated, control = groups.sizes @ cell.treated, groups.sizes @ cell.control
    return np.asarray(cell.treated / treated - cell.control / control, dtype=np.float64)


def _value(groups: Groups, cell: _Cell) -> float:
    change = groups.means[:, cell.period] - groups.means @ cell.base
    return float((groups.sizes * _per_unit(groups, cell)) @ change)


def _weights(groups: Groups, cells: list[_Cell], share: FloatArray) -> FloatArray:
    """Weights (G, T) of one unit of each group: the estimate as a linear function of the panel."""
    weights = np.zeros(groups.means.shape)
    for cell, part in zip(cells, share, strict=True):
        units = part * _per_unit(groups, cell)
        weights[:, cell.period] += units
        weights -= np.outer(units, cell.base)
    return weights


def _weight_term(groups: Groups, cells: list[_Cell], effects: FloatArray, sizes: FloatArray) -> FloatArray:
    """Contribution of estimating the cohort shares to the influence of each unit of a group (G,)."""
    units = groups.sizes.sum()
    probability = sizes / units
    total = probability.sum()
    deviation = np.column_stack([cell.treated for cell in cells]) - probability[None, :]
    term = deviation @ effects / total - deviation.sum(axis=1) * float(probability @ effects) / total**2
    return np.asarray(term / units, dtype=np.float64)


def _error(estimate: Estimate) -> float:
    return float(estimate.standard_error) if estimate.standard_error is not None else 0.0
