"""Metric series: a line with a soft interval band, events as labelled rules, names at the line's end."""

from cxcharts.series.chart import HEIGHT, series_chart
from cxcharts.series.marks import MOST_BANDS
from cxcharts.series.multiples import small_multiples
from cxcharts.series.points import ControlLimits, Point, Series

__all__ = [
    "HEIGHT",
    "MOST_BANDS",
    "ControlLimits",
    "Point",
    "Series",
    "series_chart",
    "small_multiples",
]
