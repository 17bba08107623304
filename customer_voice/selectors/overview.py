"""What the Listen pages open with: every metric's last period beside the one before and a year ago."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Max

from accounts.models import Organization
from common.reckoning import Reckoning
from customer_voice.choices import Period
from customer_voice.models import Channel, CustomerAccount, MetricDefinition
from customer_voice.rules import together
from customer_voice.selectors.counting import Cut
from customer_voice.selectors.figures import ChangeFigure, Counts, change, figures
from customer_voice.selectors.marks import history_start, period_mark
from customer_voice.selectors.periods import period_start, periods_back
from customer_voice.selectors.points import POINTS, points_of
from customer_voice.selectors.series import (
    MetricSeries,
    SeriesPoint,
    local_day,
    metric_series,
    series_by_touchpoint,
)
from customer_voice.selectors.versions import by_series, current_version, series_versions
from journeys.models import Touchpoint

KEPT_SECONDS = 24 * 3600
_NO_COUNTS = Counts()  # one for all points: it is kept once
# so many periods together are held against the same ones a year ago: one alone is mostly noise
POOLED = {Period.DAY: 28, Period.WEEK: 13, Period.MONTH: 3, Period.QUARTER: 1}
# enough for those of a year ago beside the last complete ones, with one that still runs
PERIODS_SHOWN = {Period.DAY: 60, Period.WEEK: 66, Period.MONTH: 16, Period.QUARTER: 9}


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A series with its last complete period, and whether it differs from what those before let expect.

    The longer view holds the last complete periods together (`recent`) against the same ones a year ago
    (`earlier`); where those have no figure, against the first ones shown.
    """

    series: MetricSeries
    latest: SeriesPoint | None
    previous: SeriesPoint | None
    change: ChangeFigure | None
    recent: SeriesPoint | None = None
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


def metric_overview(
    organization: Organization,
    *,
    every: Sequence[MetricDefinition] | None = None,
    period: Period = Period.MONTH,
) -> list[Comparison]:
    """Every series in use, those with answers first. One query per series with answers, and one more where
    not `every` version of all metrics is at hand.

    Marks are made together: the more metrics, the further a period must lie from what was expected.
    """
    known = MetricDefinition.objects.of(organization) if every is None else every
    series = [
        (current_version(versions), versions)
        for versions in by_series(known).values()
        if not current_version(versions).is_retired
    ]
    heard = [(metric, versions) for metric, versions in series if metric.data_until is not None]
    found = [
        metric_comparison(organization, metric, versions=versions, period=period, families=len(heard))
        for metric, versions in heard
    ]
    silent = [
        compare(metric_series(organization, metric, versions=versions, period=period, start=date.max))
        for metric, versions in series
        if metric.data_until is None
    ]
    return found + silent


def recent_start(
    organization: Organization, metric: MetricDefinition, period: Period, end: date | None = None
) -> date | None:
    """Where a series begins when nobody said: so many periods before the newest data."""
    last = end or local_day(metric.data_until, organization)
    if metric.data_until is None or last is None:
        return None
    return periods_back(last, period, PERIODS_SHOWN[period], organization.reckoning)


def metric_comparison(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition] | None = None,
    touchpoint: Touchpoint | None = None,
    segment: str | None = None,
    channel: Channel | None = None,
    account: CustomerAccount | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
    families: int = 1,
) -> Comparison:
    """The series of the last periods with its newest change.

    Two queries, one where the `versions` are known already; none for times seen before.
    """
    start = start or recent_start(organization, metric, period, end)

    def answer() -> list[Comparison]:
        series = metric_series(
            organization,
            metric,
            versions=versions,
            touchpoint=touchpoint,
            segment=segment,
            channel=channel,
            account=account,
            period=period,
            start=start,
            end=end,
            since=_since(start, period, organization.reckoning),
        )
        return [compare(series, families=families)]

    cut = Cut(segment=segment, channel=channel, account=account)
    place, now = touchpoint and touchpoint.pk, (organization.reckoning, organization.clock.today())
    question = ("metric", place, cut.question, period.value, start, end, families, now)
    return _remembered(metric, question, answer)[0]


def touchpoint_comparisons(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition] | None = None,
    segment: str | None = None,
    channel: Channel | None = None,
    account: CustomerAccount | None = None,
    period: Period = Period.MONTH,
    start: date | None = None,
    end: date | None = None,
    is_kept: bool = False,
) -> list[Comparison]:
    """One row per touchpoint, by name; their changes are tested together.

    Two queries where the `versions` are known, else three; for times one more, or one in all when they were
    seen before. `is_kept`: figures of every metric are kept like those of times, without their counts, for a
    page that shows all of them at once.
    """
    start = start or recent_start(organization, metric, period, end)

    def answer() -> list[Comparison]:
        found = series_by_touchpoint(
            organization,
            metric,
            versions=versions,
            segment=segment,
            channel=channel,
            account=account,
            period=period,
            start=start,
            end=end,
            since=_since(start, period, organization.reckoning),
        )
        rows = [compare(series, families=len(found)) for series in found.values()]
        return sorted(rows, key=lambda row: str(row.touchpoint))

    cut = Cut(segment=segment, channel=channel, account=account)
    now = (organization.reckoning, organization.clock.today())
    question = ("touchpoints", cut.question, period.value, start, end, now)
    rows = _remembered(metric, question, answer, is_kept=is_kept)
    if not (metric.calculation.is_costly or is_kept):
        return rows
    # names are as they are now, whatever they were when the figures were made
    names = Touchpoint.objects.of(organization).in_bulk([row.touchpoint.pk for row in rows if row.touchpoint])
    return [
        replace(row, series=replace(row.series, touchpoint=names[row.touchpoint.pk]))
        for row in rows
        if row.touchpoint and row.touchpoint.pk in names
    ]


def compare(series: MetricSeries, *, families: int = 1) -> Comparison:
    """Last complete period against all before it, and the last ones together against a year ago.

    A running period is not judged. Each of the two questions has its own error rate.
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
    found = period_mark(series, latest, families=families) if previous or series.past else None
    recent, earlier = _longer_view(series, latest)
    return Comparison(
        series=series,
        latest=latest,
        previous=previous,
        change=found,
        recent=recent,
        earlier=earlier,
        long_change=change(series.metric, earlier.counts, recent.counts, families=families)
        if recent and earlier
        else None,
        is_year_ago=bool(recent and earlier and earlier.start == _year_before(recent.start, series.period)),
    )


def _since(start: date | None, period: Period, reckoning: Reckoning) -> date | None:
    """From when on the past of a series is read; only whole periods can lie before its first one."""
    if start is None or start != period_start(start, period, reckoning):
        return None
    return history_start(start, period, reckoning)


def _longer_view(series: MetricSeries, latest: SeriesPoint) -> tuple[SeriesPoint | None, SeriesPoint | None]:
    """The last complete periods together, and the same ones a year ago or else the first ones."""
    whole = [point for point in series.points if not point.is_partial and point.start <= latest.start]
    number = POOLED[series.period]
    last = whole[-number:]
    wanted = {_year_before(point.start, series.period) for point in last}
    same = [point for point in whole if point.start in wanted]
    heard = [index for index, point in enumerate(whole) if point.n]
    first = whole[heard[0] : heard[0] + number]
    for before in (same, first):
        if len(before) == len(last) and before[-1].end <= last[0].start:
            pooled = _pooled(series.metric, before)
            if not pooled.is_small:
                return _pooled(series.metric, last), pooled
    return None, None


def _pooled(metric: MetricDefinition, points: Sequence[SeriesPoint]) -> SeriesPoint:
    """Several periods as one."""
    if len(points) == 1:
        return points[0]
    counts = together(point.counts for point in points)
    (figure,) = figures(metric, [counts])
    return SeriesPoint(
        start=points[0].start, end=points[-1].end, figure=figure, counts=counts, is_partial=False
    )


def _year_before(start: date, period: Period) -> date:
    """Start of the same period a year earlier; for days and weeks 52 weeks, the same day of the week."""
    if period in {Period.DAY, Period.WEEK}:
        return start - timedelta(weeks=52)
    return start.replace(year=start.year - 1)


def segments_of(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition] | None = None,
) -> list[str]:
    """Segments that the series has been heard in, named ones only. Two queries, none when seen before."""
    if metric.counted_at is None:
        return []
    key = _key(metric, "segments")
    known: list[str] | None = cache.get(key)
    if known is not None:
        return known
    model = points_of(metric)
    found = list(
        model.objects.of(organization)
        .filter(metric__in=[one.pk for one in (series_versions(metric) if versions is None else versions)])
        .exclude(segment="")
        .order_by("segment")
        .values_list("segment", flat=True)
        .distinct()[:200]
    )
    cache.set(key, found, KEPT_SECONDS)
    return found


def segments_heard(organization: Organization) -> list[str]:
    """Segments that any series has been heard in, named ones only. Five queries, one when seen before."""
    counted_at = MetricDefinition.objects.of(organization).aggregate(last=Max("counted_at"))["last"]
    if counted_at is None:
        return []
    key = f"customer_voice.segments.{organization.pk}.{counted_at.isoformat()}"
    known: list[str] | None = cache.get(key)
    if known is not None:
        return known
    found: set[str] = set()
    for model in POINTS.values():
        rows = model.objects.of(organization).exclude(segment="").order_by()
        found.update(rows.values_list("segment", flat=True).distinct()[:200])
    cache.set(key, sorted(found), KEPT_SECONDS)
    return sorted(found)


def segment_as_heard(organization: Organization, text: str) -> str:
    """The segment that answers carry under these words, whatever their letter case and blanks, as imports
    read them; the text where none does. Queries as `segments_heard`, none for no text."""
    words = " ".join(text.split())
    known = segments_heard(organization) if words else []
    if words in known:
        return words
    return next((one for one in known if " ".join(one.split()).casefold() == words.casefold()), words)


def channels_of(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition] | None = None,
) -> list[Channel]:
    """Channels that the series has been heard on, by name. Three queries; one when seen before."""
    if metric.counted_at is None:
        return []
    key = _key(metric, "channels")
    known: list[int] | None = cache.get(key)
    if known is None:
        together = series_versions(metric) if versions is None else versions
        points = points_of(metric).objects.of(organization).filter(metric__in=[one.pk for one in together])
        known = list(
            points.exclude(channel=None).order_by().values_list("channel_id", flat=True).distinct()[:200]
        )
        cache.set(key, known, KEPT_SECONDS)
    return list(Channel.objects.of(organization).filter(pk__in=known).order_by("name")) if known else []


def _remembered(
    metric: MetricDefinition,
    question: tuple[object, ...],
    answer: Callable[[], list[Comparison]],
    *,
    is_kept: bool = False,
) -> list[Comparison]:
    """`answer()`, kept until the metric is counted again or the day ends, which completes a period.

    By themselves only times are kept, and without their counts: a median needs every bin of every period,
    while answers are eleven numbers.
    """
    if not (metric.calculation.is_costly or is_kept) or metric.counted_at is None:
        return answer()
    key = _key(metric, *question)
    found: list[Comparison] | None = cache.get(key)
    if found is None:
        found = [without_counts(comparison) for comparison in answer()]
        cache.set(key, found, KEPT_SECONDS)
    return [replace(one, series=replace(one.series, metric=metric)) for one in found]


def _key(metric: MetricDefinition, *question: object) -> str:
    """Names an answer in the cache; another one once the metric is counted again."""
    text = repr((metric.pk, metric.counted_at, "marks-95", *question))
    return f"customer_voice.answers.{sha256(text.encode()).hexdigest()}"


def without_counts(comparison: Comparison) -> Comparison:
    """The same with figures alone, as it is kept: counts are many times as much."""

    def slim(point: SeriesPoint) -> SeriesPoint:
        return replace(point, counts=_NO_COUNTS)

    series = comparison.series
    return replace(
        comparison,
        series=replace(series, points=tuple(slim(point) for point in series.points), past=()),
        latest=comparison.latest and slim(comparison.latest),
        previous=comparison.previous and slim(comparison.previous),
        recent=comparison.recent and slim(comparison.recent),
        earlier=comparison.earlier and slim(comparison.earlier),
    )
