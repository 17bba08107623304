"""Half-open periods: days, weeks, months, quarters, as an organization or a fixed plan reckons them."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import Organization
from common.reckoning import Reckoning, months_later
from customer_voice.choices import Period, Span
from customer_voice.errors import TooManyPeriods

MOST_PERIODS = 4_000  # ten years of days; more of them in one answer would hold a worker for minutes
LAST_YEAR = date.max.year - 1  # the period that holds a later day has no day after its end


def period_start(day: date, period: Period, reckoning: Reckoning) -> date:
    """First day of the period that holds `day`."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return reckoning.week_start(day)
        case Period.MONTH:
            return day.replace(day=1)
        case Period.QUARTER:
            return reckoning.quarter_start(day)


def next_start(start: date, period: Period) -> date:
    """First day of the following period: the end, not included, of this one."""
    match period:
        case Period.DAY:
            return start + timedelta(days=1)
        case Period.WEEK:
            return start + timedelta(days=7)
        case Period.MONTH | Period.QUARTER:
            months = start.month - 1 + (1 if period == Period.MONTH else 3)
            return date(start.year + months // 12, months % 12 + 1, 1)


def periods_between(
    first: date, last: date, period: Period, reckoning: Reckoning
) -> Iterator[tuple[date, date]]:
    """Start and end of every period from the one that holds `first` to the one that holds `last`."""
    start = period_start(first, period, reckoning)
    while start <= last and start.year <= LAST_YEAR:
        end = next_start(start, period)
        yield start, end
        start = end


def whole_periods(first: date, end: date, period: Period, reckoning: Reckoning) -> int:
    """How many periods begin on `first` or later and are over on `end`, a day that is not within them itself.
    Counted without walking through them: a day of the year 9998 costs what one of next month does.
    """
    if first.year > LAST_YEAR:
        return 0
    begun, open_ = period_start(first, period, reckoning), period_start(end, period, reckoning)
    if begun < first:
        begun = next_start(begun, period)
    if period in {Period.MONTH, Period.QUARTER}:
        months = (open_.year - begun.year) * 12 + open_.month - begun.month
        return max(0, months // (1 if period == Period.MONTH else 3))
    return max(0, (open_ - begun).days // (1 if period == Period.DAY else 7))


def listed_periods(first: date, last: date, period: Period, reckoning: Reckoning) -> list[tuple[date, date]]:
    """The same as a list. Raises TooManyPeriods before it becomes one that nobody can read."""
    shortest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 28, Period.QUARTER: 90}[period]
    if (last - first).days // shortest > MOST_PERIODS:
        text = _("This is too long a time by %(period)s: choose a later start or longer periods.") % {
            "period": period.label.lower()
        }
        raise TooManyPeriods(text, fields={"period": text})
    return list(periods_between(first, last, period, reckoning))


def periods_back(last: date, period: Period, count: int, reckoning: Reckoning) -> date:
    """Start of the period that lies `count` - 1 periods before the one that holds `last`."""
    start = period_start(last, period, reckoning)
    for _step in range(count - 1):
        if start == date.min:  # somebody asked for the first day there is
            break
        start = period_start(start - timedelta(days=1), period, reckoning)
    return start


def span_of(span: Span, today: date, reckoning: Reckoning) -> tuple[date, date]:
    """First day and the day after the last one of a span that is named by the day of today."""
    is_year = span in {Span.THIS_YEAR, Span.LAST_YEAR}
    start = reckoning.year_start(today) if is_year else reckoning.quarter_start(today)
    months = 12 if is_year else 3
    if span in {Span.LAST_YEAR, Span.LAST_QUARTER}:
        start = months_later(start, -months)
    return start, months_later(start, months)


def span_today(organization: Organization, span: Span) -> tuple[date, date]:
    """The same where the organization is now. No query."""
    return span_of(span, organization.clock.today(), organization.reckoning)
