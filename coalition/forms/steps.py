"""The small forms of an initiative's page. Never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coalition.choices import InitiativeState, RiskColor
from common.forms import DateInput, StyledForm


class SubmitForm(StyledForm):
    due_on = forms.DateField(label=_("Votes due by"), required=False, widget=DateInput)


class DayForm(StyledForm):
    on = forms.DateField(label=_("On"), widget=DateInput)


class CorrectionForm(StyledForm):
    """Another day for the go-live that was recorded."""

    on = forms.DateField(label=_("Actual go-live date"), widget=DateInput)
    reason = forms.CharField(label=_("Why was the day wrong?"), widget=forms.Textarea(attrs={"rows": 2}))


class UpdateForm(StyledForm):
    color = forms.ChoiceField(label=_("How is it going?"), choices=RiskColor, initial=RiskColor.GREEN)
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 2}))


class MilestoneForm(StyledForm):
    title = forms.CharField(label=_("Milestone"), max_length=140)
    due_on = forms.DateField(label=_("Due on"), widget=DateInput)
    reason = forms.CharField(label=_("Why?"), max_length=1000)

    def __init__(self, *args: Any, needs_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


class MoveForm(StyledForm):
    to = forms.ChoiceField(choices=InitiativeState)
    note = forms.CharField(label=_("Why"), required=False, max_length=1000)
