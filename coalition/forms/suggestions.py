"""The shape of a suggestion and of the answer to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from coalition.choices import LONGEST_SUGGESTION
from common.forms import StyledForm
from journeys.models import Touchpoint


class SuggestionForm(StyledForm):
    touchpoint = forms.ModelChoiceField(
        label=_("Touchpoint"), queryset=Touchpoint.objects.none(), to_field_name="key"
    )
    text = forms.CharField(
        label=_("What should change, and why?"),
        max_length=LONGEST_SUGGESTION,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Begin with what should change. The coalition sees your name and answers you."),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Touchpoint.objects.of(organization).current().order_by("name")
        self.fields["touchpoint"].queryset = rows  # type: ignore[attr-defined]


class DeclineForm(StyledForm):
    reason = forms.CharField(
        label=_("Why is it declined?"),
        max_length=LONGEST_SUGGESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person gets this reason by e-mail and on the home page."),
    )
