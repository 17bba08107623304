"""A survey with what it still lacks: its metric among the standard ones, its touchpoint. Nobody has to go to
two other pages first."""

from typing import Any

from django.db import transaction

from accounts.models import Membership
from customer_voice.models import CustomerSurvey, MetricDefinition
from customer_voice.services.metrics import create_standard_metrics
from customer_voice.services.surveys import make_survey
from customer_voice.services.touchpoints import touchpoint_named
from journeys.models import Touchpoint


@transaction.atomic
def begin_survey(
    *,
    by: Membership,
    metric: MetricDefinition | None,
    standard: str = "",
    touchpoint: Touchpoint | None,
    new_touchpoint: str = "",
    **values: Any,
) -> CustomerSurvey:
    """`make_survey`; `standard` is the key of a metric that is added for it, `new_touchpoint` the name of a
    touchpoint. All of it or nothing. Raises InvalidValues, by the fields named here.
    """
    if metric is None:
        [metric] = create_standard_metrics(by.organization, [standard], by=by)
    if touchpoint is None:
        touchpoint = touchpoint_named(by=by, name=new_touchpoint)
    return make_survey(by=by, metric=metric, touchpoint=touchpoint, **values)
