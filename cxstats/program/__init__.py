"""The program's case: what all initiatives returned together, less all that the program cost.

Owns the reading of all claims as one (chance, overlap, inputs used by several) and the money of the whole.
Knows nothing of who disputed what or of other currencies: what comes in is what may be added.
"""

from cxstats.program.claims import money_claim
from cxstats.program.inputs import (
    Initiative,
    JointEstimate,
    Measured,
    Program,
    ProgramCost,
    part_digest,
    program_digest,
)
from cxstats.program.results import Backing, Forecast, Part, ProgramLine, ProgramReturn, Span, backing_of
from cxstats.program.returns import LEAST_PLANS, program_return

__all__ = [
    "LEAST_PLANS",
    "Backing",
    "Forecast",
    "Initiative",
    "JointEstimate",
    "Measured",
    "Part",
    "Program",
    "ProgramCost",
    "ProgramLine",
    "ProgramReturn",
    "Span",
    "backing_of",
    "money_claim",
    "part_digest",
    "program_digest",
    "program_return",
]
