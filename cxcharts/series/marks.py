"""Layers of a series chart: bands, lines, dots, gaps and levels."""

from collections.abc import Sequence
from typing import Any

from cxcharts.frame import (
    Layer,
    hover_layer,
    narrow_only,
    wide_only,
    without_axis,
)
from cxcharts.labels import Labels
from cxcharts.locale import MISSING, Locale, Period, period_text
from cxcharts.scales import Scale
from cxcharts.series.points import Series, lone_periods
from cxcharts.theme import dash

MOST_BANDS = 2  # more bands in one plot hide each other; the table keeps every interval


def series_marks(
    series: Sequence[Series],
    hues: Sequence[int],
    *,
    x: dict[str, Any],
    y: dict[str, Any],
    locale: Locale,
    scale: Scale,
    period: Period,
    labels: Labels,
    dots_shown: bool,
) -> list[Layer]:
    bands: list[Layer] = []
    lines: list[Layer] = []
    dots: list[Layer] = []
    hovers: list[Layer] = []
    hidden_axis = without_axis(x)
    y = without_axis(y)
    for index, (one, hue) in enumerate(zip(series, hues, strict=True)):
        values = []
        for p in one.points:
            row: dict[str, Any] = {"x": p.period.isoformat(), "y": p.value, "low": p.low, "high": p.high}
            if p.value is not None:
                row["period"] = period_text(p.period, period, locale)
                row["text"] = scale.value.text(p.value, locale)
                row["range"] = (
                    labels.span.format(
                        low=scale.value.text(p.low, locale), high=scale.value.text(p.high, locale)
                    )
                    if p.low is not None and p.high is not None
                    else MISSING
                )
                row["n"] = MISSING if p.n is None else locale.count(p.n)
                row["name"] = one.name
            values.append(row)
        if len(series) <= MOST_BANDS and any(p.low is not None and p.high is not None for p in one.points):
            bands.append(
                {
                    "data": {"values": [{"x": v["x"], "low": v["low"], "high": v["high"]} for v in values]},
                    "mark": {
                        "type": "area",
                        "style": f"band-hue-{hue}",
                        "invalid": "break-paths-filter-domains",
                        "line": False,
                    },
                    "encoding": {"x": hidden_axis, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
                }
            )
        if sum(p.value is not None for p in one.points) > 1:
            lines.append(
                {
                    "data": {"values": [{"x": v["x"], "y": v["y"]} for v in values]},
                    "mark": {
                        "type": "line",
                        "style": f"line-hue-{hue}",
                        "strokeWidth": 2.2,
                        "strokeJoin": "round",
                        "strokeCap": "round",
                        "strokeDash": dash(index),
                        "invalid": "break-paths-filter-domains",
                    },
                    "encoding": {"x": hidden_axis, "y": {**y, "field": "y"}},
                }
            )
        alone = lone_periods(one.points)
        drawn = [p for p in one.points if p.value is not None]
        dotted = drawn if dots_shown else [p for p in drawn if p.period in alone or p is drawn[-1]]
        dots.append(
            {
                "data": {"values": [{"x": p.period.isoformat(), "y": p.value} for p in dotted]},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "style": f"fill-hue-{hue}",
                    "size": 26,
                    "opacity": 1,
                },
                "encoding": {"x": hidden_axis, "y": {**y, "field": "y"}},
            }
        )
        tips = [("period", labels.period), ("text", one.name), ("range", labels.range), ("n", labels.n)]
        hovers.append(
            hover_layer(
                [v for v in values if v["y"] is not None],
                encoding={"x": hidden_axis, "y": {**y, "field": "y"}},
                tooltips=tips,
                name=str(index),
            )
        )
    return [*bands, *lines, *dots, *hovers]


def gap_layers(
    series: Sequence[Series], x: dict[str, Any], *, height: float, note: str, short: str
) -> list[Layer]:
    """Grey ticks on the base line where every series has a gap, and one note."""
    empty = [
        p.period
        for i, p in enumerate(series[0].points)
        if p.value is None and all(i < len(s.points) and s.points[i].value is None for s in series)
    ]
    if not empty:
        return []
    days = [p.period for p in series[0].points]
    early = days.index(empty[-1]) < len(days) / 2
    at = empty[-1] if early else empty[0]
    return [
        {
            "data": {"values": [{"x": d.isoformat()} for d in empty]},
            "mark": {
                "type": "tick",
                "style": "fill-calm",
                "thickness": 3,
                "size": 8,
                "orient": "vertical",
                "y": height - 5,
            },
            "encoding": {"x": without_axis(x)},
        },
        *(
            {
                "data": {"values": [{"x": at.isoformat(), "text": text}]},
                "transform": keep,
                "mark": {
                    "type": "text",
                    "style": ["muted", "small"],
                    "y": height - 5,
                    "baseline": "middle",
                    "align": "left" if early else "right",
                    "dx": 7 if early else -7,
                },
                "encoding": {"x": without_axis(x), "text": {"field": "text"}},
            }
            for keep, text in ((wide_only(), note), (narrow_only(), short))
        ),
    ]


def level_layers(
    lines: Sequence[tuple[float, str, list[int]]], y: dict[str, Any], style: str = "line-muted"
) -> list[Layer]:
    y = without_axis(y)
    return [
        {
            "data": {"values": [{"y": value}]},
            "mark": {"type": "rule", "style": style, "strokeWidth": 1.2, "strokeDash": pattern},
            "encoding": {"y": {**y, "field": "y"}},
        }
        for value, _, pattern in lines
    ]
