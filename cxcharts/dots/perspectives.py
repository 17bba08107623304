"""Dot plots: maturity by perspective."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    PIXELS,
    SMALL,
    KeyItem,
    Layer,
    grids,
    key_layers,
    name_layer,
    only,
    tick_texts,
    top_axis,
    value_axes,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, ValueFormat, closed, locale_for
from cxcharts.scales import finite
from cxcharts.text import wrap
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
            line += [Cell(MISSING if dot.n is None else where.count(dot.n), dot.n)] if has_n else []
            line += [cell(row.target)] if has_target else []
            body.append(tuple(line))
    return Table(tuple(columns), tuple(body))


NARROWEST_PLOT = 400.0  # of the page layout, beside the longest names


def dot_plot(
    *,
    title: str,
    subtitle: str,
    perspectives: Sequence[Perspective],
    rows: Sequence[DotRow],
    levels: Sequence[str],
    value: ValueFormat | None = None,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
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
    # the first and the last name stand flush with the ends, half a step nearer to their neighbors
    names_wide = [
        wrap(f"{i}\u00a0{n}", SMALL, 0.79 * NARROWEST_PLOT / per - 8, lines=3)
        for i, n in enumerate(levels, 1)
    ]
    names_narrow = [[str(i), *wrap(n, SMALL, 0.79 * 290 / per - 4, lines=3)] for i, n in enumerate(levels, 1)]
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
                        "n": MISSING if dot.n is None else where.count(dot.n),
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
