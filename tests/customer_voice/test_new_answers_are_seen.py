"""A new answer is seen on the dashboard as it comes, before there is enough for a figure."""

import pytest
from django.utils import timezone

from customer_voice.services import record_feedback
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db


def answer(organization, metric, number, moment):
    item = {"external_id": f"a{number}", "touchpoint": "web", "occurred_at": moment.isoformat(), "score": "9"}
    record_feedback(organization=organization, metric=metric, source="x", items=[item])


def test_the_first_answers_of_a_month_stand_on_the_card(ada, organization, client_of):
    TouchpointFactory(organization=organization, key="web")
    nps = MetricDefinitionFactory(organization=organization, key="nps")
    client = client_of(ada)
    assert "Ask customers by a survey" in client.get("/o/northwind/listen/").text
    for number in (1, 2):
        answer(organization, nps, number, timezone.now())
        page = client.get("/o/northwind/listen/")
        [line] = page.context["page"].heard
        assert line.value == ""
        assert line.running.endswith("1 answer" if number == 1 else "2 answers")
        assert line.running in page.text


def test_a_new_organization_is_led_to_a_survey(ada, client_of):
    page = client_of(ada).get("/o/northwind/listen/").text
    assert 'href="/o/northwind/listen/surveys/new/"' in page
