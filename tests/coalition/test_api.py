"""The same through the API."""

from datetime import timedelta

import pytest

from coalition import services
from coalition.models import Approval, Initiative, Seat
from tests.factories.accounts import BusinessFunctionFactory
from tests.factories.coalition import ready_initiative, submitted
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


def path(organization, rest):
    return f"/api/v1/o/{organization.slug}/{rest}"


def test_from_draft_to_decision(organization, ada, ben, seats, api_of):
    leader, chair = api_of(ada), api_of(ben)
    today = organization.clock.today()
    TouchpointFactory(organization=organization, key="welcome")
    MetricDefinitionFactory(organization=organization, key="nps")
    made = leader.post(
        path(organization, "initiatives/"),
        {"title": "Welcome call", "problem": "p", "proposal": "q", "touchpoints": ["welcome"],
         "planned_go_live_on": (today + timedelta(days=40)).isoformat()},
    )  # fmt: skip
    assert made.status_code == 201
    one = f"initiatives/{made.data['number']}/"
    plan = leader.put(
        path(organization, one + "plan/"),
        {"metric": "nps", "baseline_from": "2026-01-05", "expected_effect": "5", "decision_rule": "r",
         "review_on": (today + timedelta(days=220)).isoformat(), "lock_version": made.data["lock_version"]},
    )  # fmt: skip
    assert (plan.status_code, plan.data["expected_effect"]) == (200, "5.00")
    assert leader.get(path(organization, one + "visibility/")).data["answer"] == "unknown"
    standing = leader.post(path(organization, one + "submit/"), {}).data
    assert (standing["eligible"], standing["outcome"]) == (3, None)
    vote = {"choice": "approve", "revision_digest": standing["revision_digest"]}
    assert chair.post(path(organization, one + "vote/"), vote).data["present"] == 1
    assert leader.post(path(organization, one + "vote/"), vote).status_code == 403
    second = api_of(seats[1].membership).post(path(organization, one + "vote/"), vote)
    assert (second.data["present"], second.data["needed"], second.data["outcome"]) == (2, 2, None)
    done = api_of(seats[2].membership).post(path(organization, one + "vote/"), vote)
    assert done.data["outcome"] == "approved"
    (decision,) = leader.get(path(organization, one + "decisions/")).data
    assert decision["content_digest"] == standing["revision_digest"]
    assert decision["ending"] == "all_voted"
    assert leader.get(path(organization, "decisions/")).data["count"] == 1
    assert leader.get(path(organization, f"decisions/{decision['id']}/")).status_code == 200
    moved = leader.post(path(organization, one + "transition/"), {"to": "in_progress"})
    assert moved.data["state"] == "in_progress"
    late = leader.post(path(organization, one + "transition/"), {"to": "live", "on": "2999-01-01"})
    assert (late.status_code, late.data["code"]) == (422, "invalid_values")
    assert leader.post(path(organization, one + "transition/"), {"to": "live"}).data["state"] == "live"
    assert len(leader.get(path(organization, one + "history/")).data) == 5


def test_change_needs_the_version_that_was_read(organization, ada, api_of):
    initiative, client = ready_initiative(ada), api_of(ada)
    address = path(organization, f"initiatives/{initiative.number}/")
    assert client.patch(address, {"title": "New"}).status_code == 422
    assert client.patch(address, {"title": "New", "lock_version": 1}).data["lock_version"] == 2
    again = client.patch(address, {"title": "Newer", "lock_version": 1})
    assert (again.status_code, again.data["code"]) == (409, "edit_conflict")
    assert again.data["title"] == (
        "It was changed after you read it. Compare your values with those stored now (errors), then send "
        "lock_version 2 to replace them."
    )
    stored = Initiative.objects.get()
    assert (stored.title, stored.problem) == ("New", initiative.problem)


def test_vote_on_a_changed_version(organization, ada, ben, seats, api_of):
    initiative = submitted(ada)
    answer = api_of(ben).post(
        path(organization, f"initiatives/{initiative.number}/vote/"),
        {"choice": "approve", "revision_digest": "f" * 64},
    )
    assert (answer.status_code, answer.data["code"]) == (409, "version_changed")
    assert not Approval.objects.exists()


def test_incomplete_plan_says_what_is_missing(organization, ada, seats, api_of):
    initiative = services.create_initiative(
        by=ada, values=services.InitiativeValues(title="Draft", owner=ada)
    )
    answer = api_of(ada).post(path(organization, f"initiatives/{initiative.number}/submit/"), {})
    assert (answer.status_code, answer.data["code"]) == (422, "plan_incomplete")
    assert "metric" in answer.data["errors"]


def test_the_first_plan_is_begun_as_the_api_says(organization, ada, api_of):
    initiative = services.create_initiative(
        by=ada, values=services.InitiativeValues(title="Draft", owner=ada)
    )
    MetricDefinitionFactory(organization=organization, key="nps")
    client, address = api_of(ada), path(organization, f"initiatives/{initiative.number}/plan/")
    none = client.get(address)
    assert (none.status_code, none.data["code"]) == (404, "no_plan_yet")
    assert none.data["title"].endswith("Write the first one with PUT and lock_version 1.")
    sent = {"metric": "nps", "expected_effect": "5"}
    wrong = client.put(address, {**sent, "lock_version": 7})
    assert (wrong.status_code, wrong.data["code"], "errors" in wrong.data) == (409, "edit_conflict", False)
    assert "nothing stored now differs" in wrong.data["title"]
    first = client.put(address, {**sent, "lock_version": 0})
    assert (first.status_code, first.data["expected_effect"], first.data["lock_version"]) == (200, "5.00", 2)
    again = client.put(address, {**sent, "expected_effect": "6", "lock_version": 0})  # there is one now
    assert (again.status_code, list(again.data["errors"])) == (409, ["expected_effect"])
    assert client.get(address).data["expected_effect"] == "5.00"


def test_strangers_and_lesser_roles(organization, ada, cleo, dora, seats, api_of):
    initiative = submitted(ada)
    address = path(organization, f"initiatives/{initiative.number}/")
    assert api_of(dora).get(address).status_code == 404
    assert api_of(cleo).get(address).status_code == 200
    assert api_of(cleo).get(address + "standing/").status_code == 200
    for name in ("submit/", "vote/", "withdraw/", "transition/", "close-vote/"):
        assert api_of(cleo).post(address + name, {}).status_code == 403
    assert api_of(cleo).patch(address, {}).status_code == 403
    assert api_of(ada).post(address + "withdraw/").data["state"] == "draft"
    assert api_of(ada).get(address + "standing/").status_code == 409


def test_seats(organization, ada, ben, api_of, dora):
    client, address = api_of(ada), path(organization, "seats/")
    assert client.get(address).data["results"] == []
    wanted = {"membership": ben.pk, "title": "Head of service", "function": "service"}
    BusinessFunctionFactory(organization=organization, key="service")
    refused = client.post(address, wanted)
    assert (refused.status_code, refused.json()["title"]) == (
        409,
        "Set up the coalition first, then fill its seats.",
    )
    services.save_charter(by=ada, values=services.CharterValues())
    made = client.post(address, wanted)
    assert (made.status_code, made.data["function"]) == (201, "service")
    assert client.post(address, {**wanted, "membership": dora.pk}).status_code == 422
    one = f"{address}{made.data['id']}/"
    assert client.patch(one, {"is_chair": True}).data["is_chair"] is True
    assert client.get(one).data["title"] == "Head of service"
    assert client.post(one + "end/").data["ends_on"] is not None
    assert not Seat.objects.filter(is_chair=True).exists()


def test_no_touchpoint_at_all_in_a_list_is_a_wrong_value(ada, api_of):
    """Two are there, and nothing was merged into either."""
    for number in range(2):
        TouchpointFactory(organization=ada.organization, key=f"web-{number}")
    sent = {"title": "Welcome call", "touchpoints": [None]}
    answer = api_of(ada).post("/api/v1/o/northwind/initiatives/", sent, format="json")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"touchpoints"}
