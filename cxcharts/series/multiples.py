"""Many series, each in a small panel of its own."""

from collections.abc import Sequence
from typing import Any

from cxcharts.chart import Chart
from cxcharts.frame import (
    NARROW,
    SCHEMA,
    Rule,
    axes_layer,
    pixel,
    time_x,
    without_axis,
    y_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, Period, locale_for
from cxcharts.scales import Scale, domain
from cxcharts.series.marks import level_layers, series_marks
from cxcharts.series.points import Series, are_few, drawable
from cxcharts.series.words import alternative, table
from cxcharts.text import wrap


def small_multiples(
    *,
    title: str,
    subtitle: str,
    series: Sequence[Series],
    scale: Scale,
    period: Period | str = Period.MONTH,
    rules: Sequence[Rule] = (),
    target: float | None = None,
    minimum_n: int = 0,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    columns: int = 3,
    height: float = 110,
) -> Chart:
    """The same axes once per series, side by side: compare shapes without many colors.

    Rules are drawn in every panel and named in the first. Raises ValueError without any value.
    """
    where, kind = locale_for(locale), Period(period)
    ready, hidden = drawable(series, minimum_n)
    days = sorted({p.period for s in ready for p in s.points})
    values = [v for s in ready for p in s.points for v in (p.value, p.low, p.high)]
    low, high, ticks = domain([*values, *([target] if target is not None else [])], scale, ticks=3)
    axis, room = y_axis(ticks, scale, where)
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": axis,
    }
    x = time_x(days, kind, where, plot_wide=150, plot_narrow=240)
    inside = [r for r in rules if days[0] <= r.at <= days[-1]]
    panels = []
    for one in ready:
        last = next(p for p in reversed(one.points) if p.value is not None)
        layers = [axes_layer(days[0], x, y)]
        if inside:
            layers.append(
                {
                    "data": {"values": [{"x": r.at.isoformat()} for r in inside]},
                    "mark": {"type": "rule", "style": "line-rule", "strokeWidth": 1},
                    "encoding": {"x": without_axis(x)},
                }
            )
        if target is not None:
            layers += level_layers([(target, "", [5, 3])], y)
        layers += series_marks(
            [one],
            [0],
            x=x,
            y=y,
            locale=where,
            scale=scale,
            period=kind,
            labels=labels,
            dots_shown=are_few(ready),
        )
        if last.value is not None:
            layers.append(
                {
                    "data": {"values": [{"text": scale.value.text(last.value, where)}]},
                    "mark": {
                        "type": "text", "style": ["text-hue-0"], "align": "left", "baseline": "middle",
                        "x": "width", "dx": 6, "y": pixel(last.value, low, high, height),
                    },
                    "encoding": {"text": {"field": "text"}},
                }
            )  # fmt: skip
        panels.append((one, layers))
    gap = 18
    end = 36
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "params": [{"name": "page", "value": 720}],
        "autosize": {"type": "pad"},
        "padding": {"top": 6, "left": 0, "right": 4, "bottom": 2},
        "columns": columns,
        "spacing": {"row": 18, "column": gap},
        "concat": [
            {
                "height": height,
                "width": 180,
                "title": {
                    "text": wrap(one.name, 13, 190, lines=2),
                    "fontSize": 13,
                    "anchor": "start",
                    "frame": "bounds",
                    "offset": 6,
                    "lineHeight": 16,
                },
                "layer": layers,
            }
            for one, layers in panels
        ],
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "usermeta": {
            "cxcharts": {
                "narrow": NARROW,
                "panels": {
                    "columns": columns,
                    "smallest": 150,
                    "gap": gap + end + room,
                    "outside": end + room + 8,
                },
            }
        },
    }
    return Chart(
        title,
        subtitle,
        spec,
        alternative(
            title, subtitle, ready, scale, where, kind, labels, rules, target, None, hidden, minimum_n
        ),
        table(ready, scale, where, kind, labels, rules, target, None, minimum_n, series),
    )
