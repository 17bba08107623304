"""What was live before it was recorded: written down without a vote, fixed before its first study."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from coalition import selectors, services
from coalition.choices import InitiativeState
from coalition.errors import NotEditable, PlanIncomplete, TransitionNotAllowed
from coalition.services import InitiativeValues, PlanValues
from common.errors import InvalidValues
from tests.factories.coalition import approved, ready_initiative, seated
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory
from tests.markup import running_text

pytestmark = pytest.mark.django_db
SINCE = date(2025, 3, 3)


def values(ada, **changes):
    shop = TouchpointFactory(organization=ada.organization)
    given = {"title": "Call back", "owner": ada, "proposal": "We call back.", "touchpoints": (shop,)}
    return InitiativeValues(**{**given, "already_live_on": SINCE, **changes})


def planned(ada, initiative, **changes):
    metric = MetricDefinitionFactory(organization=ada.organization, key="nps")
    plan = PlanValues(**{"metric": metric, "baseline_from": date(2024, 3, 4), **changes})
    return services.edit_plan(
        by=ada, initiative=initiative, values=plan, lock_version=initiative.lock_version
    )


@pytest.fixture
def draft(ada):
    return planned(ada, services.create_initiative(by=ada, values=values(ada)))


@pytest.fixture
def recorded(ada, draft):
    return services.record_look_back(by=ada, initiative=draft)


def refused_fields(call):
    with pytest.raises(InvalidValues) as refusal:
        call()
    return refusal.value.fields


def url(name, initiative):
    return reverse(f"coalition:{name}", args=["northwind", initiative.number])


def test_recording_fixes_the_plan_and_takes_it_as_live_since_its_day(ada, recorded):
    recorded.refresh_from_db()
    assert (recorded.state, recorded.went_live_on) == (InitiativeState.LIVE, SINCE)
    plan = recorded.plan
    assert plan.fixed_content["metric"]["key"] == "nps"
    assert plan.fixed_content["baseline_from"] == "2024-03-04"
    assert len(plan.fixed_digest) == 64
    assert plan.fixed_at is not None
    assert not recorded.decisions.exists()
    assert [(step.from_state, step.to_state) for step in selectors.history(recorded)] == [
        ("", "draft"),
        ("draft", "live"),
    ]
    entry = AuditEvent.objects.get(verb="initiative.recorded_afterwards")
    assert (entry.actor_name, entry.after) == ("Ada", {"went_live_on": "2025-03-03"})


def test_a_draft_that_is_not_live_yet_is_not_recorded(ada):
    initiative = ready_initiative(ada)
    with pytest.raises(TransitionNotAllowed, match="not a draft of something that is live already"):
        services.record_look_back(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    assert (initiative.state, initiative.went_live_on) == ("draft", None)


def test_it_is_recorded_once(ada, recorded):
    with pytest.raises(TransitionNotAllowed):
        services.record_look_back(by=ada, initiative=recorded)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"proposal": " "}, "proposal"), ({"touchpoints": ()}, "touchpoints")],
)
def test_without_what_was_done_and_where_it_is_not_recorded(ada, changes, field):
    draft = planned(ada, services.create_initiative(by=ada, values=values(ada, **changes)))
    with pytest.raises(PlanIncomplete) as refusal:
        services.record_look_back(by=ada, initiative=draft)
    assert list(refusal.value.fields) == [field]


def test_without_a_plan_or_its_baseline_it_is_not_recorded(ada):
    draft = services.create_initiative(by=ada, values=values(ada))
    with pytest.raises(PlanIncomplete) as refusal:
        services.record_look_back(by=ada, initiative=draft)
    assert list(refusal.value.fields) == ["metric", "baseline_from"]
    planned(ada, draft, baseline_from=None)
    with pytest.raises(PlanIncomplete) as refusal:
        services.record_look_back(by=ada, initiative=draft)
    assert list(refusal.value.fields) == ["baseline_from"]


def test_problem_review_effect_and_rule_are_not_needed_where_nobody_votes(ada, draft):
    assert draft.problem == ""
    assert (draft.plan.review_on, draft.plan.expected_effect, draft.plan.decision_rule) == (None, None, "")
    assert selectors.needed_now(draft) == ()


def test_a_baseline_after_the_day_is_refused(ada, draft):
    wrong = refused_fields(lambda: planned(ada, draft, baseline_from=SINCE))
    assert wrong == {"baseline_from": "The baseline must begin before the go-live."}


def test_a_day_to_come_and_two_days_at_once_are_refused(ada, organization):
    tomorrow = organization.clock.today() + timedelta(days=1)
    wrong = refused_fields(
        lambda: services.create_initiative(by=ada, values=values(ada, already_live_on=tomorrow))
    )
    assert "in the future" in wrong["already_live_on"]
    both = values(ada, planned_go_live_on=tomorrow)
    wrong = refused_fields(lambda: services.create_initiative(by=ada, values=both))
    assert "leave one of the two days empty" in wrong["already_live_on"]
    far = values(ada, already_live_on=date(1990, 1, 1))
    assert set(refused_fields(lambda: services.create_initiative(by=ada, values=far))) == {"already_live_on"}


def test_today_is_a_day_that_it_can_be_live_since(ada, organization):
    today = organization.clock.today()
    assert services.create_initiative(by=ada, values=values(ada, already_live_on=today)).is_look_back


def test_what_was_put_to_a_vote_does_not_become_live_before_it(ada, organization):
    seated(organization)
    initiative = ready_initiative(ada)
    services.submit_initiative(by=ada, initiative=initiative)
    services.withdraw_initiative(by=ada, initiative=initiative)
    initiative.refresh_from_db()
    changed = InitiativeValues(
        title=initiative.title,
        owner=ada,
        touchpoints=tuple(initiative.touchpoints.all()),
        already_live_on=SINCE,
    )
    wrong = refused_fields(
        lambda: services.edit_initiative(
            by=ada, initiative=initiative, values=changed, lock_version=initiative.lock_version
        )
    )
    assert "It was put to a vote" in wrong["already_live_on"]


def test_nobody_votes_on_it(ada, organization, draft):
    seated(organization)
    with pytest.raises(TransitionNotAllowed, match="nothing to vote on"):
        services.submit_initiative(by=ada, initiative=draft)


def test_plan_content_and_day_stay_as_they_were_fixed(ada, recorded):
    recorded.refresh_from_db()
    digest = recorded.plan.fixed_digest
    with pytest.raises(NotEditable, match="as they were fixed before its first study"):
        services.edit_plan(
            by=ada,
            initiative=recorded,
            values=PlanValues(metric=recorded.plan.metric, baseline_from=date(2024, 6, 3)),
            lock_version=recorded.lock_version,
            reason="Another baseline fits better.",
        )
    with pytest.raises(NotEditable):
        services.edit_initiative(
            by=ada,
            initiative=recorded,
            values=values(ada, title="Another title"),
            lock_version=recorded.lock_version,
            reason="It reads better.",
        )
    with pytest.raises(TransitionNotAllowed, match="Cancel it and record it again"):
        services.correct_go_live(by=ada, initiative=recorded, on=SINCE + timedelta(days=7), reason="Typo.")
    recorded.refresh_from_db()
    assert (recorded.went_live_on, recorded.plan.fixed_digest) == (SINCE, digest)
    assert recorded.plan.changed_after_approval_at is None


def test_another_owner_is_told_as_a_change_of_what_was_recorded_and_of_no_approval(
    ada, ben, recorded, client_of
):
    client, places = client_of(ada), ("initiative_detail", "initiative_history")
    shown = client.get(url("initiative_edit", recorded)).text
    page = running_text(shown)
    assert url("plan_edit", recorded) not in shown  # its plan stays: a way there would lead to a refusal
    assert "What was recorded stays on record." in page
    assert "next to what was recorded" in page
    given = {"owner": ben.pk, "reason": "Ada moves on.", "lock_version": recorded.lock_version}
    assert client.post(url("initiative_edit", recorded), given).status_code == 302
    for name in places:
        page = running_text(client.get(url(name, recorded)).text)
        assert "Changed since it was recorded" in page
        assert "approv" not in page.lower()


def test_another_owner_may_take_it_over(ada, ben, recorded):
    recorded.refresh_from_db()
    kept = {"title": recorded.title, "proposal": recorded.proposal, "already_live_on": SINCE}
    given = InitiativeValues(owner=ben, touchpoints=tuple(recorded.touchpoints.all()), **kept)
    services.edit_initiative(
        by=ada, initiative=recorded, values=given, lock_version=recorded.lock_version, reason="Ada leaves."
    )
    recorded.refresh_from_db()
    assert recorded.owner == ben


def test_what_was_approved_is_no_look_back(ada, organization):
    seated(organization)
    initiative = approved(ada)
    assert not initiative.is_look_back
    assert initiative.begins_on == initiative.planned_go_live_on


def test_the_grade_that_it_can_reach_is_said_before_it_is_recorded(ada, draft):
    """A long series would be C; looked back it is D, and the plan's page says why."""
    assert selectors.visibility(draft).headline  # no answers: the reason, and no error
    page = selectors.possible(draft)
    assert (page.record, page.submit, page.edit_plan, page.go_live) == (True, False, True, False)


# --- pages and API ----------------------------------------------------------------------------------


def test_the_form_asks_since_when_and_for_nothing_that_a_vote_needs(ada, client_of):
    address = reverse("coalition:initiative_create", args=["northwind"])
    page = client_of(ada).get(f"{address}?live=1").text
    assert 'name="already_live_on"' in page
    assert 'name="planned_go_live_on"' not in page
    words = running_text(page)
    assert "Nobody votes on it" in words
    assert "needed to record it" in words
    assert "needed for the vote" not in words
    plain = client_of(ada).get(address).text
    assert 'name="planned_go_live_on"' in plain
    assert 'name="already_live_on"' not in plain


def test_from_the_form_to_the_evidence(ada, client_of):
    shop = TouchpointFactory(organization=ada.organization)
    metric = MetricDefinitionFactory(organization=ada.organization, key="nps")
    client = client_of(ada)
    create = reverse("coalition:initiative_create", args=["northwind"]) + "?live=1"
    given = {"title": "Call back", "owner": ada.pk, "touchpoints": [shop.pk]}
    given |= {"one_off_cost": "0", "yearly_cost": "0"}
    refused = client.post(create, given)
    assert refused.status_code == 422  # since when?
    sent = client.post(create, {**given, "already_live_on": "2025-03-03", "proposal": "We call back."})
    initiative = ada.initiatives.get()
    assert sent.url == url("plan_edit", initiative)
    plan_page = running_text(client.get(sent.url).text)
    assert "Live already since Mar 3, 2025." in plan_page
    assert "needed for the vote" not in plan_page
    client.post(
        sent.url,
        {"metric": metric.pk, "period": "week", "direction": "up", "baseline_from": "2024-03-04"}
        | {"lag_periods": 0, "smallest_worthwhile_effect": "0", "selection": "practical"},
    )
    page = running_text(client.get(url("initiative_detail", initiative)).text)
    assert "Complete. Fix the plan, then run the study." in page
    assert "Fix the plan and record it" in page
    assert "Submit to the coalition" not in page
    done = client.post(url("initiative_record", initiative))
    assert done.url == reverse("impact:initiative_impact", args=["northwind", initiative.number])
    page = client.get(url("initiative_detail", initiative)).text
    assert "Recorded afterwards" in running_text(page)
    assert "Correct the go-live" not in page
    assert url("plan_edit", initiative) not in page
    listed = running_text(client.get(reverse("coalition:initiative_list", args=["northwind"])).text)
    assert "Mar 3, 2025, recorded afterwards" in listed
    board = running_text(client.get(reverse("coalition:initiative_board", args=["northwind"])).text)
    assert "live since Mar 3, 2025, recorded afterwards" in board


def test_the_api_records_it_too(ada, api_of, organization):
    shop = TouchpointFactory(organization=organization)
    MetricDefinitionFactory(organization=organization, key="nps")
    api, base = api_of(ada), "/api/v1/o/northwind/initiatives/"
    made = api.post(
        base,
        {"title": "Call back", "proposal": "We call.", "touchpoints": [shop.key]}
        | {"already_live_on": "2025-03-03"},
    )
    assert (made.status_code, made.data["already_live_on"]) == (201, "2025-03-03")
    record = f"{base}{made.data['number']}/record/"
    assert api.post(record).status_code == 422
    plan = {"metric": "nps", "baseline_from": "2024-03-04", "lock_version": made.data["lock_version"]}
    assert api.put(f"{base}{made.data['number']}/plan/", plan).status_code == 200
    done = api.post(record)
    assert (done.status_code, done.data["state"], done.data["went_live_on"]) == (200, "live", "2025-03-03")
    assert api.post(record).status_code == 409


def test_the_call_for_programs_makes_no_draft_live(ada, draft):
    with pytest.raises(TransitionNotAllowed):
        services.change_state(by=ada, initiative=draft, to="live", on=SINCE)
    draft.refresh_from_db()
    assert draft.went_live_on is None


def test_a_look_back_reaches_its_end_like_any_other(ada, recorded):
    services.record_completion(by=ada, initiative=recorded, on=timezone.localdate())
    recorded.refresh_from_db()
    assert recorded.state == InitiativeState.COMPLETED
    assert recorded.one_off_cost == Decimal(0)
