"""A feedback file on its way in: kept, mapped, checked, and then all of it or nothing.

The check (dry run) and the import read the same file in the same way; only the last step differs.
Everything that is written for good is written in one transaction that first makes sure this worker
still holds the job, so that a killed or overtaken worker leaves nothing half done and nothing twice.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import batched
from pathlib import PurePath
from zoneinfo import ZoneInfo

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import record_event
from common.files import opened
from common.jobs import JobState, run
from customer_voice.choices import ImportField, ImportStage, SourceKind
from customer_voice.errors import (
    ImportNotReady,
    MappingRefused,
    ReplacementNotConfirmed,
    RowsRejected,
)
from customer_voice.importers import (
    Outcome,
    Staging,
    Storing,
    Target,
    staging,
)
from customer_voice.models import ImportBatch, ImportRowError, MetricDefinition
from customer_voice.services.checking import (
    facts_of,
    known_that_goes,
    layout_of,
    limits,
    rejected_message,
    replaced_message,
    settle_repeated,
    tally_left_out,
)
from customer_voice.services.erasure import forget_file, leave_out_erased
from customer_voice.services.mappings import validate_mapping
from customer_voice.services.rollup import hold_rollup, refresh_rollup
from customer_voice.services.rows import Plan, RowError, check_rows, latest_allowed
from customer_voice.services.sources import known_layouts, remember_recipe, source_named
from customer_voice.services.targets import refuse_retired, target_for
from customer_voice.services.touchpoints import add_touchpoints, touchpoint_ids
from tabular.choices import DateFormat, Encoding
from tabular.dates import find_date_order
from tabular.errors import FileRefused
from tabular.opening import SECONDS_IN_THE_WORKER, Layout, inspect_table, open_table
from tabular.problems import RowProblems

ROWS_AT_ONCE = 20_000
MOST_ERRORS_KEPT = 5_000
FORGOTTEN_DAYS = 30
MOST_NEW_TOUCHPOINTS = 200
_SHOWN = ("organization", "metric", "source", "created_by__user")


@transaction.atomic
def create_import(
    *,
    organization: Organization,
    by: Membership | None,
    file: "File[bytes]",
    filename: str,
    source: str = "csv",
    encoding: str = Encoding.UTF_8,
    sheet: str = "",
) -> ImportBatch:
    """Keep an uploaded file if it is a table at all. Raises FileRefused in plain words.

    What is not said of it (encoding AUTO, the sheet) is read as in the last file of the source with these
    columns, where there is one.
    """
    source = source.strip()
    if not source:
        raise FileRefused(_("Name the source."), fields={"source": _("Name the source.")})
    sender = source_named(organization, source[:60], SourceKind.FILE)
    wanted = Layout(encoding=encoding, sheet=sheet)
    facts = inspect_table(file, layout=wanted, limits=limits(), known=known_layouts(sender))
    batch = ImportBatch(
        organization=organization,
        created_by=by,
        filename=PurePath(filename).name[:200],
        file_digest=facts.digest,
        file_bytes=facts.size,
        source=sender,
        encoding=facts.layout.encoding,
        delimiter=facts.layout.delimiter,
        sheet=facts.layout.sheet,
        job_state=JobState.DONE,  # nothing runs until the columns are chosen
    )
    file.seek(0)
    ending = "workbook" if facts.sheets else "csv"
    batch.file.save(f"{facts.digest[:16]}.{ending}", file, save=False)
    batch.save()
    return batch


@transaction.atomic
def choose_sheet(*, batch: ImportBatch, sheet: str) -> ImportBatch:
    """Read another sheet; its columns are to be chosen then. Raises FileRefused, ImportNotReady."""
    batch = _held(batch, {ImportStage.MAPPING, ImportStage.CHECKED, ImportStage.FAILED})
    with opened(batch.file) as file:
        facts = inspect_table(file, layout=Layout(encoding=batch.encoding, sheet=sheet), limits=limits())
    if facts.layout.sheet != batch.sheet:
        batch.sheet = facts.layout.sheet
        batch.mapping, batch.failure, batch.job_state = {}, "", JobState.DONE
        batch.save()
    return batch


@transaction.atomic
def map_import(
    *,
    batch: ImportBatch,
    mapping: Mapping[str, str],
    metric: MetricDefinition | None,
    touchpoint_key: str = "",
    fixed: Mapping[str, str] | None = None,
    date_format: str = DateFormat.AUTO,
    creates_touchpoints: bool = False,
) -> ImportBatch:
    """Say which column is which and queue the check. Raises MappingRefused, ImportNotReady.

    `mapping` goes from field to column name; `touchpoint_key` and `fixed` (customer, account, segment,
    channel) hold for every row. The caller enqueues the job after commit.
    """
    batch = _held(batch, {ImportStage.MAPPING, ImportStage.CHECKED, ImportStage.FAILED})
    chosen = {field: column for field, column in mapping.items() if column}
    refuse_retired(metric)
    header = facts_of(batch).header
    defaults = {"touchpoint": touchpoint_key, **{k: v for k, v in (fixed or {}).items() if v}}
    validate_mapping(batch.organization, chosen, header, metric, defaults)
    batch.mapping, batch.defaults, batch.metric = chosen, defaults, metric
    batch.date_format, batch.creates_touchpoints = date_format, creates_touchpoints
    batch.is_dry_run, batch.skips_bad_rows, batch.replaces_known = True, False, False
    _queue(batch)
    return batch


@transaction.atomic
def start_import(
    *, batch: ImportBatch, skips_bad_rows: bool = False, replaces_known: bool = False
) -> ImportBatch:
    """Queue the import of a checked file. The caller enqueues the job after commit.

    Raises RowsRejected when some rows cannot come in and nobody said to leave them out,
    ReplacementNotConfirmed when known values would go and nobody said so, ImportNotReady when the file has
    not been checked.
    """
    batch = _held(batch, {ImportStage.CHECKED})
    if batch.rows_rejected and not skips_bad_rows:
        raise RowsRejected(rejected_message(batch.rows_rejected))
    if batch.rows_good == 0:
        raise RowsRejected(_("No row of this file can be imported."))
    if batch.rows_replaced and not replaces_known:
        raise ReplacementNotConfirmed(replaced_message(batch.rows_replaced))
    batch.is_dry_run, batch.skips_bad_rows, batch.replaces_known = False, skips_bad_rows, replaces_known
    _queue(batch)
    return batch


@transaction.atomic
def discard_import(*, batch: ImportBatch, by: Membership | None = None) -> None:
    """Throw away a file that was not imported; nobody (`by`) where it was merely forgotten.

    Raises ImportNotReady for one that was imported, or that runs.
    """
    batch = _held(batch, {ImportStage.MAPPING, ImportStage.CHECKED, ImportStage.FAILED})
    record_event(
        organization=batch.organization,
        actor=by.user if by else None,
        verb="import.discarded",
        subject=batch,
        before={"file": batch.filename},
    )
    storage, name = batch.file.storage, str(batch.file.name)
    batch.delete()
    transaction.on_commit(lambda: storage.delete(name))


def run_import(*, batch_id: int) -> None:
    """Do the queued check or import. Safe to call twice, at once, or after a crash.

    Refusals end in the state FAILED with the reason, unknown errors likewise, and are raised.
    """
    batch = ImportBatch.objects.select_related(*_SHOWN).get(pk=batch_id)
    with written_for(batch.organization):
        run(
            batch,
            partial(_process, batch),
            unknown=_("Something went wrong while reading the file. Nothing was imported; try again."),
        )


def discard_forgotten_imports() -> int:
    """Throw away files that nobody imported for `FORGOTTEN_DAYS` days: they hold customers' words.

    Returns how many. One that is taken up at this moment is left alone.
    """
    limit = timezone.now() - timedelta(days=FORGOTTEN_DAYS)
    discarded = 0
    waiting = Q(is_dry_run=True, job_state=JobState.DONE) | Q(job_state=JobState.FAILED)
    for batch in ImportBatch.objects.filter(waiting, created_at__lt=limit):
        with suppress(ImportNotReady, ImportBatch.DoesNotExist):
            discard_import(batch=batch)
            discarded += 1
    return discarded


# --- the work ----------------------------------------------------------------------------------


def _process(batch: ImportBatch) -> None:
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
        storing = Storing(table, _target(batch, batch.organization, plan))
        outcome = storing.compare()
        batch.changes = known_that_goes(batch.organization, storing, outcome)
        _keep(batch, outcome, errors)


def _apply(batch: ImportBatch, plan: Plan, table: Staging, errors: RowProblems[RowError]) -> None:
    with transaction.atomic():
        if not _lock(batch):
            return
        held = hold_rollup(batch.organization)
        batch.rows_erased = len(leave_out_erased(table, held, batch.source, _metric_key(batch)))
        storing = Storing(table, _target(batch, held, plan))
        outcome = storing.compare()
        if outcome.replaced and (
            not batch.replaces_known or outcome.replaced_by != batch.changes.get("replaced")
        ):
            batch.is_dry_run = True  # something else would go than what was shown: back to the report
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


def _target(batch: ImportBatch, organization: Organization, plan: Plan) -> Target:
    return target_for(
        organization,
        batch.metric,
        source=batch.source,
        columns=plan.given(),
        received_at=timezone.now(),
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


def _held(batch: ImportBatch, allowed: set[ImportStage]) -> ImportBatch:
    """The row as it is now, locked; ImportNotReady when this step does not fit its stage."""
    held: ImportBatch = (
        ImportBatch.objects.select_for_update(of=("self",)).select_related(*_SHOWN).get(pk=batch.pk)
    )
    if held.stage not in allowed:
        raise ImportNotReady(
            _("This is not possible now: the file is in the state “%(stage)s”.") % {"stage": held.stage.label}
        )
    return held


def _queue(batch: ImportBatch) -> None:
    batch.queue_again()
    batch.finished_at = None
    batch.save()
