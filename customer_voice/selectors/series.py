"""Metric series and counts, read from the daily roll-up alone: a page costs the same at any volume."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Organization
from common.reckoning import CALENDAR, Reckoning
from customer_voice.choices import Period
from customer_voice.errors import NotEvaluable
from customer_voice.models import Channel, CustomerAccount, MetricDefinition
from customer_voice.rules import Counts, Figure, StudyReading, together
from customer_voice.selectors.counting import Cut, counted
from customer_voice.selectors.figures import figures, named
from customer_voice.selectors.periods import listed_periods, periods_between
from customer_voice.selectors.questions import by_place
from customer_voice.selectors.versions import SeriesMark, series_marks, series_versions
from cxstats.design import EstimandKind, PanelCell
from cxstats.results import Unit
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPoint:
    """One period [start, end). `is_partial`: the window or the data end inside it."""

    start: date
    end: date
    figure: Figure
    counts: Counts
    is_partial: bool

    @property
    def n(self) -> int:
        return self.figure.n

    @property
    def value(self) -> float | None:
        return self.figure.value

    @property
    def low(self) -> float | None:
        return self.figure.low

    @property
    def high(self) -> float | None:
        return self.figure.high

    @property
    def is_small(self) -> bool:
        return self.figure.is_small


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricSeries:
    """One metric over time, in `unit`: points -100..100, share 0..1, score on its scale, or seconds."""

    metric: MetricDefinition
    touchpoint: Touchpoint | None
    segment: str | None
    period: Period
    unit: Unit
    points: tuple[SeriesPoint, ...]
    channel: Channel | None = None
    account: CustomerAccount | None = None
    past: tuple[Counts, ...] = ()  # of the periods right before the first point, for marks alone
    data_until: date | None = None  # day of the newest answer
    reckoning: Reckoning = CALENDAR  # what its weeks and quarters are

    @property
    def n(self) -> int:
        return sum(point.n for point in self.points)

    @property
    def readable(self) -> tuple[SeriesPoint, ...]:
        """Points with a value from enough answers."""
        return tuple(point for point in self.points if point.value is not None and not point.is_small)

    @property
    def complete(self) -> tuple[SeriesPoint, ...]:
        """Readable points of periods that are over."""
        return tuple(point for point in self.readable if not point.is_partial)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitCounts:
    """One touchpoint in one period: the panel cell for the statistics core, and the counts behind it."""

    touchpoint: Touchpoint
    start: date
    end: date
    cell: PanelCell
    counts: Counts
    is_partial: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesCounts:
    """What a study reads: per touchpoint and period value, n, variance per answer, and strata by segment."""

    metric: MetricDefinition
    kind: EstimandKind
    period: Period
    definition: str
    units: tuple[UnitCounts, ...]

    @property
    def cells(self) -> tuple[PanelCell, ...]:
        return tuple(unit.cell for unit in self.units)


def metric_series(
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
    since: date | None = None,
) -> MetricSeries:
    """The metric per period in [start, end), gaps included as points without a value.

    With `since`, the first day of an earlier period, the counts from then on come along as its past. Every
    version of the metric's series counts, whichever of them is asked. Two queries; one where the `versions`
    are known already.
    """
    cut = Cut(segment=segment, channel=channel, account=account)
    found = counted(
        organization,
        metric,
        versions=series_versions(metric) if versions is None else versions,
        by=(),
        touchpoint=touchpoint,
        cut=cut,
        period=period,
        start=since or start,
        end=end,
    )
    cells = found.get((), {})
    return _series(
        organization, metric, cells, touchpoint, cut, period, start, end, has_past=since is not None
    )


def series_by_touchpoint(
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
    since: date | None = None,
) -> dict[int, MetricSeries]:
    """Touchpoint id -> its series; all of them span the same periods. `since` as in `metric_series`.

    Three queries; two where the `versions` are known already.
    """
    cut = Cut(segment=segment, channel=channel, account=account)
    found = counted(
        organization,
        metric,
        versions=series_versions(metric) if versions is None else versions,
        by=("touchpoint_id",),
        cut=cut,
        period=period,
        start=since or start,
        end=end,
    )
    if since is not None and start is not None:  # what was silent in the window is not shown
        found = {key: cells for key, cells in found.items() if max(cells) >= start}
    span = _span(day for cells in found.values() for day in cells)
    touchpoints = Touchpoint.objects.of(organization).in_bulk([key[0] for key in found])
    return {
        key[0]: _series(
            organization,
            metric,
            cells,
            touchpoints[key[0]],
            cut,
            period,
            start or span[0],
            end,
            span[1],
            has_past=since is not None,
        )
        for key, cells in found.items()
    }


def series_counts(
    organization: Organization,
    metric: MetricDefinition,
    *,
    touchpoints: Sequence[Touchpoint] | None = None,
    segment: str | None = None,
    channel: Channel | None = None,
    account: CustomerAccount | None = None,
    period: Period = Period.WEEK,
    start: date | None = None,
    end: date | None = None,
    reckoning: Reckoning | None = None,
) -> SeriesCounts:
    """Counts per touchpoint and period in [start, end); cells without answers are absent. Three queries.
    A fixed plan says its own `reckoning`; else the organization's.

    The unit of a panel cell is the touchpoint's key; its definition is the question that was asked, which
    changes within a series where a version was bridged. Net metrics are in points, shares 0..1, means on
    their scale; times are the mean of log seconds of resolved cases, with the number of open ones beside it.
    Raises NotEvaluable where the engine knows no estimand for the metric.
    """
    reckoning = reckoning or organization.reckoning
    calculation, kind = metric.calculation, estimand_of(metric)
    chosen = None if touchpoints is None else {touchpoint.pk for touchpoint in touchpoints}
    versions = series_versions(metric)
    found = counted(
        organization,
        metric,
        versions=versions,
        by=("touchpoint_id", "segment", "metric_id"),
        touchpoints=chosen,
        cut=Cut(segment=segment, channel=channel, account=account),
        period=period,
        start=start,
        end=end,
        reckoning=reckoning,
    )
    names = Touchpoint.objects.of(organization).in_bulk({key[0] for key in found})
    by_unit, questions = by_place(found, versions)
    whole_until = _last_whole_day(metric, organization)
    reading = calculation.for_study([counts for strata in by_unit.values() for _stratum, counts in strata])
    units = []
    for (touchpoint_id, day), strata in sorted(
        by_unit.items(), key=lambda item: (names[item[0][0]].key, item[0][1])
    ):
        whole = together([counts for _stratum, counts in strata])
        total = reading.moments(whole)
        if total is None:
            continue
        ((first, after),) = periods_between(day, day, period, reckoning)
        cell = PanelCell(
            unit=names[touchpoint_id].key,
            period=first,
            value=total[1],
            n=total[0],
            variance=total[2],
            definition=questions[touchpoint_id, day],
            strata=_strata(kind, reading, strata),
            open_cases=reading.open_cases(whole),
            exposure=calculation.exposure(whole),
            horizon=reading.horizon,
        )
        units.append(
            UnitCounts(
                touchpoint=names[touchpoint_id],
                start=first,
                end=after,
                cell=cell,
                counts=whole,
                is_partial=_is_partial(first, after, start, end, whole_until),
            )
        )
    return SeriesCounts(
        metric=metric,
        kind=kind,
        period=period,
        definition=definition_key(metric),
        units=tuple(units),
    )


def estimand_of(metric: MetricDefinition) -> EstimandKind:
    """What the engine estimates of this metric. Raises NotEvaluable where it cannot."""
    kind = metric.calculation.estimand
    if kind is None:
        raise NotEvaluable(
            _("The evaluation cannot estimate a change of %(metric)s: %(rule)s.")
            % {"metric": named(metric), "rule": metric.calculation.label}
        )
    return kind


def definition_key(metric: MetricDefinition) -> str:
    """Key of a whole series; cells of it that were asked otherwise have their own (`questions_of`)."""
    return f"{metric.key}/{metric.series}"


# --- shaping -----------------------------------------------------------------------------------


def _series(
    organization: Organization,
    metric: MetricDefinition,
    cells: Mapping[date, Counts],
    touchpoint: Touchpoint | None,
    cut: Cut,
    period: Period,
    start: date | None,
    end: date | None,
    last: date | None = None,
    *,
    has_past: bool = False,
) -> MetricSeries:
    points: list[SeriesPoint] = []
    past: tuple[Counts, ...] = ()
    if has_past and start is not None:
        earlier = {day: counts for day, counts in cells.items() if day < start}
        cells = {day: counts for day, counts in cells.items() if day >= start}
        past = _past(metric, earlier, min(cells), period, organization.reckoning) if earlier and cells else ()
    until = local_day(metric.data_until, organization)
    whole = _last_whole_day(metric, organization)
    if cells:
        empty = metric.calculation.empty
        # nothing was heard before the first answer, however early a start was asked for
        begin = min(cells) if start is None else max(start, min(cells))
        spans = listed_periods(begin, last or max(cells), period, organization.reckoning)
        filled = [cells.get(first, empty) for first, _after in spans]
        points = [
            SeriesPoint(
                start=first,
                end=after,
                figure=figure,
                counts=counts,
                is_partial=_is_partial(first, after, start, end, whole),
            )
            for (first, after), counts, figure in zip(spans, filled, figures(metric, filled), strict=True)
        ]
    return MetricSeries(
        metric=metric,
        touchpoint=touchpoint,
        segment=cut.segment,
        channel=cut.channel,
        account=cut.account,
        period=period,
        unit=metric.calculation.unit,
        points=tuple(points),
        past=past,
        data_until=until,
        reckoning=organization.reckoning,
    )


def _strata(
    kind: EstimandKind, reading: StudyReading, strata: Sequence[tuple[str, Counts]]
) -> tuple[tuple[str, int, float, float], ...]:
    """What answers of each segment came to; events have none: nobody knows how many were exposed in each."""
    if kind is EstimandKind.COUNT:
        return ()
    parts = [(stratum, reading.moments(counts)) for stratum, counts in sorted(strata)]
    return tuple((stratum, *one) for stratum, one in parts if one is not None)


def _past(
    metric: MetricDefinition, cells: dict[date, Counts], before: date, period: Period, reckoning: Reckoning
) -> tuple[Counts, ...]:
    """Counts of every period from the first answer on that lies before a day, gaps included."""
    spans = listed_periods(min(cells), before - timedelta(days=1), period, reckoning)
    return tuple(cells.get(first, metric.calculation.empty) for first, _after in spans)


def _span(days: Iterable[date]) -> tuple[date | None, date | None]:
    known = sorted(days)
    return (known[0], known[-1]) if known else (None, None)


def _last_whole_day(metric: MetricDefinition, organization: Organization) -> date | None:
    """The day to which there are data, and that is over where the organization is: today never is."""
    until = local_day(metric.data_until, organization)
    return None if until is None else min(until, organization.clock.today() - timedelta(days=1))


def _is_partial(first: date, after: date, start: date | None, end: date | None, until: date | None) -> bool:
    cut = (start is not None and first < start) or (end is not None and after > end)
    return cut or (until is not None and until < after - timedelta(days=1))


def local_day(moment: datetime | None, organization: Organization) -> date | None:
    """The organization's calendar day of a moment."""
    return None if moment is None else organization.clock.day_of(moment)


__all__ = [
    "MetricSeries",
    "SeriesCounts",
    "SeriesMark",
    "SeriesPoint",
    "UnitCounts",
    "definition_key",
    "estimand_of",
    "metric_series",
    "series_by_touchpoint",
    "series_counts",
    "series_marks",
    "together",
]
