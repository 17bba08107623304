"""Dot plots: maturity by perspective."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    PIXELS,
    SMALL,
    Grid,
    KeyItem,
    Layer,
    grids,
    hover_dots,
    in_row,
    key_layers,
    layer,
    level_x,
    name_layer,
    only,
    tick_texts,
    top_axis,
    value_axes,
    view,
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, ValueFormat, locale_for
from cxcharts.scales import finite
from cxcharts.text import wrap
from cxcharts.theme import shape
from cxcharts.writer import Writer

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
    _check(perspectives, rows, levels)
    plot = _Plot(
        perspectives=tuple(perspectives),
        rows=tuple(rows),
        hues=_perspective_hues(perspectives),
        writer=Writer(value=value or ValueFormat(decimals=1), labels=labels, locale=locale_for(locale)),
    )
    wide, narrow = grids([row.name for row in rows])
    axis, heights, x = _axis(levels)
    layers = [*axis, *_layout(plot, wide, x), *_layout(plot, narrow, x)]
    layers += key_layers(_key(plot), above=(heights[0] + 18, heights[1] + 16), left_wide=-(wide.room + 14))
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        plot.writer.alternative(title, subtitle, [_sentence(plot, row) for row in rows]),
        _table(plot),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plot:
    """Who judged what, in which color."""

    perspectives: tuple[Perspective, ...]
    rows: tuple[DotRow, ...]
    hues: dict[str, int]
    writer: Writer

    @property
    def names(self) -> dict[str, str]:
        return {one.key: one.name for one in self.perspectives}

    @property
    def has_previous(self) -> bool:
        return any(dot.previous is not None for row in self.rows for dot in row.dots)

    @property
    def has_target(self) -> bool:
        return any(row.target is not None for row in self.rows)

    @property
    def has_n(self) -> bool:
        return any(dot.n is not None for row in self.rows for dot in row.dots)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where one dot lies: `center` is its row's pixel, `pixel` its own, moved so that it stays countable."""

    row: DotRow
    dot: Dot
    level: float
    center: float
    pixel: float


def _check(perspectives: Sequence[Perspective], rows: Sequence[DotRow], levels: Sequence[str]) -> None:
    """Raises ValueError for what cannot be drawn."""
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


def _axis(levels: Sequence[str]) -> tuple[list[Layer], tuple[float, float], dict[str, Any]]:
    """Levels by number and name on top, the height of their labels (page, phone), and the marks' scale."""
    ticks = [float(i) for i in range(1, len(levels) + 1)]
    steps = len(levels) - 1
    # the first and the last name stand flush with the ends, half a step nearer to their neighbors
    wide = [
        wrap(f"{i}\u00a0{name}", SMALL, 0.79 * NARROWEST_PLOT / steps - 8, lines=3)
        for i, name in enumerate(levels, 1)
    ]
    narrow = [
        [str(i), *wrap(name, SMALL, 0.79 * 290 / steps - 4, lines=3)] for i, name in enumerate(levels, 1)
    ]
    x_axes = level_x(1, len(levels), top_axis(ticks))
    x = without_axis(x_axes)
    texts, heights = tick_texts(ticks, wide, narrow, x)
    return [value_axes(1, x_axes), *texts], heights, x


def _layout(plot: _Plot, grid: Grid, x: dict[str, Any]) -> list[Layer]:
    """All rows on page or phone: what lies behind the dots first."""
    places = _places(plot, grid)
    layers = [name_layer(grid), *_spans(places, grid, x), *_targets(plot, grid, x)]
    for index, one in enumerate(plot.perspectives):
        own = [place for place in places if place.dot.perspective == one.key]
        style = f"hue-{plot.hues[one.key]}"
        layers += _last_round(own, grid, x, style, shape(index))
        if own:
            layers += [
                _dots(own, grid, x, style, shape(index)),
                _hover(plot, own, grid, x, index),
            ]
    return layers


def _places(plot: _Plot, grid: Grid) -> list[_Place]:
    nearness = 0.1 if grid.wide else 0.2  # in levels: a phone has half the room between them
    places = []
    for row, center in zip(plot.rows, grid.centers, strict=True):
        valued = [(dot, dot.value) for dot in row.dots if dot.value is not None]
        shifts = _dodged([level for _, level in valued], nearness)
        for (dot, level), shift in zip(valued, shifts, strict=True):
            places.append(_Place(row=row, dot=dot, level=level, center=center, pixel=center + shift))
    return places


def _spans(places: Sequence[_Place], grid: Grid, x: dict[str, Any]) -> list[Layer]:
    """A soft bar from the lowest to the highest dot of a row: how far apart the perspectives are."""
    levels: dict[float, list[float]] = {}
    for place in places:
        levels.setdefault(place.center, []).append(place.level)
    values = [
        {"x": min(those), "x2": max(those), "row": center}
        for center, those in levels.items()
        if len(those) > 1
    ]
    if not values:
        return []
    mark = {"type": "rule", "style": "line-faint", "strokeWidth": 7, "strokeCap": "round"}
    return [layer(values, mark, {"x": x, "x2": {"field": "x2"}, "y": PIXELS}, keep=only(grid))]


def _targets(plot: _Plot, grid: Grid, x: dict[str, Any]) -> list[Layer]:
    values = [
        {"x": row.target, "row": center}
        for row, center in zip(plot.rows, grid.centers, strict=True)
        if row.target is not None
    ]
    if not values:
        return []
    mark = {"type": "tick", "style": "fill-ink", "thickness": 2, "size": 20, "orient": "vertical"}
    return [layer(values, mark, in_row(x), keep=only(grid))]


def _last_round(
    places: Sequence[_Place], grid: Grid, x: dict[str, Any], style: str, sign: str
) -> list[Layer]:
    """Hollow marks below the row, where the level has moved far enough to be seen."""
    values = [
        {"x": place.dot.previous, "row": place.center + 10}
        for place in places
        if place.dot.previous is not None and abs(place.dot.previous - place.level) > 0.04
    ]
    if not values:
        return []
    mark = {"type": "point", "style": [f"line-{style}", "hollow"], "filled": False, "shape": sign,
            "size": 26, "strokeWidth": 1.3, "opacity": 1}  # fmt: skip
    return [layer(values, mark, in_row(x), keep=only(grid))]


def _dots(places: Sequence[_Place], grid: Grid, x: dict[str, Any], style: str, sign: str) -> Layer:
    values = [{"x": place.level, "row": place.pixel} for place in places]
    mark = {"type": "point", "style": f"fill-{style}", "filled": True, "shape": sign, "size": 78,
            "opacity": 1}  # fmt: skip
    return layer(values, mark, in_row(x), keep=only(grid))


def _hover(plot: _Plot, places: Sequence[_Place], grid: Grid, x: dict[str, Any], index: int) -> Layer:
    writer, labels = plot.writer, plot.writer.labels
    values = [
        {
            "x": place.level,
            "row": place.pixel,
            "name": place.row.name,
            "text": writer.text(place.level),
            "before": writer.text(place.dot.previous),
            "n": writer.count(place.dot.n),
            "who": plot.perspectives[index].name,
        }
        for place in places
    ]
    tips = [("name", labels.practice), ("who", labels.perspective), ("text", labels.level)]
    tips += [("before", labels.previous)] if plot.has_previous else []
    tips.append(("n", labels.n))
    return hover_dots(values, in_row(x), tips, name=f"{index}_{grid.key}", size=160, keep=only(grid))


def _key(plot: _Plot) -> list[KeyItem]:
    labels = plot.writer.labels
    items = [
        KeyItem(text=one.name, style=f"fill-hue-{plot.hues[one.key]}", shape=shape(index))
        for index, one in enumerate(plot.perspectives)
    ]
    if plot.has_previous:
        items.append(KeyItem(text=labels.previous, style="line-muted", shape="circle", hollow=True, size=30))
    if plot.has_target:
        items.append(KeyItem(text=labels.target, style="line-ink", shape="stroke", size=160))
    return items


def _sentence(plot: _Plot, row: DotRow) -> str:
    writer, labels = plot.writer, plot.writer.labels
    said = []
    for dot in row.dots:
        name, value = plot.names[dot.perspective], writer.text(dot.value)
        if dot.value is None or dot.previous is None:
            said.append(labels.sentence_dot.format(perspective=name, value=value))
        else:
            previous = writer.text(dot.previous)
            said.append(labels.sentence_dot_previous.format(perspective=name, value=value, previous=previous))
    if row.target is not None:
        said.append(labels.sentence_dot_target.format(value=writer.text(row.target)))
    return labels.sentence_dots.format(name=row.name, dots=labels.list_separator.join(said))


def _table(plot: _Plot) -> Table:
    """A row for every dot; columns that nothing fills are left out."""
    writer, labels = plot.writer, plot.writer.labels
    columns = [labels.practice, labels.perspective, labels.level]
    columns += [labels.previous] if plot.has_previous else []
    columns += [labels.n] if plot.has_n else []
    columns += [labels.target] if plot.has_target else []
    body = []
    for row in plot.rows:
        for dot in row.dots:
            line = [Cell(row.name), Cell(plot.names[dot.perspective]), writer.cell(dot.value)]
            line += [writer.cell(dot.previous)] if plot.has_previous else []
            line += [writer.count_cell(dot.n)] if plot.has_n else []
            line += [writer.cell(row.target)] if plot.has_target else []
            body.append(tuple(line))
    return Table(tuple(columns), tuple(body))
