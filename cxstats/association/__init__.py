"""What goes with a customer's score later: staying, and revenue. An association, never a cause.

`landmark_rows` and `score_rows` bring histories into rows in which the score is known before its outcome
begins; `associate_outcome` fits them and says what speaks for and against reading the result.
"""

from cxstats.association.analysis import (
    AMPLE_EVENTS,
    LEAST_CUSTOMERS,
    LEAST_EVENTS,
    associate_outcome,
)
from cxstats.association.hidden import e_value
from cxstats.association.histories import (
    CustomerHistory,
    Followed,
    FollowedRows,
    ScoreGiven,
    asked_check,
    landmark_rows,
    order_check,
    score_rows,
)
from cxstats.association.results import Association, Contrast, CurvePoint
from cxstats.association.sample import Known, Sample
from cxstats.association.spline import cubic_basis, knots_of
from cxstats.kinds import OutcomeKind

__all__ = [
    "AMPLE_EVENTS",
    "LEAST_CUSTOMERS",
    "LEAST_EVENTS",
    "Association",
    "Contrast",
    "CurvePoint",
    "CustomerHistory",
    "Followed",
    "FollowedRows",
    "Known",
    "OutcomeKind",
    "Sample",
    "ScoreGiven",
    "asked_check",
    "associate_outcome",
    "cubic_basis",
    "e_value",
    "knots_of",
    "landmark_rows",
    "order_check",
    "score_rows",
]
