"""What was observed beside what was expected without the initiative: the chart of the proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    END_MARGIN,
    GAPS,
    MOST_POINTS,
    EndLabel,
    Layer,
    Plane,
    Rule,
    axes_layer,
    band,
    dots,
    end_labels,
    hover_layer,
    layer,
    line,
    over_time,
    rule_layers,
    track,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, Period, locale_for
from cxcharts.palette import slot
from cxcharts.scales import Scale, finite
from cxcharts.writer import Writer

HEIGHT = 280.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterfactualPoint:
    """One period; `expected` with its bounds where the course without the initiative is known."""

    period: date
    observed: float | None
    n: int | None = None
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    control: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Average difference since go-live with its interval; `level` is the interval's coverage."""

    value: float
    low: float
    high: float
    level: float = 0.95


def counterfactual_chart(
    *,
    title: str,
    subtitle: str,
    key: str,
    points: Sequence[CounterfactualPoint],
    go_live: date,
    go_live_label: str,
    scale: Scale,
    effect: Effect | None = None,
    period: Period | str = Period.MONTH,
    rules: Sequence[Rule] = (),
    observed_name: str = "",
    control_name: str = "",
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Observed line, dashed expected line with its band after go-live, and the difference.

    `key` is the metric's key (its color). Without `effect` no difference is drawn. Raises ValueError
    without any observed value.
    """
    where = locale_for(locale)
    proof = _Proof(
        points=_checked(points),
        go_live=Rule(at=go_live, label=go_live_label),
        others=tuple(sorted(rules, key=lambda rule: rule.at)),
        effect=effect,
        scale=scale,
        hue=slot(key),
        observed_name=observed_name or labels.observed,
        control_name=control_name or labels.control,
        writer=Writer(value=scale.value, labels=labels, locale=where, period=Period(period)),
    )
    plane = _plane(proof, height)
    layers = [
        *_frame(proof, plane),
        *_band(proof, plane),
        *_control_line(proof, plane),
        *_expected_lines(proof, plane),
        *_observed_line(proof, plane),
        *_difference_bracket(proof, plane),
        *_end_names(proof, plane),
        _hover(proof, plane),
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers, right=END_MARGIN),
        proof.writer.alternative(title, subtitle, _sentences(proof)),
        _table(proof),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Proof:
    """What is drawn: points in their order, everything that has a name, and how numbers are said."""

    points: tuple[CounterfactualPoint, ...]
    go_live: Rule
    others: tuple[Rule, ...]  # what else happened, in order
    effect: Effect | None
    scale: Scale
    hue: int
    observed_name: str
    control_name: str
    writer: Writer

    @property
    def last_day(self) -> date:
        """Where the time axis ends: the go-live is always on it."""
        return max(self.points[-1].period, self.go_live.at)

    @property
    def drawn(self) -> list[CounterfactualPoint]:
        return [p for p in self.points if p.observed is not None]

    @property
    def before(self) -> list[CounterfactualPoint]:
        """Where the model was fitted to what was observed."""
        return [p for p in self.points if p.expected is not None and p.period < self.go_live.at]

    @property
    def after(self) -> list[CounterfactualPoint]:
        """Where the course without the initiative is expected."""
        return [p for p in self.points if p.expected is not None and p.period >= self.go_live.at]

    @property
    def banded(self) -> list[CounterfactualPoint]:
        return [p for p in self.after if p.expected_low is not None and p.expected_high is not None]

    @property
    def controls(self) -> list[float]:
        return [p.control for p in self.points if p.control is not None]

    @property
    def last_observed(self) -> float:
        return [p.observed for p in self.points if p.observed is not None][-1]

    @property
    def last_expected(self) -> float | None:
        return self.after[-1].expected if self.after else None


def _checked(points: Sequence[CounterfactualPoint]) -> tuple[CounterfactualPoint, ...]:
    """In order of their periods. Raises ValueError for what cannot be drawn."""
    ordered = sorted(points, key=lambda p: p.period)
    if not any(p.observed is not None for p in ordered):
        raise ValueError("a counterfactual chart needs at least one observed value")
    if len({p.period for p in ordered}) != len(ordered):
        raise ValueError("a counterfactual chart needs one point per period")
    finite(v for p in ordered for v in (p.observed, p.expected, p.expected_low, p.expected_high, p.control))
    return tuple(ordered)


def _plane(proof: _Proof, height: float) -> Plane:
    # Bounds before the go-live are not drawn, so they do not stretch the axis either.
    values = [v for p in proof.points for v in (p.observed, p.expected, p.control)]
    values += [v for p in proof.banded for v in (p.expected_low, p.expected_high)]
    days = [p.period for p in proof.points]
    return over_time(
        days,
        values,
        proof.scale,
        proof.writer.locale,
        proof.writer.period,
        height=height,
        until=proof.last_day,
    )


def _frame(proof: _Proof, plane: Plane) -> list[Layer]:
    """Axes, and what happened as labelled rules: the go-live first."""
    first = proof.points[0].period
    rules = rule_layers([proof.go_live, *proof.others], first=first, last=proof.last_day, x=plane.x)
    return [axes_layer(first, plane.x_axes, plane.y_axes), *rules]


def _band(proof: _Proof, plane: Plane) -> list[Layer]:
    values = [
        {"x": p.period.isoformat(), "low": p.expected_low, "high": p.expected_high} for p in proof.banded
    ]
    return [band(values, plane.stretch(), "band-calm")] if values else []


def _control_line(proof: _Proof, plane: Plane) -> list[Layer]:
    if not proof.controls:
        return []
    values = track([(p.period, p.control) for p in proof.points])
    return [line(values, plane.spot(), "line-calm", **GAPS, strokeWidth=1.2)]


def _expected_lines(proof: _Proof, plane: Plane) -> list[Layer]:
    """Finely dotted where the model was fitted, dashed where it says what would have been."""
    layers = []
    if proof.before:
        # One step beyond the go-live, so that both pieces meet.
        values = track([(p.period, p.expected) for p in [*proof.before, *proof.after[:1]]])
        layers.append(line(values, plane.spot(), "line-muted", **GAPS, strokeWidth=1, strokeDash=[2, 3]))
    if len(proof.after) > 1:
        values = track([(p.period, p.expected) for p in proof.after])
        layers.append(line(values, plane.spot(), "line-muted", **GAPS, strokeWidth=1.8, strokeDash=[6, 4]))
    return layers


def _observed_line(proof: _Proof, plane: Plane) -> list[Layer]:
    """The line of what was measured; dots on it while there are few, else on its end alone."""
    values = track([(p.period, p.observed) for p in proof.points])
    drawn = proof.drawn
    dotted = drawn if len(drawn) <= MOST_POINTS else drawn[-1:]
    return [
        line(values, plane.spot(), f"line-hue-{proof.hue}", **GAPS, strokeWidth=2.6, strokeCap="round"),
        dots(track([(p.period, p.observed) for p in dotted]), plane.spot(), f"fill-hue-{proof.hue}", size=26),
    ]


def _difference_bracket(proof: _Proof, plane: Plane) -> list[Layer]:
    """Bracket at the right edge between observed and expected (one path)."""
    if proof.effect is None or proof.last_expected is None:
        return []
    top, bottom = sorted((plane.pixel(proof.last_observed), plane.pixel(proof.last_expected)))
    if bottom - top < 12:  # nearer than that the bracket would be a blot
        return []
    corners = [(5, top), (10, top), (10, bottom), (5, bottom)]
    values = [{"dx": dx, "y": at, "order": i} for i, (dx, at) in enumerate(corners)]
    mark = {"type": "line", "style": "line-ink", "strokeWidth": 1.2, "x": {"expr": "width + datum.dx"},
            "y": {"expr": "datum.y"}}  # fmt: skip
    return [layer(values, mark, {"order": {"field": "order"}})]


def _end_names(proof: _Proof, plane: Plane) -> list[Layer]:
    """Each line's name and last value at its end, the difference between them."""
    names = [
        EndLabel(
            y=plane.pixel(proof.last_observed),
            text=_at_end(proof, proof.observed_name, proof.last_observed),
            style=f"text-hue-{proof.hue}",
        )
    ]
    if proof.last_expected is not None:
        final = proof.after[-1]
        names.append(
            EndLabel(
                y=plane.pixel(proof.last_expected),
                text=_at_end(proof, proof.writer.labels.expected, proof.last_expected),
                style="muted",
                detail=proof.writer.in_brackets(final.expected_low, final.expected_high),
            )
        )
        if proof.effect is not None:
            names.append(_difference_name(proof, proof.effect, plane, proof.last_expected))
    if proof.controls:
        last = proof.controls[-1]
        names.append(
            EndLabel(y=plane.pixel(last), text=_at_end(proof, proof.control_name, last), style="text-calm")
        )
    # With an effect there may be a bracket, and names begin behind it.
    return end_labels(names, height=plane.height, room_narrow=92, dx=10 if proof.effect is None else 20)


def _at_end(proof: _Proof, name: str, value: float) -> str:
    """A line's name with its last value, which is one period's: the effect beside it is an average."""
    writer = proof.writer
    return writer.labels.end_value.format(
        name=name, period=writer.labels.last(writer.period), value=writer.text(value)
    )


def _difference_name(proof: _Proof, effect: Effect, plane: Plane, expected: float) -> EndLabel:
    where, labels = proof.writer.locale, proof.writer.labels
    difference = proof.scale.difference
    return EndLabel(
        y=(plane.pixel(proof.last_observed) + plane.pixel(expected)) / 2,
        text=difference.text(effect.value, where, signed=True),
        style="strong",
        detail=labels.average.format(
            level=where.share(effect.level),
            low=difference.bare().text(effect.low, where, signed=True),
            high=difference.bare().text(effect.high, where, signed=True),
        ),
    )


def _hover(proof: _Proof, plane: Plane) -> Layer:
    writer, labels = proof.writer, proof.writer.labels
    values = [
        {
            "x": p.period.isoformat(),
            "y": p.observed,
            "period": writer.when(p.period),
            "observed": writer.text(p.observed),
            "expected": writer.with_range(writer.text(p.expected), p.expected_low, p.expected_high),
            "n": writer.count(p.n),
        }
        for p in proof.drawn
    ]
    tips = [
        ("period", labels.period),
        ("observed", proof.observed_name),
        ("expected", labels.expected),
        ("n", labels.n),
    ]
    return hover_layer(values, encoding=plane.spot(), tooltips=tips)


def _sentences(proof: _Proof) -> list[str]:
    """What the drawing shows, in its order: the two courses, the difference, the control, what happened."""
    writer, labels = proof.writer, proof.writer.labels
    said = []
    if proof.after:
        final, last = proof.after[-1], proof.drawn[-1]
        said.append(
            labels.sentence_counterfactual.format(
                date=writer.day(proof.go_live.at),
                observed=writer.text(last.observed),
                period=writer.when(last.period),
                expected=writer.text(final.expected),
                low=writer.text(final.expected_low),
                high=writer.text(final.expected_high),
            )
        )
    else:
        said += [writer.event(proof.go_live.label, proof.go_live.at), labels.sentence_no_expected]
    if proof.effect is not None:
        value, low, high = _effect_texts(proof, proof.effect)
        level = writer.locale.share(proof.effect.level)
        said.append(labels.sentence_effect.format(value=value, level=level, low=low, high=high))
    if proof.controls:
        first, last_control = writer.text(proof.controls[0]), writer.text(proof.controls[-1])
        said.append(labels.sentence_control.format(first=first, last=last_control))
    return [*said, *(writer.event(rule.label, rule.at) for rule in proof.others)]


def _effect_texts(proof: _Proof, effect: Effect) -> list[str]:
    """Difference, lower and upper bound, each with its sign and unit."""
    return [
        proof.scale.difference.text(number, proof.writer.locale, signed=True)
        for number in (effect.value, effect.low, effect.high)
    ]


def _table(proof: _Proof) -> Table:
    """A row for every period; below them the difference and what happened."""
    writer, labels = proof.writer, proof.writer.labels
    columns = [labels.period, proof.observed_name, labels.n, labels.expected, labels.low, labels.high]
    columns += [proof.control_name] if proof.controls else []
    rows = []
    for p in proof.points:
        row = [Cell(writer.when(p.period)), writer.cell(p.observed), writer.count_cell(p.n)]
        row += [writer.cell(v) for v in (p.expected, p.expected_low, p.expected_high)]
        row += [writer.cell(p.control)] if proof.controls else []
        rows.append(row)
    if proof.effect is not None:
        level = writer.locale.share(proof.effect.level)
        name = labels.closer.format(text=labels.difference, closer=level)
        numbers = (proof.effect.value, proof.effect.low, proof.effect.high)
        texts = _effect_texts(proof, proof.effect)
        cells = [Cell(text, number) for text, number in zip(texts, numbers, strict=True)]
        rows.append([Cell(name), Cell(""), Cell(""), *cells])
    rows += [[Cell(writer.day(rule.at)), Cell(rule.label)] for rule in (proof.go_live, *proof.others)]
    return Table.filled(columns, rows)
