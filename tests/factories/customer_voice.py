"""Metrics and feedback."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    MetricDefinition,
    Source,
    Submission,
)
from customer_voice.standard_metrics import STANDARD_METRICS
from journeys.models import Touchpoint
from tests.factories.accounts import OrganizationFactory


class TouchpointFactory(DjangoModelFactory):
    class Meta:
        model = Touchpoint
        django_get_or_create = ("organization", "key")

    organization = factory.SubFactory(OrganizationFactory)
    key = factory.Sequence(lambda number: f"touchpoint-{number}")
    name = factory.LazyAttribute(lambda touchpoint: touchpoint.key.replace("-", " ").capitalize())


class MetricDefinitionFactory(DjangoModelFactory):
    """One of the standard metrics: `MetricDefinitionFactory(organization=..., key="nps")`."""

    class Meta:
        model = MetricDefinition
        django_get_or_create = ("organization", "key", "version")

    organization = factory.SubFactory(OrganizationFactory)
    key = "nps"
    version = 1

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        standard = {
            name: str(value) if name in {"name", "wording"} else value
            for name, value in STANDARD_METRICS.get(kwargs["key"], {}).items()
        }
        return super()._create(model_class, *args, **{**standard, **kwargs})


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("organization", "name")

    organization = factory.SubFactory(OrganizationFactory)
    name = "csv"
    kind = "file"


class CustomerAccountFactory(DjangoModelFactory):
    class Meta:
        model = CustomerAccount

    organization = factory.SubFactory(OrganizationFactory)
    external_reference = factory.Sequence(lambda number: f"A-{number}")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    organization = factory.SubFactory(OrganizationFactory)
    external_reference = factory.Sequence(lambda number: f"C-{number}")


class FeedbackFactory(DjangoModelFactory):
    """Call `customer_voice.services.rebuild_rollup` after making some: factories do not count.

    `source`, `external_id`, `customer`, `account` and `channel` are texts, as in a file.
    """

    class Meta:
        model = Feedback

    organization = factory.SelfAttribute("metric.organization")
    metric = factory.SubFactory(MetricDefinitionFactory)
    touchpoint = factory.SubFactory(TouchpointFactory, organization=factory.SelfAttribute("..organization"))
    source = "test"
    external_id = factory.Sequence(str)
    occurred_at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    score = 9

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return super()._create(model_class, *args, **pointing(**kwargs))


def pointing(*, organization, source="test", external_id, customer="", account="", channel="", **values):
    """Values of an answer with the records that the texts name; those that are missing are made."""
    origin, _new = Source.objects.get_or_create(organization=organization, name=source)
    submission, _new = Submission.objects.get_or_create(
        organization=organization, source=origin, external_id=external_id
    )
    named = {
        "contact": (Contact, "external_reference", customer),
        "account": (CustomerAccount, "external_reference", account),
        "channel": (Channel, "name", channel),
    }
    records = {
        field: model.objects.get_or_create(organization=organization, **{called: text})[0]
        for field, (model, called, text) in named.items()
        if text
    }
    return {"organization": organization, "submission": submission, **records, **values}
