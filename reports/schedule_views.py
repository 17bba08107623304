"""Screens of scheduled documents."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from reports import schedule_pages, services
from reports.access import schedule_for
from reports.schedule_forms import ScheduleForm


@require_safe
@member_view(Action.MAKE_REPORT)
def schedule_list(request: MemberRequest) -> HttpResponse:
    """Every scheduled document of the organization, with its last and its next day."""
    lines = schedule_pages.schedule_lines(request.member)
    return render(request, "reports/schedule_list.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@member_view(Action.MAKE_REPORT)
@made_once
def schedule_create(request: MemberRequest) -> HttpResponse:
    form = ScheduleForm(
        request.POST or None,
        organization=request.organization,
        owner=request.member,
        initial={"document": request.GET.get("document", ""), "language": get_language() or "en"},
        edits=NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.save_schedule(by=request.member, values=form.values())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The schedule is set up."))
            return redirect("reports:schedule_detail", request.organization.slug, made.pk)
    status = 422 if form.errors else 200
    return render(request, "reports/schedule_edit.html", {"form": form}, status=status)


@require_safe
@member_view(Action.MAKE_REPORT)
def schedule_detail(request: MemberRequest, pk: int) -> HttpResponse:
    schedule = schedule_for(request.member, pk)
    context = {
        "line": schedule_pages.schedule_line(request.member, schedule),
        "runs": schedule_pages.run_lines(request.member, schedule),
    }
    return render(request, "reports/schedule_detail.html", context)


@require_http_methods(["GET", "POST"])
@member_view(Action.MAKE_REPORT)
def schedule_edit(request: MemberRequest, pk: int) -> HttpResponse:
    schedule = schedule_for(request.member, pk, to_change=True)
    form = ScheduleForm(
        request.POST or None,
        organization=request.organization,
        owner=schedule.owner,
        schedule=schedule,
        edits=edits_of(schedule, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_schedule(by=request.member, values=form.values(), schedule=schedule)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("reports:schedule_detail", request.organization.slug, pk)
    context = {"form": form, "schedule": schedule}
    return render(request, "reports/schedule_edit.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Action.MAKE_REPORT)
def schedule_pause(request: MemberRequest, pk: int) -> HttpResponse:
    services.pause_schedule(by=request.member, schedule=schedule_for(request.member, pk, to_change=True))
    messages.success(request, _("Paused. Nothing is made until you resume it."))
    return redirect("reports:schedule_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.MAKE_REPORT)
def schedule_resume(request: MemberRequest, pk: int) -> HttpResponse:
    services.resume_schedule(by=request.member, schedule=schedule_for(request.member, pk, to_change=True))
    messages.success(request, _("It goes on."))
    return redirect("reports:schedule_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.MAKE_REPORT)
def schedule_run(request: MemberRequest, pk: int) -> HttpResponse:
    schedule = schedule_for(request.member, pk, to_change=True)
    try:
        services.run_schedule_now(by=request.member, schedule=schedule)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The document is being made and will be sent."))
    return redirect("reports:schedule_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.MAKE_REPORT)
def schedule_remove(request: MemberRequest, pk: int) -> HttpResponse:
    services.remove_schedule(by=request.member, schedule=schedule_for(request.member, pk, to_change=True))
    messages.success(request, _("The schedule is removed. Documents that it made stay."))
    return redirect("reports:schedule_list", request.organization.slug)
