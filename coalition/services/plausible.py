"""Sizes and days that no plan can mean: a change beyond the ends of the scale, a review in the year 9999."""

from collections.abc import Iterable
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.selectors.effects import effect_text, largest_effect
from customer_voice.models import MetricDefinition
from wording.formats import reader

MOST_YEARS = 10  # before today and after it: farther days are a slip of the pen
type Wrong = dict[str, str | Promise]


def far_days(organization: Organization, days: Iterable[tuple[str, date | None]]) -> Wrong:
    """What to say of days too far from the organization's today to be meant, field by field."""
    today = organization.clock.today()
    earliest, latest = (date(today.year + years, 1, 1) for years in (-MOST_YEARS, MOST_YEARS + 1))
    text = _("Choose a day between %(first)s and %(last)s.") % {
        "first": reader().day(earliest),
        "last": reader().day(date(latest.year - 1, 12, 31)),
    }
    return {name: text for name, day in days if day is not None and not earliest <= day < latest}


def passed_day(organization: Organization, day: date | None) -> str:
    """What to say of a new day for something yet to come that is over already; nothing of today and later."""
    if day is None or day >= organization.clock.today():
        return ""
    return _("This day has passed. Choose today or a later day.")


def oversized_effects(
    metric: MetricDefinition, direction: str, sizes: Iterable[tuple[str, float | None]]
) -> Wrong:
    """What to say of changes larger than the metric's scale allows, field by field."""
    largest = largest_effect(metric, direction)
    text = _("%(metric)s cannot change by more than %(most)s.") % {
        "metric": metric.name,
        "most": effect_text(metric, largest),
    }
    return {name: text for name, size in sizes if size is not None and size > largest}
