"""What people type about studies, values and the program's costs: shape only."""

from impact.forms.associations import AssociationChoices, AssociationFileForm, AssociationForm
from impact.forms.ledger import LedgerFileForm, LedgerForms, RateForm
from impact.forms.lines import LineForms
from impact.forms.studies import ReviewForm, StudyForm
from impact.forms.values import (
    COST_ROWS,
    CostForm,
    FactorForm,
    FrameForm,
    RangeForm,
    ValueForms,
)

__all__ = [
    "COST_ROWS",
    "AssociationChoices",
    "AssociationFileForm",
    "AssociationForm",
    "CostForm",
    "FactorForm",
    "FrameForm",
    "LedgerFileForm",
    "LedgerForms",
    "LineForms",
    "RangeForm",
    "RateForm",
    "ReviewForm",
    "StudyForm",
    "ValueForms",
]
