"""The work behind a feedback file: every row read and checked, then compared with what is known, or stored.

The check (dry run) and the import read the same file in the same way; only the last step differs.
Everything that is written for good is written in one transaction that first makes sure this worker
still holds the job, so that a killed or overtaken worker leaves nothing half done and nothing twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.services import record_event
from common.collisions import done_again
from common.files import opened
from common.jobs import JobState
from common.worded import worded
from customer_voice.errors import MappingRefused
from customer_voice.importers import STAGED, Outcome, Staging, Storing, staging, sum_of
from customer_voice.models import ImportBatch, ImportRowError
from customer_voice.services.asides import Unread
from customer_voice.services.checking import (
    figure_of_part,
    known_that_goes,
    layout_of,
    limits,
    settle_repeated,
    tally_left_out,
)
from customer_voice.services.erasure import (
    erase_nothing_meanwhile,
    forget_file,
    leave_out_erased,
)
from customer_voice.services.planning import columns_read, plans_of
from customer_voice.services.plans import Plan, RowError
from customer_voice.services.reversals import doubts_of
from customer_voice.services.rollup import Span, recount
from customer_voice.services.rows import check_together
from customer_voice.services.sources import remember_recipe
from customer_voice.services.targets import target_for
from customer_voice.services.ticket_events import is_ticket_metric, note_imported_tickets, recent_since
from customer_voice.services.touchpoints import add_touchpoints
from tabular.opening import SECONDS_IN_THE_WORKER, open_table
from tabular.problems import RowProblems
from tabular.workbooks import sheets_kept

ROWS_AT_ONCE = 20_000
MOST_ERRORS_KEPT = 5_000
MOST_NEW_TOUCHPOINTS = 200
RESOLVED = [*STAGED].index("resolved_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """The answers of the file to one metric: how they are read, and where they wait."""

    plan: Plan
    table: Staging

    @property
    def key(self) -> str:
        return self.plan.metric.key if self.plan.metric is not None else ""


def process(batch: ImportBatch) -> None:
    """Check the file; import it where that was said and every row, or what is left, can come in."""
    with sheets_kept():  # a workbook is asked for its columns, its dates and its rows
        _process(batch)


def _process(batch: ImportBatch) -> None:
    plans = plans_of(batch)
    errors = RowProblems[RowError](most=MOST_ERRORS_KEPT)
    with ExitStack() as stack:
        parts = [
            _Part(plan=plan, table=stack.enter_context(staging(number))) for number, plan in enumerate(plans)
        ]
        unread = Unread.beside(columns_read(batch), plans[0].header)
        batch.rows_total = _stage(batch, parts, errors, unread)
        batch.rows_superseded = _settle(parts, errors)
        new = plans[0].new_touchpoints
        if len(new) > MOST_NEW_TOUCHPOINTS:
            raise MappingRefused(
                worded(
                    _("The file would add %(count)d touchpoints. Is that the right column?"), count=len(new)
                )
            )
        batch.rows_rejected = len(errors.rows)
        batch.aside, batch.words_read = dict(plans[0].aside), _words_read(plans)
        batch.doubts = doubts_of([(plan.metric, plan.moods) for plan in plans])
        batch.columns_unread = unread.names
        batch.clock_changes = plans[0].clock_changes
        batch.touchpoints_new = sorted(name for _number, name in new.values())
        batch.left_out = tally_left_out(plans[0], parts[0].table, rejected=batch.rows_rejected)
        batch.figures = [figure_of_part(part.plan, part.table) for part in parts]
        if batch.is_dry_run or (errors.rows and not batch.skips_bad_rows):
            batch.is_dry_run = True  # rows went bad since the check: back to the report
            _finish(batch, parts, errors)
        else:
            batch.beat(85)
            _apply(batch, parts, errors)


def _stage(batch: ImportBatch, parts: Sequence[_Part], errors: RowProblems[RowError], unread: Unread) -> int:
    """Read, check and put down every row; gives how many there are."""
    total = batch.tickets_recent = 0
    plans = [part.plan for part in parts]
    since = recent_since(batch.organization, timezone.now()) if any(map(_has_tickets, plans)) else None
    for numbers, rows, share in _blocks(batch):
        answers, found = check_together(plans, numbers, rows)
        errors.add(found)
        for part, columns in zip(parts, answers, strict=True):
            if columns[0]:
                part.table.write(columns)
                if since is not None and _has_tickets(part.plan):
                    batch.tickets_recent += sum(at is not None and at >= since for at in columns[RESOLVED])
        unread.look(rows)
        total += len(rows)
        batch.beat(5 + round(75 * share))
    return total


def _has_tickets(plan: Plan) -> bool:
    return is_ticket_metric(plan.metric)


def _settle(parts: Sequence[_Part], errors: RowProblems[RowError]) -> int:
    """Of rows with the same ID one counts; gives how many do not. What one metric refuses, all do."""
    superseded: set[int] = set()
    refused: set[int] = set()
    for part in parts:
        part.table.prepare()
        later, repeated = settle_repeated(part.plan, part.table)
        superseded |= set(later)
        new = [error for error in repeated if error.row not in refused]
        refused |= {error.row for error in new}
        errors.add(new)
    if refused and len(parts) > 1:
        for part in parts:
            part.table.remove_rows(sorted(refused))
    return len(superseded - refused)


def _words_read(plans: Sequence[Plan]) -> dict[str, str]:
    return {word: figures for plan in reversed(plans) for word, figures in plan.words_read.items()}


def _blocks(batch: ImportBatch) -> Iterator[tuple[list[int], list[list[str]], float]]:
    """Rows below the header in blocks, with the share of the file that has been read."""
    most = limits(seconds=SECONDS_IN_THE_WORKER)
    with opened(batch.file) as file, open_table(file, layout=layout_of(batch), limits=most) as table:
        for block in batched(table.rows, ROWS_AT_ONCE, strict=False):
            numbers = [number for number, _cells in block]
            yield numbers, [cells for _number, cells in block], table.share_at(numbers[-1])


def _finish(batch: ImportBatch, parts: Sequence[_Part], errors: RowProblems[RowError]) -> None:
    """End of a check: what would happen, and why rows stay out."""
    with transaction.atomic():
        if not _lock(batch):
            return
        batch.rows_erased = _leave_out_erased(batch, batch.organization, parts)
        found = _compared(batch, batch.organization, parts, timezone.now())
        batch.changes = known_that_goes(batch.organization, found)
        _keep(batch, sum_of(outcome for _storing, outcome in found), errors)


@done_again
def _apply(batch: ImportBatch, parts: Sequence[_Part], errors: RowProblems[RowError]) -> None:
    with transaction.atomic():
        if not _lock(batch):
            return
        held = batch.organization
        erase_nothing_meanwhile(held)
        batch.rows_erased = _leave_out_erased(batch, held, parts)
        now = timezone.now()
        found = _compared(batch, held, parts, now, holds=True)
        outcome = sum_of(one for _storing, one in found)
        if outcome.replaced and (
            not batch.replaces_known or outcome.replaced_by != batch.changes.get("replaced")
        ):
            batch.is_dry_run = True  # something else would go than what was shown: back to the report
            batch.changes = known_that_goes(held, found)
            _keep(batch, outcome, errors)
            return
        batch.imported_at, batch.keeps_former = now, True
        _store(batch, held, parts, found)
        batch.changes = {"replaced": dict(outcome.replaced_by)}  # the sample has served: it quotes customers
        _keep(batch, outcome, errors)
        remember_recipe(batch, parts[0].plan.header)
        note_imported_tickets(batch)
        if batch.rows_erased:
            forget_file(batch)
        record_event(
            organization=batch.organization,
            actor=batch.created_by.user if batch.created_by else None,
            verb="feedback.imported",
            subject=batch,
            after={
                "file_digest": batch.file_digest,
                "source": batch.source.name,
                "created": batch.rows_created,
                "updated": batch.rows_updated,
                "replaced": batch.rows_replaced,
                "unchanged": batch.rows_unchanged,
                "left_out": batch.rows_rejected,
            },
        )


def _store(
    batch: ImportBatch,
    organization: Organization,
    parts: Sequence[_Part],
    found: Sequence[tuple[Storing, Outcome]],
) -> None:
    """Write what was compared, and count the days anew that it touches: last, so that others who count wait
    shortly."""
    placeholders = [(number, name) for number, name in parts[0].plan.new_touchpoints.values()]
    for number, touchpoint in add_touchpoints(by=batch.created_by, names=placeholders):
        for part in parts:
            part.table.set_touchpoint(number, touchpoint.pk)
    spans: set[Span] = set()
    outside: set[Span] = set()
    for part, (storing, outcome) in zip(parts, found, strict=True):
        if outcome.created or outcome.updated:
            of_accounts, others = storing.touched_spans(changes_any=outcome.updated > 0)
            spans |= of_accounts
            outside |= others
            storing.upsert(outcome)
            part.table.settle(outcome.created + outcome.updated)
    if spans or outside:
        recount(organization=organization, spans=spans, outside_accounts=outside)


def _leave_out_erased(batch: ImportBatch, organization: Organization, parts: Sequence[_Part]) -> int:
    rows: set[int] = set()
    for part in parts:
        rows.update(leave_out_erased(part.table, organization, batch.source, part.key))
    return len(rows)


def _compared(
    batch: ImportBatch,
    organization: Organization,
    parts: Sequence[_Part],
    now: datetime,
    *,
    holds: bool = False,
) -> list[tuple[Storing, Outcome]]:
    """Each part against what is known; with `holds` what it changes stays as it was compared."""
    found = []
    for part in parts:
        target = target_for(
            organization,
            part.plan.metric,
            source=batch.source,
            columns=part.plan.given(),
            received_at=now,
            batch_id=batch.pk,
        )
        storing = Storing(part.table, target)
        found.append((storing, storing.compare_and_hold() if holds else storing.compare()))
    return found


def _keep(batch: ImportBatch, outcome: Outcome, errors: RowProblems[RowError]) -> None:
    batch.rows_created, batch.rows_updated = outcome.created, outcome.updated
    batch.rows_unchanged, batch.rows_replaced = outcome.unchanged, outcome.replaced
    batch.finished_at = timezone.now()
    batch.failure = ""
    batch.row_errors.all().delete()
    ImportRowError.objects.bulk_create(
        [
            ImportRowError(
                batch=batch,
                row_number=error.row,
                column=error.column[:120],
                code=error.code,
                field=error.field,
                params=dict(error.params),
                value=error.value[:200],
            )
            for error in sorted(errors.kept, key=lambda error: error.row)
        ],
        batch_size=1000,
    )
    batch.save()
    batch.finish()


def _lock(batch: ImportBatch) -> bool:
    """Hold the row to the end of the transaction; False when another worker has taken the job over."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    return held.job_state == JobState.RUNNING and held.attempts == batch.attempts
