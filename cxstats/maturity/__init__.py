"""Maturity: answers -> practice -> dimension -> overall, every step on show.

`maturity_profile` scores a round. It averages, but never hides what an average hides: spread,
disagreement, perception gaps, "not applicable", and how near the next band lies. `disclosed` is
that profile as it may be shown: without groups so small that they give a person's answers away.
"""

from cxstats.maturity.arithmetic import band_of
from cxstats.maturity.disclosure import (
    LEAST_MINIMUM,
    NOT_STATED,
    TOGETHER,
    Pattern,
    disclosed,
    pattern_of,
)
from cxstats.maturity.profile import (
    AnswerCounts,
    ArithmeticLine,
    Basis,
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
    "LEAST_MINIMUM",
    "NOT_STATED",
    "TOGETHER",
    "AgreedLevel",
    "AnswerCounts",
    "AnswerStatus",
    "ArithmeticLine",
    "Band",
    "Basis",
    "DimensionSpec",
    "DimensionStanding",
    "LevelSet",
    "MaturityProfile",
    "Opportunity",
    "Pattern",
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
    "disclosed",
    "maturity_profile",
    "pattern_of",
]
