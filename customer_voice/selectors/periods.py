"""Half-open calendar periods: days, ISO weeks, months, quarters."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from customer_voice.choices import Period
from customer_voice.errors import TooManyPeriods

MOST_PERIODS = 4_000  # ten years of days; more of them in one answer would hold a worker for minutes
LAST_YEAR = date.max.year - 1  # the period that holds a later day has no day after its end


def period_start(day: date, period: Period) -> date:
    """First day of the period that holds `day`; weeks begin on Monday."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.QUARTER:
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


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


def periods_between(first: date, last: date, period: Period) -> Iterator[tuple[date, date]]:
    """Start and end of every period from the one that holds `first` to the one that holds `last`."""
    start = period_start(first, period)
    while start <= last and start.year <= LAST_YEAR:
        end = next_start(start, period)
        yield start, end
        start = end


def listed_periods(first: date, last: date, period: Period) -> list[tuple[date, date]]:
    """The same as a list. Raises TooManyPeriods before it becomes one that nobody can read."""
    shortest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 28, Period.QUARTER: 90}[period]
    if (last - first).days // shortest > MOST_PERIODS:
        text = _("This is too long a time by %(period)s: choose a later start or longer periods.") % {
            "period": period.label.lower()
        }
        raise TooManyPeriods(text, fields={"period": text})
    return list(periods_between(first, last, period))


def periods_back(last: date, period: Period, count: int) -> date:
    """Start of the period that lies `count` - 1 periods before the one that holds `last`."""
    start = period_start(last, period)
    for _step in range(count - 1):
        if start == date.min:  # somebody asked for the first day there is
            break
        start = period_start(start - timedelta(days=1), period)
    return start
