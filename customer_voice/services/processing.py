"""The work behind a feedback file: every row read and checked, then compared with what is known, or stored.

The check (dry run) and the import read the same file in the same way; only the last step differs.
Everything that is written for good is written in one transaction that first makes sure this worker
still holds the job, so that a killed or overtaken worker leaves nothing half done and nothing twice.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organization
from accounts.services import record_event
from common.files import opened
from common.jobs import JobState
from customer_voice.choices import ImportField
from customer_voice.errors import MappingRefused
from customer_voice.importers import Outcome, Staging, Storing, Target, staging
from customer_voice.models import ImportBatch, ImportRowError
from customer_voice.services.checking import (
    facts_of,
    known_that_goes,
    layout_of,
    limits,
    settle_repeated,
    tally_left_out,
)
from customer_voice.services.erasure import forget_file, leave_out_erased
from customer_voice.services.rollup import hold_rollup, refresh_rollup
from customer_voice.services.rows import Plan, RowError, check_rows, latest_allowed
from customer_voice.services.sources import remember_recipe
from customer_voice.services.targets import target_for
from customer_voice.services.touchpoints import add_touchpoints, touchpoint_ids
from tabular.choices import DateFormat
from tabular.dates import find_date_order
from tabular.opening import SECONDS_IN_THE_WORKER, open_table
from tabular.problems import RowProblems

ROWS_AT_ONCE = 20_000
MOST_ERRORS_KEPT = 5_000
MOST_NEW_TOUCHPOINTS = 200


def process(batch: ImportBatch) -> None:
    """Check the file; import it where that was said and every row, or what is left, can come in."""
    plan = _plan(batch)
    errors = RowProblems[RowError](most=MOST_ERRORS_KEPT)
    with staging() as table:
        total = _stage(batch, plan, table, errors)
        table.prepare()
        batch.rows_superseded, repeated = settle_repeated(plan, table)
        errors.add(repeated)
        if len(plan.new_touchpoints) > MOST_NEW_TOUCHPOINTS:
            raise MappingRefused(
                _("The file would add %(count)d touchpoints. Is that the right column?")
                % {"count": len(plan.new_touchpoints)}
            )
        batch.rows_total, batch.rows_rejected = total, len(errors.rows)
        batch.aside, batch.words_read = dict(plan.aside), plan.words_read
        batch.touchpoints_new = sorted(name for _number, name in plan.new_touchpoints.values())
        batch.left_out = tally_left_out(plan, table, rejected=batch.rows_rejected)
        if batch.is_dry_run or (errors.rows and not batch.skips_bad_rows):
            batch.is_dry_run = True  # rows went bad since the check: back to the report
            _finish(batch, plan, table, errors)
        else:
            batch.beat(85)
            _apply(batch, plan, table, errors)


def _stage(batch: ImportBatch, plan: Plan, table: Staging, errors: RowProblems[RowError]) -> int:
    total = 0
    for numbers, rows, share in _blocks(batch):
        columns, found = check_rows(plan, numbers, rows)
        errors.add(found)
        if columns[0]:
            table.write(columns)
        total += len(rows)
        batch.beat(5 + round(75 * share))
    return total


def _blocks(batch: ImportBatch) -> Iterator[tuple[list[int], list[list[str]], float]]:
    """Rows below the header in blocks, with the share of the file that has been read."""
    most = limits(seconds=SECONDS_IN_THE_WORKER)
    with opened(batch.file) as file, open_table(file, layout=layout_of(batch), limits=most) as table:
        for block in batched(table.rows, ROWS_AT_ONCE, strict=False):
            numbers = [number for number, _cells in block]
            yield numbers, [cells for _number, cells in block], table.share_at(numbers[-1])


def _finish(batch: ImportBatch, plan: Plan, table: Staging, errors: RowProblems[RowError]) -> None:
    """End of a check: what would happen, and why rows stay out."""
    with transaction.atomic():
        if not _lock(batch):
            return
        batch.rows_erased = len(leave_out_erased(table, batch.organization, batch.source, _metric_key(batch)))
        storing = Storing(table, _target(batch, batch.organization, plan, timezone.now()))
        outcome = storing.compare()
        batch.changes = known_that_goes(batch.organization, storing, outcome)
        _keep(batch, outcome, errors)


def _apply(batch: ImportBatch, plan: Plan, table: Staging, errors: RowProblems[RowError]) -> None:
    with transaction.atomic():
        if not _lock(batch):
            return
        held = hold_rollup(batch.organization)
        batch.rows_erased = len(leave_out_erased(table, held, batch.source, _metric_key(batch)))
        batch.imported_at, batch.keeps_former = timezone.now(), True
        storing = Storing(table, _target(batch, held, plan, batch.imported_at))
        outcome = storing.compare()
        if outcome.replaced and (
            not batch.replaces_known or outcome.replaced_by != batch.changes.get("replaced")
        ):
            batch.is_dry_run = True  # something else would go than what was shown: back to the report
            batch.imported_at, batch.keeps_former = None, False
            batch.changes = known_that_goes(held, storing, outcome)
            _keep(batch, outcome, errors)
            return
        placeholders = [(number, name) for number, name in plan.new_touchpoints.values()]
        for number, touchpoint in add_touchpoints(by=batch.created_by, names=placeholders):
            table.set_touchpoint(number, touchpoint.pk)
        cells = storing.touched_days(held.time_zone, changes_any=outcome.updated > 0)
        if outcome.created or outcome.updated:
            storing.upsert(outcome)
            refresh_rollup(organization=held, cells=cells)
            table.settle(outcome.created + outcome.updated)
        batch.changes = {"replaced": dict(outcome.replaced_by)}  # the sample has served: it quotes customers
        _keep(batch, outcome, errors)
        remember_recipe(batch, plan.header)
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


def _metric_key(batch: ImportBatch) -> str:
    return batch.metric.key if batch.metric is not None else ""


def _target(batch: ImportBatch, organization: Organization, plan: Plan, received_at: datetime) -> Target:
    return target_for(
        organization,
        batch.metric,
        source=batch.source,
        columns=plan.given(),
        received_at=received_at,
        batch_id=batch.pk,
    )


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


# --- preparing ---------------------------------------------------------------------------------


def _plan(batch: ImportBatch) -> Plan:
    header = facts_of(batch).header
    touchpoints = touchpoint_ids(batch.organization)
    return Plan(
        header=header,
        mapping=batch.mapping,
        metric=batch.metric,
        zone=ZoneInfo(batch.organization.time_zone),
        now=latest_allowed(timezone.now()),
        date_format=_date_format(batch, header),
        touchpoints=touchpoints,
        touchpoint_id=touchpoints.get(batch.defaults.get("touchpoint", "")),
        fixed={name: text for name, text in batch.defaults.items() if name != "touchpoint"},
        creates_touchpoints=batch.creates_touchpoints,
        is_format_chosen=batch.date_format != DateFormat.AUTO,
        reads_words=True,
    )


def _date_format(batch: ImportBatch, header: tuple[str, ...]) -> DateFormat:
    """The chosen format, or the one that all dates of the file agree on."""
    if batch.date_format != DateFormat.AUTO:
        return DateFormat(batch.date_format)
    fields = (ImportField.OCCURRED_AT, ImportField.OPENED_AT, ImportField.RESOLVED_AT)
    positions = [header.index(batch.mapping[field]) for field in fields if field in batch.mapping]
    finding = find_date_order(
        [row[position] for row in rows if len(row) > position]
        for _numbers, rows, _share in _blocks(batch)
        for position in positions
    )
    if finding.order is not None:
        return DateFormat(finding.order)
    if finding.is_mixed:
        raise MappingRefused(
            _(
                "The dates are written in several forms: %(iso)d year first, %(day)d that only work day "
                "first, %(month)d that only work month first, %(either)d that work both ways. Choose one "
                "form; rows in another will be listed."
            )
            % {
                "iso": finding.iso,
                "day": finding.day_first_only,
                "month": finding.month_first_only,
                "either": finding.either,
            },
            code="mixed_dates",
        )
    raise MappingRefused(
        _("Dates such as %(example)s can be read day first or month first. Choose which it is.")
        % {"example": finding.example},
        code="ambiguous_dates",
    )
