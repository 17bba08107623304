"""Charts that whoever gets the slides can edit: their series lie in a sheet behind the chart."""

from copy import deepcopy
from math import ceil, floor, log10
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from common.spreadsheets import harmless
from reports.slides.parts import Plot, PlotKind
from reports.slides.writing import TABLE, color_of, plain

_KINDS = {
    PlotKind.LINES: XL_CHART_TYPE.LINE,
    PlotKind.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
    PlotKind.CASH: XL_CHART_TYPE.COLUMN_CLUSTERED,
}
_OTHERS = ("#b1400a", "#566271", "#00795f", "#7a5195")  # of series beside the first, readable on white
_new_data: Any = CategoryChartData
_new_element: Any = OxmlElement
_read_element: Any = parse_xml
_FAINT = "#8b95a1"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def draw_plot(slide: Any, plot: Plot, accent: str, place: tuple[int, int, int, int]) -> None:
    data: Any = _new_data(number_format=plot.number_format)
    data.categories = [_name(name) for name in plot.categories]
    for series in plot.series:
        data.add_series(_name(series.name), series.values)
    frame = slide.shapes.add_chart(_KINDS[plot.kind], *place, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(plot.alternative))
    chart = frame.chart
    chart.has_title = False
    chart.font.size = Pt(TABLE)
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.value_axis.tick_labels.number_format = plot.number_format
    chart.value_axis.tick_labels.number_format_is_linked = False
    chart.value_axis.major_gridlines.format.line.color.rgb = color_of("#d5dbe2")
    # names below the chart, and not across it where values are negative
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _colored(chart, plot, accent)
    if plot.kind is PlotKind.BARS:
        chart.category_axis.reverse_order = True
        chart.category_axis.crosses = (
            XL_AXIS_CROSSES.MAXIMUM
        )  # amounts stay below, with the order turned round
        chart.plots[0].gap_width = 80
        _ranges(chart, plot)
        _whole_ranges(chart.value_axis, plot)
    elif plot.kind is PlotKind.CASH:
        chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100
        _last_as_line(chart, accent="#16202b")


def _name(text: str) -> str:
    """One that begins as a formula would be one in the sheet behind the chart."""
    return str(harmless(plain(text)))


def _colored(chart: Any, plot: Plot, accent: str) -> None:
    others = iter(_OTHERS * 3)
    for number, (drawn, series) in enumerate(zip(chart.plots[0].series, plot.series, strict=True)):
        color = color_of(_FAINT if series.is_faint else accent if number == 0 else next(others))
        if plot.kind is PlotKind.LINES:
            drawn.smooth = False
            drawn.format.line.color.rgb = color
            drawn.format.line.width = Pt(1 if series.is_faint else 2.25)
            drawn.marker.style = XL_MARKER_STYLE.NONE
        else:
            drawn.invert_if_negative = False
            drawn.format.fill.solid()
            drawn.format.fill.fore_color.rgb = color


def _ranges(chart: Any, plot: Plot) -> None:
    """The range of each bar, as an error bar with its own ends."""
    values = plot.series[0].values
    ups = [_gap(high, value) for high, value in zip(plot.high, values, strict=True)]
    downs = [_gap(value, low) for low, value in zip(plot.low, values, strict=True)]
    bars = _new_element("c:errBars")
    for tag, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        _child(bars, f"c:{tag}", val=value)
    for tag, amounts in (("plus", ups), ("minus", downs)):
        numbers = _child(_child(bars, f"c:{tag}"), "c:numLit")
        _child(numbers, "c:formatCode", "General")
        _child(numbers, "c:ptCount", val=str(len(amounts)))
        for place, amount in enumerate(amounts):
            _child(_child(numbers, "c:pt", idx=str(place)), "c:v", repr(amount))
    series = chart.plots[0].series[0]._element
    series.find(qn("c:cat")).addprevious(bars)


def _whole_ranges(axis: Any, plot: Plot) -> None:
    """An axis that holds the ranges: programs look at the bars alone."""
    ends = [end for end in (*plot.low, *plot.high, 0.0) if end is not None]
    room = (max(ends) - min(ends)) or 1.0
    step = 10 ** floor(log10(room))
    axis.minimum_scale = floor(min(ends) / step) * step if min(ends) < 0 else 0
    axis.maximum_scale = ceil(max(ends) / step) * step if max(ends) > 0 else 0


def _gap(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else max(upper - lower, 0.0)


def _child(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    """A new element at the end of another one."""
    element = _new_element(tag)
    if text:
        element.text = text
    for name, value in attributes.items():
        element.set(name, value)
    parent.append(element)
    return element


def _last_as_line(chart: Any, accent: str) -> None:
    """The last series as a line over the columns, on the same axes: python-pptx makes charts of one kind."""
    columns = chart.plots[0]._element
    series = columns.findall(qn("c:ser"))[-1]
    line = _new_element("c:lineChart")
    _child(line, "c:grouping", val="standard")
    _child(line, "c:varyColors", val="0")
    columns.remove(series)
    for tag in ("c:invertIfNegative", "c:spPr"):
        for found in series.findall(qn(tag)):
            series.remove(found)
    look = _read_element(
        f'<c:spPr xmlns:c="{_C}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<a:ln w="28575"><a:solidFill><a:srgbClr val="{accent.removeprefix("#").upper()}"/></a:solidFill>'
        "</a:ln></c:spPr>"
    )
    marker = _new_element("c:marker")
    _child(marker, "c:symbol", val="none")
    series.find(qn("c:tx")).addnext(look)
    look.addnext(marker)
    _child(series, "c:smooth", val="0")
    line.append(series)
    _child(line, "c:marker", val="1")
    for axis in columns.findall(qn("c:axId")):
        line.append(deepcopy(axis))
    columns.addnext(line)
