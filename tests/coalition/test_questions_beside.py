"""A plan names a metric that should stay and places nearby; what cannot be asked is refused by its field."""

import pytest
from django.urls import reverse

from coalition.fields import PLAN
from coalition.models import EvaluationPlan
from coalition.selectors.content import changes_between, initiative_content, plan_content, plan_lines
from coalition.selectors.initiatives import missing_before_vote
from coalition.services import edit_plan
from common.errors import InvalidValues
from tests.factories.coalition import ready_initiative
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.factories.impact import metric_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(ada):
    return ready_initiative(ada)


@pytest.fixture
def csat(organization):
    metric = metric_of(organization, "csat_5")
    metric.name = "CSAT again"
    metric.save()
    return metric


@pytest.fixture
def lounge(organization):
    return TouchpointFactory(organization=organization, key="lounge", name="Lounge")


def edited(draft, by, **changed):
    draft.refresh_from_db()
    values = PLAN.values_of(EvaluationPlan.objects.get(initiative=draft), **changed)
    edit_plan(by=by, initiative=draft, values=values, lock_version=draft.lock_version, reason="")
    return EvaluationPlan.objects.select_related("metric", "unmoved_metric").get(initiative=draft)


def refused(draft, by, **changed):
    with pytest.raises(InvalidValues) as error:
        edited(draft, by, **changed)
    return dict(error.value.fields)


def test_both_are_part_of_what_is_voted_on_and_leave_no_trace_unsaid(draft, ada, csat, lounge):
    plan = EvaluationPlan.objects.get(initiative=draft)
    before = initiative_content(draft)
    assert not {"unmoved_metric", "spillover"} & plan_content(draft, plan).keys()
    plan = edited(draft, ada, unmoved_metric=csat, spillover_touchpoints=(lounge,))
    draft.refresh_from_db()
    content = plan_content(draft, plan)
    assert content["unmoved_metric"] == {"key": "csat_5", "version": csat.version, "name": "CSAT again"}
    assert content["spillover"] == [["lounge", "Lounge"]]
    changes = {one.label: one.after for one in changes_between(before, initiative_content(draft))}
    assert changes == {"Could be affected too": "Lounge", "Metric that should not move": "CSAT again"}
    lines = plan_lines(content, effect=str)
    assert lines["spillover"][1] == "Lounge"
    again = edited(draft, ada, unmoved_metric=None, spillover_touchpoints=())
    assert not {"unmoved_metric", "spillover"} & plan_content(draft, again).keys()


def test_what_cannot_be_asked_is_refused_by_its_field(draft, ada, dora, csat, lounge):
    plan = EvaluationPlan.objects.get(initiative=draft)
    foreign = MetricDefinitionFactory(organization=dora.organization, key="theirs")
    away = TouchpointFactory(organization=dora.organization, key="away")
    old = TouchpointFactory(organization=ada.organization, key="old", is_archived=True)
    csat.is_retired = True
    csat.save()
    for changed, field, words in (
        ({"unmoved_metric": plan.metric}, "unmoved_metric", "is the metric that should move"),
        ({"unmoved_metric": foreign}, "unmoved_metric", "does not belong"),
        ({"unmoved_metric": csat}, "unmoved_metric", "is retired"),
        ({"spillover_touchpoints": (away,)}, "spillover_touchpoints", "do not belong"),
        ({"spillover_touchpoints": (old,)}, "spillover_touchpoints", "Archived touchpoints"),
        (
            {"spillover_touchpoints": (draft.touchpoints.first(),)},
            "spillover_touchpoints",
            "gets the initiative itself",
        ),
        (
            {"spillover_touchpoints": (lounge,), "comparison_touchpoints": (lounge,)},
            "spillover_touchpoints",
            "choose one of the two",
        ),
    ):
        found = refused(draft, ada, **changed)
        assert list(found) == [field]
        assert words in str(found[field])


def test_a_metric_retired_and_a_place_archived_later_stay(draft, ada, csat, lounge):
    edited(draft, ada, unmoved_metric=csat, spillover_touchpoints=(lounge,))
    csat.is_retired, lounge.is_archived = True, True
    csat.save()
    lounge.save()
    plan = edited(draft, ada, decision_rule="Another rule.")
    assert plan.unmoved_metric_id == csat.pk
    assert plan.decision_rule == "Another rule."


def test_a_place_that_gets_it_later_is_said_before_the_vote(draft, ada, lounge):
    edited(draft, ada, spillover_touchpoints=(lounge,))
    draft.touchpoints.add(lounge)
    assert "spillover_touchpoints" in {one.field for one in missing_before_vote(draft)}


def test_the_page_and_the_api_take_both(draft, ada, csat, lounge, client_of, api_of):
    browser, slug = client_of(ada), ada.organization.slug
    page = browser.get(reverse("coalition:plan_edit", args=[slug, draft.number]))
    offered = page.context["form"].fields["unmoved_metric"].queryset
    assert csat in offered
    client = api_of(ada)
    address = f"/api/v1/o/{slug}/initiatives/{draft.number}/plan/"
    read = client.get(address).json()
    assert (read["unmoved_metric"], read["spillover_touchpoints"]) == (None, [])
    sent = {
        "metric": read["metric"],
        "unmoved_metric": "csat_5",
        "spillover_touchpoints": ["lounge"],
        "lock_version": read["lock_version"],
    }
    written = client.put(address, sent, format="json")
    assert written.status_code == 200, written.json()
    assert (written.json()["unmoved_metric"], written.json()["spillover_touchpoints"]) == (
        "csat_5",
        ["lounge"],
    )
    wrong = {**sent, "unmoved_metric": "nowhere", "lock_version": written.json()["lock_version"]}
    assert "unmoved_metric" in client.put(address, wrong, format="json").json()["errors"]
