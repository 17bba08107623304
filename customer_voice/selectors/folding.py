"""Rows of feedback folded into counts by day, in the shape of their metric: what the roll-up is made of.

The same SELECT fills the roll-up and answers the few questions that the roll-up keeps no cube for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    SmallIntegerField,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import (
    Cast,
    Coalesce,
    ExtractHour,
    ExtractMinute,
    Floor,
    Greatest,
    Least,
    Ln,
    Round,
    TruncDate,
)

from accounts.models import Organization
from customer_voice.choices import (
    ANSWERS,
    BIN_BEYOND,
    BIN_OPEN_AT,
    BIN_UNUSABLE,
    BIN_WAITING,
    BINS_PER_E,
)
from customer_voice.columns import NumberField
from customer_voice.models import MetricDefinition, ServiceLevel, WorkingSpan
from customer_voice.rules import RollupShape
from customer_voice.rules.counts import bin_of
from cxstats.working_time import DAY_MINUTES

PLACE_KEYS = ("organization_id", "metric_id", "touchpoint_id", "day", "segment", "channel_id")
ACCOUNT_KEYS = ("organization_id", "metric_id", "touchpoint_id", "day", "account_id")
CLOCK_NOISE = 0.001  # seconds: differences of moments are floats
ANSWER_COLUMNS = tuple(f"answers_{answer}" for answer in ANSWERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """`rows` are mappings of `columns`, in that order: the keys, then the counts.

    A count may stand under another name than its column where a row of feedback has that name already.
    """

    columns: tuple[str, ...]
    rows: Any


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


class _Days(Func):
    """Days from the second to the first of two dates."""

    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ")

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        days = "CAST(julianday(%(expressions)s) AS integer)"
        return self.as_sql(compiler, connection, template=days, arg_joiner=") - julianday(")


def folded(
    organization: Organization,
    feedback: Any,
    shape: RollupShape,
    metrics: Sequence[MetricDefinition],
    *,
    keys: tuple[str, ...],
) -> Folded:
    """Rows of these metrics (all of one shape) grouped by `keys`. Evaluating it is one query."""
    zone = ZoneInfo(organization.time_zone)
    day = TruncDate("occurred_at", tzinfo=zone)
    # annotate(day=...) would clash with nothing in Feedback; order_by() keeps GROUP BY to the keys
    rows = feedback.filter(metric__in=[metric.pk for metric in metrics]).annotate(day=day).order_by()
    if shape is RollupShape.TIMES:
        has_net = any(metric.calculation.leaves_out_waits for metric in metrics)
        rows = rows.annotate(**_ends(has_net=has_net)).annotate(opened_minute=_minute(zone, has_net=has_net))
    return _FOLDS[shape](rows, metrics, keys)


def _answers(rows: Any, metrics: Sequence[MetricDefinition], keys: tuple[str, ...]) -> Folded:
    columns = {name: Count("pk", filter=Q(score=k)) for k, name in zip(ANSWERS, ANSWER_COLUMNS, strict=True)}
    return Folded(
        columns=(*keys, "n", *columns),
        rows=rows.filter(score__isnull=False).values(*keys).annotate(n=Count("pk"), **columns),
    )


def _steps(rows: Any, metrics: Sequence[MetricDefinition], keys: tuple[str, ...]) -> Folded:
    """Steps from the lowest answer: exact, as every stored answer lies on a step of its scale."""
    step = Case(
        *(
            When(metric=metric.pk, then=(F("score") - metric.scale_low) / Value(Decimal(metric.scale_step)))
            for metric in metrics
        ),
        output_field=NumberField(),
    )
    return Folded(
        columns=(*keys, "step", "n"),
        rows=rows.filter(score__isnull=False)
        .annotate(step=Cast(Round(step), SmallIntegerField()))
        .values(*keys, "step")
        .annotate(n=Count("pk")),
    )


def _totals(rows: Any, metrics: Sequence[MetricDefinition], keys: tuple[str, ...]) -> Folded:
    """A row without exposure counts as one."""
    exposure = Coalesce("exposure", Value(1), output_field=NumberField())
    return Folded(
        columns=(*keys, "n", "amount", "exposure"),
        rows=rows.filter(score__isnull=False)
        .values(*keys)
        .annotate(n=Count("pk"), amount=Sum("score"), exposures=Sum(exposure)),
    )


def _times(rows: Any, metrics: Sequence[MetricDefinition], keys: tuple[str, ...]) -> Folded:
    """Cases that were merged count with the one that they went on in."""
    has_net = any(metric.calculation.leaves_out_waits for metric in metrics)
    bins = Case(
        *([_waiting()] if has_net else []),
        When(resolved_at__isnull=True, then=Value(BIN_OPEN_AT) - F("opened_minute")),
        When(resolved_at__lte=F("occurred_at"), then=BIN_UNUSABLE),
        *_beyond(metrics),
        default=_bin_of(F("seconds")),
        output_field=IntegerField(),
    )
    return Folded(
        columns=(*keys, "duration_bin", "n"),
        rows=rows.filter(merged_into="")
        .annotate(seconds=_counted_seconds(metrics))
        .annotate(duration_bin=bins)
        .values(*keys, "duration_bin")
        .annotate(n=Count("pk")),
    )


def _ends(*, has_net: bool) -> dict[str, Any]:
    """From where and until where a time counts: where waiting does not, as if it had begun later, and an open
    case that waits until it began to.
    """
    if not has_net:  # columns that are empty throughout need not be asked
        return {"counts_from": F("occurred_at"), "counts_until": F("resolved_at")}
    return {
        "counts_from": Coalesce("counted_from", "occurred_at"),
        "counts_until": Coalesce("resolved_at", "waits_from"),
    }


def _minute(zone: ZoneInfo, *, has_net: bool) -> Any:
    """The minute of its day from which a time counts, by the clock on the wall as the day is: an hour that is
    there twice is taken for the first of the two. Where waiting does not count it may lie on a later day."""
    moment = "counts_from" if has_net else "occurred_at"
    hour, minute = (part(moment, tzinfo=zone) for part in (ExtractHour, ExtractMinute))
    if not has_net:
        return hour * 60 + minute
    return _Days(TruncDate(moment, tzinfo=zone), F("day")) * DAY_MINUTES + hour * 60 + minute


def _waiting() -> When:
    """An open case that waits now is kept by its age, which stands still."""
    frozen = Value(BIN_WAITING) + _bin_of(F("seconds"))
    return When(resolved_at__isnull=True, waits_from__isnull=False, then=frozen)


def _bin_of(seconds: Any) -> Any:
    """`rules.counts.bin_of` of a column."""
    return Floor(Ln(Greatest(seconds, 1.0)) * float(BINS_PER_E))


def _counted_seconds(metrics: Sequence[MetricDefinition]) -> Any:
    """What counts of each time: all of it, or what the calendar of its definition counts."""
    by_version: dict[int, list[int]] = {}
    for metric in metrics:
        if metric.counted_by_id is not None:
            by_version.setdefault(metric.counted_by_id, []).append(metric.pk)
    everything = _Seconds(F("counts_until"), F("counts_from"))
    business = [
        When(metric__in=keys, then=_counted_until("counts_until", pk) - _counted_until("counts_from", pk))
        for pk, keys in by_version.items()
    ]
    return Case(*business, default=everything, output_field=FloatField()) if business else everything


def _counted_until(moment: str, version: int) -> Any:
    """Seconds that a version of a calendar counts up to a moment: the span it lies in, and all before."""
    inside = _Seconds(Least(OuterRef(moment), F("ends_at"), output_field=DateTimeField()), F("starts_at"))
    spans = WorkingSpan.objects.filter(version_id=version, starts_at__lte=OuterRef(moment))
    found = spans.order_by("-starts_at").annotate(counted=F("before") + inside).values("counted")[:1]
    return Coalesce(Subquery(found, output_field=FloatField()), 0.0)


def _beyond(metrics: Sequence[MetricDefinition]) -> list[When]:
    """Times that share the bin of a promised one and are longer: its share is then counted to the second."""
    if not metrics:
        return []
    by_key: dict[str, list[int]] = {}
    for metric in metrics:
        by_key.setdefault(metric.key, []).append(metric.pk)
    levels = ServiceLevel.objects.filter(
        organization_id=metrics[0].organization_id, metric_key__in=by_key
    ).order_by("metric_key", "seconds")
    found = []
    for level in levels:
        binned = bin_of(level.seconds)
        longer = Q(seconds__gt=level.seconds + CLOCK_NOISE, seconds__lt=exp((binned + 1) / BINS_PER_E))
        found.append(When(longer, metric__in=by_key[level.metric_key], then=Value(BIN_BEYOND + binned)))
    return found


_FOLDS: dict[RollupShape, Callable[[Any, Sequence[MetricDefinition], tuple[str, ...]], Folded]] = {
    RollupShape.ANSWERS: _answers,
    RollupShape.STEPS: _steps,
    RollupShape.TOTALS: _totals,
    RollupShape.TIMES: _times,
}
