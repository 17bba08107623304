"""Layers of a series chart: bands, lines, dots, gaps and levels."""

from collections.abc import Sequence
from typing import Any

from cxcharts.frame import (
    GAPS,
    Layer,
    Plane,
    band,
    dots,
    hover_layer,
    layer,
    line,
    narrow_only,
    track,
    wide_only,
)
from cxcharts.locale import MISSING
from cxcharts.series.points import Series, Shown, lone_periods
from cxcharts.theme import dash
from cxcharts.writer import Writer

MOST_BANDS = 2  # more bands in one plot hide each other; the table keeps every interval


def series_marks(given: Shown, hues: Sequence[int], plane: Plane, *, has_dots: bool) -> list[Layer]:
    """All series: bands below lines, lines below dots, so that none hides another's course.

    With `has_dots` every point carries one.
    """
    colored = list(zip(given.series, hues, strict=True))
    return [
        *(one_layer for one, hue in colored for one_layer in _band(given, one, hue, plane)),
        *(
            one_layer
            for index, (one, hue) in enumerate(colored)
            for one_layer in _line(one, hue, index, plane)
        ),
        *(_dots(one, hue, plane, has_dots=has_dots) for one, hue in colored),
        *(_hover(given.writer, one, index, plane) for index, one in enumerate(given.series)),
    ]


def _band(given: Shown, one: Series, hue: int, plane: Plane) -> list[Layer]:
    has_interval = any(p.low is not None and p.high is not None for p in one.points)
    if len(given.series) > MOST_BANDS or not has_interval:
        return []
    values = [{"x": p.period.isoformat(), "low": p.low, "high": p.high} for p in one.points]
    return [band(values, plane.stretch(), f"band-hue-{hue}", **GAPS)]


def _line(one: Series, hue: int, index: int, plane: Plane) -> list[Layer]:
    if sum(p.value is not None for p in one.points) < 2:
        return []
    values = track([(p.period, p.value) for p in one.points])
    mark: dict[str, Any] = {"strokeWidth": 2.2, "strokeCap": "round", "strokeDash": dash(index), **GAPS}
    return [line(values, plane.spot(), f"line-hue-{hue}", **mark)]


def _dots(one: Series, hue: int, plane: Plane, *, has_dots: bool) -> Layer:
    """Every point, or the last one and those that no line can show."""
    drawn = [p for p in one.points if p.value is not None]
    if not has_dots:
        alone = lone_periods(one.points)
        drawn = [p for p in drawn if p.period in alone or p is drawn[-1]]
    return dots(track([(p.period, p.value) for p in drawn]), plane.spot(), f"fill-hue-{hue}", size=26)


def _hover(writer: Writer, one: Series, index: int, plane: Plane) -> Layer:
    values = [
        {
            "x": p.period.isoformat(),
            "y": p.value,
            "low": p.low,
            "high": p.high,
            "period": writer.when(p.period),
            "text": writer.text(p.value),
            "range": writer.span(p.low, p.high) or MISSING,
            "n": writer.count(p.n),
            "name": one.name,
        }
        for p in one.points
        if p.value is not None
    ]
    labels = writer.labels
    tips = [("period", labels.period), ("text", one.name), ("range", labels.range), ("n", labels.n)]
    return hover_layer(values, encoding=plane.spot(), tooltips=tips, name=str(index))


def gap_layers(series: Sequence[Series], plane: Plane, *, note: str, short: str) -> list[Layer]:
    """Grey ticks on the base line where every series has a gap, and one note; on a phone the short one."""
    empty = [
        p.period
        for i, p in enumerate(series[0].points)
        if p.value is None and all(i < len(s.points) and s.points[i].value is None for s in series)
    ]
    if not empty:
        return []
    days = [p.period for p in series[0].points]
    # The note runs toward the middle of the plot, where there is room for it.
    early = days.index(empty[-1]) < len(days) / 2
    at = (empty[-1] if early else empty[0]).isoformat()
    above = plane.height - 5
    tick = {"type": "tick", "style": "fill-calm", "thickness": 3, "size": 8, "orient": "vertical",
            "y": above}  # fmt: skip
    words = {"type": "text", "style": ["muted", "small"], "y": above, "baseline": "middle",
             "align": "left" if early else "right", "dx": 7 if early else -7}  # fmt: skip
    encoding = {"x": plane.x, "text": {"field": "text"}}
    return [
        layer([{"x": day.isoformat()} for day in empty], tick, {"x": plane.x}),
        layer([{"x": at, "text": note}], words, encoding, keep=wide_only()),
        layer([{"x": at, "text": short}], words, encoding, keep=narrow_only()),
    ]


def level_layer(value: float, plane: Plane, style: str, pattern: list[int]) -> Layer:
    """A line at a value, through all times."""
    mark = {"type": "rule", "style": style, "strokeWidth": 1.2, "strokeDash": pattern}
    return layer([{"y": value}], mark, plane.level())
