"""Text with cells between delimiters (CSV, TSV), row by row in bounded memory. Pure."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Any

from tabular.encodings import BLOCK, SAMPLE, codec_of
from tabular.problems import Unreadable

LARGEST_CELL = 1_000_000
DELIMITERS = ",;\t|"
ROWS_TRIED = 30
SEPARATOR = re.compile(r"\ufeff?\s*[Ss][Ee][Pp]=(.?)")  # a line that spreadsheets write for each other


def delimited_rows(file: IO[bytes], *, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number as a spreadsheet counts them; blank rows are passed over.

    Raises Unreadable where quotes are not closed or a cell is beyond all reason.
    """
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Open(file), BLOCK), encoding=codec_of(encoding), newline="")
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if not cells or not (cells[0] or any(cell.strip() for cell in cells)):
                continue
            if number == 1 and SEPARATOR.match(cells[0]):
                continue
            yield number, cells
    except csv.Error as error:
        raise Unreadable("broken_quotes", line=reader.line_num) from error
    finally:
        text.detach()


def find_delimiter(file: IO[bytes], encoding: str) -> str:
    """What the first line names (sep=;), else what cuts most rows into the same number of cells, the more
    cells the better; a title may stand above them, and a question in quotes may hold any mark."""
    file.seek(0)
    text = file.read(SAMPLE).decode(codec_of(encoding), errors="replace")
    said = SEPARATOR.match(text)
    if said and said[1] in DELIMITERS:
        return said[1]
    return max(DELIMITERS, key=lambda mark: _cuts_alike(text, mark))


def _cuts_alike(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows have the usual number of cells, two at least, and that number."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths: list[int] = []
    with suppress(csv.Error):
        widths = [len(cells) for cells in islice(reader, ROWS_TRIED) if len(cells) > 1]
    times = Counter(widths)
    usual = max(times, key=lambda width: (times[width], width), default=0)
    return times[usual], usual


def text_rows(text: str, *, delimiter: str, first_line: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Rows of a text that was typed or pasted, with the line on which each begins, without blank ones."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    line = first_line
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = first_line + reader.line_num


class _Open(io.RawIOBase):
    """The bytes of an uploaded file, left open when the text wrapper around it goes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
