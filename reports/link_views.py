"""Screens of links to documents: for who gives them, and for who was given one."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from common.errors import DomainError, InvalidValues
from common.files import opened
from reports import selectors, services
from reports.access import link_for, report_for, shared_by
from reports.forms import AnswerForm, ShareForm
from reports.models import Report, ShareLink
from reports.views import written_as_the_document


@require_http_methods(["GET", "POST"])
@member_view(Action.MAKE_REPORT)
def report_share(request: MemberRequest, pk: int) -> HttpResponse:
    """Who may open the document by a link, what they said, and a new link."""
    report = report_for(request.member, pk)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link = services.share_report(by=request.member, report=report, **form.cleaned_data)
        except InvalidValues as error:
            form.absorb(error.fields, error.message)
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("reports:report_share", request.organization.slug, pk)
        else:
            messages.success(
                request, _("The link for %(name)s is ready. Copy it below.") % {"name": link.recipient}
            )
            return redirect("reports:report_share", request.organization.slug, pk)
    return _share_page(request, report, form, AnswerForm())


@require_POST
@member_view(Action.MAKE_REPORT)
def report_answer(request: MemberRequest, pk: int) -> HttpResponse:
    """What a member says about a document."""
    report = report_for(request.member, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_report(by=request.member, report=report, **form.cleaned_data)
        except InvalidValues as error:
            form.absorb(error.fields, error.message)
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("reports:report_share", request.organization.slug, pk)
        else:
            messages.success(request, _("Your answer is noted."))
            return redirect("reports:report_share", request.organization.slug, pk)
    return _share_page(request, report, ShareForm(), form)


@require_POST
@member_view(Action.MAKE_REPORT)
def share_revoke(request: MemberRequest, pk: int, link: int) -> HttpResponse:
    report = report_for(request.member, pk)
    found = link_for(request.member, report, link)
    services.revoke_share_link(by=request.member, link=found)
    messages.success(request, _("The link for %(name)s opens nothing any more.") % {"name": found.recipient})
    return redirect("reports:report_share", request.organization.slug, pk)


def _share_page(request: MemberRequest, report: Report, form: ShareForm, answer: AnswerForm) -> HttpResponse:
    refused = ""
    try:
        services.refuse_sharing(report)
    except DomainError as error:
        refused = str(error.message)
    links: list[Any] = list(selectors.links_of(report))
    for link in links:
        link.address = services.address_of(link)
    context = {
        "report": report,
        "form": form,
        "answer_form": answer,
        "refused": refused,
        "links": links,
        "answers": selectors.answers_about(report),
    }
    status = 422 if form.errors or answer.errors else 200
    return render(request, "reports/report_share.html", context, status=status)


# --- for who was given a link ---------------------------------------------------------------------------


def _private(response: HttpResponse | FileResponse) -> Any:
    """Neither kept nor found by a search engine, and no other site learns the address. (Without any referrer
    browsers would send our own forms as if they came from nowhere, and these are refused.)"""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def _door(
    request: HttpRequest, link: ShareLink, secret: str, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    ended = ""
    try:
        services.refuse_ended(link)
    except DomainError as error:
        ended, status = str(error.message), error.status
    with written_as_the_document(request, link.report):
        context = {
            "link": link,
            "secret": secret,
            "report": link.report,
            "form": form,
            "ended": ended,
            "newer": "" if ended else selectors.overtaken(link.report),
            "answers": () if ended else link.answers.all(),
        }
        page = render(request, "reports/shared.html", context, status=status)
    return _private(page)  # type: ignore[no-any-return]


@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """What the link opens. To look at this page opens nothing: mail programs look at links by themselves."""
    return _door(request, shared_by(secret), secret, AnswerForm())


@require_POST
def shared_file(request: HttpRequest, secret: str) -> HttpResponse | FileResponse:
    """The document itself, for whoever holds the link; each time is counted."""
    link = shared_by(secret)
    try:
        services.refuse_ended(link)
    except DomainError:
        return _door(request, link, secret, AnswerForm())
    file = opened(link.report.file)  # one that is gone was not opened
    services.note_opening(link=link)
    name = f"{link.report.kind.replace('_', '-')}-{link.report.verification_code}.pdf"
    return _private(FileResponse(file, filename=name))  # type: ignore[no-any-return]


@require_POST
def shared_answer(request: HttpRequest, secret: str) -> HttpResponse:
    """What who was given the link says about the document."""
    link, form = shared_by(secret), AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_by_link(link=link, **form.cleaned_data)
        except InvalidValues as error:
            form.absorb(error.fields, error.message)
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("shared", secret)
        else:
            messages.success(request, _("Thank you. Your answer was passed on."))
            return redirect("shared", secret)
    return _door(request, link, secret, form, status=422)
