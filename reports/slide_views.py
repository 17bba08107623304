"""Screens of slides: of a document, and the template on which they are drawn."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from accounts.services import record_download
from common.downloads import PRESENTATION
from common.errors import DomainError
from common.files import opened
from common.jobs import JobState, enqueue
from reports import selectors, services
from reports.access import report_for, slides_file_for, slides_for
from reports.forms import TemplateForm


@require_POST
@member_view(Action.MAKE_REPORT)
def slides_create(request: MemberRequest, pk: int) -> HttpResponse:
    """The slides of a document: drawn by the worker, or those that are there already."""
    report = report_for(request.member, pk)
    try:
        slides = services.request_slides(by=request.member, report=report)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("reports:report_detail", request.organization.slug, pk)
    if slides.job_state == JobState.QUEUED:
        enqueue(slides)
    return redirect("reports:slides_detail", request.organization.slug, pk, slides.pk)


@require_safe
@member_view(Action.MAKE_REPORT)
def slides_detail(request: MemberRequest, pk: int, slides: int) -> HttpResponse:
    report = report_for(request.member, pk)
    found = slides_for(request.member, report, slides)
    template = "reports/slides_detail.html" + ("#state" if request.htmx else "")
    return render(request, template, {"report": report, "slides": found})


@require_safe
@member_view(Action.MAKE_REPORT)
def slides_download(request: MemberRequest, pk: int, slides: int) -> FileResponse:
    report = report_for(request.member, pk)
    found = slides_file_for(request.member, report, slides)
    file = opened(found.file)
    record_download(
        by=request.member, verb="report.slides_downloaded", subject=report, code=report.verification_code
    )
    name = f"{report.kind.replace('_', '-')}-{report.verification_code}.pptx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=PRESENTATION)


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_ORGANIZATION)
def slide_template(request: MemberRequest) -> HttpResponse:
    """The organization's own slides: which file, whose, and another one."""
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["template"]
        try:
            services.save_slide_template(by=request.member, name=file.name, content=file.read())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. New slides are drawn on it."))
            return redirect("reports:slide_template", request.organization.slug)
    context = {"form": form, "template": selectors.slide_template_of(request.organization)}
    return render(request, "reports/slide_template.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Action.MANAGE_ORGANIZATION)
def slide_template_remove(request: MemberRequest) -> HttpResponse:
    services.remove_slide_template(by=request.member)
    messages.success(request, _("The template is removed. New slides are drawn without it."))
    return redirect("reports:slide_template", request.organization.slug)
