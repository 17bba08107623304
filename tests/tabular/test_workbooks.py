"""Workbooks: sheets, typed cells, formulas, errors, and those that would take more than there is."""

import io
import re
import subprocess
import time as time_module
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

import pytest
import xlsxwriter

from tabular import workbooks
from tabular.cells import FORMULA, DateCell, ErrorCell, NumberCell, PercentCell, as_shown
from tabular.dates import parse_dates
from tabular.errors import FileRefused
from tabular.opening import (
    SECONDS_IN_A_REQUEST,
    SECONDS_IN_THE_WORKER,
    FileFacts,
    KnownLayout,
    Layout,
    Limits,
    inspect_table,
    open_table,
)
from tests.tabular.books import open_document, workbook

LIMITS = Limits(most_bytes=10_000_000)
PLAIN = [["id", "score"], ["a", 9]]


def look(content: bytes, sheet: str = "", known=()) -> FileFacts:
    return inspect_table(io.BytesIO(content), layout=Layout(sheet=sheet), limits=LIMITS, known=known)


def rows_of(content: bytes, sheet: str = "") -> list[tuple[int, list[str]]]:
    file = io.BytesIO(content)
    with open_table(file, layout=Layout(sheet=sheet), limits=LIMITS) as table:
        return list(table.rows)


def refused(content: bytes, **options) -> FileRefused:
    with pytest.raises(FileRefused) as refusal:
        look(content, **options)
    return refusal.value


def test_cells_are_what_the_workbook_says():
    content = workbook(
        (
            "A",
            [
                ["id", "when", "score", "text"],
                [12345, date(2026, 3, 14), 9, "10.000"],
                ["a-2", datetime(2026, 3, 14, 9, 15, 30), 9.5, True],
                [0.1 + 0.2, time(10, 30), 1.234, ("=1+1", 2)],
                [1e15, None, -3, ("=TEXT(1)", "one")],
            ],
        )
    )
    rows = rows_of(content)
    assert rows == [
        (2, ["12345", "2026-03-14", "9", "10.000"]),
        (3, ["a-2", "2026-03-14 09:15:30", "9.5", "TRUE"]),
        (4, ["0.3", "10:30:00", "1.234", "2"]),
        (5, ["1000000000000000", "", "-3", "one"]),
    ]
    first, second = rows[0][1], rows[1][1]
    assert [type(cell) for cell in first] == [NumberCell, DateCell, NumberCell, str]
    assert [type(cell) for cell in second] == [str, DateCell, NumberCell, str]


def test_a_duration_is_hours_minutes_and_seconds():
    file = io.BytesIO()
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "took"])
    sheet.write(1, 0, "a")
    sheet.write(1, 1, timedelta(hours=36, minutes=5), book.add_format({"num_format": "[h]:mm:ss"}))
    book.close()
    assert rows_of(file.getvalue()) == [(2, ["a", "36:05:00"])]


def test_cells_with_errors_are_known_by_their_place():
    content = workbook(
        ("First", [["x", "y"], [1, ("=1/0", "#DIV/0!")]]),
        ("Second", [[None] * 3, [None, "id", "score"], [None, ("=NA()", "#N/A"), 3], [None, "#N/A", 4]]),
    )
    (error,) = [
        cell for _number, cells in rows_of(content, "First") for cell in cells if type(cell) is ErrorCell
    ]
    assert error == "#DIV/0!"
    rows = rows_of(content, "Second")
    assert rows == [(3, ["#N/A", "3"]), (4, ["#N/A", "4"])]
    assert [type(cells[0]) for _number, cells in rows] == [ErrorCell, str]  # somebody typed the second


@pytest.mark.parametrize(
    ("cell", "is_named"),
    [
        (b'<c r="A2"><f>5+4</f><v></v></c>', True),  # as libraries write it that reckon nothing
        (b'<c r="A2"><f>5+4</f><v /></c>', True),
        (b'<c r="A2" s="1"><f t="shared" si="0"/></c>', True),
        (b'<c r="A2"><f>5+4</f><v>9</v></c>', False),
        (b'<c r="A2" t="str"><f>""</f><v></v></c>', False),  # reckoned: an empty text
        (b'<c r="A2" s="1"/>', False),
    ],
)
def test_a_formula_that_was_never_reckoned_is_no_empty_cell(cell, is_named):
    content = workbook(("First", [["score", "text"], [("=5+4", 9), "fine"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b'<c r="A2"><f>5+4</f><v>9</v></c>' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'<c r="A2"><f>5+4</f><v>9</v></c>', cell)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    ((_number, cells),) = rows_of(file.getvalue())
    assert (type(cells[0]) is ErrorCell) == is_named
    assert not is_named or cells[0] == FORMULA


def test_title_rows_and_empty_rows_and_columns_do_no_harm():
    rows = [["Report of March"], [], ["id", "score", None, None], ["a", 9], [], ["b", 3]]
    content = workbook(("A", rows))
    assert look(content).header == ("id", "score")
    assert rows_of(content) == [(4, ["a", "9"]), (6, ["b", "3"])]


def test_a_cell_beyond_the_header_is_not_dropped():
    content = workbook(("A", [["id", "score"], ["a", 9], ["b", 3, "beyond"]]))
    assert rows_of(content) == [(2, ["a", "9"]), (3, ["b", "3", "beyond"])]


def test_numbers_in_a_date_column_are_the_days_that_spreadsheets_count():
    content = workbook(("A", [["id", "when"], ["a", 46095.5], ["b", 60], ["c", 46095]]))
    moments, bad = parse_dates([cells[1] for _number, cells in rows_of(content)], order="day_first", zone=UTC)
    assert moments == [datetime(2026, 3, 14, 12, tzinfo=UTC), None, datetime(2026, 3, 14, tzinfo=UTC)]
    assert bad == [1]


def test_days_of_an_old_mac_count_from_1904():
    rows = [["id", "when", "also"], ["a", 44633.5, datetime(2026, 3, 14, 12)]]
    content = workbook(("A", rows), date_1904=True)
    ((_number, cells),) = rows_of(content)
    assert cells[2] == "2026-03-14 12:00:00"
    moments, _bad = parse_dates([cells[1]], order="iso", zone=UTC)
    assert moments == [datetime(2026, 3, 14, 12, tzinfo=UTC)]


# --- sheets --------------------------------------------------------------------------------------------


def test_the_first_sheet_with_a_table_is_read_and_the_shown_ones_are_named():
    content = workbook(
        ("Secret", PLAIN),
        ("Cover", [["About this file"]]),
        ("March", PLAIN),
        ("April", PLAIN),
        hidden=["Secret"],
    )
    facts = look(content)
    assert (facts.layout.sheet, facts.sheets) == ("March", ("Cover", "March", "April"))
    assert look(content, "April").layout.sheet == "April"


def test_the_sheet_of_an_earlier_workbook_with_these_columns_goes_before_the_first():
    content = workbook(("March", [["x", "y"], [1, 2]]), ("Answers", PLAIN))
    known = [KnownLayout(layout=Layout(encoding="utf-8", sheet="Answers"), header=["score", "id"])]
    assert look(content).layout.sheet == "March"
    assert look(content, known=known).layout.sheet == "Answers"


@pytest.mark.parametrize("name", ["May", "Secret"])
def test_a_sheet_that_is_not_shown_is_refused_with_those_that_are(name):
    content = workbook(("Secret", PLAIN), ("March", PLAIN), ("April", PLAIN), hidden=["Secret"])
    refusal = refused(content, sheet=name)
    assert (refusal.code, set(refusal.fields)) == ("no_sheet", {"sheet"})
    assert str(refusal.message) == f"The workbook has no sheet “{name}”. Its sheets: March, April."


# --- other kinds -----------------------------------------------------------------------------------------


def test_open_document_sheets_are_read():
    cell = '<table:table-cell office:value-type="{}"{}><text:p>{}</text:p></table:table-cell>'
    content = open_document(
        "<table:table-row>{}{}{}</table:table-row><table:table-row>{}{}{}</table:table-row>".format(
            *(cell.format("string", "", name) for name in ("id", "score", "when")),
            cell.format("string", "", "a-1"),
            cell.format("float", ' office:value="9.5"', "9,5"),
            cell.format("date", ' office:date-value="2026-03-14"', "14.03.26"),
        )
    )
    assert look(content).sheets == ("Answers",)
    ((number, cells),) = rows_of(content)
    assert (number, cells) == (2, ["a-1", "9.5", "2026-03-14"])
    assert [type(one) for one in cells] == [str, NumberCell, DateCell]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04" + b"\x00" * 200, b"\xd0\xcf\x11\xe0" + b"\x00" * 200, workbook(("A", PLAIN))[:900]],
)
def test_a_damaged_workbook_is_refused(content):
    refusal = refused(content)
    assert refusal.code == "excel_file"
    assert "cannot be opened" in str(refusal.message)


PANICS = {
    "shared texts without end": (
        "xl/sharedStrings.xml",
        r'uniqueCount="\d+"',
        'uniqueCount="18446744073709551615"',
    ),
    "a column beyond all": ("xl/worksheets/sheet1.xml", r'r="A1"', 'r="ZZZZZZZZZZZZ1"'),
    "a row beyond all": ("xl/worksheets/sheet1.xml", r'r="A1"', 'r="A4294967295"'),
}


@pytest.mark.parametrize("which", PANICS)
def test_a_workbook_on_which_the_library_panics_is_refused_without_a_trace_in_the_log(which, capfd, caplog):
    part, pattern, instead = PANICS[which]
    made, file = io.BytesIO(workbook(("A", PLAIN))), io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, re.sub(pattern, instead, text) if name == part else text)
    refusal = refused(file.getvalue())
    assert refusal.code in {"excel_file", "unpacks_too_large"}
    assert str(refusal.message)
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")
    assert "Traceback" not in caplog.text
    assert caplog.text.count("\n") <= 1
    if refusal.code == "excel_file":
        assert "cannot be opened" in str(refusal.message)
        assert "a workbook could not be read (PanicException)" in caplog.text


def test_an_archive_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert refused(file.getvalue()).code == "excel_file"


def test_a_locked_workbook_says_so():
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "protected by a password" in str(refused(content).message)


# --- more than there is -------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    file = io.BytesIO(workbook(("A", PLAIN)))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/more.xml", "w") as part,
    ):
        for _block in range(21):
            part.write(b" " * 10 * 2**20)
    assert len(file.getvalue()) < 2_000_000

    def started(*_arguments, **_options):
        raise AssertionError("nothing may be unpacked")

    monkeypatch.setattr(workbooks.subprocess, "Popen", started)
    refusal = refused(file.getvalue())
    assert refusal.code == "unpacks_too_large"
    assert "200 MB" in str(refusal.message)


def test_two_cells_far_apart_take_no_memory_of_the_server():
    """A reader that lays out the rectangle between them would need terabytes."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "id")
    sheet.write(1_048_575, 16_383, "score")
    book.close()
    assert refused(file.getvalue()).code in {"unpacks_too_large", "too_many_cells"}


def test_a_reader_that_is_left_early_is_ended(monkeypatch):
    started = []
    popen = workbooks.subprocess.Popen

    class Watched(popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(workbooks.subprocess, "Popen", Watched)
    content = workbook(("A", [["id", "score"], *([number, 9] for number in range(30_000))]))
    with open_table(io.BytesIO(content), layout=Layout(), limits=LIMITS) as table:
        assert next(table.rows) == (2, ["0", "9"])
    assert [process.returncode is not None for process in started] == [True]


def with_sheet(rows: str, shared: str = "") -> bytes:
    """XLSX whose first sheet is this XML, and whose shared texts are these."""
    made, file = io.BytesIO(workbook(("A", PLAIN))), io.BytesIO()
    spaces = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts = {"xl/worksheets/sheet1.xml": f"<worksheet {spaces}><sheetData>{rows}</sheetData></worksheet>"}
    if shared:
        parts["xl/sharedStrings.xml"] = f"<sst {spaces}>{shared}</sst>"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, parts.get(part, old.read(part)))
    return file.getvalue()


def cell(text: str) -> str:
    return f'<c r="B2" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c>' + cell("text").replace("B2", "B1") + "</row>"
)
FIRST = '<row r="2"><c r="A2"><v>1</v></c>{}</row>'


def test_one_cell_of_very_many_characters_is_refused_in_the_stream():
    """It packs into kilobytes, and would take a gigabyte and a minute to read."""
    content = with_sheet(HEADER + FIRST.format(cell("x" * 120_000_000)))
    assert len(content) < 300_000
    refusal = refused(content)
    assert refusal.code == "long_cell"
    assert "100000 characters" in str(refusal.message)


@pytest.mark.parametrize(
    ("length", "code"), [(32_767, ""), (100_000, ""), (100_001, "long_cell"), (1_300_000, "long_cell")]
)
def test_a_cell_has_a_longest_text(length, code):
    content = with_sheet(HEADER + FIRST.format(cell("&quot;" * length)))
    if code:
        assert refused(content).code == code
    else:
        assert rows_of(content) == [(2, ["1", '"' * length])]


def test_a_row_has_a_longest_text():
    cells = "".join(cell("x" * 90_000).replace("B2", f"{letter}2") for letter in "BCDEFGHIJKLM")
    assert refused(with_sheet(HEADER + f'<row r="2"><c r="A2"><v>1</v></c>{cells}</row>')).code == "long_row"


def test_one_text_in_very_many_cells_is_no_table(monkeypatch, tmp_path):
    reader = tmp_path / "reader.py"
    text = workbooks.READER.read_text()
    assert "MOST_CHARACTERS = 300_000_000" in text
    reader.write_text(text.replace("MOST_CHARACTERS = 300_000_000", "MOST_CHARACTERS = 3_000_000"))
    monkeypatch.setattr(workbooks, "READER", reader)
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c><c r="B{row}" t="s"><v>0</v></c></row>'
        for row in range(2, 102)
    )
    content = with_sheet(HEADER + rows, "<si><t>" + "x" * 50_000 + "</t></si>")
    with pytest.raises(FileRefused) as refusal:
        rows_of(content)
    assert refusal.value.code == "too_much_text"
    monkeypatch.undo()
    assert len(rows_of(content)) == 100


def test_a_page_waits_some_seconds_and_the_worker_longer():
    assert (SECONDS_IN_A_REQUEST, SECONDS_IN_THE_WORKER) == (10.0, 120.0)
    assert LIMITS.most_seconds == 10.0


@pytest.mark.parametrize("sheets", [1, 6])
def test_nobody_waits_longer_for_a_slow_reader_than_is_allowed(monkeypatch, tmp_path, sheets):
    """All the looks at a file together: each sheet is one."""
    reader = tmp_path / "reader.py"
    reader.write_text("import sys, time\nsys.stdin.buffer.read()\ntime.sleep(60)\n")
    monkeypatch.setattr(workbooks, "READER", reader)
    content = workbook(*((f"Sheet {number}", PLAIN) for number in range(sheets)))
    started = monotonic()
    limits = Limits(most_bytes=10_000_000, most_seconds=1.5)
    with pytest.raises(FileRefused) as refusal:
        inspect_table(io.BytesIO(content), layout=Layout(), limits=limits)
    assert "more memory or time" in str(refusal.value.message)
    assert 1.4 < monotonic() - started < 20


def test_what_is_done_between_rows_costs_no_patience():
    content = workbook(("A", [["id", "score"], *([number, 9] for number in range(5_000))]))
    patience = workbooks.Patience(30.0)
    with workbooks.open_sheet(io.BytesIO(content), patience=patience) as sheet:
        next(sheet.rows)
        left = patience.left
        time_module.sleep(0.5)
        assert left - patience.left < 0.1
        assert sum(1 for _row in sheet.rows) == 5_000
    assert 0 < patience.left < 30.0


def test_numbers_shown_as_percent_are_known():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    whole, fine = book.add_format({"num_format": "0%"}), book.add_format({"num_format": "0.0 %;[Red]-0.0 %"})
    words = book.add_format({"num_format": '0.0" % of all"'})
    for row, (name, value, form) in enumerate(
        [
            ("id", "share", None),
            ("a", 0.8, whole),
            ("b", 0.125, fine),
            ("c", 0.8, words),
            ("d", "80 %", whole),
        ]
    ):
        sheet.write(row, 0, name)
        sheet.write(row, 1, value, form)
    book.close()
    cells = [cells[1] for _number, cells in rows_of(file.getvalue())]
    assert [(type(cell), str(cell)) for cell in cells] == [
        (PercentCell, "0.8"),
        (PercentCell, "0.125"),
        (NumberCell, "0.8"),
        (str, "80 %"),
    ]
    assert as_shown(cells) == ["80%", "12.5%", "0.8", "80 %"]


def test_a_kept_sheet_is_read_by_one_process(monkeypatch):
    started = []

    start = subprocess.Popen

    def counted(*arguments, **options):
        started.append(arguments)
        return start(*arguments, **options)

    monkeypatch.setattr(workbooks.subprocess, "Popen", counted)
    content = workbook(("A", [["id", "n"], *([f"r{n}", n] for n in range(2500))]))
    with workbooks.sheets_kept():
        first = rows_of(content)
        assert rows_of(content) == first
        with pytest.raises(FileRefused):
            rows_of(b"PK\x03\x04 no workbook")
    assert len(first) == 2500
    assert len(started) == 1
    assert rows_of(content) == first  # outside of it, another one
    assert len(started) == 2
