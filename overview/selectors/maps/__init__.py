"""Live values on a journey map: what customers say at each step, where it hurts, and what is being done."""

from overview.selectors.maps.live import LiveCut, LiveLine, LiveStep, live_steps
from overview.selectors.maps.page import HurtLine, MapPage, map_page
from overview.selectors.maps.seeds import step_seed

__all__ = ["HurtLine", "LiveCut", "LiveLine", "LiveStep", "MapPage", "live_steps", "map_page", "step_seed"]
