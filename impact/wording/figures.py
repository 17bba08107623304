"""Figures of a finding as readers write them, in the unit of the metric."""

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.formats import reader
from cxstats.design import EstimandKind

MINUS = "−"
_DECIMALS = {EstimandKind.NPS: 1, EstimandKind.SHARE: 1, EstimandKind.MEAN: 2, EstimandKind.LOG_DURATION: 0}


def value_text(kind: EstimandKind, value: float | None) -> str:
    """A level of the metric: 42.1, 61.3 %, 7.42, 5.2 hours."""
    if value is None:
        return "–"
    if kind is EstimandKind.SHARE:
        return reader().percent(value, 1)
    if kind is EstimandKind.LOG_DURATION:
        return _duration(value)
    return _number(value, _DECIMALS[kind])


def amount_text(kind: EstimandKind, effect: float, *, signed: bool = False) -> str:
    """The size of a change with its unit: 8.4 points, 4.2 percentage points, 0.31, 12 %."""
    number = _signed(kind, effect) if signed else _number(abs(_shown(kind, effect)), _DECIMALS[kind])
    if kind is EstimandKind.NPS:
        return ngettext("%(number)s point", "%(number)s points", _plural(kind, effect)) % {"number": number}
    if kind is EstimandKind.SHARE:
        return ngettext(
            "%(number)s percentage point", "%(number)s percentage points", _plural(kind, effect)
        ) % {"number": number}
    if kind is EstimandKind.LOG_DURATION:
        return reader().in_percents(number)
    return number


def typed_text(kind: EstimandKind, size: float) -> str:
    """A size as the plan has it: shares in percentage points, times in percent."""
    decimals = 0 if float(size).is_integer() else _DECIMALS[kind] or 1
    slots = {"number": _number(size, decimals)}
    count = 1 if size == 1 else 2
    if kind is EstimandKind.NPS:
        return ngettext("%(number)s point", "%(number)s points", count) % slots
    if kind is EstimandKind.SHARE:
        return ngettext("%(number)s percentage point", "%(number)s percentage points", count) % slots
    return reader().in_percents(slots["number"]) if kind is EstimandKind.LOG_DURATION else slots["number"]


def range_text(kind: EstimandKind, low: float, high: float) -> str:
    """From the smaller to the larger size where both have one sign, else both with their signs."""
    first, last = _shown(kind, low), _shown(kind, high)
    if not (math.isfinite(first) and math.isfinite(last)):
        return _("no limit can be given")
    if first > 0 or last < 0:
        small, large = sorted((abs(first), abs(last)))
        texts = _number(small, _DECIMALS[kind]), _number(large, _DECIMALS[kind])
    else:
        texts = _signed(kind, low), _signed(kind, high)
    return _("%(low)s to %(high)s") % {"low": texts[0], "high": texts[1]}


def moved(kind: EstimandKind, effect: float) -> int:
    """1 up, -1 down, 0 where the figure shown is zero."""
    shown = round(_shown(kind, effect), _DECIMALS[kind])
    return (shown > 0) - (shown < 0)


def _shown(kind: EstimandKind, effect: float) -> float:
    """The number that a reader sees: percentage points of shares, percent of ratios."""
    if kind is EstimandKind.SHARE:
        return 100 * effect
    return 100 * (effect - 1) if kind is EstimandKind.LOG_DURATION else effect


def _plural(kind: EstimandKind, effect: float) -> int:
    return 1 if round(abs(_shown(kind, effect)), _DECIMALS[kind]) == 1 else 2


def _signed(kind: EstimandKind, effect: float) -> str:
    return reader().signed(_shown(kind, effect), _DECIMALS[kind])


def _number(value: float, decimals: int) -> str:
    return reader().number(value, decimals)


def _duration(seconds: float) -> str:
    if seconds < 3600:
        return _("%(number)s min") % {"number": _number(seconds / 60, 0)}
    if seconds < 72 * 3600:
        return _("%(number)s h") % {"number": _number(seconds / 3600, 1)}
    return _("%(number)s days") % {"number": _number(seconds / 86400, 1)}
