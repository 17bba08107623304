"""Lists of people as somebody pastes or uploads them: addresses, or a table with a header. No rules."""

import csv
import io
import re
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from accounts.choices import COLUMNS_OF_PEOPLE
from tabular.delimited import text_rows
from tabular.encodings import text_of
from tabular.headers import plain_name
from tabular.opening import Layout, Limits, inspect_table, open_table
from tabular.workbooks import is_workbook

MOST_BYTES_OF_A_WORKBOOK = 2 * 2**20
MOST_ROWS = 5_000

EAST_ASIAN = re.compile(r"[\u4e00-\u9fff]")  # there the family name stands first, without a blank
ADDRESS = re.compile(r"^\s*(?:\"?(?P<name>[^<\"]*?)\"?\s*)?<(?P<email>[^<>]+)>\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """One person as typed; `line` counts from 1 in what was pasted."""

    line: int
    email: str
    name: str = ""
    role: str = ""
    function: str = ""


def text_of_file(file: IO[bytes]) -> str:
    """The list in a file as if it had been pasted; of a workbook, its first table. Raises FileRefused."""
    file.seek(0)
    content = file.read()
    if not is_workbook(content[:8]):
        return text_of(content)
    limits = Limits(
        most_bytes=MOST_BYTES_OF_A_WORKBOOK, most_rows=MOST_ROWS, most_seconds=5
    )  # it is read twice
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        writer.writerow(table.header)
        writer.writerows([" ".join(cell.split()) for cell in cells] for _number, cells in table.rows)
    return text.getvalue()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """A list with a header: what each column is ("" for one that is not known), and the rows below."""

    head: list[str]
    columns: list[str]
    rows: list[tuple[int, list[str]]]


def read_people(text: str) -> list[PersonLine]:
    """People in the order of the text; empty lines are left out.

    With a header that names a column for the address: CSV (comma, semicolon or tab). Without: addresses
    separated by line breaks, commas or semicolons, each bare or as `Name <address>`.
    """
    table = _table(_plain_text(text))
    if table is not None:
        return [_person(line, table.columns, row) for line, row in table.rows]
    return [
        _address(part, number)
        for number, line in enumerate(_plain_text(text).split("\n"), start=1)
        for part in re.split(r"[,;，；\t]", line)
        if part.strip()
    ]


def columns_not_read(text: str) -> list[str]:
    """The heads of columns that are not known, or are named twice; one without a head by its number,
    where something stands in it."""
    table = _table(_plain_text(text))
    if table is None:
        return []
    named = [
        (place, cell.strip())
        for place, cell in enumerate(table.head)
        if cell.strip() and not table.columns[place]
    ]
    filled = {place for _line, row in table.rows for place, cell in enumerate(row) if cell.strip()}
    bare = [
        (place, _("column %(number)d") % {"number": place + 1})
        for place in filled
        if place >= len(table.head) or not table.head[place].strip()
    ]
    return [name for _place, name in sorted(named + bare)]


def _plain_text(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def _table(text: str) -> _Table | None:
    """The list as a table; None where its first line does not name a column for the address."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return None
    separator = max(",;\t", key=lines[first].count)
    _line, head = next(text_rows(lines[first], delimiter=separator))
    columns = _columns(head)
    if "email" not in columns:
        return None
    rows = text_rows("\n".join(lines[first + 1 :]), delimiter=separator, first_line=first + 2)
    return _Table(head=head, columns=columns, rows=list(rows))


def _columns(head: list[str]) -> list[str]:
    """What each column is. Of two that say the same the first is read."""
    columns: list[str] = []
    for cell in head:
        said = plain_name(cell.strip().strip("\ufeff")).casefold()
        name = next((name for name, words in COLUMNS_OF_PEOPLE.items() if said in words), "")
        columns.append("" if name in columns else name)
    if "name" in columns:  # the whole name is enough
        return ["" if name in {"first_name", "last_name"} else name for name in columns]
    return columns


def _person(line: int, columns: list[str], row: list[str]) -> PersonLine:
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
    first, last = cells.pop("first_name", ""), cells.pop("last_name", "")
    if first or last:
        cells["name"] = last + first if EAST_ASIAN.search(last) else f"{first} {last}".strip()
    return PersonLine(line=line, **{"email": "", **cells})


def _address(text: str, line: int) -> PersonLine:
    match = ADDRESS.match(text)
    if match is None:
        return PersonLine(line=line, email=text.strip())
    return PersonLine(line=line, email=match["email"].strip(), name=(match["name"] or "").strip())
