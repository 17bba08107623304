"""Tables as files that no spreadsheet runs as a program."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones too


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same line by line, as it is read, with the byte order mark by which spreadsheets see UTF-8."""
    yield "\ufeff"
    for row in chain([header], rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow([harmless(cell) for cell in row])
        yield text.getvalue()


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet, written row by row; text stays text, whatever it looks like."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # heavy, and seldom needed

    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title[:31])
        for number, row in enumerate(chain([header], rows)):
            for column, cell in enumerate(row):
                shown = harmless(cell)
                if isinstance(shown, (int, float, Decimal)):
                    sheet.write_number(number, column, shown)
                else:
                    sheet.write_string(number, column, _printable(str(shown)))
    return file.getvalue()


def as_it_was(text: str) -> str:
    """What `marked` and `harmless` have made harmless, as it was before."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def marked(text: str) -> str:
    """A text to go through `harmless` and come back by `as_it_was`, apostrophes of its own included."""
    return f"'{text}" if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def harmless(cell: object) -> object:
    """Numbers as they are; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, (bool, date)):
        return str(cell).lower() if isinstance(cell, bool) else cell.isoformat()
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _printable(text: str) -> str:
    """Without the control characters that a workbook cannot hold, and not longer than a cell may be."""
    return "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= 32)[:32_000]
