"""How often each answer was given: one bar an answer, the boxes of the metric in their colors."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import SMALL, KeyItem, Layer, key_layers, narrow_only, view, wide_only
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, closed, locale_for
from cxcharts.text import width_of, wrap

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
    where = locale_for(locale)
    total, total_before = sum(bar.count for bar in bars), sum(bar.before or 0 for bar in bars)
    if total <= 0 or any(bar.count < 0 for bar in bars):
        raise ValueError("a distribution of answers needs at least one answer")
    has_before = total_before > 0
    shares = [bar.count / total for bar in bars]
    earlier = [(bar.before or 0) / total_before if has_before else None for bar in bars]
    top = max([*shares, *(share for share in earlier if share is not None)]) * 1.02
    x: dict[str, Any] = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-0.5, len(bars) - 0.5], "nice": False, "zero": False},
    }
    y: dict[str, Any] = {"type": "quantitative", "axis": None, "scale": {"domain": [0, top], "nice": False}}
    layers = [*_bars(bars, shares, x, y), _ground(x, y)]
    if has_before:
        layers.append(_lines(earlier, x, y))
    layers += _texts(bars, shares, earlier, x, y, where)
    layers.append(_hover(bars, shares, earlier, x, y, name, before_name, where, labels))
    key = [KeyItem(text=text, style=STYLES[box], shape="square") for box, text in boxes]
    if has_before:
        key.append(KeyItem(text=before_name, style="line-ink", shape="stroke", size=160))
    if key:
        layers += key_layers(key, above=(30, 30))
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        _alternative(title, subtitle, bars, shares, earlier, name, before_name, where, labels),
        _table(bars, shares, earlier, name, before_name, where, labels),
    )


def _percent(share: float, where: Locale) -> str:
    return where.share(share, is_never_zero=True)


def _bars(bars: Sequence[Bar], shares: Sequence[float], x: dict[str, Any], y: dict[str, Any]) -> list[Layer]:
    layers: list[Layer] = []
    for box, style in STYLES.items():
        values = [
            {"x": i - HALF, "x2": i + HALF, "y": share, "y2": 0}
            for i, (bar, share) in enumerate(zip(bars, shares, strict=True))
            if bar.box is box and share > 0
        ]
        if values:
            layers.append(
                {
                    "data": {"values": values},
                    "mark": {"type": "rect", "style": style},
                    "encoding": {
                        "x": {**x, "field": "x"},
                        "x2": {"field": "x2"},
                        "y": {**y, "field": "y"},
                        "y2": {"field": "y2"},
                    },
                }
            )
    return layers


def _ground(x: dict[str, Any], y: dict[str, Any]) -> Layer:
    return {
        "name": "axes",
        "data": {"values": [{"y": 0}]},
        "mark": {"type": "rule", "style": "line-rule", "strokeWidth": 1},
        "encoding": {"y": {**y, "field": "y"}},
    }


def _lines(earlier: Sequence[float | None], x: dict[str, Any], y: dict[str, Any]) -> Layer:
    return {
        "data": {
            "values": [
                {"x": i - HALF - 0.06, "x2": i + HALF + 0.06, "y": share}
                for i, share in enumerate(earlier)
                if share is not None
            ]
        },
        "mark": {"type": "rule", "style": "line-ink", "strokeWidth": 2},
        "encoding": {"x": {**x, "field": "x"}, "x2": {"field": "x2"}, "y": {**y, "field": "y"}},
    }


def _texts(
    bars: Sequence[Bar],
    shares: Sequence[float],
    earlier: Sequence[float | None],
    x: dict[str, Any],
    y: dict[str, Any],
    where: Locale,
) -> list[Layer]:
    """Share above each bar (and its line), answer below it; where there is no room, names break."""
    layers: list[Layer] = []
    for keep, plot in ((wide_only(), PLOT_WIDE), (narrow_only(), PLOT_NARROW)):
        room = plot / len(bars)
        fits = max(width_of(_percent(share, where), SMALL) for share in shares) + 2 <= room
        names = [wrap(bar.label, SMALL, max(room - 4, 16), lines=3) for bar in bars]
        layers.append(
            {
                "data": {"values": [{"x": i, "text": lines} for i, lines in enumerate(names)]},
                "transform": keep,
                "mark": {"type": "text", "style": ["muted", "small"], "baseline": "top", "y": "height",
                         "dy": 6, "lineHeight": 13},
                "encoding": {"x": {**x, "field": "x"}, "text": {"field": "text"}},
            }
        )  # fmt: skip
        values = [
            {
                "x": i,
                "y": max(share, then or 0.0),
                "text": _percent(share, where) if fits else where.figure(f"{share * 100:.0f}"),
            }
            for i, (share, then) in enumerate(zip(shares, earlier, strict=True))
        ]
        layers.append(
            {
                "data": {"values": values},
                "transform": keep,
                "mark": {"type": "text", "style": ["ink", "small"], "baseline": "bottom", "dy": -3},
                "encoding": {
                    "x": {**x, "field": "x"},
                    "y": {**y, "field": "y"},
                    "text": {"field": "text"},
                },
            }
        )
    return layers


def _hover(
    bars: Sequence[Bar],
    shares: Sequence[float],
    earlier: Sequence[float | None],
    x: dict[str, Any],
    y: dict[str, Any],
    name: str,
    before_name: str,
    where: Locale,
    labels: Labels,
) -> Layer:
    tips = [("answer", labels.answer), ("now", name), ("count", labels.answers)]
    if any(share is not None for share in earlier):
        tips.append(("before", before_name))
    return {
        "name": "hover_answers",
        "data": {
            "values": [
                {
                    "x": i - 0.5,
                    "x2": i + 0.5,
                    "answer": bar.label,
                    "now": _percent(share, where),
                    "count": where.count(bar.count),
                    "before": MISSING if then is None else _percent(then, where),
                }
                for i, (bar, share, then) in enumerate(zip(bars, shares, earlier, strict=True))
            ]
        },
        "mark": {"type": "rect", "opacity": 0, "y": 0, "y2": "height"},
        "encoding": {
            "x": {**x, "field": "x"},
            "x2": {"field": "x2"},
            "tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in tips],
        },
    }


def _alternative(
    title: str,
    subtitle: str,
    bars: Sequence[Bar],
    shares: Sequence[float],
    earlier: Sequence[float | None],
    name: str,
    before_name: str,
    where: Locale,
    labels: Labels,
) -> str:
    now = labels.list_separator.join(
        labels.sentence_answer.format(
            answer=bar.label, share=_percent(share, where), count=where.count(bar.count)
        )
        for bar, share in zip(bars, shares, strict=True)
    )
    parts = [
        closed(title, where),
        closed(subtitle, where),
        labels.sentence_answers.format(name=name, answers=now),
    ]
    then = [
        labels.sentence_answer_before.format(answer=bar.label, share=_percent(share, where))
        for bar, share in zip(bars, earlier, strict=True)
        if share is not None
    ]
    if then:
        text = labels.list_separator.join(then)
        parts.append(labels.sentence_answers.format(name=before_name, answers=text))
    return labels.separator.join(part for part in parts if part)


def _table(
    bars: Sequence[Bar],
    shares: Sequence[float],
    earlier: Sequence[float | None],
    name: str,
    before_name: str,
    where: Locale,
    labels: Labels,
) -> Table:
    has_before = any(share is not None for share in earlier)
    columns = [labels.answer, labels.answers, name, *([before_name] if has_before else [])]
    rows = []
    for bar, share, then in zip(bars, shares, earlier, strict=True):
        row = [Cell(bar.label), Cell(where.count(bar.count), bar.count), Cell(_percent(share, where), share)]
        if then is not None:
            row.append(Cell(_percent(then, where), then))
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows))
