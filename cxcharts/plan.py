"""What we shall see if it works, and if it does not: two futures drawn before the vote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    END_MARGIN,
    MOST_POINTS,
    EndLabel,
    Layer,
    Plane,
    Rule,
    RuleKind,
    axes_layer,
    band,
    dots,
    end_labels,
    line,
    over_time,
    rule_layers,
    track,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, Period, locale_for
from cxcharts.palette import slot
from cxcharts.scales import Scale, finite
from cxcharts.series import Point
from cxcharts.writer import Writer

HEIGHT = 260.0


def plan_chart(
    *,
    title: str,
    subtitle: str,
    key: str,
    history: Sequence[Point],
    baseline: float,
    expected_change: float,
    smallest_change: float | None,
    go_live: date,
    review: date,
    go_live_label: str,
    review_label: str,
    scale: Scale,
    period: Period | str = Period.MONTH,
    full_effect: date | None = None,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Baseline, the course if the initiative works, the course if not, and the band we cannot see into.

    `expected_change` is signed, `smallest_change` >= 0 (None: not known). The change is complete at
    `full_effect` (else at `review`). Raises ValueError if the review is not after the go-live.
    """
    if review <= go_live:
        raise ValueError("a plan chart needs a review date after the go-live")
    if smallest_change is not None and smallest_change < 0:
        raise ValueError("a plan chart needs a smallest detectable change of zero or more")
    finite([baseline, expected_change, smallest_change, *(p.value for p in history)])
    unseen = smallest_change or 0.0
    plan = _Plan(
        past=tuple(p for p in sorted(history, key=lambda p: p.period) if p.value is not None),
        baseline=baseline,
        expected_change=expected_change,
        smallest_change=smallest_change,
        reached=_within(scale, baseline + expected_change),
        unseen=(_within(scale, baseline - unseen), _within(scale, baseline + unseen)),
        go_live=Rule(at=go_live, label=go_live_label),
        review=Rule(at=review, label=review_label, kind=RuleKind.OTHER),
        complete=min(full_effect, review) if full_effect is not None and full_effect > go_live else review,
        scale=scale,
        hue=slot(key),
        writer=Writer(value=scale.value, labels=labels, locale=locale_for(locale), period=Period(period)),
    )
    plane = _plane(plan, height)
    layers = [
        *_frame(plan, plane),
        *_unseen_band(plan, plane),
        *_history(plan, plane),
        *_futures(plan, plane),
        *_end_names(plan, plane),
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers, right=END_MARGIN),
        plan.writer.alternative(title, subtitle, _sentences(plan)),
        _table(plan),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """What is drawn. `reached` is the value if it works; a change inside `unseen` cannot be told from chance.

    The change is complete at `complete`.
    """

    past: tuple[Point, ...]
    baseline: float
    expected_change: float
    smallest_change: float | None
    reached: float
    unseen: tuple[float, float]
    go_live: Rule
    review: Rule
    complete: date
    scale: Scale
    hue: int
    writer: Writer

    @property
    def start(self) -> date:
        """Where the drawing begins: at the history, else a third of the trial before the go-live."""
        if self.past:
            return min(self.go_live.at, self.past[0].period)
        lead = max(30, (self.review.at - self.go_live.at).days // 3)
        return date.fromordinal(self.go_live.at.toordinal() - lead)

    @property
    def smallest_text(self) -> str:
        return MISSING if self.smallest_change is None else self.change_text(self.smallest_change)

    def change_text(self, change: float, *, signed: bool = False) -> str:
        """A size as a person typed it: a whole one without decimals, as in the sentences beside it."""
        written = self.scale.difference
        shown = round(change * written.multiplier, written.decimals)
        whole = replace(written, decimals=0) if shown == int(shown) else written
        return whole.text(change, self.writer.locale, signed=signed)


def _within(scale: Scale, value: float) -> float:
    """No future lies beyond the ends of its scale."""
    if scale.low is not None:
        value = max(value, scale.low)
    if scale.high is not None:
        value = min(value, scale.high)
    return value


def _plane(plan: _Plan, height: float) -> Plane:
    values = [plan.baseline, plan.reached, *plan.unseen, *(p.value for p in plan.past)]
    days = [plan.start, plan.review.at]
    return over_time(days, values, plan.scale, plan.writer.locale, plan.writer.period, height=height)


def _frame(plan: _Plan, plane: Plane) -> list[Layer]:
    """Axes, go-live and review."""
    rules = rule_layers([plan.go_live, plan.review], first=plan.start, last=plan.review.at, x=plane.x)
    return [axes_layer(plan.start, plane.x_axes, plane.y_axes), *rules]


def _unseen_band(plan: _Plan, plane: Plane) -> list[Layer]:
    """The band in which a change cannot be told from chance."""
    if plan.smallest_change is None:
        return []
    low, high = plan.unseen
    values = [{"x": rule.at.isoformat(), "low": low, "high": high} for rule in (plan.go_live, plan.review)]
    return [band(values, plane.stretch(), "band-calm")]


def _history(plan: _Plan, plane: Plane) -> list[Layer]:
    values = track([(p.period, p.value) for p in plan.past])
    layers = []
    if len(values) > 1:
        layers.append(line(values, plane.spot(), f"line-hue-{plan.hue}", strokeWidth=2.2))
    if values and len(values) <= MOST_POINTS:
        layers.append(dots(values, plane.spot(), f"fill-hue-{plan.hue}", size=22))
    return layers


def _futures(plan: _Plan, plane: Plane) -> list[Layer]:
    """The two courses: dashed and level if it does not work, dotted and in the metric's color if it does."""
    go_live, review = plan.go_live.at, plan.review.at
    stays = track([(go_live, plan.baseline), (review, plan.baseline)])
    works = [(go_live, plan.baseline), (plan.complete, plan.reached)]
    if plan.complete < review:
        works.append((review, plan.reached))
    return [
        line(stays, plane.spot(), "line-muted", strokeWidth=1.8, strokeDash=[6, 4]),
        line(track(works), plane.spot(), f"line-hue-{plan.hue}", strokeWidth=2.6, strokeDash=[2, 3],
             strokeCap="round"),
    ]  # fmt: skip


def _end_names(plan: _Plan, plane: Plane) -> list[Layer]:
    writer, labels = plan.writer, plan.writer.labels
    names = [
        EndLabel(
            y=plane.pixel(plan.reached),
            text=f"{labels.works} {writer.text(plan.reached)}",
            style=f"text-hue-{plan.hue}",
            detail=plan.change_text(plan.expected_change, signed=True),
        ),
        EndLabel(
            y=plane.pixel(plan.baseline),
            text=f"{labels.does_not} {writer.text(plan.baseline)}",
            style="muted",
        ),
    ]
    if plan.smallest_change is not None:
        # At the edge away from the expected course, where the room is free.
        edge = plan.unseen[0] if plan.expected_change >= 0 else plan.unseen[1]
        text = labels.smallest.format(change=plan.smallest_text)
        names.append(EndLabel(y=plane.pixel(edge), text=text, style="text-calm"))
    return end_labels(names, height=plane.height, room_narrow=92)


def _sentences(plan: _Plan) -> list[str]:
    writer, labels = plan.writer, plan.writer.labels
    said = [
        labels.sentence_plan.format(
            baseline=writer.text(plan.baseline),
            works=writer.text(plan.reached),
            review=writer.day(plan.review.at),
            change=plan.smallest_text,
        )
    ]
    if plan.smallest_change is not None and abs(plan.expected_change) < plan.smallest_change:
        said.append(labels.sentence_plan_blind)
    return [*said, *(writer.event(rule.label, rule.at) for rule in (plan.go_live, plan.review))]


def _table(plan: _Plan) -> Table:
    """History, the two futures, when they are judged, and what could be seen by then."""
    writer, labels = plan.writer, plan.writer.labels
    rows = [
        [Cell(writer.when(p.period)), *map(writer.cell, (p.value, p.low, p.high)), writer.count_cell(p.n)]
        for p in plan.past
    ]
    rows += [
        [Cell(labels.baseline), writer.cell(plan.baseline)],
        [Cell(labels.works), writer.cell(plan.reached)],
        [Cell(labels.does_not), writer.cell(plan.baseline)],
        [
            Cell(f"{plan.go_live.label} – {plan.review.label}"),
            Cell(f"{writer.day(plan.go_live.at)} – {writer.day(plan.review.at)}"),
        ],
    ]
    if plan.smallest_change is not None:
        name = labels.smallest.format(change="").strip(" :：")  # the words before the slot
        change = Cell(plan.smallest_text, plan.smallest_change)
        rows.append([Cell(name), change, *map(writer.cell, plan.unseen)])
    return Table.filled((labels.period, labels.value, labels.low, labels.high, labels.n), rows)
