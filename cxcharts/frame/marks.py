"""Lines, bands and dots as most charts draw them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cxcharts.frame.sheet import Layer, layer

Encoding = dict[str, Any]
# A missing value interrupts the line; without it the engine would draw a bridge over the gap.
GAPS: dict[str, Any] = {"invalid": "break-paths-filter-domains"}


def track(points: Sequence[tuple[date, float | None]]) -> list[dict[str, Any]]:
    """Days and values as the data of a line."""
    return [{"x": day.isoformat(), "y": value} for day, value in points]


def line(values: list[dict[str, Any]], encoding: Encoding, style: str, **mark: Any) -> Layer:
    return layer(values, {"type": "line", "style": style, "strokeJoin": "round", **mark}, encoding)


def band(values: list[dict[str, Any]], encoding: Encoding, style: str, **mark: Any) -> Layer:
    """An area without outline between `low` and `high`."""
    return layer(values, {"type": "area", "style": style, "line": False, **mark}, encoding)


def dots(values: list[dict[str, Any]], encoding: Encoding, style: str, *, size: float) -> Layer:
    # The opacity is said because the engine's own is 0.7.
    return layer(
        values, {"type": "point", "filled": True, "style": style, "size": size, "opacity": 1}, encoding
    )
