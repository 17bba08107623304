"""List, board, page, draft and plan of initiatives."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from assessments.access import result_for
from coalition import selectors, services
from coalition.access import initiative_for, may_on, milestone_for
from coalition.forms import (
    AmendForm,
    CorrectionForm,
    DayForm,
    InitiativeFilterForm,
    InitiativeForm,
    MilestoneForm,
    MoveForm,
    PlanForm,
    SubmitForm,
    UpdateForm,
)
from coalition.models import Initiative
from coalition.selectors.reviews import review_brief
from coalition.tables import InitiativeTable
from coalition.views.absorbing import absorb, draft_asked, number_sent
from common.editing import NEW, SEEN
from common.errors import DomainError
from common.forms import StyledForm
from common.listing import show_page
from common.registry import known_result, uses_of
from employee_voice.access import published_wave_for

# The page of one initiative shows several small forms: their fields need names of their own.
SUBMIT_ID, UPDATE_ID, MILESTONE_ID, CORRECTION_ID = "submit_%s", "update_%s", "milestone_%s", "correct_%s"


@require_GET
@member_view(Action.VIEW)
def initiative_list(request: MemberRequest) -> HttpResponse:
    filters = InitiativeFilterForm(request.GET or None, organization=request.organization)
    criteria = filters.criteria() if filters.is_bound else {}
    table = InitiativeTable(selectors.initiatives(request.organization, **criteria))
    show_page(request, table)
    context = {
        "filters": filters,
        "table": table,
        "is_filtered": any(criteria.values()),
        "waiting": selectors.votes_waiting_for(request.member),
        "coalition": selectors.coalition_of(request.organization),
    }
    return render(request, "coalition/initiative_list.html", context)


@require_GET
@member_view(Action.VIEW)
def initiative_board(request: MemberRequest) -> HttpResponse:
    return render(
        request, "coalition/initiative_board.html", {"columns": selectors.board(request.organization)}
    )


@require_GET
@member_view(Action.VIEW)
def initiative_detail(request: MemberRequest, number: int) -> HttpResponse:
    return _page(request, initiative_for(request.member, number, Action.VIEW))


@require_http_methods(["GET", "POST"])
@member_view(Action.DRAFT_INITIATIVE)
@made_once
def initiative_create(request: MemberRequest) -> HttpResponse:
    looks_back = bool(request.GET.get("live"))
    form = InitiativeForm(
        request.POST or None,
        organization=request.organization,
        initial=draft_asked(request),
        looks_back=looks_back,
        edits=NEW,
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            initiative = services.create_initiative(by=request.member, values=form.values())
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Draft saved. Next: how will we know whether it worked?"))
            return redirect("coalition:plan_edit", request.organization.slug, initiative.number)
    context = {"form": form, "looks_back": looks_back}
    return render(request, "coalition/initiative_edit.html", context, status=status)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def initiative_from_opportunity(request: MemberRequest) -> HttpResponse:
    result = result_for(request.member, number_sent(request.POST.get("result")), Action.DRAFT_INITIATIVE)
    initiative = services.draft_from_opportunity(
        by=request.member, result=result, practice=request.POST.get("practice", "")
    )
    messages.success(request, _("Draft created from the assessment. Add what you will do and what it costs."))
    return redirect("coalition:initiative_detail", request.organization.slug, initiative.number)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def initiative_from_wave(request: MemberRequest) -> HttpResponse:
    """A draft from a driver that employees find weak."""
    wave = published_wave_for(request.member, number_sent(request.POST.get("wave")))
    initiative = services.draft_from_wave(
        by=request.member,
        wave=wave,
        function=request.POST.get("function", ""),
        driver=request.POST.get("driver", ""),
    )
    messages.success(request, _("Draft created from the survey. Add what you will do and what it costs."))
    return redirect("coalition:initiative_detail", request.organization.slug, initiative.number)


@require_http_methods(["GET", "POST"])
@member_view(Action.DRAFT_INITIATIVE)
def initiative_edit(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.DRAFT_INITIATIVE)
    possible = selectors.possible(initiative)
    if request.method == "GET":
        services.refuse_closed_page(initiative, is_open=possible.edit or possible.amend)
    form: InitiativeForm | AmendForm
    if possible.amend:
        form = AmendForm(request.POST or None, organization=request.organization, initiative=initiative)
    else:
        form = InitiativeForm(
            request.POST or None,
            organization=request.organization,
            initiative=initiative,
            looks_back=initiative.is_look_back,
            needs_reason=selectors.needs_reason(initiative),
        )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_initiative(
                by=request.member, initiative=initiative, values=form.values(), **form.lock
            )
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("coalition:initiative_detail", request.organization.slug, number)
    context = {
        "form": form,
        "initiative": initiative,
        "looks_back": initiative.is_look_back,
        "possible": possible,
    }
    template = "coalition/initiative_amend.html" if possible.amend else "coalition/initiative_edit.html"
    return render(request, template, context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.DRAFT_INITIATIVE)
def plan_edit(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.DRAFT_INITIATIVE)
    if request.method == "GET":
        services.refuse_closed_page(initiative, is_open=selectors.possible(initiative).edit_plan)
    form = PlanForm(
        request.POST or None,
        organization=request.organization,
        initiative=initiative,
        plan=selectors.plan_of(initiative),
        needs_reason=selectors.needs_reason(initiative),
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_plan(by=request.member, initiative=initiative, values=form.values(), **form.lock)
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Plan saved."))
            return redirect("coalition:initiative_detail", request.organization.slug, number)
    context = {"form": form, "initiative": initiative, "visibility": selectors.visibility(initiative)}
    return render(request, "coalition/plan_edit.html", context, status=status)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def initiative_submit(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.DRAFT_INITIATIVE)
    form = SubmitForm(request.POST, auto_id=SUBMIT_ID)
    return _do(
        request,
        initiative,
        "submit_form",
        form,
        lambda: services.submit_initiative(
            by=request.member, initiative=initiative, due_on=form.cleaned_data["due_on"]
        ),
        _("Submitted. The voters are asked by e-mail."),
    )


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def initiative_record(request: MemberRequest, number: int) -> HttpResponse:
    """What is live already is recorded without a vote, its plan fixed."""
    initiative = initiative_for(request.member, number, Action.DRAFT_INITIATIVE)
    services.record_look_back(by=request.member, initiative=initiative)
    messages.success(request, _("Recorded, and the plan is fixed. Next: the study."))
    return redirect("impact:initiative_impact", request.organization.slug, number)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def initiative_withdraw(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.DRAFT_INITIATIVE)
    services.withdraw_initiative(by=request.member, initiative=initiative, note=request.POST.get("note", ""))
    messages.success(request, _("Withdrawn from the vote. It is a draft again."))
    return redirect("coalition:initiative_detail", request.organization.slug, number)


@require_POST
@member_view(Action.RECORD_PROGRESS)
def initiative_move(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    form = MoveForm(request.POST)
    return _do(
        request,
        initiative,
        "move_form",
        form,
        lambda: services.move_initiative(
            by=request.member, initiative=initiative, seen=request.POST.get(SEEN), **form.cleaned_data
        ),
        _("Recorded."),
    )


@require_POST
@member_view(Action.RECORD_PROGRESS)
def initiative_go_live(request: MemberRequest, number: int) -> HttpResponse:
    """Record the go-live; where one is recorded, correct its day with a reason."""
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    if initiative.went_live_on is not None:
        correction = _correction_form(request.POST, initiative)
        return _do(
            request,
            initiative,
            "correction_form",
            correction,
            lambda: services.correct_go_live(
                by=request.member, initiative=initiative, **correction.cleaned_data
            ),
            _("Go-live corrected. New studies use this day; older ones say which day they used."),
        )
    form = DayForm(request.POST)
    return _do(
        request,
        initiative,
        "day_form",
        form,
        lambda: services.record_go_live(by=request.member, initiative=initiative, **form.cleaned_data),
        _("Go-live recorded. The evaluation starts from this day."),
    )


@require_POST
@member_view(Action.RECORD_PROGRESS)
def initiative_complete(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    form = DayForm(request.POST)
    return _do(
        request,
        initiative,
        "day_form",
        form,
        lambda: services.record_completion(by=request.member, initiative=initiative, **form.cleaned_data),
        _("Completion recorded."),
    )


@require_POST
@member_view(Action.RECORD_PROGRESS)
@made_once
def update_create(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    form = UpdateForm(request.POST, auto_id=UPDATE_ID, edits=NEW)
    return _do(
        request,
        initiative,
        "update_form",
        form,
        lambda: services.add_update(by=request.member, initiative=initiative, **form.cleaned_data),
        _("Thank you, recorded."),
    )


@require_POST
@member_view(Action.RECORD_PROGRESS)
@made_once
def milestone_create(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    needs_reason = selectors.needs_reason(initiative)
    form = MilestoneForm(request.POST, auto_id=MILESTONE_ID, needs_reason=needs_reason, edits=NEW)
    return _do(
        request,
        initiative,
        "milestone_form",
        form,
        lambda: services.add_milestone(by=request.member, initiative=initiative, **form.cleaned_data),
        _("Milestone added."),
    )


@require_POST
@member_view(Action.RECORD_PROGRESS)
def milestone_done(request: MemberRequest, number: int, pk: int) -> HttpResponse:
    milestone = milestone_for(request.member, number, pk, Action.RECORD_PROGRESS)
    services.finish_milestone(by=request.member, milestone=milestone)
    messages.success(request, _("Done."))
    return redirect("coalition:initiative_detail", request.organization.slug, number)


@require_http_methods(["GET", "POST"])
@member_view(Action.DRAFT_INITIATIVE)
def milestone_edit(request: MemberRequest, number: int, pk: int) -> HttpResponse:
    milestone = milestone_for(request.member, number, pk, Action.DRAFT_INITIATIVE)
    form = MilestoneForm(
        request.POST or None,
        needs_reason=selectors.needs_reason(milestone.initiative),
        initial={"title": milestone.title, "due_on": milestone.due_on},
        edits=edits_of(milestone.initiative, request.organization),
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_milestone(by=request.member, milestone=milestone, **form.cleaned_data)
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("coalition:initiative_detail", request.organization.slug, number)
    context = {"form": form, "milestone": milestone, "initiative": milestone.initiative}
    return render(request, "coalition/milestone_edit.html", context, status=status)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def milestone_remove(request: MemberRequest, number: int, pk: int) -> HttpResponse:
    milestone = milestone_for(request.member, number, pk, Action.DRAFT_INITIATIVE)
    services.remove_milestone(by=request.member, milestone=milestone, reason=request.POST.get("reason", ""))
    messages.success(request, _("Removed."))
    return redirect("coalition:initiative_detail", request.organization.slug, number)


def _do(
    request: MemberRequest,
    initiative: Initiative,
    name: str,
    form: StyledForm,
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    """One small form of the initiative's page: act and go back, or show the page with what was typed."""
    status = 422
    if form.is_valid():
        try:
            act()
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, done)
            return redirect("coalition:initiative_detail", request.organization.slug, initiative.number)
    fresh = initiative_for(request.member, initiative.number, Action.VIEW)
    # Told above all of the page: the state that refused may have taken the form off it
    return _page(request, fresh, status=status, refusals=form.non_field_errors(), **{name: form})


def _page(request: MemberRequest, initiative: Initiative, status: int = 200, **forms: Any) -> HttpResponse:
    voting = selectors.vote_page(initiative, request.member)
    if voting is not None and services.settle_if_ripe(initiative, voting.standing):
        initiative, voting = initiative_for(request.member, initiative.number, Action.VIEW), None
    plan = selectors.plan_of(initiative)
    may_record = may_on(request.member, initiative, Action.RECORD_PROGRESS)
    context: dict[str, Any] = {
        "initiative": initiative,
        "plan": plan,
        "plan_words": selectors.plan_words(plan),
        "employees": selectors.figure_of_wave(request.member, initiative),
        "possible": selectors.possible(initiative),
        "tone": selectors.state_tone(initiative.state),
        "voting": voting,
        "step": selectors.next_step(initiative, voting.standing if voting else None),
        "missing": selectors.needed_now(initiative),
        "visibility": selectors.visibility(initiative),
        "overlaps": None if initiative.went_live_on else selectors.overlap_map(initiative),
        "rounds": selectors.closed_rounds(initiative),
        "review": review_brief(initiative),
        "updates": selectors.updates(initiative)[:10],
        "milestones": initiative.milestones.all(),
        "touchpoints": initiative.touchpoints.all(),
        "moves": selectors.moves(initiative),
        "may_edit": may_on(request.member, initiative, Action.DRAFT_INITIATIVE),
        "may_record": may_record,
        "is_waited_for": voting.is_waited_for if voting else may_record,
        "amendments": selectors.amendments(initiative),
        "plan_changes": selectors.plan_changes(initiative),
        "submit_form": SubmitForm(auto_id=SUBMIT_ID),
        "update_form": UpdateForm(auto_id=UPDATE_ID, edits=NEW),
        "milestone_form": MilestoneForm(
            auto_id=MILESTONE_ID, edits=NEW, needs_reason=selectors.needs_reason(initiative)
        ),
        "day_form": DayForm(),
        "refusals": (),
        "correction_form": _correction_form(None, initiative),
        "archived_places": selectors.archived_places(initiative),
        "merges": selectors.merge_sentences(initiative),
        "maturity": initiative.maturity_result,
        "uses": uses_of(request.member, initiative),
        "known_result": None if initiative.went_live_on is None else known_result(initiative),
        **forms,
    }
    return render(request, "coalition/initiative_detail.html", context, status=status)


def _correction_form(data: QueryDict | None, initiative: Initiative) -> CorrectionForm:
    """Opens with the day that is recorded; whoever corrects it beside somebody else is told."""
    return CorrectionForm(
        data,
        auto_id=CORRECTION_ID,
        initial={"on": initiative.went_live_on},
        edits=edits_of(initiative, initiative.organization),
    )
