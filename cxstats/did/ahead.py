"""Before the go-live: how far would an effect between units scatter, by the noise of the baseline alone?"""

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count
from cxstats.did.imputation import imputation_weights
from cxstats.did.noise_models import noise_models
from cxstats.did.panel import unit_panel
from cxstats.did.staggered import groups_of
from cxstats.errors import NotEstimable, Reason
from cxstats.power.planned import PlannedErrors


def planned_change(
    *, before: ArrayLike, noise: ArrayLike, treated: int, planned: int, gap: int = 0
) -> PlannedErrors:
    """Errors of the mean change of treated clusters less that of the others, for each noise model.

    Parameters
    ----------
    before, noise : arrays (clusters, periods)
        Baseline and its known sampling variances >= 0, metric units; the first `treated` rows will get it.
    treated : int >= 1
    planned : int >= 1
        Periods after the go-live.
    gap : int >= 0
        Periods between baseline and those that belong to no side.

    Raises
    ------
    NotEstimable
        TOO_FEW_UNITS where no group has two units more than groups, NO_VARIATION.

    Notes
    -----
    One change per cluster (Bertrand, Duflo & Mullainathan 2004); what a cluster's own path and its answers
    add to the error comes from models weighed by the baseline's likelihood (`noise_models`).
    """
    values, variances = np.asarray(before, dtype=np.float64), np.asarray(noise, dtype=np.float64)
    later = count("planned", planned, minimum=1)
    units, length = values.shape
    mine = np.arange(units) < count("treated", treated, minimum=1)
    side = np.concatenate(
        [np.full(length, -1.0 / length), np.zeros(count("gap", gap)), np.full(later, 1.0 / later)]
    )
    group = np.where(mine, 0, -1)
    sizes = np.array([float((~mine).sum()), float(mine.sum())])  # in the order of `groups_of`
    weights = side[None, :] * np.array([[-1.0], [1.0]]) / sizes[:, None]
    return _errors(values, variances, group, weights)


def planned_imputation(
    *,
    before: ArrayLike,
    noise: ArrayLike,
    first_treated: list[int | None] | tuple[int | None, ...],
    length: int,
    lag: int = 0,
) -> PlannedErrors:
    """Errors of the average effect of waves by imputation (`imputed_effects`), for each noise model.

    Parameters
    ----------
    before, noise : arrays (units, periods)
        Time before the first start, and its known sampling variances.
    first_treated : sequence (units,) of int or None
        Column in which each unit will start, counted from the first of `before`; None for never.
    length : int
        Columns to the end of the planned time, those of `before` included.
    lag : int >= 0

    Raises
    ------
    NotEstimable
        As `imputed_effects`; TOO_FEW_UNITS, NO_VARIATION.
    """
    panel = unit_panel(values=before, first_treated=[None] * len(first_treated))
    first = np.array([-1 if start is None else start for start in first_treated])
    starts, sizes = np.unique(first, return_counts=True)
    weights = imputation_weights(starts=starts, sizes=sizes.astype(np.float64), length=length, lag=lag)
    return _errors(panel.values, np.asarray(noise, dtype=np.float64), first, weights)


def _errors(values: FloatArray, noise: FloatArray, group: np.ndarray, weights: FloatArray) -> PlannedErrors:
    groups = groups_of(values, group)
    freedom = float(groups.sizes.sum()) - groups.starts.size
    if freedom < 1:
        needed = groups.starts.size + 1
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=needed, found=int(groups.sizes.sum()))
    models = noise_models(groups, noise, group).ahead(weights.shape[1])
    variances = models.variances(weights, groups.sizes)
    if not np.all(variances > 0):
        raise NotEstimable(Reason.NO_VARIATION)
    return PlannedErrors(weights=models.weights, errors=np.sqrt(variances), freedom=freedom)
