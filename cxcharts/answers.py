"""How often each answer was given: one bar an answer, the boxes of the metric in their colors."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    SMALL,
    KeyItem,
    Layer,
    hover_boxes,
    key_layers,
    layer,
    linear,
    narrow_only,
    view,
    wide_only,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, ValueFormat, locale_for
from cxcharts.rounding import half_up
from cxcharts.text import width_of, wrap
from cxcharts.writer import Writer

HEIGHT = 170.0
HALF = 0.38  # of a bar, where bars stand one apart
PLOT_WIDE, PLOT_NARROW = 640.0, 320.0


class Box(StrEnum):
    """Which part of the metric an answer counts for."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"
    NONE = "none"


STYLES = {Box.TOP: "soft-good", Box.MIDDLE: "soft-calm", Box.BOTTOM: "soft-bad", Box.NONE: "soft-hue-0"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One answer, how often it was given, and how often in the earlier period (None: not known)."""

    label: str
    count: int
    before: int | None = None
    box: Box = Box.NONE


def answer_bars(
    *,
    title: str,
    subtitle: str,
    bars: Sequence[Bar],
    name: str,
    before_name: str = "",
    boxes: Sequence[tuple[Box, str]] = (),
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Shares of all answers as bars; where `before` is known, a line across each bar shows its share then.

    `name` and `before_name` say which periods these are, `boxes` what the colors mean. Raises ValueError
    without any answer.
    """
    shown = _shown(bars, name, before_name, locale_for(locale), labels)
    layers = [
        *_bars(shown),
        _ground(shown),
        *_lines_of_before(shown),
        *_texts(shown),
        _hover(shown),
        *_key(shown, boxes),
    ]
    writer = Writer(value=ValueFormat(), labels=labels, locale=shown.where)
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        writer.alternative(title, subtitle, _sentences(shown)),
        _table(shown),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """One bar with its share of all answers, now and before (None: not known)."""

    bar: Bar
    share: float
    before: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    answers: tuple[_Answer, ...]
    name: str
    before_name: str
    where: Locale
    labels: Labels

    @property
    def has_before(self) -> bool:
        return any(answer.before is not None for answer in self.answers)

    @property
    def x(self) -> dict[str, Any]:
        return {
            "field": "x",
            "type": "quantitative",
            "axis": None,
            "scale": linear(-0.5, len(self.answers) - 0.5),
        }

    @property
    def y(self) -> dict[str, Any]:
        shares = [share for a in self.answers for share in (a.share, a.before) if share is not None]
        top = max(shares) * 1.02
        scale = {"domain": [0, top], "nice": False}
        return {"field": "y", "type": "quantitative", "axis": None, "scale": scale}

    def percent(self, share: float) -> str:
        return self.where.share(share, is_never_zero=True)


def _shown(bars: Sequence[Bar], name: str, before_name: str, where: Locale, labels: Labels) -> _Shown:
    total, total_before = sum(bar.count for bar in bars), sum(bar.before or 0 for bar in bars)
    if total <= 0 or any(bar.count < 0 for bar in bars):
        raise ValueError("a distribution of answers needs at least one answer")
    answers = tuple(
        _Answer(
            bar=bar,
            share=bar.count / total,
            before=(bar.before or 0) / total_before if total_before > 0 else None,
        )
        for bar in bars
    )
    return _Shown(answers=answers, name=name, before_name=before_name, where=where, labels=labels)


def _bars(shown: _Shown) -> list[Layer]:
    encoding = {"x": shown.x, "x2": {"field": "x2"}, "y": shown.y, "y2": {"field": "y2"}}
    layers: list[Layer] = []
    for box, style in STYLES.items():
        values = [
            {"x": i - HALF, "x2": i + HALF, "y": answer.share, "y2": 0}
            for i, answer in enumerate(shown.answers)
            if answer.bar.box is box and answer.share > 0
        ]
        if values:
            layers.append(layer(values, {"type": "rect", "style": style}, encoding))
    return layers


def _ground(shown: _Shown) -> Layer:
    mark = {"type": "rule", "style": "line-rule", "strokeWidth": 1}
    return layer([{"y": 0}], mark, {"y": shown.y}, name="axes")


def _lines_of_before(shown: _Shown) -> list[Layer]:
    """A line across each bar, a little wider than it, at its share in the earlier period."""
    if not shown.has_before:
        return []
    values = [
        {"x": i - HALF - 0.06, "x2": i + HALF + 0.06, "y": answer.before}
        for i, answer in enumerate(shown.answers)
        if answer.before is not None
    ]
    mark = {"type": "rule", "style": "line-ink", "strokeWidth": 2}
    return [layer(values, mark, {"x": shown.x, "x2": {"field": "x2"}, "y": shown.y})]


def _texts(shown: _Shown) -> list[Layer]:
    """Answer below each bar, share above it (and its line), on page and phone."""
    layers: list[Layer] = []
    for keep, plot in ((wide_only(), PLOT_WIDE), (narrow_only(), PLOT_NARROW)):
        room = plot / len(shown.answers)
        layers += [_answer_names(shown, room, keep), _share_texts(shown, room, keep)]
    return layers


def _answer_names(shown: _Shown, room: float, keep: list[dict[str, Any]]) -> Layer:
    values = [
        {"x": i, "text": wrap(answer.bar.label, SMALL, max(room - 4, 16), lines=3)}
        for i, answer in enumerate(shown.answers)
    ]
    mark = {"type": "text", "style": ["muted", "small"], "baseline": "top", "y": "height", "dy": 6,
            "lineHeight": 13}  # fmt: skip
    return layer(values, mark, {"x": shown.x, "text": {"field": "text"}}, keep=keep)


def _share_texts(shown: _Shown, room: float, keep: list[dict[str, Any]]) -> Layer:
    """Percentages; bare numbers where the bars are too near for the sign."""
    fits = max(width_of(shown.percent(answer.share), SMALL) for answer in shown.answers) + 2 <= room
    values = [
        {
            "x": i,
            "y": max(answer.share, answer.before or 0.0),
            "text": shown.percent(answer.share)
            if fits
            else shown.where.figure(f"{half_up(answer.share * 100):f}"),
        }
        for i, answer in enumerate(shown.answers)
    ]
    mark = {"type": "text", "style": ["ink", "small"], "baseline": "bottom", "dy": -3}
    return layer(values, mark, {"x": shown.x, "y": shown.y, "text": {"field": "text"}}, keep=keep)


def _hover(shown: _Shown) -> Layer:
    labels = shown.labels
    tips = [("answer", labels.answer), ("now", shown.name), ("count", labels.answers)]
    tips += [("before", shown.before_name)] if shown.has_before else []
    values = [
        {
            "x": i - 0.5,
            "x2": i + 0.5,
            "answer": answer.bar.label,
            "now": shown.percent(answer.share),
            "count": shown.where.count(answer.bar.count),
            "before": MISSING if answer.before is None else shown.percent(answer.before),
        }
        for i, answer in enumerate(shown.answers)
    ]
    encoding = {"x": shown.x, "x2": {"field": "x2"}}
    return hover_boxes(values, encoding, tips, name="answers", y=0, y2="height")


def _key(shown: _Shown, boxes: Sequence[tuple[Box, str]]) -> list[Layer]:
    items = [KeyItem(text=text, style=STYLES[box], shape="square") for box, text in boxes]
    if shown.has_before:
        items.append(KeyItem(text=shown.before_name, style="line-ink", shape="stroke", size=160))
    return key_layers(items, above=(30, 30)) if items else []


def _sentences(shown: _Shown) -> list[str]:
    """All answers of the period, then those of the earlier one."""
    labels = shown.labels
    now = [
        labels.sentence_answer.format(
            answer=answer.bar.label,
            share=shown.percent(answer.share),
            count=shown.where.count(answer.bar.count),
        )
        for answer in shown.answers
    ]
    before = [
        labels.sentence_answer_before.format(answer=answer.bar.label, share=shown.percent(answer.before))
        for answer in shown.answers
        if answer.before is not None
    ]
    return [
        labels.sentence_answers.format(name=name, answers=labels.list_separator.join(said))
        for name, said in ((shown.name, now), (shown.before_name, before))
        if said
    ]


def _table(shown: _Shown) -> Table:
    columns = [shown.labels.answer, shown.labels.answers, shown.name]
    columns += [shown.before_name] if shown.has_before else []
    rows = []
    for answer in shown.answers:
        row = [
            Cell(answer.bar.label),
            Cell(shown.where.count(answer.bar.count), answer.bar.count),
            Cell(shown.percent(answer.share), answer.share),
        ]
        if answer.before is not None:
            row.append(Cell(shown.percent(answer.before), answer.before))
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows))
