"""Parts that every chart shares: the outer specification, the time axis, labelled rules, hover."""

from cxcharts.frame.axes import pixel, thinned, tick_texts, top_axis, value_axes, y_axis
from cxcharts.frame.end_names import EndLabel, end_labels
from cxcharts.frame.hover import hover_layer
from cxcharts.frame.keys import KeyItem, key_layers
from cxcharts.frame.rows import Grid, grids, name_layer, only
from cxcharts.frame.rules import Rule, RuleKind, rule_layers, value_rules
from cxcharts.frame.sheet import (
    DEFAULT_WIDTH,
    LANE,
    LINE,
    MOST_POINTS,
    NARROW,
    PIXELS,
    SCHEMA,
    SMALL,
    TEXT_SIZE,
    TICKS,
    Layer,
    literal,
    narrow_only,
    view,
    wide_only,
    without_axis,
)
from cxcharts.frame.time_axis import axes_layer, time_x

__all__ = [
    "DEFAULT_WIDTH",
    "LANE",
    "LINE",
    "MOST_POINTS",
    "NARROW",
    "PIXELS",
    "SCHEMA",
    "SMALL",
    "TEXT_SIZE",
    "TICKS",
    "EndLabel",
    "Grid",
    "KeyItem",
    "Layer",
    "Rule",
    "RuleKind",
    "axes_layer",
    "end_labels",
    "grids",
    "hover_layer",
    "key_layers",
    "literal",
    "name_layer",
    "narrow_only",
    "only",
    "pixel",
    "rule_layers",
    "thinned",
    "tick_texts",
    "time_x",
    "top_axis",
    "value_axes",
    "value_rules",
    "view",
    "wide_only",
    "without_axis",
    "y_axis",
]
