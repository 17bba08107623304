"""An import is taken back: what it brought goes, what it changed becomes again what it was.

What somebody has changed since stays as it is and is named. Where that was a later import, this one is taken
out from under it: taken back too, the later one leaves what was there before both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from itertools import batched
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import one_at_a_time, record_event
from common.collisions import done_again
from common.named_locks import hold
from customer_voice.choices import ImportStage
from customer_voice.errors import ImportNotReady, NothingToUndo, UndoChanged
from customer_voice.importers import FORMER
from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    FormerAnswer,
    ImportBatch,
    Submission,
)
from customer_voice.services.erasure import erase_nothing_meanwhile, forget_file
from customer_voice.services.placed_waits import place_answer
from customer_voice.services.recounts import count_noted
from customer_voice.services.rollup import Span, recount
from wording.joining import listed, sentences

AT_ONCE = 2_000  # rows that are read and written together
MOST_NAMED = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Undo:
    """What taking an import back does to its answers, or has done.

    `removed` go, `restored` become what they were. `changed_since`: somebody else has changed them, they
    stay. `not_kept`: the import changed them when former values were not kept yet, they stay too. `named`:
    the first IDs of those that stay; `later`: the files that changed them. `known_again`: files that came
    later and held answers that were here already; where these are among the removed, they go all the same.
    """

    removed: int = 0
    restored: int = 0
    changed_since: int = 0
    not_kept: int = 0
    named: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    known_again: tuple[str, ...] = ()

    @property
    def does_something(self) -> bool:
        return bool(self.removed or self.restored)

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it."""
        return f"{self.removed}-{self.restored}-{self.changed_since}-{self.not_kept}"


def undo_preview(batch: ImportBatch) -> Undo:
    """What taking it back would do now. Eight queries."""
    named: list[str] = []
    changed, not_kept = _changed_since(batch), _not_kept(batch)
    for rows in (changed, not_kept):
        ids = rows.order_by("pk").values_list("submission__external_id", flat=True)
        named += ids[: MOST_NAMED - len(named)]
    return Undo(
        removed=_brought(batch).count(),
        restored=_restorable(batch).count(),
        changed_since=changed.count(),
        not_kept=not_kept.count(),
        named=tuple(named),
        later=_later(batch),
        known_again=_known_again(batch),
    )


@transaction.atomic
def undo_import(*, batch: ImportBatch, by: Membership, seen: str = "") -> ImportBatch:
    """Queue the taking back of an import. The caller enqueues the job after commit.

    `seen` is the mark of the preview that was confirmed. Raises ImportNotReady for a file that is not in,
    NothingToUndo where nothing of it is left to take back, UndoChanged where more or less would go than was
    seen.
    """
    held = ImportBatch.objects.select_for_update(of=("self",)).select_related("organization").get(pk=batch.pk)
    if held.stage == ImportStage.UNDONE:
        raise ImportNotReady(_("This import has already been undone."))
    if held.stage != ImportStage.IMPORTED:
        raise ImportNotReady(_("Only a finished import can be undone."))
    preview = undo_preview(held)
    if not preview.does_something:
        raise NothingToUndo(nothing_text(preview))
    if seen and seen != preview.mark:
        raise UndoChanged(_("Something has changed since: read what would go now, and confirm again."))
    held.is_undo, held.undone_by = True, by
    held.queue_again()
    held.save()
    return held


def nothing_text(preview: Undo) -> str:
    """Why an import cannot be taken back at all."""
    if preview.not_kept:
        return _(
            "This import only changed answers that were known, at a time when former values were not kept "
            "yet. They cannot be restored: import a file with the right values."
        )
    if preview.changed_since:
        changed = _("Everything that this import brought has been changed since, so nothing of it is left.")
        if not preview.later:
            return changed
        files = listed([_("“%(text)s”") % {"text": name} for name in preview.later])
        return sentences([changed, _("Undo %(files)s first.") % {"files": files}])
    return _("Nothing that this import brought is left.")


@done_again
def carry_out_undo(batch: ImportBatch) -> None:
    """The queued work: all of it or nothing. Call it inside the job. Answers go on coming in meanwhile; the
    organization is held for its last step alone."""
    with transaction.atomic():
        held = batch.organization
        erase_nothing_meanwhile(held)
        hold(f"customer_voice.undoing:{held.pk}")  # two at once would each rewrite what the other one keeps
        _hold_answers(batch)
        preview = undo_preview(batch)
        _make_room(batch)
        changed = set(_remove(batch)) | set(_restore(batch))
        FormerAnswer.objects.filter(batch=batch).delete()
        if changed:
            recount(organization=held, spans=changed)
            count_noted(organization=held)  # what counts still point at would seem to be in use
        one_at_a_time(held)
        _forget_records(held, batch)
        batch.undone = {
            **asdict(preview),
            "named": list(preview.named),
            "later": list(preview.later),
            "known_again": list(preview.known_again),
        }
        batch.failure = ""
        batch.save(update_fields=["undone", "failure"])
        forget_file(batch)
        record_event(
            organization=held,
            actor=batch.undone_by.user if batch.undone_by else None,
            verb="import.undone",
            subject=batch,
            after={
                "file_digest": batch.file_digest,
                "source": batch.source.name,
                "removed": preview.removed,
                "restored": preview.restored,
                "kept": preview.changed_since + preview.not_kept,
            },
        )
        batch.finish()


def _hold_answers(batch: ImportBatch) -> None:
    """From now on nobody changes what this import brought or wrote last; whoever did before is waited for.

    All that follows sees what they wrote, the values that another import kept of these answers too.
    """
    if connection.features.has_select_for_update:
        held = _answers(batch).select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
        for _key in held.iterator(chunk_size=AT_ONCE):
            pass


# --- which answers -----------------------------------------------------------------------------


def _answers(batch: ImportBatch) -> "QuerySet[Feedback]":
    return Feedback.objects.filter(organization=batch.organization_id, batch=batch)


def _kept(batch: ImportBatch) -> "QuerySet[FormerAnswer]":
    return FormerAnswer.objects.filter(batch=batch)


def _brought(batch: ImportBatch) -> "QuerySet[Feedback]":
    """Answers that are here by this import alone.

    Imports of the time before former values were kept say it by when their answers were received: those that
    they only changed are older than the file.
    """
    rows = _answers(batch).exclude(Exists(_kept(batch).filter(answer=OuterRef("pk"))))
    return rows if batch.keeps_former else rows.filter(received_at__gte=batch.created_at)


def _restorable(batch: ImportBatch) -> "QuerySet[FormerAnswer]":
    return _kept(batch).filter(answer__batch=batch)


def _changed_since(batch: ImportBatch) -> "QuerySet[Feedback]":
    """Answers that it brought or changed, and that came by another door or file afterwards."""
    others = Feedback.objects.filter(organization=batch.organization_id).exclude(batch=batch)
    touched = Q(Exists(_kept(batch).filter(answer=OuterRef("pk"))))
    touched |= Q(Exists(FormerAnswer.objects.filter(came_with=batch, answer=OuterRef("pk"))))
    if batch.imported_at is not None:
        touched |= Q(received_at=batch.imported_at, submission__source=batch.source_id)
    return others.filter(touched)


def _later(batch: ImportBatch) -> tuple[str, ...]:
    rows = ImportBatch.objects.filter(
        Exists(FormerAnswer.objects.filter(came_with=batch, batch=OuterRef("pk"))), is_undo=False
    )
    return tuple(rows.order_by("-created_at").values_list("filename", flat=True)[:MOST_NAMED])


def _known_again(batch: ImportBatch) -> tuple[str, ...]:
    """Nothing says which answers a file only confirmed: all later files of the source that did are named."""
    if batch.imported_at is None:
        return ()
    rows = ImportBatch.objects.filter(
        organization=batch.organization_id,
        source=batch.source_id,
        imported_at__gt=batch.imported_at,
        rows_unchanged__gt=0,
        is_undo=False,
    )
    return tuple(rows.order_by("-imported_at").values_list("filename", flat=True)[:MOST_NAMED])


def _not_kept(batch: ImportBatch) -> "QuerySet[Feedback]":
    rows = Feedback.objects.none()
    return rows if batch.keeps_former else _answers(batch).filter(received_at__lt=batch.created_at)


# --- what becomes of them ----------------------------------------------------------------------


def _make_room(batch: ImportBatch) -> None:
    """Later imports that changed what this one brought or changed: what they keep is what was before it."""
    before = {row.answer_id: row for row in _kept(batch).exclude(answer__batch=batch)}
    for rows in _in_lots(FormerAnswer.objects.filter(came_with=batch)):
        brought = [row.pk for row in rows if row.answer_id not in before]
        FormerAnswer.objects.filter(pk__in=brought).delete()
        moved = [row for row in rows if row.answer_id in before]
        for row in moved:
            known = before[row.answer_id]
            for name in (*FORMER, "came_with_id"):
                setattr(row, name, getattr(known, name))
        _write(FormerAnswer, moved, [_field(name) for name in (*FORMER, "came_with_id")])


def _remove(batch: ImportBatch) -> Iterator[Span]:
    """Delete what it brought, and submissions that hold nothing else; gives where answers change."""
    while answers := list(_brought(batch).order_by("pk")[:AT_ONCE]):
        yield from _spans(answers)
        Feedback.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
        submissions = Submission.objects.filter(pk__in={answer.submission_id for answer in answers})
        # held before it is asked what is in them: who adds an answer to one has done so, or waits
        kept = submissions.select_for_update().order_by("pk").values_list("pk", flat=True)
        empty = Submission.objects.filter(pk__in=list(kept))
        empty.exclude(Exists(Feedback.objects.filter(submission=OuterRef("pk")))).delete()


def _restore(batch: ImportBatch) -> Iterator[Span]:
    """Write back what was; gives where answers change. A customer who was erased since stays away."""
    for former in _in_lots(_restorable(batch)):
        yield from _spans(former)
        yield from _spans(row.answer for row in former)
        for row in former:
            for name in FORMER:
                setattr(row.answer, name, getattr(row, name))
            row.answer.batch_id = row.came_with_id
            place_answer(row.answer)  # a calendar may count otherwise by now
            if row.contact is not None and row.contact.erased_at is not None:
                row.answer.contact_id = None
        _write(Feedback, [row.answer for row in former], [*(_field(name) for name in FORMER), "batch"])


def _write(model: type[models.Model], rows: list[Any], fields: list[str]) -> None:
    """Rows that are there, whole: as an insert that meets them, which is many times as fast as an update that
    chooses each value by its row."""
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=AT_ONCE
    )


def _in_lots(rows: "QuerySet[FormerAnswer]") -> Iterator[list[FormerAnswer]]:
    """All of them, read lot by lot as what they are chosen by is written."""
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    for some in batched(numbers, AT_ONCE, strict=False):
        yield list(rows.model.objects.filter(pk__in=some).select_related("answer", "contact").order_by("pk"))


def _spans(rows: Iterable[Feedback | FormerAnswer]) -> Iterator[Span]:
    """Where answers are: day by day in UTC, so that a million answers are not as many spans."""
    for row in rows:
        if row.metric_id is not None:
            day = row.occurred_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            yield row.metric_id, row.touchpoint_id, day, day + timedelta(days=1, microseconds=-1)


def _field(column: str) -> str:
    return column.removesuffix("_id")


def _forget_records(organization: Organization, batch: ImportBatch) -> None:
    """Customers, accounts and channels that were only known by imports that are taken back."""
    Contact.objects.of(organization).filter(placed_with=batch).update(account=None, placed_with=None)
    gone = Q(came_with=batch) | Q(came_with__is_undo=True)
    for model in (Contact, CustomerAccount, Channel):
        _unused(model._default_manager.filter(gone, organization=organization)).delete()


def _unused(rows: "QuerySet[models.Model]") -> "QuerySet[models.Model]":
    """Those that nothing points at, whatever may point at them."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if relation.one_to_many and isinstance(relation, models.ManyToOneRel):
            users = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(users))
    return rows
