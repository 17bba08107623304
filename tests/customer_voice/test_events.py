"""A changed time zone recounts every figure, through the service that people use."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import EventDelivery
from accounts.services import update_organization
from common.outbox import deliver
from customer_voice import services
from customer_voice.models import MetricPoint
from tests.factories import MembershipFactory
from tests.factories.customer_voice import FeedbackFactory


@pytest.fixture
def berlin(organization):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    return organization


@pytest.fixture
def boss(organization):
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)


def settings_of(organization, **changes):
    values = {
        "name": organization.name,
        "currency": organization.currency,
        "time_zone": organization.time_zone,
        "language": organization.language,
        "discount_rate_pct": Decimal(8),
        "week_begins": organization.week_begins,
        "year_begins": organization.year_begins,
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
    update_organization(by=ada, **settings_of(berlin, time_zone="Asia/Tokyo"), accepts_consequences=True)
    assert deliver(EventDelivery, now=timezone.now()) == 1
    assert counted() == {date(2026, 6, 30): 1, date(2026, 7, 1): 1}


def test_other_settings_recount_nothing(berlin, ada):
    update_organization(by=ada, **settings_of(berlin, name="Another name"))
    assert not EventDelivery.objects.exists()


def test_another_time_zone_says_what_it_moves_before_anything_is_saved(berlin, boss, client_of, nps):
    FeedbackFactory(organization=berlin, metric=nps, score=9)
    url = reverse("accounts:organization_edit", args=[berlin.slug])
    typed = settings_of(berlin, time_zone="America/New_York", name="Typed just now", discount_rate_pct="8")
    client = client_of(boss)
    asked = client.post(url, typed)
    assert asked.status_code == 409
    assert "counted again, with days that begin at midnight in America/New_York" in asked.text
    assert (
        "The format of dates and numbers changes for all without a choice: United States, not Germany."
        in asked.text
    )
    assert 'value="Typed just now"' in asked.text
    berlin.refresh_from_db()
    assert berlin.time_zone == "Europe/Berlin"
    assert client.post(url, {**typed, "accepts_consequences": "on"}).status_code == 302
    berlin.refresh_from_db()
    assert (berlin.time_zone, berlin.name) == ("America/New_York", "Typed just now")


def test_the_api_asks_for_the_same_word(berlin, boss, client_of, nps):
    FeedbackFactory(organization=berlin, metric=nps, score=9)
    url, client = f"/api/v1/o/{berlin.slug}/", client_of(boss)

    def sent(**values):
        return client.patch(url, values, content_type="application/json")

    refused = sent(time_zone="Asia/Tokyo")
    assert (refused.status_code, refused.json()["code"]) == (409, "consequences_not_accepted")
    assert sent(name="Only the name").status_code == 200
    answer = sent(time_zone="Asia/Tokyo", accepts_consequences=True)
    assert (answer.status_code, answer.json()["time_zone"]) == (200, "Asia/Tokyo")
    assert "accepts_consequences" not in answer.json()


def test_without_feedback_nothing_is_asked_and_the_new_format_is_said(berlin, boss, client_of):
    url = reverse("accounts:organization_edit", args=[berlin.slug])
    typed = settings_of(berlin, time_zone="Asia/Tokyo", discount_rate_pct="8")
    saved = client_of(boss).post(url, typed, follow=True)
    assert saved.redirect_chain
    assert "for all without a choice: Japan, not Germany." in saved.text
    chosen = client_of(boss).post(
        url, {**typed, "time_zone": "Europe/Berlin", "territory": "DE"}, follow=True
    )
    assert "not Japan." not in chosen.text
