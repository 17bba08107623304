"""What answers the pointer."""

from collections.abc import Sequence
from typing import Any

from cxcharts.frame.sheet import Layer, layer


def hover_layer(
    values: list[dict[str, Any]],
    *,
    encoding: dict[str, Any],
    tooltips: Sequence[tuple[str, str]],
    name: str = "hover",
) -> Layer:
    """Invisible points that answer the pointer with a tooltip; the printed drawing leaves them out.

    `tooltips` are (field, heading); fields hold finished text.
    """
    return {
        "name": f"hover_{name}",
        "data": {"values": values},
        "params": [
            {
                "name": f"pointed_{name}",
                "select": {"type": "point", "on": "pointerover", "clear": "pointerout", "nearest": True},
            }
        ],
        "mark": {"type": "point", "style": "hover", "filled": True, "size": 70},
        "encoding": {
            **encoding,
            "opacity": {
                "condition": {"param": f"pointed_{name}", "empty": False, "value": 1},
                "value": 0,
            },
            "tooltip": tooltip(tooltips),
        },
    }


def tooltip(lines: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Lines of a tooltip: (field, heading). Fields hold finished text, hence nominal."""
    return [{"field": field, "type": "nominal", "title": heading} for field, heading in lines]


def hover_dots(
    values: list[dict[str, Any]],
    encoding: dict[str, Any],
    lines: Sequence[tuple[str, str]],
    *,
    name: str,
    size: float,
    keep: Sequence[dict[str, Any]] = (),
) -> Layer:
    """Invisible discs over marks that are drawn already: a finger needs more room than a dot takes."""
    mark = {"type": "point", "filled": True, "size": size, "opacity": 0}
    return layer(values, mark, {**encoding, "tooltip": tooltip(lines)}, keep=keep, name=f"hover_{name}")


def hover_boxes(
    values: list[dict[str, Any]],
    encoding: dict[str, Any],
    lines: Sequence[tuple[str, str]],
    *,
    name: str,
    keep: Sequence[dict[str, Any]] = (),
    **mark: Any,
) -> Layer:
    """Invisible boxes that answer the pointer wherever it stands in them."""
    box = {"type": "rect", "opacity": 0, **mark}
    return layer(values, box, {**encoding, "tooltip": tooltip(lines)}, keep=keep, name=f"hover_{name}")
