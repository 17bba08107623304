"""Dates and times as people, forms and help desks write them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tabular.dates import DateOrder, find_date_order, parse_dates, read_dates
from tabular.moments import zone_called, zone_in_name

BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str, order: str = "iso", zone: ZoneInfo = BERLIN) -> datetime | None:
    (moment,), bad = parse_dates([text], order=order, zone=zone)
    assert bad == ([] if moment else [0])
    return moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14 Mar 2026 09:15", (3, 14, 8, 15)),
        ("14 March 2026, 9:15 PM", (3, 14, 20, 15)),
        ("Mar 15, 2026", (3, 14, 23, 0)),
        ("March 15th, 2026 at 12:05 AM", (3, 14, 23, 5)),
        ("16-Mar-26", (3, 15, 23, 0)),
        ("2026-Mar-16 10:00:30", (3, 16, 9, 0)),
        ("Donnerstag, 19. März 2026 um 13:39:50 Mitteleuropäische Normalzeit", (3, 19, 12, 39)),
        ("19. Mär. 2026", (3, 18, 23, 0)),
        ("15 mars 2026 à 14:05", (3, 15, 13, 5)),
        ("14 de marzo de 2026", (3, 13, 23, 0)),
        ("Sun, 15 Mar 2026 10:11:12 +0100", (3, 15, 9, 11)),
        ("Sun Mar 15 2026 10:11:12 GMT+0100 (CET)", (3, 15, 9, 11)),
        ("15 Mar 2026 10:11 EST", (3, 15, 15, 11)),
        ("2026/03/14 9:05:07 AM GMT+1", (3, 14, 8, 5)),
        ("2026/03/29 8:05:07 PM GMT+2", (3, 29, 18, 5)),
        ("2026-03-31 23:30:00 -0700", (4, 1, 6, 30)),
        ("2026-03-14 10:15:00 UTC", (3, 14, 10, 15)),
        ("2026-03-14T10:15:00.123456Z", (3, 14, 10, 15)),
        ("2026年3月14日 下午9:05", (3, 14, 20, 5)),
        ("1773480600", (3, 14, 9, 30)),
        ("1773480600000", (3, 14, 9, 30)),
    ],
)
def test_what_reads_one_way_is_read_whatever_the_order(text, moment):
    month, day, hour, minute = moment
    wanted = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    found = read(text)
    assert found is not None
    assert found.replace(second=0, microsecond=0) == wanted
    if text[:4] != "2026" or "Mar" in text:
        assert read(text, "day_first") == read(text, "month_first") == found


@pytest.mark.parametrize(
    "text",
    [
        "31 Feb 2026", "Mar 2026", "14 Mar Apr 2026", "14 Mer 2026", "14 Mar 2026 13:00 PM",
        "14 Mar 2026 0:10 AM",
        "14 Mar 2026 10:00 Foo Time", "2026-03-14 10:00 IST", "14 Mar", "177348060",
        "17734806001", "14 14 Mar 2026", "Mar 123, 2026",
    ],
)  # fmt: skip
def test_what_is_no_moment_or_of_an_unknown_zone_is_refused(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("3/4/26", "month_first", (2026, 3, 4, 0, 0)),
        ("3/4/26", "day_first", (2026, 4, 3, 0, 0)),
        ("31.12.69 23:05", "day_first", (2069, 12, 31, 23, 5)),
        ("31.12.70", "day_first", (1970, 12, 31, 0, 0)),
        ("3/14/26 12:10 AM", "month_first", (2026, 3, 14, 0, 10)),
        ("3/14/26 12:10 PM EST", "month_first", (2026, 3, 14, 17, 10)),
    ],
)
def test_years_of_two_figures_are_of_this_century_up_to_69(text, order, moment):
    (found,), bad = parse_dates([text], order=order, zone=UTC)
    assert (found, bad) == (datetime(*moment, tzinfo=UTC), [])


def test_a_year_first_date_is_still_no_short_one_and_the_other_way_round():
    assert read("2026-03-14", "day_first") is None
    assert read("14.03.2026") is None
    assert read("3/14/26") is None


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["3/4/26", "3/14/26"], DateOrder.MONTH_FIRST),
        (["3/4/26", "14/3/26"], DateOrder.DAY_FIRST),
        (["3/4/26"], None),
        (["14 Mar 2026", "Mar 15, 2026"], DateOrder.ISO),
        (["14 Mar 2026", "14/03/2026"], DateOrder.DAY_FIRST),
        (["2026/03/14 9:05:07 AM GMT+1"], DateOrder.ISO),
    ],
)
def test_the_order_of_a_file_is_that_of_the_dates_that_need_one(dates, order):
    assert find_date_order([dates]).order == order


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("UTC", 0), ("gmt", 0), ("GMT+1", 1), ("UTC-03:30", -3.5), ("-0700", -7), ("+5", 5), ("EST", -5),
        ("MESZ", 2),
        ("Pacific  Daylight Time", -7), ("北京时间", 8),
    ],
)  # fmt: skip
def test_zones_are_known_by_offset_and_name(name, hours):
    assert zone_called(name) in {timezone(timedelta(hours=hours)), UTC if not hours else None}


def test_names_that_stand_for_several_zones_are_none_and_places_are_those_of_the_tables():
    assert [zone_called(name) for name in ("IST", "CST", "Foo/Bar", "calendar hours", "+15")] == [None] * 5
    assert zone_called("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")
    assert zone_in_name("Submit Date (UTC)") == UTC
    assert zone_in_name("Start [GMT+2]") == timezone(timedelta(hours=2))
    assert zone_in_name("Full resolution time (calendar hours)") is None
    assert zone_in_name("UTC") is None


@pytest.mark.parametrize(
    ("text", "order", "zone", "change", "utc"),
    [
        ("2026-03-29 02:30", "iso", "Europe/Berlin", "skipped", (2026, 3, 29, 1, 30)),
        ("29.03.2026 02:00", "day_first", "Europe/Berlin", "skipped", (2026, 3, 29, 1, 0)),
        ("2026-03-29 03:00", "iso", "Europe/Berlin", None, (2026, 3, 29, 1, 0)),
        ("2026-03-29 01:59:59", "iso", "Europe/Berlin", None, (2026, 3, 29, 0, 59, 59)),
        ("2026-10-25 02:00", "iso", "Europe/Berlin", "doubled", (2026, 10, 25, 0, 0)),
        ("2026-10-25 02:59:59", "iso", "Europe/Berlin", "doubled", (2026, 10, 25, 0, 59, 59)),
        ("2026-10-25 03:00", "iso", "Europe/Berlin", None, (2026, 10, 25, 2, 0)),
        ("2026-10-25T02:30+01:00", "iso", "Europe/Berlin", None, (2026, 10, 25, 1, 30)),
        ("25 Oct 2026 02:30 CET", "iso", "Europe/Berlin", None, (2026, 10, 25, 1, 30)),
        ("25 Oct 2026 02:30 Europe/Berlin", "iso", "Asia/Tokyo", "doubled", (2026, 10, 25, 0, 30)),
        ("2026-10-25 02:30", "iso", "Asia/Tokyo", None, (2026, 10, 24, 17, 30)),
        ("2026-11-01 01:30", "iso", "America/New_York", "doubled", (2026, 11, 1, 5, 30)),
        ("2026-10-04 02:15", "iso", "Australia/Lord_Howe", "skipped", (2026, 10, 3, 15, 45)),
        (
            "2018-11-04",
            "iso",
            "America/Sao_Paulo",
            None,
            (2018, 11, 4, 3, 0),
        ),  # a day, whose first hour is not
        ("2018-11-04 00:30", "iso", "America/Sao_Paulo", "skipped", (2018, 11, 4, 3, 30)),
        ("9999-12-31 10:00", "iso", "Europe/Berlin", None, (9999, 12, 31, 9, 0)),
    ],
)
def test_times_that_the_clock_skips_or_shows_twice_are_found(text, order, zone, change, utc):
    found = read_dates([text, ""], order=order, zone=ZoneInfo(zone))
    assert found.moments == [datetime(*utc, tzinfo=UTC), None]
    assert found.clock_changes == ({} if change is None else {0: change})


def test_positions_of_such_times_are_those_of_the_column():
    column = ["29.03.2026 02:30", "x", "", "14.03.2026 02:30", "25.10.2026 02:30"]
    found = read_dates(column, order="day_first", zone=BERLIN)
    assert (found.bad, found.clock_changes) == ([1], {0: "skipped", 4: "doubled"})
    mixed = read_dates(["2026-03-29 02:30", "2026/10/25 02:30"], order="iso", zone=BERLIN)
    assert mixed.clock_changes == {0: "skipped", 1: "doubled"}
