"""Rows with a name: their places on page and phone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.frame.sheet import LINE, PIXELS, TEXT_SIZE, Layer, layer, narrow_only, wide_only
from cxcharts.text import width_of, wrap


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Pixel rows of one layout."""

    wide: bool
    centers: tuple[float, ...]
    height: float
    names: tuple[tuple[str, ...], ...]
    room: float

    @property
    def key(self) -> str:
        return "wide" if self.wide else "narrow"


def grids(
    names: Sequence[str], *, wide_room: float = 190, narrow_room: float = 300, tall: float = 32
) -> tuple[Grid, Grid]:
    """Layouts for page and phone: names beside their row, or above it where the page is narrow."""
    longest = max(width_of(n, TEXT_SIZE) for n in names)
    room = min(wide_room, longest + 4)
    wide_names = tuple(tuple(wrap(n, TEXT_SIZE, room, lines=3)) for n in names)
    narrow_names = tuple(tuple(wrap(n, TEXT_SIZE, narrow_room, lines=2)) for n in names)
    grids = []
    for is_wide, lines in ((True, wide_names), (False, narrow_names)):
        at = 0.0
        centers = []
        for one in lines:
            if is_wide:
                room_needed = max(tall, len(one) * LINE + 10.0)
                centers.append(at + room_needed / 2)
            else:
                room_needed = len(one) * LINE + 31.0
                centers.append(at + len(one) * LINE + 14.0)
            at += room_needed
        grids.append(
            Grid(
                wide=is_wide,
                centers=tuple(centers),
                height=at + (0 if is_wide else 4),
                names=lines,
                room=room if is_wide else 0,
            )
        )
    return grids[0], grids[1]


def only(grid: Grid) -> list[dict[str, Any]]:
    """Transform that keeps a layer in the grid's own layout."""
    return wide_only() if grid.wide else narrow_only()


def name_layer(grid: Grid, style: str = "ink", skip: Collection[int] = ()) -> Layer:
    """Names of the rows whose position is not in `skip`."""
    values = []
    for position, (lines, center) in enumerate(zip(grid.names, grid.centers, strict=True)):
        if position in skip:
            continue
        top = center + 1.5 - len(lines) * LINE / 2 if grid.wide else center - 12 - len(lines) * LINE
        values.append({"row": top, "text": list(lines)})
    mark = {"type": "text", "style": style, "align": "left", "baseline": "top",
            "x": -(grid.room + 14) if grid.wide else 0}  # fmt: skip
    return layer(values, mark, {"y": PIXELS, "text": {"field": "text"}}, keep=only(grid))


def in_row(x: dict[str, Any]) -> dict[str, Any]:
    """Encoding of what lies at a number in a row."""
    return {"x": x, "y": PIXELS}


def box_in_row(x: dict[str, Any]) -> dict[str, Any]:
    """Encoding of what reaches from `x` to `x2` and from pixel `row` to `row2`."""
    return {"x": x, "x2": {"field": "x2"}, "y": PIXELS, "y2": {"field": "row2"}}


def upright_rule(
    value: float, x: dict[str, Any], narrow: Grid, *, style: str, half: float
) -> tuple[Layer, Layer]:
    """A line at one number through all rows; on a phone a piece `half` up and down in every row.

    There the names stand above their rows, and a line through all would cross them.
    """
    mark = {"type": "rule", "style": style, "strokeWidth": 1.4}
    pieces = [{"x": value, "row": center - half, "row2": center + half} for center in narrow.centers]
    return (
        layer([{"x": value}], mark, {"x": x}, keep=wide_only()),
        layer(pieces, mark, {"x": x, "y": PIXELS, "y2": {"field": "row2"}}, keep=narrow_only()),
    )
