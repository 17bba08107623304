"""Units chosen because they scored badly rise without any help: how much of it is expected."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import count, finite_vector, real
from cxstats.errors import InvalidInput, NotEstimable, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class VarianceComponents:
    """Spread of unit means (`between`) and of one reading of a unit (`within`), metric units squared.

    `reliability` is between / (between + within), in [0, 1]; `mean` the portfolio mean.
    """

    mean: float
    between: float
    within: float
    reliability: float
    units: int


def variance_components(*, scores: ArrayLike) -> VarianceComponents:
    """Split the spread of repeated unit scores into true differences and noise.

    Parameters
    ----------
    scores : array (units, readings)
        At least two units and two readings each; complete.

    Returns
    -------
    VarianceComponents
        `between` is set to 0 where the noise explains all differences.

    Raises
    ------
    InvalidInput
        A table that is not complete.
    NotEstimable
        TOO_FEW_UNITS, TOO_FEW_PERIODS, NO_VARIATION.

    Notes
    -----
    One-way analysis of variance: Searle, Casella & McCulloch, Variance components (1992), 3.6.

    Examples
    --------
    >>> found = variance_components(scores=[[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]])
    >>> found.within, found.between, round(found.reliability, 3)
    (2.0, 15.0, 0.882)
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.size == 0 or not np.all(np.isfinite(table)):
        raise InvalidInput("scores", "a complete finite table, one row per unit")
    units, readings = table.shape
    if units < 2:
        raise NotEstimable(Reason.TOO_FEW_UNITS, needed=2, found=units)
    if readings < 2:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=2, found=readings)
    within = float(table.var(axis=1, ddof=1).mean())
    between = max(float(table.mean(axis=1).var(ddof=1)) - within / readings, 0.0)
    if within + between <= 0:
        raise NotEstimable(Reason.NO_VARIATION)
    return VarianceComponents(
        mean=float(table.mean()),
        between=between,
        within=within,
        reliability=between / (between + within),
        units=units,
    )


def expected_from_choice(
    *, chosen: ArrayLike, everyone: ArrayLike, between: float, within: float, readings: int = 1
) -> float:
    """Expected change of the chosen units when each score is shrunk to the portfolio mean.

    Parameters
    ----------
    chosen, everyone : sequences
        Scores (averages of `readings`) of the chosen units and of the whole portfolio.
    between, within : float >= 0
    readings : int >= 1

    Notes
    -----
    ``(1 - rho)(mean of all - mean of chosen)``, ``rho`` the reliability of the averaged score: the
    conditional expectation behind Barnett et al. (2005), eq. 1, without its normal cut.

    Examples
    --------
    >>> expected_from_choice(chosen=[20.0], everyone=[20.0, 40.0, 60.0], between=100, within=100)
    10.0
    """
    ours = finite_vector("chosen", chosen)
    portfolio = finite_vector("everyone", everyone)
    noise = real("within", within, minimum=0.0) / count("readings", readings, minimum=1)
    spread = real("between", between, minimum=0.0) + noise
    if spread == 0:
        raise NotEstimable(Reason.NO_VARIATION)
    return float(noise / spread * (portfolio.mean() - ours.mean()))
