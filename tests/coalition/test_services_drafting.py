"""What may stand in an initiative, a plan and a seat, whoever sends it: page, API or another program."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition import services
from coalition.errors import PlanIncomplete
from coalition.models import Initiative
from coalition.services import InitiativeValues, PlanValues, SeatValues
from common.errors import InvalidValues
from tests.factories.coalition import CoalitionFactory, ready_initiative, seated
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db

NPS = {"key": "nps"}
CSAT = {"key": "csat", "kind": "csat", "rule": "top_box", "scale_low": 1, "scale_high": 5, "top_box_low": 4}
OSAT = {"key": "osat", "kind": "osat", "rule": "mean", "scale_low": 1, "scale_high": 10}
TTR = {"key": "ttr", "kind": "ttr", "rule": "duration"}


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


@pytest.mark.parametrize(
    ("kind", "direction", "fits", "too_much"),
    [
        (NPS, "up", "200", "200.01"),
        (CSAT, "up", "100", "250"),
        (OSAT, "up", "9", "9.01"),
        (TTR, "down", "99", "100"),
        (TTR, "up", "900", "901"),
    ],
)
def test_no_change_is_larger_than_the_scale(ada, organization, kind, direction, fits, too_much):
    initiative = ready_initiative(ada)
    metric = initiative.plan.metric
    if kind["key"] != "nps":
        empty = {"bottom_box_high": None, "top_box_low": None}
        metric = MetricDefinitionFactory(organization=organization, **{**empty, **kind})
    values = {"metric": metric, "direction": direction}

    def save(size, lock):
        sizes = {"expected_effect": Decimal(size), "smallest_worthwhile_effect": Decimal(0)}
        plan = plan_values(initiative, **values, **sizes)
        services.edit_plan(by=ada, initiative=initiative, values=plan, lock_version=lock)

    save(fits, 1)
    wrong = refused_fields(lambda: save(too_much, 2))
    assert list(wrong) == ["expected_effect"]
    assert "cannot change by more than" in wrong["expected_effect"]


@pytest.mark.parametrize("day", [date.max, date(9998, 12, 31), date(1901, 1, 1)])
def test_a_day_that_nobody_means_is_refused_and_no_page_fails(ada, client_of, day):
    initiative = ready_initiative(ada)
    plan = plan_values(initiative, review_on=day)
    wrong = refused_fields(
        lambda: services.edit_plan(by=ada, initiative=initiative, values=plan, lock_version=1)
    )
    assert "review_on" in wrong
    values = InitiativeValues(title="Later", owner=ada, planned_go_live_on=day)
    wrong = refused_fields(lambda: services.create_initiative(by=ada, values=values))
    assert "Choose a day between" in wrong["planned_go_live_on"]
    # stored by an older version, it still opens
    initiative.plan.review_on = day
    initiative.plan.save()
    for name in ("initiative_detail", "plan_edit"):
        page = client_of(ada).get(reverse(f"coalition:{name}", args=["northwind", initiative.number]))
        assert page.status_code == 200


def test_a_go_live_of_the_past_is_not_put_to_the_vote(ada):
    seated(ada.organization)
    initiative = ready_initiative(ada, planned_go_live_on=timezone.localdate())
    with pytest.raises(PlanIncomplete) as refusal:
        services.submit_initiative(by=ada, initiative=initiative)
    assert list(refusal.value.fields) == ["planned_go_live_on"]
    assert "go-live in the future" in str(refusal.value.message)
    initiative.planned_go_live_on = timezone.localdate() + timedelta(days=1)
    initiative.save()
    assert services.submit_initiative(by=ada, initiative=initiative)


def test_an_edit_that_meets_a_vote_is_not_asked_for_the_reason_of_an_approved_change(ada, client_of):
    seated(ada.organization)
    initiative = ready_initiative(ada)
    services.submit_initiative(by=ada, initiative=initiative)
    page = client_of(ada).post(
        reverse("coalition:initiative_edit", args=["northwind", initiative.number]),
        {"title": "Another title", "owner": ada.pk, "lock_version": 1},
    )
    assert page.status_code in {409, 422}
    assert "This was approved" not in page.text
    assert 'name="reason"' not in page.text
    assert "Another title" in page.text  # what was typed is kept


def test_a_plan_that_leaves_nothing_to_measure_is_not_put_to_the_vote(ada):
    """Six months from go-live to review: a lag of six leaves no whole month, one of five leaves one."""
    seated(ada.organization)
    initiative = ready_initiative(ada)
    today = ada.organization.clock.today()
    start = date(today.year + 1, 1, 1)
    Initiative.objects.update(planned_go_live_on=start)
    plan = initiative.plan
    plan.period, plan.review_on, plan.lag_periods = "month", date(start.year, 7, 1), 6
    plan.save()
    initiative = Initiative.objects.get(pk=initiative.pk)
    with pytest.raises(PlanIncomplete) as refusal:
        services.submit_initiative(by=ada, initiative=initiative)
    assert list(refusal.value.fields) == ["review_on"]
    plan.lag_periods = 5
    plan.save()
    assert services.submit_initiative(by=ada, initiative=Initiative.objects.get(pk=initiative.pk))
