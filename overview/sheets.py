"""A journey map with its live values on paper, on its side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from common.charting import chart_locale
from common.text import legible
from cxcharts.chart import Chart
from cxcharts.render import to_svg
from cxcharts.theme import Theme
from journeys.maps.choices import SheetSize
from journeys.maps.models import MapSheet
from journeys.maps.selectors import LaneView
from overview.selectors.maps import LiveStep, MapFlow, MapPage, map_flow, map_page
from reports.pdf import render_sheets
from wording.formats import reader

# Columns that a page of this paper holds so that a word of eight letters fits in one; pixels of the curve.
COLUMNS = {SheetSize.A3: 26, SheetSize.A4: 16}
FLOW_WIDTH = 900.0
CURVE_WIDTH = {SheetSize.A3: 1600.0, SheetSize.A4: 1500.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One step, or a stage without steps (`step` None), at `place` in the rows of lanes."""

    step: LiveStep | None
    place: int
    stage: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The columns of one page, with the stages above them as (name, columns) and a row for each lane."""

    columns: tuple[Column, ...]
    stages: tuple[tuple[str, int], ...]
    lanes: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def density(self) -> str:
        """How small the letters are."""
        if len(self.columns) <= 8:
            return "wide"
        return "medium" if len(self.columns) <= 16 else "narrow"


def draw_sheet(sheet: MapSheet) -> tuple[bytes, int]:
    """The file and its number of pages, in the reader's language and format."""
    page, flow = map_page(sheet.by, sheet.map), map_flow(sheet.by, sheet.map)
    rendered = render_sheets(html_of_sheet(sheet, page, flow), pictures={})
    return rendered.content, rendered.pages


def html_of_sheet(sheet: MapSheet, page: MapPage, flow: MapFlow) -> str:
    size = SheetSize(sheet.size)
    context: dict[str, Any] = {
        "map": sheet.map,
        "page": page,
        "size": size.value,
        "language": sheet.language,
        "organization_name": sheet.map.organization.name,
        "day": reader().day(sheet.map.organization.clock.today()),
        "sheets": sheets_of(page, most=COLUMNS[size]),
        "curve": _printed(page.drawing, CURVE_WIDTH[size]),
        "flow": flow,
        "flow_drawing": _printed(flow.drawing, FLOW_WIDTH),
    }
    return legible(render_to_string("overview/pdf/map.html", context))


def _printed(chart: Chart | None, width: float) -> str:
    if chart is None:
        return ""
    drawing = to_svg(chart, theme=Theme.PRINT, locale=chart_locale(), width=width)
    return mark_safe(drawing)  # noqa: S308  # the chart core escapes every text


def sheets_of(page: MapPage, *, most: int) -> list[Sheet]:
    """The map in pages of at most `most` columns, broken between stages where that leaves half a page
    filled."""
    columns, place = list[Column](), 0
    for stage in page.stages:
        steps: Sequence[LiveStep | None] = stage.steps or (None,)
        for step in steps:
            columns.append(Column(step=step, place=place, stage=stage.view.stage.name))
            place += 1
    lanes = [lane for lane in page.view.lanes if any(cell.text for cell in lane.cells)]
    pages, start = list[Sheet](), 0
    while start < len(columns):
        end = _end(columns, start, most)
        pages.append(_sheet(columns[start:end], lanes))
        start = end
    return pages


def _end(columns: Sequence[Column], start: int, most: int) -> int:
    end = min(len(columns), start + most)
    if end == len(columns):
        return end
    between = [at for at in range(start + most // 2, end + 1) if columns[at].stage != columns[at - 1].stage]
    return between[-1] if between else end


def _sheet(columns: Sequence[Column], lanes: Sequence[LaneView]) -> Sheet:
    stages: list[tuple[str, int]] = []
    for column in columns:
        if stages and stages[-1][0] == column.stage:
            stages[-1] = (column.stage, stages[-1][1] + 1)
        else:
            stages.append((column.stage, 1))
    rows = [(lane.label, tuple(lane.cells[column.place].text for column in columns)) for lane in lanes]
    return Sheet(
        columns=tuple(columns),
        stages=tuple(stages),
        lanes=tuple(row for row in rows if any(row[1])),
    )
