"""Which metrics are heard where."""

from django.db.models import Exists, OuterRef

from accounts.models import Organization
from customer_voice.models import DurationPoint, MetricDefinition, MetricPoint
from journeys.models import Touchpoint


def metrics_at(organization: Organization, touchpoint: Touchpoint) -> list[MetricDefinition]:
    """Definitions in use whose metric, in any version, was heard at the touchpoint; by name. One query."""
    points, durations = (
        model.objects.of(organization).filter(metric=OuterRef("pk"), touchpoint=touchpoint)
        for model in (MetricPoint, DurationPoint)
    )
    metrics = list(
        MetricDefinition.objects.of(organization).annotate(is_heard=Exists(points) | Exists(durations))
    )
    heard = {metric.key for metric in metrics if metric.is_heard}
    return [metric for metric in metrics if metric.key in heard and not metric.is_retired]
