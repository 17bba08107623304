"""A table of costs on its way into the ledger: what it would replace, before anything is changed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from django.utils.translation import gettext as _

from accounts.models import Organization
from common.errors import InvalidValues
from common.spreadsheets import csv_text, marked
from impact.choices import SignOff
from impact.importers import CostRow, read_costs
from impact.ledger import as_it_stands
from impact.models import LedgerYear
from impact.services.ledger import LedgerLineValues, LedgerYearValues, wrong_lines
from wording.formats import reader
from wording.joining import listed

_HEADER = ("year", "kind", "amount", "currency", "source", "note")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedYear:
    """What becomes of one year of the ledger."""

    year: int
    lines: int
    total: str
    replaced: int  # lines that are there now
    voids: bool  # finance's word on it goes
    is_same: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """`table` is the file as it was read, to be sent back when the plan is confirmed; `seen` the versions."""

    years: tuple[LedgerYearValues, ...]
    planned: tuple[PlannedYear, ...]
    table: str
    seen: str
    not_read: tuple[str, ...]


def planned_import(*, organization: Organization, file: IO[bytes]) -> ImportPlan:
    """Every year that the file names gets the lines of the file instead of its own. Nothing is changed.

    Raises FileRefused; InvalidValues with every line that cannot be read. Two queries.
    """
    found = read_costs(file, currency=organization.currency)
    if found.wrong:
        raise InvalidValues(
            _("Nothing was imported."),
            fields={f"row-{place}": text for place, text in enumerate(found.wrong[:50])},
        )
    by_year: dict[int, list[CostRow]] = {}
    for row in found.rows:
        by_year.setdefault(row.year, []).append(row)
    wrong = {
        f"row-{row.line}-{part}": _("Line %(line)s: %(text)s") % {"line": row.line, "text": text}
        for rows in by_year.values()
        for row in rows
        for part, text in wrong_lines(row.year, _line(row)).items()
    }
    if wrong:
        raise InvalidValues(_("Nothing was imported."), fields=wrong)
    stored = {
        row.year: as_it_stands(row, organization)
        for row in LedgerYear.objects.of(organization).filter(year__in=by_year).prefetch_related("lines")
    }
    years = tuple(
        LedgerYearValues(year=year, lines=tuple(map(_line, rows)), keeps_budget=True)
        for year, rows in sorted(by_year.items())
    )
    return ImportPlan(
        years=years,
        planned=tuple(_planned(values, stored.get(values.year)) for values in years),
        table=csv_text(_HEADER, (_cells(row) for row in found.rows)),
        seen=",".join(
            f"{values.year}:{stored[values.year].version if values.year in stored else 0}" for values in years
        ),
        not_read=found.not_read,
    )


def _line(row: CostRow) -> LedgerLineValues:
    return LedgerLineValues(
        kind=row.kind, amount=row.amount, currency=row.currency, source=row.source, note=row.note
    )


def _cells(row: CostRow) -> tuple[object, ...]:
    return (row.year, row.kind, f"{row.amount:f}", row.currency, marked(row.source), marked(row.note))


def _planned(values: LedgerYearValues, row: LedgerYear | None) -> PlannedYear:
    sums: dict[str, Decimal] = {}
    for line in values.lines:
        sums[line.currency] = sums.get(line.currency, Decimal(0)) + line.amount
    known = list(row.lines.all()) if row is not None else []
    told = [(one.kind, one.amount, one.currency, one.source, one.note) for one in known]
    new = [(one.kind, one.amount, one.currency, one.source, one.note) for one in values.lines]
    is_same = row is not None and told == new
    return PlannedYear(
        year=values.year,
        lines=len(values.lines),
        total=listed(reader().money(amount, currency) for currency, amount in sorted(sums.items())),
        replaced=len(known),
        voids=row is not None and row.sign_off != SignOff.OPEN and not is_same,
        is_same=is_same,
    )
