"""From a fixed plan and the stored series to what the engine reads. Maps, computes nothing.

Everything comes from the plan as it was fixed, not as it may read now; names are kept beside the figures
so that a finding can be read years later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import inf
from typing import Any

from django.utils.dateparse import parse_date

from coalition.models import EvaluationPlan, Initiative
from coalition.selectors import (
    actual_starts,
    engine_amount,
    is_start_corrected,
    selection_of,
    selection_periods,
    starts_there,
)
from coalition.selectors.planned import fixed_reckoning
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors.series import definition_key, series_counts
from cxstats.codec import ADDED_LATER
from cxstats.design import (
    Direction,
    EstimandKind,
    EvaluationDesign,
    MetricPanel,
    NegativeControl,
    OtherInitiative,
    PanelCell,
    PeriodKind,
    UnitSelection,
)
from impact.models import Study
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One touchpoint of a study, by the name it had then."""

    key: str
    name: str
    start: date | None = field(default=None, metadata={ADDED_LATER: True})  # that a lot gave, where one did


@dataclass(frozen=True, kw_only=True, slots=True)
class StudySubject:
    """What a study is about, in words and units: everything a page or a report says beside the figures.

    `expected_effect` and `smallest_worthwhile_effect` are sizes as people type them: points, percentage
    points, steps of the scale, percent of the time. The design has the latter in the engine's unit.
    """

    reference: str
    title: str
    metric_key: str
    metric_version: int
    metric_name: str
    metric_wording: str
    metric_population: str
    kind: EstimandKind
    scale_low: int
    scale_high: int
    period: PeriodKind
    segment: str
    direction: Direction
    go_live: date
    data_cutoff: date
    treated: tuple[Place, ...]
    comparison: tuple[Place, ...]
    expected_effect: float | None
    smallest_worthwhile_effect: float
    decision_rule: str
    review_on: date | None
    answers: int
    looked_back: bool = field(default=False, metadata={ADDED_LATER: True})  # recorded afterwards
    unmoved_metric: str = field(default="", metadata={ADDED_LATER: True})  # that should stay as it is
    unmoved_key: str = field(default="", metadata={ADDED_LATER: True})
    unmoved_version: int = field(default=0, metadata={ADDED_LATER: True})
    unmoved_kind: EstimandKind | None = field(default=None, metadata={ADDED_LATER: True})
    spillover: tuple[Place, ...] = field(default=(), metadata={ADDED_LATER: True})  # could be reached too

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that the metric could have, by the definition that the study used."""
        match self.kind:
            case EstimandKind.NPS:
                return -100.0, 100.0
            case EstimandKind.SHARE:
                return 0.0, 1.0
            case EstimandKind.MEAN:
                return float(self.scale_low), float(self.scale_high)
            case EstimandKind.LOG_DURATION | EstimandKind.COUNT:
                return -inf, inf


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyMaterial:
    """All that a study starts from."""

    subject: StudySubject
    design: EvaluationDesign
    panel: MetricPanel
    unmoved: NegativeControl | None = None
    spill_over: MetricPanel | None = None


def study_material(*, initiative: Initiative, data_cutoff: date) -> StudyMaterial:
    """The material of one study: whole periods up to and including the day of the cut-off.

    Needs a go-live and a fixed plan (the service checks both). At most eight queries, and two more where the
    plan names a metric that should not move.
    """
    plan = initiative.plan
    content: dict[str, Any] = plan.fixed_content or {}
    metric = _metric(initiative, content["metric"])
    sides = [*content["treated"], *content["comparison"]]
    near = content.get("spillover", [])
    known = _touchpoints(initiative, [*sides, *near])
    named = _named(initiative, content, known)
    counted = _counts(initiative, content, metric, _of(known, [*sides, *near]), data_cutoff)
    unmoved = _unmoved(initiative, content, named, _of(known, sides), data_cutoff)
    panel = named.panel([cell for cell in counted.cells if cell.unit not in named.near])
    subject = _subject(
        initiative,
        plan,
        metric,
        data_cutoff,
        named=named,
        kind=counted.kind,
        answers=sum(cell.n for cell in panel.cells),
        unmoved=unmoved,
    )
    return StudyMaterial(
        subject=subject,
        design=_design(initiative, plan, metric, subject),
        panel=panel,
        unmoved=unmoved,
        spill_over=named.spill_over(counted.cells),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """The touchpoints of a plan by their part in it."""

    treated: tuple[Place, ...]
    comparison: tuple[Place, ...]
    spillover: tuple[Place, ...]

    @property
    def near(self) -> frozenset[str]:
        return frozenset(place.key for place in self.spillover)

    @property
    def controls(self) -> tuple[str, ...]:
        return tuple(place.key for place in self.comparison)

    def panel(self, cells: Iterable[PanelCell]) -> MetricPanel:
        """The main question: what got it beside what did not; what could be reached is in neither."""
        return MetricPanel(
            cells=tuple(cells),
            treated=tuple((place.key, place.start) for place in self.treated),
            controls=self.controls,
        )

    def spill_over(self, cells: Iterable[PanelCell]) -> MetricPanel | None:
        """The question beside it: what could be reached beside the same comparison; None without any."""
        if not self.spillover:
            return None
        asked = {*self.near, *self.controls}
        return MetricPanel(
            cells=tuple(cell for cell in cells if cell.unit in asked),
            treated=tuple((place.key, None) for place in self.spillover),
            controls=self.controls,
        )


def _named(initiative: Initiative, content: dict[str, Any], known: Mapping[str, Touchpoint]) -> _Named:
    """At most one query."""
    starts = {
        known[key].key if key in known else key: day
        for key, day in actual_starts(initiative, content).items()
    }
    treated = _places(content["treated"], known)
    comparison = _places(content["comparison"], known)
    taken = {place.key for place in (*treated, *comparison)}  # merged since with one that is measured
    return _Named(
        treated=tuple(replace(place, start=starts.get(place.key)) for place in treated),
        comparison=comparison,
        spillover=tuple(
            place for place in _places(content.get("spillover", []), known) if place.key not in taken
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    """Whole periods of one metric at the touchpoints of a plan."""

    kind: EstimandKind
    cells: tuple[PanelCell, ...]


def _counts(
    initiative: Initiative,
    content: dict[str, Any],
    metric: MetricDefinition,
    touchpoints: list[Touchpoint],
    data_cutoff: date,
) -> _Counted:
    series = series_counts(
        initiative.organization,
        metric,
        touchpoints=touchpoints,
        segment=content["segment"] or None,
        period=Period(content["period"]),
        start=parse_date(content["baseline_from"] or ""),
        end=data_cutoff + timedelta(days=1),
        reckoning=fixed_reckoning(content),
    )
    return _Counted(kind=series.kind, cells=tuple(unit.cell for unit in series.units if not unit.is_partial))


def _unmoved(
    initiative: Initiative,
    content: dict[str, Any],
    named: _Named,
    touchpoints: list[Touchpoint],
    data_cutoff: date,
) -> NegativeControl | None:
    """The metric that should not move at the same touchpoints; None where the plan names none."""
    if not (said := content.get("unmoved_metric")):
        return None
    metric = _metric(initiative, said)
    counted = _counts(initiative, content, metric, touchpoints, data_cutoff)
    return NegativeControl(metric=definition_key(metric), kind=counted.kind, panel=named.panel(counted.cells))


def other_initiatives(initiative: Initiative, keys: set[str], until: date) -> tuple[OtherInitiative, ...]:
    """Initiatives that were live on the same touchpoints up to the cut-off: once for each day on which one
    began there, where a lot gave its touchpoints days of their own. At most four queries.

    What was recorded afterwards counts where it was recorded before the first result of this initiative was
    known: one person records it without a vote, and could otherwise take back a result that displeases.
    """
    known_at = (
        Study.objects.filter(initiative=initiative).first_results().values_list("finished_at", flat=True)
    )
    there = Initiative.objects.of(initiative.organization).met_by_customers()
    if (first := known_at.first()) is not None:
        there = there.exclude(already_live_on__isnull=False, plan__fixed_at__gt=first)
    others = list(
        there.exclude(pk=initiative.pk)
        .filter(went_live_on__lte=until, touchpoints__key__in=keys)
        .distinct()
        .order_by("went_live_on", "number")
        .select_related("plan")
        .prefetch_related("touchpoints")
    )
    starts = starts_there(others)
    return tuple(
        OtherInitiative(name=str(other), start=day, units=units)
        for other in others
        for day, units in _by_day(other, keys, starts.get(other.pk, {}))
        if day <= until
    )


def _by_day(
    other: Initiative, keys: set[str], starts: Mapping[str, date]
) -> list[tuple[date, tuple[str, ...]]]:
    """The days on which an initiative began at some of these touchpoints, with those that it came to then."""
    found = dict[date, list[str]]()
    for key in sorted(point.key for point in other.touchpoints.all() if point.key in keys):
        if (day := starts.get(key, other.went_live_on)) is not None:
            found.setdefault(day, []).append(key)
    return [(day, tuple(found[day])) for day in sorted(found)]


def _is_moved_after_result(initiative: Initiative) -> bool:
    """Whether the go-live that stands is another day than that of the first result that was known, or a start
    that a lot gave was corrected since."""
    known = Study.objects.filter(initiative=initiative).first_results()
    first = known.values_list("go_live", "finished_at").first()
    if first is None:
        return False
    go_live, at = first
    return go_live not in (None, initiative.went_live_on) or is_start_corrected(initiative, since=at)


def _metric(initiative: Initiative, named: dict[str, Any]) -> MetricDefinition:
    """The definition that the plan named, in the version that the plan named."""
    return MetricDefinition.objects.of(initiative.organization).get(
        key=named["key"], version=named["version"]
    )


def _of(known: Mapping[str, Touchpoint], pairs: list[list[str]]) -> list[Touchpoint]:
    """The touchpoints that these names mean, each once."""
    wanted = {key for key, _name in pairs}
    return list({point.pk: point for key, point in known.items() if key in wanted}.values())


def _places(pairs: list[list[str]], known: Mapping[str, Touchpoint]) -> tuple[Place, ...]:
    """As the plan names them; one that was merged since is the touchpoint that was kept, whose answers
    count."""
    places = dict[str, Place]()
    for key, name in pairs:
        point = known.get(key)
        now = Place(key=key, name=name) if point is None or point.key == key else _place(point)
        places.setdefault(now.key, now)
    return tuple(places.values())


def _place(point: Touchpoint) -> Place:
    return Place(key=point.key, name=point.name)


def _touchpoints(initiative: Initiative, pairs: list[list[str]]) -> dict[str, Touchpoint]:
    """Key in the plan -> the touchpoint that it means now. One query."""
    keys = [key for key, _name in pairs]
    rows = Touchpoint.objects.of(initiative.organization).filter(key__in=keys).select_related("merged_into")
    return {row.key: row.merged_into or row for row in rows}


def _subject(
    initiative: Initiative,
    plan: EvaluationPlan,
    metric: MetricDefinition,
    data_cutoff: date,
    *,
    named: _Named,
    kind: EstimandKind,
    answers: int,
    unmoved: NegativeControl | None,
) -> StudySubject:
    content: dict[str, Any] = plan.fixed_content or {}
    expected = content["expected_effect"]
    if initiative.went_live_on is None:
        raise ValueError("a study needs a go-live")
    return StudySubject(
        reference=initiative.reference,
        title=initiative.title,
        metric_key=metric.key,
        metric_version=metric.version,
        metric_name=metric.name,
        metric_wording=metric.wording,
        metric_population=metric.population,
        kind=kind,
        scale_low=metric.scale_low,
        scale_high=metric.scale_high,
        period=PeriodKind(content["period"]),
        segment=content["segment"],
        direction=Direction(content["direction"]),
        go_live=initiative.went_live_on,
        data_cutoff=data_cutoff,
        treated=named.treated,
        comparison=named.comparison,
        expected_effect=None if expected is None else float(expected),
        smallest_worthwhile_effect=float(content["smallest_worthwhile_effect"]),
        decision_rule=content["decision_rule"],
        review_on=parse_date(content["review_on"] or ""),
        answers=answers,
        looked_back=initiative.is_look_back,
        unmoved_metric=content["unmoved_metric"]["name"] if unmoved else "",
        unmoved_key=content["unmoved_metric"]["key"] if unmoved else "",
        unmoved_version=content["unmoved_metric"]["version"] if unmoved else 0,
        unmoved_kind=unmoved.kind if unmoved else None,
        spillover=named.spillover,
    )


def _design(
    initiative: Initiative, plan: EvaluationPlan, metric: MetricDefinition, subject: StudySubject
) -> EvaluationDesign:
    content: dict[str, Any] = plan.fixed_content or {}
    keys = {place.key for place in (*subject.treated, *subject.comparison)}
    return EvaluationDesign(
        metric=definition_key(metric),
        kind=subject.kind,
        period=subject.period,
        start=subject.go_live,
        direction=subject.direction,
        lag_periods=int(content["lag_periods"]),
        smallest_worthwhile_effect=engine_amount(
            metric, subject.smallest_worthwhile_effect, content["direction"]
        ),
        selection=UnitSelection(selection_of(initiative, plan, content)),
        selection_periods=selection_periods(
            selection=content["selection"],
            selected_from=parse_date(content.get("selected_from") or ""),
            start=subject.go_live,
            period=subject.period,
            week_begins=fixed_reckoning(content).week_begins,
        ),
        seasonal=bool(content["is_seasonal"]),
        changed_after_approval=plan.changed_after_approval_at is not None,
        go_live_moved_after_result=_is_moved_after_result(initiative),
        looked_back=initiative.is_look_back,
        other_initiatives=other_initiatives(initiative, keys, subject.data_cutoff),
    )
