"""What people type about studies, values and the program's costs: shape only."""

from impact.forms.associations import AssociationChoices, AssociationFileForm, AssociationForm
from impact.forms.ledger import LedgerFileForm, LedgerForms, RateForm
from impact.forms.library import LibraryForm
from impact.forms.lines import LineForms
from impact.forms.ranges import FactorForm, RangeForm
from impact.forms.studies import ReviewForm, StudyForm
from impact.forms.values import (
    COST_ROWS,
    CostForm,
    FrameForm,
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
    "LibraryForm",
    "LineForms",
    "RangeForm",
    "RateForm",
    "ReviewForm",
    "StudyForm",
    "ValueForms",
]
