"""Calendars of business hours, and times within which cases should be over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from customer_voice import calendar_pages, selectors, services
from customer_voice.access import calendar_for, metric_for, metrics_for
from customer_voice.forms import CalendarForm, ServiceLevelForm
from customer_voice.forms.calendars import OFFICE_HOURS, hours_text, own_days_text
from customer_voice.models import MetricDefinition


@require_GET
@member_view(Action.VIEW)
def calendar_list(request: MemberRequest) -> HttpResponse:
    lines = calendar_pages.calendar_page(request.organization)
    return render(request, "customer_voice/calendar_list.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
@made_once
def calendar_new(request: MemberRequest) -> HttpResponse:
    initial = {f"day_{place}": OFFICE_HOURS for place in range(5)}
    form = CalendarForm(request.POST or None, initial=initial, edits=NEW, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            calendar = services.create_calendar(by=request.member, hours=form.hours())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(
                request, _("%(calendar)s can be chosen for metrics now.") % {"calendar": calendar}
            )
            return redirect("customer_voice:calendar_list", request.organization.slug)
    context = {"form": form, "calendar": None}
    status = 422 if form.errors else 200
    return render(request, "customer_voice/calendar_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
def calendar_edit(request: MemberRequest, key: str) -> HttpResponse:
    calendar = calendar_for(request.member, key, Action.EDIT_METRICS)
    version = selectors.newest_version(calendar)
    initial = {
        "name": calendar.name,
        **{f"day_{place}": hours_text(hours) for place, hours in enumerate(version.weeks[-1]["days"])},
        "country": version.country,
        "subdivision": version.subdivision,
        "own_days": own_days_text(version.own_days),
    }
    edits = edits_of(calendar, request.organization)
    form = CalendarForm(request.POST or None, initial=initial, edits=edits, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.change_calendar(
                by=request.member, calendar=calendar, hours=form.hours(), seen=version.number
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            text = _("Saved. Every time is being counted again.") if saved.pk != version.pk else _("Saved.")
            messages.success(request, text)
            return redirect("customer_voice:calendar_list", request.organization.slug)
    metrics = metrics_for(request.member, Action.EDIT_METRICS).filter(calendar=key, is_retired=False)
    context = {
        "form": form,
        "calendar": calendar,
        "version": version,
        "metrics": [str(one) for one in metrics],
    }
    status = 422 if form.errors else 200
    return render(request, "customer_voice/calendar_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
@made_once
def level_list(request: MemberRequest, key: str) -> HttpResponse:
    metric = metric_for(request.member, key, action=Action.EDIT_METRICS)
    form = ServiceLevelForm(request.POST or None, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_service_level(by=request.member, metric=metric, **form.values())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The service level is set; who was in time is being counted."))
            return _to_levels(request, metric)
    levels = calendar_pages.level_lines(request.organization, metric)
    context = {"form": form, "metric": metric, "levels": levels}
    return render(request, "customer_voice/level_list.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Action.EDIT_METRICS)
def level_remove(request: MemberRequest, key: str, seconds: int) -> HttpResponse:
    metric = metric_for(request.member, key, action=Action.EDIT_METRICS)
    services.remove_service_level(by=request.member, metric=metric, seconds=min(seconds, 2**31 - 1))
    messages.success(request, _("The service level is removed. Set it again to have it back."))
    return _to_levels(request, metric)


def _to_levels(request: MemberRequest, metric: MetricDefinition) -> HttpResponse:
    return redirect("customer_voice:level_list", request.organization.slug, metric.key)
