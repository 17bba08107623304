"""What the Listen pages open with: every metric's last period beside the one before and a year ago."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from django.core.cache import cache

from accounts.models import Organization
from customer_voice.choices import Period
from customer_voice.models import DurationPoint, MetricDefinition, MetricPoint
from customer_voice.selectors.figures import ChangeFigure, Counts, change
from customer_voice.selectors.periods import periods_back
from customer_voice.selectors.series import MetricSeries, SeriesPoint, metric_series, series_by_touchpoint
from journeys.models import Touchpoint

KEPT_SECONDS = 24 * 3600
# enough for the same period a year ago beside the last complete one, with one that still runs
PERIODS_SHOWN = {Period.DAY: 60, Period.WEEK: 54, Period.MONTH: 14, Period.QUARTER: 9}


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A series with its last complete period, the one before it, one long before, and whether they differ.

    `earlier` is the same period a year ago; where that has no figure, the first complete one shown.
    """

    series: MetricSeries
    latest: SeriesPoint | None
    previous: SeriesPoint | None
    change: ChangeFigure | None
    earlier: SeriesPoint | None = None
    long_change: ChangeFigure | None = None
    is_year_ago: bool = False

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
    found = [metric_comparison(organization, metric, period=period, families=len(heard)) for metric in heard]
    silent = [
        compare(metric_series(organization, metric, period=period, start=date.max))
        for metric in metrics
        if metric.data_until is None
    ]
    return found + silent


def recent_start(metric: MetricDefinition, period: Period, end: date | None = None) -> date | None:
    """Where a series begins when nobody said: so many periods before the newest data."""
    if metric.data_until is None:
        return None
    return periods_back(end or metric.data_until.date(), period, PERIODS_SHOWN[period])


def metric_comparison(
    organization: Organization,
    metric: MetricDefinition,
    *,
    touchpoint: Touchpoint | None = None,
    segment: str | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
    families: int = 1,
) -> Comparison:
    """The series of the last periods with its newest change. One query; none for times seen before."""
    start = start or recent_start(metric, period, end)

    def answer() -> list[Comparison]:
        series = metric_series(
            organization, metric, touchpoint=touchpoint, segment=segment, period=period, start=start, end=end
        )
        return [compare(series, families=families)]

    question = ("metric", touchpoint and touchpoint.pk, segment, period.value, start, end, families)
    return _remembered(metric, question, answer)[0]


def touchpoint_comparisons(
    organization: Organization,
    metric: MetricDefinition,
    *,
    segment: str | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
) -> list[Comparison]:
    """One row per touchpoint, by name; their changes are tested together.

    Two queries; for times three, or one when they were seen before.
    """
    start = start or recent_start(metric, period, end)

    def answer() -> list[Comparison]:
        found = series_by_touchpoint(
            organization, metric, segment=segment, period=period, start=start, end=end
        )
        rows = [compare(series, families=len(found)) for series in found.values()]
        return sorted(rows, key=lambda row: str(row.touchpoint))

    rows = _remembered(metric, ("touchpoints", segment, period.value, start, end), answer)
    if not metric.is_duration:
        return rows
    # names are as they are now, whatever they were when the figures were made
    names = Touchpoint.objects.of(organization).in_bulk([row.touchpoint.pk for row in rows if row.touchpoint])
    return [
        replace(row, series=replace(row.series, touchpoint=names[row.touchpoint.pk]))
        for row in rows
        if row.touchpoint and row.touchpoint.pk in names
    ]


def compare(series: MetricSeries, *, families: int = 1) -> Comparison:
    """Last complete period against the complete one before it, and against a year ago.

    A running period is not compared. Each of the two questions has its own error rate.
    """
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
    earlier = _earlier(series, latest, previous)
    return Comparison(
        series=series,
        latest=latest,
        previous=previous,
        change=found,
        earlier=earlier,
        long_change=change(series.metric, earlier.counts, latest.counts, families=families)
        if earlier
        else None,
        is_year_ago=earlier is not None and earlier.start == _year_before(latest.start, series.period),
    )


def _earlier(series: MetricSeries, latest: SeriesPoint, previous: SeriesPoint | None) -> SeriesPoint | None:
    """The same period a year ago, else the first complete one; never the one just before the last."""
    wanted = _year_before(latest.start, series.period)
    before = [point for point in series.complete if previous is not None and point.end <= previous.start]
    same = next((point for point in before if point.start == wanted), None)
    return same or (before[0] if before else None)


def _year_before(start: date, period: Period) -> date:
    """Start of the same period a year earlier; for days and weeks 52 weeks, the same day of the week."""
    if period in {Period.DAY, Period.WEEK}:
        return start - timedelta(weeks=52)
    return start.replace(year=start.year - 1)


def segments_of(organization: Organization, metric: MetricDefinition) -> list[str]:
    """Segments that the metric has been heard in, named ones only. One query, none when seen before."""
    if metric.counted_at is None:
        return []
    key = _key(metric, "segments")
    known: list[str] | None = cache.get(key)
    if known is not None:
        return known
    model = DurationPoint if metric.is_duration else MetricPoint
    found = list(
        model.objects.of(organization)
        .filter(metric=metric)
        .exclude(segment="")
        .order_by("segment")
        .values_list("segment", flat=True)
        .distinct()[:200]
    )
    cache.set(key, found, KEPT_SECONDS)
    return found


def _remembered(
    metric: MetricDefinition, question: tuple[object, ...], answer: Callable[[], list[Comparison]]
) -> list[Comparison]:
    """`answer()`, kept until the metric is counted again.

    Only times are kept, and without their counts: a median needs every bin of every period, while
    answers are eleven numbers.
    """
    if not metric.is_duration or metric.counted_at is None:
        return answer()
    key = _key(metric, *question)
    found: list[Comparison] | None = cache.get(key)
    if found is None:
        found = [_without_counts(comparison) for comparison in answer()]
        cache.set(key, found, KEPT_SECONDS)
    return [replace(one, series=replace(one.series, metric=metric)) for one in found]


def _key(metric: MetricDefinition, *question: object) -> str:
    """Names an answer in the cache; another one once the metric is counted again."""
    text = repr((metric.pk, metric.counted_at, *question))
    return f"customer_voice.answers.{sha256(text.encode()).hexdigest()}"


def _without_counts(comparison: Comparison) -> Comparison:
    def slim(point: SeriesPoint) -> SeriesPoint:
        return replace(point, counts=Counts())

    series = comparison.series
    return replace(
        comparison,
        series=replace(series, points=tuple(slim(point) for point in series.points)),
        latest=comparison.latest and slim(comparison.latest),
        previous=comparison.previous and slim(comparison.previous),
        earlier=comparison.earlier and slim(comparison.earlier),
    )
