"""What the check of a file finds: repeated rows, rows that stay out, and what is known and would go."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from accounts.models import Organization
from common.files import opened
from customer_voice.choices import ImportField
from customer_voice.importers import Outcome, Staging, Storing
from customer_voice.models import ImportBatch
from customer_voice.services.rows import Plan, RowError
from customer_voice.services.targets import replaced_values
from tabular.opening import FileFacts, Layout, Limits, inspect_table

MOST_SHOWN = 10  # known answers that a report shows with their old and new values


def settle_repeated(plan: Plan, table: Staging) -> tuple[int, list[RowError]]:
    """Of rows with the same ID keep one; gives how many are superseded by it, and what is refused.

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
            plan.left_out[row["score"]] += 1
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
    return len(superseded), refused


def _says(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "row_number")


def scores_left_out(plan: Plan, table: Staging, *, rejected: int) -> dict[str, Any]:
    """Scores of rows that cannot come in, beside those that can: the figure is read from the others alone."""
    if not rejected:
        return {}
    out = {str(score): rows for score, rows in plan.left_out.items() if score is not None and rows}
    kept = {str(score): rows for score, rows in table.scores().items() if score is not None}
    return {"out": out, "in": kept, "unreadable": rejected - sum(out.values())}


def known_that_goes(organization: Organization, storing: Storing, outcome: Outcome) -> dict[str, Any]:
    """What would go: rows by column, and the first few with their old and new values."""
    if not outcome.replaced:
        return {}
    return {
        "replaced": dict(outcome.replaced_by),
        "sample": [
            {
                "row": row.row_number,
                "id": row.external_id,
                "columns": {name: list(pair) for name, pair in replaced_values(organization, row).items()},
            }
            for row in storing.replaced(MOST_SHOWN)
        ],
    }


def limits() -> Limits:
    return Limits(most_bytes=settings.UPLOAD_MAX_BYTES)


def layout_of(batch: ImportBatch) -> Layout:
    """How the file of an import is written, as was found or chosen when it came."""
    return Layout(encoding=batch.encoding, delimiter=batch.delimiter, sheet=batch.sheet)


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
