"""Drafting, editing at the same time, and changing what was approved."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Organization
from coalition import selectors, services
from coalition.choices import InitiativeState
from coalition.errors import EditConflict, NotEditable, TransitionNotAllowed, UnchangedContent
from coalition.models import Initiative
from common.errors import InvalidValues
from tests.factories.assessments import make_result
from tests.factories.coalition import InitiativeFactory, approved, ready_initiative, submitted
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory
from wording.formats import Territory, writing_for

pytestmark = pytest.mark.django_db


def values_of(initiative, **changes):
    return replace(
        services.InitiativeValues(
            title=initiative.title,
            owner=initiative.owner,
            problem=initiative.problem,
            proposal=initiative.proposal,
            touchpoints=tuple(initiative.touchpoints.all()),
            one_off_cost=initiative.one_off_cost,
            yearly_cost=initiative.yearly_cost,
            expected_benefit=initiative.expected_benefit,
            effort_days=initiative.effort_days,
            planned_go_live_on=initiative.planned_go_live_on,
        ),
        **changes,
    )


def plan_of(initiative, **changes):
    plan = initiative.plan
    return replace(
        services.PlanValues(
            metric=plan.metric,
            baseline_from=plan.baseline_from,
            review_on=plan.review_on,
            expected_effect=plan.expected_effect,
            smallest_worthwhile_effect=plan.smallest_worthwhile_effect,
            selection=plan.selection,
            decision_rule=plan.decision_rule,
            comparison_touchpoints=tuple(plan.comparison_touchpoints.all()),
        ),
        **changes,
    )


def test_initiatives_are_numbered_within_their_organization(ada, dora):
    first = services.create_initiative(by=ada, values=services.InitiativeValues(title="One", owner=ada))
    second = services.create_initiative(by=ada, values=services.InitiativeValues(title="Two", owner=ada))
    other = services.create_initiative(by=dora, values=services.InitiativeValues(title="One", owner=dora))
    assert (first.number, second.number, other.number) == (1, 2, 1)
    assert first.reference == "INI-1"


def test_draft_refuses_what_belongs_elsewhere(ada, dora):
    foreign = TouchpointFactory(organization=dora.organization)
    with pytest.raises(InvalidValues) as refusal:
        services.create_initiative(
            by=ada,
            values=services.InitiativeValues(
                title=" ", owner=dora, touchpoints=(foreign,), one_off_cost=Decimal(-1)
            ),
        )
    assert set(refusal.value.fields) == {"title", "owner", "touchpoints", "one_off_cost"}


def test_second_editor_is_told_and_nothing_is_overwritten(ada, ben):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    opened = initiative.lock_version
    services.edit_initiative(
        by=ben, initiative=initiative, values=values_of(initiative, title="Ben's"), lock_version=opened
    )
    with pytest.raises(EditConflict) as refusal:
        services.edit_initiative(
            by=ada, initiative=initiative, values=values_of(initiative, title="Ada's"), lock_version=opened
        )
    assert "Ben" in str(refusal.value.message)
    assert refusal.value.fields == {"title": "Stored now: Ben's"}
    assert Initiative.objects.get().title == "Ben's"


def test_what_is_stored_now_is_written_as_the_page_writes_it(ada, ben):
    initiative = ready_initiative(ada)
    stored = values_of(initiative, one_off_cost=Decimal("12500.50"))
    services.edit_initiative(by=ben, initiative=initiative, values=stored, lock_version=1)
    initiative.refresh_from_db()
    Organization.objects.filter(pk=ada.organization_id).update(currency="EUR")
    with writing_for(Territory(code="DE", is_chosen=True)), pytest.raises(EditConflict) as refusal:
        services.edit_initiative(
            by=ada,
            initiative=initiative,
            values=values_of(initiative, one_off_cost=Decimal(9), planned_go_live_on=None),
            lock_version=1,
        )
    day = initiative.planned_go_live_on
    assert refusal.value.fields == {
        "one_off_cost": "Stored now: EUR\u00a012.500,50",
        "planned_go_live_on": f"Stored now: {day.day} {day:%b} {day.year}",
    }


def test_the_size_that_is_stored_now_has_the_unit_of_its_metric(ada):
    initiative = ready_initiative(ada)
    size = plan_of(initiative, expected_effect=Decimal("7.5"))
    services.edit_plan(by=ada, initiative=initiative, values=size, lock_version=1)
    with writing_for(Territory(code="DE", is_chosen=True)), pytest.raises(EditConflict) as refusal:
        services.edit_plan(
            by=ada,
            initiative=initiative,
            values=plan_of(initiative, expected_effect=Decimal(9)),
            lock_version=1,
        )
    assert refusal.value.fields == {"expected_effect": "Stored now: 7,5 points"}


def test_plan_and_content_share_one_lock(ada):
    initiative = ready_initiative(ada)
    services.edit_plan(
        by=ada, initiative=initiative, values=plan_of(initiative, segment="smb"), lock_version=1
    )
    with pytest.raises(EditConflict) as refusal:
        services.edit_plan(
            by=ada, initiative=initiative, values=plan_of(initiative, segment="large"), lock_version=1
        )
    assert refusal.value.fields == {"segment": "Stored now: smb"}


def test_effect_worth_having_is_not_larger_than_the_expected_one(ada):
    initiative = ready_initiative(ada)
    plan = plan_of(initiative, expected_effect=Decimal(6), smallest_worthwhile_effect=Decimal(8))
    with pytest.raises(InvalidValues) as refusal:
        services.edit_plan(by=ada, initiative=initiative, values=plan, lock_version=1)
    assert set(refusal.value.fields) == {"smallest_worthwhile_effect"}
    equal = replace(plan, smallest_worthwhile_effect=Decimal(6))
    services.edit_plan(by=ada, initiative=initiative, values=equal, lock_version=1)


def test_comparison_touchpoint_must_not_get_the_initiative(ada, dora):
    initiative = ready_initiative(ada)
    both = tuple(initiative.touchpoints.all())
    with pytest.raises(InvalidValues) as refusal:
        services.edit_plan(
            by=ada,
            initiative=initiative,
            lock_version=1,
            values=plan_of(
                initiative,
                comparison_touchpoints=both,
                metric=MetricDefinitionFactory(organization=dora.organization),
                baseline_from=initiative.planned_go_live_on,
                review_on=initiative.planned_go_live_on,
                expected_effect=Decimal(0),
                smallest_worthwhile_effect=Decimal(-1),
            ),
        )
    assert set(refusal.value.fields) == {
        "comparison_touchpoints",
        "metric",
        "baseline_from",
        "review_on",
        "expected_effect",
        "smallest_worthwhile_effect",
    }


def test_content_in_the_vote_stands_still(ada, seats):
    initiative = submitted(ada)
    with pytest.raises(NotEditable):
        services.edit_initiative(
            by=ada,
            initiative=initiative,
            values=values_of(initiative, title="Another"),
            lock_version=initiative.lock_version,
        )
    with pytest.raises(NotEditable):
        services.add_milestone(by=ada, initiative=initiative, title="x", due_on=timezone.localdate())


def test_change_of_what_was_approved_needs_a_reason_and_a_new_vote(ada, seats):
    initiative = approved(ada)
    wanted = values_of(initiative, one_off_cost=Decimal(90000))
    with pytest.raises(InvalidValues) as refusal:
        services.edit_initiative(
            by=ada, initiative=initiative, values=wanted, lock_version=initiative.lock_version
        )
    assert set(refusal.value.fields) == {"reason"}
    services.edit_initiative(
        by=ada,
        initiative=initiative,
        values=wanted,
        lock_version=initiative.lock_version,
        reason="Dearer than thought",
    )
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.SUBMITTED
    assert initiative.revisions.count() == 2
    (change,) = selectors.vote_page(initiative, seats[0].membership).changes
    assert (change.before, change.after) == ("EUR\xa020,000", "EUR\xa090,000")


def test_saving_what_was_approved_unchanged_is_refused_and_asks_for_no_new_vote(ada, seats):
    initiative = approved(ada)
    with pytest.raises(UnchangedContent):
        services.edit_initiative(
            by=ada,
            initiative=initiative,
            values=values_of(initiative),
            lock_version=initiative.lock_version,
            reason="Looked at it",
        )
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.APPROVED


def test_plan_changed_after_go_live_is_marked_and_the_fixed_one_stays(ada, seats):
    initiative = approved(ada)
    fixed = initiative.plan.fixed_digest
    services.record_go_live(by=ada, initiative=initiative, on=timezone.localdate())
    initiative = Initiative.objects.get(pk=initiative.pk)
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=plan_of(initiative, expected_effect=Decimal(7)),
        lock_version=initiative.lock_version,
        reason="Too optimistic",
    )
    plan = Initiative.objects.get(pk=initiative.pk).plan
    assert plan.changed_after_approval_at is not None
    assert plan.fixed_digest == fixed
    assert plan.fixed_content["expected_effect"] == "8.00"
    event = AuditEvent.objects.filter(verb="initiative.changed_after_approval").get()
    assert event.after["reason"] == "Too optimistic"


def test_each_side_of_a_changed_plan_has_the_unit_of_its_own_metric(ada, ben, seats, client_of):
    """What was approved as points is said in points, whatever the plan measures now."""
    initiative = approved(ada)
    services.record_go_live(by=ada, initiative=initiative, on=timezone.localdate())
    initiative = Initiative.objects.get(pk=initiative.pk)
    share = MetricDefinitionFactory(organization=ada.organization, key="csat_5")
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=plan_of(
            initiative, metric=share, expected_effect=Decimal(12), smallest_worthwhile_effect=Decimal(1)
        ),
        lock_version=initiative.lock_version,
        reason="Asked otherwise",
    )
    found = selectors.plan_changes(Initiative.objects.get(pk=initiative.pk))
    sizes = {line.label: (line.before, line.after) for line in found.lines}
    assert sizes["Expected effect"] == ("8 points", "12 percentage points")
    assert sizes["Smallest worthwhile effect"] == ("4 points", "1 percentage point")
    for name in ("initiative_detail", "initiative_history"):
        text = client_of(ben).get(reverse(f"coalition:{name}", args=["northwind", initiative.number])).text
        assert "<del>8 points</del>" in text
        assert "<ins>12 percentage points</ins>" in text


def test_a_change_of_the_fixed_plan_is_shown_with_its_reason(ada, ben, seats, client_of):
    initiative = approved(ada)
    services.record_go_live(by=ada, initiative=initiative, on=timezone.localdate())
    initiative = Initiative.objects.get(pk=initiative.pk)
    assert selectors.plan_changes(initiative) is None
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=plan_of(initiative, expected_effect=Decimal(7)),
        lock_version=initiative.lock_version,
        reason="Too <b>optimistic</b>",
    )
    found = selectors.plan_changes(Initiative.objects.get(pk=initiative.pk))
    assert [(line.label, line.before, line.after) for line in found.lines] == [
        ("Expected effect", "8 points", "7 points")
    ]
    assert [(entry.who, entry.reason) for entry in found.entries] == [("Ada", "Too <b>optimistic</b>")]
    for name in ("initiative_detail", "initiative_history"):
        text = client_of(ben).get(reverse(f"coalition:{name}", args=["northwind", initiative.number])).text
        assert "<del>8 points</del>" in text
        assert "<ins>7 points</ins>" in text
        assert "Too &lt;b&gt;optimistic&lt;/b&gt;" in text


@pytest.mark.parametrize("size", ["8.4", "7.6", "8.01"])
def test_a_small_change_of_the_fixed_plan_is_none_the_less_one(ada, ben, seats, client_of, size):
    """Rounded to whole points it would read as it was fixed."""
    initiative = approved(ada)
    services.record_go_live(by=ada, initiative=initiative, on=timezone.localdate())
    initiative = Initiative.objects.get(pk=initiative.pk)
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=plan_of(initiative, expected_effect=Decimal(size)),
        lock_version=initiative.lock_version,
        reason="More careful",
    )
    text = (
        client_of(ben).get(reverse("coalition:initiative_detail", args=["northwind", initiative.number])).text
    )
    assert f"<ins>{size} points</ins>" in text
    assert "changed back" not in text


def test_a_plan_is_called_fixed_as_long_as_its_approval_holds(ada, seats, client_of):
    initiative = approved(ada)
    address = reverse("coalition:initiative_detail", args=["northwind", initiative.number])
    assert "Fixed with the approval on" in client_of(ada).get(address).text
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=plan_of(initiative, expected_effect=Decimal(7)),
        lock_version=Initiative.objects.get(pk=initiative.pk).lock_version,
        reason="Too optimistic",
    )
    assert Initiative.objects.get(pk=initiative.pk).state == "submitted"
    assert "Fixed with the approval on" not in client_of(ada).get(address).text


def test_content_cannot_change_once_the_work_has_begun(ada, seats):
    initiative = approved(ada)
    services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.IN_PROGRESS)
    with pytest.raises(NotEditable):
        services.edit_initiative(
            by=ada,
            initiative=initiative,
            values=values_of(initiative, title="Another"),
            lock_version=initiative.lock_version,
            reason="Because",
        )


def test_opportunity_becomes_one_draft_however_often_it_is_clicked(ada):
    result = make_result(ada)
    draft = services.draft_from_opportunity(by=ada, result=result, practice="ask")
    again = services.draft_from_opportunity(by=ada, result=result, practice="ask")
    assert draft == again
    assert draft.title == "Step 3 of ask"
    assert "level 3" in draft.problem
    assert (draft.maturity_result, draft.practice, draft.owner) == (result, "ask", ada)
    with pytest.raises(InvalidValues):
        services.draft_from_opportunity(by=ada, result=result, practice="unknown")


def test_go_live_is_neither_in_the_future_nor_before_the_approval(ada, seats):
    initiative, today = approved(ada), timezone.localdate()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(InvalidValues):
            services.record_go_live(by=ada, initiative=initiative, on=day)
    services.record_go_live(by=ada, initiative=initiative, on=today)
    with pytest.raises(InvalidValues):
        services.record_completion(by=ada, initiative=initiative, on=today - timedelta(days=1))
    services.record_completion(by=ada, initiative=initiative, on=today)
    services.record_evaluation(by=None, initiative=initiative)
    initiative.refresh_from_db()
    assert (initiative.state, initiative.went_live_on, initiative.completed_on) == ("evaluated", today, today)


def test_pause_and_cancellation_say_why_and_a_live_one_resumes_live(ada, seats):
    initiative = approved(ada)
    services.record_go_live(by=ada, initiative=initiative, on=timezone.localdate())
    with pytest.raises(InvalidValues):
        services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.ON_HOLD)
    services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.ON_HOLD, note="No staff")
    resumed = services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.IN_PROGRESS)
    assert resumed.state == InitiativeState.LIVE


@pytest.mark.parametrize("to", ["approved", "live", "completed", "nonsense", "on_hold"])
def test_states_that_follow_from_votes_and_dates_are_not_set_by_hand(ada, to):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    with pytest.raises(TransitionNotAllowed):
        services.move_initiative(by=ada, initiative=initiative, to=to, note="x")


def test_milestones_come_and_are_done(ada):
    initiative = ready_initiative(ada)
    step = services.add_milestone(
        by=ada, initiative=initiative, title=" Train the team ", due_on=timezone.localdate()
    )
    with pytest.raises(InvalidValues):
        services.finish_milestone(by=ada, milestone=step, done_on=timezone.localdate() + timedelta(days=1))
    for _time in range(2):
        services.finish_milestone(by=ada, milestone=step)
    assert initiative.milestones.get().done_on == timezone.localdate()
    assert AuditEvent.objects.filter(verb="milestone.done").count() == 1
    services.remove_milestone(by=ada, milestone=step)
    assert not initiative.milestones.exists()


def test_update_needs_a_color_and_words(ada):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    for color, text in (("blue", "x"), ("red", " ")):
        with pytest.raises(InvalidValues):
            services.add_update(by=ada, initiative=initiative, color=color, text=text)
    services.add_update(by=ada, initiative=initiative, color="amber", text="Late")
    assert selectors.initiatives(ada.organization).get().last_color == "amber"


def test_the_second_editor_is_told_who_changed_this_initiative_and_not_another(ada, ben, cleo):
    initiative, other = (InitiativeFactory(organization=ada.organization, owner=ada) for _ in "ab")
    for by, row in ((ben, initiative), (cleo, other)):
        services.edit_initiative(by=by, initiative=row, values=values_of(row, title="New"), lock_version=1)
    with pytest.raises(EditConflict, match="Ben saved a change"):
        services.edit_initiative(
            by=ada, initiative=initiative, values=values_of(initiative, title="Mine"), lock_version=1
        )


def test_what_was_approved_is_checked_like_a_draft_when_it_changes(ada, seats):
    initiative = approved(ada)
    with pytest.raises(InvalidValues) as refusal:
        services.edit_initiative(
            by=ada,
            initiative=initiative,
            values=values_of(initiative, title=" "),
            lock_version=initiative.lock_version,
            reason="Because",
        )
    assert set(refusal.value.fields) == {"title"}
    initiative.refresh_from_db()
    assert initiative.state == InitiativeState.APPROVED


def test_an_expected_effect_of_nothing_is_refused_for_that_alone(ada):
    """No second message about the worthwhile effect, which is as it should be."""
    initiative = ready_initiative(ada)
    plan = plan_of(initiative, expected_effect=Decimal(0), smallest_worthwhile_effect=Decimal(4))
    with pytest.raises(InvalidValues) as refusal:
        services.edit_plan(by=ada, initiative=initiative, values=plan, lock_version=1)
    assert set(refusal.value.fields) == {"expected_effect"}
