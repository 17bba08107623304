"""Scores of the same customers side by side, from raw feedback: read by the worker, never in a request."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Sum

from accounts.models import Organization
from common.digests import digest_of
from customer_voice.choices import ANSWERS, BoxRule, MetricKind
from customer_voice.models import Feedback, MetricDefinition, MetricPoint
from cxstats.drivers import TopBox
from journeys.models import Touchpoint

MOST_DRIVERS = 12
MOST_ROWS = 200_000  # the newest answers; older ones say less about today
LEAST_TOGETHER = 30  # customers who rated both, below which a column is left out


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One metric at one touchpoint, as answered by known customers, by the names they had then."""

    key: str
    touchpoint: str
    touchpoint_key: str
    metric: str
    kind: str
    metric_id: int
    touchpoint_id: int
    top_from: int
    answers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pivot:
    """Newest score per customer: the outcome, and beside it a column for each key; NaN where not rated."""

    outcome: list[float]
    table: list[list[float]]
    keys: tuple[str, ...]
    boxes: tuple[TopBox, ...]


def answers_digest(organization: Organization) -> str:
    """Stands for the answers as they are, from the roll-up and the newest row. Two queries."""
    sums = (
        MetricPoint.objects.of(organization)
        .order_by("metric_id", "touchpoint_id")
        .values("metric_id", "touchpoint_id")
        .annotate(last=Max("day"), **{f"total_{answer}": Sum(F(f"answers_{answer}")) for answer in ANSWERS})
    )
    newest = Feedback.objects.of(organization).aggregate(last=Max("pk"))["last"]
    return digest_of([newest, [list(row.values()) for row in sums]])


def driver_columns(organization: Organization) -> tuple[Column, ...]:
    """Every metric at every touchpoint with answers of known customers, most answers first. Three queries."""
    counted = (
        Feedback.objects.of(organization)
        .filter(score__isnull=False, metric__isnull=False)
        .exclude(customer="")
        .exclude(metric__rule=BoxRule.DURATION)
        .order_by()
        .values("metric_id", "touchpoint_id")
        .annotate(answers=Count("customer", distinct=True))
        .filter(answers__gte=LEAST_TOGETHER)
    )
    found = list(counted)
    metrics = MetricDefinition.objects.of(organization).in_bulk({row["metric_id"] for row in found})
    touchpoints = Touchpoint.objects.of(organization).in_bulk({row["touchpoint_id"] for row in found})
    columns = []
    for row in found:
        metric, touchpoint = metrics[row["metric_id"]], touchpoints[row["touchpoint_id"]]
        columns.append(
            Column(
                key=f"{metric.key}.{metric.version}.{touchpoint.key}",
                touchpoint=touchpoint.name,
                touchpoint_key=touchpoint.key,
                metric=metric.name,
                kind=str(metric.kind),
                metric_id=metric.pk,
                touchpoint_id=touchpoint.pk,
                top_from=metric.scale_high - 1,
                answers=row["answers"],
            )
        )
    return tuple(sorted(columns, key=lambda column: (-column.answers, column.key)))


def overall_of(columns: Sequence[Column]) -> Column | None:
    """The overall metric where nobody chose one: a touchpoint keyed "overall", OSAT, NPS, then the rest."""
    order = {MetricKind.OSAT: 0, MetricKind.NPS: 1}
    ranked = sorted(
        columns,
        key=lambda column: (
            not column.touchpoint_key.startswith("overall"),
            order.get(MetricKind(column.kind), 2),
        ),
    )
    return ranked[0] if ranked else None


def pivot(organization: Organization, columns: Sequence[Column], outcome: Column) -> Pivot:
    """Newest score per customer and column. One query."""
    by_ids = {(column.metric_id, column.touchpoint_id): column for column in columns}
    rows = (
        Feedback.objects.of(organization)
        .filter(score__isnull=False, metric__in={column.metric_id for column in columns})
        .exclude(customer="")
        .order_by("-occurred_at", "-pk")
        .values_list("customer", "metric_id", "touchpoint_id", "score")[:MOST_ROWS]
    )
    scores: dict[str, dict[str, float]] = {}
    for customer, metric_id, touchpoint_id, score in rows:
        column = by_ids.get((metric_id, touchpoint_id))
        if column is not None:
            scores.setdefault(customer, {}).setdefault(column.key, float(score))
    known = [scores[customer] for customer in sorted(scores) if outcome.key in scores[customer]]
    together = Counter(key for answers in known for key in answers if key != outcome.key)
    keys = tuple(key for key, count in together.most_common(MOST_DRIVERS) if count >= LEAST_TOGETHER)
    missing = float("nan")
    kept = [answers for answers in known if any(key in answers for key in keys)]
    tops = {column.key: column.top_from for column in columns}
    boxes = []
    for key in keys:
        given = [answers[key] for answers in kept if key in answers]
        boxes.append(TopBox(key=key, hits=sum(score >= tops[key] for score in given), n=len(given)))
    return Pivot(
        outcome=[answers[outcome.key] for answers in kept],
        table=[[answers.get(key, missing) for key in keys] for answers in kept],
        keys=keys,
        boxes=tuple(boxes),
    )
