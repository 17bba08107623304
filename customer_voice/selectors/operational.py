"""Which metrics count or time what happens, rather than ask customers: the operational ones."""

from collections.abc import Iterator

from accounts.models import Organization
from common.registry import MetricChoice
from customer_voice.models import MetricDefinition
from customer_voice.rules import RowKind
from customer_voice.selectors.versions import by_series, current_version


def operational_choices(organization: Organization) -> Iterator[MetricChoice]:
    """Metrics in use whose rows are cases or amounts, by name; each key once. One query."""
    groups = by_series(MetricDefinition.objects.of(organization)).values()
    found = {
        metric.key: metric.name
        for metric in map(current_version, groups)
        if not metric.is_retired and is_operational(metric)
    }
    for key, name in sorted(found.items(), key=lambda item: item[1].casefold()):
        yield MetricChoice(key=key, name=name)


def is_operational(metric: MetricDefinition) -> bool:
    """Whether its rows are cases with their times or amounts, not answers on a scale. No query."""
    return metric.calculation.row is not RowKind.ANSWER
