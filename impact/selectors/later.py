"""Answers that came in after a study had read its figures, about days that it reads: its figures stay."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Max, Min
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from common.reckoning import CALENDAR
from common.registry import AddedLater, AxisQuestion
from customer_voice.choices import Period
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.selectors.periods import periods_between
from customer_voice.selectors.series import series_counts
from customer_voice.selectors.versions import series_versions
from impact.models import Study
from journeys.models import Touchpoint
from wording.formats import reader

KEPT_SECONDS = 24 * 3600
MOST_STUDIES = 10  # of one page, the newest

type _Cell = tuple[str, date]  # key of a touchpoint, first day of a period


@dataclass(frozen=True, kw_only=True, slots=True)
class LaterAnswers:
    """`came` answers about days from `first` to `last` were stored between two moments after the study.

    `gone`: so many of those that it counted do not count there any more; 0 where cases or events are counted,
    whose number says nothing of how many rows there were.
    """

    came: int
    first: date | None
    last: date | None
    came_from: datetime | None
    came_until: datetime | None
    gone: int


def later_answers(study: Study) -> LaterAnswers | None:
    """What a finished study would read today and did not read, or None where that is nothing.

    From the points, so it takes no longer with more answers; the answers of the touchpoints and periods that
    differ are read where any do. At most five queries; one more where any do. Needs the study's organization.
    """
    subject, panel = study.inputs["subject"], study.inputs["panel"]
    organization, moment = study.organization, study.finished_at
    metric = (
        MetricDefinition.objects.of(organization)
        .filter(key=subject["metric_key"], version=subject["metric_version"])
        .first()
    )
    if metric is None or moment is None or not panel["cells"]:
        return None
    named = [*subject["treated"], *subject["comparison"]]
    places = _places(organization, [place["key"] for place in named])
    then = Counter[_Cell]()
    for cell in panel["cells"]:
        day = parse_date(cell["period"])
        if day is not None and cell["unit"] in places:
            then[places[cell["unit"]].key, day] += cell["n"]
    if not then:
        return None
    now, ends = _counted_now(study, metric, places.values(), min(day for _key, day in then))
    changed = {cell: now[cell] - then[cell] for cell in {*then, *now} if now[cell] != then[cell]}
    if not changed:
        return None
    by_key = {place.key: place.pk for place in places.values()}
    return _told(organization, metric, moment, changed, ends, by_key, segment=subject["segment"])


def _places(organization: Organization, keys: Iterable[str]) -> dict[str, Touchpoint]:
    """Key in the study -> the touchpoint that it means now. One query."""
    rows = Touchpoint.objects.of(organization).filter(key__in={*keys}).select_related("merged_into")
    return {row.key: row.merged_into or row for row in rows}


def _counted_now(
    study: Study, metric: MetricDefinition, places: Iterable[Touchpoint], first: date
) -> tuple[Counter[_Cell], dict[date, date]]:
    """Answers by touchpoint and period as they are counted now, and the day after each period."""
    period = Period(study.inputs["design"]["period"])
    # a period of the study begins on one of its own days of the week, whatever the setting is today
    reckoning = replace(CALENDAR, week_begins=first.weekday()) if period == Period.WEEK else CALENDAR
    after = study.data_cutoff + timedelta(days=1)
    found = series_counts(
        study.organization,
        metric,
        touchpoints=[*{place.pk: place for place in places}.values()],
        segment=study.inputs["subject"]["segment"] or None,
        period=period,
        start=first,
        end=after,
        reckoning=reckoning,
    )
    counts, ends = Counter[_Cell](), dict[date, date]()
    for begins, ends_before in periods_between(first, study.data_cutoff, period, reckoning):
        ends[begins] = ends_before
    for unit in found.units:
        if unit.end <= after:  # the study read whole periods alone
            counts[unit.touchpoint.key, unit.start] += unit.cell.n
    return counts, ends


def _told(
    organization: Organization,
    metric: MetricDefinition,
    moment: datetime,
    changed: dict[_Cell, int],
    ends: dict[date, date],
    by_key: dict[str, int],
    *,
    segment: str,
) -> LaterAnswers | None:
    periods = {day for _key, day in changed}
    clock = organization.clock
    until = max(ends.get(day, day + timedelta(days=1)) for day in periods)
    rows = Feedback.objects.of(organization).filter(
        metric__in=[version.pk for version in series_versions(metric)],
        touchpoint__in={by_key[key] for key, _day in changed},
        occurred_at__gte=clock.start_of(min(periods)),
        occurred_at__lt=clock.start_of(until),
        received_at__gt=moment,
        **({"segment": segment} if segment else {}),
        **({"merged_into": ""} if metric.calculation.counts_cases else {"score__isnull": False}),
    )
    found: dict[str, Any] = rows.aggregate(
        came=Count("pk"),
        first=Min("occurred_at"),
        last=Max("occurred_at"),
        came_from=Min("received_at"),
        came_until=Max("received_at"),
    )
    gone = 0 if not metric.calculation.counts_answers else found["came"] - sum(changed.values())
    if not found["came"] and gone <= 0:
        return None
    return LaterAnswers(
        came=found["came"],
        first=clock.day_of(found["first"]) if found["came"] else None,
        last=clock.day_of(found["last"]) if found["came"] else None,
        came_from=found["came_from"],
        came_until=found["came_until"],
        gone=max(gone, 0),
    )


def later_text(later: LaterAnswers, organization: Organization) -> str:
    """How many, of which days, and when they came, in the reader's language."""
    words, day, told = reader(), organization.clock.day_of, []
    if later.first is not None and later.last is not None and later.came_from and later.came_until:
        told.append(
            ngettext(
                "Data added later: %(number)s answer (days: %(days)s; came in: %(when)s).",
                "Data added later: %(number)s answers (days: %(days)s; came in: %(when)s).",
                later.came,
            )
            % {
                "number": words.number(later.came),
                "days": _days(later.first, later.last),
                "when": _days(day(later.came_from), day(later.came_until)),
            }
        )
    if later.gone:
        told.append(
            ngettext(
                "%(number)s answer that it counted was corrected, moved or taken back since.",
                "%(number)s answers that it counted were corrected, moved or taken back since.",
                later.gone,
            )
            % {"number": words.number(later.gone)}
        )
    return " ".join(told)


def _days(first: date, last: date) -> str:
    day = reader().day
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def added_later(question: AxisQuestion) -> Iterator[AddedLater]:
    """For pages of a metric or touchpoint: each study that counts and would read other answers today.

    Two queries, and those of `later_answers` for each study that is not remembered; at most ten studies.
    """
    organization = question.organization
    assert isinstance(organization, Organization)
    metrics = {one.key for one in question.subjects if isinstance(one, MetricDefinition)}
    places = {one.key for one in question.subjects if isinstance(one, Touchpoint)}
    studies = Study.objects.of(organization).finished().headline_first().defer("inputs", "finding")
    studies = studies.select_related("initiative", "organization")
    if metrics:
        studies = studies.filter(inputs__subject__metric_key__in=metrics)
    counted = _last_counts(organization)
    seen = set[int]()
    for study in studies.annotate(read=F("inputs__subject")):
        subject: dict[str, Any] = study.read
        keys = {place["key"] for side in ("treated", "comparison") for place in subject[side]}
        if study.initiative_id in seen or (places and not keys & places):
            continue
        seen.add(study.initiative_id)
        if len(seen) > MOST_STUDIES:
            return
        if (later := _kept(study, counted.get(subject["metric_key"]))) is not None:
            text = _("%(initiative)s, study %(number)s with data up to %(day)s.") % {
                "initiative": study.initiative.reference,
                "number": study.number,
                "day": reader().day(study.data_cutoff),
            }
            address = [organization.slug, study.initiative.number, study.number]
            yield AddedLater(
                text=f"{text} {later_text(later, organization)}",
                url=reverse("impact:study_detail", args=address),
            )


def _last_counts(organization: Organization) -> dict[str, datetime | None]:
    """When each metric was counted last, by its key. One query."""
    rows = MetricDefinition.objects.of(organization).order_by().values_list("key")
    return dict(rows.annotate(last=Max("counted_at")))


def _kept(study: Study, counted_at: datetime | None) -> LaterAnswers | None:
    """Remembered until the metric is counted anew."""
    name = f"impact.later:{study.pk}:{counted_at and counted_at.timestamp()}"
    found: LaterAnswers | str | None = cache.get(name, "")
    if isinstance(found, str):
        found = later_answers(study)
        cache.set(name, found, KEPT_SECONDS)
    return found
