"""Maturity: answers -> practice -> dimension -> overall, every step on show.

`maturity_profile` is the one door. It averages, but never hides what an average hides: spread,
disagreement, perception gaps, "not applicable", and how near the next band lies.
"""

from cxstats.maturity.arithmetic import band_of
from cxstats.maturity.profile import (
    AnswerCounts,
    ArithmeticLine,
    DimensionStanding,
    MaturityProfile,
    Opportunity,
    PerceptionGap,
    PerspectiveLevel,
    PracticeStanding,
    Scope,
    Sensitivity,
    Spread,
    Standing,
    Term,
    UnmetPrerequisite,
)
from cxstats.maturity.scoring import maturity_profile
from cxstats.maturity.spec import (
    DEFAULT_BANDS,
    AgreedLevel,
    AnswerStatus,
    Band,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    Prerequisite,
    RatedAnswer,
    ScoringRules,
)

__all__ = [
    "DEFAULT_BANDS",
    "AgreedLevel",
    "AnswerCounts",
    "AnswerStatus",
    "ArithmeticLine",
    "Band",
    "DimensionSpec",
    "DimensionStanding",
    "LevelSet",
    "MaturityProfile",
    "Opportunity",
    "PerceptionGap",
    "PerspectiveLevel",
    "PracticeSpec",
    "PracticeStanding",
    "Prerequisite",
    "RatedAnswer",
    "Scope",
    "ScoringRules",
    "Sensitivity",
    "Spread",
    "Standing",
    "Term",
    "UnmetPrerequisite",
    "band_of",
    "maturity_profile",
]
