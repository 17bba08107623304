"""Matrix of who covers what: functions of the coalition by touchpoint, with the gaps called out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    LINE,
    PIXELS,
    SMALL,
    Grid,
    Layer,
    box_in_row,
    grids,
    hover_boxes,
    in_row,
    layer,
    level_x,
    name_layer,
    only,
    view,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import Locale, ValueFormat, locale_for
from cxcharts.text import pieces, width_of, wrap
from cxcharts.writer import Writer

STEPS = 5
HALF = 12.0  # of a cell's height
# How a cell's text stands out from its step of the heat: dark on light steps, light on dark ones.
TEXT_STYLES = ("muted", "ink", "on-heat-dark", "on-heat-light", "on-heat-light")


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
    matrix = _Matrix(
        rows=tuple(rows), columns=tuple(columns), cells=_checked(rows, columns, cells), labels=labels
    )
    wide, narrow = grids(rows, wide_room=190, narrow_room=310, tall=28)
    layers = [
        *_layout(matrix, wide, plot=600 - wide.room),
        *_layout(matrix, narrow, plot=312.0),
    ]
    writer = Writer(value=ValueFormat(), labels=labels, locale=locale_for(locale))
    return Chart(
        title,
        subtitle,
        view(height=wide.height, narrow_height=narrow.height, layers=layers),
        writer.alternative(title, subtitle, _sentences(matrix)),
        _table(matrix),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Matrix:
    """Rows, columns and what is known of their cells, by place."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[int, int], CoverageCell]
    labels: Labels

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(i, j) for i in range(len(self.rows)) for j in range(len(self.columns))]

    @property
    def open_rows(self) -> set[int]:
        """Rows that nobody covers."""
        return set(range(len(self.rows))) - {i for i, j in self.places if self.level(i, j)}

    @property
    def open_columns(self) -> set[int]:
        """Columns that cover nothing."""
        return set(range(len(self.columns))) - {j for i, j in self.places if self.level(i, j)}

    @property
    def x(self) -> dict[str, Any]:
        return level_x(0, len(self.columns), axis=None)

    def level(self, row: int, column: int) -> int:
        cell = self.cells.get((row, column))
        return 0 if cell is None else cell.level

    def said(self, row: int, column: int) -> str:
        """The cell in words: a level that the caller left without text is still covered."""
        cell = self.cells.get((row, column))
        if cell is None or (cell.level == 0 and not cell.text):
            return self.labels.not_covered
        return cell.text or self.labels.covered


def _checked(
    rows: Sequence[str], columns: Sequence[str], cells: Sequence[CoverageCell]
) -> dict[tuple[int, int], CoverageCell]:
    """Cells by their place. Raises ValueError for what cannot be drawn."""
    if not rows or not columns:
        raise ValueError("a coverage matrix needs at least one row and one column")
    for cell in cells:
        if not (0 <= cell.row < len(rows) and 0 <= cell.column < len(columns) and 0 <= cell.level < STEPS):
            raise ValueError("a coverage cell needs a known row, a known column and a level from 0 to 4")
    by_place = {(c.row, c.column): c for c in cells}
    if len(by_place) != len(cells):
        raise ValueError("a coverage matrix needs one cell per row and column")
    return by_place


def _layout(matrix: _Matrix, grid: Grid, *, plot: float) -> list[Layer]:
    """The whole matrix on page or phone; `plot` is the width of all cells together in pixels."""
    room = plot / len(matrix.columns) - 6
    return [
        *_row_names(matrix, grid),
        *_heat(matrix, grid),
        *_cell_texts(matrix, grid, room),
        *_column_names(matrix, grid, room),
        _hover(matrix, grid),
    ]


def _row_names(matrix: _Matrix, grid: Grid) -> list[Layer]:
    covered = set(range(len(matrix.rows))) - matrix.open_rows
    layers = [name_layer(grid, skip=matrix.open_rows)]
    if matrix.open_rows:
        layers.append(name_layer(grid, "text-bad", skip=covered))
    return layers


def _heat(matrix: _Matrix, grid: Grid) -> list[Layer]:
    """One colored box a cell, with a little air between neighbors."""
    inset = 0.03 if len(matrix.columns) < 15 else 0.015
    layers = []
    for step in range(STEPS):
        values = [
            {
                "x": j + inset,
                "x2": j + 1 - inset,
                "row": grid.centers[i] - HALF,
                "row2": grid.centers[i] + HALF,
            }
            for i, j in matrix.places
            if matrix.level(i, j) == step
        ]
        if values:
            mark = {"type": "rect", "style": f"heat-{step}", "cornerRadius": 2}
            layers.append(layer(values, mark, box_in_row(matrix.x), keep=only(grid)))
    return layers


def _cell_texts(matrix: _Matrix, grid: Grid, room: float) -> list[Layer]:
    """Texts that fit into their cell; the tooltip and the table have all of them."""
    layers = []
    for step, style in enumerate(TEXT_STYLES):
        values = [
            {"x": c.column + 0.5, "row": grid.centers[c.row], "text": c.text}
            for c in matrix.cells.values()
            if c.level == step and c.text and width_of(c.text, SMALL) <= room + 4
        ]
        if values:
            mark = {"type": "text", "style": [style, "small"], "baseline": "middle"}
            encoding = {**in_row(matrix.x), "text": {"field": "text"}}
            layers.append(layer(values, mark, encoding, keep=only(grid)))
    return layers


def _column_names(matrix: _Matrix, grid: Grid, room: float) -> list[Layer]:
    """Names above the columns: level where they fit, else slanted."""
    level = all(
        len(wrap(c, SMALL, room)) <= 3 and max(width_of(w.rstrip(), SMALL) for w in pieces(c)) <= room
        for c in matrix.columns
    )
    layers: list[Layer] = []
    for style, members in (
        ("muted", sorted(set(range(len(matrix.columns))) - matrix.open_columns)),
        ("text-bad", sorted(matrix.open_columns)),
    ):
        if not members:
            continue
        values: list[dict[str, Any]] = []
        for j in members:
            name = matrix.columns[j]
            lines = wrap(name, SMALL, room) if level else wrap(name, SMALL, 120, lines=1)
            values.append({"x": j + 0.5, "row": -6 - len(lines) * (LINE - 1) if level else -8, "text": lines})
        mark = {
            "type": "text",
            "style": [style, "small"],
            "align": "center" if level else "left",
            "baseline": "top" if level else "middle",
            "angle": 0 if level else -50,
        }
        encoding = {"x": matrix.x, "y": PIXELS, "text": {"field": "text"}}
        layers.append(layer(values, mark, encoding, keep=only(grid)))
    return layers


def _hover(matrix: _Matrix, grid: Grid) -> Layer:
    values = [
        {
            "x": j,
            "x2": j + 1,
            "row": grid.centers[i] - HALF,
            "row2": grid.centers[i] + HALF,
            "rowname": matrix.rows[i],
            "columnname": matrix.columns[j],
            "text": matrix.said(i, j),
        }
        for i, j in matrix.places
    ]
    labels = matrix.labels
    tips = [("rowname", labels.row), ("columnname", labels.column), ("text", labels.value)]
    return hover_boxes(values, box_in_row(matrix.x), tips, name=f"cells_{grid.key}", keep=only(grid))


def _sentences(matrix: _Matrix) -> list[str]:
    """A sentence for every row, and one for the columns that nobody fills."""
    labels = matrix.labels
    said = []
    for i, row in enumerate(matrix.rows):
        cells = [
            labels.sentence_cell.format(column=name, value=matrix.said(i, j))
            for j, name in enumerate(matrix.columns)
            if matrix.level(i, j) > 0
        ]
        words = labels.list_separator.join(cells) or labels.not_covered
        said.append(labels.sentence_covered.format(row=row, cells=words))
    gaps = [matrix.columns[j] for j in sorted(matrix.open_columns)]
    if gaps:
        said.append(labels.sentence_gap.format(columns=labels.list_separator.join(gaps)))
    return said


def _table(matrix: _Matrix) -> Table:
    body = tuple(
        (Cell(row), *(Cell(matrix.said(i, j)) for j in range(len(matrix.columns))))
        for i, row in enumerate(matrix.rows)
    )
    return Table((matrix.labels.row, *matrix.columns), body)
