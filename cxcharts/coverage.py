"""Matrix of who covers what: functions of the coalition by touchpoint, with the gaps called out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    PIXELS,
    SMALL,
    Layer,
    grids,
    name_layer,
    only,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, closed, locale_for
from cxcharts.text import pieces, width_of, wrap

STEPS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageCell:
    """Row and column by position; `level` 0 (nothing) to 4 (much); `text` is written into the cell."""

    row: int
    column: int
    level: int
    text: str = ""


def coverage_matrix(
    *,
    title: str,
    subtitle: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[CoverageCell],
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
) -> Chart:
    """Heat grid; cells not given are level 0. Rows without any coverage are named in the color of warning.

    Put the longer list (touchpoints) into the rows. Raises ValueError without rows or columns.
    """
    where = locale_for(locale)
    if not rows or not columns:
        raise ValueError("a coverage matrix needs at least one row and one column")
    levels = {(c.row, c.column): c for c in cells}
    for cell in cells:
        if not (0 <= cell.row < len(rows) and 0 <= cell.column < len(columns) and 0 <= cell.level < STEPS):
            raise ValueError("a coverage cell needs a known row, a known column and a level from 0 to 4")
    if len(levels) != len(cells):
        raise ValueError("a coverage matrix needs one cell per row and column")
    open_rows = {i for i in range(len(rows)) if all(_level(levels, i, j) == 0 for j in range(len(columns)))}
    open_columns = {
        j for j in range(len(columns)) if all(_level(levels, i, j) == 0 for i in range(len(rows)))
    }
    wide, narrow = grids(rows, wide_room=190, narrow_room=310, tall=28)
    x: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, len(columns)], "nice": False, "zero": False},
    }
    layers: list[Layer] = []
    for grid, plot in ((wide, 600 - wide.room), (narrow, 312.0)):
        layers.append(name_layer(grid, skip=open_rows))
        if open_rows:
            layers.append(name_layer(grid, "text-bad", skip=set(range(len(rows))) - open_rows))
        half = 12.0
        for step in range(STEPS):
            members = [
                (i, j) for i in range(len(rows)) for j in range(len(columns)) if _level(levels, i, j) == step
            ]
            if not members:
                continue
            inset = 0.03 if len(columns) < 15 else 0.015
            layers.append(
                {
                    "data": {
                        "values": [
                            {
                                "x": j + inset,
                                "x2": j + 1 - inset,
                                "row": grid.centers[i] - half,
                                "row2": grid.centers[i] + half,
                            }
                            for i, j in members
                        ]
                    },
                    "transform": only(grid),
                    "mark": {"type": "rect", "style": f"heat-{step}", "cornerRadius": 2},
                    "encoding": {"x": x, "x2": {"field": "x2"}, "y": PIXELS, "y2": {"field": "row2"}},
                }
            )
        room = plot / len(columns) - 6
        for step, style in (
            (0, "muted"),
            (1, "ink"),
            (2, "on-heat-dark"),
            (3, "on-heat-light"),
            (4, "on-heat-light"),
        ):
            texts = [
                {"x": c.column + 0.5, "row": grid.centers[c.row], "text": c.text}
                for c in cells
                if c.level == step and c.text and width_of(c.text, SMALL) <= room + 4
            ]
            if texts:
                layers.append(
                    {
                        "data": {"values": texts},
                        "transform": only(grid),
                        "mark": {"type": "text", "style": [style, "small"], "baseline": "middle"},
                        "encoding": {"x": x, "y": PIXELS, "text": {"field": "text"}},
                    }
                )
        layers += _column_names(columns, open_columns, x, only(grid), room)
        layers.append(
            {
                "name": f"hover_cells_{grid.key}",
                "data": {
                    "values": [
                        {
                            "x": j,
                            "x2": j + 1,
                            "row": grid.centers[i] - half,
                            "row2": grid.centers[i] + half,
                            "rowname": rows[i],
                            "columnname": columns[j],
                            "text": _said(levels, i, j, labels),
                        }
                        for i in range(len(rows))
                        for j in range(len(columns))
                    ]
                },
                "transform": only(grid),
                "mark": {"type": "rect", "opacity": 0},
                "encoding": {
                    "x": x,
                    "x2": {"field": "x2"},
                    "y": PIXELS,
                    "y2": {"field": "row2"},
                    "tooltip": [
                        {"field": f, "type": "nominal", "title": t}
                        for f, t in (
                            ("rowname", labels.row),
                            ("columnname", labels.column),
                            ("text", labels.value),
                        )
                    ],
                },
            }
        )
    parts = [closed(title, where), closed(subtitle, where)]
    for i, row in enumerate(rows):
        said = [
            labels.sentence_cell.format(column=columns[j], value=_said(levels, i, j, labels))
            for j in range(len(columns))
            if _level(levels, i, j) > 0
        ]
        parts.append(
            labels.sentence_covered.format(
                row=row, cells=labels.list_separator.join(said) if said else labels.not_covered
            )
        )
    gaps = [columns[j] for j in sorted(open_columns)]
    if gaps:
        parts.append(labels.sentence_gap.format(columns=labels.list_separator.join(gaps)))
    body = tuple(
        (Cell(row), *(Cell(_said(levels, i, j, labels)) for j in range(len(columns))))
        for i, row in enumerate(rows)
    )
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        labels.separator.join(p for p in parts if p),
        Table((labels.row, *columns), body),
    )


def _level(levels: dict[tuple[int, int], CoverageCell], row: int, column: int) -> int:
    cell = levels.get((row, column))
    return 0 if cell is None else cell.level


def _said(levels: dict[tuple[int, int], CoverageCell], row: int, column: int, labels: Labels) -> str:
    cell = levels.get((row, column))
    if cell is None or (cell.level == 0 and not cell.text):
        return labels.not_covered
    return cell.text or labels.covered


def _column_names(
    columns: Sequence[str], open_columns: set[int], x: dict[str, Any], keep: list[dict[str, Any]], room: float
) -> list[Layer]:
    """Names above the columns: level where they fit, else slanted."""
    level = all(
        len(wrap(c, SMALL, room)) <= 3 and max(width_of(w.rstrip(), SMALL) for w in pieces(c)) <= room
        for c in columns
    )
    layers: list[Layer] = []
    for style, members in (
        ("muted", [j for j in range(len(columns)) if j not in open_columns]),
        ("text-bad", sorted(open_columns)),
    ):
        if not members:
            continue
        values: list[dict[str, Any]] = []
        for j in members:
            lines = wrap(columns[j], SMALL, room) if level else wrap(columns[j], SMALL, 120, lines=1)
            values.append({"x": j + 0.5, "row": -6 - len(lines) * (LINE - 1) if level else -8, "text": lines})
        layers.append(
            {
                "data": {"values": values},
                "transform": keep,
                "mark": {
                    "type": "text",
                    "style": [style, "small"],
                    "align": "center" if level else "left",
                    "baseline": "top" if level else "middle",
                    "angle": 0 if level else -50,
                },
                "encoding": {"x": x, "y": PIXELS, "text": {"field": "text"}},
            }
        )
    return layers
