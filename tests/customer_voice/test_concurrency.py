"""The same answer sent at the same instant, and counts that are made while the zone changes."""

from datetime import UTC, datetime

import pytest

from accounts.models import AuditEvent, Organization
from customer_voice import services
from customer_voice.models import Feedback, MetricPoint
from tests.customer_voice.test_services_rollup import counted_by_hand, snapshot
from tests.factories.accounts import OrganizationFactory
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_answer_sent_four_times_at_once_is_created_once():
    organization = OrganizationFactory(slug="northwind")
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    TouchpointFactory(organization=organization, key="web")
    item = {"external_id": "1", "touchpoint": "web", "occurred_at": "2026-03-14", "score": "9"}

    def send():
        return services.record_feedback(
            organization=Organization.objects.get(), metric=metric, source="s", items=[item]
        )

    found = at_once(send, send, send, send)
    assert sorted((one.created, one.unchanged) for one in found) == [(0, 1), (0, 1), (0, 1), (1, 0)]
    assert (Feedback.objects.count(), MetricPoint.objects.get().n) == (1, 1)
    assert AuditEvent.objects.filter(verb="feedback.recorded").count() == 1


def test_a_recount_and_new_answers_at_once_miss_nothing():
    organization = OrganizationFactory(slug="northwind")
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    touchpoint = TouchpointFactory(organization=organization, key="web")
    for number in range(20):
        FeedbackFactory(
            metric=metric,
            touchpoint=touchpoint,
            external_id=f"old{number}",
            occurred_at=datetime(2026, 3, 1 + number, 22, 30, tzinfo=UTC),
        )
    Organization.objects.update(time_zone="Asia/Tokyo")

    def send(number):
        item = {"external_id": str(number), "touchpoint": "web", "occurred_at": f"2026-03-0{number}T23:30Z"}
        return services.record_feedback(
            organization=organization, metric=metric, source="s", items=[{**item, "score": "9"}]
        )

    at_once(
        lambda: send(1),
        lambda: services.rebuild_rollup(organization=organization),
        lambda: send(2),
        lambda: services.rebuild_rollup(organization=organization),
    )
    assert Feedback.objects.count() == 22
    assert snapshot() == counted_by_hand("Asia/Tokyo")
