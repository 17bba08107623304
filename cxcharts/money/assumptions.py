"""What moves a value most (tornado)."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, closed, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import width_of


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
    where = locale_for(locale)
    if not rows:
        raise ValueError("a tornado chart needs at least one assumption")
    finite([base, *(v for r in rows for v in (r.at_low, r.at_high))])
    ordered = sorted(rows, key=lambda r: -abs(r.at_high - r.at_low))
    low, high, ticks = domain([base, *(v for r in ordered for v in (r.at_low, r.at_high))], scale)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    texts = [scale.value.axis_text(v, where, step=step) for v in ticks]
    wide, narrow = grids([r.name for r in ordered], wide_room=170, narrow_room=190)
    inputs = max(width_of(t, 11) for r in ordered for t in (r.low_input, r.high_input)) + 10
    plot = max(150.0, 620 - wide.room - 2 * inputs)
    x_axes: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": top_axis(ticks),
    }
    x = without_axis(x_axes)
    layers: list[Layer] = [value_axes(low, x_axes)]
    axis_texts, heights = tick_texts(
        ticks, thinned(texts, ticks, plot), thinned(texts, ticks, 250), x, flush=False
    )
    layers += axis_texts

    def money(number: float) -> str:
        return scale.value.text(number, where)

    for grid in (wide, narrow):
        layers.append(name_layer(grid))
        for style, at in (("soft-calm", "at_low"), ("fill-hue-0", "at_high")):
            layers.append(
                {
                    "data": {
                        "values": [
                            {"x": base, "x2": getattr(r, at), "row": c - 6, "row2": c + 6}
                            for r, c in zip(ordered, grid.centers, strict=True)
                        ]
                    },
                    "transform": only(grid),
                    "mark": {"type": "rect", "style": style},
                    "encoding": {"x": x, "x2": {"field": "x2"}, "y": PIXELS, "y2": {"field": "row2"}},
                }
            )
        if grid.wide:
            for side in ("left", "right"):
                values = []
                for r, c in zip(ordered, grid.centers, strict=True):
                    ends = sorted(((r.at_low, r.low_input), (r.at_high, r.high_input)), key=lambda e: e[0])
                    at_value, text = ends[0] if side == "left" else ends[1]
                    edge = min(base, at_value) if side == "left" else max(base, at_value)
                    values.append({"x": edge, "row": c, "text": text})
                layers.append(
                    {
                        "data": {"values": values},
                        "transform": only(grid),
                        "mark": {
                            "type": "text",
                            "style": ["muted", "small"],
                            "align": "right" if side == "left" else "left",
                            "dx": -5 if side == "left" else 5,
                            "baseline": "middle",
                        },
                        "encoding": {"x": x, "y": PIXELS, "text": {"field": "text"}},
                    }
                )
        else:
            layers.append(
                {
                    "data": {
                        "values": [
                            {
                                "row": c - 12 - len(n) * LINE + LINE / 2,
                                "text": labels.span.format(low=r.low_input, high=r.high_input),
                            }
                            for r, c, n in zip(ordered, grid.centers, grid.names, strict=True)
                            if width_of(labels.span.format(low=r.low_input, high=r.high_input), 11)
                            + max(width_of(t, TEXT_SIZE) for t in n)
                            < 316
                        ]
                    },
                    "transform": only(grid),
                    "mark": {
                        "type": "text",
                        "style": ["muted", "small"],
                        "align": "right",
                        "baseline": "middle",
                        "x": "width",
                    },
                    "encoding": {"y": PIXELS, "text": {"field": "text"}},
                }
            )
        layers.append(
            {
                "name": f"hover_rows_{grid.key}",
                "data": {
                    "values": [
                        {
                            "x": min(r.at_low, r.at_high),
                            "x2": max(r.at_low, r.at_high),
                            "row": c - 10,
                            "row2": c + 10,
                            "name": r.name,
                            "low": f"{r.low_input}: {money(r.at_low)}",
                            "high": f"{r.high_input}: {money(r.at_high)}",
                        }
                        for r, c in zip(ordered, grid.centers, strict=True)
                    ]
                },
                "transform": only(grid),
                "mark": {"type": "rect", "opacity": 0},
                "encoding": {
                    "x": x,
                    "x2": {"field": "x2"},
                    "y": PIXELS,
                    "y2": {"field": "row2"},
                    "tooltip": [
                        {"field": f, "type": "nominal", "title": t}
                        for f, t in (
                            ("name", labels.assumption),
                            ("low", labels.at_low),
                            ("high", labels.at_high),
                        )
                    ],
                },
            }
        )
    layers.append(
        {
            "data": {"values": [{"x": base}]},
            "transform": wide_only(),
            "mark": {"type": "rule", "style": "line-ink", "strokeWidth": 1.4},
            "encoding": {"x": x},
        }
    )
    layers.append(
        {
            "data": {"values": [{"x": base, "row": c - 11, "row2": c + 11} for c in narrow.centers]},
            "transform": narrow_only(),
            "mark": {"type": "rule", "style": "line-ink", "strokeWidth": 1.4},
            "encoding": {"x": x, "y": PIXELS, "y2": {"field": "row2"}},
        }
    )
    layers += key_layers(
        [
            KeyItem(text=labels.low_input, style="soft-calm", shape="square"),
            KeyItem(text=labels.high_input, style="fill-hue-0", shape="square"),
            KeyItem(text=labels.base.format(value=money(base)), style="line-ink", shape="stroke", size=150),
        ],
        above=(heights[0] + 18, heights[1] + 16),
        left_wide=-(wide.room + 14),
    )
    parts = [
        closed(title, where),
        closed(subtitle, where),
        closed(labels.base.format(value=money(base)), where),
    ]
    parts += [
        labels.sentence_tornado.format(
            name=r.name,
            low_input=r.low_input,
            high_input=r.high_input,
            low=money(r.at_low),
            high=money(r.at_high),
        )
        for r in ordered
    ]
    columns = (labels.assumption, labels.low_input, labels.high_input, labels.at_low, labels.at_high)
    body = [
        (
            Cell(r.name),
            Cell(r.low_input),
            Cell(r.high_input),
            Cell(money(r.at_low), r.at_low),
            Cell(money(r.at_high), r.at_high),
        )
        for r in ordered
    ]
    body.append(
        (Cell(labels.base_case), Cell(""), Cell(""), Cell(money(base), base), Cell(money(base), base))
    )
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table(columns, tuple(body)),
    )
