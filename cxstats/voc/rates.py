"""Rates of operational numbers: an amount per exposure, such as complaints per 1,000 calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import Change

LEAST_UNITS = 5  # with fewer days the spread between them is not known well enough for an interval


@dataclass(frozen=True, kw_only=True, slots=True)
class RateTotals:
    """Amount and exposure of each unit (a day): two rows of one length, exposures > 0.

    Units, not single cases, are what varies independently: the calls of one bad day are bad together.
    """

    amounts: tuple[float, ...]
    exposures: tuple[float, ...]

    def __post_init__(self) -> None:
        amounts = finite_vector("amounts", self.amounts, minimum=0)
        exposures = finite_vector("exposures", self.exposures, minimum=0)
        if amounts.size != exposures.size:
            raise InvalidInput("exposures", f"{amounts.size} values, one per amount")
        if np.any(exposures <= 0):
            raise InvalidInput("exposures", "numbers above 0")

    @classmethod
    def of(cls, amounts: ArrayLike | Sequence[float], exposures: ArrayLike | Sequence[float]) -> "RateTotals":
        """From any two sequences of numbers."""
        pairs = finite_vector("amounts", amounts, minimum=0), finite_vector("exposures", exposures, minimum=0)
        return cls(amounts=tuple(pairs[0].tolist()), exposures=tuple(pairs[1].tolist()))


def rate(*, totals: RateTotals, per: float = 1.0, level: float = 0.95) -> Estimate:
    """Sum of amounts over sum of exposures, with the interval of the ratio estimator.

    Parameters
    ----------
    totals : RateTotals
        Amount and exposure of each unit (day), at least five of them. Missing days are left out.
    per : float
        So much exposure the rate is given for, > 0 (1,000 for "per 1,000 calls").
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Estimate
        Amount per `per` units of exposure; `n` counts units. The interval is clipped at 0 where no amount
        is negative.

    Raises
    ------
    NotEstimable
        NO_DATA without units; TOO_FEW_PERIODS with fewer than five; NO_VARIATION when all units have the
        same rate (all amounts 0, say), from which no spread can be read.
    InvalidInput
        Values that are not finite numbers, exposures that are not above 0, lengths that differ.

    Notes
    -----
    v(R) = sum (y_i - R x_i)^2 / ((n - 1) n x_mean^2) with Student's t on n - 1 degrees of freedom. The
    estimator is biased by the order of 1/n, and days that follow one another are taken as independent.

    Source
    ------
    Cochran (1977), Sampling Techniques, 3rd edition, chapter 6: the ratio estimate and its variance from a
    sample (sections 6.3 and 6.4), for an unlimited number of units.

    Examples
    --------
    >>> found = rate(
    ...     totals=RateTotals.of([12, 9, 14, 10, 15], [1000, 900, 1100, 1000, 1000]), per=1000
    ... )
    >>> round(found.value, 3), round(found.interval.low, 3), round(found.interval.high, 3)
    (12.0, 9.449, 14.551)
    """
    size = _positive("per", per)
    value, error, units = _ratio(totals)
    reach = _quantile(units - 1, level) * error
    low, high = value - reach, value + reach
    if min(totals.amounts) >= 0:
        low = max(low, 0.0)
    return Estimate(
        value=size * value,
        interval=Interval(low=size * low, high=size * high, level=level),
        n=units,
        unit=Unit.RATE,
        method="ratio estimator, t (days)",
        standard_error=size * error,
    )


def rate_change(*, before: RateTotals, after: RateTotals, per: float = 1.0, level: float = 0.95) -> Change:
    """Change of a rate between two spans of independent units.

    Parameters
    ----------
    before, after : RateTotals
        Amount and exposure of each unit (day), at least five on each side.
    per : float
        So much exposure the rate is given for, > 0.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    Change
        After minus before, with Welch-Satterthwaite degrees of freedom; `n` counts the units of both.

    Raises
    ------
    NotEstimable
        As `rate`, on either side; NO_VARIATION only where neither side varies.
    InvalidInput
        As `rate`.

    Source
    ------
    Variances as in `rate`, which add for independent samples; degrees of freedom: Welch (1947),
    Biometrika 34:28-35.

    Examples
    --------
    >>> first = RateTotals.of([12, 9, 14, 10, 15], [1000, 900, 1100, 1000, 1000])
    >>> second = RateTotals.of([6, 5, 8, 7, 4], [1000, 900, 1100, 1000, 1000])
    >>> change = rate_change(before=first, after=second, per=1000)
    >>> round(change.estimate.value, 3), change.p_value < 0.01
    (-6.0, True)
    """
    size = _positive("per", per)
    sides = [_ratio(one, may_be_alike=True) for one in (before, after)]
    variances = [error**2 for _value, error, _units in sides]
    if sum(variances) == 0:
        raise NotEstimable(Reason.NO_VARIATION)
    error = sqrt(sum(variances))
    freedom = sum(variances) ** 2 / sum(
        variance**2 / (units - 1) for variance, (_value, _error, units) in zip(variances, sides, strict=True)
    )
    value = sides[1][0] - sides[0][0]
    reach = _quantile(freedom, level) * error
    estimate = Estimate(
        value=size * value,
        interval=Interval(low=size * (value - reach), high=size * (value + reach), level=level),
        n=sides[0][2] + sides[1][2],
        unit=Unit.RATE,
        method="difference of ratio estimators, Welch (days)",
        standard_error=size * error,
    )
    statistic = value / error
    return Change(
        estimate=estimate,
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=float(2 * special.stdtr(freedom, -abs(statistic))),
    )


def _ratio(totals: RateTotals, *, may_be_alike: bool = False) -> tuple[float, float, int]:
    """Ratio, its standard error and the number of units."""
    amounts: FloatArray = np.asarray(totals.amounts, dtype=np.float64)
    exposures: FloatArray = np.asarray(totals.exposures, dtype=np.float64)
    units = int(amounts.size)
    if units == 0:
        raise NotEstimable(Reason.NO_DATA, needed=LEAST_UNITS, found=0)
    if units < LEAST_UNITS:
        raise NotEstimable(Reason.TOO_FEW_PERIODS, needed=LEAST_UNITS, found=units)
    value = float(amounts.sum() / exposures.sum())
    rates = amounts / exposures
    if np.all(rates == rates[0]):  # decided on the values: rounding must not pass for variation
        if not may_be_alike:
            raise NotEstimable(Reason.NO_VARIATION)
        return value, 0.0, units
    spread = float(np.sum((amounts - value * exposures) ** 2)) / (units - 1)
    return value, sqrt(spread / units) / float(exposures.mean()), units


def _quantile(freedom: float, level: float) -> float:
    return float(special.stdtrit(freedom, 0.5 + fraction("level", level) / 2))


def _positive(name: str, value: float) -> float:
    number = real(name, value)
    if number <= 0:
        raise InvalidInput(name, "a number above 0")
    return number
