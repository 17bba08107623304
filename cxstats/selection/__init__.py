"""Units chosen because they were bad: what would have happened anyway, and how to compare fairly.

Owns expected regression to the mean and the comparison adjusted for the baselines that chose the units.
"""

from cxstats.selection.ancova import AncovaEffect, ancova
from cxstats.selection.history import HistoryEffect, beyond_history, planned_beyond_history
from cxstats.selection.regression_to_mean import (
    VarianceComponents,
    expected_from_choice,
    variance_components,
)

__all__ = [
    "AncovaEffect",
    "HistoryEffect",
    "VarianceComponents",
    "ancova",
    "beyond_history",
    "expected_from_choice",
    "planned_beyond_history",
    "variance_components",
]
