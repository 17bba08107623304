"""On which days a schedule is due. Pure: days in, days out; the organization's clock says which day it is."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from reports.choices import Frequency

MONTHS_A_QUARTER = 3


def day_in(year: int, month: int, day: int) -> date:
    """The day of this number in a month (1 to 12), or the month's last one where it is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def due_days(*, frequency: str, day: int, year_begins: int, since: date) -> Iterator[date]:
    """The due days from `since` on (itself included), without an end. A quarterly schedule is due in the
    first month of each quarter of a fiscal year that begins in the month `year_begins` (1 to 12). None for
    one that waits for decisions."""
    if frequency == Frequency.DECISION:
        return
    step, year, month = MONTHS_A_QUARTER, since.year, since.month
    while True:
        is_due = frequency == Frequency.MONTHLY or (month - year_begins) % step == 0
        found = day_in(year, month, day)
        if is_due and found >= since:
            yield found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if year > date.max.year - 1:
            return


def next_due(*, frequency: str, day: int, year_begins: int, since: date) -> date | None:
    """The first due day from `since` on; None where no day is one."""
    return next(due_days(frequency=frequency, day=day, year_begins=year_begins, since=since), None)
