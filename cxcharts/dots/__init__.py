"""Dot plots: maturity by perspective, and estimates with their intervals."""

from cxcharts.dots.intervals import IntervalRow, State, interval_dots, reading
from cxcharts.dots.perspectives import PERSPECTIVE_HUES, Dot, DotRow, Perspective, dot_plot

__all__ = [
    "PERSPECTIVE_HUES",
    "Dot",
    "DotRow",
    "IntervalRow",
    "Perspective",
    "State",
    "dot_plot",
    "interval_dots",
    "reading",
]
