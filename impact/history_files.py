"""A table of scores and of what customers did later, CSV or workbook, as histories. Reads, stores nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import InvalidValues
from cxstats.association import CustomerHistory, ScoreGiven
from impact.choices import COLUMNS_OF_HISTORIES, OutcomeKind
from tabular.choices import DateFormat
from tabular.dates import find_date_order, parse_dates
from tabular.errors import FileRefused
from tabular.headers import guess_columns
from tabular.opening import Layout, Limits, inspect_table, open_table
from tabular.values import parse_numbers

MOST_BYTES = 8 * 2**20
MOST_ROWS = 50_000
MOST_WRONG = 50  # lines that are named
_DAYS = ("day", "end", "start")
_NUMBERS = ("score", "revenue", "revenue_before", "contacts", "contacts_before")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadHistories:
    """What a file says. `wrong`: sentences with the line, of which a single one stops it all; `more_wrong`:
    how many more there are."""

    histories: tuple[CustomerHistory, ...]
    rows: int
    read: tuple[str, ...]  # columns, by the names of the file
    not_read: tuple[str, ...]
    wrong: tuple[str, ...]
    more_wrong: int


@dataclass(slots=True)
class _Customer:
    start: date | None = None
    end: date | None = None
    segment: str = ""
    revenue: float | None = None
    scores: list[ScoreGiven] = field(default_factory=list)


def read_histories(
    file: IO[bytes],
    *,
    outcome: str,
    until: date,
    today: date,
    zone: ZoneInfo,
    points: Callable[[Decimal], float],
    refuses: Callable[[Decimal], bool],
    date_format: str = DateFormat.AUTO,
) -> ReadHistories:
    """Histories of the customers of a file, one row a score; a customer without one has a row without day and
    score. `points` and `refuses` as the metric counts scores. Ends after `until` count as not left.

    Raises FileRefused; InvalidValues for dates that read in two ways (`date_format`).
    """
    limits = Limits(most_bytes=MOST_BYTES, most_rows=MOST_ROWS)
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        header = table.header
        rows = [(number, cells) for number, cells in table.rows if any(cell.strip() for cell in cells)]
    columns = guess_columns(header, COLUMNS_OF_HISTORIES)
    _require_columns(columns, outcome)
    place = {name: header.index(column) for name, column in columns.items()}
    texts = {name: [_cell(cells, at) for _number, cells in rows] for name, at in place.items()}
    order = _order([texts[name] for name in _DAYS if name in texts], date_format)
    wrong: list[tuple[int, str]] = []
    values = _values(texts, [number for number, _cells in rows], order, zone, wrong)
    customers: dict[str, _Customer] = {}
    for index, (number, _cells) in enumerate(rows):
        row = {name: column[index] for name, column in values.items()}
        wrong += [(number, text) for text in _add(customers, row, refuses, points, today, outcome)]
    wrong.sort(key=lambda one: one[0])
    taken = set(place.values())
    return ReadHistories(
        histories=tuple(_history(one, until) for one in customers.values()),
        rows=len(rows),
        read=tuple(columns.values()),
        not_read=tuple(name for at, name in enumerate(header) if at not in taken and name.strip()),
        wrong=tuple(
            _("Line %(line)s: %(text)s") % {"line": number, "text": text}
            for number, text in wrong[:MOST_WRONG]
        ),
        more_wrong=max(len(wrong) - MOST_WRONG, 0),
    )


_COLUMN_OF_OUTCOME = {
    OutcomeKind.STAYED: "end",
    OutcomeKind.REVENUE: "revenue",
    OutcomeKind.CONTACTS: "contacts",
}


def _require_columns(columns: Mapping[str, str], outcome: str) -> None:
    names = {
        "customer": _("customer"),
        "day": _("day"),
        "score": _("score"),
        "end": _("end day"),
        "revenue": _("revenue"),
        "contacts": _("contacts"),
    }
    needed = ["customer", "day", "score", _COLUMN_OF_OUTCOME[OutcomeKind(outcome)]]
    missing = [names[name] for name in needed if name not in columns]
    if missing:
        raise FileRefused(
            ngettext(
                "The file has no column for %(names)s. Name it so in the first line.",
                "The file has no columns for %(names)s. Name them so in the first line.",
                len(missing),
            )
            % {"names": ", ".join(missing)}
        )


def _order(columns: Sequence[Sequence[str]], chosen: str) -> str:
    if chosen != DateFormat.AUTO:
        return chosen
    found = find_date_order(columns)
    if found.order is not None:
        return found.order.value
    text = _("“%(example)s” can be read day first or month first. Choose which it is.") % {
        "example": found.example
    }
    if found.is_mixed:
        text = _("Dates of this file are written in different ways. Write all of them in one.")
    raise InvalidValues(text, fields={"date_format": text})


def _values(
    texts: Mapping[str, Sequence[str]],
    numbers: Sequence[int],
    order: str,
    zone: ZoneInfo,
    wrong: list[tuple[int, str]],
) -> dict[str, list[Any]]:
    """Columns as values; what cannot be read goes to `wrong`, with its line."""
    found: dict[str, list[Any]] = {}
    for name, column in texts.items():
        if name in _DAYS:
            moments, bad = parse_dates(column, order=order, zone=zone)
            found[name] = [None if one is None else one.astimezone(zone).date() for one in moments]
            said = _("“%(text)s” is no date.")
        elif name in _NUMBERS:
            found[name], bad = parse_numbers(column, refuses_groups=True)
            said = _("“%(text)s” is no number that reads in one way only.")
        else:
            found[name], bad, said = [" ".join(cell.split()) for cell in column], [], ""
        wrong += [(numbers[at], said % {"text": column[at].strip()[:40]}) for at in bad]
    return found


def _add(
    customers: dict[str, _Customer],
    row: Mapping[str, Any],
    refuses: Callable[[Decimal], bool],
    points: Callable[[Decimal], float],
    today: date,
    outcome: str,
) -> list[str]:
    """Put a row into its customer's history. Returns what is wrong with it, in words."""
    if not row["customer"]:
        return [_("No customer is named.")]
    held = customers.setdefault(row["customer"], _Customer())
    wrong = []
    for name in ("start", "end"):
        day = row.get(name)
        known = getattr(held, name)
        if day is not None and known is not None and day != known:
            wrong.append(
                _("Another line says another start day of this customer.")
                if name == "start"
                else _("Another line says another end day of this customer.")
            )
        elif day is not None:
            setattr(held, name, day)
    if held.start is not None and held.end is not None and held.end < held.start:
        wrong.append(_("The end day is before the start day."))
    held.segment = held.segment or row.get("segment") or ""
    before = row.get("revenue_before")
    if held.revenue is None and before is not None:
        held.revenue = float(before)
    day, score = row.get("day"), row.get("score")
    if (day is None) != (score is None):
        wrong.append(_("A score needs its day, and a day its score."))
    elif day is not None and score is not None:
        if day > today:  # read in the wrong order, or mistyped: nobody has scored yet
            wrong.append(_("The day of the score is still ahead."))
        elif refuses(Decimal(score)):
            wrong.append(_("%(score)s is not on the scale of the metric.") % {"score": score})
        else:
            after, earlier = _amounts(row, outcome)
            if (
                any(one is not None and one < 0 for one in (after, earlier))
                and outcome == OutcomeKind.CONTACTS
            ):
                wrong.append(_("A number of contacts cannot be negative."))
            held.scores.append(
                ScoreGiven(
                    day=day,
                    points=points(Decimal(score)),
                    score=float(score),
                    revenue=after,
                    revenue_before=earlier,
                )
            )
    return wrong


def _amounts(row: Mapping[str, Any], outcome: str) -> tuple[float | None, float | None]:
    """What came in the year after the score and in the one before: money, or contacts."""
    names = (
        ("contacts", "contacts_before") if outcome == OutcomeKind.CONTACTS else ("revenue", "revenue_before")
    )
    after, before = (row.get(name) for name in names)
    return None if after is None else float(after), None if before is None else float(before)


def _history(one: _Customer, until: date) -> CustomerHistory:
    return CustomerHistory(
        started=one.start,
        left=one.end if one.end is not None and one.end <= until else None,
        segment=one.segment,
        revenue=one.revenue,
        scores=tuple(sorted(one.scores, key=lambda given: given.day)),
    )


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""
