"""Folders whose new files are imported by the recipe of their source. What needs a question waits for a
person as an import, whole; each file once.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.reading import written_for
from common.errors import DomainError, InvalidValues
from common.files import FileGone
from common.jobs import JobState, run
from common.rows import locked
from common.text import is_storable, one_line
from common.worded import worded
from customer_voice.choices import ImportStage, SourceKind
from customer_voice.errors import FolderRefused, ImportNotReady
from customer_voice.feed_choices import FileState
from customer_voice.importers.watched_files import Waiting, WatchedPlace, is_path, is_watching, place_of
from customer_voice.models import ImportBatch, WatchedFile, WatchedFolder
from customer_voice.services.checking import facts_of
from customer_voice.services.feeds import feed_source, record_feed, refuse_too_many, remove_feed, switched
from customer_voice.services.imports import create_import, map_import, run_import, start_import
from customer_voice.services.planning import metrics_in_use
from customer_voice.services.reading import Reading
from customer_voice.services.sources import recipe_for

EVERY_MINUTES = 5
SETTLED_SECONDS = 60  # a file that was written to later than this may still be on its way
MOST_AT_ONCE = 20  # files of one look; the next look goes on
_CHUNK = 1024 * 1024
_RELATED = ("organization", "source")


@transaction.atomic
def create_folder(
    *, by: Membership, source: str, path: str, replaces_known: bool = True, moves_done: bool = False
) -> WatchedFolder:
    """A folder that is looked into every few minutes from now on. Raises InvalidValues by field,
    FolderRefused where the operator has set no place for files.
    """
    if not is_watching():
        raise FolderRefused(_("The operator of this installation has set no place for files."))
    refuse_too_many(by, WatchedFolder)
    path = _path(path)
    if WatchedFolder.objects.of(by.organization).filter(path=path).exists():
        text = _("This folder is watched already.")
        raise InvalidValues(text, fields={"path": text})
    folder = WatchedFolder.objects.create(
        organization=by.organization,
        source=feed_source(by, source, SourceKind.FILE),
        path=path,
        replaces_known=replaces_known,
        moves_done=moves_done,
        job_state=JobState.DONE,  # the first look comes with the clock
    )
    record_feed(by, folder, verb="feed.added", source=folder.source.name)
    return folder


@transaction.atomic
def change_folder(
    *, by: Membership, folder: WatchedFolder, replaces_known: bool, moves_done: bool
) -> WatchedFolder:
    """Change what is done with its files; folder and source stay."""
    held = locked(folder, *_RELATED)
    before = {"replaces_known": held.replaces_known, "moves_done": held.moves_done}
    after = {"replaces_known": replaces_known, "moves_done": moves_done}
    if before != after:
        held.replaces_known, held.moves_done = replaces_known, moves_done
        held.save(update_fields=["replaces_known", "moves_done"])
        record_feed(by, held, verb="feed.changed", before=before, **after)
    return held


@transaction.atomic
def switch_folder(*, by: Membership, folder: WatchedFolder, is_on: bool) -> WatchedFolder:
    """Look into it, or not. Twice does no harm."""
    held = locked(folder, *_RELATED)
    if switched(by, held, is_on=is_on):
        held.failures_in_row = 0 if is_on else held.failures_in_row
        held.save(update_fields=["is_on", "failures_in_row"])
    return held


@transaction.atomic
def remove_folder(*, by: Membership, folder: WatchedFolder) -> None:
    """Look into it no more, and forget which files were seen. Files and answers stay."""
    remove_feed(by, locked(folder, *_RELATED))


@transaction.atomic
def queue_folders(*, now: datetime) -> list[WatchedFolder]:
    """Folders that are due for a look; the caller enqueues them."""
    if not is_watching():
        return []
    due = WatchedFolder.objects.select_for_update().filter(
        is_on=True, job_state__in=[JobState.DONE, JobState.FAILED]
    )
    found = []
    for folder in due:
        wait = timedelta(minutes=min(EVERY_MINUTES * (1 + folder.failures_in_row), 60))
        if folder.checked_at is None or folder.checked_at <= now - wait:
            folder.queue_again()
            folder.save(update_fields=["job_state", "progress", "attempts", "heartbeat_at", "failure"])
            found.append(folder)
    return found


def look_into_folder(*, folder_id: int) -> None:
    """Take in what is new in one folder, file by file. Safe to call twice, at once, or after a crash."""
    folder = WatchedFolder.objects.select_related(*_RELATED).filter(pk=folder_id).first()
    if folder is None:
        return
    with written_for(folder.organization):
        run(
            folder,
            partial(_look, folder),
            unknown=gettext_lazy("Something went wrong while reading the folder. It is tried again."),
        )


# --- small parts --------------------------------------------------------------------------------


def _look(folder: WatchedFolder) -> None:
    try:
        place = place_of(folder.organization.slug, folder.path)
        there = sorted(place.files(), key=lambda one: (one.at, one.name))
        seen = {one.name: folder.seen[one.name] for one in there if one.name in folder.seen}
        for file in folder.files.filter(state=FileState.TAKEN, is_moved=False).order_by("pk"):
            _go_on(folder, file)
        for one in _new(there, seen)[:MOST_AT_ONCE]:
            _take(folder, place, one)
            seen[one.name] = one.mark
            folder.write(seen=seen)
        if folder.moves_done:
            _move(folder, place, {one.name for one in there})
    except DomainError:
        failures = min(folder.failures_in_row + 1, 1000)
        folder.write(checked_at=timezone.now(), failures_in_row=failures)
        raise
    now = timezone.now()
    folder.finish(seen=seen, checked_at=now, succeeded_at=now, failures_in_row=0, failure="")


def _new(there: list[Waiting], seen: dict[str, str]) -> list[Waiting]:
    settled = timezone.now() - timedelta(seconds=SETTLED_SECONDS)
    return [one for one in there if seen.get(one.name) != one.mark and one.at <= settled]


def _take(folder: WatchedFolder, place: WatchedPlace, one: Waiting) -> None:
    """One file: its digest, and if nobody knows it an import."""
    if one.size > settings.UPLOAD_MAX_BYTES:
        text = worded(
            gettext_lazy("Larger than %(most)d MB."), most=settings.UPLOAD_MAX_BYTES // 1024 // 1024
        )
        _unreadable(folder, one, sha256(f"{one.name}:{one.mark}".encode()).hexdigest(), text)
        return
    with place.open(one.name) as file:
        digest = _digest(file)
        if folder.files.filter(digest=digest).exists():
            return
        file.seek(0)
        try:
            with transaction.atomic():
                batch = create_import(
                    organization=folder.organization,
                    by=None,
                    file=File(file, name=one.name),
                    filename=_shown(one.name),
                    source=folder.source.name,
                    encoding="auto",
                )
                row = _row(folder, one, digest)
                row.batch = batch
                row.save()
        except DomainError as error:
            _unreadable(folder, one, digest, error.message)
            return
    _go_on(folder, row)


def _go_on(folder: WatchedFolder, file: WatchedFile) -> None:
    """Bring the import of a file as far as it goes without a question. What needs one stays as it is."""
    batch = _stored(file)
    if batch is None:
        return
    with suppress(ImportNotReady, ImportBatch.DoesNotExist):
        if batch.stage == ImportStage.MAPPING and not _apply_recipe(batch):
            return
        batch = _worked(file)
        is_whole = batch is not None and batch.stage == ImportStage.CHECKED and not batch.rows_rejected
        if batch is None or not is_whole or not batch.rows_good:
            return
        if batch.rows_replaced and not folder.replaces_known:
            return
        start_import(batch=batch, replaces_known=folder.replaces_known)
        _worked(file)


def _apply_recipe(batch: ImportBatch) -> bool:
    """Read the file as the last one of its source with these columns; False where there was none, or what
    that one needs is gone.
    """
    try:
        recipe = recipe_for(batch.source, facts_of(batch).header)
        if not recipe:
            return False
        metric = None
        if recipe["metric"]:
            metric = metrics_in_use(batch.organization, [recipe["metric"]])[recipe["metric"]]
        map_import(
            batch=batch,
            mapping=recipe["mapping"],
            metric=metric,
            touchpoint_key=recipe["defaults"].get("touchpoint", ""),
            fixed={name: text for name, text in recipe["defaults"].items() if name != "touchpoint"},
            date_format=recipe["date_format"],
            creates_touchpoints=recipe["creates_touchpoints"],
            reading=Reading.of_json(recipe.get("reading", {})),
        )
    except FileGone:
        raise
    except InvalidValues:  # a metric that is retired, a touchpoint that is gone: a person is asked
        return False
    return True


def _worked(file: WatchedFile) -> ImportBatch | None:
    """The import after its queued work was done here, if nobody else does it at this moment."""
    batch = _stored(file)
    if batch is not None and batch.stage in {ImportStage.CHECKING, ImportStage.IMPORTING}:
        run_import(batch_id=batch.pk)
        batch = _stored(file)
    return batch


def _stored(file: WatchedFile) -> ImportBatch | None:
    if file.batch_id is None:
        return None
    rows = ImportBatch.objects.select_related("organization", "source", "metric")
    return rows.filter(pk=file.batch_id).first()


def _move(folder: WatchedFolder, place: WatchedPlace, there: set[str]) -> None:
    """Files that are in go to the folder `done`."""
    rows = folder.files.filter(is_moved=False, batch__is_dry_run=False, batch__job_state=JobState.DONE)
    for row in rows.filter(batch__is_undo=False):
        if row.name in there:
            place.move_done(row.name)
        row.is_moved = True
        row.save(update_fields=["is_moved"])


def _unreadable(folder: WatchedFolder, one: Waiting, digest: str, reason: "str | Promise") -> None:
    row = _row(folder, one, digest)
    row.state, row.reason = FileState.UNREADABLE, reason
    WatchedFile.objects.filter(folder=folder, digest=digest).delete()
    row.save()


def _row(folder: WatchedFolder, one: Waiting, digest: str) -> WatchedFile:
    return WatchedFile(
        organization_id=folder.organization_id,
        folder=folder,
        name=_shown(one.name),
        digest=digest,
        size=one.size,
    )


def _shown(name: str) -> str:
    shown = one_line(name) if is_storable(name) else ""
    return shown[:200] or _("File without a readable name")


def _digest(file: "File[bytes]") -> str:
    digest = sha256()
    while block := file.read(_CHUNK):
        digest.update(block)
    return digest.hexdigest()


def _path(path: str) -> str:
    path = one_line(path).strip("/")
    if not is_path(path):
        text = _("The path of a folder below the folder of your organization, for example crm/nightly.")
        raise InvalidValues(text, fields={"path": text})
    return path
