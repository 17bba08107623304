"""What moves a value most (tornado)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    PIXELS,
    SMALL,
    TEXT_SIZE,
    Grid,
    KeyItem,
    Layer,
    box_in_row,
    grids,
    hover_boxes,
    in_row,
    key_layers,
    layer,
    level_x,
    name_layer,
    only,
    thinned,
    tick_texts,
    top_axis,
    upright_rule,
    value_axes,
    view,
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, closed, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import width_of
from cxcharts.writer import Writer

_PHONE = 272.0  # pixels of a drawing in a card on a screen of 360
_BETWEEN = 12.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TornadoRow:
    """One assumption: what it is at its low and high end (words), and the result at each."""

    name: str
    low_input: str
    high_input: str
    at_low: float
    at_high: float


def tornado(
    *,
    title: str,
    subtitle: str,
    rows: Sequence[TornadoRow],
    base: float,
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
) -> Chart:
    """What moves the result most: each assumption from its low to its high end, widest first.

    Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("a tornado chart needs at least one assumption")
    finite([base, *(v for r in rows for v in (r.at_low, r.at_high))])
    ordered = sorted(rows, key=lambda r: -abs(r.at_high - r.at_low))
    reader = locale_for(locale)
    value = scale.value.telling_apart([(r.at_low, r.at_high) for r in ordered], reader)
    writer = Writer(value=value, labels=labels, locale=reader)
    plain = Writer(value=scale.value, labels=labels, locale=reader)  # the base differs from no end
    wide, narrow = grids([r.name for r in ordered], wide_room=170, narrow_room=190)
    inputs = max(width_of(t, SMALL) for r in ordered for t in (r.low_input, r.high_input)) + 10
    plot = max(150.0, 620 - wide.room - 2 * inputs)
    axis, heights, x = _axis(ordered, base, scale, writer, plot=plot)
    wide = replace(wide, room=wide.room + _room_beside(ordered, base, scale, plot=plot))
    layers = [*axis]
    for grid in (wide, narrow):
        layers += [
            name_layer(grid),
            *_bars(ordered, base, grid, x),
            *(
                _inputs_beside(ordered, base, grid, x)
                if grid.wide
                else [_inputs_above(ordered, grid, labels)]
            ),
            _hover(ordered, grid, x, writer),
        ]
    layers += upright_rule(base, x, narrow, style="line-ink", half=11)
    layers += _key(plain, base, heights, left=-(wide.room + 14))
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        writer.alternative(title, subtitle, _sentences(ordered, plain.text(base), writer)),
        _table(ordered, base, writer),
    )


def _axis(
    rows: Sequence[TornadoRow], base: float, scale: Scale, writer: Writer, *, plot: float
) -> tuple[list[Layer], tuple[float, float], dict[str, Any]]:
    """Value axis on top, the height of its labels (page, phone), and the scale that all marks share."""
    low, high, ticks = domain([base, *(v for r in rows for v in (r.at_low, r.at_high))], scale)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    texts = [scale.value.axis_text(v, writer.locale, step=step) for v in ticks]
    x_axes = level_x(low, high, top_axis(ticks))
    x = without_axis(x_axes)
    labels, heights = tick_texts(
        ticks, thinned(texts, ticks, plot), thinned(texts, ticks, 250, flush=True), x, flush=False
    )
    return [value_axes(low, x_axes), *labels], heights, x


def _room_beside(rows: Sequence[TornadoRow], base: float, scale: Scale, *, plot: float) -> float:
    """Pixels by which names move left, so that no input written left of its bar reaches them."""
    low, high, _ = domain([base, *(v for r in rows for v in (r.at_low, r.at_high))], scale)
    needed = 0.0
    for row in rows:
        value, text = min((row.at_low, row.low_input), (row.at_high, row.high_input), key=lambda end: end[0])
        start = (min(base, value) - low) / (high - low) * plot
        needed = max(needed, width_of(text, SMALL) + 5 - start)
    return max(0.0, needed - 8)  # of the 14 pixels between names and plot, 6 stay free


def _bars(rows: Sequence[TornadoRow], base: float, grid: Grid, x: dict[str, Any]) -> list[Layer]:
    """From the base case to the result at the low input, and to that at the high one."""
    layers = []
    for style, at in (("soft-calm", "at_low"), ("fill-hue-0", "at_high")):
        values = [
            {"x": base, "x2": getattr(r, at), "row": c - 6, "row2": c + 6}
            for r, c in zip(rows, grid.centers, strict=True)
        ]
        layers.append(layer(values, {"type": "rect", "style": style}, box_in_row(x), keep=only(grid)))
    return layers


def _inputs_beside(rows: Sequence[TornadoRow], base: float, grid: Grid, x: dict[str, Any]) -> list[Layer]:
    """What the input is at each end of its bar: a high input may well stand on the left."""
    layers = []
    for is_left in (True, False):
        values = []
        for r, c in zip(rows, grid.centers, strict=True):
            ends = sorted(((r.at_low, r.low_input), (r.at_high, r.high_input)), key=lambda end: end[0])
            at, text = ends[0] if is_left else ends[1]
            # Where both results lie on one side of the base, the other end of the bar is the base itself.
            values.append({"x": min(base, at) if is_left else max(base, at), "row": c, "text": text})
        mark = {
            "type": "text",
            "style": ["muted", "small"],
            "align": "right" if is_left else "left",
            "dx": -5 if is_left else 5,
            "baseline": "middle",
        }
        encoding = {**in_row(x), "text": {"field": "text"}}
        layers.append(layer(values, mark, encoding, keep=only(grid)))
    return layers


def _inputs_above(rows: Sequence[TornadoRow], grid: Grid, labels: Labels) -> Layer:
    """On a phone both inputs stand beside the first line of the name that leaves room; the table has all."""
    values = []
    for r, c, name in zip(rows, grid.centers, grid.names, strict=True):
        text = labels.span.format(low=r.low_input, high=r.high_input)
        room = _PHONE - _BETWEEN - width_of(text, SMALL)
        beside = next((i for i, line in enumerate(name) if width_of(line, TEXT_SIZE) <= room), None)
        if beside is not None:
            values.append({"row": c - 12 - (len(name) - beside) * LINE + LINE / 2, "text": text})
    mark = {"type": "text", "style": ["muted", "small"], "align": "right", "baseline": "middle",
            "x": "width"}  # fmt: skip
    return layer(values, mark, {"y": PIXELS, "text": {"field": "text"}}, keep=only(grid))


def _hover(rows: Sequence[TornadoRow], grid: Grid, x: dict[str, Any], writer: Writer) -> Layer:
    labels = writer.labels
    values = [
        {
            "x": min(r.at_low, r.at_high),
            "x2": max(r.at_low, r.at_high),
            "row": c - 10,
            "row2": c + 10,
            "name": r.name,
            "low": f"{r.low_input}: {writer.text(r.at_low)}",
            "high": f"{r.high_input}: {writer.text(r.at_high)}",
        }
        for r, c in zip(rows, grid.centers, strict=True)
    ]
    tips = [("name", labels.assumption), ("low", labels.at_low), ("high", labels.at_high)]
    return hover_boxes(values, box_in_row(x), tips, name=f"rows_{grid.key}", keep=only(grid))


def _key(writer: Writer, base: float, heights: tuple[float, float], *, left: float) -> list[Layer]:
    labels = writer.labels
    items = [
        KeyItem(text=labels.low_input, style="soft-calm", shape="square"),
        KeyItem(text=labels.high_input, style="fill-hue-0", shape="square"),
        KeyItem(text=labels.base.format(value=writer.text(base)), style="line-ink", shape="stroke", size=150),
    ]
    return key_layers(items, above=(heights[0] + 18, heights[1] + 16), left_wide=left)


def _sentences(rows: Sequence[TornadoRow], base: str, writer: Writer) -> list[str]:
    labels = writer.labels
    said = [closed(labels.base.format(value=base), writer.locale)]
    for r in rows:
        said.append(
            labels.sentence_tornado.format(
                name=r.name,
                low_input=r.low_input,
                high_input=r.high_input,
                low=writer.text(r.at_low),
                high=writer.text(r.at_high),
            )
        )
    return said


def _table(rows: Sequence[TornadoRow], base: float, writer: Writer) -> Table:
    labels = writer.labels
    writer = writer.in_column([base, *(end for row in rows for end in (row.at_low, row.at_high))])
    columns = (labels.assumption, labels.low_input, labels.high_input, labels.at_low, labels.at_high)
    body = [
        (Cell(r.name), Cell(r.low_input), Cell(r.high_input), writer.cell(r.at_low), writer.cell(r.at_high))
        for r in rows
    ]
    shown = writer.cell(base)
    body.append((Cell(labels.base_case), Cell(""), Cell(""), shown, shown))
    return Table(columns, tuple(body))
