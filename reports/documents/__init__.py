"""What each kind of document says, as data, and how it is drawn."""

from reports.documents.drawing import html_of
from reports.documents.evidence import VERSION, evidence_of_maturity, evidence_of_roi

__all__ = ["VERSION", "evidence_of_maturity", "evidence_of_roi", "html_of"]
