"""The daily roll-up: recomputed, never patched, for exactly the days that changed.

One statement per table and batch of days on both databases: the database counts, nothing is fetched.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import batched, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction
from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Func,
    Max,
    Q,
    QuerySet,
    SmallIntegerField,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Cast, Coalesce, Floor, Greatest, Ln, Round, TruncDate
from django.utils import timezone

from accounts.models import Organization
from customer_voice.choices import ANSWERS, BIN_OPEN, BIN_UNUSABLE, BINS_PER_E
from customer_voice.columns import NumberField
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.rules import RollupShape
from customer_voice.selectors.points import POINTS

# (metric id, touchpoint id, day in the organization's time zone)
type Cell = tuple[int, int, date]
type _Run = tuple[int, int, date, date]  # metric, touchpoint, first day, day after the last

MOST_RUNS = 40  # runs of days per statement
MOST_RUNS_OF_ONE = 60  # beyond, the smallest gaps are recomputed too


class _Seconds(Func):
    """Seconds from the second to the first moment."""

    output_field = FloatField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="EXTRACT(EPOCH FROM (%(expressions)s))", arg_joiner=" - "
        )

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="(django_timestamp_diff(%(expressions)s) / 1000000.0)",
            arg_joiner=", ",
        )


@transaction.atomic
def rebuild_rollup(*, organization: Organization) -> None:
    """Count everything anew from the feedback, in the organization's days as they are now.

    Days move when the time zone changes: call it then. One transaction, so a crash leaves the old counts and
    a second call does no harm; it waits for imports that run, and they for it.
    """
    held = hold_rollup(organization)
    for points in POINTS.values():
        points.objects.of(held).delete()
    _count(held, Feedback.objects.of(held))
    _note_cutoff(held, None)


@transaction.atomic
def refresh_rollup(*, organization: Organization, cells: Iterable[Cell]) -> None:
    """Count these metrics, touchpoints and days anew; call it in the transaction that changed feedback.

    The days of `cells` are those of the organization that `hold_rollup` gave.
    """
    held = hold_rollup(organization)
    zone = ZoneInfo(held.time_zone)
    touched = set(cells)
    for runs in batched(_runs(touched), MOST_RUNS, strict=False):
        days, moments = Q(), Q()
        for metric, touchpoint, first, after in runs:
            which = Q(metric_id=metric, touchpoint_id=touchpoint)
            days |= which & Q(day__gte=first, day__lt=after)
            moments |= which & Q(
                occurred_at__gte=_midnight(first, zone), occurred_at__lt=_midnight(after, zone)
            )
        for points in POINTS.values():
            points.objects.of(held).filter(days).delete()
        _count(held, Feedback.objects.of(held).filter(moments))
    _note_cutoff(held, {metric for metric, _touchpoint, _day in touched})


def hold_rollup(organization: Organization) -> Organization:
    """The organization as it is now, its counts held to the end of the transaction.

    One count at a time: two that overlap would each miss the other's rows, which are not committed yet. And
    the time zone may have changed since the caller read it: days worked out in the old one would stay wrong.
    """
    held: Organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    return held


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _runs(cells: set[Cell]) -> list[_Run]:
    """Touched days as runs of neighbors; few enough to write down, so small gaps may be closed."""
    by_pair: dict[tuple[int, int], list[date]] = {}
    for metric, touchpoint, day in cells:
        by_pair.setdefault((metric, touchpoint), []).append(day)
    found: list[_Run] = []
    for (metric, touchpoint), days in sorted(by_pair.items()):
        days.sort()
        gaps = sorted((later - earlier for earlier, later in pairwise(days)), reverse=True)
        most = gaps[MOST_RUNS_OF_ONE - 1] if len(gaps) >= MOST_RUNS_OF_ONE else timedelta(days=1)
        first = previous = days[0]
        for day in days[1:]:
            if day - previous > max(most, timedelta(days=1)):
                found.append((metric, touchpoint, first, previous + timedelta(days=1)))
                first = day
            previous = day
        found.append((metric, touchpoint, first, previous + timedelta(days=1)))
    return found


KEYS = ("organization_id", "metric_id", "touchpoint_id", "day", "segment")


def _count(organization: Organization, feedback: "QuerySet[Feedback]") -> None:
    """Count these rows into the table of their metric's shape. A statement per shape that is in use."""
    day = TruncDate("occurred_at", tzinfo=ZoneInfo(organization.time_zone))
    by_shape: dict[RollupShape, list[MetricDefinition]] = {}
    for metric in MetricDefinition.objects.of(organization):
        by_shape.setdefault(metric.calculation.shape, []).append(metric)
    for shape, metrics in by_shape.items():
        # annotate(day=...) would clash with nothing in Feedback; order_by() keeps GROUP BY to the keys
        rows = feedback.filter(metric__in=[metric.pk for metric in metrics]).annotate(day=day).order_by()
        columns, counts = _COUNTS[shape](rows, metrics)
        _insert_select(POINTS[shape], (*KEYS, *columns), counts)


def _answer_counts(rows: Any, metrics: Sequence[MetricDefinition]) -> "_Counted":
    columns = {f"answers_{k}": Count("pk", filter=Q(score=k)) for k in ANSWERS}
    counts = rows.filter(score__isnull=False).values(*KEYS).annotate(n=Count("pk"), **columns)
    return ("n", *columns), counts


def _step_counts(rows: Any, metrics: Sequence[MetricDefinition]) -> "_Counted":
    """Steps from the lowest answer: exact, as every stored answer lies on a step of its scale."""
    step = Case(
        *(
            When(metric=metric.pk, then=(F("score") - metric.scale_low) / Value(Decimal(metric.scale_step)))
            for metric in metrics
        ),
        output_field=NumberField(),
    )
    counts = (
        rows.filter(score__isnull=False)
        .annotate(step=Cast(Round(step), SmallIntegerField()))
        .values(*KEYS, "step")
        .annotate(n=Count("pk"))
    )
    return ("step", "n"), counts


def _total_counts(rows: Any, metrics: Sequence[MetricDefinition]) -> "_Counted":
    """A row without exposure counts as one."""
    exposure = Sum(Coalesce("exposure", Value(1), output_field=NumberField()))
    counts = (
        rows.filter(score__isnull=False)
        .values(*KEYS)
        .annotate(n=Count("pk"), amount=Sum("score"), exposures=exposure)
    )
    return ("n", "amount", "exposure"), counts


def _time_counts(rows: Any, metrics: Sequence[MetricDefinition]) -> "_Counted":
    seconds = _Seconds(F("resolved_at"), F("occurred_at"))
    bins = Case(
        When(resolved_at__isnull=True, then=BIN_OPEN),
        When(resolved_at__lte=F("occurred_at"), then=BIN_UNUSABLE),
        default=Floor(Ln(Greatest(seconds, 1.0)) * float(BINS_PER_E)),
        output_field=SmallIntegerField(),
    )
    counts = rows.annotate(duration_bin=bins).values(*KEYS, "duration_bin").annotate(n=Count("pk"))
    return ("duration_bin", "n"), counts


type _Counted = tuple[tuple[str, ...], Any]  # columns beside the keys, and the grouped rows that fill them
_COUNTS: dict[RollupShape, Callable[[Any, Sequence[MetricDefinition]], _Counted]] = {
    RollupShape.ANSWERS: _answer_counts,
    RollupShape.STEPS: _step_counts,
    RollupShape.TOTALS: _total_counts,
    RollupShape.TIMES: _time_counts,
}


def _insert_select(model: type[models.Model], columns: Sequence[str], rows: Any) -> None:
    """INSERT ... SELECT: the ORM has no such call, so its compiled SELECT is put behind an INSERT."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    select, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", parameters)


def _note_cutoff(organization: Organization, metrics: set[int] | None) -> None:
    """Write down up to when each series has been heard, and that its figures are new, in all its versions.

    Ages of open cases are counted to `data_until`; `counted_at` is the key under which durations are cached.
    """
    definitions = list(MetricDefinition.objects.of(organization))
    touched = {(one.key, one.series) for one in definitions if metrics is None or one.pk in metrics}
    counted = [one for one in definitions if (one.key, one.series) in touched]
    names = {one.pk: (one.key, one.series) for one in counted}
    latest: dict[tuple[str, int], datetime] = {}
    for row in (
        Feedback.objects.of(organization)
        .filter(metric__in=names)
        .order_by()
        .values("metric_id")
        .annotate(said=Max("occurred_at"), resolved=Max("resolved_at"))
    ):
        name = names[row["metric_id"]]
        heard = [row["said"], row["resolved"], latest.get(name)]
        latest[name] = max(moment for moment in heard if moment is not None)
    now = timezone.now()
    for definition in counted:
        definition.data_until, definition.counted_at = latest.get(names[definition.pk]), now
    MetricDefinition.objects.bulk_update(counted, ["data_until", "counted_at"])
