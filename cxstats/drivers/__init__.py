"""Drivers: which touchpoints move the overall experience, and which of them to improve first.

Everything here is association within one survey; whether acting on a driver moves the outcome is a
question for `cxstats.evaluate`.
"""

from cxstats.drivers.analysis import DriverAnalysis, DriverNote, DriverShare, driver_analysis
from cxstats.drivers.answers import MissingRule
from cxstats.drivers.binary import (
    MOST_BINARY_DRIVERS,
    BinaryDominance,
    PseudoRSquared,
    binary_dominance,
)
from cxstats.drivers.letters import letter_groups
from cxstats.drivers.performance import (
    ImportanceMap,
    ImportancePoint,
    Quadrant,
    TopBox,
    importance_performance,
)
from cxstats.drivers.shares import MOST_EXACT_DRIVERS, lmg_shares, relative_weights

__all__ = [
    "MOST_BINARY_DRIVERS",
    "MOST_EXACT_DRIVERS",
    "BinaryDominance",
    "DriverAnalysis",
    "DriverNote",
    "DriverShare",
    "ImportanceMap",
    "ImportancePoint",
    "MissingRule",
    "PseudoRSquared",
    "Quadrant",
    "TopBox",
    "binary_dominance",
    "driver_analysis",
    "importance_performance",
    "letter_groups",
    "lmg_shares",
    "relative_weights",
]
