"""Names beside the right end of lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.frame.sheet import LINE, SMALL, TEXT_SIZE, Layer, narrow_only, wide_only
from cxcharts.text import spread, wrap

# Right of the names: fonts differ in width by some pixels from what the engine measures, and a name that
# reaches the edge of the drawing is cut there.
END_MARGIN = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class EndLabel:
    """Words beside the right end of a line, at value pixel `y`; `detail` is a second, quieter line."""

    y: float
    text: str
    style: str
    detail: str = ""


def end_labels(
    labels: Sequence[EndLabel],
    *,
    height: float,
    room_wide: float = 150,
    room_narrow: float = 84,
    dx: float = 10,
) -> list[Layer]:
    """Text layers in the right margin, moved apart so that none meets another."""
    layers: list[Layer] = []
    for only, room, size in ((wide_only(), room_wide, TEXT_SIZE), (narrow_only(), room_narrow, SMALL)):
        blocks = []
        line = LINE if size == TEXT_SIZE else 13
        for label in labels:
            head = wrap(label.text, size * 1.05, room, lines=4)
            detail = wrap(label.detail, size, room, lines=4) if label.detail else []
            blocks.append((head, detail))
        heights = [line * (len(head) + len(detail)) + 2.0 for head, detail in blocks]
        centers = spread([b.y for b in labels], heights, low=-10, high=height + 12, gap=3)
        by_style: dict[str, list[dict[str, Any]]] = {}
        for label, (head, detail), center, tall in zip(labels, blocks, centers, heights, strict=True):
            top = center - tall / 2 + 1
            by_style.setdefault(label.style, []).append({"y": top, "text": head})
            if detail:
                by_style.setdefault("muted", []).append({"y": top + line * len(head), "text": detail})
        for style, values in by_style.items():
            layers.append(
                {
                    "data": {"values": values},
                    "transform": only,
                    "mark": {
                        "type": "text",
                        "style": [style] if size == TEXT_SIZE else ["small", style],
                        "align": "left",
                        "baseline": "top",
                        "x": "width",
                        "dx": dx,
                        "y": {"expr": "datum.y"},
                    },
                    "encoding": {"text": {"field": "text"}},
                }
            )
    return layers
