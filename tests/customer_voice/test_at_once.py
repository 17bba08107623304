"""The same feedback, metric or touchpoint from several at the same instant."""

import pytest
from django.core.files.base import ContentFile

from accounts.choices import Role
from accounts.models import AuditEvent, Membership, Organization
from common.errors import DomainError
from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    MetricDefinition,
    MetricPoint,
    Source,
    Submission,
)
from customer_voice.services import (
    create_import,
    create_standard_metrics,
    define_metric,
    record_feedback,
    retire_metric,
)
from journeys.models import Touchpoint
from journeys.services import archive_touchpoint, save_touchpoint
from tests.factories.accounts import MembershipFactory
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.journeys import TouchpointFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ITEM = {"external_id": "a1", "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": "9"}


@pytest.fixture
def leader():
    return MembershipFactory(role=Role.CX_LEADER)


def fresh(member):
    return Membership.objects.select_related("organization", "user").get(pk=member.pk)


def test_the_same_new_item_sent_four_times_at_once_is_created_once(leader):
    metric = MetricDefinitionFactory(organization=leader.organization, key="nps")
    TouchpointFactory(organization=leader.organization, key="web")

    def send():
        return record_feedback(
            organization=Organization.objects.get(pk=leader.organization_id),
            metric=MetricDefinition.objects.get(pk=metric.pk),
            source="crm",
            items=[ITEM],
            by=fresh(leader),
        )

    found = at_once(send, send, send, send)
    assert sorted((one.created, one.updated, one.unchanged) for one in found) == [
        (0, 0, 1), (0, 0, 1), (0, 0, 1), (1, 0, 0)
    ]  # fmt: skip
    assert Feedback.objects.count() == 1
    assert AuditEvent.objects.filter(verb="feedback.recorded").count() == 1
    assert [point.n for point in MetricPoint.objects.all()] == [1]


def test_standard_metrics_added_twice_at_once_are_there_once(leader):
    def add():
        return create_standard_metrics(
            Organization.objects.get(pk=leader.organization_id), ["nps", "csat_5"], by=fresh(leader)
        )

    found = at_once(add, add)
    assert not any(isinstance(one, DomainError) for one in found)
    assert sorted(MetricDefinition.objects.values_list("key", flat=True)) == ["csat_5", "nps"]
    assert AuditEvent.objects.filter(verb="metric.defined").count() == 2


def test_two_metrics_of_one_name_defined_at_once_get_keys_of_their_own(leader):
    values = {"name": "Delight", "kind": "custom", "rule": "mean", "scale_low": 1, "scale_high": 5}
    at_once(*[lambda: define_metric(by=fresh(leader), values=values)] * 2)
    assert sorted(MetricDefinition.objects.values_list("key", flat=True)) == ["delight", "delight_2"]


def test_a_metric_retired_twice_at_once_is_one_entry_of_the_trail(leader):
    metric = MetricDefinitionFactory(organization=leader.organization, key="nps")
    at_once(*[lambda: retire_metric(by=fresh(leader), metric=MetricDefinition.objects.get(pk=metric.pk))] * 2)
    assert AuditEvent.objects.filter(verb="metric.retired").count() == 1


def test_a_touchpoint_added_twice_at_once_is_there_once(leader):
    found = at_once(*[lambda: save_touchpoint(by=fresh(leader), name="First bill")] * 2)
    assert [isinstance(one, DomainError) for one in found].count(True) == 1
    assert Touchpoint.objects.get().key == "first-bill"


def test_a_touchpoint_archived_twice_at_once_is_one_entry_of_the_trail(leader):
    web = TouchpointFactory(organization=leader.organization, key="web")
    at_once(*[lambda: archive_touchpoint(by=fresh(leader), touchpoint=Touchpoint.objects.get(pk=web.pk))] * 2)
    assert AuditEvent.objects.filter(verb="touchpoint.archived").count() == 1


def test_new_customers_accounts_and_channels_named_at_once_are_there_once(leader):
    metric = MetricDefinitionFactory(organization=leader.organization, key="nps")
    TouchpointFactory(organization=leader.organization, key="web")
    named = {"customer": "C-1", "account": "A-1", "channel": "web"}

    def send(source):
        return lambda: record_feedback(
            organization=Organization.objects.get(pk=leader.organization_id),
            metric=MetricDefinition.objects.get(pk=metric.pk),
            source=source,
            items=[{**ITEM, **named}],
            by=fresh(leader),
        )

    found = at_once(send("crm"), send("shop"), send("crm"), send("shop"))
    assert sorted((one.created, one.unchanged) for one in found) == [(0, 1), (0, 1), (1, 0), (1, 0)]
    models = (Source, Submission, Feedback, Contact, CustomerAccount, Channel)
    assert [model.objects.count() for model in models] == [2, 2, 2, 1, 1, 1]
    assert {answer.account.external_reference for answer in Feedback.objects.all()} == {"A-1"}


def test_files_of_one_new_source_kept_at_once_have_one_source(leader):
    def keep():
        return create_import(
            organization=Organization.objects.get(pk=leader.organization_id),
            by=fresh(leader),
            file=ContentFile(b"id,date\n1,2026-03-14\n"),
            filename="a.csv",
            source="till",
        )

    at_once(keep, keep)
    assert Source.objects.get().name == "till"
