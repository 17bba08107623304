"""Estimates with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    PIXELS,
    TEXT_SIZE,
    KeyItem,
    Layer,
    grids,
    key_layers,
    name_layer,
    narrow_only,
    only,
    thinned,
    tick_texts,
    top_axis,
    value_axes,
    view,
    wide_only,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, closed, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import width_of


class State(StrEnum):
    """What an interval allows to say."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalRow:
    """One estimate. `state` None: read from the interval and the zero line."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    state: State | None = None


def reading(row: IntervalRow, zero: float, *, higher_is_better: bool = True) -> State:
    """What the row's interval allows to say; without an interval nothing can be said."""
    if row.state is not None:
        return row.state
    if row.low is None or row.high is None:
        return State.UNDECIDED
    if row.low > zero:
        return State.BETTER if higher_is_better else State.WORSE
    if row.high < zero:
        return State.WORSE if higher_is_better else State.BETTER
    return State.UNDECIDED


_STATE_STYLES = {State.BETTER: "good", State.WORSE: "bad", State.UNDECIDED: "calm"}


def interval_dots(
    *,
    title: str,
    subtitle: str,
    rows: Sequence[IntervalRow],
    scale: Scale,
    zero: float | None = 0.0,
    higher_is_better: bool = True,
    differences: bool = True,
    sort: bool = True,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
) -> Chart:
    """Estimates as dots on their intervals, largest first, with a zero line.

    Rows whose interval spans zero are "cannot tell": hollow, in calm grey. With `differences` values are
    written signed in the scale's difference format. `zero=None` draws no line and reads no state.
    Raises ValueError without rows or any value.
    """
    where = locale_for(locale)
    if not rows:
        raise ValueError("an interval chart needs at least one row")
    known = finite(v for r in rows for v in (r.value, r.low, r.high))
    if not known:
        raise ValueError("an interval chart needs at least one value")
    ordered = sorted(rows, key=lambda r: (r.value is None, -(r.value or 0.0))) if sort else list(rows)
    fmt = scale.difference if differences else scale.value
    shown = Scale(
        low=None if differences else scale.low,
        high=None if differences else scale.high,
        value=fmt,
        difference=fmt,
        smallest_span=0 if differences else scale.smallest_span,
        whole=False if differences else scale.whole,
    )
    low, high, ticks = domain([*known, *([zero] if zero is not None else [])], shown)
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    plain = fmt.bare()
    texts = [plain.axis_text(v, where, step=step) for v in ticks]
    x_axes: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": top_axis(ticks),
    }
    x = {k: v for k, v in x_axes.items() if k != "axis"}

    def number(value: float | None, *, short: bool = False) -> str:
        if value is None:
            return MISSING
        return (plain if short else fmt).text(value, where, signed=differences)

    words = {State.BETTER: labels.better, State.WORSE: labels.worse, State.UNDECIDED: labels.undecided}
    states = [
        reading(r, zero, higher_is_better=higher_is_better) if zero is not None else None for r in ordered
    ]
    figures = []
    for row in ordered:
        range_text = (
            f" ({labels.span.format(low=number(row.low, short=True), high=number(row.high, short=True))})"
            if row.low is not None and row.high is not None
            else ""
        )
        figures.append((number(row.value), range_text))
    wide, narrow = grids([r.name for r in ordered], wide_room=180, narrow_room=230)
    column = max(width_of(a + b, TEXT_SIZE) for a, b in figures)
    layers: list[Layer] = [value_axes(low, x_axes)]
    plot = max(160.0, 620 - wide.room - column - 32)
    axis_texts, heights = tick_texts(
        ticks, thinned(texts, ticks, plot), thinned(texts, ticks, 250), x, flush=False
    )
    layers += axis_texts
    if zero is not None:
        layers.append(
            {
                "data": {"values": [{"x": zero}]},
                "transform": wide_only(),
                "mark": {"type": "rule", "style": "line-rule", "strokeWidth": 1.4},
                "encoding": {"x": x},
            }
        )
        layers.append(
            {
                "data": {"values": [{"x": zero, "row": c - 13, "row2": c + 13} for c in narrow.centers]},
                "transform": narrow_only(),
                "mark": {"type": "rule", "style": "line-rule", "strokeWidth": 1.4},
                "encoding": {"x": x, "y": PIXELS, "y2": {"field": "row2"}},
            }
        )
    for grid in (wide, narrow):
        layers.append(name_layer(grid))
        for state in (State.UNDECIDED, State.WORSE, State.BETTER, None):
            style = "hue-0" if state is None else _STATE_STYLES[state]
            members = [(r, c) for r, c, s in zip(ordered, grid.centers, states, strict=True) if s is state]
            lines = [
                {"x": r.low, "x2": r.high, "row": c}
                for r, c in members
                if r.low is not None and r.high is not None
            ]
            marks = [{"x": r.value, "row": c} for r, c in members if r.value is not None]
            if lines:
                layers.append(
                    {
                        "data": {"values": lines},
                        "transform": only(grid),
                        "mark": {"type": "rule", "style": f"line-{style}", "strokeWidth": 2.4,
                                 "strokeCap": "round"},
                        "encoding": {"x": x, "x2": {"field": "x2"}, "y": PIXELS},
                    }
                )  # fmt: skip
            if marks:
                hollow = state is State.UNDECIDED
                layers.append(
                    {
                        "data": {"values": marks},
                        "transform": only(grid),
                        "mark": {
                            "type": "point",
                            "style": [f"line-{style}", "hollow"] if hollow else f"fill-{style}",
                            "filled": not hollow,
                            "shape": "circle",
                            "size": 62 if hollow else 80,
                            "opacity": 1,
                        },
                        "encoding": {"x": x, "y": PIXELS},
                    }
                )
        for state in (State.UNDECIDED, State.WORSE, State.BETTER, None):
            style = "strong" if state is None else f"text-{_STATE_STYLES[state]}"
            values = []
            for (a, b), center, lines_, its in zip(figures, grid.centers, grid.names, states, strict=True):
                if its is not state:
                    continue
                top = center if grid.wide else center - 12 - len(lines_) * LINE + LINE / 2
                values.append({"row": top, "text": a + b if grid.wide else a})
            if values:
                layers.append(
                    {
                        "data": {"values": values},
                        "transform": only(grid),
                        "mark": {
                            "type": "text",
                            "style": [style] if grid.wide else ["small", style],
                            "align": "right",
                            "baseline": "middle",
                            "x": "width",
                            "dx": round(column + 18) if grid.wide else 0,
                        },
                        "encoding": {"y": PIXELS, "text": {"field": "text"}},
                    }
                )
        layers.append(
            {
                "name": f"hover_rows_{grid.key}",
                "data": {
                    "values": [
                        {"x": r.value, "row": c, "name": r.name, "text": a,
                         "range": b.strip(" ()") or MISSING, "state": words[s] if s is not None else "",
                         "n": MISSING if r.n is None else where.count(r.n)}
                        for r, c, (a, b), s in zip(ordered, grid.centers, figures, states, strict=True)
                        if r.value is not None
                    ]
                },
                "transform": only(grid),
                "mark": {"type": "point", "filled": True, "size": 300, "opacity": 0},
                "encoding": {
                    "x": x,
                    "y": PIXELS,
                    "tooltip": [
                        {"field": f, "type": "nominal", "title": t}
                        for f, t in (("name", labels.name), ("text", labels.value), ("range", labels.range),
                                     *((("state", labels.state),) if zero is not None else ()),
                                     ("n", labels.n))
                    ],
                },
            }
        )  # fmt: skip
    present = [s for s in (State.BETTER, State.WORSE, State.UNDECIDED) if s in states]
    if zero is not None:
        layers += key_layers(
            [
                KeyItem(
                    text=words[s],
                    style=f"line-{_STATE_STYLES[s]}" if s is State.UNDECIDED else f"fill-{_STATE_STYLES[s]}",
                    shape="circle",
                    hollow=s is State.UNDECIDED,
                    size=56,
                )
                for s in present
            ],
            above=(heights[0] + 18, heights[1] + 16),
            left_wide=-(wide.room + 14),
        )
    parts = [closed(title, where), closed(subtitle, where)]
    for row, its in zip(ordered, states, strict=True):
        if row.low is None or row.high is None or its is None:
            text = number(row.value)
            if row.low is not None and row.high is not None:
                text += f" ({labels.span.format(low=number(row.low), high=number(row.high))})"
            parts.append(labels.sentence_interval_open.format(name=row.name, value=text))
        else:
            parts.append(
                labels.sentence_interval.format(
                    name=row.name,
                    value=number(row.value),
                    low=number(row.low),
                    high=number(row.high),
                    state=words[its],
                )
            )
    columns = [labels.name, labels.value, labels.low, labels.high, labels.n]
    columns += [labels.state] if zero is not None else []
    body = tuple(
        (
            Cell(r.name),
            Cell(number(r.value), r.value),
            Cell(number(r.low), r.low),
            Cell(number(r.high), r.high),
            Cell(MISSING if r.n is None else where.count(r.n), r.n),
            *((Cell(words[s]),) if s is not None else ()),
        )
        for r, s in zip(ordered, states, strict=True)
    )
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table(tuple(columns), body),
    )
