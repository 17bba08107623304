"""What a function touches, on one page for everybody who works in it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership
from coalition.services import suggest_improvement
from common.registry import JourneyLine, journeys_touched
from customer_voice.services import rebuild_rollup
from journeys.maps import services as maps
from journeys.maps.operations import Doing
from overview.selectors import my_part
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.coalition import InitiativeFactory
from tests.factories.customer_voice import FeedbackFactory
from tests.factories.impact import metric_of
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(organization):
    return BusinessFunctionFactory(organization=organization, key="service", name="Service")


@pytest.fixture
def care(organization, service):
    return BusinessFunctionFactory(organization=organization, key="care", name="Care", parent=service)


@pytest.fixture
def agent(organization, care):
    return MembershipFactory(organization=organization, role=Role.CONTRIBUTOR, function=care)


@pytest.fixture
def hotline(organization, care):
    return TouchpointFactory(organization=organization, key="hotline", name="Hotline", owner_function=care)


def _names(page):
    return [line.touchpoint.name for line in page.lines]


def _page(client, query=""):
    return client.get(reverse("overview:my_part", args=["northwind"]) + query)


def test_one_s_function_with_its_parts_and_what_one_looks_after(organization, service, care, agent, hotline):
    other = BusinessFunctionFactory(organization=organization, key="finance")
    TouchpointFactory(organization=organization, name="Chat", owner_function=service)
    TouchpointFactory(organization=organization, name="Bill", owner_function=other)
    TouchpointFactory(organization=organization, name="Letter", owner_person=agent)
    TouchpointFactory(organization=organization, name="Fax", owner_function=care, is_archived=True)
    head = MembershipFactory(organization=organization, role=Role.CONTRIBUTOR, function=service)

    assert _names(my_part(agent)) == ["Letter", "Hotline"]
    assert my_part(agent).lines[0].is_own
    assert _names(my_part(head)) == ["Chat", "Hotline"]
    assert _names(my_part(agent, "finance")) == ["Bill"]
    assert _names(my_part(agent, "nowhere")) == ["Letter", "Hotline"]


def test_without_a_function_the_page_says_what_to_do(organization, care, hotline, client_of):
    nobody = MembershipFactory(organization=organization, role=Role.CONTRIBUTOR)
    service = my_part(nobody).function
    assert service is None
    assert "You belong to no business function yet" in _page(client_of(nobody)).content.decode()
    assert "Hotline" in _page(client_of(nobody), "?function=care").content.decode()


def test_what_customers_say_and_what_is_being_changed(organization, ada, agent, hotline):
    nps = metric_of(organization, "nps")
    now = timezone.now()
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last_month = [first - timedelta(days=3)] * 6
    for number, moment in enumerate([*last_month, max(first, now - timedelta(hours=1))]):
        FeedbackFactory(
            organization=organization,
            metric=nps,
            touchpoint=hotline,
            occurred_at=moment,
            score=10 if number < 4 else 0,
            text=f"Said {number}" if number in {0, 6} else "",
        )
    FeedbackFactory(
        organization=organization,
        metric=None,
        touchpoint=hotline,
        occurred_at=now - timedelta(days=40),
        text="Old",
    )
    rebuild_rollup(organization=organization)
    for state in ("in_progress", "evaluated", "draft"):
        InitiativeFactory(organization=organization, state=state, owner=ada).touchpoints.add(hotline)

    (line,) = my_part(agent).lines
    (figure,) = line.figures
    assert (figure.metric.key, figure.value) == ("nps", "33")  # (4 - 2) of 6
    assert figure.interval
    said = [row.text for row in line.words]
    assert (said[0], "Old" in said) == ("Said 6", False)
    assert [one.initiative.state for one in line.initiatives] == ["in_progress"]


def test_a_touchpoint_that_hears_much_leaves_room_for_the_words_at_others(organization, care, agent, hotline):
    quiet = TouchpointFactory(organization=organization, name="Letter", owner_function=care)
    now = timezone.now()
    for number in range(30):
        at = now - timedelta(minutes=number)
        FeedbackFactory(organization=organization, touchpoint=hotline, text=f"Busy {number}", occurred_at=at)
    for number in range(3):
        at = now - timedelta(days=9 + number)
        FeedbackFactory(organization=organization, touchpoint=quiet, text=f"Quiet {number}", occurred_at=at)
    lines = {line.touchpoint.name: [row.text for row in line.words] for line in my_part(agent).lines}
    assert lines == {"Hotline": ["Busy 0", "Busy 1"], "Letter": ["Quiet 0", "Quiet 1"]}


def test_the_part_of_another_function_is_not_called_one_s_own(organization, agent, hotline):
    finance = BusinessFunctionFactory(organization=organization, key="finance", name="Finance")
    TouchpointFactory(organization=organization, name="Bill", owner_function=finance)
    assert my_part(agent).sentence.startswith("Your part of the journey has 1 touchpoint.")
    assert my_part(agent, "finance").sentence == "Finance: 1 touchpoint of the journey."


def test_a_case_is_not_what_customers_say(organization, agent, hotline):
    ttr = metric_of(organization, "ttr")
    moment = timezone.now() - timedelta(days=40)
    FeedbackFactory(
        organization=organization,
        metric=ttr,
        touchpoint=hotline,
        occurred_at=moment,
        resolved_at=moment + timedelta(hours=2),
    )
    rebuild_rollup(organization=organization)
    assert my_part(agent).lines[0].figures == ()


def test_own_suggestions_and_nobody_else_s(organization, agent, cleo, hotline):
    suggest_improvement(by=cleo, touchpoint=hotline, text="Theirs")
    mine = suggest_improvement(by=agent, touchpoint=hotline, text="Mine")
    assert list(my_part(agent).suggestions) == [mine]


def test_an_auditor_suggests_nothing(organization, care, hotline, client_of):
    auditor = MembershipFactory(organization=organization, role=Role.AUDITOR, function=care)
    agent = MembershipFactory(organization=organization, role=Role.CONTRIBUTOR, function=care)
    address = reverse("coalition:suggestion_create", args=["northwind"])
    assert address not in _page(client_of(auditor)).content.decode()
    assert f"{address}?touchpoint=hotline" in _page(client_of(agent)).content.decode()


def _journeys(question):
    names = sorted(str(touchpoint) for touchpoint in question.touchpoints)
    yield JourneyLine(name="Repair", url="/o/northwind/journeys/1/", note=", ".join(names))


def test_journeys_come_from_whoever_registers_them(agent, hotline, client_of, monkeypatch):
    monkeypatch.setattr(journeys_touched, "_paths", [f"{__name__}._journeys"])
    assert [(one.name, one.note) for one in my_part(agent).journeys] == [("Repair", "Hotline")]
    assert "/o/northwind/journeys/1/" in _page(client_of(agent)).content.decode()


def _map(ada, name, *steps, **values):
    """A map with one stage; of each step its name and the key of its touchpoint, or none."""
    row = maps.new_map(by=ada, values=maps.MapValues(name=name, **values))
    stage = row.content["stages"][0]
    for title, touchpoint in steps:
        row = maps.edit_map(
            by=ada, map=row, doings=[Doing(do="add_step", told={"stage": stage, "name": title})]
        )
        told = {"step": row.content[f"order.{stage}"][-1], "touchpoints": [touchpoint] if touchpoint else []}
        row = maps.edit_map(by=ada, map=row, doings=[Doing(do="set_step", told=told)])
    return row


def test_maps_of_today_that_lead_through_my_touchpoints_say_at_which_steps(ada, agent, hotline, client_of):
    repair = _map(ada, "Repair", ("Call", "hotline"), ("Wait", ""), ("Explain", "hotline"))
    _map(ada, "Renewal", ("Sign", ""))
    _map(ada, "Repair tomorrow", ("Call", "hotline"), state="future")
    maps.archive_map(by=ada, map=_map(ada, "Old repair", ("Call", "hotline")))
    assert [(one.name, one.note) for one in my_part(agent).journeys] == [("Repair", "Call, Explain")]
    address = reverse("overview:map_detail", args=["northwind", repair.key])
    assert address in _page(client_of(agent)).content.decode()
    _map(ada, "Move", *((f"Step {number}", "hotline") for number in range(1, 7)))
    (note,) = (one.note for one in my_part(agent).journeys if one.name == "Move")
    assert note == "Step 1, Step 2, Step 3, Step 4 and 2 more steps"


def test_another_organization_s_touchpoints_are_nowhere(dora, care, hotline):
    assert my_part(dora, "care").lines == ()


def test_a_program_reads_the_same_and_names_an_unknown_function(agent, hotline, api_of):
    api, address = api_of(agent), "/api/v1/o/northwind/my-part/"
    answer = api.get(address).json()
    assert (answer["function"], [one["touchpoint"] for one in answer["lines"]]) == ("care", ["hotline"])
    refused = api.get(f"{address}?function=nowhere")
    assert (refused.status_code, "function" in refused.json()["errors"]) == (422, True)
    Membership.objects.filter(pk=agent.pk).update(function=None)
    assert api.get(address).json()["function"] is None
