"""Which other initiatives act where this one is measured, in the time that is measured: the overlap map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.content import plan_of
from coalition.selectors.lots import starts_there
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
    the review. At most eight queries, however many initiatives there are."""
    plan, start = plan_of(initiative), initiative.begins_on
    last = until or (plan.review_on if plan else None)
    if plan is None or start is None or last is None:
        return None
    first = plan.baseline_from or start - timedelta(days=365)
    parts = _parts(initiative, plan)
    if not parts or last < first:
        return None
    others = _others(initiative, {point.pk for point in parts}, first, last)
    starts = starts_there([initiative, *others])
    own = _days(initiative, starts)
    ground = _Ground(
        plan=plan,
        places={
            point.pk: _Place(name=point.name, part=part, own=own.get(point.key, start))
            for point, part in parts.items()
        },
    )
    rows = []
    drawn: list[tuple[Overlap, dict[int, date]]] = []
    for other in others:
        days = {
            point.pk: day
            for point in other.touchpoints.all()
            if point.pk in ground.places
            and (day := _days(other, starts).get(point.key, other.begins_on)) is not None
            and first <= day <= last
        }
        if days:
            overlap = _overlap(ground, other, days)
            rows.append(overlap)
            drawn.append((overlap, days))
    order = sorted(range(len(rows)), key=lambda place: (rows[place].day, rows[place].number))
    rows, drawn = [rows[place] for place in order], [drawn[place] for place in order]
    return OverlapMap(
        first=first,
        last=last,
        sentence=_sentence(rows, first, last),
        rows=tuple(rows),
        chart=_chart(initiative, ground, drawn[:MOST_DRAWN], first, last) if rows else None,
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A touchpoint of the plan, its part, and the day on which this initiative begins there."""

    name: str
    part: Part
    own: date


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ground:
    """Where a plan measures, by the key of the touchpoint in the order in which it is shown."""

    plan: EvaluationPlan
    places: dict[int, _Place]

    @property
    def is_by_units(self) -> bool:
        """Whether a study may compare several touchpoints one by one: with others, or by their starts."""
        own = [place.own for place in self.places.values() if place.part is Part.TREATED]
        compared = any(place.part is Part.COMPARED for place in self.places.values())
        return len(own) > 1 and (compared or len(set(own)) > 1)


def _days(initiative: Initiative, starts: Mapping[int, Mapping[str, date]]) -> Mapping[str, date]:
    return starts.get(initiative.pk, {})


def _others(initiative: Initiative, places: set[int], first: date, last: date) -> Sequence[Initiative]:
    """Initiatives that begin there in that time: those that customers met, and those that will come; also
    those that began before and came to further touchpoints by lot. Two queries."""
    met = Initiative.objects.of(initiative.organization).met_by_customers().values("pk")
    by_lot = Q(plan__isnull=False) & ~Q(plan__starts={})
    live = Q(went_live_on__lte=last) & (Q(went_live_on__gte=first) | by_lot)
    coming = Q(planned_go_live_on__lte=last) & (Q(planned_go_live_on__gte=first) | by_lot)
    begins = live | (Q(went_live_on=None, state__in=_COMING) & coming)
    return list(
        Initiative.objects.of(initiative.organization)
        .filter(begins, Q(pk__in=met) | Q(state__in=_COMING), touchpoints__in=places)
        .exclude(pk=initiative.pk)
        .select_related("plan__metric")
        .prefetch_related("touchpoints")
        .distinct()
    )


def _overlap(ground: _Ground, other: Initiative, days: Mapping[int, date]) -> Overlap:
    """`days`: when the other one begins, by the key of the touchpoint, within the time that is measured."""
    theirs, plan = plan_of(other), ground.plan
    period, reckoning = Period(plan.period), reckoning_of(plan)
    met = [(ground.places[pk], day) for pk, day in days.items()]
    apart = [(day - place.own).days for place, day in met if place.part is Part.TREATED]
    is_together = any(
        period_start(day, period, reckoning) == period_start(place.own, period, reckoning)
        for place, day in met
        if place.part is Part.TREATED
    )
    return Overlap(
        number=other.number,
        reference=other.reference,
        title=other.title,
        day=min(days.values()),
        is_planned=other.is_planned,
        places=tuple(sorted(place.name for place, _day in met)),
        metric=theirs.metric.name if theirs else "–",
        is_same_metric=theirs is not None and theirs.metric.key == plan.metric.key,
        is_together=is_together,
        follows=_follows(
            {place.part for place, _day in met},
            is_together=is_together,
            days=min(apart, key=abs, default=0),
            by_units=ground.is_by_units,
        ),
    )


_BY_UNITS = gettext_lazy(
    "Where the study compares touchpoints one by one, it leaves out those that the other one touches, or the "
    "time after its start."
)


def _follows(found: set[Part], *, is_together: bool, days: int, by_units: bool) -> str:
    """What a study makes of it. `by_units`: touchpoints are compared one by one, so that some may be left
    out."""
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
        text = text % {"count": reader().number(weeks)}
        return sentences([text, str(_BY_UNITS)]) if by_units else text
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
    ground: _Ground,
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
    for row, (pk, place) in enumerate(ground.places.items()):
        level, text = own[place.part]
        if place.part is Part.TREATED:
            text = reader().month(place.own)
        cells.append(CoverageCell(row=row, column=0, level=level, text=text))
        for column, (_overlap_row, days) in enumerate(drawn, start=1):
            if pk in days:
                cells.append(CoverageCell(row=row, column=column, level=3, text=reader().month(days[pk])))
    labels = replace(labels_for(get_language() or "en"), not_covered="–", covered=_("acts here"))
    chart = coverage_matrix(
        title=_("Where initiatives meet, and when each starts"),
        subtitle=_("Touchpoints of the plan, starts from %(first)s to %(last)s")
        % {"first": reader().day(first), "last": reader().day(last)},
        rows=[place.name for place in ground.places.values()],
        columns=[initiative.reference, *(overlap.reference for overlap, _days in drawn)],
        cells=cells,
        labels=labels,
        locale=chart_locale(),
    )
    return on_page(chart, "overlap-map")
