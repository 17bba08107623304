"""Money over time: present value, return, payback, break-even. Period 0 is never discounted."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, finite_vector, real
from cxstats.errors import InvalidInput, NotEstimable, Reason

_SMALLEST_FACTOR, _LARGEST_FACTOR = 1e-6, 1e6  # 1 / (1 + rate): rates from -99.9999 % to 10^8 %
_HALVINGS = 60  # of the logarithm of that factor: closer than a float can show


@dataclass(frozen=True, kw_only=True, slots=True)
class CashFlow:
    """Money in and out by period, t = 0, 1, ...; both >= 0 as a rule, both of the same length.

    `rate` is the discount rate per period, > -1.
    """

    benefits: tuple[float, ...]
    costs: tuple[float, ...]
    rate: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number, or the reason why there is none (exactly one of the two)."""

    value: float | None
    refusal: Reason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Appraisal:
    """What a cash flow is worth: money and periods as in the flow, ROI and rates as shares (1 = 100 %)."""

    present_value_benefits: float
    present_value_costs: float
    net_present_value: float
    roi: Figure
    benefit_cost_ratio: Figure
    internal_rate_of_return: Figure
    payback: Figure
    discounted_payback: Figure


def present_value(*, flows: ArrayLike, rate: float) -> float:
    """Worth today of a flow per period; the first entry is today and stays as it is.

    Parameters
    ----------
    flows : array-like, shape (periods,)
        Finite money amounts for t = 0, 1, ...
    rate : float
        Discount rate per period, > -1 (0.08 is 8 %).

    Returns
    -------
    float
        sum of flows[t] / (1 + rate)^t, in money.

    Raises
    ------
    InvalidInput
        Not a finite sequence, or a rate of -100 % or less.
    NotEstimable
        `NO_CONVERGENCE`: the sum is too large to be a number.

    Source
    ------
    Brealey, Myers and Allen, Principles of Corporate Finance, chapter 2.

    Examples
    --------
    >>> round(present_value(flows=[-100, 60, 60], rate=0.10), 2)
    4.13
    """
    amounts = finite_vector("flows", flows)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        value = float(amounts @ _discount_factors(amounts.size, rate))
    if not math.isfinite(value):
        raise NotEstimable(Reason.NO_CONVERGENCE, periods=amounts.size)
    return value


def return_on_investment(*, present_value_benefits: float, present_value_costs: float) -> float:
    """ROI = (PV benefits - PV costs) / PV costs, as a share (3.29 is 329 %).

    Parameters
    ----------
    present_value_benefits, present_value_costs : float
        Money; costs as a positive number.

    Raises
    ------
    NotEstimable
        `NO_UNIQUE_SOLUTION`: no costs, so nothing was invested.

    Source
    ------
    Product rule, checked on the published figures of the example.

    Examples
    --------
    >>> round(return_on_investment(present_value_benefits=7_168_371, present_value_costs=1_672_201), 2)
    3.29
    """
    return (
        benefit_cost_ratio(
            present_value_benefits=present_value_benefits, present_value_costs=present_value_costs
        )
        - 1
    )


def benefit_cost_ratio(*, present_value_benefits: float, present_value_costs: float) -> float:
    """PV benefits for one unit of PV costs.

    Parameters, errors and source as in `return_on_investment`.

    Raises
    ------
    NotEstimable
        `NO_UNIQUE_SOLUTION`: costs are zero or negative.

    Source
    ------
    Boardman et al., Cost-Benefit Analysis, 5th ed., chapter 2.

    Examples
    --------
    >>> benefit_cost_ratio(present_value_benefits=300, present_value_costs=200)
    1.5
    """
    benefits = real("present_value_benefits", present_value_benefits)
    costs = real("present_value_costs", present_value_costs)
    if costs <= 0:
        raise NotEstimable(Reason.NO_UNIQUE_SOLUTION, costs=costs)
    return benefits / costs


def internal_rate_of_return(*, flows: ArrayLike) -> float:
    """The rate at which the net flow is worth nothing, where there is exactly one.

    Parameters
    ----------
    flows : array-like, shape (periods,)
        Net money for t = 0, 1, ...

    Returns
    -------
    float
        Rate per period, > -1.

    Raises
    ------
    NotEstimable
        `NO_UNIQUE_SOLUTION`: the flow changes sign never or more than once, so that no rate or
        several would do. `NO_CONVERGENCE`: the rate lies beyond any that has a meaning.

    Source
    ------
    Descartes' rule of signs; Brealey, Myers and Allen, chapter 5 ("pitfalls of the IRR").

    Examples
    --------
    >>> round(internal_rate_of_return(flows=[-100, 39, 59, 55, 20]), 5)
    0.28095
    """
    amounts = finite_vector("flows", flows)
    signs = [math.copysign(1, flow) for flow in amounts.tolist() if flow != 0]
    changes = sum(left != right for left, right in pairwise(signs))
    if changes != 1:
        raise NotEstimable(Reason.NO_UNIQUE_SOLUTION, sign_changes=changes)
    scaled = (amounts / np.abs(amounts).max()).tolist()

    def worth(log_factor: float) -> float:
        """Present value by Horner's rule, on the side of the discount factor."""
        factor, total = math.exp(log_factor), 0.0
        for flow in reversed(scaled):
            total = total * factor + flow
        return max(min(total, 1e300), -1e300)

    low, high = math.log(_SMALLEST_FACTOR), math.log(_LARGEST_FACTOR)
    starts_negative = worth(low) < 0
    if starts_negative == (worth(high) < 0):
        raise NotEstimable(Reason.NO_CONVERGENCE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (worth(middle) < 0) == starts_negative:
            low = middle
        else:
            high = middle
    return math.exp(-(low + high) / 2) - 1


def payback(*, flows: ArrayLike, rate: float = 0.0) -> float:
    """Time until the cumulative net flow is no longer negative, interpolated within the period.

    Zero where it never is negative; otherwise the first return to zero or more after that.

    Parameters
    ----------
    flows : array-like, shape (periods,)
        Net money for t = 0, 1, ...
    rate : float
        0 for the simple payback, the discount rate for the discounted one.

    Returns
    -------
    float
        Periods, >= 0.

    Raises
    ------
    NotEstimable
        `NEVER_REACHED` within the periods given.

    Source
    ------
    Brealey, Myers and Allen, chapter 5; linear interpolation within the period.

    Examples
    --------
    >>> round(payback(flows=[-100, 60, 60]), 3), round(payback(flows=[-100, 60, 60], rate=0.1), 3)
    (1.667, 1.917)
    """
    amounts = finite_vector("flows", flows)
    running = np.cumsum(amounts * _discount_factors(amounts.size, rate))
    tolerance = 1e-12 * float(np.abs(amounts).max())
    negative = np.flatnonzero(running < -tolerance)
    if negative.size == 0:
        return 0.0
    recovered = np.flatnonzero(running[negative[0] :] >= -tolerance)
    if recovered.size == 0:
        raise NotEstimable(Reason.NEVER_REACHED, periods=amounts.size - 1)
    at = int(negative[0] + recovered[0])
    before, after = float(running[at - 1]), float(running[at])
    return min(at - 1 + before / (before - after), float(at))


def appraise(*, cash_flow: CashFlow) -> Appraisal:
    """Every figure of a cash flow at once; what cannot be given carries its reason.

    Parameters
    ----------
    cash_flow : CashFlow
        Benefits and costs of the same length, finite; rate > -1.

    Raises
    ------
    InvalidInput
        Lengths differ, a value is not finite, the rate is -100 % or less.

    Source
    ------
    As in the single functions.

    Examples
    --------
    >>> result = appraise(cash_flow=CashFlow(benefits=(0, 60, 60), costs=(100, 0, 0), rate=0.1))
    >>> round(result.net_present_value, 2), round(result.payback.value, 2)
    (4.13, 1.67)
    """
    benefits = finite_vector("benefits", cash_flow.benefits)
    costs = finite_vector("costs", cash_flow.costs)
    if benefits.size != costs.size:
        raise InvalidInput("costs", f"as many periods as benefits ({benefits.size})")
    gained = present_value(flows=benefits, rate=cash_flow.rate)
    spent = present_value(flows=costs, rate=cash_flow.rate)
    net = benefits - costs
    return Appraisal(
        present_value_benefits=gained,
        present_value_costs=spent,
        net_present_value=gained - spent,
        roi=_figure(lambda: return_on_investment(present_value_benefits=gained, present_value_costs=spent)),
        benefit_cost_ratio=_figure(
            lambda: benefit_cost_ratio(present_value_benefits=gained, present_value_costs=spent)
        ),
        internal_rate_of_return=_figure(lambda: internal_rate_of_return(flows=net)),
        payback=_figure(lambda: payback(flows=net)),
        discounted_payback=_figure(lambda: payback(flows=net, rate=cash_flow.rate)),
    )


def _figure(compute: Callable[[], float]) -> Figure:
    try:
        return Figure(value=compute())
    except NotEstimable as refusal:
        return Figure(value=None, refusal=refusal.reason)


def _discount_factors(size: int, rate: float) -> FloatArray:
    per_period = real("rate", rate)
    if per_period <= -1:
        raise InvalidInput("rate", "a rate above -1 (-100 %)")
    factors: FloatArray = (1 + per_period) ** -np.arange(size, dtype=np.float64)
    return factors
