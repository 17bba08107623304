"""Screens of documents, and the public page that verifies one."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from accounts.services import record_download
from assessments.access import result_for
from common.downloads import WORKBOOK
from common.errors import DomainError, InvalidValues
from common.files import opened
from common.jobs import JobState, enqueue
from employee_voice.access import group_for, published_wave_for, wave_for
from employee_voice.selectors import names_of_group
from impact.access import case_for, program_case_for, study_for
from reports import selectors, services
from reports.access import closure_text, file_for, report_for, slips_for
from reports.choices import Closure, Paper, ReportKind
from reports.codes import grouped_code
from reports.documents.slides import WITH_SLIDES
from reports.errors import SheetsGone
from reports.forms import BoardForm, CheckForm, CodeForm, ReportRequestForm
from reports.models import Report
from wording.formats import writing_for


@require_safe
@member_view(Action.VIEW)
def report_list(request: MemberRequest) -> HttpResponse:
    form = None
    if request.may(Action.MAKE_REPORT):
        form = BoardForm(initial={"since": selectors.since_last_session(request.organization)})
    return _list_page(request, form)


def _list_page(request: MemberRequest, form: BoardForm | None) -> HttpResponse:
    page = Paginator(selectors.reports(request.member), 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "reportable": None if page.object_list else selectors.reportable(request.member),
        "board_form": form,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "reports/report_list.html", context, status=status)


@require_POST
@member_view(Action.MAKE_REPORT)
def report_create(request: MemberRequest) -> HttpResponse:
    form = ReportRequestForm(request.POST)
    if request.POST.get("kind") == ReportKind.BOARD:
        return _board_created(request, form)
    if not form.is_valid():
        raise InvalidValues(_("This document cannot be created: the request does not name a subject."))
    report = _requested(request, form)
    if report.job_state == JobState.QUEUED:
        enqueue(report)
    return redirect("reports:report_detail", request.organization.slug, report.pk)


def _board_created(request: MemberRequest, form: ReportRequestForm) -> HttpResponse:
    """The board pack, whose day is typed: what is wrong with it is said beside it."""
    typed = BoardForm(request.POST)
    if typed.is_valid() and form.is_valid():
        try:
            report = _requested(request, form)
        except InvalidValues as error:
            typed.absorb(error.fields, error.message)
        else:
            if report.job_state == JobState.QUEUED:
                enqueue(report)
            return redirect("reports:report_detail", request.organization.slug, report.pk)
    elif typed.is_valid():
        raise InvalidValues(_("This document cannot be created: the request does not name a subject."))
    return _list_page(request, typed)


def _requested(request: MemberRequest, form: ReportRequestForm) -> Report:
    data = form.cleaned_data
    language = data["language"] or get_language() or "en"
    paper = data["paper"] or Paper.A4
    if data["kind"] == ReportKind.MATURITY:
        result = result_for(request.member, data["result"])
        return services.request_maturity_report(
            by=request.member, result=result, language=language, paper=paper
        )
    if data["kind"] == ReportKind.EMPLOYEE_WAVE:
        wave = published_wave_for(request.member, data["wave"])
        return services.request_wave_report(by=request.member, wave=wave, language=language, paper=paper)
    if data["kind"] == ReportKind.BOARD:
        return services.request_board_pack(
            by=request.member, since=data["since"], language=language, paper=paper
        )
    if data["kind"] == ReportKind.SUMMARY:
        case = program_case_for(request.member, data["program"])
        return services.request_summary(by=request.member, case=case, language=language, paper=paper)
    if data["kind"] == ReportKind.PROGRAM:
        return services.request_program_report(
            by=request.member,
            case=program_case_for(request.member, data["program"]),
            with_look_backs=data["afterwards"],
            language=language,
            paper=paper,
        )
    study = study_for(request.member, data["study"])
    value = case_for(request.member, data["roi_case"]) if data["roi_case"] else None
    return services.request_roi_report(
        by=request.member, study=study, roi_case=value, language=language, paper=paper
    )


@require_safe
@member_view(Action.VIEW)
def report_detail(request: MemberRequest, pk: int) -> HttpResponse:
    report = report_for(request.member, pk)
    template = "reports/report_detail.html"
    if request.htmx:
        template += "#state"
    is_done = report.job_state == JobState.DONE
    context = {
        "report": report,
        "engine": selectors.engine_text(report) if is_done else "",
        "newer": selectors.overtaken(report) if is_done else "",
        "merges": selectors.merges_since(report) if is_done else (),
        "closed_because": closure_text(report.closure),
        "has_slides": report.kind in WITH_SLIDES,
        "made_from": selectors.made_from(report) if is_done else (),
    }
    return render(request, template, context)


@require_safe
@member_view(Action.MAKE_REPORT)
def report_download(request: MemberRequest, pk: int) -> FileResponse:
    report = file_for(request.member, pk)
    record_download(
        by=request.member, verb="report.downloaded", subject=report, code=report.verification_code
    )
    name = f"{report.kind.replace('_', '-')}-{report.verification_code}.pdf"
    return FileResponse(opened(report.file), as_attachment="view" not in request.GET, filename=name)


@require_safe
@member_view(Action.MAKE_REPORT)
def report_pack(request: MemberRequest, pk: int) -> FileResponse:
    """The document with its evidence and how to check it, for whoever may download the document."""
    report = file_for(request.member, pk)
    pack = services.pack_of(report)
    code = report.verification_code
    record_download(by=request.member, verb="report.pack_downloaded", subject=report, code=code)
    return FileResponse(io.BytesIO(pack.content), as_attachment=True, filename=pack.name)


@require_safe
@member_view(Action.MAKE_REPORT)
def report_workbook(request: MemberRequest, pk: int) -> FileResponse:
    """The figures of the document in formulas, for whoever may download the document."""
    report = file_for(request.member, pk)
    book = services.workbook_of(report)
    code = report.verification_code
    record_download(by=request.member, verb="report.workbook_downloaded", subject=report, code=code)
    return _given(book)


@require_safe
@member_view(Action.MAKE_REPORT)
def value_workbook(request: MemberRequest, pk: int) -> FileResponse:
    case = case_for(request.member, pk)
    book = services.workbook_of_value(case)
    record_download(
        by=request.member, verb="roi_case.workbook_downloaded", subject=case, digest=case.input_digest
    )
    return _given(book)


@require_safe
@member_view(Action.MAKE_REPORT)
def program_workbook(request: MemberRequest, number: int) -> FileResponse:
    case = program_case_for(request.member, number)
    book = services.workbook_of_program(case, with_look_backs=request.GET.get("afterwards") == "1")
    record_download(
        by=request.member, verb="program_case.workbook_downloaded", subject=case, digest=case.input_digest
    )
    return _given(book)


def _given(book: services.Workbook) -> FileResponse:
    return FileResponse(
        io.BytesIO(book.content), as_attachment=True, filename=book.name, content_type=WORKBOOK
    )


@contextmanager
def written_as_the_document(request: HttpRequest, report: Report | None) -> Iterator[None]:
    """Days of its organization, in its format where the reader has none of their own: no member, no request
    of an organization says either."""
    if report is None:
        yield
        return
    own = getattr(request.user, "territory", "")
    there = report.organization.format
    form = replace(there, code=own, is_chosen=True) if own else there
    with writing_for(form), timezone.override(report.organization.time_zone):
        yield


@require_POST
@member_view(Action.MANAGE_EMPLOYEE_SURVEYS)
def wave_slips(request: MemberRequest, wave: int, number: int) -> HttpResponse:
    """New codes for one group, as a poster and sheets to be cut: drawn by the worker."""
    found = wave_for(request.member, wave, Action.MANAGE_EMPLOYEE_SURVEYS)
    group, language = group_for(found, number), get_language() or "en"
    try:
        sheets = services.request_slips(by=request.member, wave=found, group=group, language=language)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("employee_voice:wave_detail", request.organization.slug, wave)
    if sheets.job_state == JobState.QUEUED:
        enqueue(sheets)
    return redirect("reports:slips_detail", request.organization.slug, sheets.pk)


@require_safe
@member_view(Action.MANAGE_EMPLOYEE_SURVEYS)
def slips_detail(request: MemberRequest, pk: int) -> HttpResponse:
    sheets = slips_for(request.member, pk)
    template = "reports/slips_detail.html" + ("#state" if request.htmx else "")
    context = {"sheets": sheets, "wave": sheets.wave, "names": names_of_group(sheets.group)}
    return render(request, template, context)


@require_POST
@member_view(Action.MANAGE_EMPLOYEE_SURVEYS)
def slips_fetch(request: MemberRequest, pk: int) -> HttpResponse:
    """The file, once; it is destroyed before it leaves."""
    sheets = slips_for(request.member, pk)
    try:
        content = services.fetch_slips(by=request.member, sheets=sheets)
    except SheetsGone as gone:
        messages.error(request, str(gone.message))
        return redirect("reports:slips_detail", request.organization.slug, pk)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"slips-{sheets.wave_id}-{sheets.group.number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Anybody who holds a document may ask whether it is ours and unchanged; of one that a newer result
    replaced this says only that."""
    typed = grouped_code(request.GET.get("code", ""))
    if typed:
        return redirect("verify_code", typed)
    report = selectors.report_by_code(code) if code else None
    if report is not None and report.closure == Closure.REPLACED:
        return render(request, "reports/verify.html", {"code": code, "is_replaced": True})
    form, is_same = CheckForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and report is not None and form.is_valid():
        digest = hashlib.sha256()
        for chunk in form.cleaned_data["file"].chunks():
            digest.update(chunk)
        is_same = digest.hexdigest() == report.file_digest
    context: dict[str, object] = {
        "code": code,
        "report": report,
        "form": form,
        "code_form": CodeForm(),
        "is_same": is_same,
    }
    with written_as_the_document(request, report):
        context["newer"] = selectors.overtaken(report) if report is not None else ""
        context["merges"] = selectors.merges_since(report) if report is not None else ()
        return render(request, "reports/verify.html", context, status=404 if code and report is None else 200)
