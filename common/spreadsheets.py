"""Tables as files that no spreadsheet runs as a program."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

LONGEST_CELL = 32_000  # letters that every spreadsheet holds in one
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones too
_STARTS = frozenset(FORMULA_STARTS)  # one letter each: found faster than by `startswith`


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet, written row by row; text stays text, whatever it looks like."""
    file = io.BytesIO()
    with workbook(file) as book:
        fill_sheet(book.add_worksheet(title[:31]), chain([header], rows))
    return file.getvalue()


def workbook(file: Any) -> Any:
    """A new workbook in an open file, to use in a `with`; sheets are filled row by row, in order."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # heavy, and seldom needed

    return Workbook(file, {"constant_memory": True, "strings_to_urls": False})


def calculating_workbook(file: Any) -> Any:
    """A new workbook whose sheets are written in any order and whose formulas carry their values; a text is
    never taken for a formula or an address. Close it to have it written."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # heavy, and seldom needed

    return Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


def text_of_a_cell(text: str) -> str:
    """As a cell may hold it: harmless, printable, and not too long."""
    return _of_a_cell(_printable(str(harmless(text))))


def fill_sheet(sheet: Any, rows: Iterable[Sequence[object]], *, first: int = 0) -> tuple[int, int]:
    """Write rows from the line `first` (0 is the first of all) on; how many, and how many texts were cut."""
    count = cut = 0
    for row in rows:
        for column, cell in enumerate(row):
            shown = harmless(cell)
            if isinstance(shown, (int, float, Decimal)):
                sheet.write_number(first + count, column, shown)
            elif shown != "":
                text = _printable(str(shown))
                cut += len(text) > LONGEST_CELL
                sheet.write_string(first + count, column, _of_a_cell(text))
        count += 1
    return count, cut


def as_it_was(text: str) -> str:
    """What `marked` and `harmless` have made harmless, as it was before."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def marked(text: str) -> str:
    """A text to go through `harmless` and come back by `as_it_was`, apostrophes of its own included."""
    return f"'{text}" if text[:1] == "'" and text.lstrip("'").startswith(FORMULA_STARTS) else text


def harmless(cell: object) -> object:
    """Numbers as they are; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if type(cell) is str:  # first, and without `isinstance`: a download asks it of each of a million cells
        return f"'{cell}" if cell[:1] in _STARTS else cell
    if cell is None:
        return ""
    if isinstance(cell, (bool, date)):
        return str(cell).lower() if isinstance(cell, bool) else cell.isoformat()
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _printable(text: str) -> str:
    """Without the control characters that a workbook cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= 32)


def _of_a_cell(text: str) -> str:
    """Not longer than a cell may be, which ends with a sign where something is missing."""
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
