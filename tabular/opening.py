"""A file that somebody sent, opened as a table: where to begin. Every refusal is in words.

`inspect_table` looks at a new file and says how it is written; `open_table` gives its rows in that way.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _

from tabular.choices import Encoding
from tabular.delimited import delimited_rows, find_delimiter
from tabular.encodings import SAMPLE, Code, check_encoding, digest_of, has_utf16_mark
from tabular.errors import FileRefused
from tabular.headers import check_header, filled_cells, take_header, used_width
from tabular.problems import Unreadable
from tabular.workbooks import Patience, Sheet, is_workbook, open_sheet

MOST_COLUMNS = 500
SHOWN_ROWS = 5
MOST_TRIED = 8  # sheets that are looked at for a table
SECONDS_IN_A_REQUEST = 10.0
SECONDS_IN_THE_WORKER = 120.0
_OTHER_KINDS = (b"%PDF", b"\x1f\x8b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How a file is written: encoding and delimiter of a text, sheet of a workbook, the line that names the
    columns. Empty: to be found.
    """

    encoding: str = Encoding.AUTO.value
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownLayout:
    """How an earlier file from the same place was written, and the names of its columns."""

    layout: Layout
    header: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    most_bytes: int
    most_columns: int = MOST_COLUMNS
    fewest_columns: int = 2  # with one, cells that nothing separates are not noticed
    most_rows: int | None = None
    most_seconds: float = SECONDS_IN_A_REQUEST  # that are waited for the reader of a workbook
    finds_labels: bool = False  # each row holds a value: rows of labels below the header are no data


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFacts:
    """What one pass over the file found; `sheets` are those of a workbook, none for a text. `labels` are what
    the rows `heads` below the header, which stands in line `header_row`, say of each column, else its name.
    """

    size: int
    digest: str
    layout: Layout
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    header_row: int = 1
    heads: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTable:
    """The rows below the header with their numbers, once, in order; `share_at` a row: of the file, read."""

    header: tuple[str, ...]
    layout: Layout
    rows: Iterator[tuple[int, list[str]]]
    share_at: Callable[[int], float]
    sheets: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    header_row: int = 1
    heads: tuple[int, ...] = ()


def inspect_table(
    file: IO[bytes], *, layout: Layout, limits: Limits, known: Sequence[KnownLayout] = ()
) -> FileFacts:
    """Read the file once: digest, how it is written, header and five rows. Raises FileRefused.

    What the layout leaves open is taken from an earlier file with the same columns (`known`), else found. An
    encoding is guessed only where the letters read as one of ours alone; any other file without a mark that
    is not UTF-8 is refused.
    """
    patience = Patience(limits.most_seconds)
    with _in_words():
        size = _checked_size(file, limits.most_bytes)
        head = _head(file)
        if is_workbook(head):
            found, digest = _sheet_with_table(file, layout, known, limits, patience), digest_of(file)
        else:
            found, digest = _text_layout(file, head, layout, known, limits)
        found = replace(
            found, header_row=layout.header_row or _known_header_row(file, found, known, limits, patience)
        )
        with open_table(file, layout=found, limits=limits, patience=patience) as table:
            sample = tuple(tuple(cells) for _number, cells in islice(table.rows, SHOWN_ROWS))
            if not sample:
                raise Unreadable("no_rows")
            return FileFacts(
                size=size,
                digest=digest,
                layout=table.layout,
                header=table.header,
                sample=sample,
                sheets=table.sheets,
                labels=table.labels,
                header_row=table.header_row,
                heads=table.heads,
            )


@contextmanager
def open_table(
    file: IO[bytes], *, layout: Layout, limits: Limits, patience: Patience | None = None
) -> Iterator[OpenTable]:
    """The rows of a file that is written in this way. Raises FileRefused, also while rows are read."""
    patience = patience or Patience(limits.most_seconds)
    with _in_words(), _opened(file, layout, patience) as (sheet, rows):
        top = take_header(rows, finds_labels=limits.finds_labels, row=layout.header_row)
        width = used_width(top, counts_unnamed=sheet is None)  # a sheet is as wide as its widest row
        header = check_header(
            top.cells[:width],
            most=limits.most_columns,
            fewest=limits.fewest_columns,
            unnamed=_("Column %(number)d"),
            may_hold_values=layout.header_row > 0,
            labels=top.labels[:width],
        )
        yield OpenTable(
            header=header,
            labels=tuple(label or name for label, name in zip(top.labels, header, strict=False)),
            header_row=top.number,
            heads=top.heads,
            layout=replace(layout, sheet=sheet.name) if sheet else layout,
            rows=_said(_cut(top.below, width), limits.most_rows),
            share_at=partial(_share_of_sheet, sheet.height) if sheet else _share_of_text(file),
            sheets=sheet.sheets if sheet else (),
        )


def _opened(
    file: IO[bytes], layout: Layout, patience: Patience
) -> AbstractContextManager[tuple[Sheet | None, Iterator[tuple[int, list[str]]]]]:
    if is_workbook(_head(file)):
        return _with_rows(file, layout.sheet, patience)
    delimiter = layout.delimiter or find_delimiter(file, layout.encoding)
    return nullcontext((None, delimited_rows(file, encoding=layout.encoding, delimiter=delimiter)))


@contextmanager
def _with_rows(
    file: IO[bytes], name: str, patience: Patience
) -> Iterator[tuple[Sheet, Iterator[tuple[int, list[str]]]]]:
    with open_sheet(file, name, patience=patience) as sheet:
        yield sheet, sheet.rows


# --- how a file is written -----------------------------------------------------------------------------


def _text_layout(
    file: IO[bytes], head: bytes, wanted: Layout, known: Sequence[KnownLayout], limits: Limits
) -> tuple[Layout, str]:
    if head.startswith(_OTHER_KINDS):
        raise Unreadable("binary_file")
    if has_utf16_mark(head):
        if wanted.encoding not in {Encoding.AUTO, Code.UTF_16}:
            raise Unreadable("wrong_encoding", about="utf16", where="encoding")
        encoding, digest = Code.UTF_16.value, check_encoding(file, Code.UTF_16)
    elif b"\x00" in head:
        raise Unreadable("binary_file")
    elif wanted.encoding == Encoding.AUTO:
        encoding, digest = _found_encoding(file, known, limits)
    else:
        encoding, digest = wanted.encoding, check_encoding(file, wanted.encoding)
    delimiter = wanted.delimiter or next(
        (
            one.layout.delimiter
            for one in known
            if one.layout.delimiter and _fits(file, replace(one.layout, encoding=encoding), one, limits)
        ),
        find_delimiter(file, encoding),
    )
    return Layout(encoding=encoding, delimiter=delimiter), digest


def _found_encoding(file: IO[bytes], known: Sequence[KnownLayout], limits: Limits) -> tuple[str, str]:
    """UTF-8 where it fits: nothing else looks like it. Else that of an earlier file with these columns, else
    the one that the letters read as, where it is only one.
    """
    try:
        return Code.UTF_8.value, check_encoding(file, Code.UTF_8)
    except Unreadable as refusal:
        for one in known:
            encoding = one.layout.encoding
            if encoding in {Code.CP1252, Code.GB18030} and _fits(file, one.layout, one, limits):
                with suppress(Unreadable):
                    return encoding, check_encoding(file, encoding)
        guess = refusal.facts.get("guess")
        if guess is None:
            raise
        return guess.value, check_encoding(file, guess)


def _sheet_with_table(
    file: IO[bytes], wanted: Layout, known: Sequence[KnownLayout], limits: Limits, patience: Patience
) -> Layout:
    """The sheet asked for, else that of an earlier workbook with these columns, else the first table."""
    layout = Layout(encoding=Encoding.UTF_8.value, sheet=wanted.sheet)
    if wanted.sheet:
        return layout
    with open_sheet(file, patience=patience, only_names=True) as sheet:
        names = sheet.sheets
    for one in known:
        if one.layout.sheet in names:
            remembered = replace(layout, sheet=one.layout.sheet)
            if _fits(file, remembered, one, limits, patience):
                return remembered
    tables = (
        name for name in names[:MOST_TRIED] if _header_of(file, replace(layout, sheet=name), limits, patience)
    )
    return replace(layout, sheet=names[0] if len(names) == 1 else next(tables, names[0]))


def _known_header_row(
    file: IO[bytes], found: Layout, known: Sequence[KnownLayout], limits: Limits, patience: Patience
) -> int:
    """The line that somebody chose in an earlier file with these columns; 0 where nobody had to."""
    chosen = (one for one in known if one.layout.header_row)
    return next(
        (
            one.layout.header_row
            for one in chosen
            if _fits(file, replace(found, header_row=one.layout.header_row), one, limits, patience)
        ),
        0,
    )


def _fits(
    file: IO[bytes], layout: Layout, known: KnownLayout, limits: Limits, patience: Patience | None = None
) -> bool:
    """Whether the file, read in this way, has the columns of the earlier one; their order does not matter."""
    return sorted(_header_of(file, layout, limits, patience)) == sorted(known.header)


def _header_of(
    file: IO[bytes], layout: Layout, limits: Limits, patience: Patience | None = None
) -> tuple[str, ...]:
    """None at all where the file cannot be read in this way."""
    try:
        with open_table(file, layout=layout, limits=limits, patience=patience) as table:
            return table.header
    except (FileRefused, UnicodeError):
        return ()


# --- small parts ---------------------------------------------------------------------------------------


def _checked_size(file: IO[bytes], most: int) -> int:
    file.seek(0, 2)
    size = file.tell()
    if size > most:
        raise Unreadable("too_large", size=round(size / 2**20), limit=most // 2**20)
    if not _head(file).strip():
        raise Unreadable("empty")
    return size


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(SAMPLE)


def _cut(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Rows may be written as wide as the widest: what is empty beyond the header is no cell of the row."""
    for number, cells in rows:
        yield number, cells if len(cells) <= width or filled_cells(cells[width:]) else cells[:width]


def _said(rows: Iterator[tuple[int, list[str]]], most: int | None) -> Iterator[tuple[int, list[str]]]:
    try:
        if most is None:
            yield from rows
            return
        for count, row in enumerate(rows, start=1):
            if count > most:
                raise Unreadable("too_many_rows", limit=most)
            yield row
    except Unreadable as problem:
        raise FileRefused.of(problem) from problem


def _share_of_sheet(height: int, number: int) -> float:
    return number / max(height, 1)


def _share_of_text(file: IO[bytes]) -> Callable[[int], float]:
    here = file.tell()
    size = file.seek(0, 2)
    file.seek(here)
    return lambda _number: file.tell() / max(size, 1)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except Unreadable as problem:
        raise FileRefused.of(problem) from problem
