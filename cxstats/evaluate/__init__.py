"""The facade of the evidence engine: a design and a panel in, a finding out.

Owns the grade of a design, the choice of method, the refusals, the checks and the verdict. Knows nothing of
where answers come from or of money. `Thresholds` holds every judgement as a setting.
"""

from cxstats.evaluate.ahead import PlannedPower, smallest_detectable_effect
from cxstats.evaluate.facade import evaluate
from cxstats.evaluate.plan import GradePlan, Shape, planned_grade
from cxstats.evaluate.thresholds import Thresholds

__all__ = [
    "GradePlan",
    "PlannedPower",
    "Shape",
    "Thresholds",
    "evaluate",
    "planned_grade",
    "smallest_detectable_effect",
]
