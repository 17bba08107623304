"""Read one sheet of the workbook on standard input, under limits, and write its rows to standard output.

Started by `tabular.workbooks`, never imported. First one message about the workbook, then rows in blocks,
then an empty block. Each message is a length of four bytes and JSON: a block is the numbers of its rows and
its columns, as most columns hold one kind of cell; a cell is a text, a number, the pair of "date" or "error"
and its text, or that of "percent" and its number.
"""

import datetime
import io
import json
import os
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

# 200,000 rows of twelve columns with comments (23 MB, 146 MB unpacked) take 330 MB and six seconds.
MEMORY = 1 * 2**30
SECONDS = 20
MOST_CELLS = 30_000_000
MOST_CHARACTERS = 300_000_000  # one text may stand in very many cells
LONGEST_CELL = 100_000  # spreadsheet programs keep a third of it
LONGEST_ROW = 1_000_000
LONGEST_RUN = 6 * LONGEST_CELL  # bytes between two tags: "&quot;" is one character
ROWS_AT_ONCE = 1_000
CHARACTERS_AT_ONCE = 2_000_000
LONGEST_TAG = 4_096
CELL_WITH_ERROR = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
CELL_WITH_FORMULA = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*(<(?:\w+:)?f[\s/>].*?)</(?:\w+:)?c>", re.DOTALL)
FORMULA = (
    "="  # stands for a formula that was never reckoned: programs other than spreadsheets write such files
)
PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
STYLE = re.compile(rb'<(?:\w+:)?c\s([^>]*\bs="(\d+)"[^>]*)>')
PERCENT = "%"  # of a number that the workbook shows as percent; no error is called so
PERCENT_FORMATS = {9, 10}  # of those that every workbook has
PLAIN = {str, float, int}
ERROR, FORMULAS = b't="e"', (b"<f", b":f")  # the last one where tags have a prefix
SPECIAL = (ERROR, *FORMULAS)
SHOWN = re.compile(rb"<(?:\w+:)?v>([^<]*)<")

type Place = tuple[int, int]


class Refused(Exception):
    """With the message that says why."""


def main(wanted: str, only_names: str) -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but messages may reach whoever listens
    with suppress(ValueError, OSError):  # macOS takes no limit of memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        tell(out, sys.stdin.buffer.read(), wanted, only_names == "names")
    except Refused as refusal:
        send(out, refusal.args[0])
    except MemoryError:
        sys.exit(1)  # beyond the limit, which whoever listens sees
    except BaseException as error:  # the reader of workbooks panics by what is no Exception
        send(out, {"refused": "broken_workbook", "error": type(error).__name__})


def tell(out: io.BufferedWriter, content: bytes, wanted: str, only_names: bool) -> None:
    special = looked_through(content)
    book = opened(content)
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not shown or (wanted and wanted not in shown):
        about = "no_sheet" if shown else "no_sheets"
        raise Refused({"refused": "no_sheet", "about": about, "name": wanted[:60], "sheets": shown[:20]})
    name = wanted or shown[0]
    if only_names:
        return send(out, {"sheet": name, "sheets": shown, "height": 0, "counts_from_1904": False})
    try:
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise Refused({"refused": "broken_workbook"}) from error
    if sheet.height * sheet.width > MOST_CELLS:
        raise Refused({"refused": "too_many_cells", "limit": MOST_CELLS})
    marked, counts_from_1904 = beside(content, name, special)
    told = {"sheet": name, "sheets": shown, "height": sheet.total_height}
    send(out, {**told, "counts_from_1904": counts_from_1904})
    for block in blocks(sheet, marked):
        send(out, block)
    return send(out, [])


def opened(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise Refused({"refused": "locked_workbook"}) from error
    except (CalamineError, ZipError, OSError, ValueError) as error:
        kind = "locked_workbook" if is_encrypted(content) else "broken_workbook"
        raise Refused({"refused": kind}) from error


def looked_through(content: bytes) -> set[str]:
    """The parts that may hold errors or formulas: unpacking takes long, so it is asked on the way.

    A cell of hundreds of megabytes packs into kilobytes: it is refused here, in the stream, before anything
    is held.
    """
    special: set[str] = set()
    if not content.startswith(b"PK"):
        return special
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.namelist():
                if part.endswith(".xml"):
                    with archive.open(part) as xml:
                        if look_through(xml):
                            special.add(part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Refused({"refused": "broken_workbook"}) from error
    return special


def look_through(xml: IO[bytes]) -> bool:
    """Whether `SPECIAL` stands anywhere in it, also where one block ends and the next begins."""
    found, end = False, b""
    marks: tuple[bytes, ...] = SPECIAL
    while block := xml.read(LONGEST_RUN):
        if len(block) == LONGEST_RUN and b"<" not in block:
            raise Refused({"refused": "long_cell", "limit": LONGEST_CELL})
        if not end and b"<worksheet" in block[:LONGEST_TAG]:
            marks = SPECIAL[:2]  # its tags have no prefix
        found = found or any(mark in block or mark in end + block[:8] for mark in marks)
        end = block[-8:]
    return found


def blocks(sheet: CalamineSheet, marked: dict[Place, str]) -> Iterator[list[list[Any]]]:
    """The numbers of filled rows and their columns, some rows at once."""
    left = sheet.start[1] if sheet.start else 0
    numbers: list[int] = []
    rows: list[list[Any]] = []
    in_block = in_all = 0
    with_marks = {number for number, _column in marked}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number in with_marks:
            row = [
                marked_cell(marked.get((number, column)), value)
                for column, value in enumerate(row, start=left + 1)
            ]
        if row.count("") < len(row):
            numbers.append(number)
            rows.append(row)
            in_block += length_of(row)
        if len(rows) == ROWS_AT_ONCE or in_block > CHARACTERS_AT_ONCE:
            in_all += in_block
            if in_all > MOST_CHARACTERS:
                raise Refused({"refused": "too_much_text", "limit": MOST_CHARACTERS})
            yield [numbers, columns_of(rows)]
            numbers, rows, in_block = [], [], 0
    if rows:
        yield [numbers, columns_of(rows)]


def columns_of(rows: list[list[Any]]) -> list[Any]:
    """All rows of a sheet are of one width. Most cells are texts and numbers, which stay as they are."""
    return [
        column if PLAIN.issuperset(map(type, column)) else [cell_of(value) for value in column]
        for column in zip(*rows, strict=True)
    ]


def marked_cell(mark: str | None, value: Any) -> Any:
    if mark is None:
        return value
    if mark != PERCENT:
        return ["error", mark]
    return ["percent", value] if isinstance(value, int | float) else value


def length_of(row: list[Any]) -> int:
    """The characters of a row. Raises Refused where one cell, or all together, are no table's any more."""
    texts = [value for value in row if type(value) is str]
    length = sum(map(len, texts))
    if length > LONGEST_CELL and max(map(len, texts)) > LONGEST_CELL:
        raise Refused({"refused": "long_cell", "limit": LONGEST_CELL})
    if length > LONGEST_ROW:
        raise Refused({"refused": "long_row", "limit": LONGEST_ROW})
    return length


def send(out: io.BufferedWriter, message: object) -> None:
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    out.write(struct.pack(">I", len(body)) + body)
    out.flush()


def cell_of(value: Any) -> Any:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        # a spreadsheet counts parts of a day: the last microseconds are no part of what was typed
        rounded = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
        return ["date", rounded.isoformat(" ") if rounded.time() != datetime.time() else str(rounded.date())]
    if isinstance(value, datetime.date):
        return ["date", value.isoformat()]
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, datetime.time):
        return value.replace(microsecond=0).isoformat()
    return value


# --- what the reader of workbooks does not say: cells with errors, and from when days count ----------


def beside(content: bytes, name: str, special: set[str]) -> tuple[dict[Place, str], bool]:
    """Cells that show an error, have a formula without its value, or are shown as percent; and whether days
    count from 1904. Only XLSX says so where we can read it."""
    if not content.startswith(b"PK"):
        return {}, False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return {}, False
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see above
        properties = next((tag for tag in book.iter() if local(tag.tag) == "workbookPr"), None)
        is_1904 = properties is not None and properties.get("date1904", "0") in {"1", "true"}
        part = part_of(archive, book, name)
        return (marks_in(archive, part, special) if part else {}), is_1904


def part_of(archive: zipfile.ZipFile, book: ElementTree.Element, name: str) -> str:
    sheet = next((tag for tag in book.iter() if local(tag.tag) == "sheet" and tag.get("name") == name), None)
    if sheet is None:
        return ""
    known = next((value for key, value in sheet.attrib.items() if local(key) == "id"), "")
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see above
    target = next((tag.get("Target", "") for tag in relations if tag.get("Id") == known), "")
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else ""


def percent_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Numbers of the styles in which a number is shown as percent."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - see above
    formats = {
        tag.get("numFmtId")
        for tag in styles.iter()
        if local(tag.tag) == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", tag.get("formatCode", ""))
    } | {str(number) for number in PERCENT_FORMATS}
    used = next((tag for tag in styles.iter() if local(tag.tag) == "cellXfs"), None)
    return {
        str(number).encode()
        for number, style in enumerate(used if used is not None else ())
        if style.get("numFmtId") in formats
    }


def marks_in(archive: zipfile.ZipFile, part: str, special: set[str]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    rest, percent = b"", percent_styles(archive)
    if part not in special and not percent:
        return found
    with archive.open(part) as xml:
        while block := xml.read(2**20):
            text = rest + block
            for cell in STYLE.finditer(text) if percent else ():
                place = PLACE.search(cell[1])
                if cell[2] in percent and place is not None:
                    found[int(place[2]), column_of(place[1])] = PERCENT
            if ERROR in text:
                for cell in CELL_WITH_ERROR.finditer(text):
                    place, shown = PLACE.search(cell[1]), SHOWN.search(cell[2])
                    if place is not None and shown is not None:
                        found[int(place[2]), column_of(place[1])] = shown[1].decode("utf-8", "replace")
            if any(tag in text for tag in FORMULAS):
                for cell in CELL_WITH_FORMULA.finditer(text):
                    place, shown = PLACE.search(cell[1]), SHOWN.search(cell[2])
                    is_text = b't="str"' in cell[1]  # reckoned, to an empty text
                    if place is not None and not is_text and (shown is None or not shown[1]):
                        found[int(place[2]), column_of(place[1])] = FORMULA
            rest = text[-LONGEST_TAG:]
    return found


def column_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def is_encrypted(content: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in content


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
