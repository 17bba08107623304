"""Maps as a whole: the list, new ones, names, copies, history, comparison, archive, files."""

import io
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import about_file, give_out
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from journeys.maps import exports, selectors, services
from journeys.maps.access import map_for, maps_for
from journeys.maps.comparing import comparison
from journeys.maps.forms import ImportedMapForm, MapFileForm, MapForm, NewMapForm
from journeys.maps.models import JourneyMap
from journeys.maps.services import MapValues

EDIT = Action.EDIT_TOUCHPOINTS


@require_GET
@member_view(Action.VIEW)
def map_list(request: MemberRequest) -> HttpResponse:
    is_archived = request.GET.get("archived") == "yes"
    lines = selectors.map_lines(request.organization, is_archived=is_archived)
    others = maps_for(request.member).filter(is_archived=not is_archived).exists()
    context = {"lines": lines, "is_archived": is_archived, "has_others": others}
    return render(request, "journeys/map_list.html", context)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def map_new(request: MemberRequest) -> HttpResponse:
    form = NewMapForm(request.POST or None, organization=request.organization, edits=NEW)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            row = services.new_map(by=request.member, start=values.pop("start"), values=MapValues(**values))
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The map is there. Click on a cell to write in it."))
            return _to(request, row)
    return render(request, "journeys/map_edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def map_edit(request: MemberRequest, key: str) -> HttpResponse:
    row = map_for(request.member, key, EDIT)
    form = MapForm(
        request.POST or None,
        organization=request.organization,
        row=row,
        initial={
            "name": row.name,
            "persona": row.persona,
            "purpose": row.purpose,
            "state": row.state,
            "today": row.today.key if row.today else None,
        },
        edits=edits_of(row, request.organization, verb="map.renamed"),
    )
    name = row.name
    if request.method == "POST" and form.is_valid():
        try:
            services.save_map(by=request.member, map=row, values=MapValues(**form.cleaned_data))
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return _to(request, row)
    context = {"form": form, "map": row, "name": name}
    return render(request, "journeys/map_edit.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(EDIT)
@made_once
def map_copy(request: MemberRequest, key: str) -> HttpResponse:
    """A copy, or with `future` the future state of this map."""
    row = map_for(request.member, key, EDIT)
    copy = services.copy_map(by=request.member, map=row, as_future="future" in request.POST)
    messages.success(request, _("%(name)s is a copy of its own now.") % {"name": copy})
    return _to(request, copy)


@require_GET
@member_view(Action.VIEW)
def map_history(request: MemberRequest, key: str) -> HttpResponse:
    row = map_for(request.member, key)
    context = {"map": row, "lines": selectors.history(row), "most": selectors.HISTORY_SHOWN}
    return render(request, "journeys/map_history.html", context)


@require_GET
@member_view(Action.VIEW)
def map_compare(request: MemberRequest, key: str) -> HttpResponse:
    """This map beside another: by default the map of today that it is the future of, or its first future."""
    row = map_for(request.member, key)
    wanted = request.GET.get("other", "")
    others = list(maps_for(request.member).exclude(pk=row.pk).order_by("name"))
    near = row.today or next((one for one in others if one.today_id == row.pk), None)
    other = next((one for one in others if one.key == wanted), near)
    found = None
    first, second = (row, other) if other and other.state == "future" else (other, row)
    if first is not None and second is not None:
        found = comparison(selectors.map_view(first), selectors.map_view(second))
    context = {"map": row, "others": others, "other": other, "first": first, "second": second, "found": found}
    return render(request, "journeys/map_compare.html", context)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def map_archive(request: MemberRequest, key: str) -> HttpResponse:
    """GET asks, POST takes it off the list."""
    row = map_for(request.member, key, EDIT)
    if request.method != "POST":
        return render(request, "journeys/map_archive.html", {"map": row})
    services.archive_map(by=request.member, map=row)
    messages.success(request, _("%(name)s is archived.") % {"name": row})
    return redirect("maps:map_list", request.organization.slug)


@require_POST
@member_view(EDIT)
def map_restore(request: MemberRequest, key: str) -> HttpResponse:
    row = map_for(request.member, key, EDIT)
    services.restore_map(by=request.member, map=row)
    messages.success(request, _("%(name)s is back on the list.") % {"name": row})
    return _to(request, row)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def map_delete(request: MemberRequest, key: str) -> HttpResponse:
    """GET names what goes for good, POST does it."""
    row = map_for(request.member, key, EDIT)
    if request.method != "POST":
        view = selectors.map_view(row)
        return render(request, "journeys/map_delete.html", {"map": row, "view": view})
    try:
        services.delete_map(by=request.member, map=row)
    except DomainError as error:
        messages.error(request, str(error.message))
        return _to(request, row)
    messages.success(request, _("%(name)s is deleted.") % {"name": row.name})
    return redirect("maps:map_list", request.organization.slug)


@require_GET
@member_view(Action.VIEW)
def map_file(request: MemberRequest, key: str, ending: str) -> HttpResponseBase:
    row = map_for(request.member, key)
    table = exports.map_download(selectors.map_view(row), about=about_file(request, row.name))
    return give_out(request, table, ending, verb="map.exported", subject=row)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def map_import(request: MemberRequest) -> HttpResponse:
    """A table: first what it would make, then, with the same table sent back and a name, the map."""
    text = request.POST.get("table", "")
    form = MapFileForm(request.POST or None, request.FILES or None, edits=NEW)
    context: dict[str, Any] = {"form": form, "wrong": []}
    if request.method != "POST" or (not text and not form.is_valid()):
        status = 422 if request.method == "POST" else 200
        return render(request, "journeys/map_import.html", context, status=status)
    file: Any = io.BytesIO(text.encode()) if text else form.cleaned_data["file"]
    named = ImportedMapForm(request.POST if text else None, edits=NEW)
    try:
        plan = services.planned_map(organization=request.organization, file=file)
    except DomainError as error:
        lines = [str(line) for line in error.fields.values()] or [str(error.message)]
        context = {"form": MapFileForm(edits=NEW), "wrong": lines, "message": error.message}
        return render(request, "journeys/map_import.html", context, status=422)
    if text and named.is_valid():
        values = MapValues(**named.cleaned_data)
        try:
            file.seek(0)
            row = services.import_map(by=request.member, values=values, file=file)
        except DomainError as error:
            named.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The map is there, with every step of the file."))
            return _to(request, row)
    context = {"plan": plan, "named": named, "table": plan.table}
    return render(request, "journeys/map_planned.html", context, status=422 if named.errors else 200)


def _to(request: MemberRequest, row: JourneyMap) -> HttpResponse:
    return redirect("overview:map_detail", request.organization.slug, row.key)
