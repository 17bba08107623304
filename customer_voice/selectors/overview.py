"""What the Listen pages open with: every metric's last period beside the one before."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Organization
from customer_voice.choices import Period
from customer_voice.models import DurationPoint, MetricDefinition, MetricPoint
from customer_voice.selectors.figures import ChangeFigure, change
from customer_voice.selectors.periods import periods_back
from customer_voice.selectors.series import MetricSeries, SeriesPoint, metric_series, series_by_touchpoint
from journeys.models import Touchpoint

PERIODS_SHOWN = {Period.DAY: 60, Period.WEEK: 26, Period.MONTH: 13, Period.QUARTER: 9}


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A series with its last complete period, the one before it, and whether they differ."""

    series: MetricSeries
    latest: SeriesPoint | None
    previous: SeriesPoint | None
    change: ChangeFigure | None

    @property
    def metric(self) -> MetricDefinition:
        return self.series.metric

    @property
    def touchpoint(self) -> Touchpoint | None:
        return self.series.touchpoint

    @property
    def n(self) -> int:
        return self.series.n


def metric_overview(organization: Organization, *, period: Period = Period.MONTH) -> list[Comparison]:
    """Every metric in use, those with answers first. Two queries, and one per metric with answers.

    Changes are tested together: the more metrics, the stronger each change must be to be called one.
    """
    metrics = list(MetricDefinition.objects.of(organization).filter(is_retired=False))
    heard = [metric for metric in metrics if metric.data_until is not None]
    found = [compare(recent_series(organization, metric, period), families=len(heard)) for metric in heard]
    silent = [
        compare(metric_series(organization, metric, period=period, start=date.max)) for metric in metrics
        if metric.data_until is None
    ]  # fmt: skip
    return found + silent


def recent_series(
    organization: Organization,
    metric: MetricDefinition,
    period: Period,
    *,
    touchpoint: Touchpoint | None = None,
    segment: str | None = None,
) -> MetricSeries:
    """The last periods up to the metric's newest data. One query."""
    start = None
    if metric.data_until is not None:
        start = periods_back(metric.data_until.date(), period, PERIODS_SHOWN[period])
    return metric_series(
        organization, metric, touchpoint=touchpoint, segment=segment, period=period, start=start
    )


def touchpoint_comparisons(
    organization: Organization,
    metric: MetricDefinition,
    *,
    segment: str | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
) -> list[Comparison]:
    """One row per touchpoint, by name; their changes are tested together. Two queries."""
    found = series_by_touchpoint(organization, metric, segment=segment, period=period, start=start, end=end)
    rows = [compare(series, families=len(found)) for series in found.values()]
    return sorted(rows, key=lambda row: str(row.touchpoint))


def compare(series: MetricSeries, *, families: int = 1) -> Comparison:
    """Last complete period against the complete one before it; a running period is not compared."""
    complete = series.complete
    if not complete:
        readable = series.readable
        return Comparison(
            series=series, latest=readable[-1] if readable else None, previous=None, change=None
        )
    latest = complete[-1]
    before = [point for point in series.points if point.end <= latest.start and not point.is_partial]
    previous = before[-1] if before else None
    found = change(series.metric, previous.counts, latest.counts, families=families) if previous else None
    return Comparison(series=series, latest=latest, previous=previous, change=found)


def segments_of(organization: Organization, metric: MetricDefinition) -> list[str]:
    """Segments that the metric has been heard in, named ones only. One query."""
    model = DurationPoint if metric.is_duration else MetricPoint
    found = (
        model.objects.of(organization)
        .filter(metric=metric)
        .exclude(segment="")
        .order_by("segment")
        .values_list("segment", flat=True)
        .distinct()
    )
    return list(found[:200])
