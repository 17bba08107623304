"""Small groups: which cells of a table must not be shown so that no person can be worked out.

Owns suppression of counts and the attack that checks it. Knows nothing of who the people are: group
sizes and opaque member ids are enough. Scores, intervals and verbatims of a suppressed cell go with it.
"""

from cxstats.anonymity.cells import Cell, Family, FilterRisk, filter_risks, is_homogeneous, primary_cells
from cxstats.anonymity.suppression import CellBounds, SuppressionPlan, attack, suppress

__all__ = [
    "Cell",
    "CellBounds",
    "Family",
    "FilterRisk",
    "SuppressionPlan",
    "attack",
    "filter_risks",
    "is_homogeneous",
    "primary_cells",
    "suppress",
]
