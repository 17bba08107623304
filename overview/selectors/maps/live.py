"""What is known of the touchpoints under the steps: figures, initiatives, contribution."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from accounts.models import Organization
from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors import initiatives as initiatives_of
from customer_voice.charts import Measure, measure, n_text, span_name
from customer_voice.models import CustomerAccount, MetricDefinition
from customer_voice.selectors import (
    Comparison,
    SeriesPoint,
    by_series,
    current_version,
    target_bounds,
    touchpoint_comparisons,
)
from customer_voice.sentences import Difference, long_difference, short_difference
from cxstats.hurting import on_emotion
from journeys.maps.selectors import StepView
from journeys.models import Touchpoint

GIVEN_UP = frozenset({InitiativeState.REJECTED, InitiativeState.CANCELLED})


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveCut:
    """Of which customers and when; `metric` draws the curve and the ranking, None: the one that is heard
    most."""

    metric: str = ""
    segment: str | None = None
    account: CustomerAccount | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveLine:
    """One metric at one touchpoint, as text; `point` holds the figure. Too few answers: no value."""

    touchpoint: Touchpoint
    comparison: Comparison
    point: SeriesPoint
    value: str
    interval: str
    n: str
    period: str
    changes: tuple[Difference, ...]

    @property
    def metric(self) -> MetricDefinition:
        return self.comparison.metric

    @property
    def is_few(self) -> bool:
        return self.point.is_small or self.point.value is None


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveStep:
    """A step with what is live of it. `lines`: of each touchpoint the metric with the most answers, or the
    curve's; `curve`: the line that the curve is drawn of, None where its metric is not heard here; `retired`:
    of touchpoints where nothing is heard, the metrics that once were."""

    view: StepView
    lines: tuple[LiveLine, ...]
    curve: LiveLine | None
    initiatives: tuple[Initiative, ...]
    retired: tuple[MetricDefinition, ...] = ()

    @property
    def key(self) -> str:
        return self.view.step.key

    @property
    def same(self) -> tuple[object, ...]:
        """Steps that are alike here have the same touchpoints, figures, owner, initiatives and nested map."""
        view = self.view
        places = tuple(used.touchpoint.pk for used in view.touchpoints)
        return (places, bool(view.missing), view.owner, view.nested and view.nested.pk, view.nested_is_gone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """Everything live of one map. `metrics`: those heard on it whose scale has two ends, the most heard
    first."""

    steps: tuple[LiveStep, ...]
    metrics: tuple[MetricDefinition, ...]
    metric: MetricDefinition | None


def live_steps(
    organization: Organization,
    steps: Sequence[StepView],
    *,
    metric: str = "",
    segment: str | None = None,
    account: CustomerAccount | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Live:
    """Figures of all steps. Three queries, and two for each metric in use (one where its figures are
    kept), whatever the number of steps; where a touchpoint has none, two for each that was retired.

    `metric`: the key of the one that the curve is drawn of; by default the one with the most answers there.
    """
    places = {used.touchpoint.pk: used.touchpoint for step in steps for used in step.touchpoints}
    found: dict[int, list[LiveLine]] = {}
    former = list[Sequence[MetricDefinition]]()
    for versions in by_series(MetricDefinition.objects.of(organization)).values() if places else ():
        current = current_version(versions)
        if current.data_until is None:
            continue
        if current.is_retired:
            former.append(versions)
            continue
        rows = touchpoint_comparisons(
            organization,
            current,
            versions=versions,
            segment=segment,
            account=account,
            start=start,
            end=end,
            is_kept=True,
        )
        for row in rows:
            line = _line(row, places, is_pooled=start is None)
            if line is not None:
                found.setdefault(line.touchpoint.pk, []).append(line)
    metrics = _bounded(found)
    chosen = next((one for one in metrics if one.key == metric), metrics[0] if metrics else None)
    under = _initiatives(organization, places)
    gone = _gone(organization, places.keys() - found.keys(), former)
    return Live(
        steps=tuple(_step(step, found, chosen, under, gone) for step in steps),
        metrics=tuple(metrics),
        metric=chosen,
    )


def _gone(
    organization: Organization, silent: Collection[int], former: Iterable[Sequence[MetricDefinition]]
) -> dict[int, list[MetricDefinition]]:
    """Touchpoint id -> retired metrics that were heard there. Two queries for each, where any is silent."""
    gone: dict[int, list[MetricDefinition]] = {}
    for versions in former if silent else ():
        current = current_version(versions)
        for row in touchpoint_comparisons(organization, current, versions=versions):
            if row.touchpoint is not None and row.touchpoint.pk in silent and row.n:
                gone.setdefault(row.touchpoint.pk, []).append(current)
    return gone


def _line(row: Comparison, places: Mapping[int, Touchpoint], *, is_pooled: bool) -> LiveLine | None:
    """The last complete periods together where there are such, else the newest with enough answers."""
    place = None if row.touchpoint is None else places.get(row.touchpoint.pk)
    if place is None:
        return None
    point = (row.recent if is_pooled else None) or row.latest or _fullest(row)
    if point is None:
        return None
    shown: Measure = measure(row.metric, [row.series])
    few = point.is_small or point.value is None
    both = (long_difference(shown, row), short_difference(shown, row))
    return LiveLine(
        touchpoint=place,
        comparison=row,
        point=point,
        value="" if few else shown.text(point.value),
        interval="" if few else shown.range(point.low, point.high),
        n=n_text(row.metric, point.n),
        period=span_name(point, row.series),
        changes=tuple(one for one in both if one is not None and one.is_change),
    )


def _fullest(row: Comparison) -> SeriesPoint | None:
    """The period with the most answers, where none has enough."""
    heard = [point for point in row.series.points if point.n]
    return max(heard, key=lambda point: (point.n, point.start)) if heard else None


def _bounded(found: Mapping[int, Sequence[LiveLine]]) -> list[MetricDefinition]:
    """Metrics whose scale has two ends, by their answers on the map."""
    answers: dict[int, int] = {}
    metrics: dict[int, MetricDefinition] = {}
    for lines in found.values():
        for line in lines:
            if all(map(isfinite, target_bounds(line.metric))):
                metrics[line.metric.pk] = line.metric
                answers[line.metric.pk] = answers.get(line.metric.pk, 0) + line.comparison.n
    return sorted(metrics.values(), key=lambda metric: (-answers[metric.pk], metric.name))


def _initiatives(
    organization: Organization, places: Mapping[int, Touchpoint]
) -> Mapping[int, Sequence[Initiative]]:
    """Touchpoint id -> initiatives that were not given up. Two queries."""
    rows = initiatives_of(organization).filter(touchpoints__in=list(places)).exclude(state__in=GIVEN_UP)
    found: dict[int, list[Initiative]] = {}
    for initiative in rows.distinct() if places else ():
        for touchpoint in initiative.touchpoints.all():
            found.setdefault(touchpoint.pk, []).append(initiative)
    return found


def _step(
    view: StepView,
    found: Mapping[int, Sequence[LiveLine]],
    chosen: MetricDefinition | None,
    under: Mapping[int, Sequence[Initiative]],
    gone: Mapping[int, Sequence[MetricDefinition]],
) -> LiveStep:
    lines, of_curve = list[LiveLine](), list[LiveLine]()
    for used in view.touchpoints:
        there = found.get(used.touchpoint.pk, ())
        curve = next((line for line in there if chosen is not None and line.metric.pk == chosen.pk), None)
        if curve is not None:
            of_curve.append(curve)
        if there:
            lines.append(curve or max(there, key=lambda line: (line.point.n, line.metric.name)))
    initiatives = {one.pk: one for used in view.touchpoints for one in under.get(used.touchpoint.pk, ())}
    retired = {one.pk: one for used in view.touchpoints for one in gone.get(used.touchpoint.pk, ())}
    return LiveStep(
        view=view,
        lines=tuple(lines),
        curve=max(of_curve, key=lambda line: line.point.n) if of_curve else None,
        initiatives=tuple(initiatives.values()),
        retired=tuple(retired.values()),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A figure with its range from -2 to 2."""

    value: float
    low: float
    high: float


def placed(line: LiveLine) -> Placed | None:
    """None for too few answers, or a scale without two ends."""
    worst, best = ends(line.metric)
    if line.is_few or line.point.value is None or not (isfinite(worst) and isfinite(best)):
        return None
    low = line.point.value if line.point.low is None else line.point.low
    high = line.point.value if line.point.high is None else line.point.high
    spots = sorted(on_emotion(value, worst=worst, best=best) for value in (low, high))
    return Placed(
        value=on_emotion(line.point.value, worst=worst, best=best),
        low=max(-2.0, spots[0]),
        high=min(2.0, spots[1]),
    )


def ends(metric: MetricDefinition) -> tuple[float, float]:
    """Worst and best value of the metric."""
    low, high = target_bounds(metric)
    return (low, high) if metric.higher_is_better else (high, low)
