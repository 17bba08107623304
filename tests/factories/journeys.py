"""Touchpoints."""

import factory
from factory.django import DjangoModelFactory

from journeys.choices import Channel, Phase
from journeys.models import Touchpoint
from tests.factories.accounts import OrganizationFactory


class TouchpointFactory(DjangoModelFactory):
    class Meta:
        model = Touchpoint

    organization = factory.SubFactory(OrganizationFactory)
    # not as the factory of `customer_voice` names its own, which would meet them in one organization
    key = factory.Sequence(lambda number: f"place-{number}")
    name = factory.Sequence(lambda number: f"Touchpoint {number}")
    channel = Channel.WEB
    phase = Phase.USE
