"""A touchpoint that a running evaluation needs is archived by nobody who does not know it."""

import pytest
from django.urls import reverse

from coalition.choices import InitiativeState
from common.errors import ConsequencesNotAccepted
from common.registry import lost_with
from journeys import services
from journeys.models import Touchpoint
from tests.factories.impact import live_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(organization, ada):
    return live_initiative(organization, ada, weeks=20, start=10).initiative


def place(key):
    return Touchpoint.objects.get(key=key)


@pytest.mark.parametrize(
    ("key", "words"),
    [("onboarding", "measures here"), ("onboarding-other-0", "compares with this touchpoint")],
)
def test_the_evaluation_is_named_on_page_and_api_before_it_is_archived(running, ada, client_of, key, words):
    client = client_of(ada)
    address = reverse("journeys:touchpoint_archive", args=["northwind", key])
    page = client.get(address).text
    assert words in page
    assert "INI-1" in page
    assert client.post(address).status_code == 409
    assert not place(key).is_archived
    api = f"/api/v1/o/northwind/touchpoints/{key}/archive/"
    answer = client.post(api, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "consequences_not_accepted")
    assert not place(key).is_archived
    with pytest.raises(ConsequencesNotAccepted):
        services.archive_touchpoint(by=ada, touchpoint=place(key))
    assert client.post(address, {"accepts_consequences": "1"}).status_code == 302
    assert place(key).is_archived


def test_the_api_archives_what_is_accepted(running, ada, client_of):
    answer = client_of(ada).post(
        "/api/v1/o/northwind/touchpoints/onboarding/archive/",
        {"accepts_consequences": True},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["is_archived"]) == (200, True)


def test_plan_and_study_page_say_what_was_archived(running, ada, client_of):
    client = client_of(ada)
    pages = (
        reverse("coalition:initiative_detail", args=["northwind", running.number]),
        reverse("impact:initiative_impact", args=["northwind", running.number]),
    )
    assert all("Archived since the plan was fixed" not in client.get(page).text for page in pages)
    other = place("onboarding-other-0")
    services.archive_touchpoint(by=ada, touchpoint=other, accepts_consequences=True)
    for page in pages:
        assert "Archived since the plan was fixed: Onboarding other 0." in client.get(page).text


@pytest.mark.parametrize(
    "state", [InitiativeState.EVALUATED, InitiativeState.CANCELLED, InitiativeState.DRAFT]
)
def test_an_evaluation_that_does_not_run_loses_nothing(running, ada, state):
    running.state = state
    running.save()
    assert list(lost_with(place("onboarding"))) == []
    assert services.archive_touchpoint(by=ada, touchpoint=place("onboarding")).is_archived


def test_touchpoints_that_nothing_measures_go_at_once(running, ada):
    made = services.save_touchpoint(by=ada, name="Old kiosk")
    assert services.archive_touchpoint(by=ada, touchpoint=made).is_archived


def test_archiving_twice_asks_for_nothing(running, ada):
    point = services.archive_touchpoint(by=ada, touchpoint=place("onboarding"), accepts_consequences=True)
    assert services.archive_touchpoint(by=ada, touchpoint=point).is_archived
