"""Lists, the board, one initiative's page, and what is still missing before a vote."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization
from coalition.choices import (
    AFTER_GO_LIVE,
    AMENDABLE_STATES,
    BOARD_STATES,
    EDITABLE_STATES,
    FIXED_PLAN_STATES,
    MOVES_BY_HAND,
    REVIEWED_STATES,
    RUNNING_STATES,
    TRANSITIONS,
    InitiativeState,
    RiskColor,
)
from coalition.models import (
    Decision,
    EvaluationPlan,
    Initiative,
    InitiativeUpdate,
)
from coalition.selectors.content import plan_of
from coalition.selectors.effects import effect_text
from coalition.selectors.lots import lot_view
from coalition.selectors.planned import calendar_line, calendar_note, planned_periods, reckoning_of
from coalition.selectors.review_days import review_day
from coalition.selectors.segments import segment_warning
from coalition.selectors.standings import RoundStanding, round_of, round_standing
from coalition.selectors.unmoved import unmoved_warning
from coalition.selectors.votes import after_no_decision, why_no_decision
from customer_voice.choices import Period
from customer_voice.selectors.periods import period_start
from journeys.models import Touchpoint
from wording.joining import listed, sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """One thing that the coalition needs before it can vote; `page` is where it is written."""

    field: str
    text: str
    page: str  # "initiative" or "plan"


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStep:
    """What happens next, who must act, by when."""

    sentence: str
    who: str
    by: date | None
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A state that a person may set now; `needs_note`: not without saying why."""

    to: str
    label: str
    needs_note: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Possible:
    """What the present state allows, whoever asks."""

    edit: bool
    amend: bool  # owner and planned go-live, as dated entries
    edit_plan: bool
    submit: bool
    record: bool  # as live already, without a vote
    go_live: bool
    correct_go_live: bool
    complete: bool
    add_milestone: bool
    report: bool
    show_evidence: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardColumn:
    """One state of the board and what stands in it, newest first."""

    state: InitiativeState
    initiatives: tuple[Initiative, ...]

    @property
    def label(self) -> str:
        return str(self.state.label)


STATE_TONES = {
    InitiativeState.SUBMITTED: "warn",
    InitiativeState.CHANGES_REQUESTED: "warn",
    InitiativeState.NO_DECISION: "warn",
    InitiativeState.APPROVED: "good",
    InitiativeState.IN_PROGRESS: "good",
    InitiativeState.LIVE: "good",
    InitiativeState.COMPLETED: "done",
    InitiativeState.EVALUATED: "done",
    InitiativeState.REJECTED: "bad",
}
COLOR_TONES = {RiskColor.GREEN: "done", RiskColor.AMBER: "warn", RiskColor.RED: "bad"}


def initiatives(
    organization: Organization,
    *,
    state: str = "",
    words: str = "",
    owner: Membership | None = None,
    touchpoint: Touchpoint | None = None,
) -> QuerySet[Initiative]:
    """The organization's initiatives with owner, touchpoints, plan's metric and the last reported color.

    Two queries when evaluated, whatever their number.
    """
    last = InitiativeUpdate.objects.filter(initiative=OuterRef("pk")).order_by("-at", "-pk")
    found = (
        Initiative.objects.of(organization)
        .select_related("organization", "owner__user", "plan__metric")
        .prefetch_related("touchpoints")
        .annotate(last_color=Subquery(last.values("color")[:1]))
    )
    if state:
        found = found.in_state(state)
    if words:
        found = found.mentioning(words)
    if owner is not None:
        found = found.filter(owner=owner)
    if touchpoint is not None:
        found = found.filter(touchpoints=touchpoint)
    return found


def board(organization: Organization) -> tuple[BoardColumn, ...]:
    """Every state of the board with its initiatives, in the order of an initiative's life. Two queries."""
    by_state: dict[str, list[Initiative]] = {}
    for initiative in initiatives(organization):
        by_state.setdefault(initiative.state, []).append(initiative)
    return tuple(
        BoardColumn(state=InitiativeState(state), initiatives=tuple(by_state.get(state, ())))
        for state in BOARD_STATES
    )


def state_tone(state: str) -> str:
    """The calm color in which a state is shown."""
    return STATE_TONES.get(InitiativeState(state), "calm")


def missing_before_vote(initiative: Initiative) -> tuple[Missing, ...]:
    """What the coalition needs and does not have yet, in the order of the forms. At most two queries."""
    plan = plan_of(initiative)
    wanted = [
        ("problem", bool(initiative.problem.strip()), _("the problem and its evidence"), "initiative"),
        ("proposal", bool(initiative.proposal.strip()), _("what we will do"), "initiative"),
        ("touchpoints", initiative.touchpoints.exists(), _("the touchpoints in scope"), "initiative"),
        ("planned_go_live_on", bool(initiative.planned_go_live_on), _("the planned go-live"), "initiative"),
        ("metric", plan is not None, _("the metric that should move"), "plan"),
        ("baseline_from", bool(plan and plan.baseline_from), _("the start of the baseline"), "plan"),
        ("review_on", bool(plan and plan.review_on), _("the review date"), "plan"),
        (
            "expected_effect",
            plan is not None and plan.expected_effect is not None,
            _("the expected effect"),
            "plan",
        ),
        (
            "decision_rule",
            bool(plan and plan.decision_rule.strip()),
            _("what we will do with the result"),
            "plan",
        ),
    ]
    missing = [Missing(field=field, text=text, page=page) for field, there, text, page in wanted if not there]
    return (*missing, *_contradictions(initiative))


def missing_to_record(initiative: Initiative) -> tuple[Missing, ...]:
    """The same for what is live already and is recorded without a vote. At most two queries."""
    plan = plan_of(initiative)
    wanted = [
        ("proposal", bool(initiative.proposal.strip()), _("what was done"), "initiative"),
        ("touchpoints", initiative.touchpoints.exists(), _("the touchpoints in scope"), "initiative"),
        ("metric", plan is not None, _("the metric that should have moved"), "plan"),
        ("baseline_from", bool(plan and plan.baseline_from), _("the start of the baseline"), "plan"),
    ]
    missing = [Missing(field=field, text=text, page=page) for field, there, text, page in wanted if not there]
    return (*missing, *_contradictions(initiative))


def needed_now(initiative: Initiative) -> tuple[Missing, ...]:
    """What a draft still lacks for its next step: to be recorded where it looks back, else to be voted on."""
    return missing_to_record(initiative) if initiative.is_look_back else missing_before_vote(initiative)


def next_step(initiative: Initiative, standing: RoundStanding | None = None) -> NextStep:
    """The one line under the title. At most four queries (open vote: its standing is given or read)."""
    step, owner = _next_step(initiative, standing), initiative.owner
    if not owner.is_active and step.who == str(owner):
        step = replace(step, who=_("a CX leader"), sentence=f"{_left(initiative)} {step.sentence}")
    is_overdue = step.by is not None and step.by < initiative.organization.clock.today()
    return replace(step, is_overdue=is_overdue)


def _complete(plan: EvaluationPlan | None) -> str:
    """Nothing is missing; a segment that no answer carries may be meant, and is said."""
    doubt = segment_warning(plan) if plan else ""
    if doubt:
        return sentences(
            [doubt, _("Everything else is complete: correct the segment, or submit it as it is.")]
        )
    if plan and (doubt := unmoved_warning(plan)):
        return sentences(
            [doubt, _("Everything else is complete: choose another metric that should stay, or submit it.")]
        )
    return _("Complete. Submit it to the coalition.")


def _next_step(initiative: Initiative, standing: RoundStanding | None) -> NextStep:
    plan, owner = plan_of(initiative), str(initiative.owner)
    review = plan.review_on if plan else None
    if initiative.state in REVIEWED_STATES and not initiative.is_look_back:
        review = review_day(initiative)
    match initiative.state:
        case InitiativeState.SUBMITTED:
            return _vote_step(initiative, standing)
        case InitiativeState.DRAFT if initiative.is_look_back:
            return NextStep(sentence=_recording(initiative), who=owner, by=None)
        case InitiativeState.DRAFT:
            missing = missing_before_vote(initiative)
            if missing:
                sentence = ngettext(
                    "Add what is missing, then submit it: %(what)s.",
                    "Add what is missing, then submit it: %(what)s.",
                    len(missing),
                ) % {"what": listed(item.text for item in missing)}
            else:
                sentence = _complete(plan)
            return NextStep(sentence=sentence, who=owner, by=None)
        case InitiativeState.CHANGES_REQUESTED:
            return NextStep(
                sentence=_("Answer the coalition's requests and submit it again."), who=owner, by=None
            )
        case InitiativeState.NO_DECISION:
            last = Decision.objects.filter(initiative=initiative).first()
            more = [why_no_decision(last), after_no_decision(last)] if last else []
            return NextStep(
                sentence=sentences([_("The vote ended without a decision."), *more]), who=owner, by=None
            )
        case InitiativeState.APPROVED:
            return NextStep(
                sentence=_("Approved. Start the work."), who=owner, by=initiative.planned_go_live_on
            )
        case InitiativeState.IN_PROGRESS:
            return NextStep(
                sentence=_("Roll it out to customers and record the go-live day."),
                who=owner,
                by=initiative.planned_go_live_on,
            )
        case InitiativeState.LIVE if initiative.is_look_back:
            return NextStep(
                sentence=_("Recorded afterwards. A study shows what it did; then record the completion."),
                who=owner,
                by=review,
            )
        case InitiativeState.LIVE:
            return NextStep(
                sentence=_("Live. The review will show what it achieved; then record the completion."),
                who=owner,
                by=review,
            )
        case InitiativeState.COMPLETED:
            return NextStep(
                sentence=_("Completed. Look at the evidence and its value."), who=owner, by=review
            )
        case InitiativeState.ON_HOLD:
            return NextStep(sentence=_("Paused. Resume it or cancel it."), who=owner, by=None)
        case InitiativeState.REJECTED:
            return NextStep(
                sentence=_("Rejected. It can be reopened as a draft with a stronger case."), who="", by=None
            )
        case InitiativeState.CANCELLED:
            return NextStep(sentence=_("Canceled. No further steps."), who="", by=None)
    return NextStep(sentence=_("Evaluated. No further steps."), who="", by=None)


def _recording(initiative: Initiative) -> str:
    missing = missing_to_record(initiative)
    if not missing:
        return _("Complete. Fix the plan, then run the study.")
    return ngettext(
        "Add what is missing, then record it: %(what)s.",
        "Add what is missing, then record it: %(what)s.",
        len(missing),
    ) % {"what": listed(item.text for item in missing)}


def moves(initiative: Initiative) -> tuple[Move, ...]:
    """What a person may do with its state by hand now. No query."""
    if initiative.state == InitiativeState.SUBMITTED:
        return ()
    labels = {
        InitiativeState.IN_PROGRESS: _("Resume")
        if initiative.state == InitiativeState.ON_HOLD
        else _("Start the work"),
        InitiativeState.ON_HOLD: _("Put on hold"),
        InitiativeState.CANCELLED: _("Cancel the initiative"),
        InitiativeState.DRAFT: _("Reopen as a draft"),
    }
    allowed = TRANSITIONS[initiative.state] & MOVES_BY_HAND
    return tuple(
        Move(
            to=str(to),
            label=label,
            needs_note=to in {InitiativeState.ON_HOLD, InitiativeState.CANCELLED},
        )
        for to, label in labels.items()
        if to in allowed
    )


def possible(initiative: Initiative) -> Possible:
    """What can be done in this state. No query."""
    state, looks_back = initiative.state, initiative.is_look_back
    is_fixed = looks_back and initiative.went_live_on is not None
    return Possible(
        edit=state in EDITABLE_STATES or state == InitiativeState.APPROVED,
        amend=state in AMENDABLE_STATES,
        edit_plan=not is_fixed
        and (state in EDITABLE_STATES | FIXED_PLAN_STATES or state == InitiativeState.APPROVED),
        submit=state in EDITABLE_STATES and not looks_back,
        record=state == InitiativeState.DRAFT and looks_back,
        go_live=InitiativeState.LIVE in TRANSITIONS[state] and state != InitiativeState.ON_HOLD,
        correct_go_live=initiative.went_live_on is not None and state in AFTER_GO_LIVE and not looks_back,
        complete=InitiativeState.COMPLETED in TRANSITIONS[state],
        add_milestone=state in EDITABLE_STATES | RUNNING_STATES,
        report=state in RUNNING_STATES,
        show_evidence=initiative.went_live_on is not None,
    )


def plan_words(plan: EvaluationPlan | None) -> dict[str, Any]:
    """The plan's sizes with their unit, its calendar, its lot, and whether the approval that fixed it still
    holds. At most five queries: two where no lot was drawn."""
    if plan is None:
        return {}
    worthwhile = float(plan.smallest_worthwhile_effect)
    return {
        "expected": ""
        if plan.expected_effect is None
        else effect_text(plan.metric, float(plan.expected_effect)),
        "worthwhile": effect_text(plan.metric, worthwhile) if worthwhile else _("any change"),
        "calendar": calendar_line(plan.period, reckoning_of(plan)),
        "calendar_note": calendar_note(plan),
        "lot": lot_view(plan.initiative),
        "spillover": [str(point) for point in plan.spillover_touchpoints.order_by("name")],
        "is_fixed": plan.fixed_at is not None
        and plan.initiative.state not in EDITABLE_STATES | {InitiativeState.SUBMITTED},
    }


def needs_reason(initiative: Initiative) -> bool:
    """Whether an edit changes something that was approved. During a vote nothing may change at all."""
    return initiative.state not in EDITABLE_STATES | {InitiativeState.SUBMITTED}


def updates(initiative: Initiative) -> QuerySet[InitiativeUpdate]:
    """Reports of progress, newest first. One query."""
    return initiative.updates.select_related("by__user")


def _left(initiative: Initiative) -> str:
    """That the owner is gone, and what follows from it."""
    if initiative.state in EDITABLE_STATES | AMENDABLE_STATES:
        return _("%(owner)s has left: a CX leader must name a new owner.") % {"owner": initiative.owner}
    return _("%(owner)s, who owned it, has left.") % {"owner": initiative.owner}


def _vote_step(initiative: Initiative, standing: RoundStanding | None) -> NextStep:
    if standing is None:
        current = round_of(initiative)
        if current is None:
            return NextStep(sentence="", who="", by=None)
        standing = round_standing(current)
    names = standing.waiting_for
    who = listed(names[:4])
    if len(names) > 4:
        who = _("%(names)s and %(count)s more") % {"names": who, "count": len(names) - 4}
    sentence = _("%(sentence)s.") % {"sentence": standing.sentence}
    return NextStep(sentence=sentence, who=who, by=standing.round.due_on)


def _contradictions(initiative: Initiative) -> list[Missing]:
    """Dates and touchpoints that were right when written and no longer fit each other."""
    plan, start = plan_of(initiative), initiative.begins_on
    found = []
    if initiative.is_planned and start and start <= initiative.organization.clock.today():
        text = _("a planned go-live in the future")
        found.append(Missing(field="planned_go_live_on", text=text, page="initiative"))
    if plan is None:
        return found
    if start and plan.baseline_from and plan.baseline_from >= start:
        text = _("a baseline that begins before the go-live")
        found.append(Missing(field="baseline_from", text=text, page="plan"))
    if start and plan.review_on and plan.review_on <= start:
        found.append(Missing(field="review_on", text=_("a review after the go-live"), page="plan"))
    elif start and plan.review_on and planned_periods(plan, start) < 1:
        text = _("a review that leaves a whole period to measure after the go-live and the lag")
        found.append(Missing(field="review_on", text=text, page="plan"))
    if plan.starts and start and start.isoformat() != min(plan.starts.values()):
        text = _("a planned go-live on the day of the first start that was drawn, or another lot")
        found.append(Missing(field="planned_go_live_on", text=text, page="initiative"))
    if any(not _begins_period(plan, day) for day in plan.starts.values()):
        text = _("periods that begin on the days that were drawn, or another lot")
        found.append(Missing(field="period", text=text, page="plan"))
    if plan.comparison_touchpoints.filter(pk__in=initiative.touchpoints.values("pk")).exists():
        text = _("a comparison with touchpoints that do not get it")
        found.append(Missing(field="comparison_touchpoints", text=text, page="plan"))
    if plan.spillover_touchpoints.filter(pk__in=initiative.touchpoints.values("pk")).exists():
        text = _("touchpoints that could be affected and do not get it themselves")
        found.append(Missing(field="spillover_touchpoints", text=text, page="plan"))
    return found


def _begins_period(plan: EvaluationPlan, iso: str) -> bool:
    day = date.fromisoformat(iso)
    return period_start(day, Period(plan.period), reckoning_of(plan)) == day
