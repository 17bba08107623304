"""Lists of people to ask, from a file or from what was pasted. No rule of surveys."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from common.errors import InvalidValues
from tabular.headers import guess_columns
from tabular.opening import Layout, Limits, inspect_table, open_table

MOST_BYTES = 20 * 2**20
MOST_ROWS = 50_000
COLUMNS = {
    "email": [
        "email", "e mail", "mail", "e mail address", "email address", "address",
        "电子邮件", "邮箱", "邮件地址",
    ],
    "name": [
        "name", "full name", "contact name", "contact", "customer name", "customer", "姓名", "联系人", "客户",
    ],
    "language": ["language", "lang", "locale", "语言"],
    # "customer" is the firm where another column holds the person
    "account": [
        "account reference", "account id", "account number", "account", "account name", "customer account",
        "company id", "company", "company name", "organization", "organization name", "firm",
        "employer", "firma", "firmenname", "unternehmen", "kundennummer", "société", "entreprise", "empresa",
        "客户账户", "客户单位", "客户公司", "公司", "公司名称", "单位", "企业", "客户编号", "账户",
        "客戶公司", "公司名稱", "客戶編號", "会社名", "회사", "customer", "client", "kunde", "客户", "客戶",
    ],
    "segment": [
        "segment", "customer segment", "tier", "kundensegment",
        "客群", "客户群", "客户细分", "细分", "客戶群",
    ],
}  # fmt: skip
_FIELDS = tuple(COLUMNS)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRecipient:
    """One row as it was written; `line` counts as a spreadsheet does."""

    line: int
    email: str
    name: str
    language: str
    account: str = ""
    segment: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadList:
    """A list as it was written. `columns`: those that are read, by what they hold; `unread`: the others."""

    rows: tuple[ListedRecipient, ...]
    unread: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


def recipients_in_file(file: IO[bytes]) -> ReadList:
    """Rows of a CSV file or workbook whose header names a column of addresses; of name, language and customer
    account as well. A segment is read beside an account alone: it is that of a contact.

    Raises FileRefused, InvalidValues.
    """
    limits = Limits(most_bytes=MOST_BYTES, most_columns=100, most_rows=MOST_ROWS)
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        columns = guess_columns(table.header, COLUMNS)
        if "email" not in columns:
            text = _("The first row must name a column “email”.")
            raise InvalidValues(text, fields={"people": text})
        if "account" not in columns:
            columns.pop("segment", None)
        places = {name: table.header.index(column) for name, column in columns.items()}
        rows = tuple(
            ListedRecipient(
                line=number,
                **{name: _cell(cells, places.get(name)) for name in _FIELDS},
            )
            for number, cells in table.rows
            if any(cell.strip() for cell in cells)
        )
        taken = set(places.values())
        unread = tuple(name for place, name in enumerate(table.header) if name.strip() and place not in taken)
        return ReadList(rows=rows, unread=unread, columns=columns)


def recipients_in_text(text: str) -> ReadList:
    """What was pasted: one address a line, or a table with a header."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if lines and all("," not in line and ";" not in line and "\t" not in line for _number, line in lines):
        rows = lines[1:] if lines[0][1].lower() in COLUMNS["email"] else lines
        found = [ListedRecipient(line=number, email=line, name="", language="") for number, line in rows]
        return ReadList(rows=tuple(found))
    if lines and "@" in lines[0][1]:
        return _without_header(lines)
    return recipients_in_file(io.BytesIO(text.encode("utf-8"))) if lines else ReadList(rows=())


def _without_header(lines: list[tuple[int, str]]) -> ReadList:
    """Lines of an address and a name, in any order; whatever else stands there is not read."""
    found, most = [], 2
    for number, line in lines:
        parts = [part.strip() for part in line.replace(";", ",").replace("\t", ",").split(",")]
        email = next((part for part in parts if "@" in part), parts[0])
        name = next((part for part in parts if part != email), "")
        found.append(ListedRecipient(line=number, email=email, name=name, language=""))
        most = max(most, len(parts))
    unread = tuple(_("column %(number)d") % {"number": number} for number in range(3, most + 1))
    return ReadList(rows=tuple(found), unread=unread)


def _cell(cells: list[str], place: int | None) -> str:
    return " ".join(cells[place].split()) if place is not None and place < len(cells) else ""
