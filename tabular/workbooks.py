"""Workbooks (XLSX, XLS, ODS), sheet by sheet, read by a process of their own. Pure.

A workbook is unpacked and held in memory as a whole by any reader, and a hostile one can ask for more memory
than there is. So `tabular/sheet_process.py` reads it under limits of its own and hands the rows on; what goes
wrong there ends that process and not the server.
"""

import json
import logging
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO, Any

from tabular.cells import DateCell, ErrorCell, number_cell
from tabular.problems import Unreadable

MOST_BYTES = 100 * 2**20
MOST_UNPACKED = 200 * 2**20  # 200,000 rows of twelve columns with comments take 146
LONGEST_MESSAGE = 64 * 2**20
MOST_PARTS = 5_000
READER = Path(__file__).with_name("sheet_process.py")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LENGTH = struct.Struct(">I")
log = logging.getLogger("cxprogram.tabular")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet that is being read. `sheets` are the names of all that are shown, `height` its last row."""

    name: str
    sheets: tuple[str, ...]
    height: int
    rows: Iterator[tuple[int, list[str]]]


def is_workbook(head: bytes) -> bool:
    return head.startswith((ZIP, OLE))


class Patience:
    """How many seconds one may wait for readers, all together; what is done between does not count."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    @contextmanager
    def waiting_for(self, process: "subprocess.Popen[bytes]") -> Iterator[None]:
        """End the process where the patience does."""
        started = monotonic()
        timer = threading.Timer(max(self.left, 0.0), process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.left -= monotonic() - started


@contextmanager
def open_sheet(
    file: IO[bytes], name: str = "", *, patience: Patience, only_names: bool = False
) -> Iterator[Sheet]:
    """One sheet of a workbook, the first that is shown where no name is given; without rows if `only_names`.

    Raises Unreadable: for a workbook that is damaged, locked, too large or too slow to read, and for a name
    that is not there.
    """
    _refuse_large(file)
    with subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
        [sys.executable, "-I", str(READER), name, "names" if only_names else "rows"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a hostile workbook would fill the log with traces of a library
    ) as process:
        try:
            with patience.waiting_for(process):
                _send(process, file)
            found = _received(process, patience)
            yield Sheet(
                name=found["sheet"],
                sheets=tuple(found["sheets"]),
                height=found["height"],
                rows=_rows(process, patience, counts_from_1904=found["counts_from_1904"]),
            )
        finally:
            process.kill()


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


def _received(process: "subprocess.Popen[bytes]", patience: Patience) -> Any:
    """The next message. Raises Unreadable for a refusal, and where the reader was ended by a limit."""
    assert process.stdout is not None
    with patience.waiting_for(process):
        head = process.stdout.read(_LENGTH.size)
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        body = process.stdout.read(length) if length <= LONGEST_MESSAGE else b""
    if not length or len(body) != length:
        raise Unreadable("unpacks_too_large", about="workbook_beyond_limits")
    message = json.loads(body)
    if isinstance(message, dict) and "refused" in message:
        raise _refusal(message)
    return message


def _rows(
    process: "subprocess.Popen[bytes]", patience: Patience, *, counts_from_1904: bool
) -> Iterator[tuple[int, list[str]]]:
    while block := _received(process, patience):
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
    if "error" in found:  # nothing that the reader foresaw: a hostile workbook, or a fault of ours
        log.warning("a workbook could not be read (%s)", found["error"])
    if "limit" in found:
        return Unreadable(found["refused"], limit=found["limit"])
    return Unreadable("excel_file", about=found["refused"])
