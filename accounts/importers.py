"""Lists of people as somebody pastes or uploads them: addresses, or CSV with a header. No rule in here."""

import csv
import io
import re
from dataclasses import dataclass

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


def text_of(data: bytes) -> str:
    """A file's text: UTF-8 (with or without a mark), UTF-16 with a mark, else Windows' Western letters."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


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
    columns = [_column(cell) for cell in next(csv.reader([lines[first]], delimiter=separator))]
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
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    people, before = [], 0
    for row in reader:
        line, before = start + before, reader.line_num
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
        people.append(PersonLine(line=line, **{"email": "", **cells}))
    return people


def _address(text: str, line: int) -> PersonLine:
    match = ADDRESS.match(text)
    if match is None:
        return PersonLine(line=line, email=text.strip())
    return PersonLine(line=line, email=match["email"].strip(), name=(match["name"] or "").strip())
