"""Text with cells between delimiters (CSV, TSV), row by row in bounded memory. Pure."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from tabular.encodings import BLOCK, SAMPLE, codec_of
from tabular.problems import Unreadable

LARGEST_CELL = 1_000_000
DELIMITERS = ",;\t|"


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
            if cells:
                yield number, cells
    except csv.Error as error:
        raise Unreadable("broken_quotes", line=reader.line_num) from error
    finally:
        text.detach()


def find_delimiter(file: IO[bytes], encoding: str) -> str:
    """What separates the cells of the first line that is separated at all; a title may stand above it."""
    file.seek(0)
    lines = file.read(SAMPLE).decode(codec_of(encoding), errors="replace").splitlines()
    line = next((line for line in lines if any(mark in line for mark in DELIMITERS)), ",")
    return max(DELIMITERS, key=line.count)


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
