"""Each use case of the coalition that breaks off at its last statement leaves nothing behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from coalition import services
from coalition.choices import Choice, InitiativeState
from coalition.models import Decision, Initiative, Milestone
from coalition.services import InitiativeValues, PlanValues, SeatValues
from coalition.services.seats import release_seats_of
from tests.factories.assessments import make_result
from tests.factories.coalition import approved, ready_initiative, submitted
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def values_of(initiative, **changes) -> InitiativeValues:
    names = ("title", "problem", "proposal", "owner", "one_off_cost", "yearly_cost", "expected_benefit")
    known = {name: getattr(initiative, name) for name in (*names, "effort_days", "planned_go_live_on")}
    return replace(InitiativeValues(**known, touchpoints=tuple(initiative.touchpoints.all())), **changes)


def plan_of(initiative, **changes) -> PlanValues:
    names = ("metric", "baseline_from", "review_on", "expected_effect", "smallest_worthwhile_effect")
    known = {name: getattr(initiative.plan, name) for name in (*names, "selection", "decision_rule")}
    return replace(PlanValues(**known), **changes)


def edited(ada, initiative, **changes) -> Callable[[], object]:
    return partial(
        services.edit_initiative,
        by=ada,
        initiative=initiative,
        values=values_of(initiative, **changes),
        lock_version=initiative.lock_version,
        reason="Because",
    )


def running(ada) -> Initiative:
    initiative = approved(ada)
    Decision.objects.update(decided_at=timezone.now() - timedelta(days=30))
    services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.IN_PROGRESS)
    return Initiative.objects.get(pk=initiative.pk)


def live(ada) -> Initiative:
    initiative = running(ada)
    services.record_go_live(by=ada, initiative=initiative, on=TODAY() - timedelta(days=20))
    return Initiative.objects.get(pk=initiative.pk)


def completed(ada) -> Initiative:
    initiative = live(ada)
    services.record_completion(by=ada, initiative=initiative, on=TODAY())
    return initiative


def a_vote(ada, seat) -> Callable[[], object]:
    initiative = submitted(ada)
    return partial(
        services.cast_vote,
        by=seat.membership,
        initiative=initiative,
        choice=Choice.APPROVE,
        revision_digest=initiative.revisions.first().digest,
    )


def left_alone(ada, seats) -> Callable[[], object]:
    """A member who holds a seat in an open vote has left."""
    submitted(ada)
    leaver = seats[1].membership
    type(leaver).objects.filter(pk=leaver.pk).update(is_active=False)
    return partial(release_seats_of, type(leaver).objects.get(pk=leaver.pk))


def a_step(initiative) -> Milestone:
    return Milestone.objects.create(initiative=initiative, title="Script", due_on=TODAY())


def seat_of(seat, **changes) -> SeatValues:
    return replace(SeatValues(membership=seat.membership, title=seat.title), **changes)


# What breaks off, at which call, and the use case: made from a leader, three seats and a draft.
BROKEN = {
    "saving the charter": (
        "services.seats.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.save_charter, by=ada, values=services.CharterValues(charter="We decide.")
        ),
    ),
    "adding a seat": (
        "services.seats.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.add_seat,
            by=ada,
            coalition=seats[0].coalition,
            values=SeatValues(membership=ada, title="Head of CX"),
        ),
    ),
    "changing a seat": (
        "services.seats.settle_votes_with",
        1,
        lambda ada, seats, draft: partial(
            services.change_seat, by=ada, seat=seats[1], values=seat_of(seats[1], title="Head of billing")
        ),
    ),
    "ending a seat": (
        "services.seats.settle_votes_with",
        1,
        lambda ada, seats, draft: partial(services.end_seat, by=ada, seat=seats[1]),
    ),
    "releasing the seats of who left": (
        "services.seats.settle_votes_with",
        2,
        lambda ada, seats, draft: left_alone(ada, seats),
    ),
    "drafting an initiative": (
        "services.drafting.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.create_initiative, by=ada, values=InitiativeValues(title="Call back", owner=ada)
        ),
    ),
    "drafting from a gap": (
        "services.drafting.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.draft_from_opportunity, by=ada, result=make_result(ada), practice="ask"
        ),
    ),
    "editing an initiative": (
        "services.changes.record_event",
        1,
        lambda ada, seats, draft: edited(ada, draft, title="Welcome letter"),
    ),
    "editing a plan": (
        "services.changes.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.edit_plan, by=ada, initiative=draft, values=plan_of(draft, segment="smb"), lock_version=1
        ),
    ),
    "changing what was approved": (
        "services.changes.open_round",
        1,
        lambda ada, seats, draft: edited(ada, approved(ada), title="Welcome letter"),
    ),
    "submitting": (
        "mail.ask_for_votes",
        1,
        lambda ada, seats, draft: partial(services.submit_initiative, by=ada, initiative=draft),
    ),
    "voting": ("services.voting.settle_locked", 1, lambda ada, seats, draft: a_vote(ada, seats[1])),
    "withdrawing": (
        "services.voting.move",
        1,
        lambda ada, seats, draft: partial(services.withdraw_initiative, by=ada, initiative=submitted(ada)),
    ),
    "deciding": (
        "mail.tell_decision",
        1,
        lambda ada, seats, draft: partial(services.settle_vote, overdue(ada)),
    ),
    "starting the work": (
        "services.states.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.move_initiative, by=ada, initiative=approved(ada), to=InitiativeState.IN_PROGRESS
        ),
    ),
    "going live": (
        "services.progress.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.record_go_live, by=ada, initiative=running(ada), on=TODAY()
        ),
    ),
    "completing": (
        "services.progress.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.record_completion, by=ada, initiative=live(ada), on=TODAY()
        ),
    ),
    "evaluating": (
        "services.states.record_event",
        1,
        lambda ada, seats, draft: partial(services.record_evaluation, by=ada, initiative=completed(ada)),
    ),
    "reporting progress": (
        "services.progress.record_event",
        1,
        lambda ada, seats, draft: partial(
            services.add_update, by=ada, initiative=draft, color="green", text="On the way"
        ),
    ),
    "handing over": (
        "models.Initiative.save",
        1,
        lambda ada, seats, draft: edited(ada, running(ada), owner=seats[0].membership),
    ),
    "correcting the go-live": (
        "models.Initiative.save",
        1,
        lambda ada, seats, draft: partial(
            services.correct_go_live,
            by=ada,
            initiative=live(ada),
            on=TODAY() - timedelta(days=19),
            reason="Typing error",
        ),
    ),
    "adding a milestone": (
        "models.Milestone.save",
        1,
        lambda ada, seats, draft: partial(
            services.add_milestone, by=ada, initiative=draft, title="Training", due_on=TODAY()
        ),
    ),
    "changing a milestone": (
        "models.Milestone.save",
        1,
        lambda ada, seats, draft: partial(
            services.change_milestone, by=ada, milestone=a_step(draft), title="Training", due_on=TODAY()
        ),
    ),
    "removing a milestone": (
        "models.Milestone.delete",
        1,
        lambda ada, seats, draft: partial(services.remove_milestone, by=ada, milestone=a_step(draft)),
    ),
    "finishing a milestone": (
        "services.milestones.record_event",
        1,
        lambda ada, seats, draft: partial(services.finish_milestone, by=ada, milestone=a_step(draft)),
    ),
}


def overdue(ada):
    """An open vote whose last day is over."""
    current = submitted(ada).rounds.get()
    current.due_on = TODAY() - timedelta(days=1)
    current.save()
    return current


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_off_leaves_nothing_behind(ada, seats, monkeypatch, name):
    last, at, prepare = BROKEN[name]
    use_case = prepare(ada, seats, ready_initiative(ada, number=9_090))
    assert left_behind(monkeypatch, f"coalition.{last}", use_case, "coalition", "accounts", at=at) == []
