"""Which tables of the roll-up hold the counts of a metric."""

from typing import Any

from customer_voice.models import (
    AccountDurationPoint,
    AccountMetricPoint,
    AccountStepPoint,
    AccountTotalPoint,
    DurationPoint,
    MetricDefinition,
    MetricPoint,
    StepPoint,
    TotalPoint,
)
from customer_voice.rules import RollupShape

# by touchpoint, segment and channel
POINTS: dict[RollupShape, Any] = {
    RollupShape.ANSWERS: MetricPoint,
    RollupShape.STEPS: StepPoint,
    RollupShape.TIMES: DurationPoint,
    RollupShape.TOTALS: TotalPoint,
}
# by touchpoint and customer account
ACCOUNT_POINTS: dict[RollupShape, Any] = {
    RollupShape.ANSWERS: AccountMetricPoint,
    RollupShape.STEPS: AccountStepPoint,
    RollupShape.TIMES: AccountDurationPoint,
    RollupShape.TOTALS: AccountTotalPoint,
}


def points_of(metric: MetricDefinition) -> Any:
    """The model whose rows are the metric's counts."""
    return POINTS[metric.calculation.shape]


def account_points_of(metric: MetricDefinition) -> Any:
    """The model whose rows are the metric's counts by customer account."""
    return ACCOUNT_POINTS[metric.calculation.shape]
