"""From a fixed plan and the stored series to what the engine reads. Maps, computes nothing.

Everything comes from the plan as it was fixed, not as it may read now; names are kept beside the figures
so that a finding can be read years later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import inf
from typing import Any

from django.utils.dateparse import parse_date

from coalition.models import EvaluationPlan, Initiative
from coalition.selectors import engine_amount, selection_of, selection_periods
from coalition.selectors.planned import fixed_reckoning
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors.series import SeriesCounts, definition_key, series_counts
from cxstats.codec import ADDED_LATER
from cxstats.design import (
    Direction,
    EstimandKind,
    EvaluationDesign,
    MetricPanel,
    OtherInitiative,
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


def study_material(*, initiative: Initiative, data_cutoff: date) -> StudyMaterial:
    """The material of one study: whole periods up to and including the day of the cut-off.

    Needs a go-live and a fixed plan (the service checks both). At most seven queries.
    """
    plan = initiative.plan
    content: dict[str, Any] = plan.fixed_content or {}
    metric = _metric(initiative, content)
    known = _touchpoints(initiative, [*content["treated"], *content["comparison"]])
    treated, comparison = _places(content["treated"], known), _places(content["comparison"], known)
    touchpoints = list({point.pk: point for point in known.values()}.values())
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
    cells = tuple(unit.cell for unit in series.units if not unit.is_partial)
    subject = _subject(initiative, plan, metric, treated, comparison, data_cutoff, series)
    return StudyMaterial(
        subject=subject,
        design=_design(initiative, plan, metric, subject),
        panel=MetricPanel(
            cells=cells,
            treated=tuple((place.key, None) for place in treated),
            controls=tuple(place.key for place in comparison),
        ),
    )


def other_initiatives(initiative: Initiative, keys: set[str], until: date) -> tuple[OtherInitiative, ...]:
    """Initiatives that were live on the same touchpoints up to the cut-off. Three queries.

    What was recorded afterwards counts where it was recorded before the first result of this initiative was
    known: one person records it without a vote, and could otherwise take back a result that displeases.
    """
    known_at = (
        Study.objects.filter(initiative=initiative).first_results().values_list("finished_at", flat=True)
    )
    there = Initiative.objects.of(initiative.organization).met_by_customers()
    if (first := known_at.first()) is not None:
        there = there.exclude(already_live_on__isnull=False, plan__fixed_at__gt=first)
    others = (
        there.exclude(pk=initiative.pk)
        .filter(went_live_on__lte=until, touchpoints__key__in=keys)
        .distinct()
        .order_by("went_live_on", "number")
        .prefetch_related("touchpoints")
    )
    return tuple(
        OtherInitiative(
            name=str(other),
            start=day,
            units=tuple(sorted(point.key for point in other.touchpoints.all() if point.key in keys)),
        )
        for other in others
        if (day := other.went_live_on) is not None
    )


def _is_moved_after_result(initiative: Initiative) -> bool:
    """Whether the go-live that stands is another day than that of the first result that was known."""
    known = Study.objects.filter(initiative=initiative).first_results().values_list("go_live", flat=True)
    return known.first() not in (None, initiative.went_live_on)


def _metric(initiative: Initiative, content: dict[str, Any]) -> MetricDefinition:
    """The definition that the plan named, in the version that the plan named."""
    return MetricDefinition.objects.of(initiative.organization).get(
        key=content["metric"]["key"], version=content["metric"]["version"]
    )


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
    treated: tuple[Place, ...],
    comparison: tuple[Place, ...],
    data_cutoff: date,
    series: SeriesCounts,
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
        kind=series.kind,
        scale_low=metric.scale_low,
        scale_high=metric.scale_high,
        period=PeriodKind(content["period"]),
        segment=content["segment"],
        direction=Direction(content["direction"]),
        go_live=initiative.went_live_on,
        data_cutoff=data_cutoff,
        treated=treated,
        comparison=comparison,
        expected_effect=None if expected is None else float(expected),
        smallest_worthwhile_effect=float(content["smallest_worthwhile_effect"]),
        decision_rule=content["decision_rule"],
        review_on=parse_date(content["review_on"] or ""),
        answers=sum(unit.cell.n for unit in series.units if not unit.is_partial),
        looked_back=initiative.is_look_back,
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
