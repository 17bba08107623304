"""A changed time zone recounts every figure, through the service that people use."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import EventDelivery
from accounts.services import update_organization
from common.outbox import deliver
from customer_voice import services
from customer_voice.models import MetricPoint
from tests.factories.customer_voice import FeedbackFactory


@pytest.fixture
def berlin(organization):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    return organization


def settings_of(organization, **changes):
    values = {
        "name": organization.name,
        "currency": organization.currency,
        "time_zone": organization.time_zone,
        "language": organization.language,
        "discount_rate_pct": Decimal(8),
    }
    return {**values, **changes}


def counted() -> dict[date, int]:
    return {point.day: point.n for point in MetricPoint.objects.all()}


def test_an_evening_in_berlin_is_the_next_day_in_tokyo(berlin, ada, nps, touchpoints):
    for hour in (10, 20):  # 12:00 and 22:00 in Berlin, 19:00 and 05:00 of the next day in Tokyo
        FeedbackFactory(
            organization=berlin,
            metric=nps,
            touchpoint=touchpoints[0],
            score=9,
            occurred_at=datetime(2026, 6, 30, hour, tzinfo=UTC),
        )
    services.rebuild_rollup(organization=berlin)
    assert counted() == {date(2026, 6, 30): 2}
    update_organization(by=ada, **settings_of(berlin, time_zone="Asia/Tokyo"))
    assert deliver(EventDelivery, now=timezone.now()) == 1
    assert counted() == {date(2026, 6, 30): 1, date(2026, 7, 1): 1}


def test_other_settings_recount_nothing(berlin, ada):
    update_organization(by=ada, **settings_of(berlin, name="Another name"))
    assert not EventDelivery.objects.exists()
