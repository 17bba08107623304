"""Dot plots: maturity by perspective, and estimates with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    PIXELS,
    SMALL,
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
from cxcharts.locale import MISSING, Locale, ValueFormat, closed, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import width_of, wrap
from cxcharts.theme import shape

# Perspectives keep their color in every maturity chart.
PERSPECTIVE_HUES = {
    "executive": 1,
    "management": 4,
    "front_line": 0,
    "support_function": 2,
    "customer": 3,
    "all": 0,
}


class State(StrEnum):
    """What an interval allows to say."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True, slots=True)
class Perspective:
    """Who judged; `key` decides the color."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot:
    """One perspective's level; `previous` is that of the last round."""

    perspective: str
    value: float | None
    previous: float | None = None
    n: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DotRow:
    """One practice or dimension."""

    name: str
    dots: tuple[Dot, ...]
    target: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalRow:
    """One estimate. `state` None: read from the interval and the zero line."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    state: State | None = None


def _dodged(values: Sequence[float], nearness: float, *, shift: float = 5.5) -> list[float]:
    """Vertical offsets so that dots of nearly the same value stay countable."""
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    offsets = [0.0] * len(values)
    group: list[int] = []
    groups: list[list[int]] = []
    for i in order:
        if group and values[i] - values[group[-1]] > nearness:
            groups.append(group)
            group = []
        group.append(i)
    groups.append(group)
    for members in groups:
        for place, i in enumerate(members):
            offsets[i] = (place - (len(members) - 1) / 2) * shift * (1 if len(members) < 4 else 0.8)
    return offsets


def dot_plot(
    *,
    title: str,
    subtitle: str,
    perspectives: Sequence[Perspective],
    rows: Sequence[DotRow],
    levels: Sequence[str],
    value: ValueFormat | None = None,
    labels: Labels = ENGLISH,
    locale: str = "en",
) -> Chart:
    """Maturity by practice or dimension: a dot per perspective, a tick for the target, last round hollow.

    `levels` are the names of levels 1, 2, ...; rows stay in the order given. Raises ValueError without
    rows, levels or any value.
    """
    where = locale_for(locale)
    if not rows:
        raise ValueError("a dot plot needs at least one row")
    if len(levels) < 2:
        raise ValueError("a dot plot needs the names of at least two levels")
    known = {p.key for p in perspectives}
    if any(d.perspective not in known for r in rows for d in r.dots):
        raise ValueError("a dot plot needs the name of every perspective")
    if not finite(d.value for r in rows for d in r.dots):
        raise ValueError("a dot plot needs at least one value")
    finite(v for r in rows for v in (r.target, *(d.previous for d in r.dots)))
    fmt = value or ValueFormat(decimals=1)
    ticks = [float(i) for i in range(1, len(levels) + 1)]
    per = max(1, len(levels) - 1)
    names_wide = [wrap(f"{i}\u00a0{n}", SMALL, 440 / per - 8, lines=2) for i, n in enumerate(levels, 1)]
    names_narrow = [[str(i), *wrap(n, SMALL, 290 / per - 4, lines=3)] for i, n in enumerate(levels, 1)]
    x_axes: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [1, len(levels)], "nice": False, "zero": False},
        "axis": top_axis(ticks),
    }
    x = {k: v for k, v in x_axes.items() if k != "axis"}
    wide, narrow = grids([r.name for r in rows])
    layers: list[Layer] = [value_axes(1, x_axes)]
    axis_texts, heights = tick_texts(ticks, names_wide, names_narrow, x)
    layers += axis_texts
    hues = _perspective_hues(perspectives)
    has_previous = any(d.previous is not None for r in rows for d in r.dots)
    has_target = any(r.target is not None for r in rows)
    for grid in (wide, narrow):
        layers.append(name_layer(grid))
        spans: list[dict[str, Any]] = []
        targets: list[dict[str, Any]] = []
        current: dict[str, list[dict[str, Any]]] = {p.key: [] for p in perspectives}
        previous: dict[str, list[dict[str, Any]]] = {p.key: [] for p in perspectives}
        for row, center in zip(rows, grid.centers, strict=True):
            values = [(d, d.value) for d in row.dots if d.value is not None]
            if len(values) > 1:
                spans.append({"x": min(v for _, v in values), "x2": max(v for _, v in values), "row": center})
            if row.target is not None:
                targets.append({"x": row.target, "row": center})
            for (dot, level), shift in zip(
                values, _dodged([v for _, v in values], 0.1 if grid.wide else 0.2), strict=True
            ):
                current[dot.perspective].append(
                    {
                        "x": level,
                        "row": center + shift,
                        "name": row.name,
                        "text": fmt.text(level, where),
                        "before": MISSING if dot.previous is None else fmt.text(dot.previous, where),
                        "n": MISSING if dot.n is None else f"{dot.n:,}",
                    }
                )
                if dot.previous is not None and abs(dot.previous - level) > 0.04:
                    previous[dot.perspective].append({"x": dot.previous, "row": center + 10})
        if spans:
            layers.append(
                {
                    "data": {"values": spans},
                    "transform": only(grid),
                    "mark": {"type": "rule", "style": "line-faint", "strokeWidth": 7, "strokeCap": "round"},
                    "encoding": {"x": x, "x2": {"field": "x2"}, "y": PIXELS},
                }
            )
        if targets:
            layers.append(
                {
                    "data": {"values": targets},
                    "transform": only(grid),
                    "mark": {"type": "tick", "style": "fill-ink", "thickness": 2, "size": 20,
                             "orient": "vertical"},
                    "encoding": {"x": x, "y": PIXELS},
                }
            )  # fmt: skip
        for index, one in enumerate(perspectives):
            hue = hues[one.key]
            if previous[one.key]:
                layers.append(
                    {
                        "data": {"values": previous[one.key]},
                        "transform": only(grid),
                        "mark": {"type": "point", "style": [f"line-hue-{hue}", "hollow"], "filled": False,
                                 "shape": shape(index), "size": 26, "strokeWidth": 1.3, "opacity": 1},
                        "encoding": {"x": x, "y": PIXELS},
                    }
                )  # fmt: skip
            if current[one.key]:
                layers.append(
                    {
                        "data": {"values": [{"x": v["x"], "row": v["row"]} for v in current[one.key]]},
                        "transform": only(grid),
                        "mark": {"type": "point", "style": f"fill-hue-{hue}", "filled": True,
                                 "shape": shape(index), "size": 78, "opacity": 1},
                        "encoding": {"x": x, "y": PIXELS},
                    }
                )  # fmt: skip
                layers.append(
                    {
                        "name": f"hover_{index}_{grid.key}",
                        "data": {"values": [{**v, "who": one.name} for v in current[one.key]]},
                        "transform": only(grid),
                        "mark": {"type": "point", "filled": True, "size": 160, "opacity": 0},
                        "encoding": {
                            "x": x,
                            "y": PIXELS,
                            "tooltip": [
                                {"field": f, "type": "nominal", "title": t}
                                for f, t in (
                                    ("name", labels.practice),
                                    ("who", labels.perspective),
                                    ("text", labels.level),
                                    *((("before", labels.previous),) if has_previous else ()),
                                    ("n", labels.n),
                                )
                            ],
                        },
                    }
                )
    key = [
        KeyItem(text=p.name, style=f"fill-hue-{hues[p.key]}", shape=shape(i))
        for i, p in enumerate(perspectives)
    ]
    if has_previous:
        key.append(KeyItem(text=labels.previous, style="line-muted", shape="circle", hollow=True, size=30))
    if has_target:
        key.append(KeyItem(text=labels.target, style="line-ink", shape="stroke", size=160))
    layers += key_layers(key, above=(heights[0] + 18, heights[1] + 16), left_wide=-(wide.room + 14))
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        _dot_alternative(title, subtitle, perspectives, rows, fmt, labels, where),
        _dot_table(perspectives, rows, fmt, labels, where, has_previous, has_target),
    )


def _perspective_hues(perspectives: Sequence[Perspective]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for one in perspectives:
        wanted = PERSPECTIVE_HUES.get(one.key, 0)
        free = [h for h in ((wanted + step) % 8 for step in range(8)) if h not in taken.values()]
        taken[one.key] = free[0] if free else wanted
    return taken


def _dot_alternative(
    title: str,
    subtitle: str,
    perspectives: Sequence[Perspective],
    rows: Sequence[DotRow],
    fmt: ValueFormat,
    labels: Labels,
    where: Locale,
) -> str:
    names = {p.key: p.name for p in perspectives}
    parts = [closed(title, where), closed(subtitle, where)]
    for row in rows:
        said = []
        for dot in row.dots:
            if dot.value is None:
                said.append(labels.sentence_dot.format(perspective=names[dot.perspective], value=MISSING))
            elif dot.previous is None:
                said.append(
                    labels.sentence_dot.format(
                        perspective=names[dot.perspective], value=fmt.text(dot.value, where)
                    )
                )
            else:
                said.append(
                    labels.sentence_dot_previous.format(
                        perspective=names[dot.perspective],
                        value=fmt.text(dot.value, where),
                        previous=fmt.text(dot.previous, where),
                    )
                )
        if row.target is not None:
            said.append(labels.sentence_dot_target.format(value=fmt.text(row.target, where)))
        parts.append(labels.sentence_dots.format(name=row.name, dots=labels.list_separator.join(said)))
    return labels.separator.join(p for p in parts if p)


def _dot_table(
    perspectives: Sequence[Perspective],
    rows: Sequence[DotRow],
    fmt: ValueFormat,
    labels: Labels,
    where: Locale,
    has_previous: bool,
    has_target: bool,
) -> Table:
    def cell(number: float | None) -> Cell:
        return Cell(MISSING if number is None else fmt.text(number, where), number)

    has_n = any(d.n is not None for r in rows for d in r.dots)
    names = {p.key: p.name for p in perspectives}
    columns = [labels.practice, labels.perspective, labels.level]
    columns += [labels.previous] if has_previous else []
    columns += [labels.n] if has_n else []
    columns += [labels.target] if has_target else []
    body = []
    for row in rows:
        for dot in row.dots:
            line = [Cell(row.name), Cell(names[dot.perspective]), cell(dot.value)]
            line += [cell(dot.previous)] if has_previous else []
            line += [Cell(MISSING if dot.n is None else f"{dot.n:,}", dot.n)] if has_n else []
            line += [cell(row.target)] if has_target else []
            body.append(tuple(line))
    return Table(tuple(columns), tuple(body))


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
    locale: str = "en",
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
                         "n": MISSING if r.n is None else f"{r.n:,}"}
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
            Cell(MISSING if r.n is None else f"{r.n:,}", r.n),
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
