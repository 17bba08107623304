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
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic
from typing import IO, Any

from tabular.cells import EXACT, DateCell, ErrorCell, NumberCell, NumberCell1904, PercentCell, number_cell
from tabular.encodings import digest_of
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
    kept = None if only_names else _kept.get()
    if kept is None:
        with _started(name, only_names=only_names) as process:
            try:
                yield _sheet(_asked(process, file, patience))
            finally:
                process.kill()
        return
    key = (name, digest_of(file))
    if key not in kept:
        kept[key] = KeptSheet(_started(name, only_names=False), file, patience)
    yield _sheet(kept[key].messages(patience))


@contextmanager
def sheets_kept() -> Iterator[None]:
    """Within it a sheet is read from its workbook once, however often it is opened; rows wait on disk."""
    kept: dict[tuple[str, str], KeptSheet] = {}
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        for sheet in kept.values():
            sheet.end()


class KeptSheet:
    """What the reader of one sheet says, put down as it comes; the thread waits for nobody who reads it."""

    def __init__(self, process: "subprocess.Popen[bytes]", file: IO[bytes], patience: Patience) -> None:
        self._process, self._told = process, tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        self._ends = [0]  # of the messages that are there, in bytes
        self._is_over, self._news = False, threading.Condition()
        with patience.waiting_for(process):
            _send(process, file)
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        with suppress(OSError, ValueError):
            while body := _next(self._process):
                with self._news:
                    self._told.seek(self._ends[-1])
                    self._told.write(body)
                    self._ends.append(self._ends[-1] + len(body))
                    self._news.notify_all()
        with self._news:
            self._is_over = True
            self._news.notify_all()

    def messages(self, patience: Patience) -> Iterator[Any]:
        """From the first one on. Raises Unreadable as `_understood`."""
        for number in count():
            with patience.waiting_for(self._process), self._news:
                self._news.wait_for(lambda: self._is_over or len(self._ends) > number + 1)  # noqa: B023
                if len(self._ends) > number + 1:
                    self._told.seek(self._ends[number])
                    body = self._told.read(self._ends[number + 1] - self._ends[number])
                else:
                    body = b""
            yield _understood(body)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._told.close()


_kept: ContextVar[dict[tuple[str, str], KeptSheet] | None] = ContextVar("sheets_kept", default=None)


def _started(name: str, *, only_names: bool) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
        [sys.executable, "-I", str(READER), name, "names" if only_names else "rows"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a hostile workbook would fill the log with traces of a library
    )


def _asked(process: "subprocess.Popen[bytes]", file: IO[bytes], patience: Patience) -> Iterator[Any]:
    """What the reader says, message by message. Raises Unreadable as `_understood`."""
    with patience.waiting_for(process):
        _send(process, file)
    while True:
        with patience.waiting_for(process):
            body = _next(process)
        yield _understood(body)


def _sheet(messages: Iterator[Any]) -> Sheet:
    found = next(messages)
    return Sheet(
        name=found["sheet"],
        sheets=tuple(found["sheets"]),
        height=found["height"],
        rows=_rows(messages, counts_from_1904=found["counts_from_1904"]),
    )


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


def _next(process: "subprocess.Popen[bytes]") -> bytes:
    """The next message as it came; nothing where there is none, or not all of one."""
    assert process.stdout is not None
    head = process.stdout.read(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    body = process.stdout.read(length) if length <= LONGEST_MESSAGE else b""
    return body if len(body) == length else b""


def _understood(body: bytes) -> Any:
    """A message. Raises Unreadable for a refusal, and where the reader was ended by a limit."""
    if not body:
        raise Unreadable("unpacks_too_large", about="workbook_beyond_limits")
    message = json.loads(body)
    if isinstance(message, dict) and "refused" in message:
        raise _refusal(message)
    return message


def _rows(messages: Iterator[Any], *, counts_from_1904: bool) -> Iterator[tuple[int, list[str]]]:
    while block := next(messages):
        numbers, columns = block
        cells = [_column(column, counts_from_1904=counts_from_1904) for column in columns]
        yield from zip(numbers, map(list, zip(*cells, strict=True)), strict=True)


def _column(values: list[Any], *, counts_from_1904: bool) -> list[str]:
    """Most columns hold one kind of cell: a call for each would take longer than reading the workbook."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return values
    if (
        kinds <= {float, int}
        and all(map(float.is_integer, map(float, values)))
        and max(map(abs, values)) < EXACT
    ):
        return [*map(NumberCell1904 if counts_from_1904 else NumberCell, map(int, values))]
    return [one if type(one) is str else _cell(one, counts_from_1904) for one in values]


def _cell(value: Any, counts_from_1904: bool) -> str:
    if isinstance(value, list):
        kind, text = value
        if kind == "percent":
            return PercentCell(number_cell(text))
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
