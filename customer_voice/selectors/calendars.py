"""Calendars of business hours, and shares of cases that were over in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from accounts.models import Organization
from common.jobs import JobState
from customer_voice.models import BusinessCalendar, CalendarVersion, MetricDefinition, ServiceLevel
from customer_voice.rules import Counts
from customer_voice.selectors.counting import Cut, counted
from customer_voice.selectors.series import MetricSeries, SeriesPoint
from customer_voice.selectors.versions import series_versions
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarLine:
    """A calendar, the version that counts, the one that is about to, and the metrics that it counts."""

    calendar: BusinessCalendar
    counting: CalendarVersion
    next: CalendarVersion | None
    metrics: tuple[MetricDefinition, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareInTime:
    """Share of the cases of one period that were over within a level, or why there is none."""

    point: SeriesPoint
    n: int
    n_open: int
    estimate: Estimate | None = None
    reason: Reason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelSeries:
    """One service level and its share in each period with cases; none while it is being counted."""

    level: ServiceLevel
    is_counted: bool
    shares: tuple[ShareInTime, ...]


def counting_version(organization: Organization, key: str) -> CalendarVersion | None:
    """The version of a calendar by which times are counted; None without such a calendar. One query."""
    found: CalendarVersion | None = (
        CalendarVersion.objects.of(organization)
        .filter(calendar__key=key, job_state=JobState.DONE)
        .order_by("-number")
        .first()
    )
    return found


def newest_version(calendar: BusinessCalendar) -> CalendarVersion:
    """As it was last written, counted or not. One query."""
    newest: CalendarVersion = CalendarVersion.objects.filter(calendar=calendar).order_by("-number")[0]
    return newest


def calendar_lines(organization: Organization) -> list[CalendarLine]:
    """Every calendar, by name. Three queries."""
    versions = CalendarVersion.objects.of(organization).select_related("calendar").order_by("number")
    by_calendar: dict[int, list[CalendarVersion]] = {}
    for version in versions.defer("holidays"):
        by_calendar.setdefault(version.calendar_id, []).append(version)
    metrics: dict[str, list[MetricDefinition]] = {}
    in_use = MetricDefinition.objects.of(organization).filter(is_retired=False).exclude(calendar="")
    for metric in in_use.order_by("name", "version"):
        metrics.setdefault(metric.calendar, []).append(metric)
    lines = []
    for found in by_calendar.values():
        counting = [one for one in found if one.job_state == JobState.DONE][-1]
        lines.append(
            CalendarLine(
                calendar=counting.calendar,
                counting=counting,
                next=found[-1] if found[-1].number > counting.number else None,
                metrics=tuple(metrics.get(counting.calendar.key, ())),
            )
        )
    return sorted(lines, key=lambda line: line.calendar.name.casefold())


def calendar_choices(organization: Organization) -> list[tuple[str, str]]:
    """Key and name of each calendar. One query."""
    return list(BusinessCalendar.objects.of(organization).values_list("key", "name"))


def days_ahead(version: CalendarVersion, today: date) -> list[dict[str, Any]]:
    """Days with hours of their own from today for a year; own ones go before holidays. No query."""
    found = {one["day"]: one for one in (*version.holidays, *version.own_days)}
    last = today.replace(year=today.year + 1, day=min(today.day, 28)).isoformat()
    return [found[day] for day in sorted(found) if today.isoformat() <= day < last]


def service_levels(organization: Organization, metric: MetricDefinition) -> list[ServiceLevel]:
    """Shortest time first. One query."""
    return list(ServiceLevel.objects.of(organization).filter(metric_key=metric.key).order_by("seconds"))


def level_series(
    organization: Organization,
    series: MetricSeries,
    *,
    versions: Sequence[MetricDefinition] | None = None,
    most: int | None = None,
) -> list[LevelSeries]:
    """The share in time of each level in each of the last (at `most` so many) periods of the series that have
    cases; empty for metrics of no times. One query for metrics of times, two or three where there is a level:
    the counts behind kept figures are read again.
    """
    if not series.metric.calculation.counts_cases:
        return []
    levels = service_levels(organization, series.metric)
    points = [point for point in series.points if point.n][-(most or len(series.points)) :]
    if not levels or not points:
        return [_uncounted(level) for level in levels]
    found = counted(
        organization,
        series.metric,
        versions=series_versions(series.metric) if versions is None else versions,
        by=(),
        touchpoint=series.touchpoint,
        cut=Cut(segment=series.segment, channel=series.channel, account=series.account),
        period=series.period,
        start=points[0].start,
        end=points[-1].end,
    ).get((), {})
    return [
        LevelSeries(
            level=level,
            is_counted=True,
            shares=tuple(
                _share(series.metric, point, found.get(point.start, Counts()), level) for point in points
            ),
        )
        if level.job_state == JobState.DONE
        else _uncounted(level)
        for level in levels
    ]


def _uncounted(level: ServiceLevel) -> LevelSeries:
    return LevelSeries(level=level, is_counted=level.job_state == JobState.DONE, shares=())


def next_number(calendar: BusinessCalendar) -> int:
    """Of the version to come. One query."""
    newest = CalendarVersion.objects.filter(calendar=calendar).aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1


def _share(metric: MetricDefinition, point: SeriesPoint, counts: Counts, level: ServiceLevel) -> ShareInTime:
    rule: Any = metric.calculation
    try:
        estimate = rule.share_within(counts, float(level.seconds))
    except NotEstimable as refusal:
        return ShareInTime(point=point, n=counts.n, n_open=counts.n_open, reason=refusal.reason)
    return ShareInTime(point=point, n=counts.n, n_open=counts.n_open, estimate=estimate)
