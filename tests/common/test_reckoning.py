"""When weeks, quarters and fiscal years begin, day by day."""

from datetime import date, timedelta

import pytest

from common.reckoning import CALENDAR, SUNDAY, Reckoning, months_later


@pytest.mark.parametrize(
    ("day", "monday", "sunday"),
    [
        ("2026-03-14", "2026-03-09", "2026-03-08"),  # a Saturday
        ("2026-03-15", "2026-03-09", "2026-03-15"),  # a Sunday
        ("2026-03-16", "2026-03-16", "2026-03-15"),  # a Monday
        ("2026-01-01", "2025-12-29", "2025-12-28"),
    ],
)
def test_a_week_begins_on_monday_or_on_sunday(day, monday, sunday):
    of = date.fromisoformat(day)
    assert str(CALENDAR.week_start(of)) == monday
    assert str(Reckoning(week_begins=SUNDAY).week_start(of)) == sunday


@pytest.mark.parametrize(
    ("begins", "day", "quarter", "year"),
    [
        (1, "2026-03-31", "2026-01-01", "2026-01-01"),
        (4, "2026-03-31", "2026-01-01", "2025-04-01"),
        (4, "2026-04-01", "2026-04-01", "2026-04-01"),
        (2, "2026-01-31", "2025-11-01", "2025-02-01"),
        (2, "2026-02-01", "2026-02-01", "2026-02-01"),
        (12, "2026-11-30", "2026-09-01", "2025-12-01"),
        (12, "2026-12-01", "2026-12-01", "2026-12-01"),
        (7, "2026-06-30", "2026-04-01", "2025-07-01"),
    ],
)
def test_quarters_and_years_begin_with_the_fiscal_year(begins, day, quarter, year):
    reckoning, of = Reckoning(year_begins=begins), date.fromisoformat(day)
    assert (str(reckoning.quarter_start(of)), str(reckoning.year_start(of))) == (quarter, year)


def test_quarters_of_the_calendar_are_known_as_such():
    found = [month for month in range(1, 13) if Reckoning(year_begins=month).has_calendar_quarters]
    assert found == [1, 4, 7, 10]


def test_the_first_days_there_are_have_periods_too():
    for reckoning in (CALENDAR, Reckoning(week_begins=SUNDAY, year_begins=7)):
        for day in (date.min, date.min + timedelta(days=3)):
            assert reckoning.week_start(day) <= day
            assert reckoning.quarter_start(day) == date.min
    assert months_later(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert months_later(date(2026, 1, 1), -1) == date(2025, 12, 1)
