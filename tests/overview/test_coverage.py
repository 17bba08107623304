"""What is missing at each touchpoint: gaps first, with the page that closes each."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition.choices import InitiativeState
from coalition.models import Coalition
from customer_voice.services import rebuild_rollup
from journeys.models import Touchpoint
from overview.selectors.coverage import Check, State, coverage_page
from tests.factories import BusinessFunctionFactory
from tests.factories.coalition import CoalitionFactory, InitiativeFactory, SeatFactory
from tests.factories.customer_voice import FeedbackFactory
from tests.factories.impact import metric_of
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(organization):
    return TouchpointFactory(organization=organization, key="bill", name="Bill")


def _cells(member, name="Bill"):
    (row,) = [row for row in coverage_page(member).rows if row.touchpoint.name == name]
    return {cell.check: cell for cell in row.cells}


def _said(metric, touchpoint, days, **more):
    moment = timezone.now() - timedelta(days=days)
    FeedbackFactory(
        organization=touchpoint.organization, metric=metric, touchpoint=touchpoint, occurred_at=moment, **more
    )


def test_without_anything_everything_is_missing_and_each_gap_leads_on(ada, bill):
    cells = _cells(ada)
    assert {check: cell.state for check, cell in cells.items()} == dict.fromkeys(Check, State.NO)
    where = {check: cell.url for check, cell in cells.items()}
    at = "/o/northwind/"
    assert where == {
        Check.LISTENS: f"{at}listen/surveys/new/?touchpoint=bill",
        Check.OWNED: f"{at}touchpoints/bill/edit/",
        Check.REPRESENTED: reverse("coalition:coalition_detail", args=["northwind"]),
        Check.COUNTED: reverse("customer_voice:definition_new", args=["northwind"]),
        Check.IMPROVED: f"{at}decide/new/?touchpoint=bill",
    }


def test_who_may_not_close_a_gap_gets_no_link(cleo, bill):
    assert {(cell.url, cell.action) for cell in _cells(cleo).values()} == {("", "")}


def test_someone_listens_where_something_came_within_ninety_days(ada, organization, bill):
    nps = metric_of(organization, "nps")
    _said(nps, bill, 92, score=7)
    rebuild_rollup(organization=organization)
    assert _cells(ada)[Check.LISTENS].state is State.NO
    _said(nps, bill, 89, score=7)
    rebuild_rollup(organization=organization)
    assert _cells(ada)[Check.LISTENS].state is State.YES


def test_comments_without_a_score_are_listening(ada, bill):
    _said(None, bill, 91, text="Too late.")
    assert _cells(ada)[Check.LISTENS].state is State.NO
    _said(None, bill, 3, text="Fine.")
    assert _cells(ada)[Check.LISTENS].text == "Comments come in"


def test_nobody_is_asked_by_survey_where_people_talk_among_themselves(ada, bill):
    Touchpoint.objects.update(is_intended=False)
    assert _cells(ada)[Check.LISTENS].url == reverse("customer_voice:import_new", args=["northwind"])


def test_it_is_owned_by_a_function_and_a_person_who_is_here(ada, ben, organization, bill):
    care = BusinessFunctionFactory(organization=organization, name="Care")
    steps = [
        ({"owner_function": care}, State.PARTLY, "Care, no person"),
        ({"owner_function": None, "owner_person": ben}, State.PARTLY, "Ben, no function"),
        ({"owner_function": care}, State.YES, "Care, Ben"),
    ]
    for values, state, text in steps:
        Touchpoint.objects.update(**values)
        cell = _cells(ada)[Check.OWNED]
        assert (cell.state, cell.text) == (state, text)
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    cell = _cells(ada)[Check.OWNED]
    assert (cell.state, cell.text) == (State.PARTLY, "Ben no longer has access")
    Touchpoint.objects.update(owner_function=None)
    assert _cells(ada)[Check.OWNED].state is State.NO


def test_a_seat_of_its_function_represents_it(ada, organization, bill):
    care = BusinessFunctionFactory(organization=organization, name="Care")
    Touchpoint.objects.update(owner_function=care)
    CoalitionFactory(organization=organization)
    cell = _cells(ada)[Check.REPRESENTED]
    assert (cell.state, cell.url) == (State.NO, "/o/northwind/decide/coalition/seats/new/?touchpoint=bill")
    seat = SeatFactory(coalition=Coalition.objects.get(), function=care)
    assert _cells(ada)[Check.REPRESENTED].state is State.YES
    seat.ends_on = timezone.localdate()
    seat.save()
    assert _cells(ada)[Check.REPRESENTED].state is State.NO


def test_an_operational_metric_is_named_and_has_figures(client_of, ada, organization, bill):
    ttr = metric_of(organization, "ttr")
    cell = _cells(ada)[Check.COUNTED]
    assert (cell.state, cell.action) == (State.NO, "Choose a metric")
    moment = timezone.now() - timedelta(days=3)
    _said(ttr, bill, 4, resolved_at=moment)
    rebuild_rollup(organization=organization)
    cells = _cells(ada)
    assert (cells[Check.COUNTED].state, cells[Check.COUNTED].action) == (State.PARTLY, "Name it")
    assert cells[Check.COUNTED].url == "/o/northwind/touchpoints/bill/edit/?operational_metric=ttr"
    form = client_of(ada).get(cells[Check.COUNTED].url).context["form"]
    assert form["operational_metric"].value() == "ttr"
    strange = client_of(ada).get("/o/northwind/touchpoints/bill/edit/?operational_metric=nothing")
    assert strange.context["form"]["operational_metric"].value() == ""
    assert cells[Check.LISTENS].state is State.NO  # a case is no answer of a customer
    Touchpoint.objects.update(operational_metric="ttr")
    assert _cells(ada)[Check.COUNTED].state is State.YES
    other = TouchpointFactory(organization=organization, name="Call", operational_metric="ttr")
    cell = _cells(ada, other.name)[Check.COUNTED]
    assert (cell.state, cell.action) == (State.PARTLY, "Import figures")


@pytest.mark.parametrize("state", InitiativeState.values)
def test_an_initiative_is_under_way_from_the_vote_until_it_is_completed(ada, organization, bill, state):
    InitiativeFactory(organization=organization, state=state, owner=ada).touchpoints.add(bill)
    is_under_way = state in {"submitted", "changes_requested", "approved", "in_progress", "live"}
    assert (_cells(ada)[Check.IMPROVED].state is State.YES) == is_under_way


def test_what_lacks_most_stands_first_and_archived_ones_nowhere(ada, ben, organization, bill):
    care = BusinessFunctionFactory(organization=organization)
    TouchpointFactory(organization=organization, name="Apply", owner_function=care, owner_person=ben)
    TouchpointFactory(organization=organization, name="Ask", owner_function=care)
    TouchpointFactory(organization=organization, name="Fax", is_archived=True)
    page = coverage_page(ada)
    assert [row.touchpoint.name for row in page.rows] == ["Bill", "Ask", "Apply"]
    assert {total.check: total.covered for total in page.totals}[Check.OWNED] == 1
    assert page.sentence == "Every touchpoint lacks something. No one listens at: Bill, Ask, Apply."


def test_the_page_shows_one_kind_of_gap(ada, ben, organization, bill, client_of):
    care = BusinessFunctionFactory(organization=organization)
    TouchpointFactory(organization=organization, name="Apply", owner_function=care, owner_person=ben)
    address = reverse("overview:coverage", args=["northwind"])
    client = client_of(ada)
    assert [row.touchpoint.name for row in client.get(f"{address}?gap=owned").context["rows"]] == ["Bill"]
    for unknown in ("", "?gap=all", "?gap=zzz"):
        assert len(client.get(address + unknown).context["rows"]) == 2


def test_an_empty_list_leads_to_the_list(ada, client_of):
    page = client_of(ada).get(reverse("overview:coverage", args=["northwind"])).content.decode()
    assert "No touchpoint yet" in page


def test_a_program_reads_the_same(ada, bill, api_of):
    answer = api_of(ada).get("/api/v1/o/northwind/coverage/").json()
    assert (answer["whole"], answer["rows"][0]["touchpoint"], answer["rows"][0]["gaps"]) == (0, "bill", 5)
    assert answer["rows"][0]["cells"][1]["check"] == "owned"


def test_the_links_fill_the_forms_in(ada, ben, organization, bill, client_of):
    care = BusinessFunctionFactory(organization=organization, name="Care")
    CoalitionFactory(organization=organization)
    client = client_of(ada)
    draft = client.get("/o/northwind/decide/new/?touchpoint=bill").context["form"]
    assert draft.initial["touchpoints"] == [bill.pk]
    seat = client.get("/o/northwind/decide/coalition/seats/new/?touchpoint=bill").context["form"]
    assert seat.initial["touchpoints"] == [bill.pk]
    Touchpoint.objects.update(owner_function=care, owner_person=ben)
    seat = client.get("/o/northwind/decide/coalition/seats/new/?touchpoint=bill").context["form"]
    assert seat.initial == {"function": care.pk, "membership": ben.pk}
    assert (
        client.get("/o/northwind/decide/new/?touchpoint=nowhere").context["form"].initial["touchpoints"] == []
    )
