"""A journey map with its live values on paper, on its side, or as one picture."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.charting import chart_locale
from common.errors import DomainError
from common.text import legible
from cxcharts.board import Band, Board, Cell, Figure, Words, draw_board, room_of
from cxcharts.chart import Chart
from cxcharts.render import png_of, to_svg
from cxcharts.theme import Theme
from journeys.maps.choices import SheetFormat, SheetSize
from journeys.maps.models import MapSheet
from journeys.maps.selectors import LaneView
from overview.selectors.maps import LiveStep, MapFlow, MapPage, map_flow, map_page
from reports.pdf import render_sheets
from reports.pdf.faces import know_fonts
from wording.formats import reader
from wording.joining import bracketed

# Columns that a page of this paper holds so that a word of eight letters fits in one; pixels of the curve.
COLUMNS = {SheetSize.A3: 26, SheetSize.A4: 16}
FLOW_WIDTH = 900.0
MOST_PIXELS, LONGEST_SIDE, LEAST_SCALE = 60_000_000, 16_000, 0.75  # of a PNG
CURVE_WIDTH = {SheetSize.A3: 1600.0, SheetSize.A4: 1500.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One step, or a stage without steps (`step` None), at `place` in the rows of lanes."""

    step: LiveStep | None
    place: int
    stage: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a sheet: of each column the paragraphs of its cell."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The columns of one page, with the stages above them as (name, columns), and the rows below."""

    columns: tuple[Column, ...]
    stages: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]

    @property
    def density(self) -> str:
        """How small the letters are."""
        if len(self.columns) <= 8:
            return "wide"
        return "medium" if len(self.columns) <= 16 else "narrow"

    @property
    def names(self) -> tuple[str, ...]:
        steps = [column.step for column in self.columns]
        return tuple(
            "" if step is None else f"{step.view.step.number} {step.view.step.name}" for step in steps
        )


def draw_sheet(sheet: MapSheet) -> tuple[bytes, int]:
    """The file and its number of pages, in the reader's language and format. Raises DomainError for a PNG
    of more pixels than programs open."""
    page, flow = map_page(sheet.by, sheet.map), map_flow(sheet.by, sheet.map)
    if sheet.format == SheetFormat.PDF:
        rendered = render_sheets(html_of_sheet(sheet, page, flow), pictures={})
        return rendered.content, rendered.pages
    svg = picture_of_sheet(sheet, page, flow)
    if sheet.format == SheetFormat.SVG:
        return svg.encode(), 1
    return _pixels(svg), 1


def _pixels(svg: str) -> bytes:
    """As sharp as the number of pixels allows."""
    wide, tall = map(float, re.findall(r'(?:width|height)="([\d.]+)"', svg[: svg.index(">")]))
    scale = min(2.0, (MOST_PIXELS / (wide * tall)) ** 0.5, LONGEST_SIDE / max(wide, tall))
    if scale < LEAST_SCALE:
        raise DomainError(gettext_lazy("The map is too large for a readable PNG. Take the SVG or the PDF."))
    know_fonts()
    return png_of(svg, scale=scale)


def html_of_sheet(sheet: MapSheet, page: MapPage, flow: MapFlow) -> str:
    size = SheetSize(sheet.size)
    context: dict[str, Any] = {
        "map": sheet.map,
        "page": page,
        "size": size.value,
        "language": sheet.language,
        "line": _head_line(sheet),
        "organization_name": sheet.map.organization.name,
        "sheets": sheets_of(page, most=COLUMNS[size]),
        "curve": _printed(page.drawing, CURVE_WIDTH[size]),
        "flow": flow,
        "flow_drawing": _printed(flow.drawing, FLOW_WIDTH),
    }
    return legible(render_to_string("overview/pdf/map.html", context))


def picture_of_sheet(sheet: MapSheet, page: MapPage, flow: MapFlow) -> str:
    """What the PDF says, as one picture (SVG)."""
    sheets = sheets_of(page, most=COLUMNS[SheetSize(sheet.size)])
    bands = tuple(
        Band(
            corner=(_("Stage"), _("Step")),
            stages=one.stages,
            names=one.names,
            rows=tuple((row.label, row.cells) for row in one.rows),
        )
        for one in sheets
    )
    drawn = flow.drawing
    board = Board(
        title=sheet.map.name,
        line=_head_line(sheet),
        sentence=page.sentence,
        description=page.sentence,
        bands=bands,
        curve=_figure(page.drawing, room_of(bands)),
        flow=_figure(drawn, FLOW_WIDTH),
        notes=(*(flow.notes if drawn else ()), *page.disagreements),
    )
    return draw_board(board)


def _head_line(sheet: MapSheet) -> str:
    row = sheet.map
    day = reader().day(row.organization.clock.today())
    version = _("version %(number)d") % {"number": row.version}
    return " · ".join(
        part
        for part in (row.organization.name, row.persona, str(row.get_state_display()), version, day)
        if part
    )


def _figure(chart: Chart | None, width: float) -> Figure | None:
    if chart is None:
        return None
    svg = to_svg(chart, theme=Theme.PRINT, locale=chart_locale(), width=width)
    return Figure(title=chart.title, subtitle=chart.subtitle, svg=svg, alternative=chart.alternative)


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
    return Sheet(columns=tuple(columns), stages=tuple(stages), rows=tuple(_rows(columns, lanes)))


def _rows(columns: Sequence[Column], lanes: Sequence[LaneView]) -> Iterator[Row]:
    """Emotion, touchpoints and figures, then the lanes that say something here, then owner and
    initiatives."""

    def row(label: str, cell: Callable[[LiveStep], Iterable[Words]]) -> Row:
        cells = (() if column.step is None else tuple(cell(column.step)) for column in columns)
        return Row(label=label, cells=tuple(cells))

    yield row(_("Emotion"), _emotion)
    yield row(_("Touchpoints and channels"), _places)
    yield row(_("What customers say"), _figures)
    for lane in lanes:
        texts = [lane.cells[column.place].text for column in columns]
        if any(texts):
            yield Row(label=lane.label, cells=tuple((Words(text=text),) if text else () for text in texts))
    yield row(pgettext("of a step", "Owner"), _owner)
    yield row(_("Initiatives"), lambda step: [Words(text=one.reference) for one in step.initiatives])


def _emotion(step: LiveStep) -> Iterator[Words]:
    if step.view.emotion:
        yield Words(text=f"{step.view.emotion_mark} {step.view.emotion}")


def _places(step: LiveStep) -> Iterator[Words]:
    for used in step.view.touchpoints:
        yield Words(text=bracketed(used.touchpoint.name, str(used.touchpoint.get_channel_display())))
    if step.view.nested:
        yield Words(text=f"→ {step.view.nested.name}")


def _owner(step: LiveStep) -> Iterator[Words]:
    if step.view.owner:
        yield Words(text=step.view.owner)


def _figures(step: LiveStep) -> Iterator[Words]:
    for line in step.lines:
        if line.is_few:
            yield Words(text=_said(line.metric.name, _("too few answers")))
            continue
        yield Words(text=f"{line.value} {line.metric.name}", is_strong=True)
        yield Words(text=f"{line.interval} · {line.n}", is_quiet=True)
        for change in line.changes:
            yield Words(text=change.words)
    for metric in step.retired:
        day = reader().day(metric.data_until)
        yield Words(text=_said(metric.name, _("retired; answers until %(day)s") % {"day": day}))


def _said(label: str, value: str) -> str:
    return _("%(label)s: %(value)s") % {"label": label, "value": value}
