"""Units chosen because they were bad: what would have happened anyway, and how to compare fairly.

Owns expected regression to the mean, the comparison adjusted for the baselines that chose the units, and
league tables with shrunken scores and rank intervals.
"""

from cxstats.selection.ancova import AncovaEffect, ancova
from cxstats.selection.league import League, LeagueRow, league_table
from cxstats.selection.regression_to_mean import (
    VarianceComponents,
    expected_from_choice,
    expected_regression_to_mean,
    variance_components,
)

__all__ = [
    "AncovaEffect",
    "League",
    "LeagueRow",
    "VarianceComponents",
    "ancova",
    "expected_from_choice",
    "expected_regression_to_mean",
    "league_table",
    "variance_components",
]
