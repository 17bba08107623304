"""What a body names by its key: one that there is not is a wrong value of the body, and no wrong address."""

from django.http import Http404
from rest_framework.exceptions import ValidationError

from accounts.models import Membership
from customer_voice.access import metric_for
from customer_voice.models import MetricDefinition
from journeys.access import touchpoint_for
from journeys.models import Touchpoint


def metric_named(member: Membership, key: str) -> MetricDefinition:
    try:
        return metric_for(member, key)
    except Http404 as error:
        raise ValidationError({"metric": ["There is no metric with this key."]}) from error


def touchpoint_named(member: Membership, key: str) -> Touchpoint:
    try:
        return touchpoint_for(member, key)
    except Http404 as error:
        raise ValidationError({"touchpoint": ["There is no touchpoint with this key."]}) from error
