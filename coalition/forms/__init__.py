"""The shape of what is typed about the coalition and its initiatives. Never saves."""

from coalition.forms.initiatives import AmendForm, InitiativeFilterForm, InitiativeForm, PlanForm
from coalition.forms.lots import Decides, LotForm, StartForm
from coalition.forms.seats import CharterForm, SeatForm, VoteForm
from coalition.forms.steps import CorrectionForm, DayForm, MilestoneForm, MoveForm, SubmitForm, UpdateForm

__all__ = [
    "AmendForm",
    "CharterForm",
    "CorrectionForm",
    "DayForm",
    "Decides",
    "InitiativeFilterForm",
    "InitiativeForm",
    "LotForm",
    "MilestoneForm",
    "MoveForm",
    "PlanForm",
    "SeatForm",
    "StartForm",
    "SubmitForm",
    "UpdateForm",
    "VoteForm",
]
