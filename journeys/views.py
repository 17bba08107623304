"""Screens of the inventory."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import about_file, give_out, offers, refuse_unreadable_filters
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from common.listing import show_page
from common.registry import contributions_of, lost_with, operational_metrics_of
from journeys import exports, selectors, services
from journeys.access import touchpoint_to_change, touchpoints_for
from journeys.choices import MOST_ROWS
from journeys.filters import TouchpointFilter
from journeys.forms import OtherTouchpointForm, TouchpointForm
from journeys.tables import TouchpointTable


@require_GET
@member_view(Action.VIEW)
def touchpoint_list(request: MemberRequest) -> HttpResponse:
    found = _filtered(request)
    may_edit = request.may(Action.EDIT_TOUCHPOINTS)
    table = TouchpointTable(
        found.qs,
        organization_slug=request.organization.slug,
        metrics=operational_metrics_of(request.organization),
        shares=contributions_of(request.organization),
        may_choose=may_edit,
    )
    show_page(request, table)
    context = {
        "filter": found,
        "table": table,
        "coverage": selectors.coverage(request.organization),
        "chosen_query": request.GET.urlencode(),
        "found": table.paginator.count,
        "most": MOST_ROWS,
        "downloads": offers(
            request,
            "journeys:touchpoint_file",
            [(_("Touchpoints"), [])],
            filters=found.form.fields,
        ),
    }
    return render(request, "journeys/touchpoint_list.html", context)


@require_GET
@member_view(Action.VIEW)
def touchpoint_file(request: MemberRequest, ending: str) -> HttpResponseBase:
    """What the list shows, whole and as a file."""
    found = _filtered(request)
    refuse_unreadable_filters(found.form)
    table = exports.touchpoints_download(
        found.qs,
        shares=contributions_of(request.organization),
        about=about_file(request, _("Touchpoints"), found.form),
        has_addresses=request.may(Action.EDIT_TOUCHPOINTS),
    )
    return give_out(
        request,
        table,
        ending,
        verb="touchpoints.exported",
        subject=request.organization,
        filters=found.form.fields,
    )


def _filtered(request: MemberRequest) -> TouchpointFilter:
    rows = touchpoints_for(request.member)
    return TouchpointFilter(request.GET, queryset=rows, organization=request.organization)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_TOUCHPOINTS)
@made_once
def touchpoint_new(request: MemberRequest) -> HttpResponse:
    form = TouchpointForm(request.POST or None, organization=request.organization, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            touchpoint = services.save_touchpoint(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("%(touchpoint)s is on the list.") % {"touchpoint": touchpoint})
            if "another" in request.POST:
                return redirect("journeys:touchpoint_new", request.organization.slug)
            return redirect("overview:touchpoint_detail", request.organization.slug, touchpoint.key)
    return render(
        request, "journeys/touchpoint_edit.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_TOUCHPOINTS)
def touchpoint_edit(request: MemberRequest, key: str) -> HttpResponse:
    touchpoint = touchpoint_to_change(request.member, key)
    initial = {
        "name": touchpoint.name,
        "phase": touchpoint.phase,
        "channel": touchpoint.channel,
        "owner_function": touchpoint.owner_function_id,
        "purpose": touchpoint.purpose,
        "is_intended": touchpoint.is_intended,
        "owner_person": touchpoint.owner_person_id,
        "operational_metric": touchpoint.operational_metric,
        "side_effects": touchpoint.side_effects,
    }
    if not touchpoint.operational_metric:  # one that is there already, as a page of gaps has found
        offered = request.GET.get("operational_metric", "")
        known = operational_metrics_of(request.organization) if offered else {}
        initial["operational_metric"] = offered if offered in known else ""
    form = TouchpointForm(
        request.POST or None,
        organization=request.organization,
        initial=initial,
        edits=edits_of(touchpoint, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_touchpoint(by=request.member, touchpoint=touchpoint, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("overview:touchpoint_detail", request.organization.slug, touchpoint.key)
    context = {"form": form, "touchpoint": touchpoint, "name": initial["name"]}
    return render(request, "journeys/touchpoint_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_TOUCHPOINTS)
def touchpoint_archive(request: MemberRequest, key: str) -> HttpResponse:
    """GET asks and names what goes, POST does it."""
    touchpoint = touchpoint_to_change(request.member, key)
    is_accepted = "accepts_consequences" in request.POST
    lost = () if touchpoint.is_archived else lost_with(touchpoint)
    if request.method != "POST" or (lost and not is_accepted):
        context = {"touchpoint": touchpoint, "lost": lost}
        status = 409 if request.method == "POST" else 200
        return render(request, "journeys/touchpoint_archive.html", context, status=status)
    services.archive_touchpoint(by=request.member, touchpoint=touchpoint, accepts_consequences=is_accepted)
    messages.success(request, _("%(touchpoint)s is archived.") % {"touchpoint": touchpoint})
    return redirect("journeys:touchpoint_list", request.organization.slug)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
def touchpoint_merge(request: MemberRequest, key: str) -> HttpResponse:
    """GET with `other` says what would move; POST does it."""
    kept = touchpoint_to_change(request.member, key, Action.EDIT_METRICS)
    sent = request.POST if request.method == "POST" else request.GET
    form = OtherTouchpointForm(sent if "other" in sent else None, kept=kept)
    found, other = None, None
    if form.is_bound and form.is_valid():
        other = form.cleaned_data["other"]
        try:
            found = services.touchpoint_merge(kept=kept, gone=other)
            if request.method == "POST":
                services.merge_touchpoints(
                    by=request.member,
                    kept=kept,
                    gone=other,
                    seen=request.POST.get("seen", ""),
                    accepts_consequences="accepts_consequences" in request.POST,
                )
                text = _("%(other)s is now part of %(name)s.") % {"other": other, "name": kept}
                messages.success(request, text)
                return redirect("overview:touchpoint_detail", request.organization.slug, kept.key)
        except DomainError as error:
            form.absorb(error.fields, error.message)
    context = {"touchpoint": kept, "form": form, "found": found, "other": other}
    status = 422 if form.errors else 200
    return render(request, "journeys/touchpoint_merge.html", context, status=status)


@require_POST
@member_view(Action.EDIT_TOUCHPOINTS)
def touchpoint_restore(request: MemberRequest, key: str) -> HttpResponse:
    touchpoint = touchpoint_to_change(request.member, key)
    services.restore_touchpoint(by=request.member, touchpoint=touchpoint)
    messages.success(request, _("%(touchpoint)s is back on the list.") % {"touchpoint": touchpoint})
    return redirect("overview:touchpoint_detail", request.organization.slug, touchpoint.key)
