"""Sizes of effects as people write them, and as the statistics core reckons them.

People write points, percentage points, steps of the answer scale, or percent of the time; the core takes
points, shares 0..1, scale steps, and logarithms of ratios. Which of them is a matter of the metric's rule.
"""

from decimal import Decimal

from coalition.choices import Direction
from customer_voice.models import MetricDefinition
from wording.formats import reader


def effect_unit(metric: MetricDefinition) -> str:
    """In which unit a person types an effect on this metric."""
    return metric.calculation.effect_unit()


def engine_amount(metric: MetricDefinition, amount: float, direction: str = Direction.UP) -> float:
    """A typed size (>= 0) in the core's unit (>= 0). Times that fall by 100 % or more count as 99 %."""
    return metric.calculation.engine_amount(amount, is_rise=direction == Direction.UP)


def typed_change(metric: MetricDefinition, change: float) -> float:
    """A detectable change as the core gives it (times: a ratio) in the size that a person would type."""
    return metric.calculation.typed_change(change)


def largest_effect(metric: MetricDefinition, direction: str = Direction.UP) -> float:
    """The largest change that there can be, as a person types it: from one end of the scale to the other."""
    return metric.calculation.largest_effect(is_rise=direction == Direction.UP)


def effect_text(metric: MetricDefinition, typed: float | Decimal) -> str:
    """A size with its unit, to the last decimal of what was typed: "6 points", "0.25 on the scale 1–7".

    People vote on it and a plan is fixed with it, so it is never rounded; sizes that were computed come
    rounded.
    """
    figure = reader().shortest(typed)
    return metric.calculation.effect_words(figure, int(typed) if typed == int(typed) else 2)
