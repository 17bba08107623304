"""Counts per period, read from the roll-up: one grouped query, whatever is asked."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, F, Q, QuerySet, Sum, When
from django.db.models.functions import Trunc

from accounts.models import Organization
from customer_voice.choices import ANSWERS, BIN_OPEN, BIN_UNUSABLE, Period
from customer_voice.models import MetricDefinition
from customer_voice.rules import Counts, DayTotals, RollupShape
from customer_voice.selectors.figures import ensure_comparable
from customer_voice.selectors.points import points_of
from journeys.models import Touchpoint

ANSWER_COLUMNS = [f"answers_{answer}" for answer in ANSWERS]

type Counted = dict[tuple[Any, ...], dict[date, Counts]]  # values asked by -> period start -> counts


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
) -> Counted:
    """Values of `by` -> period start -> counts of all `versions` together. One query."""
    for version in versions:
        ensure_comparable(metric, version)
    together = [version.pk for version in versions]
    points = points_of(metric).objects.of(organization).filter(metric__in=together).between(start, end)
    if touchpoint is not None:
        points = points.filter(touchpoint=touchpoint)
    if touchpoints is not None:
        points = points.filter(touchpoint__in=touchpoints)
    if segment is not None:
        points = points.filter(segment=segment)
    points = points.annotate(start=Trunc("day", period.value, output_field=DateField())).order_by()
    return _READERS[metric.calculation.shape](organization, metric, points, by)


def _answers(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    found: Counted = {}
    rows = points.values_list(*by, "start").annotate(**{name: Sum(name) for name in ANSWER_COLUMNS})
    for row in rows.values_list(*by, "start", *ANSWER_COLUMNS):
        key, day, answers = row[: len(by)], row[len(by)], row[len(by) + 1 :]
        found.setdefault(key, {})[day] = Counts(answers=tuple(answers))
    return found


def _steps(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    """Only the steps that were given are stored; the others are zero."""
    size = len(metric.calculation.empty.answers)
    rows = points.values_list(*by, "start", "step").annotate(answers=Sum("n"))
    given: dict[tuple[tuple[Any, ...], date], list[int]] = {}
    for row in rows:
        key, (day, step, answers) = row[: len(by)], row[len(by) :]
        given.setdefault((key, day), [0] * size)[step] = answers
    found: Counted = {}
    for (key, day), answers in given.items():
        found.setdefault(key, {})[day] = Counts(answers=tuple(answers))
    return found


def _totals(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
    """Totals of each day, which are the units of a rate's interval."""
    rows = (
        points.values_list(*by, "start", "day")
        .annotate(rows=Sum("n"), amounts=Sum("amount"), exposures=Sum("exposure"))
        .order_by("day")
    )
    days: dict[tuple[tuple[Any, ...], date], list[DayTotals]] = {}
    for row in rows:
        key, (start, day, number, amount, exposure) = row[: len(by)], row[len(by) :]
        days.setdefault((key, start), []).append(
            DayTotals(day=day, rows=number, amount=amount, exposure=exposure)
        )
    found: Counted = {}
    for (key, start), totals in days.items():
        found.setdefault(key, {})[start] = Counts(days=tuple(totals))
    return found


def _times(
    organization: Organization, metric: MetricDefinition, points: "QuerySet[Any]", by: tuple[str, ...]
) -> Counted:
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


_READERS: dict[
    RollupShape, Callable[[Organization, MetricDefinition, "QuerySet[Any]", tuple[str, ...]], Counted]
] = {
    RollupShape.ANSWERS: _answers,
    RollupShape.STEPS: _steps,
    RollupShape.TIMES: _times,
    RollupShape.TOTALS: _totals,
}
