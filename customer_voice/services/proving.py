"""Whether the daily roll-up equals the feedback that it was counted from, cell by cell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.models import Organization
from customer_voice.choices import Period
from customer_voice.models import Feedback, MetricDefinition, MetricPoint, PeriodPoint, RecountNote
from customer_voice.selectors.folding import ACCOUNT_KEYS, ANSWER_COLUMNS, PLACE_KEYS, folded
from customer_voice.selectors.keeping import first_of, period_number, unpacked
from customer_voice.selectors.points import account_points_of, points_of
from customer_voice.services.keeping import PERIODS
from customer_voice.services.rollup import cells_of

AT_ONCE = 2_000  # rows in memory, besides those of one day at one touchpoint
DAYS_AT_ONCE = 92  # of one metric, in one transaction
_ONE_DAY = timedelta(days=1)

type _Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Differing:
    """A day of one metric at one touchpoint whose points are not what its answers give.

    `n` are answers or cases: `stored` of the points, `counted` of the feedback. Equal where something else
    differs, such as which answers were given.
    """

    metric: MetricDefinition
    touchpoint_id: int
    day: date
    cube: str  # "place" or "account"; "week" or "month" where the kept sums are not those of the points
    stored: int
    counted: int


def differing_cells(organization: Organization) -> Iterator[Differing]:
    """Every cell whose points are not those of its feedback; none where all is well.

    What is noted and waits to be counted is not wrong, so it is passed over. Answers may come in meanwhile:
    notes, points and feedback of one piece (a metric and three months) are read as they are at one moment.
    In memory are at most the rows of one day at one touchpoint. Kept sums are held to points that are right.
    """
    for metric in MetricDefinition.objects.of(organization).order_by("pk"):
        has_right_points = True
        for first, after in _pieces(organization, metric):
            with _one_moment():
                now = Organization.objects.get(pk=organization.pk)
                notes = RecountNote.objects.of(now).filter(metric=metric)
                for cube, keys, points, waiting in (
                    ("place", PLACE_KEYS, points_of(metric), _waiting(now, notes)),
                    (
                        "account",
                        ACCOUNT_KEYS,
                        account_points_of(metric),
                        _waiting(now, notes.filter(reaches_accounts=True)),
                    ),
                ):
                    for touchpoint, day, stored, counted in _apart(now, metric, first, after, keys, points):
                        if (metric.pk, touchpoint, day) not in waiting:
                            has_right_points = has_right_points and cube != "place"
                            yield Differing(
                                metric=metric,
                                touchpoint_id=touchpoint,
                                day=day,
                                cube=cube,
                                stored=stored,
                                counted=counted,
                            )
        if has_right_points:
            with _one_moment():
                yield from _sums_apart(Organization.objects.get(pk=organization.pk), metric.pk)


def _sums_apart(organization: Organization, key: int) -> Iterator[Differing]:
    """Weeks and months of which the kept sums are not those of the daily points, touchpoint by touchpoint."""
    metric = MetricDefinition.objects.get(pk=key)
    begins = metric.kept_weeks_begin
    if begins is None:
        return
    points = MetricPoint.objects.of(organization).filter(metric=metric).order_by("touchpoint_id")
    daily = points.values_list("touchpoint_id", "day", *ANSWER_COLUMNS).iterator(chunk_size=AT_ONCE)
    kept = {
        (row.touchpoint_id, row.period): row
        for row in PeriodPoint.objects.of(organization).filter(metric=metric)
    }
    counted: dict[tuple[int, str], dict[int, list[int]]] = {}
    for touchpoint, rows in groupby(daily, key=itemgetter(0)):
        for _touchpoint, day, *answers in rows:
            for period in PERIODS:
                of_place = counted.setdefault((touchpoint, period), {})
                number = period_number(day, period, begins)
                of_place[number] = [
                    a + b for a, b in zip(of_place.get(number, [0] * 11), answers, strict=True)
                ]
    for touchpoint, name in sorted({*counted, *kept}):
        period, row = Period(name), kept.get((touchpoint, name))
        first = 0 if row is None else period_number(row.first, period, begins)
        lines = [] if row is None else unpacked(row.cells).tolist()
        stored = {number: line for number, line in enumerate(lines, start=first) if any(line)}
        fresh = counted.get((touchpoint, name), {})
        for number in sorted({*stored, *fresh}):
            if stored.get(number) != fresh.get(number):
                yield Differing(
                    metric=metric,
                    touchpoint_id=touchpoint,
                    day=first_of(number, period, begins),
                    cube=name,
                    stored=sum(stored.get(number, ())),
                    counted=sum(fresh.get(number, ())),
                )


def _pieces(organization: Organization, metric: MetricDefinition) -> Iterator[tuple[date, date]]:
    """Days [first, after) in which there is anything of the metric at all, in pieces."""
    days: list[date] = []
    answers = Feedback.objects.of(organization).filter(metric=metric)
    for name in ("occurred_at", "-occurred_at"):
        days += [
            organization.clock.day_of(moment)
            for moment in answers.order_by(name).values_list("occurred_at", flat=True)[:1]
        ]
    for points in (points_of(metric), account_points_of(metric)):
        stored = points.objects.of(organization).filter(metric=metric)
        for name in ("day", "-day"):
            days += list(stored.order_by(name).values_list("day", flat=True)[:1])
    if not days:
        return
    first, end = min(days), max(days) + _ONE_DAY
    while first < end:
        after = min(first + timedelta(days=DAYS_AT_ONCE), end)
        yield first, after
        first = after


@contextmanager
def _one_moment() -> Iterator[None]:
    """All statements see what was stored when the first one began; nobody waits for it on PostgreSQL."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _waiting(organization: Organization, notes: Any) -> set[tuple[int, int, date]]:
    spans = notes.values_list("metric_id", "touchpoint_id", "first", "last").distinct()
    return cells_of(organization, spans.iterator(chunk_size=AT_ONCE))


def _apart(
    organization: Organization,
    metric: MetricDefinition,
    first: date,
    after: date,
    keys: tuple[str, ...],
    points: Any,
) -> Iterator[tuple[int, date, int, int]]:
    """(touchpoint, day, stored n, counted n) where the two are not the same."""
    zone = ZoneInfo(organization.time_zone)
    answers = Feedback.objects.of(organization).filter(
        occurred_at__gte=datetime.combine(first, time.min, tzinfo=zone),
        occurred_at__lt=datetime.combine(after, time.min, tzinfo=zone),
    )
    if "account_id" in keys:
        answers = answers.filter(account__isnull=False)
    counts = folded(organization, answers, metric.calculation.shape, [metric], keys=keys)
    # a sum may stand under another name than its column, and both are in the same order
    names = [name for name in counts.columns if name not in {"organization_id", "metric_id"}]
    place = [counts.columns.index(name) for name in names]
    rows = counts.rows.order_by("touchpoint_id", "day")
    fresh = (tuple(row.values()) for row in rows.iterator(chunk_size=AT_ONCE))
    counted = (tuple(row[index] for index in place) for row in fresh)
    stored = points.objects.of(organization).filter(metric=metric, day__gte=first, day__lt=after)
    kept = stored.order_by("touchpoint_id", "day").values_list(*names).iterator(chunk_size=AT_ONCE)
    n = names.index("n")
    for (touchpoint, day), one, other in _side_by_side(kept, counted):
        if sorted(map(_plain, one)) != sorted(map(_plain, other)):
            yield touchpoint, day, sum(row[n] for row in one), sum(row[n] for row in other)


def _side_by_side(
    one: Iterator[tuple[Any, ...]], other: Iterator[tuple[Any, ...]]
) -> Iterator[tuple[tuple[int, date], _Rows, _Rows]]:
    """The rows of both by touchpoint and day, which both are in the order of."""
    where = itemgetter(0, 1)
    first, second = groupby(one, key=where), groupby(other, key=where)
    left, right = next(first, None), next(second, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield left[0], list(left[1]), []
            left = next(first, None)
        elif left is None or right[0] < left[0]:
            yield right[0], [], list(right[1])
            right = next(second, None)
        else:
            yield left[0], list(left[1]), list(right[1])
            left, right = next(first, None), next(second, None)


def _plain(row: tuple[Any, ...]) -> tuple[str, ...]:
    """What two rows are compared by: a channel may be missing, a number come as a float or a decimal."""
    return tuple(
        "" if value is None else str(round(float(value), 4)) if _is_number(value) else str(value)
        for value in row
    )


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | date | bool)
