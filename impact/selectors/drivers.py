"""What goes with the overall experience: scores of the same customers, side by side."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.core.cache import cache
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from common.digests import digest_of
from customer_voice.choices import BoxRule, MetricKind
from customer_voice.errors import NotComparable
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.selectors import definition_key, ensure_comparable
from cxstats.drivers import (
    DriverAnalysis,
    DriverNote,
    ImportanceMap,
    Quadrant,
    TopBox,
    driver_analysis,
    importance_performance,
)
from cxstats.errors import NotEstimable
from cxstats.results import Estimate
from impact.wording import percent_text, refusal_text
from journeys.models import Touchpoint

MOST_DRIVERS = 12
MOST_ROWS = 200_000  # the newest answers; older ones say less about today
LEAST_TOGETHER = 30  # customers who rated both, below which a column is left out
KEPT_SECONDS = 600

NOTES: dict[DriverNote, str | Promise] = {
    DriverNote.ONE_SURVEY_ASSOCIATION: gettext_lazy(
        "Association within one survey: who is happy rates everything higher. It does not show what would "
        "happen if a touchpoint were improved."
    ),
    DriverNote.EXPLAIN_LITTLE: gettext_lazy("These touchpoints explain little of the overall experience."),
    DriverNote.MERGE_ITEMS: gettext_lazy(
        "Some touchpoints are rated almost alike; merge them before reading their shares."
    ),
    DriverNote.SUPPRESSION: gettext_lazy(
        "At least one touchpoint changes its sign when the others are known. Read its share with care."
    ),
    DriverNote.RELATIVE_WEIGHTS: gettext_lazy(
        "There are too many touchpoints for exact shares; relative weights are shown."
    ),
    DriverNote.MISSING_PAIRWISE: gettext_lazy(
        "Not every customer rated every touchpoint; each pair is compared on those who rated both."
    ),
    DriverNote.MISSING_EM: gettext_lazy(
        "Not every customer rated every touchpoint; missing ratings were estimated from the others."
    ),
    DriverNote.SOME_RESAMPLES_LOST: gettext_lazy("Some resamples gave no result; the ranges are rough."),
}
QUADRANTS: dict[Quadrant, tuple[str | Promise, str]] = {
    Quadrant.IMPROVE_FIRST: (gettext_lazy("Improve first"), "warn"),
    Quadrant.KEEP_UP: (gettext_lazy("Keep up"), "good"),
    Quadrant.WATCH: (gettext_lazy("Watch"), "calm"),
    Quadrant.MAINTAIN: (gettext_lazy("Maintain"), "calm"),
    Quadrant.UNDECIDED: (gettext_lazy("Undecided"), "calm"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One metric at one touchpoint, as answered by known customers."""

    key: str
    name: str
    metric: MetricDefinition
    touchpoint: Touchpoint
    answers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverRow:
    """One driver in words; `share` is empty where only correlations can be given."""

    key: str
    name: str
    share: str
    share_range: str
    letters: str
    correlation: float
    correlation_low: float
    correlation_high: float
    is_distinguishable: bool | None
    is_suppressed: bool | None
    answered: int
    performance: str
    performance_range: str
    place: str
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverPage:
    """`refusal` says why there is nothing; `shares_refusal` why there are correlations but no shares."""

    columns: tuple[Column, ...]
    outcome: Column | None
    analysis: DriverAnalysis | None
    rows: tuple[DriverRow, ...]
    sentence: str
    refusal: str
    shares_refusal: str
    notes: tuple[str, ...]
    explained: str
    customers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pivot:
    outcome: list[float]
    table: list[list[float]]
    keys: tuple[str, ...]
    boxes: tuple[TopBox, ...]


def driver_page(organization: Organization, *, outcome_key: str = "") -> DriverPage:
    """Driver analysis of one overall metric. Five queries; the computation is kept for ten minutes."""
    columns = _columns(organization)
    outcome = next((column for column in columns if column.key == outcome_key), None) or _overall(columns)
    if outcome is None:
        return _empty(columns, None, _("No metric has answers that name their customer."))
    pivot = _pivot(organization, columns, outcome)
    if len(pivot.keys) < 2:
        return _empty(
            columns,
            outcome,
            _("At least two touchpoints must be rated by the same customers as %(name)s, each by %(count)s.")
            % {"name": outcome.name, "count": LEAST_TOGETHER},
        )
    try:
        analysis, placed = _analyzed(organization, outcome, pivot)
    except NotEstimable as refusal:
        return _empty(columns, outcome, refusal_text(refusal.reason, refusal.detail))
    notes = tuple(str(NOTES[note]) for note in analysis.notes)
    if not _are_alike(columns, pivot):
        placed = None
        notes += (_("Their metrics are defined differently, so how well each does is not compared."),)
    names = {column.key: column.name for column in columns}
    rows = _rows(analysis, placed, names)
    return DriverPage(
        columns=columns,
        outcome=outcome,
        analysis=analysis,
        rows=rows,
        sentence=_sentence(outcome, rows),
        refusal="",
        shares_refusal=""
        if analysis.refusal is None
        else refusal_text(analysis.refusal, {"needed": analysis.needed, "found": analysis.n}),
        notes=notes,
        explained="" if analysis.r_squared is None else percent_text(analysis.r_squared.value),
        customers=analysis.n,
    )


def _columns(organization: Organization) -> tuple[Column, ...]:
    """Every series at every touchpoint with answers of known customers, most answers first. Three queries."""
    counted = (
        Feedback.objects.of(organization)
        .filter(score__isnull=False, metric__isnull=False)
        .exclude(customer="")
        .exclude(metric__rule=BoxRule.DURATION)
        .order_by()
        .values("metric_id", "touchpoint_id")
        .annotate(answers=Count("customer", distinct=True))
    )
    found = list(counted)
    metrics = MetricDefinition.objects.of(organization).in_bulk({row["metric_id"] for row in found})
    touchpoints = Touchpoint.objects.of(organization).in_bulk({row["touchpoint_id"] for row in found})
    answers: Counter[tuple[str, int]] = Counter()
    for row in found:
        answers[definition_key(metrics[row["metric_id"]]), row["touchpoint_id"]] += row["answers"]
    together = {definition_key(metric): metric for metric in sorted(metrics.values(), key=lambda one: one.pk)}
    columns = []
    is_one_metric = len(together) == 1
    for (series, touchpoint_id), count in answers.items():
        if count < LEAST_TOGETHER:
            continue
        metric, touchpoint = together[series], touchpoints[touchpoint_id]
        columns.append(
            Column(
                key=f"{metric.key}.{metric.series}.{touchpoint.key}",
                name=touchpoint.name
                if is_one_metric
                else _("%(touchpoint)s, %(metric)s") % {"touchpoint": touchpoint.name, "metric": metric.name},
                metric=metric,
                touchpoint=touchpoint,
                answers=count,
            )
        )
    return tuple(sorted(columns, key=lambda column: (-column.answers, column.key)))


def _overall(columns: tuple[Column, ...]) -> Column | None:
    """The overall metric where nobody chose one: a touchpoint keyed "overall", OSAT, NPS, then the rest."""
    order = {MetricKind.OSAT: 0, MetricKind.NPS: 1}
    ranked = sorted(
        columns,
        key=lambda column: (
            not column.touchpoint.key.startswith("overall"),
            order.get(MetricKind(column.metric.kind), 2),
        ),
    )
    return ranked[0] if ranked else None


def _pivot(organization: Organization, columns: tuple[Column, ...], outcome: Column) -> _Pivot:
    """Newest score per customer and column, of all versions that are read as one. Two queries."""
    by_places = {(definition_key(column.metric), column.touchpoint.pk): column for column in columns}
    known = {definition_key(column.metric): column.metric for column in columns}
    series = {}
    for version in MetricDefinition.objects.of(organization).filter(
        key__in={column.metric.key for column in columns}
    ):
        if definition_key(version) in known:
            ensure_comparable(known[definition_key(version)], version)
            series[version.pk] = definition_key(version)
    rows = (
        Feedback.objects.of(organization)
        .filter(score__isnull=False, metric__in=list(series))
        .exclude(customer="")
        .order_by("-occurred_at", "-pk")
        .values_list("customer", "metric_id", "touchpoint_id", "score")[:MOST_ROWS]
    )
    scores: dict[str, dict[str, float]] = {}
    for customer, metric_id, touchpoint_id, score in rows:
        column = by_places.get((series[metric_id], touchpoint_id))
        if column is not None:
            scores.setdefault(customer, {}).setdefault(column.key, float(score))
    complete = [scores[customer] for customer in sorted(scores) if outcome.key in scores[customer]]
    together = Counter(key for answers in complete for key in answers if key != outcome.key)
    keys = tuple(key for key, count in together.most_common(MOST_DRIVERS) if count >= LEAST_TOGETHER)
    missing = float("nan")
    kept = [answers for answers in complete if any(key in answers for key in keys)]
    tops = {column.key: column.metric.scale_high - 1 for column in columns}
    boxes = []
    for key in keys:
        given = [answers[key] for answers in kept if key in answers]
        boxes.append(TopBox(key=key, hits=sum(score >= tops[key] for score in given), n=len(given)))
    return _Pivot(
        outcome=[answers[outcome.key] for answers in kept],
        table=[[answers.get(key, missing) for key in keys] for answers in kept],
        keys=keys,
        boxes=tuple(boxes),
    )


def _are_alike(columns: tuple[Column, ...], pivot: _Pivot) -> bool:
    """Whether the drivers are measured by one definition, so that their figures may stand side by side."""
    metrics = [column.metric for column in columns if column.key in pivot.keys]
    try:
        for metric in metrics:
            ensure_comparable(metrics[0], metric)
    except NotComparable:
        return False
    return True


def _analyzed(
    organization: Organization, outcome: Column, pivot: _Pivot
) -> tuple[DriverAnalysis, ImportanceMap | None]:
    digest = digest_of([outcome.key, pivot.keys, pivot.outcome, [str(row) for row in pivot.table]])
    key = f"impact:drivers:{organization.pk}:{digest}"
    stored: tuple[DriverAnalysis, ImportanceMap | None] | None = cache.get(key)
    if stored is not None:
        return stored
    analysis = driver_analysis(
        outcome=pivot.outcome,
        drivers=pivot.table,
        keys=pivot.keys,
        rng=np.random.default_rng(int(digest[:15], 16)),
    )
    try:
        placed = importance_performance(drivers=analysis.drivers, performance=pivot.boxes)
    except NotEstimable:
        placed = None
    cache.set(key, (analysis, placed), KEPT_SECONDS)
    return analysis, placed


def _rows(
    analysis: DriverAnalysis, placed: ImportanceMap | None, names: dict[str, str]
) -> tuple[DriverRow, ...]:
    places = {point.key: point for point in placed.points} if placed else {}
    rows = []
    for driver in sorted(
        analysis.drivers,
        key=lambda item: -(item.share.value if item.share else abs(item.correlation.value)),
    ):
        point = places.get(driver.key)
        quadrant, tone = QUADRANTS[point.quadrant] if point else ("", "calm")
        rated = point.performance if point else None
        rows.append(
            DriverRow(
                key=driver.key,
                name=names[driver.key],
                share=percent_text(driver.share.value) if driver.share else "",
                share_range=_span(driver.share),
                letters=driver.letters or "",
                correlation=driver.correlation.value,
                correlation_low=driver.correlation.interval.low,
                correlation_high=driver.correlation.interval.high,
                is_distinguishable=driver.distinguishable,
                is_suppressed=driver.suppressed,
                answered=driver.answered,
                performance=percent_text(rated.value) if rated else "",
                performance_range=_span(rated),
                place=str(quadrant),
                tone=tone,
            )
        )
    return tuple(rows)


def _span(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{percent_text(estimate.interval.low)} – {percent_text(estimate.interval.high)}"


def _sentence(outcome: Column, rows: tuple[DriverRow, ...]) -> str:
    """Answer first: who leads, or that nobody does."""
    clear = [row for row in rows if row.is_distinguishable]
    if not clear:
        return _("No touchpoint goes with %(outcome)s more clearly than chance would make it.") % {
            "outcome": outcome.name
        }
    first = clear[0]
    if len(rows) > 1 and set(first.letters) & set(rows[1].letters):
        return _(
            "Several touchpoints go with %(outcome)s about equally; %(first)s is among the strongest."
        ) % {
            "outcome": outcome.name,
            "first": first.name,
        }
    return _("%(first)s goes with %(outcome)s most clearly.") % {"outcome": outcome.name, "first": first.name}


def _empty(columns: tuple[Column, ...], outcome: Column | None, refusal: str) -> DriverPage:
    return DriverPage(
        columns=columns,
        outcome=outcome,
        analysis=None,
        rows=(),
        sentence="",
        refusal=refusal,
        shares_refusal="",
        notes=(),
        explained="",
        customers=0,
    )


__all__ = ["DriverPage", "driver_page"]
