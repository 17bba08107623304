"""The outer specification and the sizes and layouts that all of its layers share."""

import json
from collections.abc import Sequence
from typing import Any

from cxcharts.text import clean

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
NARROW = 600  # below this page width a chart uses its phone layout
DEFAULT_WIDTH = 720
TEXT_SIZE = 12
SMALL = 11
LINE = 14
LANE = 17  # height of one row of event labels
TICKS = 100  # the engine thins given ticks above its own wish; ours are already chosen
MOST_POINTS = 40  # above that many, a line carries no dots

Layer = dict[str, Any]
PIXELS: dict[str, Any] = {"field": "row", "type": "quantitative", "scale": None, "axis": None}


def view(
    *,
    height: float,
    layers: Sequence[Layer],
    narrow_height: float | None = None,
    right: float = 4,
) -> dict[str, Any]:
    """A single-view specification. `page` is its outer width in pixels, set where it is drawn.

    `right` is the margin in pixels right of everything that is drawn.
    """
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [{"name": "page", "value": DEFAULT_WIDTH}],
        "padding": {"top": 4, "right": right, "bottom": 2, "left": 0},
        "layer": list(layers),
        "usermeta": {"cxcharts": {"heights": [height, narrow_height or height], "narrow": NARROW}},
    }


def layer(
    values: list[dict[str, Any]],
    mark: dict[str, Any],
    encoding: dict[str, Any],
    *,
    keep: Sequence[dict[str, Any]] = (),
    name: str = "",
) -> Layer:
    """One layer with its own data. `keep` is its layout (`wide_only`, `narrow_only`); both by default."""
    return {
        **({"name": name} if name else {}),
        "data": {"values": values},
        **({"transform": list(keep)} if keep else {}),
        "mark": mark,
        "encoding": encoding,
    }


def linear(low: float, high: float) -> dict[str, Any]:
    """A scale that ends where it is told to: the engine would round its ends and add zero."""
    return {"domain": [low, high], "nice": False, "zero": False}


def level_x(low: float, high: float, axis: dict[str, Any] | None) -> dict[str, Any]:
    """Horizontal encoding of numbers."""
    return {"field": "x", "type": "quantitative", "scale": linear(low, high), "axis": axis}


def wide_only() -> list[dict[str, Any]]:
    """Transform that keeps a layer from the phone layout."""
    return [{"filter": f"page >= {NARROW}"}]


def narrow_only() -> list[dict[str, Any]]:
    """Transform that shows a layer in the phone layout alone."""
    return [{"filter": f"page < {NARROW}"}]


def without_axis(encoding: dict[str, Any]) -> dict[str, Any]:
    """The same scale without saying again how its axis looks."""
    return {key: value for key, value in encoding.items() if key != "axis"}


def literal(text: str) -> str:
    """A string as an expression literal: labels never become code."""
    return json.dumps(clean(text), ensure_ascii=True)


def listed(texts: Sequence[str]) -> str:
    """Texts as an expression's list."""
    return "[" + ",".join(literal(text) for text in texts) + "]"


def numbers(values: Sequence[float]) -> str:
    """Numbers as an expression's list, in full so that they equal the data."""
    return "[" + ",".join(repr(float(value)) for value in values) + "]"
