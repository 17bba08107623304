"""Two measures of the same units, a point each: do they move together?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    TICKS,
    Layer,
    dots,
    hover_dots,
    layer,
    level_x,
    listed,
    numbers,
    upright,
    view,
    without_axis,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, locale_for
from cxcharts.scales import Scale, domain, finite
from cxcharts.writer import Writer

HEIGHT = 320.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ScatterPoint:
    """One unit with both its values; `n` is what lies behind `y`."""

    name: str
    x: float
    y: float
    n: int | None = None


def scatter(
    *,
    title: str,
    subtitle: str,
    points: Sequence[ScatterPoint],
    x_name: str,
    y_name: str,
    x_scale: Scale,
    y_scale: Scale,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Units as points. No line is drawn through them: it would say more than a rank correlation does.

    Both axes are named; names of units answer the pointer and stand in the table. Raises ValueError without
    points.
    """
    if not points:
        raise ValueError("a scatter chart needs at least one point")
    finite([value for point in points for value in (point.x, point.y)])
    reader = locale_for(locale)
    across = Writer(value=x_scale.value, labels=labels, locale=reader)
    up = Writer(value=y_scale.value, labels=labels, locale=reader)
    low, high, x_axis = _axis_across([point.x for point in points], x_scale, reader)
    plane = upright(
        [point.y for point in points], y_scale, reader, x_axes=level_x(low, high, x_axis), height=height
    )
    values = [
        {"x": point.x, "y": point.y, "name": point.name, "across": across.text(point.x),
         "up": up.text(point.y), "n": up.count(point.n)}
        for point in points
    ]  # fmt: skip
    tips = [("name", labels.name), ("across", x_name), ("up", y_name), ("n", labels.n)]
    x = without_axis(plane.x_axes)
    layers: list[Layer] = [
        {
            "name": "axes",
            "data": {"values": [{"x": low, "y": plane.low}]},
            "mark": {"type": "point", "opacity": 0},
            "encoding": {"x": plane.x_axes, "y": {**plane.y_axes, "field": "y"}},
        },
        *_axis_names(x_name, y_name, height),
        dots(values, {"x": x, **plane.level()}, "fill-hue-0", size=70),
        hover_dots(values, {"x": x, **plane.level()}, tips, name="units", size=300),
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        across.alternative(title, subtitle, _sentences(points, (x_name, across), (y_name, up))),
        Table.filled(
            [labels.name, x_name, y_name, labels.n],
            [
                [Cell(point.name), across.cell(point.x), up.cell(point.y), up.count_cell(point.n)]
                for point in points
            ],
        ),
    )


def _axis_across(
    values: Sequence[float], scale: Scale, reader: Locale
) -> tuple[float, float, dict[str, Any]]:
    """Where the axis begins and ends, and how it is drawn."""
    low, high, ticks = domain(values, scale)
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    texts = [scale.value.axis_text(tick, reader, step=step) for tick in ticks]
    return (
        low,
        high,
        {
            "values": list(ticks),
            "tickCount": TICKS,
            "title": None,
            "grid": True,
            "labelFlush": True,
            "labelOverlap": "greedy",
            "labelExpr": f"{listed(texts)}[indexof({numbers(ticks)}, datum.value)]",
        },
    )


def _sentences(
    points: Sequence[ScatterPoint], x_axis: tuple[str, Writer], y_axis: tuple[str, Writer]
) -> list[str]:
    """One sentence a unit; an axis is its name and who writes its values."""
    (x_name, across), (y_name, up) = x_axis, y_axis
    return [
        across.labels.sentence_pair.format(
            name=point.name, x_name=x_name, x=across.text(point.x), y_name=y_name, y=up.text(point.y)
        )
        for point in points
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
