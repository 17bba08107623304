"""The screen on which a lot is drawn."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from coalition import selectors, services
from coalition.access import initiative_for
from coalition.choices import EDITABLE_STATES
from coalition.errors import TransitionNotAllowed
from coalition.forms import Decides, LotForm, StartForm
from common.editing import NEW
from common.errors import DomainError


@require_http_methods(["GET", "POST"])
@member_view(Action.DRAFT_INITIATIVE)
@made_once
def lot_draw(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.DRAFT_INITIATIVE)
    plan = selectors.plan_of(initiative)
    if request.method == "GET":
        services.refuse_closed_page(initiative, is_open=initiative.state in EDITABLE_STATES)
    chosen = list(initiative.touchpoints.all())
    compared = list(plan.comparison_touchpoints.all()) if plan else []
    form = LotForm(
        request.POST or None,
        organization=request.organization,
        initial={
            "touchpoints": [point.pk for point in (*chosen, *compared)],
            "takes": max(len(chosen), 1),
            "decides": Decides.WHO,
            "first": initiative.planned_go_live_on,
            "periods": 1,
        },
        edits=NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            lot = services.draw_lot(
                initiative=initiative,
                by=request.member,
                touchpoints=list(form.cleaned_data["touchpoints"]),
                takes=form.cleaned_data["takes"],
                steps=_steps(form),
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Lot %(number)s is drawn and published.") % {"number": lot.number})
            return redirect("coalition:initiative_detail", request.organization.slug, number)
    context = {"form": form, "initiative": initiative, "plan": plan, "lot": selectors.lot_view(initiative)}
    return render(
        request, "coalition/lot_draw.html", context, status=422 if request.method == "POST" else 200
    )


def _steps(form: LotForm) -> services.Steps | None:
    typed = form.cleaned_data
    if not form.is_stepped:
        return None
    return services.Steps(first=typed["first"], count=typed["steps"], periods=typed["periods"] or 1)


@require_http_methods(["GET", "POST"])
@member_view(Action.RECORD_PROGRESS)
def start_edit(request: MemberRequest, number: int) -> HttpResponse:
    """A touchpoint that started on another day than the lot gave."""
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    starts = selectors.starts_now(initiative)
    if not starts:
        raise TransitionNotAllowed(services.no_starts_text(initiative))
    form = StartForm(request.POST or None, places=[(one.key, one.text) for one in starts])
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.correct_start(
                by=request.member,
                initiative=initiative,
                key=typed["touchpoint"],
                on=typed["on"],
                reason=typed["reason"],
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The start is recorded."))
            return redirect("coalition:initiative_detail", request.organization.slug, number)
    context = {"form": form, "initiative": initiative}
    status = 422 if request.method == "POST" else 200
    return render(request, "coalition/start_edit.html", context, status=status)
