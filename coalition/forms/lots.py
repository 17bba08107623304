"""Which touchpoints take part in a lot. Never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import LocalIntegerField, RowsField, StyledForm
from journeys.models import Touchpoint


class LotForm(StyledForm):
    touchpoints = RowsField(
        label=_("Touchpoints that could get it"),
        queryset=Touchpoint.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them must have answers of the plan's metric."),
    )
    takes = LocalIntegerField(label=_("How many get it"), min_value=1)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Touchpoint.objects.of(organization).filter(is_archived=False).order_by("name")
        self.fields["touchpoints"].queryset = there  # type: ignore[attr-defined]
