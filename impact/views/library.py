"""Screens of the library of an organization's own figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.downloads import give_out
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.downloads import Download
from common.editing import NEW
from common.errors import DomainError
from impact import selectors, services
from impact.access import library_figure_for
from impact.forms import LibraryForm
from impact.models import LibraryFigure

HEADER = (
    "number", "version", "figure", "what_it_is", "unit", "currency", "low", "most_likely", "high", "source",
    "kind_of_source", "as_of", "responsible", "no_longer_offered", "written_by", "written_at", "taken_by",
)  # fmt: skip


@require_GET
@member_view(Action.VIEW)
def library(request: MemberRequest) -> HttpResponse:
    page = selectors.library_page(request.organization, most=selectors.MOST_FIGURES)
    return render(request, "impact/library.html", {"page": page})


@require_GET
@member_view(Action.VIEW)
def figure_detail(request: MemberRequest, figure: int) -> HttpResponse:
    row = library_figure_for(request.member, figure)
    page = selectors.figure_page(request.organization, row)
    return render(request, "impact/library_figure.html", {"page": page})


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_VALUE)
@made_once
def figure_new(request: MemberRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_VALUE)
def figure_edit(request: MemberRequest, figure: int) -> HttpResponse:
    return _edit(request, library_figure_for(request.member, figure, Action.EDIT_VALUE))


def _edit(request: MemberRequest, row: LibraryFigure | None) -> HttpResponse:
    form = LibraryForm(
        request.POST or None,
        row=row,
        currency=request.organization.currency,
        edits=NEW if row is None else edits_of(row, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        known = {} if row is None else {"number": row.number, "seen": row.version}
        try:
            made = services.save_library_figure(by=request.member, values=form.values(), **known)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("“%(label)s” is in the library.") % {"label": made.label})
            return redirect("impact:library_figure", request.organization.slug, made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "impact/library_edit.html", {"form": form, "figure": row}, status=status)


@require_GET
@member_view(Action.VIEW)
def library_export(request: MemberRequest, ending: str) -> HttpResponseBase:
    """What the library says now, with the initiatives whose value models took it."""
    page = selectors.library_page(request.organization)
    rows = [_cells(line) for line in (*page.lines, *page.retired)]
    table = Download(name="library", header=HEADER, rows=lambda: rows, count=lambda: len(rows))
    return give_out(request, table, ending, verb="library.exported", subject=request.organization)


def _cells(line: selectors.LibraryLine) -> tuple[object, ...]:
    one = line.figure
    takers = dict.fromkeys(taker.initiative.reference for taker in line.takers)
    return (
        one.number, one.version, one.label, one.measure, one.unit, one.currency,
        *(value.normalize() for value in (one.low, one.likely, one.high)),
        one.source, one.source_kind, one.day, one.owner_name, int(one.is_retired),
        str(one.written_by or ""), one.written_at.isoformat(timespec="seconds"), " ".join(takers),
    )  # fmt: skip
