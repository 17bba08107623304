"""Scores of the same customers side by side, from raw feedback: read by the worker, never in a request."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Sum

from accounts.models import Organization
from customer_voice.choices import ANSWERS, MetricKind
from customer_voice.errors import NotComparable
from customer_voice.models import Feedback, MetricDefinition, MetricPoint, StepPoint
from customer_voice.selectors import definition_key, ensure_comparable
from cxstats.codec import digest_of
from cxstats.drivers import TopBox
from journeys.models import Touchpoint

MOST_DRIVERS = 12
MOST_ROWS = 200_000  # the newest answers; older ones say less about today
LEAST_TOGETHER = 30  # customers who rated both, below which a column is left out


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One series of a metric at one touchpoint, as known customers answered it, by the names of that day."""

    key: str
    touchpoint: str
    touchpoint_key: str
    metric: str
    kind: str
    metric_key: str
    series: str
    touchpoint_id: int
    top_from: int
    answers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pivot:
    """Newest score per customer: the outcome, and beside it a column for each key; NaN where not rated.

    `is_alike`: the columns are measured by one definition.
    """

    outcome: list[float]
    table: list[list[float]]
    keys: tuple[str, ...]
    boxes: tuple[TopBox, ...]
    is_alike: bool


def answers_digest(organization: Organization) -> str:
    """Stands for the answers as they are, from the roll-up and the newest row. Three queries."""
    sums = (
        MetricPoint.objects.of(organization)
        .order_by("metric_id", "touchpoint_id")
        .values("metric_id", "touchpoint_id")
        .annotate(last=Max("day"), **{f"total_{answer}": Sum(F(f"answers_{answer}")) for answer in ANSWERS})
    )
    newest = Feedback.objects.of(organization).aggregate(last=Max("pk"))["last"]
    steps = [
        list(row)
        for row in StepPoint.objects.of(organization)
        .order_by("metric_id", "touchpoint_id", "step")
        .values_list("metric_id", "touchpoint_id", "step")
        .annotate(last=Max("day"), answers=Sum("n"))
    ]
    # without such scales the digest is what it always was
    content = [newest, [list(row.values()) for row in sums], *([steps] if steps else [])]
    return digest_of(content, version=1)


def driver_columns(organization: Organization) -> tuple[Column, ...]:
    """Every series at every touchpoint with answers of known customers, most answers first. Three queries."""
    metrics = {
        metric.pk: metric
        for metric in MetricDefinition.objects.of(organization)
        if metric.calculation.counts_answers
    }
    counted = (
        Feedback.objects.of(organization)
        .filter(score__isnull=False, metric__in=list(metrics), contact__isnull=False)
        .order_by()
        .values("metric_id", "touchpoint_id")
        .annotate(answers=Count("contact", distinct=True))
    )
    found = list(counted)
    heard = {row["metric_id"] for row in found}
    touchpoints = Touchpoint.objects.of(organization).in_bulk({row["touchpoint_id"] for row in found})
    answers: Counter[tuple[str, int]] = Counter()
    for row in found:
        answers[definition_key(metrics[row["metric_id"]]), row["touchpoint_id"]] += row["answers"]
    together = {
        definition_key(metric): metric
        for metric in sorted(metrics.values(), key=lambda one: one.pk)
        if metric.pk in heard
    }
    columns = []
    for (series, touchpoint_id), count in answers.items():
        if count < LEAST_TOGETHER:
            continue
        metric, touchpoint = together[series], touchpoints[touchpoint_id]
        columns.append(
            Column(
                key=f"{metric.key}.{metric.series}.{touchpoint.key}",
                touchpoint=touchpoint.name,
                touchpoint_key=touchpoint.key,
                metric=metric.name,
                kind=str(metric.kind),
                metric_key=metric.key,
                series=series,
                touchpoint_id=touchpoint.pk,
                top_from=metric.scale_high - 1,
                answers=count,
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
    """Newest score per customer and column, of all versions that are read as one. Two queries."""
    by_places = {(column.series, column.touchpoint_id): column for column in columns}
    known = {column.series for column in columns}
    first: dict[str, MetricDefinition] = {}
    series = {}
    versions = MetricDefinition.objects.of(organization).filter(
        key__in={column.metric_key for column in columns}
    )
    for version in versions.order_by("pk"):
        key = definition_key(version)
        if key in known:
            ensure_comparable(first.setdefault(key, version), version)
            series[version.pk] = key
    rows = (
        Feedback.objects.of(organization)
        .filter(score__isnull=False, metric__in=list(series), contact__isnull=False)
        .order_by("-occurred_at", "-pk")
        .values_list("contact__external_reference", "contact_id", "metric_id", "touchpoint_id", "score")[
            :MOST_ROWS
        ]
    )
    # by reference first: the order of the customers is part of what a stored run was computed from
    scores: dict[tuple[str, int], dict[str, float]] = {}
    for reference, contact_id, metric_id, touchpoint_id, score in rows:
        column = by_places.get((series[metric_id], touchpoint_id))
        if column is not None and score is not None:
            scores.setdefault((reference or "", contact_id), {}).setdefault(column.key, float(score))
    complete = [scores[customer] for customer in sorted(scores) if outcome.key in scores[customer]]
    together = Counter(key for answers in complete for key in answers if key != outcome.key)
    keys = tuple(key for key, count in together.most_common(MOST_DRIVERS) if count >= LEAST_TOGETHER)
    missing = float("nan")
    kept = [answers for answers in complete if any(key in answers for key in keys)]
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
        is_alike=_are_alike([first[column.series] for column in columns if column.key in keys]),
    )


def _are_alike(metrics: Sequence[MetricDefinition]) -> bool:
    """Whether the drivers are measured by one definition, so that their figures may stand side by side."""
    try:
        for metric in metrics:
            ensure_comparable(metrics[0], metric)
    except NotComparable:
        return False
    return True
