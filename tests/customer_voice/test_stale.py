"""Definitions and targets that two people change at once."""

import pytest
from django.db import connection

from accounts.models import AuditEvent
from customer_voice.errors import DefinitionRefused
from customer_voice.models import MetricDefinition, MetricTarget
from customer_voice.services import define_metric, retire_metric, set_target
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


@pytest.fixture
def metric(organization):
    found = MetricDefinitionFactory(organization=organization, wording="How was it?")
    FeedbackFactory(organization=organization, metric=found)
    return found


def again(row):
    return MetricDefinition.objects.get(pk=row.pk)


def test_the_same_change_sent_twice_is_one_version(ada, metric):
    first, second = again(metric), again(metric)
    made = define_metric(by=ada, metric=first, values={"wording": "How was your visit?"})
    assert define_metric(by=ada, metric=second, values={"wording": "How was your visit?"}) == made
    assert MetricDefinition.objects.filter(key=metric.key, is_retired=False).count() == 1
    assert AuditEvent.objects.filter(verb="metric.redefined").count() == 1


def test_another_change_of_what_was_replaced_is_refused(ada, metric):
    first, second = again(metric), again(metric)
    define_metric(by=ada, metric=first, values={"wording": "How was your visit?"})
    with pytest.raises(DefinitionRefused, match="Someone else has changed or retired"):
        define_metric(by=ada, metric=second, values={"wording": "How did it go?"})
    assert MetricDefinition.objects.filter(key=metric.key, is_retired=False).count() == 1


def test_a_metric_that_was_retired_meanwhile_stays_retired(ada, metric):
    seen = again(metric)
    retire_metric(by=ada, metric=metric)
    with pytest.raises(DefinitionRefused):
        define_metric(by=ada, metric=seen, values={"wording": "How was your visit?"})
    assert MetricDefinition.objects.get(key=metric.key).is_retired


def test_a_second_click_on_retire_takes_nothing_back(ada, metric, client_of):
    client, address = client_of(ada), f"/o/northwind/listen/definitions/{metric.key}/retire/"
    for _click in "ab":
        assert client.post(address).status_code == 302
    assert again(metric).is_retired
    assert AuditEvent.objects.filter(verb="metric.retired").count() == 1
    client.post(address, {"to": "use"})
    assert not again(metric).is_retired


def test_a_new_name_and_a_new_question_at_once_are_both_kept(ada, organization):
    metric = MetricDefinitionFactory(organization=organization, wording="How was it?", name="Visit")
    first, second = again(metric), again(metric)
    define_metric(by=ada, metric=first, values={"name": "Visits", "wording": "How was it?"})
    define_metric(by=ada, metric=second, values={"name": "Visit", "wording": "How was your visit?"})
    assert (again(metric).name, again(metric).wording) == ("Visits", "How was your visit?")


def test_the_api_refuses_a_target_with_a_day_that_nothing_reads(ada, metric, api_of):
    answer = api_of(ada).put(
        f"/api/v1/o/northwind/metrics/{metric.key}/targets/", {"value": 1, "from": "2026-12-01"}
    )
    assert answer.status_code == 422
    (said,) = answer.json()["errors"]["from"]
    assert said.startswith("Unknown field. Known here: ")
    assert not MetricTarget.objects.exists()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_first_target_set_four_times_at_the_same_instant_is_one(ada, metric):
    low = metric.scale_low
    results = at_once(*[lambda: set_target(by=ada, metric=again(metric), value=float(low))] * 4)
    assert len({target.pk for target in results}) == 1
    assert MetricTarget.objects.count() == 1
    assert AuditEvent.objects.filter(verb="metric.target_set").count() == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_three_clicks_on_save_at_the_same_instant_make_one_version(ada, metric):
    seen = [again(metric) for _ in range(3)]
    at_once(
        *[lambda one=one: define_metric(by=ada, metric=one, values={"wording": "And now?"}) for one in seen]
    )
    assert MetricDefinition.objects.filter(key=metric.key, is_retired=False).count() == 1
    assert MetricDefinition.objects.filter(key=metric.key).count() == 2
