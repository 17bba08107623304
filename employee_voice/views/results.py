"""Results of a published wave, its comments, and what functions do about it."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import refuse_unknown_filters
from accounts.editing import edits_of, made_once
from accounts.errors import RoleTooSmall
from accounts.http import MemberRequest, member_view
from accounts.models import Membership
from accounts.services import record_download
from common.editing import NEW, SEEN
from common.errors import DomainError
from employee_voice import exports, selectors, services
from employee_voice.access import (
    action_for,
    comment_for,
    published_wave_for,
    seen_function,
    wave_with_comments_for,
)
from employee_voice.models import Wave
from employee_voice.result_forms import ActionForm, OwnerForm, ReaderForm
from employee_voice.results import EVERYBODY
from employee_voice.scope import tree_of

VIEW = Action.VIEW_EMPLOYEE_RESULTS


@require_GET
@member_view(VIEW)
def wave_results(request: MemberRequest, pk: int) -> HttpResponse:
    wave = published_wave_for(request.member, pk)
    tree = tree_of(wave)
    context = {
        "page": selectors.results_page(request.member, wave, tree=tree),
        "rights": selectors.rights_of(request.member, tree, EVERYBODY),
        "actions": selectors.action_rows(request.member, tree, tree.parents),
        "wave": wave,
    }
    return render(request, "employee_voice/results.html", context)


@require_GET
@member_view(VIEW)
def function_results(request: MemberRequest, pk: int, function: int) -> HttpResponse:
    wave = published_wave_for(request.member, pk)
    tree = tree_of(wave)
    key = seen_function(request.member, tree, str(function))
    page = selectors.results_page(request.member, wave, key, tree=tree)
    context = {
        "page": page,
        "rights": selectors.rights_of(request.member, tree, key),
        "actions": selectors.action_rows(request.member, tree, [row.key for row in page.rows]),
        "wave": wave,
        "function": function,
        "above": [(one, tree.name(one)) for one in reversed(tree.chain(key)[1:-1])],
    }
    return render(request, "employee_voice/results.html", context)


@require_GET
@member_view(VIEW)
def results_file(request: MemberRequest, pk: int, ending: str) -> HttpResponse:
    wave = published_wave_for(request.member, pk)
    return _file(request, selectors.results_page(request.member, wave), f"employees-{wave.pk}", ending)


@require_GET
@member_view(VIEW)
def function_file(request: MemberRequest, pk: int, function: int, ending: str) -> HttpResponse:
    """What the page of the function shows: it and those below it."""
    wave = published_wave_for(request.member, pk)
    tree = tree_of(wave)
    key = seen_function(request.member, tree, str(function))
    page = selectors.results_page(request.member, wave, key, tree=tree)
    return _file(request, page, f"employees-{wave.pk}-{function}", ending)


def _file(request: MemberRequest, page: selectors.ResultsPage, name: str, ending: str) -> HttpResponse:
    refuse_unknown_filters(request)
    data, kind = exports.results_file(ending, page)
    record_download(by=request.member, verb="wave.results_exported", subject=page.wave, ending=ending)
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@member_view(Action.VIEW)
def comment_list(request: MemberRequest, pk: int) -> HttpResponse:
    tree = wave_with_comments_for(request.member, pk)
    page = selectors.comments_page(request.member, tree)
    naming = _naming(request, tree.wave, page.readers)
    context = {"page": page, "wave": tree.wave, "naming": naming}
    return render(request, "employee_voice/comments.html", context)


@require_POST
@member_view(Action.VIEW)
def comment_decide(request: MemberRequest, pk: int, comment: UUID) -> HttpResponse:
    tree = wave_with_comments_for(request.member, pk)
    found = comment_for(request.member, tree, comment)
    try:
        services.decide_comment(
            by=request.member,
            comment=found,
            state=request.POST.get("state", ""),
            seen=request.POST.get(SEEN),
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect(
        reverse("employee_voice:comment_list", args=[request.organization.slug, pk]) + f"#c-{comment}"
    )


def _naming(request: MemberRequest, wave: Wave, readers: Sequence[Membership]) -> ReaderForm:
    """Opens with whoever is named; who names somebody beside another leader is told."""
    return ReaderForm(
        request.POST or None,
        readers=readers,
        initial={"reader": wave.comment_reader_id or ""},
        edits=edits_of(wave, request.organization, verb="wave.comment_reader_named"),
    )


@require_POST
@member_view(Action.RELEASE_COMMENTS)
def comment_reader(request: MemberRequest, pk: int) -> HttpResponse:
    """Name somebody from outside for comments that nobody may decide on yet."""
    tree = wave_with_comments_for(request.member, pk)
    page = selectors.comments_page(request.member, tree)
    form = _naming(request, tree.wave, page.readers)
    if form.is_valid():
        try:
            services.name_comment_reader(by=request.member, wave=tree.wave, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("employee_voice:comment_list", request.organization.slug, pk)
    context = {"page": page, "wave": tree.wave, "naming": form}
    return render(request, "employee_voice/comments.html", context, status=422)


@require_http_methods(["GET", "POST"])
@member_view(VIEW)
@made_once
def action_new(request: MemberRequest, pk: int) -> HttpResponse:
    wave = published_wave_for(request.member, pk)
    tree = tree_of(wave)
    asked = request.POST.get("function") or request.GET.get("function") or EVERYBODY
    key = seen_function(request.member, tree, asked)
    if not selectors.rights_of(request.member, tree, key).plans_actions:
        raise RoleTooSmall(request.member.role, VIEW)
    row = selectors.results_page(request.member, wave, key, tree=tree).row
    form = ActionForm(
        request.POST or None,
        drivers=[(line.measure.key, f"{line.name}: {line.favourable}") for line in row.drivers if line.band],
        owners=selectors.owners_of_actions(request.organization),
        initial={"driver": row.weakest.measure.key if row.weakest else "", "owner": request.member.pk},
        edits=NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_action(by=request.member, wave=wave, plan=form.plan(key))
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The action is planned."))
            return redirect(_address(request, pk, key))
    context = {"form": form, "wave": wave, "row": row, "back": _address(request, pk, key)}
    return render(request, "employee_voice/action_form.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(VIEW)
def action_move(request: MemberRequest, pk: int) -> HttpResponse:
    action = action_for(request.member, pk)
    try:
        services.move_action(
            by=request.member,
            action=action,
            state=request.POST.get("state", ""),
            seen=request.POST.get(SEEN),
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    key = selectors.key_of(action.wave_function_id)
    if key not in selectors.seen_by(request.member, tree_of(action.wave)):
        key = EVERYBODY  # an owner from elsewhere
    return redirect(_address(request, action.wave_id, key) + "#actions")


@require_http_methods(["GET", "POST"])
@member_view(VIEW)
def action_owner(request: MemberRequest, pk: int) -> HttpResponse:
    """Hand an action over to somebody else."""
    action = action_for(request.member, pk)
    key = selectors.key_of(action.wave_function_id)
    if not selectors.may_act_for(request.member, action.wave, key):
        raise RoleTooSmall(request.member.role, VIEW)
    form = OwnerForm(
        request.POST or None,
        owners=selectors.owners_of_actions(request.organization),
        initial={"owner": action.owner_id},
        edits=edits_of(action, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_over_action(by=request.member, action=action, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(request, action.wave_id, key) + "#actions")
    context = {"form": form, "action": action, "back": _address(request, action.wave_id, key)}
    return render(request, "employee_voice/action_owner.html", context, status=422 if form.errors else 200)


def _address(request: MemberRequest, pk: int, key: str) -> str:
    slug = request.organization.slug
    if key == EVERYBODY:
        return reverse("employee_voice:wave_results", args=[slug, pk])
    return reverse("employee_voice:function_results", args=[slug, pk, int(key)])
