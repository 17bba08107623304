"""Reads of the pages that look across all rooms."""

from overview.selectors.home import HomePage, home_page
from overview.selectors.kinds import Need
from overview.selectors.needs import KINDS, needs_of
from overview.selectors.touchpoints import TouchpointPage, touchpoint_page

__all__ = ["KINDS", "HomePage", "Need", "TouchpointPage", "home_page", "needs_of", "touchpoint_page"]
