"""Whom a wave asks: members, a list with a check before anybody is added, and printed slips."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Action
from accounts.editing import edits_of
from accounts.http import MemberRequest, member_view
from common.editing import Edits
from common.errors import DomainError
from employee_voice import selectors, services
from employee_voice.access import invitation_for, wave_for
from employee_voice.forms import ListForm, MembersForm, SlipsForm
from employee_voice.models import Wave
from employee_voice.services import CheckedList

PER_PAGE = 50
MANAGE = Action.MANAGE_EMPLOYEE_SURVEYS


@require_GET
@member_view(MANAGE)
def wave_people(request: MemberRequest, pk: int) -> HttpResponse:
    return _people(request, wave_for(request.member, pk, MANAGE))


@require_POST
@member_view(MANAGE)
def people_members(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    form = MembersForm(request.POST, functions=selectors.functions_with_members(request.organization))
    if not form.is_valid():
        return _people(request, wave, members=form)
    functions = list(form.cleaned_data["functions"]) or None
    added, without = services.take_members(by=request.member, wave=wave, functions=functions)
    messages.success(request, _added(added))
    if without:
        text = ngettext(
            "%(count)d member belongs to no function and was left out.",
            "%(count)d members belong to no function and were left out.",
            without,
        )
        messages.warning(request, text % {"count": without})
    return redirect("employee_voice:wave_people", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
def people_list(request: MemberRequest, pk: int) -> HttpResponse:
    """First sent it is checked and shown; with `confirm` it is taken."""
    wave = wave_for(request.member, pk, MANAGE)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _people(request, wave, listing=form)
    try:
        checked = services.check_people(wave=wave, lines=form.lines())
        if "confirm" in request.POST and not checked.problems:
            services.take_people(by=request.member, wave=wave, lines=form.lines())
            messages.success(request, _added(checked.new))
            return redirect("employee_voice:wave_people", request.organization.slug, pk)
    except DomainError as error:
        form.absorb(error.fields, error.message)
        return _people(request, wave, listing=form)
    return _people(request, wave, listing=form, checked=checked)


@require_POST
@member_view(MANAGE)
def people_clear(request: MemberRequest, pk: int) -> HttpResponse:
    removed = services.remove_people(by=request.member, wave=wave_for(request.member, pk, MANAGE))
    text = ngettext("%(count)d address was removed.", "%(count)d addresses were removed.", removed)
    messages.success(request, text % {"count": removed})
    return redirect("employee_voice:wave_people", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
def person_remove(request: MemberRequest, pk: int, invitation: UUID) -> HttpResponse:
    found = invitation_for(request.member, pk, invitation)
    services.remove_person(by=request.member, invitation=found)
    messages.success(request, _("%(email)s was removed.") % {"email": found.email})
    return redirect("employee_voice:wave_people", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
def slips_plan(request: MemberRequest, pk: int) -> HttpResponse:
    wave = wave_for(request.member, pk, MANAGE)
    form = SlipsForm(request.POST, rows=selectors.function_rows(wave), edits=_slips_of(request, wave))
    if form.is_valid():
        try:
            services.plan_slips(by=request.member, wave=wave, counts=form.counts())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("employee_voice:wave_people", request.organization.slug, pk)
    return _people(request, wave, slips=form)


def _slips_of(request: MemberRequest, wave: Wave) -> Edits:
    """The numbers are about the stored ones: what somebody else has planned meanwhile is not undone."""
    return edits_of(wave, request.organization, verb="wave.slips_planned")


def _added(number: int) -> str:
    text = ngettext("%(count)d person was added.", "%(count)d people were added.", number)
    return text % {"count": number}


def _people(
    request: MemberRequest,
    wave: Wave,
    *,
    members: MembersForm | None = None,
    listing: ListForm | None = None,
    slips: SlipsForm | None = None,
    checked: CheckedList | None = None,
) -> HttpResponse:
    rows = selectors.function_rows(wave)
    text, only_refused = request.GET.get("q", "").strip()[:254], request.GET.get("show") == "refused"
    listed = selectors.listed_people(wave, text=text, refused=only_refused)
    refused = any(form is not None and form.errors for form in (members, listing, slips))
    has_problems = refused or (checked is not None and bool(checked.problems))
    context = {
        "wave": wave,
        "rows": rows,
        "people": sum(row.people for row in rows),
        "members": members or MembersForm(functions=selectors.functions_with_members(request.organization)),
        "listing": listing or ListForm(),
        "slips": slips or SlipsForm(rows=rows, edits=_slips_of(request, wave)),
        "checked": checked,
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "q": text,
        "only_refused": only_refused,
        "pasted": listing.as_text() if checked is not None and listing is not None else "",
    }
    return render(request, "employee_voice/wave_people.html", context, status=422 if has_problems else 200)
