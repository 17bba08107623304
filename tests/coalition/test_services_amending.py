"""After the work has begun: dated entries with a reason, beside what was approved."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from coalition import selectors, services
from coalition.choices import InitiativeState
from coalition.errors import EditConflict, NotEditable, TransitionNotAllowed, UnchangedContent
from coalition.fields import PLAN
from coalition.models import Decision, EvaluationPlan, Initiative, InitiativeAmendment
from coalition.services import InitiativeValues
from common.errors import InvalidValues
from impact.panel import study_material
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import InitiativeFactory, approved, submitted
from tests.factories.impact import live_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(ada, seats):
    """Approved thirty days ago; the work has begun."""
    initiative = approved(ada)
    Decision.objects.update(decided_at=timezone.now() - timedelta(days=30))
    services.move_initiative(by=ada, initiative=initiative, to=InitiativeState.IN_PROGRESS)
    return Initiative.objects.get(pk=initiative.pk)


@pytest.fixture
def live(ada, running):
    """Went live on the twentieth day before today."""
    services.record_go_live(by=ada, initiative=running, on=timezone.localdate() - timedelta(days=20))
    return Initiative.objects.get(pk=running.pk)


def values_of(initiative, **changes):
    names = ("title", "problem", "proposal", "owner", "one_off_cost", "yearly_cost", "expected_benefit")
    known = {name: getattr(initiative, name) for name in (*names, "effort_days", "planned_go_live_on")}
    return replace(InitiativeValues(**known, touchpoints=tuple(initiative.touchpoints.all())), **changes)


def amend(by, initiative, reason="Because", **changes):
    return services.edit_initiative(
        by=by,
        initiative=initiative,
        values=values_of(initiative, **changes),
        lock_version=initiative.lock_version,
        reason=reason,
    )


def test_p1_the_owner_of_a_live_initiative_leaves_and_another_takes_over(ada, ben, live):
    digest, content = live.plan.fixed_digest, live.revisions.first().content
    ada_left = live.owner
    ada_left.is_active = False
    ada_left.save()
    amend(ben, live, owner=ben, reason="Ada left the company")
    live = Initiative.objects.get(pk=live.pk)
    assert live.owner == ben
    assert (live.plan.fixed_digest, live.plan.changed_after_approval_at) == (digest, None)
    assert live.revisions.first().content == content
    (entry,) = selectors.amendments(live)
    assert (entry.label, entry.before, entry.after, entry.reason, entry.by) == (
        "Owner",
        "Ada",
        "Ben",
        "Ada left the company",
        ben,
    )
    event = AuditEvent.objects.get(verb="initiative.amended_owner")
    assert (event.before, event.after) == (
        {"owner": "Ada"},
        {"owner": "Ben", "reason": "Ada left the company"},
    )
    assert live.state == InitiativeState.LIVE


def test_planned_go_live_moves_with_a_reason_and_the_plan_stays_fixed(ada, running):
    fixed, old = running.plan.fixed_content, running.planned_go_live_on
    with pytest.raises(InvalidValues) as refusal:
        amend(ada, running, planned_go_live_on=old + timedelta(days=7), reason=" ")
    assert set(refusal.value.fields) == {"reason"}
    assert Initiative.objects.get().planned_go_live_on == old
    amend(ada, running, planned_go_live_on=old + timedelta(days=7))
    row = Initiative.objects.get()
    assert row.planned_go_live_on == old + timedelta(days=7)
    assert row.plan.fixed_content == fixed
    assert row.plan.fixed_content["planned_go_live_on"] == old.isoformat()
    assert row.plan.changed_after_approval_at is None
    entry = InitiativeAmendment.objects.get()
    assert (entry.before, entry.after) == (old.isoformat(), (old + timedelta(days=7)).isoformat())


def test_planned_go_live_stays_before_the_review_which_the_plan_alone_moves(ada, running):
    review = running.plan.review_on
    with pytest.raises(InvalidValues) as refusal:
        amend(ada, running, planned_go_live_on=review)
    assert "evaluation plan first" in str(refusal.value.fields["planned_go_live_on"])
    amend(ada, running, planned_go_live_on=review - timedelta(days=1))


@pytest.mark.parametrize("back", [1, 29, 45, 7 * 365])
def test_planned_go_live_moves_to_no_day_that_has_passed(ada, api_of, running, back):
    """Approved 30 days ago: neither before its own approval nor between that and yesterday."""
    day = timezone.localdate() - timedelta(days=back)
    with pytest.raises(InvalidValues) as refusal:
        amend(ada, running, planned_go_live_on=day)
    said = "This day has passed. Choose today or a later day."
    assert refusal.value.fields == {"planned_go_live_on": said}
    answer = api_of(ada).patch(
        f"/api/v1/o/northwind/initiatives/{running.number}/",
        {"planned_go_live_on": day.isoformat(), "lock_version": running.lock_version, "reason": "x"},
        format="json",
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not InitiativeAmendment.objects.exists()


def test_planned_go_live_may_move_to_today_and_not_before_the_baseline(ada, running):
    today = timezone.localdate()
    EvaluationPlan.objects.update(baseline_from=today + timedelta(days=2))
    for day in (today + timedelta(days=1), today + timedelta(days=2)):
        with pytest.raises(InvalidValues) as refusal:
            amend(ada, Initiative.objects.get(), planned_go_live_on=day)
        assert "must begin before the go-live" in refusal.value.fields["planned_go_live_on"]
    EvaluationPlan.objects.update(baseline_from=today - timedelta(days=100))
    amend(ada, Initiative.objects.get(), planned_go_live_on=today)


def test_an_owner_changes_though_the_planned_day_has_passed(ada, ben, running):
    Initiative.objects.update(planned_go_live_on=timezone.localdate() - timedelta(days=3))
    amend(ada, Initiative.objects.get(), owner=ben)
    assert Initiative.objects.get().owner == ben


def test_review_after_approval_moves_to_no_day_that_has_passed(ada, live):
    today = timezone.localdate()
    with pytest.raises(InvalidValues) as refusal:
        review_on(ada, today - timedelta(days=1))
    assert refusal.value.fields == {"review_on": "This day has passed. Choose today or a later day."}
    review_on(ada, today)
    assert EvaluationPlan.objects.get().review_on == today


def test_a_passed_review_stays_where_something_else_of_the_plan_changes(ada, live):
    passed = timezone.localdate() - timedelta(days=1)
    EvaluationPlan.objects.update(review_on=passed)
    review_on(ada, passed, decision_rule="Stop below one point.")
    assert EvaluationPlan.objects.get().decision_rule == "Stop below one point."


def review_on(by, day, **changes):
    initiative = Initiative.objects.get()
    values = PLAN.values_of(initiative.plan, review_on=day, **changes)
    return services.edit_plan(
        by=by, initiative=initiative, values=values, lock_version=initiative.lock_version, reason="Because"
    )


@pytest.mark.parametrize("year", [1, 1999, 9999])
def test_a_step_is_neither_due_nor_done_in_a_year_that_nobody_means(ada, running, year):
    day, today = date(year, 1, 1), timezone.localdate()
    with pytest.raises(InvalidValues) as refusal:
        services.add_milestone(by=ada, initiative=running, title="Train", due_on=day, reason="x")
    assert "Choose a day between" in refusal.value.fields["due_on"]
    step = services.add_milestone(by=ada, initiative=running, title="Train", due_on=today, reason="x")
    with pytest.raises(InvalidValues) as refusal:
        services.change_milestone(by=ada, milestone=step, title="Train", due_on=day, reason="x")
    assert set(refusal.value.fields) == {"due_on"}
    with pytest.raises(InvalidValues) as refusal:
        services.finish_milestone(by=ada, milestone=step, done_on=day)
    assert set(refusal.value.fields) == {"done_on"}
    services.change_milestone(by=ada, milestone=step, title="Train all", due_on=today, reason="x")


def test_planned_go_live_of_what_is_live_is_corrected_and_not_planned(ada, live):
    with pytest.raises(InvalidValues) as refusal:
        amend(ada, live, planned_go_live_on=timezone.localdate())
    assert "Correct the go-live day" in str(refusal.value.fields["planned_go_live_on"])


@pytest.mark.parametrize("change", [{"title": "Other"}, {"one_off_cost": 1}, {"touchpoints": ()}])
def test_what_was_approved_does_not_change_with_the_owner(ada, ben, running, change):
    with pytest.raises(NotEditable):
        amend(ada, running, owner=ben, **change)
    assert not InitiativeAmendment.objects.exists()


def test_a_change_of_nothing_and_a_stale_page_are_refused(ada, ben, running):
    with pytest.raises(UnchangedContent):
        amend(ada, running)
    opened = Initiative.objects.get()
    amend(ada, running, owner=ben)
    with pytest.raises(EditConflict):
        amend(ada, opened, planned_go_live_on=opened.planned_go_live_on + timedelta(days=1))


def test_owner_must_be_here(ada, cleo, dora, running):
    cleo.is_active = False
    cleo.save()
    for owner in (cleo, dora):
        with pytest.raises(InvalidValues) as refusal:
            amend(ada, running, owner=owner)
        assert set(refusal.value.fields) == {"owner"}


def test_milestones_change_with_a_reason_as_dated_entries(ada, running):
    day = timezone.localdate() + timedelta(days=3)
    with pytest.raises(InvalidValues) as refusal:
        services.add_milestone(by=ada, initiative=running, title="Train", due_on=day)
    assert set(refusal.value.fields) == {"reason"}
    step = services.add_milestone(by=ada, initiative=running, title="Train", due_on=day, reason="Forgotten")
    later = day + timedelta(days=7)
    services.change_milestone(by=ada, milestone=step, title="Train", due_on=later, reason="Ill")
    services.change_milestone(by=ada, milestone=step, title="Train", due_on=later)  # nothing
    with pytest.raises(InvalidValues):
        services.remove_milestone(by=ada, milestone=step)
    services.remove_milestone(by=ada, milestone=step, reason="Not needed")
    entries = InitiativeAmendment.objects.order_by("pk").values_list("before", "after", "reason")
    first, second = f"{day.isoformat()} Train", f"{later.isoformat()} Train"
    assert list(entries) == [("", first, "Forgotten"), (first, second, "Ill"), (second, "", "Not needed")]
    assert not running.milestones.exists()


def test_milestones_of_a_vote_stand_still(ada, seats):
    initiative = submitted(ada)
    with pytest.raises(NotEditable):
        services.add_milestone(
            by=ada, initiative=initiative, title="x", due_on=timezone.localdate(), reason="y"
        )


def test_p4_a_wrong_go_live_day_is_corrected_with_a_reason(ada, live):
    old, right = live.went_live_on, timezone.localdate() - timedelta(days=15)
    fixed = live.plan.fixed_digest
    with pytest.raises(InvalidValues) as refusal:
        services.correct_go_live(by=ada, initiative=live, on=right, reason="")
    assert set(refusal.value.fields) == {"reason"}
    assert Initiative.objects.get().went_live_on == old
    services.correct_go_live(by=ada, initiative=live, on=right, reason="Typed the day of the pilot")
    row = Initiative.objects.get()
    assert (row.went_live_on, row.state) == (right, "live")
    assert (row.plan.fixed_digest, row.plan.changed_after_approval_at) == (fixed, None)
    (entry,) = InitiativeAmendment.objects.all()
    assert (entry.field, entry.before, entry.after) == ("went_live_on", old.isoformat(), right.isoformat())
    event = AuditEvent.objects.get(verb="initiative.amended_went_live_on")
    assert event.after["reason"] == "Typed the day of the pilot"


def test_a_corrected_go_live_is_neither_to_come_nor_before_the_approval_nor_after_the_completion(ada, live):
    today = timezone.localdate()
    for day in (today + timedelta(days=1), today - timedelta(days=31), live.went_live_on):
        with pytest.raises(InvalidValues):
            services.correct_go_live(by=ada, initiative=live, on=day, reason="x")
    services.record_completion(by=ada, initiative=live, on=today - timedelta(days=5))
    with pytest.raises(InvalidValues):
        services.correct_go_live(by=ada, initiative=live, on=today - timedelta(days=4), reason="x")
    services.correct_go_live(by=ada, initiative=live, on=today - timedelta(days=5), reason="x")
    services.correct_go_live(by=ada, initiative=live, on=today - timedelta(days=30), reason="x")
    assert Initiative.objects.get().state == "completed"


def test_what_never_went_live_has_no_day_to_correct(ada, running):
    with pytest.raises(TransitionNotAllowed):
        services.correct_go_live(by=ada, initiative=running, on=timezone.localdate(), reason="x")


def test_a_second_go_live_does_not_replace_the_first_one_silently(ada, live):
    services.move_initiative(by=ada, initiative=live, to=InitiativeState.ON_HOLD, note="Pause")
    with pytest.raises(TransitionNotAllowed):
        services.record_go_live(by=ada, initiative=live, on=timezone.localdate())
    live.refresh_from_db()
    resumed = services.change_state(by=ada, initiative=live, to="live")
    assert (resumed.state, resumed.went_live_on) == ("live", live.went_live_on)


def test_the_next_study_sees_the_corrected_day_and_the_older_one_keeps_its_own(organization, ada):
    live = live_initiative(organization, ada)
    initiative, cutoff = live.initiative, live.last_day
    before = study_material(initiative=initiative, data_cutoff=cutoff).subject.go_live
    services.correct_go_live(
        by=ada, initiative=initiative, on=before + timedelta(days=7), reason="A week later"
    )
    fresh = Initiative.objects.select_related("plan").get(pk=initiative.pk)
    assert study_material(initiative=fresh, data_cutoff=cutoff).subject.go_live == before + timedelta(days=7)


def test_correction_and_handing_over_through_the_api(ada, ben, live, api_of, organization):
    base, client = f"/api/v1/o/{organization.slug}/initiatives/{live.number}/", api_of(ada)
    right = (timezone.localdate() - timedelta(days=10)).isoformat()
    wrong = client.post(base + "transition/", {"to": "live", "on": right})
    assert (wrong.status_code, set(wrong.data["errors"])) == (422, {"note"})
    done = client.post(base + "transition/", {"to": "live", "on": right, "note": "Wrong day"})
    assert (done.status_code, done.data["went_live_on"], done.data["state"]) == (200, right, "live")
    sent = {"owner": ben.pk, "lock_version": live.lock_version, "reason": "Ada moves on"}
    assert client.patch(base, sent).data["owner"] == ben.pk
    assert client.patch(base, {**sent, "title": "x"}).status_code == 409
    fields = [entry["field"] for entry in client.get(base + "amendments/").data]
    assert fields == ["owner", "went_live_on"]


def test_amendments_are_never_changed(ada, live):
    services.correct_go_live(by=ada, initiative=live, on=timezone.localdate(), reason="x")
    with pytest.raises(TypeError):
        InitiativeAmendment.objects.get().save()


def test_an_owner_has_a_role_that_records_progress(ada, organization, running):
    for role in ("auditor", "executive", "finance_reviewer", "contributor", "administrator"):
        person = MembershipFactory(organization=organization, role=role)
        with pytest.raises(InvalidValues) as refusal:
            amend(ada, running, owner=person)
        assert set(refusal.value.fields) == {"owner"}
        with pytest.raises(InvalidValues) as refusal:
            services.create_initiative(by=ada, values=InitiativeValues(title="Calls", owner=person))
        assert set(refusal.value.fields) == {"owner"}
    for role in ("coalition_member", "cx_leader"):
        person = MembershipFactory(organization=organization, role=role)
        amend(ada, Initiative.objects.get(pk=running.pk), owner=person)
        assert Initiative.objects.get(pk=running.pk).owner == person


def test_who_is_owner_already_stays_whatever_became_of_the_role(ada, fay):
    draft = InitiativeFactory(organization=ada.organization, owner=fay)
    changed = services.edit_initiative(
        by=ada, initiative=draft, values=values_of(draft, title="Calls"), lock_version=draft.lock_version
    )
    assert (changed.title, changed.owner) == ("Calls", fay)
