"""Which metrics are heard where."""

from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import Organization
from customer_voice.models import DurationPoint, MetricDefinition, MetricPoint
from customer_voice.selectors.versions import by_series, current_version
from journeys.models import Touchpoint


def metrics_at(organization: Organization, touchpoint: Touchpoint) -> list[MetricDefinition]:
    """Series in use that were heard at the touchpoint, in any of their versions; by name. One query."""
    points, durations = (
        model.objects.of(organization).filter(metric=OuterRef("pk"), touchpoint=touchpoint)
        for model in (MetricPoint, DurationPoint)
    )
    metrics: list[Any] = list(
        MetricDefinition.objects.of(organization).annotate(is_heard=Exists(points) | Exists(durations))
    )
    heard = {metric.pk for metric in metrics if metric.is_heard}
    found = [
        current_version(versions)
        for versions in by_series(metrics).values()
        if any(version.pk in heard for version in versions)
    ]
    return [metric for metric in found if not metric.is_retired]
