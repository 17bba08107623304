"""Versions of one metric: which are read together, and where the definition changed on the time axis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.choices import MEASUREMENT
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.selectors.definitions import definition_changes
from customer_voice.selectors.points import points_of
from journeys.models import Touchpoint
from wording.joining import sentences

type SeriesKey = tuple[str, int]  # key of the metric, version that began the series


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesMark:
    """The definition changed: `day` is the first day with answers to the new `version`.

    `is_bridged`: the line goes on across the mark. Otherwise the series begins here, and the answers before
    (to `before_version`) stand in a series of their own. `text` says what changed, in one or two sentences.
    """

    day: date
    version: int
    before_version: int
    is_bridged: bool
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierAnswers:
    """A series has no answers yet; `number` stand under `before`, the definition in use before it.

    With a `touchpoint`: none there, wherever else it was heard.
    """

    metric: MetricDefinition
    before: MetricDefinition
    number: int
    touchpoint: Touchpoint | None = None


def series_versions(
    metric: MetricDefinition, *, every: Iterable[MetricDefinition] | None = None
) -> list[MetricDefinition]:
    """All versions that are read as one with this one, itself included, oldest first.

    One query, none where `every` version of the metric is at hand.
    """
    if every is not None:
        together = (one for one in every if (one.key, one.series) == (metric.key, metric.series))
        return sorted(together, key=lambda one: one.version)
    found: list[MetricDefinition] = list(
        MetricDefinition.objects.filter(
            organization=metric.organization_id, key=metric.key, series=metric.series
        ).order_by("version")
    )
    return found


def by_series(metrics: Iterable[MetricDefinition]) -> dict[SeriesKey, list[MetricDefinition]]:
    """Versions grouped by the series that they share, oldest version first. No query."""
    found: dict[SeriesKey, list[MetricDefinition]] = {}
    for metric in sorted(metrics, key=lambda metric: (metric.name, metric.key, metric.version)):
        found.setdefault((metric.key, metric.series), []).append(metric)
    return found


def current_version(versions: Iterable[MetricDefinition]) -> MetricDefinition:
    """The one that stands for its series: the newest in use, else the newest. No query."""
    return max(versions, key=lambda metric: (not metric.is_retired, metric.version))


def series_choices(metrics: Iterable[MetricDefinition]) -> list[MetricDefinition]:
    """One row per series, for selectors: each metric once, whatever its versions. No query."""
    return [current_version(versions) for versions in by_series(metrics).values()]


def earlier_answers(
    organization: Organization,
    metrics: Iterable[MetricDefinition],
    *,
    every: Iterable[MetricDefinition] | None = None,
) -> list[EarlierAnswers]:
    """Which of these series without answers have some in the newest series before them that was heard.

    No query where no definition was changed; else two, one where `every` version of theirs is at hand.
    """
    silent = [metric for metric in metrics if metric.data_until is None and metric.series > 1]
    if not silent:
        return []
    if every is None:
        every = MetricDefinition.objects.of(organization).filter(key__in={metric.key for metric in silent})
    known = [one for one in every if one.data_until is not None]
    found: list[tuple[MetricDefinition, list[MetricDefinition]]] = []
    for metric in silent:
        before = [one for one in known if one.key == metric.key and one.series < metric.series]
        if before:
            newest = max(before, key=lambda one: one.series)
            found.append((metric, series_versions(newest, every=known)))
    if not found:
        return []
    return counted_before(organization, found)


def counted_before(
    organization: Organization,
    found: Iterable[tuple[MetricDefinition, list[MetricDefinition]]],
    *,
    touchpoint: Touchpoint | None = None,
) -> list[EarlierAnswers]:
    """Each silent series with the versions of the one before it, and how many answers these have.

    One query.
    """
    found = list(found)
    wanted = [version.pk for _metric, versions in found for version in versions]
    answers = Feedback.objects.of(organization).filter(metric__in=wanted).order_by()
    if touchpoint is not None:
        answers = answers.filter(touchpoint=touchpoint)
    numbers: dict[int, int] = dict(answers.values_list("metric_id").annotate(Count("pk")))
    return [
        EarlierAnswers(
            metric=metric,
            before=current_version(versions),
            number=sum(numbers.get(version.pk, 0) for version in versions),
            touchpoint=touchpoint,
        )
        for metric, versions in found
    ]


def out_of_use(groups: Mapping[SeriesKey, list[MetricDefinition]]) -> list[MetricDefinition]:
    """Metrics with answers of which no series is in use: nothing of theirs stands among the others.

    One row each, that of the newest series with answers. No query.
    """
    used = {key for (key, _series), versions in groups.items() if not current_version(versions).is_retired}
    found: dict[str, MetricDefinition] = {}
    for (key, _series), versions in groups.items():
        heard = [version for version in versions if version.data_until is not None]
        if key in used or not heard:
            continue
        known = found.get(key)
        if known is None or known.series < heard[0].series:
            found[key] = current_version(versions)
    return list(found.values())


def series_marks(
    organization: Organization, metric: MetricDefinition, *, every: Iterable[MetricDefinition] | None = None
) -> tuple[SeriesMark, ...]:
    """Where the definition changed in this series, oldest first.

    One query; two with several versions; one less where `every` version of the metric is at hand.
    """
    if every is None:
        every = MetricDefinition.objects.of(organization).filter(key=metric.key)
    known = sorted(every, key=lambda one: one.version)
    together = series_versions(metric, every=known)
    earlier = [version for version in known if version.version < metric.series]
    if len(together) == 1 and not earlier:
        return ()
    model = points_of(metric)
    first_days: dict[int, date] = dict(
        model.objects.of(organization)
        .filter(metric__in=together)
        .order_by()
        .values_list("metric_id")
        .annotate(Min("day"))
    )
    marks, before = [], None
    for version in together:
        day = first_days.get(version.pk)
        if day is None:
            continue
        if before is None and earlier:
            marks.append(_begins(earlier[-1], version, day))
        elif before is not None and not _same(before, version):
            marks.append(_bridged(before, version, day))
        before = version
    return tuple(marks)


def _same(first: MetricDefinition, second: MetricDefinition) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in MEASUREMENT)


def _begins(before: MetricDefinition, after: MetricDefinition, day: date) -> SeriesMark:
    text = _(
        "A new series begins here: version %(before)d measured differently, so its answers are shown "
        "separately. %(changes)s"
    ) % {"before": before.version, "changes": _changes(before, after)}
    return SeriesMark(
        day=day, version=after.version, before_version=before.version, is_bridged=False, text=text.strip()
    )


def _bridged(before: MetricDefinition, after: MetricDefinition, day: date) -> SeriesMark:
    text = _("Version %(version)d begins here and continues the series. %(changes)s") % {
        "version": after.version,
        "changes": _changes(before, after),
    }
    return SeriesMark(
        day=day, version=after.version, before_version=before.version, is_bridged=True, text=text.strip()
    )


def _changes(before: MetricDefinition, after: MetricDefinition) -> str:
    return sentences([*definition_changes(before, after), after.change_note])
