"""Studies, value models, ROI cases, and what the program costs and returns."""

from impact.models.program import ExchangeRate, LedgerLine, LedgerYear, ProgramCase
from impact.models.studies import AssociationFile, AssociationRun, DriverRun, Study
from impact.models.values import CostLine, RoiCase, ValueModel, ValueParameter

__all__ = [
    "AssociationFile",
    "AssociationRun",
    "CostLine",
    "DriverRun",
    "ExchangeRate",
    "LedgerLine",
    "LedgerYear",
    "ProgramCase",
    "RoiCase",
    "Study",
    "ValueModel",
    "ValueParameter",
]
