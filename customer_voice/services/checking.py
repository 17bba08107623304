"""What the check of a file finds: repeated rows, rows that stay out, and what is known and would go."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from accounts.models import Organization
from common.files import opened
from customer_voice.choices import ImportField
from customer_voice.importers import Outcome, Staging, Storing, sum_of
from customer_voice.models import ImportBatch
from customer_voice.rules import Number, RowKind
from customer_voice.selectors.figures import figures
from customer_voice.services.plans import SAID, Plan, RowError, entry_of
from customer_voice.services.targets import replaced_values
from tabular.opening import SECONDS_IN_A_REQUEST, FileFacts, Layout, Limits, inspect_table

MOST_RECKONED = 200_000  # cases or amounts that a report makes a figure of
MOST_SHOWN = 10  # known answers that a report shows with their old and new values


def settle_repeated(plan: Plan, table: Staging) -> tuple[list[int], list[RowError]]:
    """Of rows with the same ID keep one; gives which are superseded by it, and what is refused.

    The later answer counts, at the same touchpoint; a row that says the same again is nothing new. What
    contradicts at the same moment or at another touchpoint is refused: nobody can say which of them holds.
    """
    superseded: list[int] = []
    refused: list[RowError] = []
    for rows in table.repeated():
        first = rows[0]
        latest = max(row["occurred_at"] for row in rows)
        newest = [row for row in rows if row["occurred_at"] == latest]
        settles = len({row["touchpoint_id"] for row in rows}) == 1 and all(
            _says(row) == _says(newest[0]) for row in newest
        )
        kept = newest[0] if settles else first
        for row in rows:
            if row is kept:
                continue
            if settles or _says(row) == _says(kept):
                superseded.append(row["row_number"])
                continue
            plan.leave_out(**{name: table.read(name, row[name]) for name in SAID})
            refused.append(
                RowError(
                    row=row["row_number"],
                    column=plan.column(ImportField.EXTERNAL_ID),
                    code="repeated_id",
                    field=ImportField.EXTERNAL_ID.value,
                    params={"first": first["row_number"]},
                    value=first["external_id"],
                )
            )
    table.remove_rows([*superseded, *(error.row for error in refused)])
    return superseded, refused


def _says(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "row_number")


def tally_left_out(plan: Plan, table: Staging, *, rejected: int) -> dict[str, Any]:
    """What rows say that cannot come in, beside those that can: the figure is read from the others alone.

    `out`, `in`: by the keys of the metric's rule; `readable`, `unreadable`: rows that cannot come in.
    """
    if not rejected:
        return {}
    return {
        "out": {key: _plain(amount) for key, amount in plan.left_out.items()},
        "in": {key: _plain(amount) for key, amount in _kept(plan, table).items()},
        "readable": plan.readable,
        "unreadable": rejected - plan.readable,
    }


def _kept(plan: Plan, table: Staging) -> Mapping[str, Number]:
    if plan.metric is None:
        return {}
    if plan.metric.calculation.row is RowKind.ANSWER:  # counted by the database: many rows, few scores
        return {str(score): rows for score, rows in table.scores().items() if score is not None}
    kept: Counter[str] = Counter()
    for values in table.rows(SAID):
        kept.update(entry_of(plan, **dict(zip(SAID, values, strict=True))))
    return kept


def _plain(amount: Number) -> int | str:
    return amount if isinstance(amount, int) else str(amount)


def figure_of_part(plan: Plan, table: Staging) -> dict[str, Any]:
    """What the answers of the file alone make of a metric, for the report. Nothing of it is for good."""
    if plan.metric is None:
        texts = sum(rows for _score, rows in table.scores().items())
        return {"metric": None, "n": texts, "value": None}
    is_large = plan.metric.calculation.row is not RowKind.ANSWER and table.size() > MOST_RECKONED
    tally = {} if is_large else _kept(plan, table)
    counts = plan.metric.calculation.of_tally({key: Decimal(amount) for key, amount in tally.items()})
    figure = figures(plan.metric, [counts])[0]
    return {"metric": plan.metric.pk, "n": figure.n, "value": figure.value}


def known_that_goes(organization: Organization, found: Sequence[tuple[Storing, Outcome]]) -> dict[str, Any]:
    """What would go: rows by column, and the first few with their old and new values."""
    outcome = sum_of(one for _storing, one in found)
    if not outcome.replaced:
        return {}
    rows = [row for storing, one in found if one.replaced for row in storing.replaced(MOST_SHOWN)]
    return {
        "replaced": dict(outcome.replaced_by),
        "sample": [
            {
                "row": row.row_number,
                "id": row.external_id,
                "columns": {name: list(pair) for name, pair in replaced_values(organization, row).items()},
            }
            for row in sorted(rows, key=lambda row: row.row_number)[:MOST_SHOWN]
        ],
    }


def limits(*, seconds: float = SECONDS_IN_A_REQUEST) -> Limits:
    return Limits(most_bytes=settings.UPLOAD_MAX_BYTES, most_seconds=seconds, finds_labels=True)


def layout_of(batch: ImportBatch) -> Layout:
    """How the file of an import is written, as was found or chosen when it came."""
    return Layout(
        encoding=batch.encoding, delimiter=batch.delimiter, sheet=batch.sheet, header_row=batch.header_row
    )


def facts_of(batch: ImportBatch) -> FileFacts:
    """What is in the file. Raises FileGone when it is no longer there."""
    with opened(batch.file) as file:
        return inspect_table(file, layout=layout_of(batch), limits=limits())


def replaced_message(count: int) -> str:
    return ngettext(
        "%(count)d existing answer would be replaced. Check the changes and confirm.",
        "%(count)d existing answers would be replaced. Check the changes and confirm.",
        count,
    ) % {"count": count}


def rejected_message(count: int) -> str:
    return ngettext(
        "%(count)d row cannot be imported, so nothing was imported. Correct the file, or import the "
        "valid rows.",
        "%(count)d rows cannot be imported, so nothing was imported. Correct the file, or import the "
        "valid rows.",
        count,
    ) % {"count": count}
