"""Targets are labels: they change no figure, no definition, and say only what the interval allows."""

import re
from math import inf, nan

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from customer_voice import selectors, services
from customer_voice.choices import TargetReading
from customer_voice.errors import TargetRefused
from customer_voice.models import MetricDefinition, MetricTarget
from customer_voice.selectors import SeriesPoint
from customer_voice.selectors.figures import Counts, Figure
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db


def point(low: float | None, high: float | None, n: int = 50) -> SeriesPoint:
    middle = 0.0 if low is None or high is None else (low + high) / 2
    return SeriesPoint(
        start=None,
        end=None,
        figure=Figure(n=n, value=middle, low=low, high=high),
        counts=Counts(),
        is_partial=False,
    )


def test_a_target_makes_no_version_and_is_told_in_the_trail(ada, nps):
    services.set_target(by=ada, metric=nps, value=20.0)
    services.set_target(by=ada, metric=nps, value=25.0)
    services.set_target(by=ada, metric=nps, value=25.0)
    services.set_target(by=ada, metric=nps, value=None)
    services.set_target(by=ada, metric=nps, value=None)
    assert MetricDefinition.objects.filter(key="nps").count() == 1
    assert not MetricTarget.objects.exists()
    events = AuditEvent.objects.of(ada.organization).order_by("pk").values_list("verb", "before", "after")
    assert [(verb, before["target"], after["target"]) for verb, before, after in events] == [
        ("metric.target_set", None, 20.0),
        ("metric.target_set", 20.0, 25.0),
        ("metric.target_removed", 25.0, None),
    ]


def test_a_touchpoint_keeps_its_own_target_and_else_has_that_of_the_metric(ada, nps, touchpoints):
    web, phone = touchpoints
    services.set_target(by=ada, metric=nps, value=20.0)
    services.set_target(by=ada, metric=nps, value=35.0, touchpoint=web)
    targets = selectors.metric_targets(ada.organization, nps)
    assert (targets.at(None), targets.at(web), targets.at(phone)) == (20.0, 35.0, 20.0)


def test_a_target_belongs_to_the_metric_whatever_its_version(ada, nps):
    services.set_target(by=ada, metric=nps, value=20.0)
    later = MetricDefinitionFactory(organization=ada.organization, key="nps", version=2)
    assert selectors.metric_targets(ada.organization, later).overall == 20.0


def test_a_target_beyond_the_scale_of_a_later_version_is_not_drawn(ada):
    mean = MetricDefinitionFactory(organization=ada.organization, key="ces_mean_7")
    services.set_target(by=ada, metric=mean, value=6.5)
    shorter = MetricDefinitionFactory(
        organization=ada.organization, key="ces_mean_7", version=2, scale_high=5
    )
    assert selectors.metric_targets(ada.organization, shorter).overall is None


@pytest.mark.parametrize(
    ("key", "allowed", "refused"),
    [
        ("nps", [-100.0, 0.0, 100.0], [-100.5, 101.0, nan, inf]),
        ("csat_5", [0.0, 1.0], [-0.01, 1.01]),
        ("ces_mean_7", [1.0, 7.0], [0.9, 7.1]),
        ("ttr", [1.0, 1e7], [0.0, -5.0, inf]),
    ],
)
def test_a_target_lies_on_the_scale(ada, key, allowed, refused):
    metric = MetricDefinitionFactory(organization=ada.organization, key=key)
    for value in allowed:
        assert services.set_target(by=ada, metric=metric, value=value).value == value
    for value in refused:
        with pytest.raises(TargetRefused):
            services.set_target(by=ada, metric=metric, value=value)


def test_no_new_target_for_a_foreign_or_archived_touchpoint(ada, nps, elsewhere, touchpoints):
    with pytest.raises(TargetRefused):
        services.set_target(
            by=ada, metric=nps, value=1.0, touchpoint=TouchpointFactory(organization=elsewhere)
        )
    web, phone = touchpoints
    services.set_target(by=ada, metric=nps, value=1.0, touchpoint=web)
    for touchpoint in touchpoints:
        touchpoint.is_archived = True
        touchpoint.save()
    with pytest.raises(TargetRefused):
        services.set_target(by=ada, metric=nps, value=1.0, touchpoint=phone)
    assert services.set_target(by=ada, metric=nps, value=None, touchpoint=web) is None


@pytest.mark.parametrize(
    ("low", "high", "reading"),
    [
        (20.0, 30.0, TargetReading.REACHED),
        (10.0, 19.9, TargetReading.MISSED),
        (10.0, 20.0, TargetReading.UNCLEAR),
        (19.9, 30.0, TargetReading.UNCLEAR),
        (None, None, TargetReading.UNCLEAR),
    ],
)
def test_a_target_is_reached_only_with_the_whole_interval(nps, low, high, reading):
    assert selectors.target_reading(nps, point(low, high), 20.0) == reading


@pytest.mark.parametrize(
    ("low", "high", "reading"),
    [
        (100.0, 200.0, TargetReading.REACHED),
        (200.1, 300.0, TargetReading.MISSED),
        (200.1, None, TargetReading.MISSED),
        (100.0, None, TargetReading.UNCLEAR),
        (200.0, 300.0, TargetReading.UNCLEAR),
    ],
)
def test_for_times_less_is_better(ttr, low, high, reading):
    assert selectors.target_reading(ttr, point(low, high), 200.0) == reading


def test_too_few_answers_say_nothing_about_a_target(nps):
    assert selectors.target_reading(nps, point(20.0, 30.0, n=4), 20.0) == TargetReading.UNCLEAR


def test_targets_are_typed_in_the_units_that_people_speak(client_of, ada, cleo, touchpoints):
    for key, typed, kept in (("csat_5", "62.5", 0.625), ("ttr", "8", 28_800.0), ("nps", "-5", -5.0)):
        MetricDefinitionFactory(organization=ada.organization, key=key)
        page = reverse("customer_voice:metric_target", args=["northwind", key])
        assert client_of(ada).post(page, {"value": typed, "touchpoint": "web"}).status_code == 302
        assert MetricTarget.objects.get(metric_key=key, touchpoint__key="web").value == pytest.approx(kept)
        assert client_of(cleo).get(page).status_code == 403
    page = reverse("customer_voice:metric_target", args=["northwind", "csat_5"])
    refused = client_of(ada).post(page, {"value": "625"})
    assert refused.status_code == 422
    assert b"can never reach" in refused.content
    assert client_of(ada).post(page, {"value": "", "touchpoint": "web"}).status_code == 302
    assert not MetricTarget.objects.filter(metric_key="csat_5").exists()


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]


def test_a_target_that_somebody_else_has_set_meanwhile_is_replaced_only_after_it_was_said(
    client_of, ada, ben, nps, touchpoints
):
    page = reverse("customer_voice:metric_target", args=["northwind", "nps"])
    seen = seen_on(client_of(ada).get(page))
    services.set_target(by=ben, metric=nps, value=40.0)
    services.set_target(by=ben, metric=nps, value=10.0, touchpoint=touchpoints[0])
    refused = client_of(ada).post(page, {"value": "30", "touchpoint": "", "seen": seen})
    assert refused.status_code == 422
    (text,) = refused.context["form"].errors["value"]
    assert text.startswith("Ben changed this while you were writing. Stored now: 40")
    assert MetricTarget.objects.get(touchpoint=None).value == 40.0
    again = {"value": "30", "touchpoint": "", "seen": seen_on(refused)}
    assert client_of(ada).post(page, again).status_code == 302
    assert MetricTarget.objects.get(touchpoint=None).value == 30.0
    assert MetricTarget.objects.get(touchpoint=touchpoints[0]).value == 10.0


def test_the_same_target_typed_by_two_people_is_no_conflict_and_a_removed_one_is(
    client_of, ada, ben, nps, touchpoints
):
    page = reverse("customer_voice:metric_target", args=["northwind", "nps"])
    services.set_target(by=ben, metric=nps, value=20.0)
    seen = seen_on(client_of(ada).get(page))
    services.set_target(by=ben, metric=nps, value=30.0)
    assert client_of(ada).post(page, {"value": "30", "touchpoint": "", "seen": seen}).status_code == 302
    services.set_target(by=ben, metric=nps, value=None)
    assert client_of(ada).post(page, {"value": "", "touchpoint": "", "seen": seen}).status_code == 302
    refused = client_of(ada).post(page, {"value": "25", "touchpoint": "", "seen": seen})
    assert "Ben emptied this while you were writing." in refused.context["form"].errors["value"][0]
    elsewhere = {"value": "25", "touchpoint": "web", "seen": seen}  # where nothing has changed
    assert client_of(ada).post(page, elsewhere).status_code == 302


def test_targets_by_api(api_of, ada, cleo, nps, touchpoints):
    address = "/api/v1/o/northwind/metrics/nps/targets/"
    assert api_of(ada).put(address, {"value": 30, "touchpoint": "web"}, format="json").status_code == 200
    answer = api_of(ada).put(address, {"value": 20}, format="json")
    assert sorted(answer.data, key=lambda row: row["value"]) == [
        {"touchpoint": None, "value": 20.0},
        {"touchpoint": "web", "value": 30.0},
    ]
    assert api_of(cleo).get(address).status_code == 200
    assert api_of(cleo).put(address, {"value": 1}, format="json").status_code == 403
    refused = api_of(ada).put(address, {"value": 300}, format="json")
    assert (refused.status_code, refused.data["code"]) == (422, "target_refused")
    unknown = api_of(ada).put(address, {"value": 1, "touchpoint": "moon"}, format="json")
    assert (unknown.status_code, set(unknown.data["errors"])) == (422, {"touchpoint"})
    series = api_of(ada).get("/api/v1/o/northwind/metrics/nps/series/?touchpoint=web")
    assert series.data["target"] == 30.0


@pytest.mark.parametrize(
    ("value", "is_fine"), [(-100.0, True), (100.0, True), (-100.1, False), (100.1, False)]
)
def test_a_target_of_nps_lies_between_minus_and_plus_one_hundred(ada, nps, value, is_fine):
    if is_fine:
        assert services.set_target(by=ada, metric=nps, value=value).value == value
        return
    with pytest.raises(TargetRefused) as refusal:
        services.set_target(by=ada, metric=nps, value=value)
    assert set(refusal.value.fields) == {"value"}


def test_taking_a_target_away_leaves_those_of_others(ada, nps, ttr, touchpoints, dora):
    theirs = MetricDefinitionFactory(organization=dora.organization, key="nps")
    services.set_target(by=dora, metric=theirs, value=10.0)
    services.set_target(by=ada, metric=nps, value=20.0)
    services.set_target(by=ada, metric=nps, value=30.0, touchpoint=touchpoints[0])
    services.set_target(by=ada, metric=ttr, value=40.0)
    services.set_target(by=ada, metric=nps, value=None)
    assert sorted(target.value for target in MetricTarget.objects.all()) == [10.0, 30.0, 40.0]
