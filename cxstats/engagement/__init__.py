"""What a closed wave of an employee survey may say: scores by function and driver, protected first.

Owns the scoring of answers, the figures that are published and how they changed since the last wave. Knows
nothing of who answered: rows are answers and the function they came from. What is told of whom is decided by
`cxstats.anonymity`.
"""

from cxstats.engagement.changes import Changed, changes
from cxstats.engagement.composites import driver_figure, drivers_of_items
from cxstats.engagement.measures import Measure, MeasureKind, Question, Scored, scored
from cxstats.engagement.plans import Function, ToldBefore
from cxstats.engagement.publication import publish
from cxstats.engagement.published import (
    DriverScores,
    Figure,
    FunctionResult,
    GoesWith,
    Part,
    Publication,
    Reliability,
    Share,
)

__all__ = [
    "Changed",
    "DriverScores",
    "Figure",
    "Function",
    "FunctionResult",
    "GoesWith",
    "Measure",
    "MeasureKind",
    "Part",
    "Publication",
    "Question",
    "Reliability",
    "Scored",
    "Share",
    "ToldBefore",
    "changes",
    "driver_figure",
    "drivers_of_items",
    "publish",
    "scored",
]
