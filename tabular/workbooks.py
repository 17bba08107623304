"""Workbooks (XLSX, XLS, ODS), sheet by sheet, read by a process of their own. Pure.

A workbook is unpacked and held in memory as a whole by any reader, and a hostile one can ask for more memory
than there is. So `tabular/sheet_process.py` reads it under limits of its own and hands the rows on; what goes
wrong there ends that process and not the server.
"""

import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tabular.cells import DateCell, ErrorCell, number_cell
from tabular.problems import Unreadable

MOST_BYTES = 100 * 2**20
MOST_UNPACKED = 600 * 2**20  # a million rows of ten columns
MOST_PARTS = 5_000
READER = Path(__file__).with_name("sheet_process.py")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet that is being read. `sheets` are the names of all that are shown, `height` its last row."""

    name: str
    sheets: tuple[str, ...]
    height: int
    rows: Iterator[tuple[int, list[str]]]


def is_workbook(head: bytes) -> bool:
    return head.startswith((ZIP, OLE))


@contextmanager
def open_sheet(file: IO[bytes], name: str = "") -> Iterator[Sheet]:
    """One sheet of a workbook, the first that is shown where no name is given.

    Raises Unreadable: for a workbook that is damaged, locked or too large, and for a name that is not there.
    """
    _refuse_large(file)
    with subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
        [sys.executable, "-I", str(READER), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            _send(process, file)
            found = _received(process)
            if "refused" in found:
                raise _refusal(found)
            yield Sheet(
                name=found["sheet"],
                sheets=tuple(found["sheets"]),
                height=found["height"],
                rows=_rows(process, counts_from_1904=found["counts_from_1904"]),
            )
        finally:
            process.kill()


def filled_cells(cells: Sequence[str]) -> int:
    """A sheet is as wide as its widest row: only cells with something in them count."""
    return sum(bool(cell.strip()) for cell in cells)


def _refuse_large(file: IO[bytes]) -> None:
    """By what the archive says of itself, before anything is unpacked; the reader has limits of its own."""
    file.seek(0, 2)
    size = file.tell()
    if size > MOST_BYTES:
        raise Unreadable("too_large", size=round(size / 2**20), limit=MOST_BYTES // 2**20)
    file.seek(0)
    is_zip = file.read(4) == ZIP
    file.seek(0)
    if not is_zip:
        return
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise Unreadable("excel_file", about="broken_workbook") from error
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise Unreadable("unpacks_too_large", limit=MOST_UNPACKED // 2**20)


def _send(process: "subprocess.Popen[bytes]", file: IO[bytes]) -> None:
    """All of it; the reader answers only after the last byte, so neither waits for the other."""
    file.seek(0)
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        while block := file.read(2**20):
            process.stdin.write(block)
        process.stdin.close()


def _received(process: "subprocess.Popen[bytes]") -> Any:
    """The next message; Unreadable where the reader was ended by its limits."""
    assert process.stdout is not None
    head = process.stdout.read(_LENGTH.size)
    body = process.stdout.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not body:
        raise Unreadable("unpacks_too_large", about="workbook_beyond_limits")
    return json.loads(body)


def _rows(process: "subprocess.Popen[bytes]", *, counts_from_1904: bool) -> Iterator[tuple[int, list[str]]]:
    while block := _received(process):
        for number, cells in block:
            yield number, [_cell(value, counts_from_1904) for value in cells]


def _cell(value: Any, counts_from_1904: bool) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        kind, text = value
        return DateCell(text) if kind == "date" else ErrorCell(text)
    return number_cell(value, counts_from_1904=counts_from_1904)


def _refusal(found: dict[str, Any]) -> Unreadable:
    if found["refused"] == "no_sheet":
        return Unreadable(
            "no_sheet", where="sheet", about=found["about"], name=found["name"], sheets=found["sheets"]
        )
    if found["refused"] == "too_many_cells":
        return Unreadable("too_many_cells", limit=found["limit"])
    return Unreadable("excel_file", about=found["refused"])
