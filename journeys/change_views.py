"""Screens of changes of many touchpoints at once: send a file or choose, read, apply, undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from common.downloads import csv_parts
from common.editing import NEW
from common.errors import DomainError
from journeys import change_services as services
from journeys.access import change_for, changes_for, touchpoints_for
from journeys.change_forms import ChosenForm, TouchpointFileForm
from journeys.change_pages import change_page
from journeys.change_plans import plan_change
from journeys.choices import MOST_ROWS, ChangeState
from journeys.exports import COLUMNS
from journeys.filters import TouchpointFilter
from journeys.models import InventoryChange
from wording.formats import reader
from wording.joining import listed

EDIT = Action.EDIT_TOUCHPOINTS
MOST_LISTED = 50


@require_GET
@member_view(EDIT)
def change_list(request: MemberRequest) -> HttpResponse:
    """What was proposed, applied and undone, newest first."""
    rows = list(changes_for(request.member).defer("asked", "done")[:MOST_LISTED])
    return render(request, "journeys/change_list.html", {"changes": rows})


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def change_file(request: MemberRequest) -> HttpResponse:
    form = TouchpointFileForm(request.POST or None, request.FILES or None, edits=NEW)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            change = services.propose_from_file(by=request.member, file=file, filename=file.name)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("journeys:change_detail", request.organization.slug, change.pk)
    context = {"form": form, "columns": COLUMNS[:-1], "most": MOST_ROWS}
    return render(request, "journeys/change_file.html", context, status=422 if form.errors else 200)


@require_GET
@member_view(EDIT)
def change_sample(request: MemberRequest) -> HttpResponse:
    """A file of two rows with every column that an import reads."""
    rows = [
        ("", "First bill", "onboard", "post", "", "", "yes", "Understand the first invoice", "", ""),
        ("", "Review sites", "evaluate", "reviews", "", "", "no", "Hear what others say of us", "", ""),
    ]
    text = "".join(csv_parts(COLUMNS[:-1], rows))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="touchpoints-sample.csv"'
    return response


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def change_choose(request: MemberRequest) -> HttpResponse:
    """The chosen touchpoints (`touchpoints`), or with `all` those that the list shows with its filters."""
    if request.method == "POST":
        form = ChosenForm(request.POST, organization=request.organization, edits=NEW)
        if form.is_valid():
            try:
                change = services.propose_for_chosen(
                    by=request.member, touchpoints=form.chosen(), values=form.values()
                )
            except DomainError as error:
                form.absorb(error.fields, error.message)
            else:
                return redirect("journeys:change_detail", request.organization.slug, change.pk)
        keys = request.POST.getlist("touchpoints")
    else:
        keys = _chosen_keys(request)
        form = ChosenForm(initial={"touchpoints": keys}, organization=request.organization, edits=NEW)
    rows = list(
        touchpoints_for(request.member, EDIT).filter(is_archived=False).filter(key__in=keys[:MOST_ROWS])
    )
    if not rows:
        messages.warning(request, _("Choose at least one touchpoint."))
        return redirect("journeys:touchpoint_list", request.organization.slug)
    context = {"form": form, "chosen": rows, "names": listed(row.name for row in rows[:12])}
    return render(request, "journeys/change_choose.html", context, status=422 if form.errors else 200)


def _chosen_keys(request: MemberRequest) -> list[str]:
    if "all" not in request.GET:
        return request.GET.getlist("touchpoints")
    rows = touchpoints_for(request.member, EDIT).filter(is_archived=False)
    found = TouchpointFilter(request.GET, queryset=rows, organization=request.organization)
    return list(found.qs.values_list("key", flat=True)[:MOST_ROWS])


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def change_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """GET says what would happen, or what has; POST applies it."""
    change = change_for(request.member, pk)
    refusal = ""
    if request.method == "POST":
        try:
            plan = services.apply_change(by=request.member, change=change, seen=request.POST.get("seen", ""))
        except DomainError as error:
            refusal = str(error.message)
        else:
            messages.success(request, _told(len(plan.added), len(plan.changed)))
            return redirect("journeys:change_detail", request.organization.slug, pk)
    status = 409 if refusal else 200
    if change.state != ChangeState.PROPOSED:
        return render(request, "journeys/change_done.html", _done(change, refusal), status=status)
    context: dict[str, Any] = {"page": change_page(change, plan_change(change)), "refusal": refusal}
    return render(request, "journeys/change_detail.html", context, status=status)


def _done(change: InventoryChange, refusal: str) -> dict[str, Any]:
    added = [one["name"] for one in change.done if one["is_new"]]
    changed = [one["name"] for one in change.done if not one["is_new"]]
    return {"change": change, "added": added, "changed": changed, "refusal": refusal}


@require_POST
@member_view(EDIT)
def change_answers(request: MemberRequest, pk: int) -> HttpResponse:
    """`same` or `new` for each row whose name is spelled like a known one, as `line-<number>`."""
    change = change_for(request.member, pk)
    answers = {
        name.removeprefix("line-"): str(value)
        for name, value in request.POST.items()
        if name.startswith("line-") and value
    }
    try:
        services.answer_alike(by=request.member, change=change, answers=answers)
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("journeys:change_detail", request.organization.slug, pk)


@require_POST
@member_view(EDIT)
def change_discard(request: MemberRequest, pk: int) -> HttpResponse:
    try:
        services.discard_change(change=change_for(request.member, pk))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("It is discarded. Nothing was changed."))
    return redirect("journeys:change_list", request.organization.slug)


@require_POST
@member_view(EDIT)
def change_undo(request: MemberRequest, pk: int) -> HttpResponse:
    try:
        undone = services.undo_change(by=request.member, change=change_for(request.member, pk))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        text = ngettext(
            "%(count)s touchpoint is as it was before.",
            "%(count)s touchpoints are as they were before.",
            undone.back,
        )
        messages.success(request, text % {"count": reader().number(undone.back)})
        if undone.kept:
            text = _("Changed or used since then, and left as they are: %(names)s.")
            messages.warning(request, text % {"names": listed(undone.kept)})
    return redirect("journeys:change_detail", request.organization.slug, pk)


def _told(added: int, changed: int) -> str:
    number = reader().number
    return _("%(added)s added, %(changed)s changed.") % {"added": number(added), "changed": number(changed)}
