"""What may stand in an initiative, a plan and a seat, whoever sends it: page, API or another program."""

from datetime import date

import pytest
from django.urls import reverse

from coalition import services
from coalition.models import Initiative
from coalition.services import InitiativeValues, PlanValues, SeatValues
from common.errors import InvalidValues
from tests.factories.coalition import CoalitionFactory, ready_initiative
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fax(organization):
    return TouchpointFactory(organization=organization, key="fax", name="Fax", is_archived=True)


def refused_fields(call):
    with pytest.raises(InvalidValues) as refusal:
        call()
    return refusal.value.fields


def test_an_archived_touchpoint_does_not_come_into_an_initiative(ada, fax):
    values = InitiativeValues(title="Welcome call", owner=ada, touchpoints=(fax,))
    wrong = refused_fields(lambda: services.create_initiative(by=ada, values=values))
    assert "cannot be chosen: Fax." in wrong["touchpoints"]
    assert not Initiative.objects.exists()


def test_the_api_refuses_an_archived_touchpoint(ada, fax, api_of):
    answer = api_of(ada).post(
        "/api/v1/o/northwind/initiatives/", {"title": "Welcome call", "touchpoints": ["fax"]}
    )
    assert (answer.status_code, list(answer.data["errors"])) == (422, ["touchpoints"])


def test_a_touchpoint_archived_later_stays_where_it_was_chosen(ada, client_of):
    initiative = ready_initiative(ada, title="Welcome call")
    touchpoint = initiative.touchpoints.get()
    touchpoint.is_archived = True
    touchpoint.save()
    values = InitiativeValues(title="Second call", owner=ada, touchpoints=(touchpoint,))
    services.edit_initiative(by=ada, initiative=initiative, values=values, lock_version=1)
    page = client_of(ada).get(reverse("coalition:initiative_edit", args=["northwind", initiative.number]))
    assert f'name="touchpoints" value="{touchpoint.pk}"' in page.text  # saving the page does not drop it
    assert initiative.touchpoints.get() == touchpoint


def plan_values(initiative, **changes):
    plan = initiative.plan
    return PlanValues(**{"metric": plan.metric, "baseline_from": plan.baseline_from, **changes})


def test_a_retired_metric_does_not_come_into_a_plan(ada, organization):
    initiative = ready_initiative(ada)
    retired = MetricDefinitionFactory(organization=organization, key="csat", is_retired=True)
    wrong = refused_fields(
        lambda: services.edit_plan(
            by=ada, initiative=initiative, values=plan_values(initiative, metric=retired), lock_version=1
        )
    )
    assert "is retired" in wrong["metric"]


def test_a_metric_retired_later_stays_in_its_plan(ada):
    initiative = ready_initiative(ada)
    metric = initiative.plan.metric
    metric.is_retired = True
    metric.save()
    values = plan_values(initiative, decision_rule="Stop if it is not worth having.")
    services.edit_plan(by=ada, initiative=initiative, values=values, lock_version=1)
    initiative.plan.refresh_from_db()
    assert initiative.plan.decision_rule == "Stop if it is not worth having."


def test_the_api_refuses_a_retired_metric_in_a_plan(ada, organization, api_of):
    initiative = ready_initiative(ada)
    MetricDefinitionFactory(organization=organization, key="csat", is_retired=True)
    answer = api_of(ada).put(
        f"/api/v1/o/northwind/initiatives/{initiative.number}/plan/", {"metric": "csat", "lock_version": 1}
    )
    assert (answer.status_code, list(answer.data["errors"])) == (422, ["metric"])


def test_nothing_is_compared_with_an_archived_touchpoint(ada, fax):
    initiative = ready_initiative(ada)
    values = plan_values(initiative, comparison_touchpoints=(fax,))
    wrong = refused_fields(
        lambda: services.edit_plan(by=ada, initiative=initiative, values=values, lock_version=1)
    )
    assert list(wrong) == ["comparison_touchpoints"]
    initiative.plan.comparison_touchpoints.add(fax)
    services.edit_plan(by=ada, initiative=initiative, values=values, lock_version=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("period", "century"), ("direction", "sideways"), ("selection", "magic"), ("lag_periods", 53),
     ("lag_periods", -1)],
)  # fmt: skip
def test_a_word_that_is_no_choice_is_refused_in_a_plan(ada, field, value):
    initiative = ready_initiative(ada)
    values = plan_values(initiative, **{field: value})
    wrong = refused_fields(
        lambda: services.edit_plan(by=ada, initiative=initiative, values=values, lock_version=1)
    )
    assert list(wrong) == [field]


def test_no_seat_speaks_newly_for_an_archived_touchpoint(organization, ada, ben, fax):
    coalition = CoalitionFactory(organization=organization)
    values = SeatValues(
        membership=ben, title="Head of service", touchpoints=(fax,), starts_on=date(2026, 1, 1)
    )
    wrong = refused_fields(lambda: services.add_seat(by=ada, coalition=coalition, values=values))
    assert "cannot be chosen: Fax." in wrong["touchpoints"]
    fax.is_archived = False
    fax.save()
    seat = services.add_seat(by=ada, coalition=coalition, values=values)
    fax.is_archived = True
    fax.save()
    assert services.change_seat(by=ada, seat=seat, values=values).touchpoints.get() == fax


@pytest.mark.parametrize("state", ["nonsense", "Draft", "draft,live"])
def test_a_list_asked_for_an_unknown_state_is_refused(ada, api_of, state):
    answer = api_of(ada).get("/api/v1/o/northwind/initiatives/", {"state": state})
    assert (answer.status_code, list(answer.data["errors"])) == (422, ["state"])
    assert api_of(ada).get("/api/v1/o/northwind/initiatives/", {"state": "draft"}).status_code == 200
