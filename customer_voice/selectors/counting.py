"""Counts per period, read from the roll-up: one grouped query, whatever is asked."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, F, Q, QuerySet, Sum, When
from django.db.models.functions import Trunc

from accounts.models import Organization
from customer_voice.choices import ANSWERS, BIN_OPEN, BIN_UNUSABLE, BoxRule, Period
from customer_voice.models import DurationPoint, MetricDefinition, MetricPoint
from customer_voice.selectors.figures import Counts, ensure_comparable
from cxstats.design import PanelCell
from cxstats.voc import Moments
from journeys.models import Touchpoint

ANSWER_COLUMNS = [f"answers_{answer}" for answer in ANSWERS]


def counted(
    organization: Organization,
    metric: MetricDefinition,
    *,
    versions: Sequence[MetricDefinition],
    by: tuple[str, ...],
    touchpoint: Touchpoint | None = None,
    touchpoints: set[int] | None = None,
    segment: str | None = None,
    period: Period,
    start: date | None,
    end: date | None,
) -> dict[tuple[Any, ...], dict[date, Counts]]:
    """Values of `by` -> period start -> counts of all `versions` together. One query."""
    for version in versions:
        ensure_comparable(metric, version)
    model = DurationPoint if metric.is_duration else MetricPoint
    together = [version.pk for version in versions]
    points = model.objects.of(organization).filter(metric__in=together).between(start, end)
    if touchpoint is not None:
        points = points.filter(touchpoint=touchpoint)
    if touchpoints is not None:
        points = points.filter(touchpoint__in=touchpoints)
    if segment is not None:
        points = points.filter(segment=segment)
    points = points.annotate(start=Trunc("day", period.value, output_field=DateField())).order_by()
    if metric.is_duration:
        return _counted_durations(organization, metric, points, by)
    found: dict[tuple[Any, ...], dict[date, Counts]] = {}
    rows = points.values_list(*by, "start").annotate(**{name: Sum(name) for name in ANSWER_COLUMNS})
    for row in rows.values_list(*by, "start", *ANSWER_COLUMNS):
        key, day, answers = row[: len(by)], row[len(by)], row[len(by) + 1 :]
        found.setdefault(key, {})[day] = Counts(answers=tuple(answers))
    return found


def _counted_durations(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> dict[tuple[Any, ...], dict[date, Counts]]:
    # open cases need their day, resolved ones do not: their age runs to the data's cut-off
    opened = Case(When(Q(duration_bin=BIN_OPEN), then=F("day")), default=None, output_field=DateField())
    rows = (
        points.annotate(opened=opened)
        .values(*by, "start", "duration_bin", "opened")
        .annotate(cases=Sum("n"))
        .order_by("start", "duration_bin", "opened")
        .values_list(*by, "start", "duration_bin", "opened", "cases")
    )
    parts: dict[tuple[Any, ...], dict[date, tuple[list[Any], list[Any], int]]] = {}
    for row in rows:
        key, (day, binned, since, cases) = row[: len(by)], row[len(by) :]
        times, ages, unusable = parts.setdefault(key, {}).get(day, ([], [], 0))
        if binned == BIN_OPEN:
            ages.append((_age(since, metric, organization), cases))
        elif binned == BIN_UNUSABLE:
            unusable += cases
        else:
            times.append((binned, cases))
        parts[key][day] = (times, ages, unusable)
    return {
        key: {
            day: Counts(times=tuple(times), open_seconds=tuple(ages), unusable=unusable)
            for day, (times, ages, unusable) in days.items()
        }
        for key, days in parts.items()
    }


def _age(opened: date, metric: MetricDefinition, organization: Organization) -> float:
    """Seconds that a case opened at noon of that day had been open when the data ended; at least one."""
    noon = datetime.combine(opened, time(12), tzinfo=ZoneInfo(organization.time_zone))
    until = metric.data_until or noon
    return max((until.astimezone(UTC) - noon.astimezone(UTC)).total_seconds(), 1.0)


def together(cells: Iterable[Counts]) -> Counts:
    """Several cells of one series as one."""
    many = list(cells)
    if len(many) == 1:
        return many[0]
    answers = tuple(map(sum, zip(*(cell.answers for cell in many), strict=True))) if many else ()
    return Counts(
        answers=answers,
        times=tuple(pair for cell in many for pair in cell.times),
        open_seconds=tuple(pair for cell in many for pair in cell.open_seconds),
        unusable=sum(cell.unusable for cell in many),
    )


def moments(metric: MetricDefinition, counts: Counts) -> tuple[int, float, float] | None:
    """n, value and variance of one answer; None without answers."""
    if counts.n == 0:
        return None
    top, bottom = counts.boxes(metric)
    nobody = date.min
    match BoxRule(metric.rule):
        case BoxRule.NET:
            cell = PanelCell.nps(unit="", period=nobody, n=counts.n, promoters=top, detractors=bottom)
        case BoxRule.TOP_BOX:
            cell = PanelCell.share(unit="", period=nobody, n=counts.n, hits=top)
        case BoxRule.MEAN:
            found = Moments.of_histogram(counts=counts.on_scale(metric), points=list(metric.scale_points))
            return found.n, found.mean, found.variance
        case BoxRule.DURATION:
            if not counts.times:
                return None
            found = counts.log_times()
            return found.n, found.mean, found.variance
    return cell.n, cell.value, cell.variance
