"""Which other initiatives act where this one is measured, in the time that is measured: the overlap map."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.content import plan_of
from coalition.selectors.planned import reckoning_of
from common.charting import chart_locale, on_page
from customer_voice.choices import Period
from customer_voice.selectors.periods import period_start
from cxcharts.coverage import CoverageCell, coverage_matrix
from cxcharts.labels import labels_for
from cxcharts.render import PageChart
from journeys.models import Touchpoint
from wording.formats import reader
from wording.joining import listed, sentences

MOST_DRAWN = 8  # columns that a picture can name; the table has all
# What will come: put to a vote, or decided. A draft is its writer's own.
_COMING = (InitiativeState.SUBMITTED, InitiativeState.APPROVED, InitiativeState.IN_PROGRESS)


class Part(StrEnum):
    """What a touchpoint is in the plan."""

    TREATED = "treated"
    COMPARED = "compared"
    REACHED = "reached"


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """One other initiative: where it meets the plan, when, and what follows for the study."""

    number: int
    reference: str
    title: str
    day: date
    is_planned: bool
    places: tuple[str, ...]
    metric: str
    is_same_metric: bool
    is_together: bool  # it starts in the same period at a touchpoint that gets this one
    follows: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlapMap:
    """The others in the order of their starts, in the window that is measured. `chart` is None where none."""

    first: date
    last: date
    sentence: str
    rows: tuple[Overlap, ...]
    chart: PageChart | None

    @property
    def undrawn(self) -> int:
        return max(0, len(self.rows) - MOST_DRAWN)


def overlap_map(initiative: Initiative, *, until: date | None = None) -> OverlapMap | None:
    """None as long as the plan has no touchpoints or no window. `until`: the data cut-off of a study, else
    the review. At most six queries, however many initiatives there are."""
    plan, start = plan_of(initiative), initiative.begins_on
    last = until or (plan.review_on if plan else None)
    if plan is None or start is None or last is None:
        return None
    first = plan.baseline_from or start - timedelta(days=365)
    parts = _parts(initiative, plan)
    if not parts or last < first:
        return None
    names = {point.pk: point.name for point in parts}
    by_pk = {point.pk: part for point, part in parts.items()}
    rows = []
    drawn: list[tuple[Overlap, dict[int, date]]] = []
    for other in _others(initiative, set(names), first, last):
        day = other.begins_on
        if day is None:
            continue
        met = {point.pk for point in other.touchpoints.all() if point.pk in names}
        overlap = _overlap(plan, other, day, start, by_pk, names, met)
        rows.append(overlap)
        drawn.append((overlap, dict.fromkeys(met, day)))
    return OverlapMap(
        first=first,
        last=last,
        sentence=_sentence(rows, first, last),
        rows=tuple(rows),
        chart=_chart(initiative, plan, parts, start, drawn[:MOST_DRAWN], first, last) if rows else None,
    )


def _parts(initiative: Initiative, plan: EvaluationPlan) -> dict[Touchpoint, Part]:
    """Touchpoints of the plan by their part, in the order in which they are shown. Three queries."""
    found: dict[Touchpoint, Part] = {}
    for points, part in (
        (initiative.touchpoints, Part.TREATED),
        (plan.comparison_touchpoints, Part.COMPARED),
        (plan.spillover_touchpoints, Part.REACHED),
    ):
        for point in points.order_by("name"):
            found.setdefault(point, part)
    return found


def _others(initiative: Initiative, places: set[int], first: date, last: date) -> Sequence[Initiative]:
    """Initiatives that begin there in that time: those that customers met, and those that will come. Two
    queries."""
    met = Initiative.objects.of(initiative.organization).met_by_customers().values("pk")
    begins = Q(went_live_on__range=(first, last)) | Q(
        went_live_on=None, state__in=_COMING, planned_go_live_on__range=(first, last)
    )
    rows = (
        Initiative.objects.of(initiative.organization)
        .filter(begins, Q(pk__in=met) | Q(state__in=_COMING), touchpoints__in=places)
        .exclude(pk=initiative.pk)
        .select_related("plan__metric")
        .prefetch_related("touchpoints")
        .distinct()
    )
    return sorted(rows, key=lambda one: (one.begins_on or last, one.number))


def _overlap(
    plan: EvaluationPlan,
    other: Initiative,
    day: date,
    start: date,
    parts: dict[int, Part],
    names: dict[int, str],
    met: set[int],
) -> Overlap:
    theirs = plan_of(other)
    period, reckoning = Period(plan.period), reckoning_of(plan)
    is_close = period_start(day, period, reckoning) == period_start(start, period, reckoning)
    found = {parts[pk] for pk in met}
    is_together = is_close and Part.TREATED in found
    return Overlap(
        number=other.number,
        reference=other.reference,
        title=other.title,
        day=day,
        is_planned=other.is_planned,
        places=tuple(sorted(names[pk] for pk in met)),
        metric=theirs.metric.name if theirs else "–",
        is_same_metric=theirs is not None and theirs.metric.key == plan.metric.key,
        is_together=is_together,
        follows=_follows(found, is_together=is_together, days=(day - start).days),
    )


def _follows(found: set[Part], *, is_together: bool, days: int) -> str:
    """What a study makes of it."""
    if is_together:
        return _("It starts in the same period at the same touchpoints: the two cannot be told apart there.")
    if Part.TREATED in found:
        weeks = abs(days) // 7
        text = (
            ngettext(
                "%(count)s week after this one: its part is estimated and taken off.",
                "%(count)s weeks after this one: its part is estimated and taken off.",
                weeks,
            )
            if days > 0
            else ngettext(
                "%(count)s week before this one: its part is estimated and taken off.",
                "%(count)s weeks before this one: its part is estimated and taken off.",
                weeks,
            )
        )
        return text % {"count": reader().number(weeks)}
    if Part.COMPARED in found:
        return _("Only where it is compared: its part is taken off, or these touchpoints are left out.")
    return _("Only where this one could reach: it may be what moves there.")


def _sentence(rows: Sequence[Overlap], first: date, last: date) -> str:
    slots = {"first": reader().day(first), "last": reader().day(last), "count": reader().number(len(rows))}
    if not rows:
        return (
            _("Between %(first)s and %(last)s no other initiative on record starts at these touchpoints.")
            % slots
        )
    said = ngettext(
        "Between %(first)s and %(last)s, %(count)s other initiative starts at touchpoints of this plan.",
        "Between %(first)s and %(last)s, %(count)s other initiatives start at touchpoints of this plan.",
        len(rows),
    )
    together = [row.reference for row in rows if row.is_together]
    alike = ""
    if together:
        alike = ngettext(
            "%(names)s starts at the same time: move it, or choose touchpoints that only one of them gets.",
            "%(names)s start at the same time: move them, or choose touchpoints that only one of them gets.",
            len(together),
        ) % {"names": listed(together)}
    return sentences([said % slots, alike])


def _chart(
    initiative: Initiative,
    plan: EvaluationPlan,
    parts: dict[Touchpoint, Part],
    start: date,
    drawn: Sequence[tuple[Overlap, dict[int, date]]],
    first: date,
    last: date,
) -> PageChart | None:
    """Touchpoints by initiatives, the own one first, with the month in which each starts there: the days
    stand in the table beside it."""
    own = {
        Part.TREATED: (4, ""),
        Part.COMPARED: (1, _("compared")),
        Part.REACHED: (2, pgettext("a touchpoint", "could be affected")),
    }
    cells = []
    for row, (point, part) in enumerate(parts.items()):
        level, text = own[part]
        if part is Part.TREATED:
            text = reader().month(date.fromisoformat(plan.starts.get(point.key, start.isoformat())))
        cells.append(CoverageCell(row=row, column=0, level=level, text=text))
        for column, (_overlap_row, days) in enumerate(drawn, start=1):
            if point.pk in days:
                cells.append(
                    CoverageCell(row=row, column=column, level=3, text=reader().month(days[point.pk]))
                )
    labels = replace(labels_for(get_language() or "en"), not_covered="–", covered=_("acts here"))
    chart = coverage_matrix(
        title=_("Where initiatives meet, and when each starts"),
        subtitle=_("Touchpoints of the plan, starts from %(first)s to %(last)s")
        % {"first": reader().day(first), "last": reader().day(last)},
        rows=[point.name for point in parts],
        columns=[initiative.reference, *(overlap.reference for overlap, _days in drawn)],
        cells=cells,
        labels=labels,
        locale=chart_locale(),
    )
    return on_page(chart, "overlaps")
