"""How amounts are rounded: one step for a figure, its range and what it is made of.

So sums add up as they are shown, and a figure never stands outside its own range.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from cxstats.roi import RoiResult
from wording.formats import reader


class Spread(Protocol):
    """A simulated amount: its mean and the ends of its range."""

    @property
    def mean(self) -> float: ...
    @property
    def p5(self) -> float: ...
    @property
    def p95(self) -> float: ...


def money_text(amount: float | None, currency: str) -> str:
    """Three significant figures, grouped, with the currency's code: EUR 262,000."""
    if amount is None or not math.isfinite(amount):
        return "–"
    digits = 2 - math.floor(math.log10(abs(amount))) if amount else 0
    return whole_money_text(round(amount, min(digits, 0)), currency)


def rounded_together(amounts: Sequence[float]) -> tuple[float, ...]:
    """Amounts of one table, rounded to one step, so that they add up as they are shown."""
    digits = digits_of(amounts)
    return tuple(float(round(amount, digits)) for amount in amounts)


def digits_of(amounts: Sequence[float]) -> int:
    """The step as digits to round to: it keeps three significant figures of the smallest amount, and is never
    a part of one."""
    smallest = min((abs(amount) for amount in amounts if round(abs(amount))), default=1.0)
    return min(2 - math.floor(math.log10(smallest)), 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Central:
    """The expected present values of a case as they are shown: benefits less costs are the net, exactly.

    `digits`: what they, and whatever stands beside them, are rounded to.
    """

    benefits: float
    costs: float
    net: float
    digits: int

    def text(self, amount: float, currency: str) -> str:
        return whole_money_text(round(amount, self.digits), currency)

    def ends(self, spread: Spread, shown: float, currency: str) -> dict[str, str]:
        """The ends of the range of one of them, which is `shown`."""
        return ends_beside(spread.p5, spread.p95, currency, mean=spread.mean, shown=shown, digits=self.digits)

    def range_text(self, spread: Spread, shown: float, currency: str) -> str:
        return _("%(low)s to %(high)s") % self.ends(spread, shown, currency)


def central(result: RoiResult) -> Central:
    worth, spent = result.net_present_value.mean, result.present_value_costs.mean
    amounts = (worth, spent, worth + spent)
    net, costs, _gained = rounded_together(amounts)
    return Central(benefits=net + costs, costs=costs, net=net, digits=digits_of(amounts))


def ends_beside(
    low: float, high: float, currency: str, *, mean: float, shown: float, digits: int
) -> dict[str, str]:
    """Ends rounded to the step of the figure `shown` between them; a sum of rounded figures may be a step
    off, and an end then gives way. Ends that differ but would read alike are told to the unit, else to the
    cent."""
    texts = {"low": "–", "high": "–"}
    if not math.isfinite(low + high):
        return texts
    slack = 1e-9 * max(abs(low), abs(high))
    for finer in (digits, 0, 2):
        first, last = round(low, finer), round(high, finer)
        if low <= mean + slack:
            first = min(first, shown)
        if mean <= high + slack:
            last = max(last, shown)
        write = reader().money if finer > 0 else whole_money_text
        texts = {"low": write(first, currency), "high": write(last, currency)}
        if high - low <= slack or texts["low"] != texts["high"]:
            return texts
    return texts


def whole_money_text(amount: float, currency: str) -> str:
    """An amount that is a sum of rounded ones, to the last figure."""
    return reader().money(round(amount), currency)


def money_range_text(low: float, high: float, currency: str) -> str:
    """A range that stands alone: both ends as text; ends that differ but would read alike to the unit, else
    to the cent."""
    ends = {"low": money_text(low, currency), "high": money_text(high, currency)}
    if ends["low"] == ends["high"] and low != high and math.isfinite(low + high):
        ends = {"low": whole_money_text(low, currency), "high": whole_money_text(high, currency)}
        if ends["low"] == ends["high"]:
            ends = {"low": reader().money(low, currency), "high": reader().money(high, currency)}
    return _("%(low)s to %(high)s") % ends
