"""The page of a map: the sentence, the curve, what disagrees, where it hurts, and the map itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.charting import chart_locale, on_page
from customer_voice.models import MetricDefinition
from customer_voice.selectors import named
from cxcharts.chart import Chart
from cxcharts.journey import EmotionStep, EmotionWords, emotion_curve
from cxcharts.labels import labels_for
from cxcharts.render import PageChart
from cxstats.hurting import Agreement, Hurt, StepReading, agreement, where_it_hurts
from impact.selectors.contributions import contributions
from impact.wording import percent_text
from journeys.maps.models import JourneyMap
from journeys.maps.selectors import MapView, StageView, Undoable, map_view, undoable
from overview.selectors.maps.live import Live, LiveCut, LiveStep, ends, live_steps, placed
from wording.formats import reader
from wording.intervals import from_to
from wording.joining import listed, sentences

HURTS_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class HurtLine:
    """One step of the ranking, as text."""

    step: LiveStep
    place: int
    share: str
    share_range: str
    contribution: str  # empty where it is not known


@dataclass(frozen=True, kw_only=True, slots=True)
class StageOfPage:
    """A stage with its live steps."""

    view: StageView
    steps: tuple[LiveStep, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MapPage:
    map: JourneyMap
    view: MapView
    stages: tuple[StageOfPage, ...]
    metrics: tuple[MetricDefinition, ...]
    metric: MetricDefinition | None
    sentence: str
    drawing: Chart | None
    disagreements: tuple[str, ...]
    hurts: tuple[HurtLine, ...]
    unheard: int  # steps of which the curve's metric knows nothing
    undoable: Undoable

    @property
    def steps(self) -> tuple[LiveStep, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def step_names(self) -> dict[str, str]:
        return {step.key: step.view.step.name for step in self.steps}

    @property
    def chart(self) -> PageChart | None:
        return on_page(self.drawing, "curve")

    @property
    def has_contributions(self) -> bool:
        return any(line.contribution for line in self.hurts)


def map_page(member: Membership, row: JourneyMap, cut: LiveCut | None = None) -> MapPage:
    """Everything on the page of a map. Twelve queries, and two for each metric in use, whatever the number of
    steps."""
    cut = cut or LiveCut()
    view = map_view(row)
    live = live_steps(
        member.organization,
        view.steps,
        metric=cut.metric,
        segment=cut.segment,
        account=cut.account,
        start=cut.start,
        end=cut.end,
    )
    by_key = {step.key: step for step in live.steps}
    shares = contributions(member.organization)
    hurts = _hurts(live, shares)
    lines = tuple(
        _hurt_line(hurt, place, by_key, shares) for place, hurt in enumerate(hurts[:HURTS_SHOWN], 1)
    )
    return MapPage(
        map=row,
        view=view,
        stages=tuple(
            StageOfPage(view=stage, steps=tuple(by_key[step.step.key] for step in stage.steps))
            for stage in view.stages
        ),
        metrics=live.metrics,
        metric=live.metric,
        sentence=_sentence(live, hurts, by_key),
        drawing=_curve(row, view, live),
        disagreements=tuple(_disagreements(live)),
        hurts=lines,
        unheard=sum(step.curve is None for step in live.steps),
        undoable=undoable(row, member),
    )


def _hurts(live: Live, shares: Mapping[int, float]) -> tuple[Hurt, ...]:
    """Each touchpoint once, at the first step that it stands under."""
    if live.metric is None:
        return ()
    worst, best = ends(live.metric)
    readings, met = list[StepReading](), set[int]()
    for step in live.steps:
        line = step.curve
        if line is None or line.is_few or line.point.value is None or line.touchpoint.pk in met:
            continue
        met.add(line.touchpoint.pk)
        value = line.point.value
        readings.append(
            StepReading(
                key=step.key,
                value=value,
                low=value if line.point.low is None else line.point.low,
                high=value if line.point.high is None else line.point.high,
                n=line.point.n,
                contribution=shares.get(line.touchpoint.pk),
            )
        )
    return where_it_hurts(readings, worst=worst, best=best) if readings else ()


def _hurt_line(
    hurt: Hurt, place: int, by_key: Mapping[str, LiveStep], shares: Mapping[int, float]
) -> HurtLine:
    step = by_key[hurt.key]
    known = shares.get(step.curve.touchpoint.pk) if step.curve else None
    return HurtLine(
        step=step,
        place=place,
        share=percent_text(hurt.share),
        share_range=from_to(percent_text(hurt.low), percent_text(hurt.high)),
        contribution="" if known is None else percent_text(known),
    )


def _sentence(live: Live, hurts: Sequence[Hurt], by_key: Mapping[str, LiveStep]) -> str:
    """Answer first: where it hurts most, and how sure that is."""
    if not live.steps:
        return _("This map has no steps yet. Add the first one below.")
    if live.metric is None:
        return _("No answers from customers at the touchpoints of this map yet.")
    if not hurts:
        few = any(step.curve is not None and step.curve.is_few for step in live.steps)
        if few:
            return _("Too few answers at the steps of this map to say where it hurts most.")
        return _("Nothing is lost at the steps of this map: every figure is at the best end of its scale.")
    first = by_key[hurts[0].key]
    line = first.curve
    words = {
        "step": first.view.step.name,
        "metric": named(live.metric),
        "value": line.value if line else "",
        "range": line.interval if line else "",
        "n": line.n if line else "",
    }
    said = [
        _("It hurts most at “%(step)s”: %(metric)s is %(value)s there (%(range)s, %(n)s).") % words
        if hurts[0].is_first_for_sure
        else _("It may hurt most at “%(step)s”: %(metric)s is %(value)s there (%(range)s, %(n)s).") % words
    ]
    if not hurts[0].is_first_for_sure and len(hurts) > 1:
        second = by_key[hurts[1].key].view.step.name
        said.append(
            _("Its lead over “%(second)s” is within the uncertainty of the figures.") % {"second": second}
        )
    if not first.initiatives:
        said.append(_("No initiative is under way there."))
    return sentences(said)


def _disagreements(live: Live) -> list[str]:
    """Where the drawn emotion is another than customers report, in the order of the map."""
    found = []
    for step in live.steps:
        drawn, line = step.view.step.emotion, step.curve
        spot = None if line is None else placed(line)
        if drawn is None or line is None or spot is None:
            continue
        reading = agreement(drawn, low=spot.low, high=spot.high)
        if reading is Agreement.AGREES:
            continue
        words = {
            "step": step.view.step.name,
            "emotion": step.view.emotion,
            "metric": named(line.metric),
            "value": line.value,
            "range": line.interval,
            "n": line.n,
        }
        if reading is Agreement.WORSE:
            text = _(
                "“%(step)s” is drawn as “%(emotion)s”, but customers rate it worse: %(metric)s %(value)s "
                "(%(range)s, %(n)s)."
            )
        else:
            text = _(
                "“%(step)s” is drawn as “%(emotion)s”, but customers rate it better: %(metric)s %(value)s "
                "(%(range)s, %(n)s)."
            )
        found.append(text % words)
    return found


def _curve(row: JourneyMap, view: MapView, live: Live) -> Chart | None:
    """Both curves, or nothing where neither an emotion is drawn nor a figure known."""
    names = {stage.stage.key: stage.stage.name for stage in view.stages}
    steps = [_curve_step(step, names) for step in live.steps]
    if not any(step.drawn is not None or step.value is not None or step.is_few for step in steps):
        return None
    heard = sum(step.value is not None for step in steps)
    metric = "" if live.metric is None else named(live.metric)
    if heard and metric:
        subtitle = ngettext(
            "Drawn by the team, and %(metric)s by customers at %(heard)s of %(all)s step",
            "Drawn by the team, and %(metric)s by customers at %(heard)s of %(all)s steps",
            len(steps),
        ) % {"metric": metric, "heard": reader().number(heard), "all": reader().number(len(steps))}
    else:
        subtitle = _("As the team drew it; too few answers of customers to compare it with")
    return emotion_curve(
        title=_curve_title(live),
        subtitle=subtitle,
        steps=steps,
        words=_curve_words(metric),
        labels=labels_for(get_language() or "en"),
        locale=chart_locale(),
    )


def _curve_title(live: Live) -> str:
    wrong = [
        step.view.step.name
        for step in live.steps
        if step.curve is not None
        and step.view.step.emotion is not None
        and (spot := placed(step.curve)) is not None
        and agreement(step.view.step.emotion, low=spot.low, high=spot.high) is not Agreement.AGREES
    ]
    compared = [
        step
        for step in live.steps
        if step.curve is not None and step.view.step.emotion is not None and placed(step.curve) is not None
    ]
    if wrong:
        return _("The drawing and the customers disagree at: %(steps)s") % {"steps": listed(wrong[:3])}
    if compared:
        return _("Where both are known, the drawing and the customers agree")
    return _("How customers feel along the way")


def _curve_words(metric: str) -> EmotionWords:
    return EmotionWords(
        drawn=_("drawn by the team"),
        measured=_("%(metric)s, by customers") % {"metric": metric} if metric else _("by customers"),
        few=_("too few answers"),
        best=_("very good"),
        neutral=_("neutral"),
        worst=_("very bad"),
        step=_("Step"),
        stage=_("Stage"),
        figure=metric or _("Figure"),
    )


def _curve_step(step: LiveStep, stages: Mapping[str, str]) -> EmotionStep:
    line = step.curve
    spot = None if line is None else placed(line)
    return EmotionStep(
        name=step.view.step.name,
        stage=stages[step.view.step.stage],
        drawn=step.view.step.emotion,
        value=None if spot is None else spot.value,
        low=None if spot is None else spot.low,
        high=None if spot is None else spot.high,
        n=None if line is None else line.point.n,
        figure="" if line is None else line.value,
        range="" if line is None else line.interval,
        is_few=line is not None and line.is_few,
    )
