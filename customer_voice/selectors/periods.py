"""Half-open calendar periods: days, ISO weeks, months, quarters."""

from collections.abc import Iterator
from datetime import date, timedelta

from customer_voice.choices import Period


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
    while start <= last:
        end = next_start(start, period)
        yield start, end
        start = end


def periods_back(last: date, period: Period, count: int) -> date:
    """Start of the period that lies `count` - 1 periods before the one that holds `last`."""
    start = period_start(last, period)
    for _ in range(count - 1):
        if start == date.min:  # somebody asked for the first day there is
            break
        start = period_start(start - timedelta(days=1), period)
    return start
