"""Value axes: upright, and on top of rows."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from cxcharts.frame.sheet import (
    LINE,
    SMALL,
    TEXT_SIZE,
    TICKS,
    Layer,
    layer,
    listed,
    narrow_only,
    numbers,
    wide_only,
)
from cxcharts.locale import Locale
from cxcharts.scales import Scale
from cxcharts.text import width_of


def y_axis(ticks: Sequence[float], scale: Scale, locale: Locale) -> tuple[dict[str, Any], float]:
    """Axis definition with gridlines, and the room its labels need."""
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    texts = [scale.value.axis_text(v, locale, step=step) for v in ticks]
    room = max(width_of(t, TEXT_SIZE) for t in texts) + 10
    return (
        {
            "values": list(ticks),
            "tickCount": TICKS,
            "title": None,
            "grid": True,
            "labelPadding": 8,
            "minExtent": room,
            "maxExtent": room,
            "labelExpr": f"{listed(texts)}[indexof({numbers(ticks)}, datum.value)]",
        },
        room,
    )


def pixel(value: float, low: float, high: float, height: float) -> float:
    """Vertical pixel of `value` on a plot of `height`."""
    return height if high == low else height * (high - value) / (high - low)


def top_axis(ticks: Sequence[float]) -> dict[str, Any]:
    """Gridlines of a horizontal value axis; `tick_texts` writes its labels."""
    return {
        "orient": "top",
        "values": list(ticks),
        "tickCount": TICKS,
        "title": None,
        "grid": True,
        "labels": False,
    }


def tick_texts(
    ticks: Sequence[float],
    wide: Sequence[Sequence[str]],
    narrow: Sequence[Sequence[str]],
    x: dict[str, Any],
    *,
    flush: bool = True,
) -> tuple[list[Layer], tuple[float, float]]:
    """Labels of a value axis on top, in one or more lines, and their height (page, phone).

    With `flush` the outer labels stay inside the plot.
    """
    layers: list[Layer] = []
    heights = []
    for only, texts, inside in ((wide_only(), wide, flush), (narrow_only(), narrow, True)):
        lines = max(len(t) for t in texts)
        heights.append(lines * LINE + 4.0)
        for align in ("left", "center", "right"):
            values = [
                {"x": tick, "text": list(text)}
                for i, (tick, text) in enumerate(zip(ticks, texts, strict=True))
                if any(text)
                and align
                == ("left" if inside and i == 0 else "right" if inside and i == len(ticks) - 1 else "center")
            ]
            if values:
                mark = {"type": "text", "style": ["muted", "small"], "align": align, "baseline": "top",
                        "y": -4 - lines * LINE, "lineHeight": LINE}  # fmt: skip
                layers.append(layer(values, mark, {"x": x, "text": {"field": "text"}}, keep=only))
    return layers, (heights[0], heights[1])


def thinned(
    texts: Sequence[str], ticks: Sequence[float], room: float, *, flush: bool = False
) -> list[list[str]]:
    """Tick labels with every second (third, ...) left out until they fit into `room`; zero stays.

    With `flush` the outer labels are moved inside the plot, half their width towards their neighbors.
    """
    widest = max(width_of(t, SMALL) for t in texts) + 12
    needed = (len(texts) - 1) * (1.5 * widest - 6) if flush else len(texts) * widest
    every = 1
    while needed / every > room + (0 if flush else widest) and every < len(texts):
        every += 1
    keep = next((i for i, v in enumerate(ticks) if abs(v) < 1e-12), 0) % every
    return [[t] if i % every == keep else [""] for i, t in enumerate(texts)]


def value_axes(low: float, x: dict[str, Any]) -> Layer:
    """Carries the horizontal value axis, draws nothing."""
    return {
        "name": "axes",
        "data": {"values": [{"x": low}]},
        "mark": {"type": "rule", "opacity": 0, "strokeWidth": 0},
        "encoding": {"x": x},
    }
