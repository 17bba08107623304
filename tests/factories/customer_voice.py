"""Metrics and feedback."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from customer_voice.choices import STANDARD_METRICS
from customer_voice.models import Feedback, MetricDefinition
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


class FeedbackFactory(DjangoModelFactory):
    """Call `customer_voice.services.rebuild_rollup` after making some: factories do not count."""

    class Meta:
        model = Feedback

    organization = factory.SelfAttribute("metric.organization")
    metric = factory.SubFactory(MetricDefinitionFactory)
    touchpoint = factory.SubFactory(TouchpointFactory, organization=factory.SelfAttribute("..organization"))
    source = "test"
    external_id = factory.Sequence(str)
    occurred_at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    score = 9
