"""Points that answer the pointer."""

from collections.abc import Sequence
from typing import Any

from cxcharts.frame.sheet import Layer


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
            "tooltip": [{"field": f, "type": "nominal", "title": heading} for f, heading in tooltips],
        },
    }
