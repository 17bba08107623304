"""Changes of a drawing: a form for each step and one for the parts, and the small ones that a script
sends."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from journeys.maps import selectors, services
from journeys.maps.access import comment_for, map_for
from journeys.maps.errors import MapConflict
from journeys.maps.forms import LANE_CHOICES, CommentForm, StepForm, initial_of
from journeys.maps.importers import pasted_rows
from journeys.maps.models import JourneyMap
from journeys.maps.operations import OPERATIONS, Doing, wrong
from journeys.maps.selectors import StepView

EDIT = Action.EDIT_TOUCHPOINTS


@require_POST
@member_view(EDIT)
def map_change(request: MemberRequest, key: str) -> HttpResponse:
    """One operation, or `undo`, `redo`, `go_back`. A script is answered in JSON; a form by the page that it
    came from, or by one that keeps what was typed."""
    row = map_for(request.member, key, EDIT)
    is_script = request.headers.get("Accept", "").startswith("application/json")
    try:
        row = _changed(request, row)
    except DomainError as error:
        return _told(error) if is_script else _refused(request, row, error)
    if not is_script:
        back = request.POST.get("back", "")
        name = "maps:map_parts" if back == "parts" else "overview:map_detail"
        return redirect(f"{reverse(name, args=[request.organization.slug, row.key])}#map")
    able = selectors.undoable(row, request.member)
    return JsonResponse({"version": row.version, "undo": able.undo, "redo": able.redo})


def _changed(request: MemberRequest, row: JourneyMap) -> JourneyMap:
    what, by = request.POST.get("do", ""), request.member
    if what == "undo":
        return services.undo(by=by, map=row)
    if what == "redo":
        return services.redo(by=by, map=row)
    if what == "go_back":
        return services.go_back_to(by=by, map=row, version=_number(request.POST, "version"))
    doing = Doing(do=what, told=_told_fields(request.POST, what))
    seen = _number(request.POST, "seen") if request.POST.get("seen") else None
    return services.edit_map(by=by, map=row, doings=[doing], seen=seen)


def _number(sent: Mapping[str, str], name: str) -> int:
    text = sent.get(name, "").replace("\u2212", "-").strip()
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 9:
        raise wrong(name, _("Enter a whole number."))
    return int(text)


def _told_fields(sent: Any, what: str) -> dict[str, Any]:
    """The fields of the operation as it takes them. Raises InvalidValues for a number that is none."""
    _act, known = OPERATIONS.get(what, (None, frozenset[str]()))
    told: dict[str, Any] = {name: sent[name] for name in known if name in sent}
    if "by" in told:
        told["by"] = max(-1000, min(1000, _number(sent, "by")))
    if "emotion" in told and told["emotion"] != "":
        told["emotion"] = _number(sent, "emotion")
    if "touchpoints" in told:
        told["touchpoints"] = [key for key in sent.getlist("touchpoints") if key]
    if "rows" in told:
        told["rows"] = pasted_rows(told["rows"])
    return told


def _told(error: DomainError) -> JsonResponse:
    body: dict[str, Any] = {"code": error.code, "message": str(error.message)}
    if isinstance(error, MapConflict):
        body |= {"now": error.now, "who": error.who, "version": error.version}
    return JsonResponse(body, status=error.status)


def _refused(request: MemberRequest, row: JourneyMap, error: DomainError) -> HttpResponse:
    """What was typed stands in a form that sends it again; nothing of it is lost."""
    kept = [
        (name, value)
        for name in request.POST
        if name not in {"csrfmiddlewaretoken", "seen"}
        for value in request.POST.getlist(name)
    ]
    version = error.version if isinstance(error, MapConflict) else row.version
    context = {
        "map": row,
        "error": error,
        "kept": kept,
        "typed": request.POST.get("text") or request.POST.get("name") or request.POST.get("rows", ""),
        "version": version,
        "can_repeat": isinstance(error, MapConflict) and "do" in request.POST,
    }
    return render(request, "journeys/map_refused.html", context, status=error.status)


@require_GET
@member_view(EDIT)
def map_parts(request: MemberRequest, key: str) -> HttpResponse:
    """Stages, steps and lanes as lists with a button for everything: the editor without a script."""
    row = map_for(request.member, key, EDIT)
    context = {
        "map": row,
        "view": selectors.map_view(row),
        "lane_choices": LANE_CHOICES,
        "able": selectors.undoable(row, request.member),
    }
    return render(request, "journeys/map_parts.html", context)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def step_edit(request: MemberRequest, key: str, step: str) -> HttpResponse:
    row = map_for(request.member, key, EDIT)
    view = selectors.map_view(row)
    found = next((one for one in view.steps if one.step.key == step), None)
    if found is None:
        messages.error(request, _("This step is no longer on the map."))
        return redirect("overview:map_detail", request.organization.slug, row.key)
    form = StepForm(
        request.POST or None,
        organization=request.organization,
        row=row,
        view=found,
        stages=[(stage.stage.key, stage.stage.name) for stage in view.stages],
        initial=initial_of(found),
        edits=edits_of(row, request.organization, verb="map.changed"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_map(
                by=request.member, map=row, doings=_doings(found, form.cleaned_data), seen=row.version
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            url = reverse("overview:map_detail", args=[request.organization.slug, row.key])
            return redirect(f"{url}#step-{step}")
    context = {"form": form, "map": row, "step": found}
    return render(request, "journeys/step_edit.html", context, status=422 if form.errors else 200)


def _doings(view: StepView, typed: Mapping[str, Any]) -> list[Doing]:
    """What the form says as operations; what it leaves as it was changes nothing."""
    step = view.step
    told: dict[str, Any] = {
        "step": step.key,
        "name": typed["name"],
        "emotion": int(typed["emotion"]) if typed["emotion"] else "",
        "owner": typed["owner"].key if typed["owner"] else "",
        "nested": typed["nested"].key if typed["nested"] else "",
    }
    keys = {point.key for point in typed["touchpoints"]}
    if keys != {used.touchpoint.key for used in view.touchpoints}:
        told["touchpoints"] = sorted(keys)
    doings = [Doing(do="set_step", told=told)]
    for cell in view.cells:
        text = typed[f"lane_{cell.lane.key}"]
        doings.append(Doing(do="set_cell", told={"column": step.key, "lane": cell.lane.key, "text": text}))
    if typed["stage"] != step.stage:
        doings.append(Doing(do="move_step", told={"step": step.key, "stage": typed["stage"]}))
    return doings


@require_POST
@member_view(Action.VIEW)
@made_once
def map_comment(request: MemberRequest, key: str) -> HttpResponse:
    row = map_for(request.member, key)
    view = selectors.map_view(row)
    form = CommentForm(
        request.POST,
        organization=request.organization,
        steps=[(step.step.key, step.step.name) for step in view.steps],
        edits=NEW,
    )
    if form.is_valid():
        try:
            services.comment_on_map(by=request.member, map=row, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            url = reverse("overview:map_detail", args=[request.organization.slug, row.key])
            return redirect(f"{url}#comments")
    return render(request, "journeys/map_comment.html", {"map": row, "form": form}, status=422)


@require_POST
@member_view(Action.VIEW)
def comment_resolve(request: MemberRequest, key: str, pk: int) -> HttpResponse:
    """Done, or with `again` open again."""
    comment = comment_for(request.member, key, pk)
    services.resolve_comment(by=request.member, comment=comment, is_resolved="again" not in request.POST)
    return redirect(f"{reverse('overview:map_detail', args=[request.organization.slug, key])}#comments")
