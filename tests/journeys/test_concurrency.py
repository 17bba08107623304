"""Two people adding touchpoints at the same instant, and a merge while answers come in."""

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum

from accounts.choices import Role
from accounts.models import Membership, Organization
from common.errors import InvalidValues
from customer_voice import services as listening
from customer_voice.models import Feedback, MetricPoint
from journeys import services
from journeys.models import Touchpoint
from tests.customer_voice.conftest import MAPPING, csv_bytes
from tests.factories import MembershipFactory
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(member):
    return Membership.objects.select_related("organization", "user").get(pk=member.pk)


def test_one_name_added_twice_at_once_is_one_touchpoint():
    leader = MembershipFactory()
    results = at_once(*[lambda: services.save_touchpoint(by=fresh(leader), name="First bill")] * 2)
    assert [isinstance(found, InvalidValues) for found in results].count(True) == 1
    assert Touchpoint.objects.count() == 1


def test_two_names_of_one_key_added_at_once_get_keys_of_their_own():
    leader = MembershipFactory()
    names = ("First bill", "First, bill")
    at_once(*[lambda name=name: services.save_touchpoint(by=fresh(leader), name=name) for name in names])
    assert sorted(Touchpoint.objects.values_list("key", flat=True)) == ["first-bill", "first-bill-2"]


def test_a_merge_beside_an_import_and_answers_that_come_in_loses_none_and_keeps_every_day(settings):
    if connection.vendor != "postgresql":
        pytest.skip("a SQLite in memory, shared by threads, refuses instead of waiting")
    settings.COUNTS_AT_ONCE = False
    leader = MembershipFactory(role=Role.CX_LEADER)
    organization = leader.organization
    kept, gone = (TouchpointFactory(organization=organization, key=key) for key in ("till", "checkout"))
    nps = MetricDefinitionFactory(organization=organization, key="nps")
    rows = [
        [f"f{n}", f"2026-03-{1 + n % 9:02d}", ("Checkout", "Till")[n % 2], n % 11, "", ""] for n in range(60)
    ]
    batch = listening.create_import(
        organization=organization,
        by=leader,
        file=ContentFile(csv_bytes(rows)),
        filename="a.csv",
        source="crm",
    )
    listening.map_import(batch=batch, mapping=MAPPING, metric=nps)
    listening.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    listening.start_import(batch=batch)

    def send(number):
        item = {"external_id": f"a{number}", "touchpoint": "checkout", "occurred_at": "2026-03-04T10:00Z"}
        return listening.record_feedback(
            organization=Organization.objects.get(), metric=nps, source="app", items=[{**item, "score": "9"}]
        )

    at_once(
        lambda: listening.run_import(batch_id=batch.pk),
        lambda: send(1),
        lambda: services.merge_touchpoints(by=fresh(leader), kept=kept, gone=gone),
        lambda: send(2),
        lambda: listening.count_noted(organization=Organization.objects.get()),
    )
    assert Feedback.objects.count() == 62
    assert set(Feedback.objects.values_list("touchpoint__key", flat=True)) == {"till"}
    listening.count_noted(organization=organization)
    assert set(MetricPoint.objects.values_list("touchpoint__key", flat=True)) == {"till"}
    assert MetricPoint.objects.aggregate(n=Sum("n"))["n"] == 62
    call_command("rebuild_metric_points", "--check")  # exits where a day differs from its answers
