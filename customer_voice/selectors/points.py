"""Which table of the roll-up holds the counts of a metric."""

from typing import Any

from customer_voice.models import DurationPoint, MetricDefinition, MetricPoint, StepPoint, TotalPoint
from customer_voice.rules import RollupShape

POINTS: dict[RollupShape, Any] = {
    RollupShape.ANSWERS: MetricPoint,
    RollupShape.STEPS: StepPoint,
    RollupShape.TIMES: DurationPoint,
    RollupShape.TOTALS: TotalPoint,
}


def points_of(metric: MetricDefinition) -> Any:
    """The model whose rows are the metric's counts."""
    return POINTS[metric.calculation.shape]
