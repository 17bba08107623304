"""Which metrics are heard where."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Organization
from customer_voice.models import MetricDefinition
from customer_voice.selectors.points import POINTS
from customer_voice.selectors.versions import by_series, current_version
from journeys.models import Touchpoint


def metrics_at(organization: Organization, touchpoint: Touchpoint) -> list[MetricDefinition]:
    """Series in use that were heard at the touchpoint, in any of their versions; by name. One query."""
    is_heard = Q()
    for model in POINTS.values():
        is_heard |= Q(
            Exists(model.objects.of(organization).filter(metric=OuterRef("pk"), touchpoint=touchpoint))
        )
    metrics: list[Any] = list(MetricDefinition.objects.of(organization).annotate(is_heard=is_heard))
    heard = {metric.pk for metric in metrics if metric.is_heard}
    found = [
        current_version(versions)
        for versions in by_series(metrics).values()
        if any(version.pk in heard for version in versions)
    ]
    return [metric for metric in found if not metric.is_retired]
