"""Asking for a document and making it, once per content."""

import errno
import hashlib
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.reading import format_of, written_for
from accounts.services import record_event
from assessments.models import MaturityResult
from common.errors import InvalidValues
from common.files import is_there
from common.jobs import JobState, run
from common.worded import worded
from cxstats.codec import canonical_text, digest_of, marked
from impact.models import ProgramCase, RoiCase, Study
from impact.selectors import latest_program
from reports.choices import Paper, ReportKind
from reports.codes import verification_code
from reports.documents import (
    VERSION,
    evidence_of_board,
    evidence_of_maturity,
    evidence_of_program,
    evidence_of_roi,
    evidence_of_summary,
    evidence_of_wave,
    html_of,
)
from reports.documents.board import BRIEFS
from reports.documents.brand import brand_content, logo_of
from reports.errors import NothingToReport
from reports.models import Report
from reports.pdf import Evidence, ForbiddenResource, Rendered, render_pdf
from reports.services.last_report import since_last
from wording.formats import reader_of


def request_roi_report(
    *, by: Membership, study: Study, roi_case: RoiCase | None, language: str = "en", paper: str = Paper.A4
) -> Report:
    """The ROI evidence report of a finished study: a new row, or the one that has this content already.

    The caller enqueues `reports.tasks.run_report` after the commit. Raises NothingToReport; InvalidValues
    for the money of another study.
    """
    if study.finding is None:
        raise NothingToReport(_("This study has no finding yet. Wait until it has finished."))
    if roi_case is not None and roi_case.study_id != study.pk:
        raise InvalidValues(_("This document cannot be created: the request does not name a subject."))
    with translation.override(language):
        title = _("ROI evidence: %(initiative)s") % {"initiative": study.initiative.title}
    return _request(
        by=by,
        kind=ReportKind.ROI_EVIDENCE,
        title=title,
        content=evidence_of_roi(study, roi_case),
        language=language,
        paper=paper,
        subject={"study": study, "roi_case": roi_case},
    )


def request_maturity_report(
    *, by: Membership, result: MaturityResult, language: str = "en", paper: str = Paper.A4
) -> Report:
    """The report of a maturity result; see `request_roi_report`. NothingToReport for one that a later closing
    superseded or, while the round is open again, may supersede."""
    if not MaturityResult.objects.standing().filter(pk=result.pk).exists():
        raise NothingToReport(_("This result is not shown any more, so no document is created of it."))
    with translation.override(language):
        content = evidence_of_maturity(result)
        title = _("Maturity: %(assessment)s") % {"assessment": result.assessment.label}
    return _request(
        by=by,
        kind=ReportKind.MATURITY,
        title=title,
        content=content,
        language=language,
        paper=paper,
        subject={"maturity_result": result},
    )


def request_wave_report(*, by: Membership, wave: Any, language: str = "en", paper: str = Paper.A4) -> Report:
    """The results of a published wave of the employee survey, as far as this member sees them; see
    `request_roi_report`. `wave` was given to the member by `employee_voice.access`.
    """
    content = evidence_of_wave(by, wave, version=VERSION)
    with translation.override(language):
        title = _("Employee survey: %(survey)s, wave %(number)s") % content["wave"]
    return _request(
        by=by,
        kind=ReportKind.EMPLOYEE_WAVE,
        title=title,
        content=content,
        language=language,
        paper=paper,
        subject={"wave": wave, "reach": content["reach"]},
    )


def request_program_report(
    *,
    by: Membership,
    case: ProgramCase,
    with_look_backs: bool = False,
    language: str = "en",
    paper: str = Paper.A4,
) -> Report:
    """What the program returned, as it was computed; see `request_roi_report`. NothingToReport before it is
    computed, and where there was nothing to compute."""
    if case.result is None or not ((case.result["main"] or {}).get("return")):
        raise NothingToReport(_("There is no return of the program to report on yet."))
    with translation.override(language):
        title = _("Return of the program: %(organization)s") % {"organization": by.organization.name}
    return _request(
        by=by,
        kind=ReportKind.PROGRAM,
        title=title,
        content=evidence_of_program(case, with_look_backs=with_look_backs),
        language=language,
        paper=paper,
        subject={"program_case": case},
    )


def request_board_pack(*, by: Membership, since: date, language: str = "en", paper: str = Paper.A4) -> Report:
    """What the coalition decided since a day, what waits, the latest return and what was learned; see
    `request_roi_report`. InvalidValues for a day to come."""
    if since > by.organization.clock.today():
        late = _("Choose a day that is not in the future.")
        raise InvalidValues(_("Some values cannot be used."), fields={"since": late})
    case = latest_program(by.organization)
    if case is not None and not ((case.result or {}).get("main") or {}).get("return"):
        case = None
    with translation.override(language):
        title = _("Board pack: %(organization)s") % {"organization": by.organization.name}
    return _request(
        by=by,
        kind=ReportKind.BOARD,
        title=title,
        content=evidence_of_board(by.organization, since=since, case=case),
        language=language,
        paper=paper,
        subject={"program_case": case},
    )


def request_summary(
    *, by: Membership, case: ProgramCase, language: str = "en", paper: str = Paper.A4
) -> Report:
    """The return, how sure it is and what is to be decided, on one page; see `request_program_report`."""
    if case.result is None or not ((case.result["main"] or {}).get("return")):
        raise NothingToReport(_("There is no return of the program to report on yet."))
    with translation.override(language):
        title = _("Summary of the program: %(organization)s") % {"organization": by.organization.name}
    return _request(
        by=by,
        kind=ReportKind.SUMMARY,
        title=title,
        content=evidence_of_summary(case),
        language=language,
        paper=paper,
        subject={"program_case": case},
    )


@transaction.atomic
def _request(
    *,
    by: Membership,
    kind: ReportKind,
    title: str,
    content: dict[str, Any],
    language: str,
    paper: str,
    subject: dict[str, Any],
) -> Report:
    _refuse_unknown(language, paper)
    changed = since_last(kind=kind, content=content, by=by, subject=subject)
    content = marked({**content, **changed, **brand_content(by.organization)}, version=VERSION)
    digest = digest_of(content, version=VERSION)
    territory = reader_of(language, format_of(by).code).territory
    code = verification_code(by.organization.slug, digest, *_form(language, territory), paper)
    report, is_new = Report.objects.get_or_create(
        verification_code=code,
        defaults={
            "organization": by.organization,
            "kind": kind,
            "title": title[:200],
            "content": content,
            "content_digest": digest,
            "language": language,
            "territory": territory,
            "paper": paper,
            "created_by": by,
            **subject,
        },
    )
    report.is_new = is_new
    if is_new:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="report.requested",
            subject=report,
            after={"kind": kind, "content_digest": digest, "code": code},
        )
    elif report.job_state == JobState.FAILED or _has_lost_its_file(report) or _is_overtaken(report):
        Report.objects.filter(pk=report.pk, job_state=report.job_state).update(
            job_state=JobState.QUEUED,
            heartbeat_at=timezone.now(),
            failure="",
            progress=0,
            attempts=0,
            finished_at=None,
        )
        report.refresh_from_db()
    return report


def _form(language: str, territory: str) -> tuple[str, ...]:
    """What of the form makes another document: language, and format where it is not the language's own."""
    return (language, territory) if territory else (language,)


def _has_lost_its_file(report: Report) -> bool:
    """Made once, but not on the disk any more: the same content gives the same document again."""
    return report.job_state == JobState.DONE and not is_there(report.file)


def _is_overtaken(report: Report) -> bool:
    """Of a result that stands, but drawn beside another round's result that was superseded since."""
    return report.job_state == JobState.DONE and not Report.objects.not_closed().filter(pk=report.pk).exists()


def _refuse_unknown(language: str, paper: str) -> None:
    wrong: dict[str, str] = {}
    if language not in dict(settings.LANGUAGES):
        wrong["language"] = _("Choose one of the answers.")
    if paper not in Paper.values:
        wrong["paper"] = _("Choose one of the answers.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def make_report(*, report: Report) -> bool:
    """Draw the document and store it with its digest, in one step at the end. False when another has it.

    Refusals and a full disk end in `failed` with a reason that a person can act on, and leave no file. An
    unknown error marks the document as failed and is raised again. False as well when another worker took
    over meanwhile: its document stands.
    """
    with written_for(report.organization):
        return run(
            report,
            partial(_draw, report),
            unknown=gettext_lazy(
                "Something went wrong while creating the document. Nothing was lost; request it again."
            ),
        )


def _draw(report: Report) -> None:
    try:
        report.beat(15)
        rendered = _rendered(report)
        report.beat(90)
        _store(report, rendered.content, rendered.pages)
    except OSError as error:
        report.fail(storage_reason(error))
    except ForbiddenResource as error:
        report.fail(str(error))


def _rendered(report: Report) -> Rendered:
    """As it is; of what has one page only, in fewer words until it has."""
    evidence = Evidence(
        name=f"evidence-{report.verification_code}.json",
        description=report.title,
        content=canonical_text(report.content).encode(),
    )
    logo = logo_of(report)
    pictures = {"logo.png": logo} if logo else {}
    briefs = BRIEFS if report.kind == ReportKind.SUMMARY else BRIEFS[:1]
    for brief in briefs:
        html = html_of(report, brief=brief) if brief else html_of(report)
        report.beat(55)
        rendered = render_pdf(
            html,
            evidence=evidence,
            identifier=report.content_digest,
            moment=report.created_at,
            pictures=pictures,
        )
        if rendered.pages == 1:
            break
    return rendered


def _store(report: Report, content: bytes, pages: int) -> None:
    """File and row together, or neither. Raises Overtaken when this worker no longer holds the row."""
    storage = report.file.storage
    # The attempt is part of the name: a worker that was overtaken never touches the other's file.
    name = f"{report.verification_code}-{report.attempts}.pdf"
    path = storage.get_available_name(report.file.field.generate_filename(report, name))
    is_kept = False
    try:
        path = storage.save(path, ContentFile(content))
        report.finish(
            file=path,
            file_digest=hashlib.sha256(content).hexdigest(),
            file_bytes=len(content),
            pages=pages,
            finished_at=timezone.now(),
        )
        is_kept = True
    finally:
        if not is_kept:  # a disk that filled up half way leaves a part of the file
            storage.delete(path)


def storage_reason(error: OSError) -> Promise:
    """Why a file could not be stored, in words."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return gettext_lazy(
            "The disk is full, so the document could not be stored. Free up space, then try again."
        )
    said = gettext_lazy("The document could not be stored (%(reason)s). Try again.")
    return worded(said, reason=error.strerror or error)
