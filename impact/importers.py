"""A table of the program's costs as somebody sends it, CSV or workbook: read, not stored. No rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from django.utils.translation import gettext as _

from accounts.choices import Currency
from common.spreadsheets import as_it_was
from impact.choices import COLUMNS_OF_LEDGER, LedgerKind
from tabular.errors import FileRefused
from tabular.headers import guess_columns
from tabular.opening import Layout, Limits, inspect_table, open_table
from tabular.values import parse_numbers, parse_whole

MOST_BYTES = 2 * 2**20
MOST_ROWS = 1_000
NEEDED = ("year", "kind", "amount", "source")


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRow:
    """One row of the file, with its line."""

    line: int
    year: int
    kind: str
    amount: Decimal
    currency: str
    source: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadCosts:
    """What a file says; `wrong`: sentences with the line, of which a single one stops it all."""

    rows: tuple[CostRow, ...]
    wrong: tuple[str, ...]
    not_read: tuple[str, ...]  # columns


def read_costs(file: IO[bytes], *, currency: str) -> ReadCosts:
    """The rows of a table of costs; `currency` stands where the file names none. Raises FileRefused."""
    limits = Limits(most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        header = table.header
        rows = [(number, cells) for number, cells in table.rows if any(cell.strip() for cell in cells)]
    columns = guess_columns(header, COLUMNS_OF_LEDGER)
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise FileRefused(
            _("The file needs columns for year, kind of cost, amount and source. Not found: %(names)s.")
            % {"names": ", ".join(missing)}
        )
    place = {field: header.index(name) for field, name in columns.items()}
    taken = set(place.values())
    unread = tuple(name for number, name in enumerate(header) if number not in taken and name.strip())
    return _read(rows, place, currency, unread)


def _read(
    rows: Sequence[tuple[int, Sequence[str]]],
    place: Mapping[str, int],
    currency: str,
    unread: tuple[str, ...],
) -> ReadCosts:
    def cell(cells: Sequence[str], field: str) -> str:
        number = place.get(field)
        return cells[number] if number is not None and number < len(cells) else ""

    years, _bad_years = parse_whole([cell(cells, "year") for _number, cells in rows])
    amounts, _bad = parse_numbers([cell(cells, "amount") for _number, cells in rows], refuses_groups=True)
    found, wrong = [], []
    for (number, cells), year, amount in zip(rows, years, amounts, strict=True):
        kind = KINDS.get(cell(cells, "kind").strip().casefold(), "")
        own = cell(cells, "currency").strip().upper() or currency
        problems = []
        if year is None:
            problems.append(_("“%(text)s” is no year") % {"text": cell(cells, "year")[:40]})
        if not kind:
            problems.append(
                _("“%(text)s” is no kind of cost: people, tools, surveys, incentives or other")
                % {"text": cell(cells, "kind")[:40]}
            )
        if amount is None:
            problems.append(
                _("“%(text)s” is no amount that reads in one way only") % {"text": cell(cells, "amount")[:40]}
            )
        if own not in Currency.values:
            problems.append(_("“%(text)s” is no currency that is known here") % {"text": own[:40]})
        if problems or year is None or amount is None:
            wrong += [_("Line %(line)s: %(text)s.") % {"line": number, "text": text} for text in problems]
            continue
        found.append(
            CostRow(
                line=number,
                year=year,
                kind=kind,
                amount=Decimal(amount),
                currency=own,
                source=as_it_was(cell(cells, "source").strip()),
                note=as_it_was(cell(cells, "note").strip()),
            )
        )
    return ReadCosts(rows=tuple(found), wrong=tuple(wrong), not_read=unread)


# A kind by its value, and by its name in the product's languages.
KINDS: dict[str, str] = {
    **{value: value for value in LedgerKind.values},
    "人员": LedgerKind.PEOPLE.value,
    "工具": LedgerKind.TOOLS.value,
    "工具与系统": LedgerKind.TOOLS.value,
    "调查": LedgerKind.SURVEYS.value,
    "激励": LedgerKind.INCENTIVES.value,
    "其他": LedgerKind.OTHER.value,
}
