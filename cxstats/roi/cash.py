"""The expected cash flow of a case, year by year, and when it has paid for itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.errors import InvalidInput
from cxstats.roi.case import RoiCase
from cxstats.roi.flows import expected_flows
from cxstats.roi.money import payback, present_value
from cxstats.roi.parameters import mean_of


@dataclass(frozen=True, kw_only=True, slots=True)
class CashYear:
    """What one year is expected to bring; year 0 is before the go-live. Money in the case's unit.

    `net` is benefit less cost, `cumulative` its sum up to this year, `discounted_cumulative` its present
    value.
    """

    year: int
    benefit: float
    cost: float
    net: float
    cumulative: float
    discounted_cumulative: float


def cash_years(case: RoiCase) -> tuple[CashYear, ...]:
    """Expected benefits and costs by year; the last present value is the expected net present value.

    Parameters
    ----------
    case : RoiCase
        Inputs independent of each other.

    Raises
    ------
    InvalidInput
        As `expected_flows`, and where inputs depend on each other: there is no expectation by year then.

    Source
    ------
    As `expected_flows` and `present_value`.

    Examples
    --------
    >>> from cxstats.kinds import Distribution, ParameterKind, ValueKind
    >>> from cxstats.roi import BenefitLine, CostLine, Parameter
    >>> def input_(key, value):
    ...     return Parameter(key=key, distribution=Distribution.FIXED, args=(value,), source="example",
    ...                      owner="CX", kind=ParameterKind.FINANCE)
    >>> case = RoiCase(parameters=(input_("gain", 60.0), input_("build", 100.0), input_("rate", 0.1)),
    ...     benefits=(BenefitLine(key="b", kind=ValueKind.OWN_FORMULA, factors=("gain",), profile=(0, 1, 1),
    ...                           hard=True),),
    ...     costs=(CostLine(key="c", factors=("build",), profile=(1, 0, 0)),),
    ...     periods=2, discount_rate="rate")
    >>> [(year.net, year.cumulative, round(year.discounted_cumulative, 2)) for year in cash_years(case)]
    [(-100.0, -100.0, -100.0), (60.0, -40.0, -45.45), (60.0, 20.0, 4.13)]
    """
    expected = expected_flows(case)
    if expected is None:
        raise InvalidInput("case", "inputs that are independent of each other")
    rate = mean_of(next(one for one in case.parameters if one.key == case.discount_rate))
    benefits = [hard + soft for hard, soft in zip(expected.hard, expected.soft, strict=True)]
    net = [gained - spent for gained, spent in zip(benefits, expected.costs, strict=True)]
    running = np.cumsum(net).tolist()
    return tuple(
        CashYear(
            year=year,
            benefit=benefits[year],
            cost=expected.costs[year],
            net=net[year],
            cumulative=running[year],
            discounted_cumulative=present_value(flows=net[: year + 1], rate=rate),
        )
        for year in range(case.periods + 1)
    )


def paid_after(years: Sequence[CashYear]) -> float:
    """Years until the discounted cash flow is no longer negative: the reader can follow it in the table.

    Parameters
    ----------
    years : sequence of CashYear, in order, at least one

    Raises
    ------
    NotEstimable
        NEVER_REACHED within the years given.

    Source
    ------
    As `payback`, of flows that are discounted already.

    Examples
    --------
    >>> def year(number, total):
    ...     return CashYear(year=number, benefit=0, cost=0, net=0, cumulative=0, discounted_cumulative=total)
    >>> paid_after([year(0, -100.0), year(1, -40.0), year(2, 40.0)])
    1.5
    """
    return payback(flows=np.diff([year.discounted_cumulative for year in years], prepend=0.0))
