"""Comparison that stays honest when units were chosen by their earlier scores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, fraction
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.reference import student_quantile, student_tail
from cxstats.results import Estimate, Interval, Unit


@dataclass(frozen=True, kw_only=True, slots=True)
class AncovaEffect:
    """Effect of the program adjusted for the baselines that chose the units."""

    effect: Estimate
    interval_80: Interval
    p_value: float
    degrees_of_freedom: float
    baseline_slopes: tuple[float, ...]


def ancova(
    *,
    after: ArrayLike,
    treated: ArrayLike,
    baselines: ArrayLike,
    unit: Unit = Unit.POINTS,
    level: float = 0.95,
) -> AncovaEffect:
    """Regress the later score of every unit on the program and on its earlier scores.

    Unbiased when units were chosen by the given baselines, because the expected later score depends on
    them alone. Costs power: the program and the baselines it was chosen by are correlated.

    Parameters
    ----------
    after : sequence (units,), metric units
    treated : sequence (units,) of 0 and 1
    baselines : array (units,) or (units, b)
        Earlier scores that could have chosen the units.
    unit : Unit
    level : float in (0, 1)

    Returns
    -------
    AncovaEffect

    Raises
    ------
    InvalidInput
        Lengths that do not match, `treated` other than 0 and 1.
    NotEstimable
        TOO_FEW_UNITS without three degrees of freedom or with an empty group, COLLINEAR, NO_VARIATION.

    Notes
    -----
    Source: Barnett, van der Pols & Dobson (2005), Int J Epidemiology 34:215, eq. 3.

    Examples
    --------
    >>> before = [10.0, 12.0, 14.0, 30.0, 32.0, 35.0, 33.0, 31.0]
    >>> later = [25.2, 25.8, 27.0, 30.0, 31.2, 32.4, 31.6, 30.4]
    >>> found = ancova(after=later, treated=[1, 1, 1, 0, 0, 0, 0, 0], baselines=before)
    >>> round(found.effect.value, 2)
    4.52
    """
    later, program, table = _checked(after, treated, baselines)
    confidence = fraction("level", level)
    design = np.column_stack([np.ones(later.size), program, table - table.mean(axis=0)])
    freedom = later.size - design.shape[1]
    if freedom < 3 or not 0 < program.sum() < program.size:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=design.shape[1] + 3, found=int(later.size))
    norms = np.linalg.norm(design, axis=0)
    if np.any(norms == 0) or np.linalg.cond(design / norms) > 1e8:
        raise NotEstimable(Reason.COLLINEAR)
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ later)
    residual = later - design @ coefficients
    squares = float(residual @ residual)
    if squares <= 1e-18 * max(float(later @ later), 1e-300):
        raise NotEstimable(Reason.NO_VARIATION)
    error = float(np.sqrt(squares / freedom * inverse[1, 1]))
    value = float(coefficients[1])

    def around(confidence: float) -> Interval:
        half = student_quantile((1 + confidence) / 2, freedom) * error
        return Interval(low=value - half, high=value + half, level=confidence)

    return AncovaEffect(
        effect=Estimate(
            value=value,
            interval=around(confidence),
            n=int(later.size),
            unit=unit,
            method="ancova",
            standard_error=error,
        ),
        interval_80=around(0.80),
        p_value=2 * student_tail(abs(value / error), freedom),
        degrees_of_freedom=float(freedom),
        baseline_slopes=tuple(float(slope) for slope in coefficients[2:]),
    )


def _checked(
    after: ArrayLike, treated: ArrayLike, baselines: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    later = finite_vector("after", after)
    program = finite_vector("treated", treated)
    table = np.asarray(baselines, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not np.all(np.isfinite(table)):
        raise InvalidInput("baselines", "a finite table, one row per unit")
    if not later.size == program.size == table.shape[0]:
        raise InvalidInput("treated", "as many entries as after and baselines have units")
    if not np.all((program == 0) | (program == 1)):
        raise InvalidInput("treated", "0 or 1 for each unit")
    return later, program, table
