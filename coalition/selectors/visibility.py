""" "Could we detect the effect?": what the plan could show, from present volumes, before the vote."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import get_language, ngettext, ngettext_lazy
from django.utils.translation import gettext as _

from coalition.choices import Direction
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.chosen import selection_periods
from coalition.selectors.content import plan_of
from coalition.selectors.design_words import METHODS, grade_meaning
from coalition.selectors.effects import effect_text, engine_amount, typed_change
from coalition.selectors.foreseen import foreseen
from coalition.selectors.lots import selection_of
from coalition.selectors.planned import planned_periods, reckoning_of
from coalition.selectors.segments import segment_warning
from common.charting import chart_locale, on_page
from common.registry import known_result
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.selectors import Counts, SeriesCounts, series_counts, together
from customer_voice.selectors.figures import figures
from cxcharts.labels import labels_for
from cxcharts.plan import plan_chart
from cxcharts.render import PageChart
from cxcharts.series import Point
from cxstats.design import (
    COMPARISONS,
    DesignGrade,
    EvaluationDesign,
    Lowering,
    Method,
    MetricPanel,
    PeriodKind,
    UnitSelection,
)
from cxstats.design import Direction as EngineDirection
from cxstats.errors import Reason
from journeys.models import Touchpoint
from wording.formats import reader
from wording.joining import listed
from wording.refusals import Asked, plan_refusal, refusal_text

BORDERLINE = 1.25  # a smallest visible change up to this much above the expected one is called borderline
VOLUME_PERIODS = 12  # "about 180 answers a week" is the mean of so many of the last whole periods


class Answer(StrEnum):
    VISIBLE = "visible"
    BORDERLINE = "borderline"
    NOT_VISIBLE = "not_visible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visibility:
    """The answer in words, with its figures.

    `smallest` is the smallest detectable change as a person would type it (points, percentage points, steps
    of the scale, percent), None where it cannot be said; then `sentence` gives the reason. `chart` is None
    where there is nothing to draw.
    """

    answer: Answer
    headline: str
    sentence: str = ""
    design: str = ""
    advice: str = ""
    grade: str = ""
    method: str = ""
    smallest: float | None = None
    smallest_text: str = ""
    answers_per_period: int | None = None
    touchpoints: int = 0
    chart: PageChart | None = None

    @property
    def tone(self) -> str:
        return {Answer.VISIBLE: "done", Answer.BORDERLINE: "warn", Answer.NOT_VISIBLE: "bad"}.get(
            self.answer, "calm"
        )

    @property
    def label(self) -> str:
        return {
            Answer.VISIBLE: _("yes"),
            Answer.BORDERLINE: _("perhaps"),
            Answer.NOT_VISIBLE: _("no"),
        }.get(self.answer, _("cannot tell"))


_VOLUMES = {
    Period.DAY: ngettext_lazy("about %(n)s answer a day", "about %(n)s answers a day", "count"),
    Period.WEEK: ngettext_lazy("about %(n)s answer a week", "about %(n)s answers a week", "count"),
    Period.MONTH: ngettext_lazy("about %(n)s answer a month", "about %(n)s answers a month", "count"),
    Period.QUARTER: ngettext_lazy("about %(n)s answer a quarter", "about %(n)s answers a quarter", "count"),
}


def visibility(initiative: Initiative) -> Visibility:
    """What the plan could show from today's volumes. At most five queries. Never raises for thin data."""
    plan = plan_of(initiative)
    treated = tuple(initiative.touchpoints.order_by("key"))
    start = initiative.begins_on
    if plan is None:
        return _unknown(_("There is no evaluation plan yet."))
    missing = _missing(plan, treated, start)
    if missing or start is None or plan.review_on is None:
        return _unknown(_("The plan still needs: %(what)s.") % {"what": listed(missing)})
    compared = tuple(plan.comparison_touchpoints.order_by("key"))
    starts = {key: date.fromisoformat(day) for key, day in plan.starts.items()}
    counts = _counts(initiative, plan, (*treated, *compared), start)
    volume, units = _volume(counts, treated)
    if volume is None:
        return _unknown(_without_answers(plan))
    panel = MetricPanel(
        cells=counts.cells,
        treated=tuple((point.key, starts.get(point.key)) for point in treated),
        controls=tuple(point.key for point in compared),
    )
    planned = planned_periods(plan, max((start, *starts.values())))
    if planned < 1:
        return _unknown(refusal_text(Reason.NO_POST_PERIOD, Asked.PLAN))
    design = _design(
        plan,
        counts,
        start,
        is_moved=_is_moved_after_result(initiative),
        is_look_back=initiative.is_look_back,
    )
    outlook = _outlook(plan.metric, design, panel, planned=planned)
    return _said(initiative, plan, counts, treated, outlook, volume, units)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outlook:
    """What the core says about a plan: grade, method, smallest change (as typed) or why there is none."""

    grade: DesignGrade
    method: Method
    smallest: float | None
    refusal: str
    is_choice_unknown: bool  # by scores, and nobody said by which
    lowering: Lowering | None

    @property
    def meaning(self) -> str:
        """What the grade rests on: the design, and why the grade is lower than the design's."""
        return grade_meaning(self.grade, self.method, lowering=self.lowering)


def _outlook(
    metric: MetricDefinition, design: EvaluationDesign, panel: MetricPanel, *, planned: int
) -> _Outlook:
    """The one place that asks the statistics core."""
    power = foreseen(design, panel, planned=planned)
    smallest = power.smallest_detectable_effect
    if smallest is not None:
        smallest = typed_change(metric, smallest)
    return _Outlook(
        grade=power.grade,
        method=power.method,
        smallest=smallest,
        refusal=""
        if power.refusal is None
        else plan_refusal(reader(), power.refusal, dict(power.refusal_detail)),
        is_choice_unknown=power.refusal is Reason.SELECTED_FOR_LOW_SCORES,
        lowering=design.lowering,
    )


def _missing(plan: EvaluationPlan, treated: Sequence[Touchpoint], start: date | None) -> list[str]:
    wanted = [
        (bool(treated), _("the touchpoints in scope")),
        (start is not None, _("the planned go-live")),
        (plan.baseline_from is not None, _("the start of the baseline")),
        (plan.review_on is not None, _("the review date")),
    ]
    missing = [text for there, text in wanted if not there]
    if not missing and start and plan.review_on and plan.review_on <= start:
        missing.append(_("a review after the go-live"))
    return missing


def _counts(
    initiative: Initiative, plan: EvaluationPlan, touchpoints: Sequence[Touchpoint], start: date
) -> SeriesCounts:
    """Counts of the baseline as far as it has come; of the last year where it begins in the future."""
    today = initiative.organization.clock.today()
    end = min(start, today)
    begin = plan.baseline_from or end
    if begin >= end:
        begin = end - timedelta(days=365)
    return series_counts(
        initiative.organization,
        plan.metric,
        touchpoints=touchpoints,
        segment=plan.segment or None,
        period=Period(plan.period),
        start=begin,
        end=end,
        reckoning=reckoning_of(plan),
    )


def _is_moved_after_result(initiative: Initiative) -> bool:
    """Whether the go-live that stands is another day than that of the first result that was known."""
    if initiative.went_live_on is None:
        return False
    known = known_result(initiative)
    return known is not None and known.go_live != initiative.went_live_on


def _design(
    plan: EvaluationPlan, counts: SeriesCounts, start: date, *, is_moved: bool, is_look_back: bool
) -> EvaluationDesign:
    worthwhile = engine_amount(plan.metric, float(plan.smallest_worthwhile_effect), plan.direction)
    return EvaluationDesign(
        metric=counts.definition,
        kind=counts.kind,
        period=PeriodKind(plan.period),
        start=start,
        direction=EngineDirection(plan.direction),
        lag_periods=plan.lag_periods,
        smallest_worthwhile_effect=worthwhile,
        selection=UnitSelection(selection_of(plan.initiative, plan)),
        selection_periods=selection_periods(
            selection=plan.selection,
            selected_from=plan.selected_from,
            start=start,
            period=plan.period,
            week_begins=reckoning_of(plan).week_begins,
        ),
        seasonal=plan.is_seasonal,
        changed_after_approval=plan.changed_after_approval_at is not None,
        go_live_moved_after_result=is_moved,
        looked_back=is_look_back,
    )


def _volume(counts: SeriesCounts, treated: Sequence[Touchpoint]) -> tuple[int | None, int]:
    """Answers a period at the treated touchpoints lately, and how many of these have any."""
    keys = {point.key for point in treated}
    own = [unit for unit in counts.units if unit.cell.unit in keys and not unit.is_partial]
    last = sorted({unit.start for unit in own})[-VOLUME_PERIODS:]
    if not last:
        return None, 0
    recent = [unit for unit in own if unit.start >= last[0]]
    return round(sum(unit.cell.n for unit in recent) / len(last)), len({unit.cell.unit for unit in recent})


def _said(
    initiative: Initiative,
    plan: EvaluationPlan,
    counts: SeriesCounts,
    treated: Sequence[Touchpoint],
    outlook: _Outlook,
    volume: int | None,
    units: int,
) -> Visibility:
    metric = plan.metric
    design = _("Design grade %(grade)s: %(meaning)s (%(method)s).") % {
        "grade": outlook.grade.value,
        "meaning": outlook.meaning,
        "method": METHODS[outlook.method],
    }
    where = ngettext("%(volume)s at %(count)s touchpoint", "%(volume)s at %(count)s touchpoints", units) % {
        "volume": _VOLUMES[Period(plan.period)] % {"n": reader().number(volume or 0), "count": volume or 0},
        "count": units,
    }
    if outlook.smallest is None:
        return Visibility(
            answer=Answer.UNKNOWN,
            headline=outlook.refusal or _("These data cannot answer the question."),
            sentence=_("There are %(volume)s.") % {"volume": where},
            # no evidence to speak of as long as the choice is not known: the grade alone would promise some
            design="" if outlook.is_choice_unknown else design,
            advice=_without_figure(outlook),
            grade=outlook.grade.value,
            method=outlook.method.value,
            answers_per_period=volume,
            touchpoints=units,
        )
    smallest = _rounded_up(metric, outlook.smallest)
    smallest_text = effect_text(metric, smallest)
    expected = None if plan.expected_effect is None else float(plan.expected_effect)
    answer, headline = _judged(metric, expected, smallest)
    return Visibility(
        answer=answer,
        headline=headline,
        sentence=_("With %(volume)s, a change of %(smallest)s or more can be detected.")
        % {"volume": where, "smallest": smallest_text},
        design=design,
        advice=_advice(answer, outlook),
        grade=outlook.grade.value,
        method=outlook.method.value,
        smallest=smallest,
        smallest_text=smallest_text,
        answers_per_period=volume,
        touchpoints=units,
        chart=_chart(initiative, plan, counts, treated, smallest),
    )


def _rounded_up(metric: MetricDefinition, smallest: float) -> float:
    """Never promise to see less than can be seen: 19.4 points are shown as 20."""
    step: int = 10 ** metric.calculation.effect_digits(smallest)
    return math.ceil(round(smallest * step, 6)) / step


def _judged(metric: MetricDefinition, expected: float | None, smallest: float) -> tuple[Answer, str]:
    """Expected against smallest detectable change."""
    if expected is None:
        return Answer.UNKNOWN, _("Enter the effect you expect to see whether it could be detected.")
    wanted = effect_text(metric, expected)
    if expected >= smallest:
        return Answer.VISIBLE, _("Yes: the expected change of %(wanted)s could be detected.") % {
            "wanted": wanted
        }
    if expected * BORDERLINE >= smallest:
        return Answer.BORDERLINE, _(
            "Perhaps: the expected change of %(wanted)s is just at the limit of what can be detected."
        ) % {"wanted": wanted}
    return Answer.NOT_VISIBLE, _(
        "No: the expected change of %(wanted)s is too small to tell apart from chance."
    ) % {"wanted": wanted}


def _without_figure(outlook: _Outlook) -> str:
    """What would help where the smallest change cannot be said; never a comparison group to who has one."""
    if outlook.is_choice_unknown:
        return _(
            "Name the first and the last day of the scores that they were chosen by: the evaluation then "
            "does without these periods."
        )
    if outlook.method in COMPARISONS:
        return _("A longer baseline or a later review would help.")
    return _("A longer baseline, a later review or a comparison group would help.")


def _advice(answer: Answer, outlook: _Outlook) -> str:
    if answer in {Answer.NOT_VISIBLE, Answer.BORDERLINE} and outlook.method in COMPARISONS:
        return _("More touchpoints, more answers or a later review would help.")
    if answer in {Answer.NOT_VISIBLE, Answer.BORDERLINE}:
        return _("More touchpoints, more answers, a later review or a comparison group would help.")
    if outlook.grade is DesignGrade.D and outlook.method is not Method.BEFORE_AFTER:
        return _("With a comparison group it could also say why.")
    if outlook.grade is DesignGrade.D:
        return _("With a comparison group, or a longer baseline, it could also say why.")
    return ""


def _chart(
    initiative: Initiative,
    plan: EvaluationPlan,
    counts: SeriesCounts,
    treated: Sequence[Touchpoint],
    smallest: float,
) -> PageChart | None:
    """What we shall see if it works and if it does not; None where there is too little to draw."""
    metric, start, review = (
        plan.metric,
        initiative.begins_on,
        plan.review_on,
    )
    keys = {point.key for point in treated}
    cells: dict[date, list[Counts]] = {}
    for unit in counts.units:
        if unit.cell.unit in keys and not unit.is_partial:
            cells.setdefault(unit.start, []).append(unit.counts)
    if plan.expected_effect is None or start is None or review is None or not cells:
        return None
    days = sorted(cells)
    per_period = [together(cells[day]) for day in days]
    (whole,) = figures(metric, [together(per_period)])
    if whole.value is None:
        return None
    axis = metric.calculation.plan_axis()
    unit_size = 1 / axis.divisor
    baseline = whole.value * unit_size
    sign = 1 if plan.direction == Direction.UP else -1
    language = get_language() or "en"
    labels = labels_for(language)
    chart = plan_chart(
        title=_("What we will see if it works, and if it does not"),
        subtitle=_("%(metric)s at %(where)s, %(n)s answers since %(day)s")
        % {
            "metric": metric.name,
            "where": listed(point.name for point in treated),
            "n": reader().number(whole.n),
            "day": reader().day(days[0]),
        },
        key=metric.slot,
        history=[
            Point(period=day, value=figure.value * unit_size, n=figure.n)
            for day, figure in zip(days, figures(metric, per_period), strict=True)
            if figure.value is not None
        ],
        baseline=baseline,
        expected_change=sign * metric.calculation.on_axis(float(plan.expected_effect), baseline),
        smallest_change=metric.calculation.on_axis(smallest, baseline),
        go_live=start,
        review=review,
        go_live_label=_("Planned go-live") if initiative.is_planned else _("Go-live"),
        review_label=_("Review"),
        scale=axis.scale,
        period=plan.period,
        labels=labels,
        locale=chart_locale(),
    )
    return on_page(chart, "plan-chart")


def _without_answers(plan: EvaluationPlan) -> str:
    """Why there is nothing to count: a segment that no answer carries, or none at these touchpoints."""
    if not plan.segment:
        return refusal_text(Reason.NO_DATA, Asked.PLAN)
    return segment_warning(plan) or _(
        "There are no answers of the segment “%(segment)s” at these touchpoints yet."
    ) % {"segment": plan.segment}


def _unknown(reason: str) -> Visibility:
    return Visibility(answer=Answer.UNKNOWN, headline=reason)
