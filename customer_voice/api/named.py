"""What a body or a filter names by its key: one that there is not is a wrong value, and no wrong address."""

from accounts.models import Membership
from common.api import named
from customer_voice.access import account_for, channel_for, metric_for
from customer_voice.models import Channel, CustomerAccount, MetricDefinition
from journeys.access import touchpoint_for
from journeys.models import Touchpoint


def metric_named(member: Membership, key: str) -> MetricDefinition:
    with named("metric", "metric with this key"):
        return metric_for(member, key)


def touchpoint_named(member: Membership, key: str) -> Touchpoint:
    with named("touchpoint", "touchpoint with this key"):
        return touchpoint_for(member, key)


def channel_named(member: Membership, name: str) -> Channel:
    with named("channel", "channel of this name"):
        return channel_for(member, name)


def account_named(member: Membership, reference: str) -> CustomerAccount:
    with named("account", "customer account of this reference"):
        return account_for(member, reference)
