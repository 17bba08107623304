"""Units that started at different times: what untreated times say of treated ones, and the rest is effect.

All untreated values, before a start too, tell each unit's level and each period's; `staggered_effects` reads
for every cohort its own comparison alone. Under equal noise no linear unbiased estimate varies less.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, fraction
from cxstats.did.noise_models import NoiseModels, noise_models
from cxstats.did.panel import UnitPanel, unit_panel
from cxstats.did.staggered import Groups, GroupTimeEffect, Inference, groups_of, pooled_scatter
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.reference import critical_value, two_sided_p
from cxstats.results import Estimate, Interval, Unit

_ROUNDING = 1e-13  # of the largest mean: what residuals of values that never differ come to
SMALLEST_COHORT = 5  # below, an average of its own says too little of how effects scatter


class Averages(StrEnum):
    """Around which averages the effects of single units scatter, for the conservative variance."""

    COHORT_AND_PERIOD = "cohort_and_period"
    ALL = "all"  # coarser, hence wider where effects differ between cohorts; right for cohorts of few


@dataclass(frozen=True, kw_only=True, slots=True)
class ImputedEffects:
    """Effects of all treated cells, their average weighed by units, and what their errors refer to."""

    simple: Estimate
    simple_interval_80: Interval
    p_value: float
    degrees_of_freedom: float
    group_time: tuple[GroupTimeEffect, ...]


def imputed_effects(
    *,
    values: ArrayLike,
    first_treated: list[int | None] | tuple[int | None, ...],
    inference: Inference = Inference.POOLED,
    averages: Averages | None = None,
    noise: ArrayLike | None = None,
    lag: int = 0,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> ImputedEffects:
    """Average effect on the treated by imputation of what they would have shown untreated.

    ``Y_it = a_i + b_t + e_it`` is fitted to the untreated values by least squares; the effect of a treated
    one is ``Y_it - a_i - b_t``. Never-treated and not-yet-treated units both count.

    Parameters
    ----------
    values : array (units, periods), metric units, complete
    first_treated : sequence (units,) of int or None
        Column of the first treated period, None for never treated. Units treated from the first column on
        have no untreated value and count for nothing.
    inference : Inference
        INFLUENCE: the conservative variance of the paper, normal reference: many units. POOLED: covariance
        pooled over all units around group-by-period means, t reference: few units. KNOWN_NOISE: a latent
        AR(1) path beside the known sampling noise, averaged over its likelihood: very few units.
    averages : Averages, optional
        For INFLUENCE; by cohort and period where every cohort has five units, else one average for all.
    noise : array (units, periods), optional
        Known sampling variances >= 0, for KNOWN_NOISE.
    lag : int >= 0
        Periods after each start that belong to no side.
    unit : Unit
    level : float in (0, 1)

    Returns
    -------
    ImputedEffects

    Raises
    ------
    InvalidInput
        A table that is not complete, starts that do not fit it.
    NotEstimable
        NO_PRE_PERIOD where no cohort has a period before its start, TOO_FEW_UNITS without untreated units
        or degrees of freedom, NO_POST_PERIOD where no period after a start can be compared, NO_VARIATION.

    Notes
    -----
    Source: Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91:3253, theorem 2 (imputation),
    section 4.3, theorem 3 and equation 8 (conservative variance). On a complete panel the weights of a
    value depend on its unit by the cohort alone; the pooled inference rests on that.

    Examples
    --------
    >>> y = [[1.0, 5.0, 9.0], [2.0, 3.0, 8.0], [0.0, 3.0, 4.0]]
    >>> found = imputed_effects(values=y, first_treated=[1, 2, None], inference=Inference.INFLUENCE)
    >>> [round(cell.effect.value, 9) for cell in found.group_time], round(found.simple.value, 6)
    ([2.0, 4.5, 3.0], 3.166667)
    """
    panel = unit_panel(values=values, first_treated=first_treated)
    skip, confidence = count("lag", lag), fraction("level", level)
    kept = [start != 0 for start in panel.first_treated]
    if not any(start > 0 for start in panel.first_treated):
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    groups = groups_of(panel.values[kept], np.array([start for start in panel.first_treated if start != 0]))
    layout = _layout(groups, skip)
    effects = _effects(groups, layout)
    freedom = float(groups.sizes.sum()) - groups.starts.size
    if inference is not Inference.INFLUENCE and freedom < 1:
        needed = groups.starts.size + 1
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=needed, found=int(groups.sizes.sum()))
    model = _Model(
        groups=groups,
        layout=layout,
        covariance=pooled_scatter(groups) / freedom if inference is Inference.POOLED else None,
        models=_models(groups, panel, kept, noise) if inference is Inference.KNOWN_NOISE else None,
        effects=effects,
        typical=_typical(groups, layout, effects, averages or _averages(groups, layout)),
        reference=freedom if inference is Inference.POOLED else float("inf"),
        unit=unit,
        level=confidence,
        method=f"imputation_{inference.value}",
    )
    share = _of_units(layout, groups.sizes)
    simple = model.estimate(share)
    return ImputedEffects(
        simple=simple,
        simple_interval_80=model.interval(simple.value, model.weights(share), 0.80),
        p_value=model.p_value(simple.value, model.weights(share)),
        degrees_of_freedom=model.reference,
        group_time=tuple(model.single(group, period) for group, period in np.argwhere(layout.treated)),
    )


def imputation_weights(*, starts: np.ndarray, sizes: FloatArray, length: int, lag: int) -> FloatArray:
    """What one unit's value in each cell (G, T) would count in the average effect of a planned panel.

    `starts` (G,) are columns, below 0 for the never treated; `sizes` (G,) units. Raises NotEstimable as
    `imputed_effects`.
    """
    nothing = np.zeros((starts.size, length))
    empty = tuple(np.zeros((0, length)) for _ in starts)
    layout = _layout(Groups(starts=starts, sizes=sizes, means=nothing, residuals=empty), lag)
    return _weights(layout, sizes, _of_units(layout, sizes))


def _of_units(layout: "_Layout", sizes: FloatArray) -> FloatArray:
    """Each treated value counts alike."""
    share = np.where(layout.treated, 1.0, 0.0)
    return np.asarray(share / float(sizes @ share.sum(axis=1)), dtype=np.float64)


def _weights(layout: "_Layout", sizes: FloatArray, share: FloatArray) -> FloatArray:
    asked = np.einsum("g,gt,gtp->p", sizes, share, layout.regressors)
    imputed = layout.regressors @ (layout.inverse @ asked)
    return np.asarray(share - layout.untreated * imputed, dtype=np.float64)


def _models(groups: Groups, panel: UnitPanel, kept: list[bool], noise: ArrayLike | None) -> NoiseModels:
    """Noise models of the units that count."""
    table = np.asarray(np.nan if noise is None else noise, dtype=np.float64)
    if table.shape != panel.values.shape or not np.all(table >= 0):
        raise InvalidInput("noise", "sampling variances >= 0, as many as values")
    return noise_models(groups, table[kept], np.array(panel.first_treated)[kept])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which cells (G, T) are untreated and which are treated and can be compared; the fit on the former.

    `regressors` (G, T, p) of level of the group and of the period, `inverse` (p, p) of their cross product.
    """

    untreated: FloatArray
    treated: np.ndarray
    regressors: FloatArray
    inverse: FloatArray


def _layout(groups: Groups, lag: int) -> _Layout:
    periods = np.arange(groups.means.shape[1])
    never = groups.starts[:, None] < 0
    untreated = never | (periods[None, :] < groups.starts[:, None])
    treated = ~never & (periods[None, :] >= groups.starts[:, None] + lag)
    if not treated.any():
        raise NotEstimable(Reason.NO_POST_PERIOD)
    treated &= untreated.any(axis=0)[None, :]  # a period in which everybody is treated says nothing
    if not treated.any():
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=1, found=0)
    size, length = groups.means.shape
    regressors = np.zeros((size, length, size + length))
    regressors[np.arange(size), :, np.arange(size)] = 1.0
    regressors[:, periods, size + periods] = 1.0
    rows = regressors[untreated]
    weighed = rows * np.broadcast_to(groups.sizes[:, None], untreated.shape)[untreated][:, None]
    # One column too many, and periods that only treated units have: what is asked for does not depend on it.
    inverse = np.linalg.pinv(weighed.T @ rows, hermitian=True)
    return _Layout(untreated.astype(np.float64), treated, regressors, inverse)


def _averages(groups: Groups, layout: _Layout) -> Averages:
    cohorts = groups.sizes[layout.treated.any(axis=1)]
    return Averages.COHORT_AND_PERIOD if cohorts.min() >= SMALLEST_COHORT else Averages.ALL


@dataclass(frozen=True, slots=True)
class _Model:
    groups: Groups
    layout: _Layout
    covariance: FloatArray | None  # (T, T) for the pooled inference
    models: NoiseModels | None  # for that with known noise; without both the conservative variance
    effects: list[FloatArray]
    typical: FloatArray  # (G, T)
    reference: float
    unit: Unit
    level: float
    method: str

    def single(self, group: int, period: int) -> GroupTimeEffect:
        """The effect on one cohort in one period."""
        share = np.zeros(self.groups.means.shape)
        share[group, period] = 1.0 / self.groups.sizes[group]
        return GroupTimeEffect(
            cohort=int(self.groups.starts[group]),
            period=int(period),
            units=round(float(self.groups.sizes[group])),
            effect=self.estimate(share),
        )

    def estimate(self, share: FloatArray) -> Estimate:
        """The sum of effects weighed by `share` (G, T), the weight of one unit of each treated cell."""
        weights = self.weights(share)
        value = float(self.groups.sizes @ np.sum(weights * self.groups.means, axis=1))
        error = self.error(weights)
        if not error > _ROUNDING * float(np.abs(self.groups.means).max()):
            raise NotEstimable(Reason.NO_VARIATION)
        return Estimate(
            value=value,
            interval=self.interval(value, weights, self.level),
            n=int(self.groups.sizes.sum()),
            unit=self.unit,
            method=self.method,
            standard_error=error,
        )

    def error(self, weights: FloatArray) -> float:
        """Standard error of an estimate with these weights (G, T)."""
        if self.models is not None:
            variance = float(self.models.weights @ self.models.variances(weights, self.groups.sizes))
        elif self.covariance is not None:
            variance = float(self.groups.sizes @ np.sum((weights @ self.covariance) * weights, axis=1))
        else:
            variance = self.conservative(weights)
        return float(np.sqrt(variance))

    def interval(self, value: float, weights: FloatArray, level: float) -> Interval:
        """Interval of an estimate with these weights."""
        if self.models is None:
            half = critical_value(level, self.reference) * self.error(weights)
        else:
            half = self.models.half_width(self.models.variances(weights, self.groups.sizes), level)
        return Interval(low=value - half, high=value + half, level=level)

    def p_value(self, value: float, weights: FloatArray) -> float:
        """Two-sided p-value of no effect."""
        if self.models is None:
            return two_sided_p(value / self.error(weights), self.reference)
        return self.models.p_value(value, self.models.variances(weights, self.groups.sizes))

    def weights(self, share: FloatArray) -> FloatArray:
        """What one unit's value in each cell counts (G, T): the estimate is linear in the panel."""
        return _weights(self.layout, self.groups.sizes, share)

    def conservative(self, weights: FloatArray) -> float:
        """Squares of each unit's weighed residuals; those of treated values are around a typical effect."""
        variance = 0.0
        for group, effects in enumerate(self.effects):
            rest = effects - np.where(self.layout.treated[group], self.typical[group], 0.0)
            variance += float(np.sum((rest @ weights[group]) ** 2))
        return variance


def _typical(groups: Groups, layout: _Layout, effects: list[FloatArray], averages: Averages) -> FloatArray:
    """Average effects (G, T), around which single ones scatter; equation 8 for equal weights."""
    if averages is Averages.COHORT_AND_PERIOD:
        return np.array([each.mean(axis=0) for each in effects])
    counted = layout.treated.sum(axis=1).astype(np.float64)  # of one unit's treated values
    gained = [float(each[:, row].sum()) for each, row in zip(effects, layout.treated, strict=True)]
    return np.full(groups.means.shape, float(counted @ gained) / float(groups.sizes @ counted**2))


def _effects(groups: Groups, layout: _Layout) -> list[FloatArray]:
    """What each value has beyond its unit's and its period's level: one table (units, T) a group."""
    weighed = layout.untreated * groups.sizes[:, None] * groups.means
    found = layout.inverse @ np.einsum("gt,gtp->p", weighed, layout.regressors)
    shared = found[groups.starts.size :]
    effects = []
    for mean, rest, row in zip(groups.means, groups.residuals, layout.untreated, strict=True):
        apart = mean + rest - shared
        effects.append(apart - (apart @ row / row.sum())[:, None])
    return effects
