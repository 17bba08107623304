"""A feedback file on its way in: kept, mapped, checked, and then all of it or nothing (`processing`)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import PurePath

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import record_event
from common.files import opened
from common.jobs import JobState, run
from customer_voice.choices import ImportStage, SourceKind
from customer_voice.errors import (
    ImportNotReady,
    ReplacementNotConfirmed,
    RowsRejected,
)
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.services.checking import (
    facts_of,
    layout_of,
    limits,
    rejected_message,
    replaced_message,
)
from customer_voice.services.mappings import validate_mapping, with_duration
from customer_voice.services.processing import process
from customer_voice.services.reading import Reading
from customer_voice.services.sources import known_layouts, recipe_for, source_named
from customer_voice.services.targets import refuse_retired
from customer_voice.services.touchpoints import key_as_remembered, touchpoint_named
from customer_voice.services.undoing import carry_out_undo
from tabular.choices import DateFormat, Encoding
from tabular.errors import FileRefused
from tabular.opening import Layout, inspect_table

FORGOTTEN_DAYS = 30
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
    delimiter: str = "",
    header_row: int = 0,
) -> ImportBatch:
    """Keep an uploaded file if it is a table at all. Raises FileRefused in plain words.

    What is not said of it (encoding AUTO, the sheet) is read as in the last file of the source with these
    columns, where there is one.
    """
    source = source.strip()
    if not source:
        raise FileRefused(_("Name the source."), fields={"source": _("Name the source.")})
    sender = source_named(organization, source[:60], SourceKind.FILE)
    wanted = Layout(encoding=encoding, sheet=sheet, delimiter=delimiter, header_row=header_row)
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
        header_row=facts.layout.header_row,
        job_state=JobState.DONE,  # nothing runs until the columns are chosen
    )
    file.seek(0)
    ending = "workbook" if facts.sheets else "csv"
    batch.file.save(f"{facts.digest[:16]}.{ending}", file, save=False)
    batch.save()
    return batch


@transaction.atomic
def choose_layout(*, batch: ImportBatch, layout: Layout) -> ImportBatch:
    """Read the file in another way: sheet, encoding, delimiter, line of the header. Its columns are to be
    chosen then. Raises FileRefused, ImportNotReady.
    """
    batch = _held(batch, {ImportStage.MAPPING, ImportStage.CHECKED, ImportStage.FAILED})
    with opened(batch.file) as file:
        facts = inspect_table(file, layout=layout, limits=limits())
    if facts.layout != layout_of(batch):
        batch.encoding, batch.delimiter = facts.layout.encoding, facts.layout.delimiter
        batch.sheet, batch.header_row = facts.layout.sheet, facts.layout.header_row
        batch.mapping, batch.reading, batch.failure, batch.job_state = {}, {}, "", JobState.DONE
        batch.save()
    return batch


@transaction.atomic
def map_import(
    *,
    batch: ImportBatch,
    mapping: Mapping[str, str],
    metric: MetricDefinition | None,
    touchpoint_key: str = "",
    new_touchpoint: str = "",
    by: Membership | None = None,
    fixed: Mapping[str, str] | None = None,
    date_format: str = DateFormat.AUTO,
    creates_touchpoints: bool = False,
    reading: Reading | None = None,
) -> ImportBatch:
    """Say which column is which and queue the check. Raises MappingRefused, ImportNotReady.

    `mapping` goes from field to column name; `touchpoint_key` and `fixed` (customer, account, segment,
    channel) hold for every row; `reading` says what else there is to say. `new_touchpoint` is the name of one
    for every row, which `by` adds. The caller enqueues the job after commit.
    """
    batch = _held(batch, {ImportStage.MAPPING, ImportStage.CHECKED, ImportStage.FAILED})
    chosen = {field: column for field, column in mapping.items() if column}
    refuse_retired(metric)
    facts = facts_of(batch)
    header = facts.header
    if new_touchpoint and by is not None:
        touchpoint_key = touchpoint_named(by=by, name=new_touchpoint).key
    remembered = recipe_for(batch.source, header).get("defaults", {}).get("touchpoint", "")
    touchpoint_key = key_as_remembered(batch.organization, touchpoint_key, remembered)
    defaults = {"touchpoint": touchpoint_key, **{k: v for k, v in (fixed or {}).items() if v}}
    reading = with_duration(reading or Reading(), chosen, facts)
    metrics = validate_mapping(batch.organization, chosen, header, metric, defaults, reading)
    batch.mapping, batch.defaults, batch.reading = chosen, defaults, reading.as_json()
    batch.metric = metrics[0] if metrics else None
    batch.date_format, batch.creates_touchpoints = date_format, creates_touchpoints
    batch.is_dry_run, batch.skips_bad_rows, batch.replaces_known = True, False, False
    _queue(batch)
    return batch


@transaction.atomic
def start_import(
    *,
    batch: ImportBatch,
    skips_bad_rows: bool = False,
    replaces_known: bool = False,
    asks_about_tickets: bool = False,
) -> ImportBatch:
    """Queue the import of a checked file. The caller enqueues the job after commit. Customers are asked about
    its tickets, by surveys that follow them, only where that is said.

    Raises RowsRejected when some rows cannot come in and nobody said to leave them out,
    ReplacementNotConfirmed when known values would go and nobody said so, ImportNotReady when the file has
    not been checked, or while another import is being undone.
    """
    batch = _held(batch, {ImportStage.CHECKED})
    _refuse_before_an_undo(batch)
    if batch.rows_rejected and not skips_bad_rows:
        raise RowsRejected(rejected_message(batch.rows_rejected))
    if batch.rows_good == 0:
        raise RowsRejected(_("No row of this file can be imported."))
    if batch.rows_replaced and not replaces_known:
        raise ReplacementNotConfirmed(replaced_message(batch.rows_replaced))
    batch.is_dry_run, batch.skips_bad_rows, batch.replaces_known = False, skips_bad_rows, replaces_known
    batch.asks_about_tickets = asks_about_tickets
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
    """Do the queued check, import or undo. Safe to call twice, at once, or after a crash.

    Refusals end in the state FAILED with the reason, unknown errors likewise, and are raised.
    """
    batch = ImportBatch.objects.select_related(*_SHOWN).get(pk=batch_id)
    with written_for(batch.organization):
        run(
            batch,
            partial(carry_out_undo if batch.is_undo else process, batch),
            unknown=gettext_lazy(
                "Something went wrong while undoing the import. Nothing was changed; try again."
            )
            if batch.is_undo
            else gettext_lazy(
                "Something went wrong while reading the file. Nothing was imported; try again."
            ),
        )


def discard_forgotten_imports() -> int:
    """Throw away files that nobody imported for `FORGOTTEN_DAYS` days: they hold customers' words.

    Returns how many. One that is taken up at this moment is left alone.
    """
    limit = timezone.now() - timedelta(days=FORGOTTEN_DAYS)
    discarded = 0
    waiting = Q(is_dry_run=True, job_state=JobState.DONE) | Q(job_state=JobState.FAILED)
    for batch in ImportBatch.objects.filter(waiting, created_at__lt=limit):
        with suppress(ImportNotReady, ImportBatch.DoesNotExist):  # such as one that could not be taken back
            discard_import(batch=batch)
            discarded += 1
    return discarded


# --- small parts --------------------------------------------------------------------------------


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


def _refuse_before_an_undo(batch: ImportBatch) -> None:
    """What was confirmed first comes first: an undo that still waits would take back, or keep, what this file
    brought in between. It waits when the worker does, and then this file waits as well.
    """
    waiting = (
        ImportBatch.objects.of(batch.organization)
        .filter(is_undo=True, job_state__in=[JobState.QUEUED, JobState.RUNNING])
        .order_by("pk")
        .first()
    )
    if waiting is not None:
        raise ImportNotReady(
            _("“%(file)s” is being undone. Import this file once that has finished; nothing of it is lost.")
            % {"file": waiting.filename}
        )


def _queue(batch: ImportBatch) -> None:
    batch.queue_again()
    batch.finished_at = None
    batch.save()
