"""Lists of people as somebody pastes or uploads them: addresses, or a table with a header. No rules."""

import csv
import io
import re
from dataclasses import dataclass
from typing import IO

from tabular.delimited import text_rows
from tabular.encodings import text_of
from tabular.opening import Layout, Limits, inspect_table, open_table
from tabular.workbooks import is_workbook

MOST_BYTES_OF_A_WORKBOOK = 2 * 2**20
MOST_ROWS = 5_000

COLUMNS = {
    "email": {
        "email",
        "e-mail",
        "mail",
        "e-mail address",
        "email address",
        "address",
        "电子邮件",
        "邮箱",
        "邮件地址",
    },
    "name": {"name", "full name", "person", "姓名", "名字"},
    "role": {"role", "角色"},
    "function": {"function", "business function", "department", "unit", "职能", "部门", "业务职能"},
}
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


def read_people(text: str) -> list[PersonLine]:
    """People in the order of the text; empty lines are left out.

    With a header that names a column for the address: CSV (comma, semicolon or tab). Without: addresses
    separated by line breaks, commas or semicolons, each bare or as `Name <address>`.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return []
    separator = max(",;\t", key=lines[first].count)
    _line, head = next(text_rows(lines[first], delimiter=separator))
    columns = [_column(cell) for cell in head]
    if "email" in columns:
        return _table("\n".join(lines[first + 1 :]), columns, separator, first + 2)
    return [
        _address(part, number)
        for number, line in enumerate(lines, start=1)
        for part in re.split(r"[,;，；\t]", line)
        if part.strip()
    ]


def _column(cell: str) -> str:
    said = cell.strip().strip("\ufeff").casefold()
    return next((name for name, words in COLUMNS.items() if said in words), "")


def _table(text: str, columns: list[str], separator: str, start: int) -> list[PersonLine]:
    people = []
    for line, row in text_rows(text, delimiter=separator, first_line=start):
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
        people.append(PersonLine(line=line, **{"email": "", **cells}))
    return people


def _address(text: str, line: int) -> PersonLine:
    match = ADDRESS.match(text)
    if match is None:
        return PersonLine(line=line, email=text.strip())
    return PersonLine(line=line, email=match["email"].strip(), name=(match["name"] or "").strip())
