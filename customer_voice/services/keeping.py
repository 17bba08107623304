"""Sums of the daily points by week and by month, made in the transaction that counts those points.

Only of metrics whose counts are of small whole answers. A metric whose sums are not kept yet, or by weeks
that begin on another day than now, is kept in whole at its next count; until then it is read from its points.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import batched
from typing import Any

import numpy as np
from django.db.models import Sum

from accounts.models import Organization
from customer_voice.choices import ANSWERS, Period
from customer_voice.models import MetricDefinition, MetricPoint, PeriodPoint
from customer_voice.selectors.folding import ANSWER_COLUMNS
from customer_voice.selectors.keeping import Cells, first_of, packed, period_number, unpacked
from customer_voice.services.runs import Cell

PERIODS = (Period.WEEK, Period.MONTH)
PLACES_AT_ONCE = 50  # touchpoints whose days are in memory together

type _Days = tuple[date, date]  # the first and the last one that changed


def keep_everything(held: Organization, metrics: Iterable[MetricDefinition]) -> None:
    """Keep these metrics in whole, from their points as they are."""
    for metric in metrics:
        PeriodPoint.objects.of(held).filter(metric=metric).delete()
        _keep(held, metric, _heard(held, metric))
        metric.kept_weeks_begin = held.week_begins
        MetricDefinition.objects.filter(pk=metric.pk).update(kept_weeks_begin=held.week_begins)


def keep_changed(held: Organization, metrics: Sequence[MetricDefinition], cells: Iterable[Cell]) -> None:
    """Keep what changed in these days. What was not kept until now is in whole, and all versions of its
    series: they are read together, and an earlier one may never be counted again."""
    by_metric: dict[int, dict[int, _Days]] = {}
    for metric_id, touchpoint, day in cells:
        places = by_metric.setdefault(metric_id, {})
        first, last = places.get(touchpoint, (day, day))
        places[touchpoint] = min(first, day), max(last, day)
    touched = {(metric.key, metric.series) for metric in metrics if metric.pk in by_metric}
    for metric in metrics:
        if (metric.key, metric.series) in touched and metric.kept_weeks_begin != held.week_begins:
            keep_everything(held, [metric])
        elif metric.pk in by_metric:
            _keep(held, metric, by_metric[metric.pk])


def _heard(held: Organization, metric: MetricDefinition) -> dict[int, _Days]:
    """Touchpoint id -> first and last day with points."""
    points = MetricPoint.objects.of(held).filter(metric=metric).order_by("day")
    ends = [*points.values_list("day", flat=True)[:1], *points.reverse().values_list("day", flat=True)[:1]]
    places = points.order_by().values_list("touchpoint_id", flat=True).distinct()
    return dict.fromkeys(places, (ends[0], ends[-1])) if ends else {}


def _keep(held: Organization, metric: MetricDefinition, changed: dict[int, _Days]) -> None:
    """Four statements for some touchpoints: their days, what was kept of them, and what is from now on."""
    for some in batched(sorted(changed), PLACES_AT_ONCE, strict=False):
        ends = [changed[place] for place in some]
        spans = {
            period: (
                period_number(min(first for first, _last in ends), period, held.week_begins),
                period_number(max(last for _first, last in ends), period, held.week_begins),
            )
            for period in PERIODS
        }
        days = _days(held, metric, some, spans)
        known = PeriodPoint.objects.of(held).filter(metric=metric, touchpoint__in=some)
        rows = {(row.touchpoint_id, row.period): row for row in known}
        known.delete()
        made = [
            row
            for place in some
            for period in PERIODS
            if (
                row := _spliced(
                    held, metric, place, period, rows.get((place, period)), days.get(place, []), spans[period]
                )
            )
        ]
        PeriodPoint.objects.bulk_create(made)


def _days(
    held: Organization,
    metric: MetricDefinition,
    places: Sequence[int],
    spans: dict[Period, tuple[int, int]],
) -> dict[int, list[tuple[date, tuple[int, ...]]]]:
    """Touchpoint id -> the days of every period reached, and how often each answer was given on them."""
    begins = held.week_begins
    start = min(first_of(low, period, begins) for period, (low, _high) in spans.items())
    end = max(first_of(high + 1, period, begins) for period, (_low, high) in spans.items())
    points = MetricPoint.objects.of(held).filter(metric=metric, touchpoint__in=places).between(start, end)
    rows: Any = points.order_by().values_list("touchpoint_id", "day")
    found: dict[int, list[tuple[date, tuple[int, ...]]]] = {}
    for place, day, *answers in rows.annotate(**{f"sum_{name}": Sum(name) for name in ANSWER_COLUMNS}):
        found.setdefault(place, []).append((day, tuple(answers)))
    return found


def _spliced(
    held: Organization,
    metric: MetricDefinition,
    place: int,
    period: Period,
    row: PeriodPoint | None,
    days: Sequence[tuple[date, tuple[int, ...]]],
    span: tuple[int, int],
) -> PeriodPoint | None:
    """What is kept from now on: the periods of the span as their days are, all others as they were.

    None where nothing is left. Empty periods at both ends are left out.
    """
    begins, (low, high) = held.week_begins, span
    old: Cells = np.zeros((0, len(ANSWERS)), dtype=np.int64)
    first = low
    if row is not None:
        first, old = period_number(row.first, period, begins), unpacked(bytes(row.cells))
    start, after = min(first, low), max(first + len(old), high + 1)
    table: Cells = np.zeros((after - start, len(ANSWERS)), dtype=np.int64)
    table[first - start : first - start + len(old)] = old
    table[low - start : high + 1 - start] = 0
    for day, answers in days:
        number = period_number(day, period, begins)
        if low <= number <= high:
            table[number - start] += answers
    heard = np.flatnonzero(table.any(axis=1))
    if not heard.size:
        return None
    return PeriodPoint(
        organization=held,
        metric=metric,
        touchpoint_id=place,
        period=period,
        first=first_of(start + int(heard[0]), period, begins),
        cells=packed(table[heard[0] : heard[-1] + 1]),
    )
