"""The page of a journey map with what is live on it, its sheet to hang up, and the draft from one of its
steps."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition import services as coalition
from common.editing import NEW, new_token
from common.errors import DomainError
from common.jobs import enqueue
from journeys.maps import services as journeys
from journeys.maps.access import map_for, sheet_for
from journeys.maps.choices import SheetFormat
from journeys.maps.forms import LANE_CHOICES, CommentForm
from overview.forms import FlowForm, LiveForm, SheetForm
from overview.selectors import maps
from overview.sheet_files import given_sheet


@require_GET
@member_view(Action.VIEW)
def map_detail(request: MemberRequest, key: str) -> HttpResponse:
    row = map_for(request.member, key)
    form = LiveForm(request.GET, organization=request.organization)
    page = maps.map_page(request.member, row, form.cut())
    form.offer(page.metrics, page.metric)
    steps = [(step.key, step.view.step.name) for step in page.steps]
    context: dict[str, Any] = {
        "map": row,
        "page": page,
        "form": form,
        "comment_form": CommentForm(organization=request.organization, steps=steps, edits=NEW),
        "is_text": request.GET.get("view") == "text",
        "is_piece": bool(request.htmx),
        "may_edit": request.may(Action.EDIT_TOUCHPOINTS) and not row.is_archived,
        "lane_choices": LANE_CHOICES,
        "flow_url": form.flow_url(row),
        "once": {},
        "copy_token": new_token(),
    }
    template = (
        "overview/map/outline.html" if request.htmx and context["is_text"] else "overview/map_detail.html"
    )
    return render(request, template, context)


@require_GET
@member_view(Action.VIEW)
def map_flow(request: MemberRequest, key: str) -> HttpResponse:
    """How customers go on from step to step; the fragment stands under the map."""
    row = map_for(request.member, key)
    form = FlowForm(request.GET, organization=request.organization)
    flow = maps.map_flow(request.member, row, form.flow_cut())
    template = "overview/map_flow.html" + ("#flow" if request.htmx else "")
    return render(request, template, {"map": row, "flow": flow, "form": form})


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def map_draft(request: MemberRequest, key: str, step: str) -> HttpResponse:
    """A draft initiative from a step, with its figures."""
    row = map_for(request.member, key)
    seed = maps.step_seed(request.member, row, step)
    if seed is None:
        if all(one.step.key != step for one in maps.map_page(request.member, row).view.steps):
            raise Http404
        messages.error(request, _("Link the step to a touchpoint first: an initiative is about touchpoints."))
        return redirect("overview:map_detail", request.organization.slug, row.key)
    try:
        initiative = coalition.draft_from_step(by=request.member, seed=seed)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("overview:map_detail", request.organization.slug, row.key)
    messages.success(request, _("A draft with the problem, its evidence and the baseline is ready."))
    return redirect("coalition:initiative_detail", request.organization.slug, initiative.number)


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def map_sheet(request: MemberRequest, key: str) -> HttpResponse:
    """Which paper; POST asks the worker for the sheet."""
    row = map_for(request.member, key)
    wanted = request.GET.get("format", "")
    initial = {"language": get_language(), "format": wanted if wanted in SheetFormat.values else "pdf"}
    form = SheetForm(request.POST or None, edits=NEW, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = journeys.request_sheet(by=request.member, map=row, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            enqueue(sheet)
            return redirect("overview:sheet_detail", request.organization.slug, row.key, sheet.pk)
    context = {"map": row, "form": form}
    return render(request, "overview/map_sheet.html", context, status=422 if form.errors else 200)


@require_safe
@member_view(Action.VIEW)
def sheet_detail(request: MemberRequest, key: str, pk: int) -> HttpResponse:
    """How far it is, then the file."""
    sheet = sheet_for(request.member, key, pk)
    template = "overview/sheet_detail.html" + ("#state" if request.htmx else "")
    return render(request, template, {"sheet": sheet, "map": sheet.map})


@require_safe
@member_view(Action.VIEW)
def sheet_file(request: MemberRequest, key: str, pk: int) -> FileResponse:
    return given_sheet(request.member, sheet_for(request.member, key, pk))
