"""Screens of what the whole program returned and of what it costs."""

import io
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import give_out
from accounts.editing import edits_of
from accounts.http import MemberRequest, member_view
from accounts.permissions import may
from common.charting import on_page
from common.downloads import Download
from common.editing import NEW, SEEN
from common.errors import DomainError
from common.jobs import enqueue
from common.registry import uses_of
from impact import selectors, services
from impact.access import ledger_year_for
from impact.choices import FIRST_LEDGER_YEAR, LAST_LEDGER_YEAR
from impact.forms import LedgerFileForm, LedgerForms, RateForm, ReviewForm
from impact.models import LedgerYear

LEDGER_HEADER = ("year", "kind", "amount", "currency", "source", "note")  # as the import reads them


@require_GET
@member_view(Action.VIEW)
def program(request: MemberRequest) -> HttpResponse:
    """The last return; htmx asks for the progress of one that is under way."""
    page = selectors.program_page(request.organization, with_look_backs=request.GET.get("afterwards") == "1")
    if request.htmx:
        if page.running is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "impact/program.html#progress", {"page": page})
    shown = page.shown
    context = {
        "page": page,
        "chart": on_page(shown.chart, "lines") if shown else None,
        "cash_chart": on_page(shown.cash_chart, "years") if shown else None,
        "uses": uses_of(request.member, shown.case) if shown else (),
    }
    return render(request, "impact/program.html", context)


@require_POST
@member_view(Action.EDIT_VALUE)
def program_compute(request: MemberRequest) -> HttpResponse:
    try:
        with transaction.atomic():
            case = services.request_program(by=request.member)
            if not case.is_finished:
                enqueue(case)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        if case.is_finished:
            messages.info(request, _("Nothing has changed: this return still counts."))
    return redirect("impact:program", request.organization.slug)


@require_GET
@member_view(Action.VIEW)
def ledger(request: MemberRequest) -> HttpResponse:
    return _ledger(request)


def _ledger(
    request: MemberRequest,
    *,
    file: LedgerFileForm | None = None,
    rate: RateForm | None = None,
    wrong: Iterable[str] = (),
    status: int = 200,
) -> HttpResponse:
    page = selectors.ledger_page(request.organization)
    context = {
        "page": page,
        "file": file or LedgerFileForm(),
        "rate": rate or RateForm(own=request.organization.currency, edits=NEW),
        "wrong": list(wrong),
    }
    return render(request, "impact/ledger.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_VALUE)
def ledger_year_edit(request: MemberRequest, year: int) -> HttpResponse:
    if not FIRST_LEDGER_YEAR <= year <= LAST_LEDGER_YEAR:
        raise Http404
    row = selectors.ledger_row(request.organization, year)
    forms = LedgerForms(
        request.POST or None,
        row=row,
        currency=request.organization.currency,
        edits=edits_of(row, request.organization, verb="ledger_year.saved"),
    )
    if request.method == "POST" and forms.is_valid():
        values = services.LedgerYearValues(
            year=year,
            budget=forms.head.cleaned_data["budget"],
            lines=tuple(form.values() for form in forms.rows),
        )
        try:
            services.save_ledger_year(by=request.member, values=values, seen=row.version if row else 0)
        except DomainError as error:
            forms.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. Another person reviews it for finance."))
            return redirect("impact:ledger_year", request.organization.slug, year)
    context = {
        "forms": forms,
        "year": selectors.ledger_year_view(request.organization, year),
        "warning": selectors.warning_of_ledger_writing(row, request.member),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "impact/ledger_edit.html", context, status=status)


@require_GET
@member_view(Action.VIEW)
def ledger_year(request: MemberRequest, year: int) -> HttpResponse:
    return _year(request, ledger_year_for(request.member, year))


def _year(
    request: MemberRequest, row: LedgerYear, *, review: ReviewForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "year": selectors.ledger_year_view(request.organization, row.year),
        "versions": selectors.ledger_versions(row),
        "mark": services.ledger_mark(row),
        "review": review or ReviewForm(),
        "no_review": "",
        "uses": uses_of(request.member, row),
    }
    if review is None and may(request.member.role, Action.SIGN_OFF_VALUE):
        context["no_review"] = selectors.refusal_of_ledger_review(row, request.member)
    return render(request, "impact/ledger_year.html", context, status=status)


@require_POST
@member_view(Action.SIGN_OFF_VALUE)
def ledger_review(request: MemberRequest, year: int) -> HttpResponse:
    row = ledger_year_for(request.member, year, Action.SIGN_OFF_VALUE)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            services.review_ledger_year(
                row=row, by=request.member, seen=request.POST.get(SEEN), **form.cleaned_data
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Your review is recorded."))
            return redirect("impact:ledger_year", request.organization.slug, year)
    return _year(request, ledger_year_for(request.member, year), review=form, status=422)


@require_POST
@member_view(Action.EDIT_VALUE)
def ledger_import(request: MemberRequest) -> HttpResponse:
    """A table of costs: first what it would replace, then, with the same table sent back, the change."""
    text = request.POST.get("table", "")
    form = LedgerFileForm(request.POST, request.FILES)
    if not text and not form.is_valid():
        return _ledger(request, file=form, status=422)
    file = io.BytesIO(text.encode()) if text else form.cleaned_data["file"]
    try:
        plan = services.planned_import(organization=request.organization, file=file)
        if not text:
            return render(request, "impact/ledger_import.html", {"plan": plan, "table": plan.table})
        services.save_ledger(by=request.member, years=plan.years, seen=_seen(request.POST.get(SEEN, "")))
    except DomainError as error:
        form = LedgerFileForm()
        return _ledger(request, file=form, wrong=[str(line) for line in _lines(error)], status=422)
    messages.success(request, _("The costs of the file are in the ledger."))
    return redirect("impact:ledger", request.organization.slug)


def _lines(error: DomainError) -> list[Any]:
    return list(error.fields.values()) or [error.message]


def _seen(text: str) -> dict[int, int]:
    """Year -> version, as the page of the plan showed it."""
    pairs = (part.split(":") for part in text.split(",") if part.count(":") == 1)
    return {int(year): int(version) for year, version in pairs if year.isdigit() and version.isdigit()}


@require_GET
@member_view(Action.VIEW)
def ledger_export(request: MemberRequest, ending: str) -> HttpResponseBase:
    page = selectors.ledger_page(request.organization)
    rows = [
        (year.year, line.line.kind, line.line.amount, line.line.currency, line.line.source, line.line.note)
        for year in sorted(page.years, key=lambda one: one.year)
        for line in year.lines
    ]
    table = Download(name="program-costs", header=LEDGER_HEADER, rows=lambda: rows, count=lambda: len(rows))
    return give_out(request, table, ending, verb="ledger.exported", subject=request.organization)


@require_POST
@member_view(Action.EDIT_VALUE)
def rate_save(request: MemberRequest) -> HttpResponse:
    form = RateForm(request.POST, own=request.organization.currency, edits=NEW)
    if form.is_valid():
        try:
            services.save_rate(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The rate is recorded."))
            return redirect("impact:ledger", request.organization.slug)
    return _ledger(request, rate=form, status=422)
