"""Live values on a journey map: what customers say at each step, where it hurts, and what is being done."""

from overview.selectors.maps.flow import (
    WINDOW_DAYS,
    WINDOWS,
    FlowCut,
    FlowLine,
    MapFlow,
    map_flow,
)
from overview.selectors.maps.live import LiveCut, LiveLine, LiveStep, live_steps
from overview.selectors.maps.page import HurtLine, MapPage, map_page
from overview.selectors.maps.seeds import step_seed

__all__ = [
    "WINDOWS",
    "WINDOW_DAYS",
    "FlowCut",
    "FlowLine",
    "HurtLine",
    "LiveCut",
    "LiveLine",
    "LiveStep",
    "MapFlow",
    "MapPage",
    "live_steps",
    "map_flow",
    "map_page",
    "step_seed",
]
