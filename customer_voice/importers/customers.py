"""Lists of accounts and contacts in files: which column is what, and what its cells say. No rules."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.errors import InvalidValues
from common.spreadsheets import as_it_was
from customer_voice.choices import Consent, CustomerKind
from tabular.choices import DateFormat
from tabular.dates import find_date_order, parse_dates
from tabular.headers import guess_columns
from tabular.opening import Layout, Limits, inspect_table, open_table
from tabular.values import parse_numbers, parse_whole

MOST_BYTES = 10 * 2**20
MOST_ROWS = 20_000
LONGEST_SHOWN = 60
_BETWEEN_TAGS = re.compile(r"[;,|，；、]")
_REFERENCE = ["external reference", "reference", "ref", "external id", "id", "record id", "编号", "参考号"]

# field -> names of its column, the likeliest first; without hyphens and in small letters
COLUMNS: dict[str, dict[str, list[str]]] = {
    CustomerKind.ACCOUNTS: {
        "external_reference": [
            *_REFERENCE, "account id", "account reference", "account number", "customer id",
            "customer number", "company id", "kundennummer", "客户编号",
        ],
        "name": [
            "name", "account name", "account", "company name", "company", "customer", "customer name",
            "firma", "kunde", "名称", "客户名称", "公司",
        ],
        "segment": ["segment", "customer segment", "tier", "type", "kundensegment", "客户群", "细分"],
        "yearly_value": [
            "yearly value", "value per year", "annual value", "annual revenue", "arr", "acv", "value",
            "contract value", "revenue", "jahresumsatz", "umsatz", "年价值", "年收入",
        ],
        "currency": ["currency", "currency code", "currency iso code", "währung", "币种", "货币"],
        "started_on": [
            "started on", "start date", "start", "customer since", "contract start", "kunde seit", "开始日期",
        ],
        "renews_on": ["renews on", "renewal date", "renewal", "contract end", "续约日期"],
        "left_on": ["left on", "leaving date", "churned on", "churn date", "end date", "left", "流失日期"],
        "people_total": [
            "people total", "people who can be asked", "people", "number of contacts", "contacts", "联系人数",
        ],
        "tags": ["tags", "labels", "keywords", "标签"],
    },
    CustomerKind.CONTACTS: {
        "external_reference": [
            *_REFERENCE, "contact id", "contact reference", "customer id", "person id", "联系人编号",
        ],
        "name": ["name", "full name", "contact name", "contact", "姓名", "联系人"],
        "email": [
            "email", "e mail", "mail", "e mail address", "email address", "work email", "e mail adresse",
            "电子邮件", "邮箱", "邮件地址", "电子邮箱",
        ],
        "account": [
            "account reference", "account id", "account", "account name", "company id", "company",
            "company name", "customer account", "firma", "客户", "公司", "客户编号",
        ],
        "segment": ["segment", "customer segment", "客户群", "细分"],
        "language": ["language", "lang", "locale", "sprache", "语言"],
        "consent": [
            "consent", "consent to be asked", "opt in", "survey consent", "einwilligung", "同意", "授权",
        ],
    },
}  # fmt: skip
_CONSENTS = {
    Consent.GIVEN: (
        "given", "yes", "true", "1", "opt in", "opted in", "granted", "ja", "是", "同意", "已同意",
    ),
    Consent.WITHDRAWN: (
        "withdrawn", "no", "false", "0", "opt out", "opted out", "unsubscribed", "nein", "否", "不同意",
        "退订", "已撤回",
    ),
    Consent.UNKNOWN: ("unknown", "not known", "unbekannt", "未知"),
}  # fmt: skip
_CONSENT_OF = {word: consent for consent, words in _CONSENTS.items() for word in words}
_DATES = ("started_on", "renews_on", "left_on")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListProblem:
    """Why one row of a list cannot be taken in; `line` counts as a spreadsheet does."""

    line: int
    field: str
    text: str
    value: str = ""
    column: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListItem:
    """What one row says: values by field. What it does not say is not among them."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedCustomers:
    """A file as it was understood: field by column, columns that nothing reads, and its rows."""

    columns: Mapping[str, str]
    unread: tuple[str, ...]
    items: tuple[ListItem, ...]
    problems: tuple[ListProblem, ...] = field(default=())


def customers_in_file(
    file: IO[bytes], *, kind: str, date_format: str = DateFormat.AUTO, zone: ZoneInfo
) -> ListedCustomers:
    """Rows of a CSV file or workbook. An empty cell says nothing. Raises FileRefused, InvalidValues."""
    limits = Limits(most_bytes=MOST_BYTES, most_columns=200, most_rows=MOST_ROWS)
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        columns = guess_columns(table.header, COLUMNS[kind])
        _refuse_nameless(kind, columns)
        header = list(table.header)
        places = {name: header.index(column) for name, column in columns.items()}
        rows = [(number, cells) for number, cells in table.rows if any(cell.strip() for cell in cells)]
    lines = [number for number, _cells in rows]
    cells = {
        name: [row[place] if place < len(row) else "" for _number, row in rows]
        for name, place in places.items()
    }
    order = _date_order(cells, columns, date_format)
    values: list[dict[str, Any]] = [{} for _line in lines]
    problems: list[ListProblem] = []
    for name, column in cells.items():
        for place, value, wrong in _read(name, column, order=order, zone=zone):
            if wrong:
                shown = " ".join(column[place].split())[:LONGEST_SHOWN]
                problems.append(
                    ListProblem(line=lines[place], field=name, column=columns[name], text=wrong, value=shown)
                )
            else:
                values[place][name] = value
    return ListedCustomers(
        columns=columns,
        unread=tuple(name for name in header if name not in columns.values()),
        items=tuple(ListItem(line=line, values=said) for line, said in zip(lines, values, strict=True)),
        problems=tuple(sorted(problems, key=lambda one: one.line)),
    )


def _refuse_nameless(kind: str, columns: Mapping[str, str]) -> None:
    known = (
        {"external_reference", "name"} if kind == CustomerKind.ACCOUNTS else {"external_reference", "email"}
    )
    if known & columns.keys():
        return
    text = (
        _("The first row must name a column “reference” or “name”.")
        if kind == CustomerKind.ACCOUNTS
        else _("The first row must name a column “reference” or “email”.")
    )
    raise InvalidValues(text, fields={"file": text})


def _date_order(cells: Mapping[str, Sequence[str]], columns: Mapping[str, str], chosen: str) -> str:
    """How the dates of the file are written. Raises InvalidValues where they read in two ways."""
    if chosen != DateFormat.AUTO:
        return chosen
    found = find_date_order([cells[name] for name in _DATES if name in columns])
    if found.order is not None:
        return found.order.value
    if found.is_mixed:
        text = _("Dates of this file are written in different ways. Write all of them in one.")
    else:
        text = _("“%(example)s” can be read day first or month first. Choose which it is.") % {
            "example": found.example
        }
    raise InvalidValues(text, fields={"date_format": text})


type _Cell = tuple[int, Any, str]  # position, value, what is wrong with it


def _read(name: str, column: Sequence[str], *, order: str, zone: ZoneInfo) -> Iterator[_Cell]:
    """Every filled cell of a column as a value, or what is wrong with it."""
    filled = [place for place, cell in enumerate(column) if cell.strip()]
    cells = [column[place] for place in filled]
    values, bad, text = _READERS.get(name, _texts)(cells, order, zone)
    wrong = set(bad)
    for index, place in enumerate(filled):
        yield place, values[index], text if index in wrong else ""


type _Column = tuple[Sequence[Any], Sequence[int], str]


def _texts(cells: Sequence[str], _order: str, _zone: ZoneInfo) -> _Column:
    return [" ".join(as_it_was(cell).split()) for cell in cells], (), ""


def _numbers(cells: Sequence[str], _order: str, _zone: ZoneInfo) -> _Column:
    values, bad = parse_numbers(cells, refuses_groups=True)
    return (
        values,
        bad,
        _("This amount can be read in two ways or not at all. Write it without thousands separators."),
    )


def _wholes(cells: Sequence[str], _order: str, _zone: ZoneInfo) -> _Column:
    values, bad = parse_whole(cells)
    return values, bad, _("Not a whole number.")


def _days(cells: Sequence[str], order: str, zone: ZoneInfo) -> _Column:
    moments, bad = parse_dates(cells, order=order, zone=zone)
    days: list[date | None] = [None if one is None else one.astimezone(zone).date() for one in moments]
    return days, bad, _("Not a date.")


def _currencies(cells: Sequence[str], _order: str, _zone: ZoneInfo) -> _Column:
    return [cell.strip().upper() for cell in cells], (), ""


def _consents(cells: Sequence[str], _order: str, _zone: ZoneInfo) -> _Column:
    plain = [re.sub(r"[\s_-]+", " ", cell).strip().casefold() for cell in cells]
    bad = [place for place, word in enumerate(plain) if word not in _CONSENT_OF]
    values = [_CONSENT_OF.get(word) for word in plain]
    return values, bad, _("Write “given”, “withdrawn” or “unknown”.")


def _tags(cells: Sequence[str], _order: str, _zone: ZoneInfo) -> _Column:
    return [tuple(_BETWEEN_TAGS.split(as_it_was(cell))) for cell in cells], (), ""


_READERS: dict[str, Callable[[Sequence[str], str, ZoneInfo], _Column]] = {
    "yearly_value": _numbers,
    "people_total": _wholes,
    "currency": _currencies,
    "consent": _consents,
    "tags": _tags,
    **dict.fromkeys(_DATES, _days),
}
