"""A definition was changed: what was heard under the one before is named wherever one looks for it."""

import pytest
from django.urls import reverse

from customer_voice import services
from customer_voice.models import MetricDefinition
from customer_voice.pages import overview_page
from overview.selectors import home_page, touchpoint_page
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory
from tests.overview.test_touchpoint import heard

pytestmark = pytest.mark.django_db

BASE = "/api/v1/o/northwind"


def page_of(client, name: str, *args: str, **query: object) -> str:
    response = client.get(reverse(name, args=["northwind", *args], query=query))
    assert response.status_code == 200
    return " ".join(response.text.split())


def version(number: int, **query: object) -> str:
    return reverse(
        "customer_voice:metric_detail", args=["northwind", "csat_5"], query={**query, "version": number}
    ).replace("&", "&amp;")


@pytest.fixture
def web(organization):
    return TouchpointFactory(organization=organization, key="web", name="Web shop")


@pytest.fixture
def phone(organization):
    return TouchpointFactory(organization=organization, key="phone", name="Phone")


@pytest.fixture
def csat(organization, web, phone) -> MetricDefinition:
    """Twelve answers on the web, seven on the phone."""
    metric = MetricDefinitionFactory(organization=organization, key="csat_5", name="Satisfaction")
    heard(metric, web, "2026-02-10", [5] * 12)
    heard(metric, phone, "2026-02-10", [4] * 7)
    services.rebuild_rollup(organization=organization)
    metric.refresh_from_db()
    return metric


@pytest.fixture
def changed(ada, csat) -> MetricDefinition:
    return services.define_metric(by=ada, metric=csat, values={"top_box_low": 5})


def test_the_touchpoint_names_the_answers_under_the_definition_before(client_of, ada, changed):
    page = page_of(client_of(ada), "overview:touchpoint_detail", "web")
    assert "No answers from customers" not in page
    assert (
        "Satisfaction (v2) has no answers at this touchpoint since its definition changed; under the "
        "definition before it, there are 12 answers."
    ) in page
    link = version(1, touchpoint="web")
    assert (
        "Version 2 has no answers at this touchpoint yet. Under the definition before it, version 1, there "
        f'are <a href="{link}">12 answers</a>.'
    ) in page
    assert "Import feedback" in page
    assert "12 answers" in page_of(
        client_of(ada), "customer_voice:metric_detail", "csat_5", version=1, touchpoint="web"
    )


def test_one_touchpoint_heard_again_says_nothing_of_another_that_is_not(
    client_of, api_of, ada, organization, changed, web, phone
):
    heard(changed, phone, "2026-03-10", [5] * 6)
    services.rebuild_rollup(organization=organization)
    client = client_of(ada)
    assert touchpoint_page(ada, phone).replaced == ()
    (line,) = touchpoint_page(ada, web).replaced
    assert (line.metric, line.before.version, line.answers) == (changed, 1, "12 answers")
    narrowed = page_of(client, "customer_voice:metric_detail", "csat_5", touchpoint="web")
    assert "Version 2 has no answers at this touchpoint yet." in narrowed
    assert version(1, touchpoint="web") in narrowed
    elsewhere = page_of(client, "customer_voice:metric_detail", "csat_5", touchpoint="phone")
    assert "has no answers at this touchpoint yet" not in elsewhere
    api = api_of(ada)
    asked = f"{BASE}/metrics/csat_5/series/"
    assert api.get(asked, {"touchpoint": "web"}).json()["earlier"] == {"version": 1, "answers": 12}
    assert api.get(asked, {"touchpoint": "phone"}).json()["earlier"] is None
    assert api.get(asked).json()["earlier"] is None
    assert api.get(asked, {"touchpoint": "web", "version": 1}).json()["earlier"] is None


def test_what_is_heard_again_stands_alone(ada, organization, changed, web):
    heard(changed, web, "2026-03-10", [5] * 6)
    services.rebuild_rollup(organization=organization)
    page = touchpoint_page(ada, web)
    assert (page.replaced, page.retired) == ((), ())
    assert [figure.line.metric for figure in page.figures] == [changed]


def test_the_newest_definition_heard_there_is_the_one_before(ada, organization, changed, web, phone):
    heard(changed, phone, "2026-03-10", [5] * 6)
    services.rebuild_rollup(organization=organization)
    changed.refresh_from_db()
    third = services.define_metric(by=ada, metric=changed, values={"top_box_low": 3})
    assert third.series == 3
    assert [(one.metric.version, one.before.version) for one in touchpoint_page(ada, web).replaced] == [
        (3, 1)
    ]
    assert [(one.metric.version, one.before.version) for one in touchpoint_page(ada, phone).replaced] == [
        (3, 2)
    ]


def test_listen_and_home_say_what_has_no_answers_since_the_change(
    client_of, api_of, ada, organization, changed
):
    other = MetricDefinitionFactory(organization=organization, key="nps")
    heard(other, TouchpointFactory(organization=organization, key="web"), "2026-02-10", [9] * 6)
    services.rebuild_rollup(organization=organization)
    said = (
        "Satisfaction (v2) has no answers since its definition changed; under the definition before it, "
        "there are 19 answers."
    )
    listen = page_of(client_of(ada), "customer_voice:metric_list")
    assert said in listen
    cards = listen[: listen.index("How to read this")]
    assert f'<a href="{version(1)}">19 answers</a>' in cards
    home = page_of(client_of(ada), "home")
    assert said in home
    assert f'href="{version(1)}"' in home
    body = api_of(ada).get(f"{BASE}/metrics/csat_5/series/").json()
    assert (body["points"], body["earlier"]) == ([], {"version": 1, "answers": 19})


def test_home_does_not_call_an_organization_unheard_whose_only_metric_was_changed(client_of, ada, changed):
    home = page_of(client_of(ada), "home")
    assert "Nothing has been heard from customers yet." not in home
    assert "there are 19 answers." in home


def test_several_changed_metrics_are_named_together(ada, organization, changed, web):
    second = MetricDefinitionFactory(organization=organization, key="csat_7", name="Effort")
    heard(second, web, "2026-02-10", [4] * 6)
    services.rebuild_rollup(organization=organization)
    second.refresh_from_db()
    services.define_metric(by=ada, metric=second, values={"top_box_low": 7})
    names = "Effort (v2), Satisfaction (v2)"
    assert overview_page(organization).sentence == (
        f"2 metrics have no answers since their definitions changed: {names}."
    )
    assert touchpoint_page(ada, web).sentence == (
        f"2 metrics have no answers at this touchpoint since their definitions changed: {names}."
    )


def test_answers_to_a_metric_taken_out_of_use_are_not_called_nothing(client_of, ada, csat, web):
    services.retire_metric(by=ada, metric=csat)
    client = client_of(ada)
    there = page_of(client, "overview:touchpoint_detail", "web")
    assert "Answers at this touchpoint are to metrics that are no longer in use: Satisfaction." in there
    assert "No answers from customers" not in there
    listen = page_of(client, "customer_voice:metric_list")
    assert "No feedback on the metrics in use" in listen
    assert "No feedback yet" not in listen
    (job,) = [job for job in home_page(ada).jobs if job.name == "Listen"]
    assert job.sentence == "Answers so far are to metrics that are no longer in use: Satisfaction."


def test_a_metric_out_of_use_stands_below_those_that_are_heard(client_of, ada, organization, csat, web):
    services.retire_metric(by=ada, metric=csat)
    other = MetricDefinitionFactory(organization=organization, key="nps")
    heard(other, web, "2026-02-10", [9] * 6)
    services.rebuild_rollup(organization=organization)
    page = overview_page(organization)
    assert [metric.key for metric in page.retired] == ["csat_5"]
    assert "no longer in use" not in page.sentence
    assert "No longer in use, with feedback" in page_of(client_of(ada), "customer_voice:metric_list")


def test_the_version_before_is_not_a_metric_out_of_use(organization, changed, ada, web):
    assert overview_page(organization).retired == []
    assert touchpoint_page(ada, web).retired == ()


def test_comments_without_a_score_are_not_called_nothing(ada, organization, web):
    FeedbackFactory(
        organization=organization,
        metric=None,
        touchpoint=web,
        score=None,
        text="Quick",
        occurred_at="2026-03-01T12:00:00+00:00",
    )
    assert touchpoint_page(ada, web).sentence == (
        "No scores from customers at this touchpoint yet; their comments are below."
    )


def test_it_is_said_in_chinese(client_of, ada, changed):
    ada.user.language = "zh-hans"
    ada.user.save()
    page = page_of(client_of(ada), "overview:touchpoint_detail", "web")
    assert "此触点尚无回答" in page
    assert "has no answers" not in page
