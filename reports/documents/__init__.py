"""What each kind of document says, as data, and how it is drawn."""

from reports.documents.board import evidence_of_board, evidence_of_summary
from reports.documents.drawing import html_of
from reports.documents.evidence import VERSION, evidence_of_maturity, evidence_of_roi
from reports.documents.program import evidence_of_program
from reports.documents.slips import html_of_slips, pictures_of_slips
from reports.documents.waves import evidence_of_wave

__all__ = [
    "VERSION",
    "evidence_of_board",
    "evidence_of_maturity",
    "evidence_of_program",
    "evidence_of_roi",
    "evidence_of_summary",
    "evidence_of_wave",
    "html_of",
    "html_of_slips",
    "pictures_of_slips",
]
