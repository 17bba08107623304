"""A date in one column and its time of day in another become one moment."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tabular.cells import DateCell, ErrorCell, NumberCell
from tabular.dates import parse_dates
from tabular.split_moments import clock_of, joined

NOON_30 = datetime(2026, 3, 14, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "time", "order"),
    [
        ("2026-03-14", "14:30", "iso"),
        ("2026-03-14 00:00:00", "2:30 PM", "iso"),
        ("2026-03-14T00:00:00", "14:30:00", "iso"),
        ("14.03.2026", "14.30 Uhr", "day_first"),
        ("3/14/26", "2:30 p.m.", "month_first"),
        ("14 Mar 2026", "14h30", "iso"),
        ("2026年3月14日", "下午2:30", "iso"),
        ("2026-03-14 14:30", "14:30:00", "iso"),  # said twice
        (DateCell("2026-03-14"), "2:30 PM", "day_first"),
        (DateCell("2026-03-14"), DateCell("1899-12-31 14:30:00"), "day_first"),
        (NumberCell("46095"), NumberCell("0.604166666666667"), "iso"),
        ("14/03/2026", "15:30 CET", "day_first"),
    ],
)
def test_both_together_are_the_moment(day, time, order):
    found, bad = parse_dates(joined([day], [time]), order=order, zone=UTC)
    assert (found, bad) == ([NOON_30], [])


def test_a_time_is_of_the_zone_that_is_given():
    (found,), bad = parse_dates(joined(["2026-03-14"], ["14:30"]), order="iso", zone=ZoneInfo("Asia/Tokyo"))
    assert (found, bad) == (datetime(2026, 3, 14, 5, 30, tzinfo=UTC), [])


@pytest.mark.parametrize("time", ["25:00", "14:61", "13:00 PM", "soon", NumberCell("1.5")])
def test_a_time_that_is_none_is_refused_with_its_date(time):
    found, bad = parse_dates(joined(["2026-03-14"], [time]), order="iso", zone=UTC)
    assert (found, bad) == ([None], [0])


def test_a_date_with_another_time_of_its_own_is_refused():
    cells = joined(["2026-03-14 09:00", DateCell("2026-03-14 09:00:00")], ["14:30", "14:30"])
    assert cells == ["2026-03-14 09:00 / 14:30", "2026-03-14 09:00:00 / 14:30"]
    assert parse_dates(cells, order="iso", zone=UTC)[1] == [0, 1]


def test_what_has_no_time_stays_as_it_is():
    day = DateCell("2026-03-14")
    assert joined([day, "", ErrorCell("#N/A")], ["", "14:30", "14:30"]) == [day, "", "#N/A"]
    assert clock_of(ErrorCell("#N/A")) == ""
    assert clock_of("12:05 am") == "00:05:00"
    assert clock_of("25:00") == ""
