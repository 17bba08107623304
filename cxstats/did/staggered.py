"""Units that started at different times: group-time effects, then averages of them.

Never two-way fixed effects: with effects that grow over time it compares late starters with early ones
and can come out negative although every effect is positive.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, fraction
from cxstats.did.panel import UnitPanel, unit_panel
from cxstats.errors import NotEstimable, Reason
from cxstats.reference import normal_quantile, normal_tail, student_quantile, student_tail
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


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupTimeEffect:
    """Effect on the units that started at column `cohort`, in column `period`."""

    cohort: int
    period: int
    units: int
    effect: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTimeEffect:
    """Effect `event_time` periods after the start, with pointwise interval and simultaneous band."""

    event_time: int
    effect: Estimate
    band: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class StaggeredEffects:
    """Group-time effects and their averages.

    `simple` weighs each treated group-time cell by the group's size; `by_cohort` averages over the periods
    of a cohort; `by_event_time` runs from the earliest lead that exists for the base to the last lag.
    """

    simple: Estimate
    simple_interval_80: Interval
    p_value: float
    degrees_of_freedom: float
    group_time: tuple[GroupTimeEffect, ...]
    by_cohort: tuple[GroupTimeEffect, ...]
    by_event_time: tuple[EventTimeEffect, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Cell:
    cohort: int
    period: int
    treated: FloatArray  # 1.0 for units of the cohort
    control: FloatArray
    base: FloatArray  # weights over periods, sum 1


def staggered_effects(
    *,
    values: ArrayLike,
    first_treated: list[int | None] | tuple[int | None, ...],
    rng: Generator,
    comparison: Comparison | None = None,
    base: Base = Base.PREVIOUS,
    inference: Inference = Inference.INFLUENCE,
    lag: int = 0,
    draws: int = 999,
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
    rng : numpy.random.Generator
        Multiplier bootstrap of the band.
    comparison : Comparison, optional
    base : Base
    inference : Inference
    lag : int >= 0
        Periods after each start that belong to no side.
    draws : int
        Bootstrap draws.
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
    Source: Callaway & Sant'Anna (2021), J Econometrics 225:200, eq. 2.8, tables 1 and 2 (aggregation),
    section 4.2 (influence functions, multiplier bootstrap). The pooled inference replaces each unit's own
    squared influence by the covariance of all units' residuals, with ``units - groups`` degrees of freedom.

    Examples
    --------
    >>> y = [[0.0, 0.1, 5.0, 5.2], [0.2, 0.0, 0.1, 5.1], [0.0, 0.2, 0.0, 0.1], [0.1, 0.0, 0.2, 0.0]]
    >>> found = staggered_effects(values=y, first_treated=[2, 3, None, None],
    ...     rng=np.random.default_rng(1), comparison=Comparison.NEVER_TREATED, inference=Inference.POOLED)
    >>> round(found.simple.value, 2), len(found.group_time)
    (5.03, 3)
    """
    panel = unit_panel(values=values, first_treated=first_treated)
    skip = count("lag", lag)
    confidence = fraction("level", level)
    starts = np.array(panel.first_treated)
    if comparison is None:
        never = int(np.sum(starts < 0))
        comparison = Comparison.NEVER_TREATED if never >= 5 else Comparison.NOT_YET_TREATED
    cells = _cells(panel, starts, comparison, base, skip)
    groups = len(set(panel.first_treated))
    freedom = float(len(starts) - groups)
    if freedom < 1:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=groups + 1, found=len(starts))
    residual = _residuals(panel.values, starts)
    pooled = inference is Inference.POOLED
    model = _Model(
        cells=cells,
        effects=np.array([_value(panel, cell) for cell in cells]),
        lag=skip,
        residual=residual,
        covariance=residual.T @ residual / freedom if pooled else None,
        reference=freedom if pooled else float("inf"),
        unit=unit,
        level=confidence,
        method=f"group_time_{comparison.value}_{base.value}_{inference.value}",
    )
    simple, _ = model.average(model.is_after)
    half_80 = _critical(0.80, model.reference) * _error(simple)
    return StaggeredEffects(
        simple=simple,
        simple_interval_80=Interval(low=simple.value - half_80, high=simple.value + half_80, level=0.80),
        p_value=_p_value(simple.value / _error(simple), model.reference),
        degrees_of_freedom=model.reference,
        group_time=_group_time(model),
        by_cohort=_by_cohort(model),
        by_event_time=_by_event_time(model, rng, draws),
        comparison=comparison,
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """Effects of all cells and what their errors follow from; every average of cells is one estimate.

    `covariance` (T, T) of all units' residuals for the pooled inference, None where each unit's own squared
    influence is taken; `reference` degrees of freedom.
    """

    cells: list[_Cell]
    effects: FloatArray
    lag: int
    residual: FloatArray
    covariance: FloatArray | None
    reference: float
    unit: Unit
    level: float
    method: str

    def is_after(self, cell: _Cell) -> bool:
        return cell.period >= cell.cohort + self.lag

    def average(self, condition: Callable[[_Cell], bool]) -> tuple[Estimate, FloatArray]:
        """Mean effect of the cells that meet the condition, weighed by the cohorts' sizes."""
        sizes = np.array([cell.treated.sum() if condition(cell) else 0.0 for cell in self.cells])
        return self.estimate(sizes / sizes.sum(), sizes)

    def estimate(self, share: FloatArray, sizes: FloatArray | None) -> tuple[Estimate, FloatArray]:
        """Effects weighed by `share`, and each unit's influence; `sizes` where the shares were estimated."""
        weights = _unit_weights(self.cells, share, self.residual.shape)
        influence = np.einsum("it,it->i", weights, self.residual)
        if sizes is not None and self.covariance is None:
            influence = influence + _weight_term(self.cells, self.effects, sizes, len(self.residual))
        if self.covariance is None:
            variance = float(influence @ influence)
        else:
            variance = float(np.einsum("is,st,it->", weights, self.covariance, weights))
        if not variance > 0:
            raise NotEstimable(Reason.NO_VARIATION)
        error = float(np.sqrt(variance))
        value = float(share @ self.effects)
        half = _critical(self.level, self.reference) * error
        return (
            Estimate(
                value=value,
                interval=Interval(low=value - half, high=value + half, level=self.level),
                n=len(self.residual),
                unit=self.unit,
                method=self.method,
                standard_error=error,
            ),
            influence,
        )


def _group_time(model: _Model) -> tuple[GroupTimeEffect, ...]:
    found = []
    for position, cell in enumerate(model.cells):
        if model.is_after(cell):
            single, _ = model.estimate(np.eye(len(model.cells))[position], None)
            found.append(_labelled(cell, cell.period, single))
    return tuple(found)


def _by_cohort(model: _Model) -> tuple[GroupTimeEffect, ...]:
    """Mean over the periods of each cohort."""
    after = [cell for cell in model.cells if model.is_after(cell)]
    found = []
    for cohort in sorted({cell.cohort for cell in after}):
        sizes = np.array([float(cell.cohort == cohort and model.is_after(cell)) for cell in model.cells])
        average, _ = model.estimate(sizes / sizes.sum(), None)
        first = next(cell for cell in after if cell.cohort == cohort)
        found.append(_labelled(first, -1, average))
    return tuple(found)


def _by_event_time(model: _Model, rng: Generator, draws: int) -> tuple[EventTimeEffect, ...]:
    """Mean over the cohorts at each distance from the start, with a band for all distances together."""
    times = sorted({cell.period - cell.cohort for cell in model.cells})
    paths = [model.average(lambda cell, e=e: cell.period - cell.cohort == e) for e in times]  # type: ignore[misc]
    wide = _simultaneous(np.column_stack([influence for _, influence in paths]), rng, draws, model.level)
    reach = max(wide, _critical(model.level, model.reference))
    return tuple(
        EventTimeEffect(
            event_time=event,
            effect=found,
            band=Interval(
                low=found.value - reach * _error(found),
                high=found.value + reach * _error(found),
                level=model.level,
            ),
        )
        for event, (found, _) in zip(times, paths, strict=True)
    )


def _cells(panel: UnitPanel, starts: np.ndarray, comparison: Comparison, base: Base, lag: int) -> list[_Cell]:
    periods = panel.values.shape[1]
    cells = []
    cohorts = sorted({int(start) for start in starts if 0 < start < periods})
    if not cohorts:
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    for cohort in cohorts:
        weights = np.zeros(periods)
        if base is Base.PREVIOUS:
            weights[cohort - 1] = 1.0
        else:
            weights[:cohort] = 1.0 / cohort
        treated = (starts == cohort).astype(np.float64)
        first = cohort + lag if base is Base.AVERAGE else 0
        for period in range(first, periods):
            if period == cohort - 1 or cohort <= period < cohort + lag:
                continue
            control = starts < 0
            if comparison is Comparison.NOT_YET_TREATED:
                control = control | (starts > max(period, cohort))
            if control.any():
                cells.append(_Cell(cohort, period, treated, control.astype(np.float64), weights))
    if not any(cell.period >= cell.cohort + lag for cell in cells):
        if not (starts < 0).any():
            raise NotEstimable(Reason.TOO_FEW_UNITS, needed=1, found=0)
        raise NotEstimable(Reason.NO_POST_PERIOD)
    return cells


def _value(panel: UnitPanel, cell: _Cell) -> float:
    change = panel.values[:, cell.period] - panel.values @ cell.base
    return float(cell.treated @ change / cell.treated.sum() - cell.control @ change / cell.control.sum())


def _residuals(values: FloatArray, starts: np.ndarray) -> FloatArray:
    residual = values.copy()
    for start in set(starts.tolist()):
        rows = starts == start
        residual[rows] -= values[rows].mean(axis=0)
    return residual


def _unit_weights(cells: list[_Cell], share: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Weights (units, periods) of the estimate as a linear function of the panel."""
    weights = np.zeros(shape)
    for cell, part in zip(cells, share, strict=True):
        if part == 0.0:
            continue
        units = part * (cell.treated / cell.treated.sum() - cell.control / cell.control.sum())
        weights[:, cell.period] += units
        weights -= np.outer(units, cell.base)
    return weights


def _weight_term(cells: list[_Cell], effects: FloatArray, sizes: FloatArray, units: int) -> FloatArray:
    """Contribution of estimating the cohort shares to the influence of each unit."""
    probability = sizes / units
    total = probability.sum()
    term = np.zeros(units)
    membership = np.column_stack([cell.treated for cell in cells]) * (sizes > 0)
    deviation = membership - probability[None, :]
    term = deviation @ effects / total - deviation.sum(axis=1) * float(probability @ effects) / total**2
    return np.asarray(term / units, dtype=np.float64)


def _simultaneous(influence: FloatArray, rng: Generator, draws: int, level: float) -> float:
    """Critical value of the largest absolute t over the event times, Rademacher multipliers."""
    errors = np.sqrt(np.einsum("ij,ij->j", influence, influence))
    signs = rng.choice([1.0, -1.0], size=(count("draws", draws, minimum=99), influence.shape[0]))
    usable = errors > 0
    if not usable.any():
        return 0.0
    largest = np.max(np.abs(signs @ influence[:, usable]) / errors[usable], axis=1)
    return float(np.quantile(largest, level))


def _labelled(cell: _Cell, period: int, effect: Estimate) -> GroupTimeEffect:
    return GroupTimeEffect(cohort=cell.cohort, period=period, units=int(cell.treated.sum()), effect=effect)


def _error(estimate: Estimate) -> float:
    return float(estimate.standard_error) if estimate.standard_error is not None else 0.0


def _critical(level: float, freedom: float) -> float:
    upper = (1 + level) / 2
    return float(normal_quantile(upper) if np.isinf(freedom) else student_quantile(upper, freedom))


def _p_value(statistic: float, freedom: float) -> float:
    if np.isinf(freedom):
        return 2 * normal_tail(abs(statistic))
    return 2 * student_tail(abs(statistic), freedom)
