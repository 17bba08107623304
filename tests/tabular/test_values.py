"""Numbers, dates and yes or no, a column at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tabular.cells import DateCell, ErrorCell, NumberCell, number_cell
from tabular.dates import DateOrder, find_date_order, parse_dates
from tabular.headers import guess_columns
from tabular.problems import RowProblem, RowProblems
from tabular.values import parse_numbers, parse_whole, parse_yes_no


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9", 9), (" 9 ", 9), ("9.0", 9), ("9,0", 9), ("0,5", Decimal("0.5")), ("-1.25", Decimal("-1.25")),
        ("1.00000", 1), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_a_number_is_read_with_a_point_or_a_comma(text, value):
    assert parse_numbers([text]) == ([value], [])


@pytest.mark.parametrize("text", ["nine", "1.00001", "1e5", "1 000", "1,000.5", "123456789012", "٣"])
def test_what_is_no_number_is_named_by_its_position(text):
    assert parse_numbers(["1", text, "2"])[0] in ([1, None, 2], [1, 3, 2])  # other digits are digits too
    assert parse_numbers(["1", "nine", "2", "nine"]) == ([1, None, 2, None], [1, 3])


@pytest.mark.parametrize("text", ["1,000", "10.000", "-1.234", "999,999"])
def test_an_amount_that_can_be_read_in_two_ways_is_refused_unless_a_workbook_holds_it(text):
    assert parse_numbers([text], refuses_groups=True) == ([None], [0])
    cell = NumberCell(text.replace(",", "."))
    assert parse_numbers([cell, text], refuses_groups=True) == ([parse_numbers([text])[0][0], None], [1])


def test_equal_texts_of_different_types_are_kept_apart():
    values, bad = parse_numbers(["1.234", NumberCell("1.234"), "1.234"], refuses_groups=True)
    assert (values, bad) == ([None, Decimal("1.234"), None], [0, 2])


def test_dates_and_errors_are_no_numbers():
    assert parse_numbers([DateCell("2026-03-14"), ErrorCell("#N/A"), NumberCell("3")]) == (
        [None, None, 3],
        [0, 1],
    )
    assert parse_whole([NumberCell("3.5"), NumberCell("3")]) == ([None, 3], [0])


@pytest.mark.parametrize(
    ("value", "text"),
    [(9, "9"), (9.0, "9"), (0.1 + 0.2, "0.3"), (1e-5, "0.00001"), (1.5e20, "15" + 19 * "0")],
)
def test_a_number_of_a_workbook_is_written_as_it_is_shown(value, text):
    assert number_cell(value) == text


def test_yes_and_no_in_several_words():
    values, bad = parse_yes_no(["yes", "No", "TRUE", "0", "是", "否", "", "perhaps"])
    assert (values, bad) == ([True, False, True, False, True, False, None, None], [7])


# --- dates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["2026-03-14", "2026/03/15 10:00"], DateOrder.ISO),
        (["2026年3月15日", "2026/3/16", "2026.3.7"], DateOrder.ISO),
        (["03.04.2026", "25.04.2026"], DateOrder.DAY_FIRST),
        (["03/04/2026", "03/25/2026"], DateOrder.MONTH_FIRST),
        (["03/04/2026"], None),
        (["01.11.2026", "02.11.2026"], DateOrder.DAY_FIRST),  # dots are day first wherever people write them
        (["01.11.2026 14:05", "05.05.2026"], DateOrder.DAY_FIRST),
        (["03.04.2026", "03.25.2026"], DateOrder.MONTH_FIRST),  # unless a date of the file says otherwise
        (["01.11.2026", "01/11/2026"], None),
        (["01-11-2026"], None),
        (["05/05/2026", "01.11.2026"], None),
        (["25/03/2026", "03/25/2026"], None),
        (["2026-03-25", "25.03.2026"], None),
        ([DateCell("2026-03-14"), "25.03.2026"], DateOrder.DAY_FIRST),
        ([NumberCell("46095"), "03/25/2026"], DateOrder.MONTH_FIRST),
        ([DateCell("2026-03-04")], DateOrder.ISO),
        ([DateCell("2026-03-04"), "03/04/2026"], None),
    ],
)
def test_the_order_of_dates_is_found_or_nothing_is_guessed(dates, order):
    assert find_date_order([dates]).order == order


def test_cells_of_both_kinds_are_read_in_one_column():
    column = [
        DateCell("2026-03-04"),
        "05.03.2026 10:30",
        DateCell("2026-03-06 11:00:00"),
        "",
        ErrorCell("#N/A"),
    ]
    moments, bad = parse_dates(column, order="day_first", zone=ZoneInfo("Europe/Berlin"))
    assert moments == [
        datetime(2026, 3, 3, 23, tzinfo=UTC),
        datetime(2026, 3, 5, 9, 30, tzinfo=UTC),
        datetime(2026, 3, 6, 10, tzinfo=UTC),
        None,
        None,
    ]
    assert bad == [4]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026年3月15日", (3, 14, 16, 0)),
        ("2026/3/16", (3, 15, 16, 0)),
        ("2026-3-6", (3, 5, 16, 0)),
        ("2026.12.01", (11, 30, 16, 0)),
        ("2026/3/16 9:05", (3, 16, 1, 5)),
        ("2026年3月15日 23:30", (3, 15, 15, 30)),
        ("2026年3月15日9:05:00", (3, 15, 1, 5)),
        ("2026/03/16T09:05+01:00", (3, 16, 8, 5)),
    ],
)
def test_year_first_is_read_as_people_write_it(text, moment):
    month, day, hour, minute = moment
    read = parse_dates(["2026-03-14", text], order="iso", zone=ZoneInfo("Asia/Shanghai"))
    assert read == (
        [datetime(2026, 3, 13, 16, tzinfo=UTC), datetime(2026, month, day, hour, minute, tzinfo=UTC)],
        [],
    )


@pytest.mark.parametrize(
    "text",
    ["2026/13/1", "2026年2月30日", "2026/3-16", "2026/3/16 25:00", "2026/3/169:05", "2026年3月", "2026/3"],
)
def test_what_is_no_day_stays_refused(text):
    assert parse_dates([text], order="iso", zone=UTC) == ([None], [0])


def test_names_of_columns_are_recognized_and_no_column_twice():
    words = {"id": ("id", "number"), "when": ("date",), "other": ("id", "date", "number")}
    assert guess_columns(["Number", "Date ", "ID"], words) == {"id": "ID", "when": "Date ", "other": "Number"}


def test_all_rows_with_problems_are_counted_and_the_first_reasons_kept():
    problems = RowProblems[RowProblem](most=2)
    for row in (2, 2, 5, 9):
        problems.add([RowProblem(row=row, column="score", code="no_number")])
    assert (problems.rows, [one.row for one in problems.kept]) == ({2, 5, 9}, [2, 2])
