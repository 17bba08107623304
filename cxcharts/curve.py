"""One measure over another as a curve with a soft band: how an outcome goes with a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Chart, Table
from cxcharts.frame import band, hover_dots, layer, level_x, line, upright, view, without_axis
from cxcharts.frame.plane import Plane
from cxcharts.frame.sheet import TICKS, Layer, listed, numbers
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.writer import Writer

HEIGHT = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """One place of the curve with its limits."""

    x: float
    y: float
    low: float
    high: float


def curve(
    *,
    title: str,
    subtitle: str,
    points: Sequence[CurvePoint],
    x_name: str,
    y_name: str,
    x_scale: Scale,
    y_scale: Scale,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """A curve and its band over a numeric axis; the table has every third place, first and last included.

    Raises ValueError with fewer than two points.
    """
    if len(points) < 2:
        raise ValueError("a curve needs at least two points")
    finite([value for point in points for value in (point.x, point.y, point.low, point.high)])
    ordered = sorted(points, key=lambda point: point.x)
    reader = locale_for(locale)
    across = Writer(value=x_scale.value, labels=labels, locale=reader)
    up = Writer(value=y_scale.value, labels=labels, locale=reader)
    low, high, ticks = domain([point.x for point in ordered], x_scale)
    texts = [x_scale.value.axis_text(tick, reader, step=1.0) for tick in ticks]
    axis = {
        "values": list(ticks), "tickCount": TICKS, "title": None, "grid": False, "labelFlush": True,
        "labelOverlap": "greedy",
        "labelExpr": f"{listed(texts)}[indexof({numbers(ticks)}, datum.value)]",
    }  # fmt: skip
    ends = [value for point in ordered for value in (point.low, point.high)]
    plane = upright(ends, y_scale, reader, x_axes=level_x(low, high, axis), height=height)
    tips = [("across", x_name), ("up", y_name), ("range", labels.range)]
    place = {"x": without_axis(plane.x_axes), **plane.level()}
    layers: list[Layer] = [
        _axes(plane, low),
        *_axis_names(x_name, y_name, height),
        *_line_and_band(ordered, plane),
        hover_dots(_told(ordered, across, up, labels), place, tips, name="places", size=300),
    ]
    shown = [*ordered[:-1:3], ordered[-1]]
    pair = labels.sentence_pair.format
    sentences = [
        pair(name=labels.value, x_name=x_name, x=across.text(p.x), y_name=y_name, y=up.text(p.y))
        for p in (ordered[0], ordered[-1])
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        across.alternative(title, subtitle, sentences),
        Table.filled(
            [x_name, y_name, labels.low, labels.high],
            [[across.cell(p.x), up.cell(p.y), up.cell(p.low), up.cell(p.high)] for p in shown],
        ),
    )


def _axes(plane: Plane, first: float) -> Layer:
    return {
        "name": "axes",
        "data": {"values": [{"x": first, "y": plane.low}]},
        "mark": {"type": "point", "opacity": 0},
        "encoding": {"x": plane.x_axes, "y": {**plane.y_axes, "field": "y"}},
    }


def _told(points: Sequence[CurvePoint], across: Writer, up: Writer, labels: Labels) -> list[dict[str, Any]]:
    """What is said where one points at the curve."""
    return [
        {"x": p.x, "y": p.y, "across": across.text(p.x), "up": up.text(p.y),
         "range": labels.span.format(low=up.text(p.low), high=up.text(p.high))}
        for p in points
    ]  # fmt: skip


def _line_and_band(points: Sequence[CurvePoint], plane: Plane) -> list[Layer]:
    values = [{"x": point.x, "y": point.y, "low": point.low, "high": point.high} for point in points]
    x = without_axis(plane.x_axes)
    return [
        band(values, {"x": x, **plane.level("low"), "y2": {"field": "high"}}, "band-hue-0"),
        line(values, {"x": x, **plane.level()}, "line-hue-0", strokeWidth=2.6, strokeCap="round"),
    ]


def _axis_names(x_name: str, y_name: str, height: float) -> list[Layer]:
    """Of the heights above the plot, where it needs no turned head; of what lies across below it."""
    up = {"align": "left", "baseline": "bottom", "x": 0, "y": -8}
    across = {"align": "right", "baseline": "top", "x": "width", "y": height + 28}
    return [
        layer(
            [{"text": name}],
            {"type": "text", "style": ["muted", "small"], **place},
            {"text": {"field": "text"}},
        )
        for name, place in ((y_name, up), (x_name, across))
    ]
