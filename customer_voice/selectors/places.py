"""Which metrics are heard where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Organization
from customer_voice.models import MetricDefinition
from customer_voice.selectors.points import POINTS
from customer_voice.selectors.series import MetricSeries
from customer_voice.selectors.versions import (
    EarlierAnswers,
    by_series,
    counted_before,
    current_version,
    earlier_answers,
)
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardThere:
    """What was heard at one touchpoint.

    `metrics`: series in use that have answers there. `replaced`: series in use without any there, whose
    definition before them has some. `retired`: metrics with answers there that are no longer in use at all.
    """

    metrics: list[MetricDefinition]
    replaced: list[EarlierAnswers]
    retired: list[MetricDefinition]


def heard_at(organization: Organization, touchpoint: Touchpoint, *, key: str | None = None) -> HeardThere:
    """By name; of every metric, or of the one with the `key`. One query, and one where something was
    replaced."""
    is_heard = Q()
    for model in POINTS.values():
        is_heard |= Q(
            Exists(model.objects.of(organization).filter(metric=OuterRef("pk"), touchpoint=touchpoint))
        )
    asked = MetricDefinition.objects.of(organization)
    if key is not None:
        asked = asked.filter(key=key)
    rows: list[Any] = list(asked.annotate(is_heard=is_heard))
    known = {row.pk for row in rows if row.is_heard}
    groups = list(by_series(rows).values())
    heard = [versions for versions in groups if any(version.pk in known for version in versions)]
    silent = [
        current_version(versions)
        for versions in groups
        if versions not in heard and not current_version(versions).is_retired
    ]
    found: list[tuple[MetricDefinition, list[MetricDefinition]]] = []
    for metric in silent:
        before = [
            versions
            for versions in heard
            if versions[0].key == metric.key and versions[0].series < metric.series
        ]
        if before:
            found.append((metric, max(before, key=lambda versions: versions[0].series)))
    used = {versions[0].key for versions in groups if not current_version(versions).is_retired}
    newest = {versions[0].key: versions for versions in heard if versions[0].key not in used}
    return HeardThere(
        metrics=[current_version(one) for one in heard if not current_version(one).is_retired],
        replaced=counted_before(organization, found, touchpoint=touchpoint) if found else [],
        retired=[current_version(versions) for versions in newest.values()],
    )


def before_series(
    organization: Organization, series: MetricSeries, *, every: Sequence[MetricDefinition] | None = None
) -> list[EarlierAnswers]:
    """What stands under the definition before, where this series has no answers at all or at its touchpoint:
    one or nothing.

    None where it has points, at most two queries where it has none.
    """
    metric = series.metric
    if metric.data_until is None or series.touchpoint is None:
        return earlier_answers(organization, [metric], every=every)
    if series.points or metric.series == 1:
        return []
    there = heard_at(organization, series.touchpoint, key=metric.key)
    return [one for one in there.replaced if one.metric.series == metric.series]


def metrics_at(organization: Organization, touchpoint: Touchpoint) -> list[MetricDefinition]:
    """Series in use that were heard at the touchpoint, in any of their versions; by name. One query."""
    return heard_at(organization, touchpoint).metrics
