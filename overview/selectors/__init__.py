"""Reads of the pages that look across all rooms."""

from overview.selectors.coverage import CoveragePage, check_names, coverage_page
from overview.selectors.home import HomePage, home_page
from overview.selectors.kinds import Need
from overview.selectors.my_part import MyPart, my_part
from overview.selectors.needs import KINDS, needs_of
from overview.selectors.searching import LONGEST_SEARCH, SearchPage, search
from overview.selectors.touchpoints import TouchpointPage, touchpoint_page

__all__ = [
    "KINDS",
    "LONGEST_SEARCH",
    "CoveragePage",
    "HomePage",
    "MyPart",
    "Need",
    "SearchPage",
    "TouchpointPage",
    "check_names",
    "coverage_page",
    "home_page",
    "my_part",
    "needs_of",
    "search",
    "touchpoint_page",
]
