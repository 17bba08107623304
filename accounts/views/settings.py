"""Settings: the organization, its functions, my preferences, the trail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors, services
from accounts.access import function_for
from accounts.choices import Action
from accounts.downloads import offers, refuse_unknown_filters, refuse_unreadable_filters
from accounts.editing import edits_of, made_once
from accounts.exports import trail_file, trail_lines
from accounts.forms import FunctionForm, OrganizationForm, PreferencesForm, TrailForm
from accounts.http import MemberRequest, member_view
from accounts.reminder_forms import ReminderForm
from common.errors import ConsequencesNotAccepted, DomainError
from wording.formats import reader


@require_safe
@member_view(Action.VIEW)
def settings(request: MemberRequest) -> HttpResponse:
    return render(request, "accounts/settings.html", {"functions": selectors.functions(request.organization)})


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_ORGANIZATION)
def organization_edit(request: MemberRequest) -> HttpResponse:
    organization = request.organization
    form = OrganizationForm(
        request.POST or None,
        initial={name: getattr(organization, name) for name in OrganizationForm.base_fields},
        edits=edits_of(organization, organization),
    )
    to_accept: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        is_accepted = "accepts_consequences" in request.POST
        named = () if is_accepted else services.zone_consequences(organization, form.cleaned_data)
        try:
            services.update_organization(
                by=request.member, accepts_consequences=is_accepted, **form.cleaned_data
            )
        except ConsequencesNotAccepted as error:
            to_accept = error.sentences
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            for one in named:  # no figure moves: nothing to ask about, something to know
                messages.warning(request, one.text)
            return redirect("accounts:settings", organization.slug)
    status = 422 if form.errors else 409 if to_accept else 200
    context = {"form": form, "to_accept": to_accept}
    return render(request, "accounts/organization_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_ORGANIZATION)
@made_once
def function_edit(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    function = None if pk is None else function_for(request.member, pk)
    initial = {name: getattr(function, name, None) for name in FunctionForm.base_fields}
    form = FunctionForm(
        request.POST or None,
        organization=request.organization,
        function=function,
        initial=initial,
        edits=edits_of(function, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_function(
                by=request.member, function=function, name=form.cleaned_data["name"], place=form.place()
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:settings", request.organization.slug)
    context = {"form": form, "function": function}
    return render(request, "accounts/function_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def preferences(request: MemberRequest) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "language": user.language, "territory": user.territory, "theme": user.theme}
    edits = edits_of(user, request.organization)
    form = PreferencesForm(request.POST or None, initial=initial, edits=edits)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_preferences(user=user, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:preferences", request.organization.slug)
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def reminders(request: MemberRequest) -> HttpResponse:
    """Of which days I am reminded, and how long before."""
    form = ReminderForm(
        request.POST or None, member=request.member, edits=edits_of(request.member, request.organization)
    )
    if request.method == "POST" and form.is_valid():
        services.choose_reminders(by=request.member, wishes=form.wishes())
        messages.success(request, _("Saved."))
        return redirect("accounts:reminders", request.organization.slug)
    context = {"form": form, "morning": reader().time_of_day(services.MORNING * 60)}
    return render(request, "accounts/reminders.html", context, status=422 if form.errors else 200)


@require_safe
@member_view(Action.VIEW_TRAIL)
def trail(request: MemberRequest) -> HttpResponse:
    form = TrailForm(request.GET, organization=request.organization)
    events = selectors.trail(request.organization, form.wanted())
    page = Paginator(events, 50).get_page(request.GET.get("page"))
    lines = trail_lines(page, request.organization)
    files = offers(request, "accounts:trail_export", [("", ())], filters=form.fields).files
    context = {"page": page, "lines": lines, "form": form, "file": files[0]}
    return render(request, "accounts/trail.html", context)


@require_safe
@member_view(Action.VIEW_TRAIL)
def trail_export(request: MemberRequest, ending: str) -> HttpResponse:
    """What the filter shows, as a file; taking it out is itself in the trail."""
    form = TrailForm(request.GET, organization=request.organization)
    refuse_unreadable_filters(form)
    refuse_unknown_filters(request, form.fields)
    data, kind = trail_file(ending, selectors.trail(request.organization, form.wanted()).iterator())
    services.record_download(
        by=request.member, verb="trail.exported", subject=request.organization, format=ending
    )
    name = f"audit-trail-{request.organization.slug}.{ending}"
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
