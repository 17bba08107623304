"""Separate effects of several initiatives where their timing allows it, the joint effect always."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.its.columns import Season, period_numbers, series_design
from cxstats.its.fit import LinearFit
from cxstats.its.noise import averaged_fit, plain_fit
from cxstats.its.regression import estimate_of, noise_vector
from cxstats.results import Estimate, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedEffect:
    """Step of one initiative, all others held fixed."""

    name: str
    effect: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlapEffects:
    """Result of `overlapping_effects`.

    `separate` is empty where the initiatives cannot be told apart; `covariance` (k, k) of the separate
    effects; `joint` is the effect of all of them together in the last periods, when all are live.
    `condition` is the condition number of the initiative columns, infinite where they coincide.
    """

    separate: tuple[NamedEffect, ...]
    covariance: FloatArray
    joint: Estimate
    condition: float
    identifiable: bool


def condition_number(*, steps: FloatArray, rest: FloatArray) -> float:
    """Condition number of initiative columns after the other columns are partialled out.

    Columns are scaled to length one, so the number measures timing alone; infinite where a column is a
    combination of the others.

    Examples
    --------
    >>> t = np.arange(6.0)
    >>> apart = np.column_stack([t >= 2, t >= 4]).astype(float)
    >>> round(condition_number(steps=apart, rest=np.ones((6, 1))), 3)
    1.732
    """
    left = steps - rest @ np.linalg.lstsq(rest, steps, rcond=None)[0]
    lengths = np.linalg.norm(left, axis=0)
    if np.any(lengths < 1e-9 * np.linalg.norm(steps, axis=0)):
        return float("inf")
    values = np.linalg.svd(left / lengths, compute_uv=False)
    return float(values[0] / values[-1]) if values[-1] > 1e-9 else float("inf")


def overlapping_effects(
    *,
    values: ArrayLike,
    starts: Sequence[tuple[str, float]],
    noise_variance: ArrayLike | None = None,
    time: ArrayLike | None = None,
    trend: bool = True,
    season: Season | None = None,
    maximum_condition: float = 30.0,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> OverlapEffects:
    """Put all initiatives of a series into one regression.

    Parameters
    ----------
    values : sequence (T,), metric units
    starts : sequence of (name, period number)
        Each initiative and its first period; inside the window.
    noise_variance, time, trend, season : as in `cxstats.its.segmented_regression`.
    maximum_condition : float
        Above it only the joint effect is given.
    unit : Unit
    level : float in (0, 1)

    Returns
    -------
    OverlapEffects

    Raises
    ------
    InvalidInput
        No initiative, or two of the same name.
    NotEstimable
        NO_PRE_PERIOD and NO_POST_PERIOD for starts outside the window, OVERLAPPING_INITIATIVES where even the
        joint effect cannot be told from the trend.

    Notes
    -----
    Where timing coincides, one step stands for all initiatives with (nearly) the same start. Belsley, Kuh &
    Welsch, Regression diagnostics (1980), 3.2, on condition numbers of about 30.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> t = np.arange(40.0)
    >>> y = 20 + 5.0 * (t >= 15) + 3.0 * (t >= 28) + rng.normal(size=40) * 0.5
    >>> found = overlapping_effects(values=y, starts=[("app", 15), ("desk", 28)],
    ...     noise_variance=np.full(40, 0.25))
    >>> found.identifiable, [round(item.effect.value) for item in found.separate]
    (True, [5, 4])
    """
    observed = finite_vector("values", values, minimum=4)
    numbers = period_numbers(time, observed.size)
    if not starts or len({name for name, _ in starts}) != len(starts):
        raise InvalidInput("starts", "at least one initiative, each named once")
    confidence = fraction("level", level)
    noise = None if noise_variance is None else noise_vector(noise_variance, observed.size)
    steps = np.column_stack(
        [_step(numbers, first) for first in [real("starts", start) for _, start in starts]]
    )
    rest = series_design(time=numbers, start=None, trend=trend, season=season).matrix
    condition = condition_number(steps=steps, rest=rest)
    identifiable = condition <= maximum_condition
    if not identifiable:
        steps = _merged(steps, rest, maximum_condition)
    design = np.column_stack([rest, steps])
    if design.shape[0] <= design.shape[1]:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=design.shape[1] + 1, found=design.shape[0])
    if noise is None:
        fit = plain_fit(design=design, values=observed, time=numbers)
    else:
        fit = averaged_fit(design=design, values=observed, time=numbers, noise=noise)
    width, length = rest.shape[1], observed.size
    joint = np.zeros(design.shape[1])
    joint[width:] = 1.0
    picks = np.eye(design.shape[1])[width:]
    separate: tuple[NamedEffect, ...] = ()
    covariance = np.empty((0, 0))
    if identifiable:
        separate = tuple(
            NamedEffect(name=name, effect=estimate_of(fit, pick, unit=unit, n=length, level=confidence))
            for (name, _), pick in zip(starts, picks, strict=True)
        )
        covariance = _averaged_covariance(fit, width)
    return OverlapEffects(
        separate=separate,
        covariance=covariance,
        joint=estimate_of(fit, joint, unit=unit, n=length, level=confidence),
        condition=condition,
        identifiable=identifiable,
    )


def _step(numbers: FloatArray, first: float) -> FloatArray:
    """0 before and 1 from the start on; refused where one of them is missing."""
    since = (numbers >= first).astype(np.float64)
    if not since.any():
        raise NotEstimable(Reason.NO_POST_PERIOD)
    if since.all():
        raise NotEstimable(Reason.NO_PRE_PERIOD)
    return since


def _averaged_covariance(fit: LinearFit, width: int) -> FloatArray:
    """Covariance of the steps behind the first `width` columns: within the noise models and between them."""
    centers = fit.coefficients[:, width:]
    mean = fit.weights @ centers
    inner = np.einsum("k,kij->ij", fit.weights, fit.covariances[:, width:, width:])
    between = np.einsum("k,ki,kj->ij", fit.weights, centers - mean, centers - mean)
    return np.asarray(inner + between)


def _merged(steps: FloatArray, rest: FloatArray, limit: float) -> FloatArray:
    """Keep steps from the earliest on as long as they can be told apart; the others ride along.

    A dropped step starts at (nearly) the same time as a kept one, so the sum of the kept steps is the joint
    effect of all.
    """
    order = np.argsort(-steps.sum(axis=0), kind="stable")
    kept: list[int] = []
    for position in order.tolist():
        if condition_number(steps=steps[:, [*kept, position]], rest=rest) <= limit:
            kept.append(position)
    if not kept:
        raise NotEstimable(Reason.OVERLAPPING_INITIATIVES, others=steps.shape[1])
    return steps[:, kept]
