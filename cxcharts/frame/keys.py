"""The key above the plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.frame.sheet import PIXELS, TEXT_SIZE, Layer, layer, narrow_only, wide_only
from cxcharts.text import width_of

LINE_HEIGHT = 18
NARROWEST_PAGE = 256.0  # what a card leaves to a chart on the smallest phones


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyItem:
    """One sign of a key."""

    text: str
    style: str
    shape: str
    hollow: bool = False
    size: float = 70


def key_layers(items: Sequence[KeyItem], *, above: tuple[float, float], left_wide: float = 0) -> list[Layer]:
    """Signs with their names in one line above the plot, more lines on a phone.

    `above` is the distance of the lowest line from the plot (page, phone).
    """
    layers: list[Layer] = []
    for keep, page, offset, start in (
        (wide_only(), 610.0, above[0], left_wide),
        (narrow_only(), NARROWEST_PAGE, above[1], 0.0),
    ):
        texts = []
        lines = _lines(items, page)
        for index, line in enumerate(lines):
            y = -offset - (len(lines) - 1 - index) * LINE_HEIGHT
            for left, item in line:
                texts.append({"row": y, "left": start + left + 14, "text": item.text})
                layers.append(layer([{}], _sign(item, start + left + 5, y), {}, keep=keep))
        mark = {"type": "text", "style": "muted", "align": "left", "baseline": "middle",
                "x": {"expr": "datum.left"}}  # fmt: skip
        layers.append(layer(texts, mark, {"y": PIXELS, "text": {"field": "text"}}, keep=keep))
    return layers


def _lines(items: Sequence[KeyItem], page: float) -> list[list[tuple[float, KeyItem]]]:
    """Items in lines of at most `page` pixels, each with where it begins."""
    lines: list[list[tuple[float, KeyItem]]] = [[]]
    at = 0.0
    for item in items:
        length = 16 + width_of(item.text, TEXT_SIZE) + 16
        if at and at + length - 16 > page:
            lines.append([])
            at = 0.0
        lines[-1].append((at, item))
        at += length
    return lines


def _sign(item: KeyItem, x: float, y: float) -> dict[str, Any]:
    mark: dict[str, Any] = {
        "type": "point",
        "style": [item.style, "hollow"] if item.hollow else item.style,
        "filled": not item.hollow,
        "shape": item.shape,
        "size": item.size,
        "opacity": 1,
        "x": x,
        "y": y,
    }
    if item.shape == "stroke":  # a line has no inside to fill
        mark |= {"angle": 90, "filled": False, "strokeWidth": 2}
    return mark
