"""Studies, value models, ROI cases, the library, and what the program costs and returns."""

from impact.models.library import LibraryFigure
from impact.models.program import ExchangeRate, LedgerLine, LedgerYear, ProgramCase
from impact.models.studies import AssociationFile, AssociationRun, DriverRun, Study
from impact.models.values import CostLine, LineInput, RoiCase, ValueLine, ValueModel, ValueParameter

__all__ = [
    "AssociationFile",
    "AssociationRun",
    "CostLine",
    "DriverRun",
    "ExchangeRate",
    "LedgerLine",
    "LedgerYear",
    "LibraryFigure",
    "LineInput",
    "ProgramCase",
    "RoiCase",
    "Study",
    "ValueLine",
    "ValueModel",
    "ValueParameter",
]
