"""Stretches of time in one cell: pairs of moments, and the history of a status."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tabular.stretches import read_stretches


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def read(*cells, order="iso", zone=UTC):
    return read_stretches(cells, order=order, zone=zone, counts=lambda text: text.lower() == "pending")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-02 10:00 – 2026-03-02 13:20",
        "2026-03-02 10:00 - 2026-03-02 13:20",
        "2026-03-02T10:00:00Z/2026-03-02T13:20:00Z",
        "2026-03-02 10:00 → 2026-03-02 13:20;",
        "2026-03-02 10:00 to 2026-03-02 13:20",
        "2026-03-02 10:00 bis 2026-03-02 13:20",
        "2026-03-02 10:00至2026-03-02 13:20",
        "2026-03-02 10:00 Pending; 2026-03-02 13:20 Open; 2026-03-03 09:00 Solved",
        "2026-03-02 13:20: Open | 2026-03-02 10:00: Pending",
        "Pending 2026-03-02 10:00\nOpen 2026-03-02 13:20",
        "Pending (2026-03-02 10:00); Open (2026-03-02 13:20)",
        "2026-03-02 09:00 New; 2026-03-02 10:00 Pending; 2026-03-02 13:20 Waiting for godot",
    ],
)
def test_one_stretch_however_it_is_written(cell):
    read_cell = read(cell)
    assert (read_cell.found, read_cell.bad) == ([[(at(2, 10), at(2, 13, 20))]], [])


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-02 10:00 –",
        "2026-03-02 10:00 - now",
        "2026-03-02T10:00:00Z/..",
        "2026-03-02T10:00:00Z/",
        "2026-03-02 09:00 Open; 2026-03-02 10:00 Pending",
    ],
)
def test_the_last_one_may_go_on(cell):
    assert read(cell).found == [[(at(2, 10), None)]]


def test_of_two_changes_in_one_minute_the_order_of_the_history_decides():
    """Newest first or oldest first: the case went on, was asked about and answered within the minute."""
    told = ["2026-03-02 09:00 New", "2026-03-02 10:00 Pending", "2026-03-02 10:00 Open"]
    assert read("; ".join(told), "; ".join(reversed(told))).found == [[(at(2, 10), at(2, 10))]] * 2
    told[1:] = reversed(told[1:])
    assert read("; ".join(told), "; ".join(reversed(told))).found == [[(at(2, 10), None)]] * 2


def test_several_stretches_and_empty_cells():
    found = read("2026-03-02 10:00 – 2026-03-02 11:00; 2026-03-03 10:00 – 2026-03-03 12:00", "", " ")
    assert found.found == [[(at(2, 10), at(2, 11)), (at(3, 10), at(3, 12))], None, None]
    assert read("2026-03-02 09:00 Open; 2026-03-02 10:00 Solved").found == [[]]


def test_dates_are_read_as_the_file_writes_them_and_in_its_zone():
    berlin = ZoneInfo("Europe/Berlin")
    found = read("02.03.2026 11:00 – 02.03.2026 14:20", order="day_first", zone=berlin)
    assert found.found == [[(at(2, 10), at(2, 13, 20))]]
    found = read("2026-03-02 11:00 Pending; 02.03.2026 14:20 Open", order="day_first", zone=berlin)
    assert found.found == [[(at(2, 10), at(2, 13, 20))]]
    found = read("3/2/2026 10:00 AM Pending; 3/2/2026 1:20 PM Open", order="month_first")
    assert found.found == [[(at(2, 10), at(2, 13, 20))]]
    found = read("2026-03-02T11:00:00+01:00/2026-03-02T14:20:00+01:00")
    assert found.found == [[(at(2, 10), at(2, 13, 20))]]


@pytest.mark.parametrize(
    "cell",
    [
        "soon",
        "yesterday – today",
        "2026-02-30 10:00 – 2026-03-02 13:20",
        "2026-03-02 10:00",
        "2026-03-02 10:00 Pending; 2026-03-02 11:00 – 2026-03-02 13:20",
        "; ".join(["2026-03-02 10:00 Pending"] * 501),
    ],
)
def test_what_says_no_stretches_is_named_by_its_position(cell):
    found = read("2026-03-02 10:00 –", cell)
    assert (found.bad, found.found[1]) == ([1], None)
