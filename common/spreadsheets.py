"""Tables as files that no spreadsheet runs as a program."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones too


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet, written row by row."""
    from openpyxl import Workbook  # noqa: PLC0415  # heavy, and seldom needed

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append([harmless(cell) for cell in header])
    for row in rows:
        sheet.append([_printable(harmless(cell)) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def harmless(cell: object) -> object:
    """Numbers as they are; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, (bool, date)):
        return str(cell).lower() if isinstance(cell, bool) else cell.isoformat()
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _printable(cell: object) -> object:
    """Without the control characters that a workbook cannot hold, and not longer than a cell may be."""
    if not isinstance(cell, str):
        return cell
    return "".join(letter for letter in cell if letter in "\t\n" or ord(letter) >= 32)[:32_000]
