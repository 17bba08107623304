"""How often each answer was given: what lies behind one figure."""

from collections.abc import Sequence

from accounts.models import Organization
from customer_voice.models import MetricDefinition
from customer_voice.rules import AnswerGroup, Counts, together
from customer_voice.selectors.counting import Cut, counted
from customer_voice.selectors.series import MetricSeries, SeriesPoint

__all__ = ["AnswerGroup", "answer_groups", "point_counts"]


def answer_groups(metric: MetricDefinition, counts: Counts) -> tuple[AnswerGroup, ...]:
    """Every answer of the scale, from the lowest on; for times, spans of hours and the open cases."""
    return metric.calculation.groups(counts)


def point_counts(
    organization: Organization,
    series: MetricSeries,
    point: SeriesPoint,
    versions: Sequence[MetricDefinition],
) -> Counts:
    """The counts behind one period. No query for answers, one for times, whose counts are not kept."""
    if not series.metric.calculation.is_costly:
        return point.counts
    found = counted(
        organization,
        series.metric,
        versions=versions,
        by=(),
        touchpoint=series.touchpoint,
        cut=Cut(segment=series.segment, channel=series.channel, account=series.account),
        period=series.period,
        start=point.start,
        end=point.end,
    )
    return together(found.get((), {}).values())
