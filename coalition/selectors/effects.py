"""Sizes of effects as people write them, and as the statistics core reckons them.

People write points, percentage points, steps of the answer scale, or percent of the time; the core takes
points, shares 0..1, scale steps, and logarithms of ratios.
"""

from math import log1p

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.choices import Direction
from common.formats import reader
from customer_voice.choices import BoxRule
from customer_voice.models import MetricDefinition


def effect_unit(metric: MetricDefinition) -> str:
    """In which unit a person types an effect on this metric."""
    match BoxRule(metric.rule):
        case BoxRule.NET:
            return _("points")
        case BoxRule.TOP_BOX:
            return _("percentage points")
        case BoxRule.MEAN:
            return _("on the scale %(low)s–%(high)s") % {"low": metric.scale_low, "high": metric.scale_high}
        case BoxRule.DURATION:
            return _("% of the time")


def engine_amount(metric: MetricDefinition, amount: float, direction: str = Direction.UP) -> float:
    """A typed size (>= 0) in the core's unit (>= 0). Times that fall by 100 % or more count as 99 %."""
    match BoxRule(metric.rule):
        case BoxRule.TOP_BOX:
            return amount / 100
        case BoxRule.DURATION:
            share = amount / 100
            return log1p(share) if direction == Direction.UP else -log1p(-min(share, 0.99))
    return amount


def typed_change(metric: MetricDefinition, change: float) -> float:
    """A detectable change as the core gives it (times: a ratio) in the size that a person would type."""
    match BoxRule(metric.rule):
        case BoxRule.TOP_BOX:
            return change * 100
        case BoxRule.DURATION:
            return abs(change - 1) * 100
    return change


def largest_effect(metric: MetricDefinition, direction: str = Direction.UP) -> float:
    """The largest change that there can be, as a person types it: from one end of the scale to the other."""
    match BoxRule(metric.rule):
        case BoxRule.NET:
            return 200
        case BoxRule.TOP_BOX:
            return 100
        case BoxRule.MEAN:
            return metric.scale_high - metric.scale_low
        case BoxRule.DURATION:  # no case takes less than no time; ten times as long is a slip of the pen
            return 99 if direction == Direction.DOWN else 900


def effect_text(metric: MetricDefinition, typed: float) -> str:
    """A typed size with its unit, as fine as it means something: "6 points", "0.3 on the scale 1–5"."""
    digits = 2 if metric.rule == BoxRule.MEAN and typed < 1 else 1 if typed < 10 else 0
    rounded = round(float(typed), digits)
    whole = rounded == int(rounded)
    figure = reader().number(rounded, 0 if whole else digits)
    count = int(rounded) if whole else 2
    match BoxRule(metric.rule):
        case BoxRule.NET:
            return ngettext("%(figure)s point", "%(figure)s points", count) % {"figure": figure}
        case BoxRule.TOP_BOX:
            return ngettext("%(figure)s percentage point", "%(figure)s percentage points", count) % {
                "figure": figure
            }
        case BoxRule.MEAN:
            return _("%(figure)s on the scale %(low)s–%(high)s") % {
                "figure": figure,
                "low": metric.scale_low,
                "high": metric.scale_high,
            }
        case BoxRule.DURATION:
            return _("%(share)s of the time") % {"share": reader().in_percents(figure)}
