"""The page of a journey map with what is live on it, its sheet to hang up, and the draft from one of its
steps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition import services as coalition
from common.editing import NEW
from common.errors import DomainError
from journeys.maps.access import map_for
from journeys.maps.forms import LANE_CHOICES, CommentForm
from overview.forms import LiveForm
from overview.selectors import maps


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
        "may_edit": request.may(Action.EDIT_TOUCHPOINTS) and not row.is_archived,
        "lane_choices": LANE_CHOICES,
    }
    return render(request, "overview/map_detail.html", context)


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


@require_GET
@member_view(Action.VIEW)
def map_sheet(request: MemberRequest, key: str) -> HttpResponse:
    raise Http404
