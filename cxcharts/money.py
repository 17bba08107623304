"""Money: cash flow by year, the distribution of a value, and what moves it (tornado)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    NARROW,
    PIXELS,
    TEXT_SIZE,
    TICKS,
    EndLabel,
    KeyItem,
    Layer,
    end_labels,
    grids,
    key_layers,
    literal,
    name_layer,
    narrow_only,
    only,
    pixel,
    thinned,
    tick_texts,
    top_axis,
    value_axes,
    value_rules,
    view,
    wide_only,
    without_axis,
    y_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, closed, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.text import width_of

HEIGHT = 260.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CashYear:
    """One year. `benefit` and `cost` are amounts >= 0; `cumulative` net since the start, with its range."""

    name: str
    benefit: float
    cost: float
    cumulative: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Share (0..1) of outcomes in low..high."""

    low: float
    high: float
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TornadoRow:
    """One assumption: what it is at its low and high end (words), and the result at each."""

    name: str
    low_input: str
    high_input: str
    at_low: float
    at_high: float


def cash_flow(
    *,
    title: str,
    subtitle: str,
    years: Sequence[CashYear],
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str = "en",
    height: float = HEIGHT,
) -> Chart:
    """Benefits up, costs down, cumulative net as a line with its range. Raises ValueError without years."""
    where = locale_for(locale)
    if not years:
        raise ValueError("a cash-flow chart needs at least one year")
    finite(v for year in years for v in (year.benefit, year.cost, year.cumulative, year.low, year.high))
    if any(year.benefit < 0 or year.cost < 0 for year in years):
        raise ValueError("a cash-flow chart needs benefits and costs of zero or more")
    low, high, ticks = domain(
        [0.0, *(v for y in years for v in (y.benefit, -y.cost, y.cumulative, y.low, y.high))], scale
    )
    axis, _ = y_axis(ticks, scale, where)
    y_axes: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    names = "[" + ",".join(literal(year.name) for year in years) + "]"
    every = max(1, -(-len(years) // 5))
    x_axes: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [-0.5, len(years) - 0.5], "nice": False, "zero": False},
        "axis": {
            "values": list(range(len(years))),
            "tickCount": TICKS,
            "title": None,
            "labelExpr": f"page < {NARROW} && datum.value % {every} != 0 ? '' : {names}[datum.value]",
            "labelPadding": 8,
        },
    }
    x, y = without_axis(x_axes), without_axis(y_axes)

    def bars(style: str, values: list[tuple[int, float]], left: float, right: float) -> Layer:
        return {
            "data": {"values": [{"x": i + left, "x2": i + right, "y": v, "y2": 0} for i, v in values if v]},
            "mark": {"type": "rect", "style": style, "cornerRadius": 1},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": {**y, "field": "y"}, "y2": {"field": "y2"}},
        }

    layers: list[Layer] = [
        {
            "name": "axes",
            "data": {"values": [{"x": 0, "y": 0}]},
            "mark": {"type": "rule", "opacity": 0, "strokeWidth": 0},
            "encoding": {"x": x_axes, "y": {**y_axes, "field": "y"}},
        }
    ]
    ranged = [(i, year) for i, year in enumerate(years) if year.low is not None and year.high is not None]
    layers.append(bars("soft-hue-0", [(i, year.benefit) for i, year in enumerate(years)], -0.27, 0.27))
    layers.append(bars("soft-hue-1", [(i, -year.cost) for i, year in enumerate(years)], -0.27, 0.27))
    if len(ranged) > 1:
        layers.append(
            {
                "data": {"values": [{"x": i, "low": year.low, "high": year.high} for i, year in ranged]},
                "mark": {"type": "area", "style": "band-ink", "line": False},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    elif ranged:
        layers.append(
            {
                "data": {"values": [{"x": i, "low": year.low, "high": year.high} for i, year in ranged]},
                "mark": {"type": "rule", "style": "line-ink", "strokeWidth": 1.4},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            }
        )
    layers.append(
        {
            "data": {"values": [{"y": 0}]},
            "mark": {"type": "rule", "style": "line-rule", "strokeWidth": 1.4},
            "encoding": {"y": {**y, "field": "y"}},
        }
    )
    track = [{"x": i, "y": year.cumulative} for i, year in enumerate(years)]
    if len(track) > 1:
        layers.append(
            {
                "data": {"values": track},
                "mark": {"type": "line", "style": "line-ink", "strokeWidth": 2.2, "strokeJoin": "round"},
                "encoding": {"x": x, "y": {**y, "field": "y"}},
            }
        )
    layers.append(
        {
            "data": {"values": track},
            "mark": {"type": "point", "filled": True, "style": "fill-ink", "size": 40, "opacity": 1},
            "encoding": {"x": x, "y": {**y, "field": "y"}},
        }
    )

    def money(number: float | None) -> str:
        return MISSING if number is None else scale.value.text(number, where)

    def between(year: CashYear) -> str:
        if year.low is None or year.high is None:
            return ""
        return labels.span.format(low=money(year.low), high=money(year.high))

    last = years[-1]
    layers += end_labels(
        [
            EndLabel(
                y=pixel(last.cumulative, low, high, height),
                text=f"{labels.cumulative} {money(last.cumulative)}",
                style="strong",
                detail=f"({between(last)})" if between(last) else "",
            )
        ],
        height=height,
        room_wide=120,
    )
    layers += key_layers(
        [
            KeyItem(text=labels.benefit, style="soft-hue-0", shape="square"),
            KeyItem(text=labels.cost, style="soft-hue-1", shape="square"),
        ],
        above=(16, 16),
    )
    layers.append(
        {
            "name": "hover_years",
            "data": {
                "values": [
                    {
                        "x": i,
                        "y": year.cumulative,
                        "name": year.name,
                        "benefit": money(year.benefit),
                        "cost": money(year.cost),
                        "cumulative": money(year.cumulative)
                        + (f" ({between(year)})" if between(year) else ""),
                    }
                    for i, year in enumerate(years)
                ]
            },
            "mark": {"type": "point", "filled": True, "size": 500, "opacity": 0},
            "encoding": {
                "x": x,
                "y": {**y, "field": "y"},
                "tooltip": [
                    {"field": f, "type": "nominal", "title": t}
                    for f, t in (
                        ("name", labels.year),
                        ("benefit", labels.benefit),
                        ("cost", labels.cost),
                        ("cumulative", labels.cumulative),
                    )
                ],
            },
        }
    )
    parts = [closed(title, where), closed(subtitle, where)]
    parts += [
        labels.sentence_year.format(
            year=year.name,
            benefit=money(year.benefit),
            cost=money(year.cost),
            cumulative=money(year.cumulative),
            range=labels.sentence_year_range.format(low=money(year.low), high=money(year.high))
            if between(year)
            else "",
        )
        for year in years
    ]
    rows = tuple(
        (
            Cell(year.name),
            Cell(money(year.benefit), year.benefit),
            Cell(money(year.cost), year.cost),
            Cell(money(year.benefit - year.cost), year.benefit - year.cost),
            Cell(money(year.cumulative), year.cumulative),
            Cell(money(year.low), year.low),
            Cell(money(year.high), year.high),
        )
        for year in years
    )
    columns = (
        labels.year,
        labels.benefit,
        labels.cost,
        labels.net,
        labels.cumulative,
        labels.low,
        labels.high,
    )
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table(columns, rows),
    )


def histogram(values: Sequence[float], *, count: int = 40) -> tuple[Bin, ...]:
    """Equal bins with an edge at zero, so that losses and gains never share one.

    The lowest and highest 0.2 % of the values go into the outer bins. Raises ValueError without values.
    """
    known = sorted(finite(values))
    if not known:
        raise ValueError("a histogram needs at least one value")
    low, high = known[int(0.002 * (len(known) - 1))], known[-1 - int(0.002 * (len(known) - 1))]
    if low == high:
        low, high = known[0], known[-1]
    if low == high:
        return (Bin(low=low - max(abs(low) * 0.01, 0.5), high=high + max(abs(high) * 0.01, 0.5), share=1.0),)
    size = (high - low) / count
    first, last = floor(low / size), floor(high / size)
    tallies = [0] * (last - first + 1)
    for value in known:
        tallies[min(max(floor(value / size), first), last) - first] += 1
    return tuple(
        Bin(low=(first + i) * size, high=(first + i + 1) * size, share=tally / len(known))
        for i, tally in enumerate(tallies)
    )


def value_distribution(
    *,
    title: str,
    subtitle: str,
    bins: Sequence[Bin],
    p10: float,
    p50: float,
    p90: float,
    loss_share: float,
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str = "en",
    height: float = 190,
) -> Chart:
    """Distribution of a value (NPV) with median, P10 and P90; the part below zero in the color of loss.

    `bins` come from `histogram` or from elsewhere, in ascending order with an edge at zero. Raises
    ValueError without bins.
    """
    where = locale_for(locale)
    if not bins:
        raise ValueError("a distribution chart needs at least one bin")
    finite(v for b in bins for v in (b.low, b.high, b.share))
    finite((p10, p50, p90, loss_share))
    ordered = sorted(bins, key=lambda b: b.low)
    low, high = ordered[0].low, ordered[-1].high
    _, _, ticks = domain([low, high], Scale(value=scale.value), ticks=7)
    ticks = [t for t in ticks if low <= t <= high] or [low, high]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    texts = [scale.value.axis_text(v, where, step=step) for v in ticks]
    lookup = "[" + ",".join(literal(t) for t in texts) + "]"
    thin = [t[0] for t in thinned(texts, ticks, 250)]
    narrow_lookup = "[" + ",".join(literal(t) for t in thin) + "]"
    marks = "[" + ",".join(repr(float(v)) for v in ticks) + "]"
    x_axes: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {
            "values": ticks,
            "tickCount": TICKS,
            "title": None,
            "grid": False,
            "domain": True,
            "ticks": True,
            "tickSize": 4,
            "labelExpr": f"(page < {NARROW} ? {narrow_lookup} : {lookup})[indexof({marks}, datum.value)]",
            "labelFlush": True,
        },
    }
    x = without_axis(x_axes)
    top = max(b.share for b in ordered) * 1.04
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": None,
    }
    layers: list[Layer] = [value_axes(low, x_axes)]
    for style, part in (
        ("soft-bad", [b for b in ordered if b.high <= 1e-9]),
        ("soft-good", [b for b in ordered if b.high > 1e-9]),
    ):
        if part:
            steps = [{"x": b.low, "y": b.share} for b in part] + [{"x": part[-1].high, "y": part[-1].share}]
            layers.append(
                {
                    "data": {"values": steps},
                    "mark": {"type": "area", "style": style, "interpolate": "step-after", "line": False},
                    "encoding": {"x": x, "y": {**y, "field": "y"}},
                }
            )
    if low < 0 < high:
        layers.append(
            {
                "data": {"values": [{"x": 0}]},
                "mark": {"type": "rule", "style": "line-ink", "strokeWidth": 1.4},
                "encoding": {"x": x},
            }
        )

    def money(number: float) -> str:
        return scale.value.text(number, where)

    rules, _rows = value_rules(
        [
            (p10, f"{labels.p10} {money(p10)}", False),
            (p50, f"{labels.p50} {money(p50)}", True),
            (p90, f"{labels.p90} {money(p90)}", False),
        ],
        low=low,
        high=high,
        x=x,
    )
    layers += rules
    loss = f"{loss_share * 100:.0f}%" if loss_share == 0 or loss_share >= 0.005 else "<1%"
    layers += key_layers(
        [KeyItem(text=labels.loss_chance.format(share=loss), style="soft-bad", shape="square")],
        above=(12 + 17 * _rows[0], 12 + 17 * _rows[1]),
    )
    layers.append(
        {
            "name": "hover_bins",
            "data": {
                "values": [
                    {
                        "x": b.low,
                        "x2": b.high,
                        "range": labels.span.format(low=money(b.low), high=money(b.high)),
                        "share": f"{b.share * 100:.1f}%",
                    }
                    for b in ordered
                ]
            },
            "mark": {"type": "rect", "opacity": 0, "y": 0, "y2": "height"},
            "encoding": {
                "x": x,
                "x2": {"field": "x2"},
                "tooltip": [
                    {"field": "range", "type": "nominal", "title": labels.value},
                    {"field": "share", "type": "nominal", "title": labels.probability},
                ],
            },
        }
    )
    parts = [
        closed(title, where),
        closed(subtitle, where),
        labels.sentence_distribution.format(p10=money(p10), p50=money(p50), p90=money(p90), loss=loss),
    ]
    rows = [
        (Cell(money(b.low), b.low), Cell(money(b.high), b.high), Cell(f"{b.share * 100:.1f}%", b.share))
        for b in ordered
    ]
    for name, number in ((labels.p10, p10), (labels.p50, p50), (labels.p90, p90)):
        rows.append((Cell(name), Cell(money(number), number), Cell("")))
    rows.append((Cell(labels.loss_chance.format(share="").strip()), Cell(""), Cell(loss, loss_share)))
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table((labels.from_value, labels.to_value, labels.probability), tuple(rows)),
    )


def tornado(
    *,
    title: str,
    subtitle: str,
    rows: Sequence[TornadoRow],
    base: float,
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str = "en",
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
