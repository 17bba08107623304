"""What a metric should reach, and whether it does."""

from dataclasses import dataclass
from math import inf

from django.db.models import QuerySet

from accounts.models import Organization
from customer_voice.choices import TargetReading
from customer_voice.models import MetricDefinition, MetricTarget
from customer_voice.selectors.series import SeriesPoint
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Targets:
    """The targets of one metric: over all touchpoints, and by touchpoint id."""

    overall: float | None
    by_touchpoint: dict[int, float]

    def at(self, touchpoint: Touchpoint | None) -> float | None:
        """The touchpoint's own target, else that of the metric."""
        own = self.by_touchpoint.get(touchpoint.pk) if touchpoint is not None else None
        return self.overall if own is None else own


def target_bounds(metric: MetricDefinition) -> tuple[float, float]:
    """Lowest and highest value that the metric can have, in the unit of its series."""
    return metric.calculation.bounds


def typed_unit(metric: MetricDefinition) -> float:
    """What one unit of a target as people type it (points, percent, score, hours) is in the series."""
    return metric.calculation.typed_unit


def metric_targets(organization: Organization, metric: MetricDefinition) -> Targets:
    """The targets that fit the scale of this definition. One query."""
    low, high = target_bounds(metric)
    rows = [row for row in target_rows(organization, metric) if low <= row.value <= high]
    return Targets(
        overall=next((row.value for row in rows if row.touchpoint_id is None), None),
        by_touchpoint={row.touchpoint_id: row.value for row in rows if row.touchpoint_id is not None},
    )


def target_rows(organization: Organization, metric: MetricDefinition) -> QuerySet[MetricTarget]:
    """Every target of the metric, the one over all touchpoints first. One query."""
    return (
        MetricTarget.objects.of(organization)
        .filter(metric_key=metric.key)
        .select_related("touchpoint")
        .order_by("touchpoint__name", "pk")
    )


def target_reading(metric: MetricDefinition, point: SeriesPoint, target: float) -> TargetReading:
    """Whether a period reaches the target: only when its whole interval lies on one side of it."""
    if point.low is None or point.is_small:
        return TargetReading.UNCLEAR
    high = inf if point.high is None else point.high
    if metric.higher_is_better:
        is_reached, is_missed = point.low >= target, high < target
    else:
        is_reached, is_missed = high <= target, point.low > target
    if is_reached:
        return TargetReading.REACHED
    return TargetReading.MISSED if is_missed else TargetReading.UNCLEAR
