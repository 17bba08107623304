"""Documents as slides: drawn by the worker from what the document holds, on the organization's template."""

import hashlib
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Membership
from accounts.reading import written_for
from accounts.services import acting, record_event
from common.errors import InvalidValues
from common.files import is_there, opened
from common.jobs import JobState, run
from common.text import one_line, unbroken
from reports.documents.slides import WITH_SLIDES, deck_of
from reports.errors import NothingToReport, ReportNotReady, TemplateGone
from reports.models import Report, Slides, SlideTemplate
from reports.services.making import storage_reason
from reports.slides import UnusableTemplate, drawn_slides
from reports.slides.trial import tried_template
from wording.formats import Territory, writing_for


def refuse_slides(report: Report) -> None:
    """NothingToReport for kinds of documents without slides; ReportNotReady."""
    if report.kind not in WITH_SLIDES:
        raise NothingToReport(_("There are no slides of this kind of document."))
    if report.job_state != JobState.DONE:
        raise ReportNotReady(_("This document is not ready yet."))


@transaction.atomic
def request_slides(*, by: Membership, report: Report) -> Slides:
    """The slides of a finished document on the present template: a new row, which the caller enqueues while
    it waits, or the one that is there. Raises what `refuse_slides` raises."""
    by = acting(by, Action.MAKE_REPORT)
    refuse_slides(report)
    template = SlideTemplate.objects.of(report.organization).first()
    slides, is_new = Slides.objects.get_or_create(
        report=report,
        template_digest=template.digest if template else "",
        defaults={"organization": report.organization, "by": by},
    )
    if is_new:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="report.slides_requested",
            subject=report,
            after={"code": report.verification_code},
        )
    elif slides.job_state == JobState.FAILED or (
        slides.job_state == JobState.DONE and not is_there(slides.file)
    ):
        Slides.objects.filter(pk=slides.pk, job_state=slides.job_state).update(
            job_state=JobState.QUEUED, heartbeat_at=timezone.now(), failure="", progress=0, attempts=0
        )
        slides.refresh_from_db()
    return slides


def make_slides(*, slides: Slides) -> bool:
    """Draw the slides and keep them. Refusals and a full disk end in `failed` with a reason, and leave no
    file. False when another worker has it."""
    with written_for(slides.organization):
        return run(
            slides,
            partial(_draw, slides),
            unknown=gettext_lazy(
                "Something went wrong while creating the slides. Nothing was lost; request them again."
            ),
        )


def _draw(slides: Slides) -> None:
    report = slides.report
    try:
        template = _template_of(slides)
        with (
            translation.override(report.language),
            writing_for(Territory(code=report.territory)),
            timezone.override(report.organization.time_zone),
        ):
            deck = deck_of(report)
            slides.beat(30)
            content = drawn_slides(deck, template)
        slides.beat(90)
        _store(slides, content, pages=len(deck.pages) + 1)
    except (UnusableTemplate, TemplateGone) as refusal:
        slides.fail(str(refusal))
    except OSError as error:
        slides.fail(storage_reason(error))


def _template_of(slides: Slides) -> bytes | None:
    """The template that was asked for, or None. Raises TemplateGone where another one took its place."""
    if not slides.template_digest:
        return None
    rows = SlideTemplate.objects.of(slides.organization).filter(digest=slides.template_digest)
    row = rows.first()
    if row is None:
        raise TemplateGone(
            _("The slide template was replaced or removed in the meantime. Request the slides again.")
        )
    with opened(row.file) as file:
        content: bytes = file.read()
    return content


def _store(slides: Slides, content: bytes, *, pages: int) -> None:
    """File and row together, or neither."""
    storage = slides.file.storage
    name = f"{slides.report.verification_code}-{slides.pk}-{slides.attempts}.pptx"
    path = storage.get_available_name(slides.file.field.generate_filename(slides, name))
    is_kept = False
    try:
        path = storage.save(path, ContentFile(content))
        slides.finish(
            file=path,
            file_digest=hashlib.sha256(content).hexdigest(),
            file_bytes=len(content),
            pages=pages,
        )
        is_kept = True
    finally:
        if not is_kept:
            storage.delete(path)


# --- the template -------------------------------------------------------------------------------------------


@transaction.atomic
def save_slide_template(*, by: Membership, name: str, content: bytes) -> SlideTemplate:
    """The organization's template from now on; one of before is deleted. Raises InvalidValues, which says
    what is wrong with the file."""
    try:
        facts = tried_template(content)
    except UnusableTemplate as refusal:
        raise InvalidValues(
            _("This template cannot be used."), fields={"template": str(refusal)}
        ) from refusal
    by = acting(by, Action.MANAGE_ORGANIZATION)
    digest = hashlib.sha256(content).hexdigest()
    row: SlideTemplate | None = SlideTemplate.objects.of(by.organization).first()
    if row is not None and row.digest == digest:
        return row
    before = "" if row is None else row.digest
    old = "" if row is None else row.file.name
    row = row or SlideTemplate(organization=by.organization)
    storage = row.file.storage
    file_name = row.file.field.generate_filename(row, f"{by.organization_id}-{digest}.pptx")
    row.file = storage.save(file_name, ContentFile(content))
    row.name = one_line(unbroken(name))[:200] or "template.pptx"
    row.digest, row.file_bytes, row.layouts = digest, len(content), facts.titled
    row.uploaded_by, row.uploaded_at = by, timezone.now()
    row.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="organization.slide_template_set",
        subject=by.organization,
        before={"template_digest": before},
        after={"template_digest": digest, "file_name": row.name},
    )
    if old:
        transaction.on_commit(partial(storage.delete, old))
    return row


@transaction.atomic
def remove_slide_template(*, by: Membership) -> None:
    """New slides are drawn without it. Doing it twice does no harm and is one entry of the trail."""
    by = acting(by, Action.MANAGE_ORGANIZATION)
    row: SlideTemplate | None = SlideTemplate.objects.of(by.organization).first()
    if row is None:
        return
    storage, name = row.file.storage, row.file.name or ""
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="organization.slide_template_removed",
        subject=by.organization,
        before={"template_digest": row.digest, "file_name": row.name},
    )
    row.delete()
    transaction.on_commit(partial(storage.delete, name))
