"""When weeks, quarters and years begin for an organization. Days are days everywhere.

A fiscal year is called by the year in which it ends: FY26 begins in July 2025 where years begin in July.
"""

from dataclasses import dataclass
from datetime import date, timedelta

MONDAY, SUNDAY = 0, 6  # as `date.weekday` counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Reckoning:
    """`week_begins`: a day of the week from 0 (Monday); `year_begins`: the first month of the fiscal year."""

    week_begins: int = MONDAY
    year_begins: int = 1

    def week_start(self, day: date) -> date:
        back = (day.weekday() - self.week_begins) % 7
        return date.min if day.toordinal() <= back else day - timedelta(days=back)

    def quarter_start(self, day: date) -> date:
        return _months_before(day, (day.month - self.year_begins) % 3)

    def year_start(self, day: date) -> date:
        """First day of the fiscal year that holds `day`."""
        return _months_before(day, (day.month - self.year_begins) % 12)

    def fiscal_year(self, day: date) -> int:
        """The year by which the fiscal year of `day` is called."""
        return day.year + (self.year_begins > 1 and day.month >= self.year_begins)

    def first_day(self, year: int) -> date:
        """Of the fiscal year that is called so."""
        return date(year - (self.year_begins > 1), self.year_begins, 1)

    def last_day(self, year: int) -> date:
        return self.first_day(year + 1) - timedelta(days=1)

    @property
    def has_calendar_quarters(self) -> bool:
        """Whether quarters begin in January, April, July and October."""
        return self.year_begins % 3 == 1


CALENDAR = Reckoning()  # weeks of ISO 8601, years from January


def _months_before(day: date, months: int) -> date:
    """First day of the month so many months before that of `day`."""
    number = max(day.year * 12 + day.month - 1 - months, 12)
    return date(number // 12, number % 12 + 1, 1)


def months_later(first: date, months: int) -> date:
    """First day of the month so many months after; `first` is the first of one."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
