"""Many series, each in a small panel of its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cxcharts.chart import Chart
from cxcharts.frame import (
    DEFAULT_WIDTH,
    NARROW,
    SCHEMA,
    Layer,
    Plane,
    Rule,
    axes_layer,
    layer,
    time_x,
    upright,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, Period, locale_for
from cxcharts.scales import Scale
from cxcharts.series.marks import level_layer, series_marks
from cxcharts.series.points import Series, Shown, are_few, shown
from cxcharts.series.words import sentences, table
from cxcharts.text import wrap
from cxcharts.writer import Writer

GAP = 18  # between panels
END = 36  # room for the last value right of each panel
SMALLEST = 150  # a panel is never narrower: then there are fewer in a row


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

    Rules are drawn in every panel and named in the text alternative. Raises ValueError without any value.
    """
    writer = Writer(value=scale.value, labels=labels, locale=locale_for(locale), period=Period(period))
    given = shown(
        series, scale=scale, rules=rules, target=target, limits=None, minimum_n=minimum_n, writer=writer
    )
    x_axes = time_x(given.days, writer.period, writer.locale, plot_wide=150, plot_narrow=240)
    plane = upright(given.values, scale, writer.locale, x_axes=x_axes, height=height, ticks=3)
    return Chart(
        title,
        subtitle,
        _sheet([_panel(given, one, plane) for one in given.series], columns, plane),
        writer.alternative(title, subtitle, sentences(given)),
        table(given),
    )


def _panel(given: Shown, one: Series, plane: Plane) -> dict[str, Any]:
    """One series with its name above; all panels share their axes and the accent color."""
    layers = [
        axes_layer(given.days[0], plane.x_axes, plane.y_axes),
        *_rules(given, plane),
        *([] if given.target is None else [level_layer(given.target, plane, "line-muted", [5, 3])]),
        *series_marks(replace(given, series=(one,)), [0], plane, has_dots=are_few(given.series)),
        _last_value(given, one, plane),
    ]
    return {
        "height": plane.height,
        "width": 180,  # until `render.fitted` knows the page
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


def _rules(given: Shown, plane: Plane) -> list[Layer]:
    """What happened, unlabelled: a panel has no room for words."""
    first, last = given.days[0], given.days[-1]
    values = [{"x": rule.at.isoformat()} for rule in given.rules if first <= rule.at <= last]
    if not values:
        return []
    return [layer(values, {"type": "rule", "style": "line-rule", "strokeWidth": 1}, {"x": plane.x})]


def _last_value(given: Shown, one: Series, plane: Plane) -> Layer:
    last = [p.value for p in one.points if p.value is not None][-1]
    mark = {
        "type": "text", "style": ["text-hue-0"], "align": "left", "baseline": "middle", "x": "width",
        "dx": 6, "y": plane.pixel(last),
    }  # fmt: skip
    return layer([{"text": given.writer.text(last)}], mark, {"text": {"field": "text"}})


def _sheet(panels: list[dict[str, Any]], columns: int, plane: Plane) -> dict[str, Any]:
    """The outer specification: `render.fitted` finds the number of columns for a page's width."""
    room = plane.label_room
    sizes = {
        "columns": columns,
        "smallest": SMALLEST,
        "gap": GAP + END + room,
        "outside": END + room + 8,
    }
    return {
        "$schema": SCHEMA,
        "params": [{"name": "page", "value": DEFAULT_WIDTH}],
        "autosize": {"type": "pad"},
        "padding": {"top": 6, "left": 0, "right": 4, "bottom": 2},
        "columns": columns,
        "spacing": {"row": 18, "column": GAP},
        "concat": panels,
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "usermeta": {"cxcharts": {"narrow": NARROW, "panels": sizes}},
    }
