"""Which series of customers' answers stands beside what employees said."""

from collections.abc import Sequence

from accounts.models import Organization
from customer_voice.choices import MetricKind
from customer_voice.models import MetricDefinition
from customer_voice.selectors import series_choices


def linkable_metrics(organization: Organization) -> tuple[MetricDefinition, ...]:
    """Metrics of answers, each once. One query."""
    every = list(MetricDefinition.objects.of(organization))
    return tuple(
        metric
        for metric in series_choices(every)
        if metric.calculation.counts_answers and metric.calculation.estimand is not None
    )


def token_of(metric: MetricDefinition, metrics: Sequence[MetricDefinition]) -> str:
    """What a series is asked for by: the key, and "nps.2" where there are several and version 2 began it."""
    is_alone = sum(one.key == metric.key for one in metrics) == 1
    return metric.key if is_alone else f"{metric.key}.{metric.series}"


def asked_metric(metrics: Sequence[MetricDefinition], asked: str) -> MetricDefinition | None:
    """The series asked for; by the key of a metric alone the one that stands for it."""
    exact = next((one for one in metrics if token_of(one, metrics) == asked), None)
    return exact or _standing([one for one in metrics if one.key == asked])


def _standing(metrics: Sequence[MetricDefinition]) -> MetricDefinition | None:
    """Of several series the newest in use that has answers, then the newest with answers, then any: one whose
    definition has just changed has none yet."""
    return max(
        metrics,
        key=lambda one: (one.data_until is not None, not one.is_retired, one.series),
        default=None,
    )


def first_shown(metrics: Sequence[MetricDefinition]) -> MetricDefinition | None:
    """NPS where there is one: what most organizations ask at most touchpoints."""
    first = next((one for one in metrics if one.kind == MetricKind.NPS), metrics[0] if metrics else None)
    return first and _standing([one for one in metrics if one.key == first.key])
