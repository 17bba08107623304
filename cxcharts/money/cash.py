"""Cash flow by year."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    NARROW,
    TICKS,
    EndLabel,
    KeyItem,
    Layer,
    end_labels,
    key_layers,
    literal,
    pixel,
    view,
    without_axis,
    y_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, closed, locale_for
from cxcharts.scales import Scale, domain, finite

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


def cash_flow(
    *,
    title: str,
    subtitle: str,
    years: Sequence[CashYear],
    scale: Scale,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
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
