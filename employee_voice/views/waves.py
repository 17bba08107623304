"""Waves: plan, open, watch, write again, close, publish."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from employee_voice import selectors, services
from employee_voice.access import group_for, invitation_for, survey_for, wave_for
from employee_voice.forms import AddressForm, MappingForm, ReasonForm, WaveForm, initial_of
from employee_voice.models import Wave

MANAGE = Action.MANAGE_EMPLOYEE_SURVEYS


@require_http_methods(["GET", "POST"])
@member_view(MANAGE)
@made_once
def wave_new(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, MANAGE)
    readers = selectors.readers_of_comments(request.organization)
    form = WaveForm(request.POST or None, readers=readers, initial={"reminders": ["3"]}, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            wave = services.plan_wave(by=request.member, survey=survey, plan=form.plan())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The wave is planned. Now choose the people who are asked."))
            return redirect("employee_voice:wave_people", request.organization.slug, wave.pk)
    context = {"form": form, "survey": survey}
    return render(request, "employee_voice/wave_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(MANAGE)
def wave_edit(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    readers = selectors.readers_of_comments(request.organization)
    edits = edits_of(wave, request.organization)
    form = WaveForm(request.POST or None, readers=readers, initial=initial_of(wave), edits=edits)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_wave(by=request.member, wave=wave, plan=form.plan())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("employee_voice:wave_detail", request.organization.slug, pk)
    context = {"form": form, "survey": wave.survey, "wave": wave}
    return render(request, "employee_voice/wave_form.html", context, status=422 if form.errors else 200)


@require_GET
@member_view(Action.VIEW)
def wave_detail(request: MemberRequest, pk: int) -> HttpResponse:
    return _wave(request, wave_for(request.member, pk, Action.VIEW))


@require_POST
@member_view(MANAGE)
def wave_open(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    try:
        services.start_opening(by=request.member, wave=wave)
    except DomainError as error:
        return _wave(request, wave, refusal=str(error.message), status=error.status)
    messages.success(request, _("The wave is opening. Invitations are sent as soon as its keys are ready."))
    return redirect("employee_voice:wave_detail", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
def wave_drop(request: MemberRequest, pk: int) -> HttpResponse:
    services.drop_wave(by=request.member, wave=wave_for(request.member, pk, MANAGE))
    messages.success(request, _("The planned wave was deleted."))
    return redirect("employee_voice:survey_list", request.organization.slug)


@require_POST
@member_view(MANAGE)
def wave_resend(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    sent = services.send_refused_again(by=request.member, wave=wave)
    text = ngettext("%(count)d invitation is sent again.", "%(count)d invitations are sent again.", sent)
    messages.success(request, text % {"count": sent} if sent else _("Letters are being written."))
    return redirect("employee_voice:wave_detail", request.organization.slug, pk)


@require_http_methods(["GET", "POST"])
@member_view(MANAGE)
def invitation_resend(request: MemberRequest, pk: int, invitation: UUID) -> HttpResponse:
    """One refused address, corrected and written to again."""
    found = invitation_for(request.member, pk, invitation)
    form = AddressForm(request.POST or None, initial={"email": found.email})
    if request.method == "POST" and form.is_valid():
        try:
            services.send_one_again(by=request.member, invitation=found, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The invitation is sent again."))
            return redirect("employee_voice:wave_detail", request.organization.slug, pk)
    context = {"form": form, "invitation": found, "wave": found.wave}
    return render(
        request, "employee_voice/invitation_resend.html", context, status=422 if form.errors else 200
    )


@require_POST
@member_view(MANAGE)
def slips_print(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """The codes of one group, on a sheet to be cut: shown once, kept by no browser."""
    wave = wave_for(request.member, pk, MANAGE)
    group = group_for(wave, number)
    try:
        codes = services.print_slips(by=request.member, wave=wave, group=group)
    except DomainError as error:
        return _wave(request, wave, refusal=str(error.message), status=error.status)
    names = next((row.names for row in selectors.wave_page(wave).groups if row.group.pk == group.pk), ())
    context = {"wave": wave, "codes": codes, "names": names, "link": selectors.slip_link()}
    return render(request, "employee_voice/slips.html", context)


@require_POST
@member_view(MANAGE)
def wave_close(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    try:
        services.start_closing(by=request.member, wave=wave)
    except DomainError as error:
        return _wave(request, wave, refusal=str(error.message), status=error.status)
    messages.success(request, _("The wave takes no more answers. They are being opened."))
    return redirect("employee_voice:wave_detail", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
def wave_close_again(request: MemberRequest, pk: int) -> HttpResponse:
    services.try_closing_again(by=request.member, wave=wave_for(request.member, pk, MANAGE))
    messages.success(request, _("Closing is tried again."))
    return redirect("employee_voice:wave_detail", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
def wave_give_up(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.start_giving_up(by=request.member, wave=wave, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The wave is being closed without its answers."))
            return redirect("employee_voice:wave_detail", request.organization.slug, pk)
    return _wave(request, wave, giving_up=form)


@require_POST
@member_view(MANAGE)
def wave_publish(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    try:
        services.publish_wave(by=request.member, wave=wave)
    except DomainError as error:
        return _wave(request, wave, refusal=str(error.message), status=error.status)
    messages.success(request, _("The results are published. Lists of earlier waves were deleted."))
    return redirect("employee_voice:wave_detail", request.organization.slug, pk)


@require_http_methods(["GET", "POST"])
@member_view(MANAGE)
def wave_mapping(request: MemberRequest, pk: int) -> HttpResponse:
    """After a reorganization: which function was which in the wave before."""
    wave = wave_for(request.member, pk, MANAGE)
    form = MappingForm(request.POST or None, mapping=selectors.mapping_of(wave))
    if request.method == "POST" and form.is_valid():
        try:
            services.map_functions(by=request.member, wave=wave, came_from=form.came_from())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("employee_voice:wave_detail", request.organization.slug, pk)
    context = {"form": form, "wave": wave}
    return render(request, "employee_voice/wave_mapping.html", context, status=422 if form.errors else 200)


def _wave(
    request: MemberRequest,
    wave: Wave,
    *,
    refusal: str = "",
    giving_up: ReasonForm | None = None,
    status: int = 422,
) -> HttpResponse:
    """The wave's page, as it is or with what was refused."""
    context = {
        "page": selectors.wave_page(wave),
        "wave": wave,
        "refusal": refusal,
        "giving_up": giving_up or ReasonForm(),
    }
    refused = bool(refusal or giving_up)
    return render(request, "employee_voice/wave_detail.html", context, status=status if refused else 200)
