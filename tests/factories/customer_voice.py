"""Metrics and feedback."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

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


HEARD, HEARD_AT = 9, datetime(2026, 3, 14, 12, tzinfo=UTC)


class Fresh(str):
    """An ID that nobody has given before: no submission has it."""


class FeedbackFactory(DjangoModelFactory):
    """Call `customer_voice.services.rebuild_rollup` after making some: factories do not count.

    `source`, `external_id`, `customer`, `account` and `channel` are texts, as in a file. Many answers are
    made at once by `many_feedback`.
    """

    class Meta:
        model = Feedback

    organization = factory.SelfAttribute("metric.organization")
    metric = factory.SubFactory(MetricDefinitionFactory)
    touchpoint = factory.SubFactory(TouchpointFactory, organization=factory.SelfAttribute("..organization"))
    source = "test"
    external_id = factory.Sequence(lambda number: Fresh(number))
    occurred_at = HEARD_AT
    score = HEARD

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return super()._create(model_class, *args, **pointing(**kwargs))


def pointing(*, organization, source="test", external_id, customer="", account="", channel="", **values):
    """Values of an answer with the records that the texts name; those that are missing are made."""
    origin, _new = Source.objects.get_or_create(organization=organization, name=source)
    asked = {"organization": organization, "source": origin, "external_id": external_id}
    if isinstance(external_id, Fresh):
        submission = Submission.objects.create(**asked)
    else:
        submission, _new = Submission.objects.get_or_create(**asked)
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


def many_feedback(
    *, metric: MetricDefinition, touchpoint: Touchpoint, each: Sequence[Mapping[str, Any]], **values: Any
) -> None:
    """What one call of `FeedbackFactory` for each of these would make, in four queries for all of them."""
    organization = metric.organization
    origin, _new = Source.objects.get_or_create(organization=organization, name="test")
    submissions = Submission.objects.bulk_create(
        Submission(
            organization=organization,
            source=origin,
            external_id=one.get("external_id", str(FeedbackFactory._meta.next_sequence())),
        )
        for one in each
    )
    shared = {
        "organization": organization,
        "metric": metric,
        "metric_key": metric.key,
        "touchpoint": touchpoint,
        "occurred_at": HEARD_AT,
        "score": HEARD,
        **values,
    }
    Feedback.objects.bulk_create(
        Feedback(
            submission=submission,
            **{**shared, **{name: value for name, value in one.items() if name != "external_id"}},
        )
        for submission, one in zip(submissions, each, strict=True)
    )
