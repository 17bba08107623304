"""Which touchpoints take part in a lot, and what it decides. Never saves."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import DateInput, LocalIntegerField, RowsField, StyledForm
from journeys.models import Touchpoint


class Decides(models.TextChoices):
    """What chance decides."""

    WHO = "who", _("Which touchpoints get it; the others stay without")
    WHEN = "when", _("When each touchpoint starts; those that wait are the comparison")


class LotForm(StyledForm):
    touchpoints = RowsField(
        label=_("Touchpoints that could get it"),
        queryset=Touchpoint.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them must have answers of the plan's metric."),
    )
    decides = forms.ChoiceField(
        label=_("What chance decides"),
        choices=Decides,
        initial=Decides.WHO,
        widget=forms.RadioSelect,
    )
    takes = LocalIntegerField(label=_("How many get it"), min_value=1)
    first = forms.DateField(
        label=_("First start"),
        widget=DateInput,
        required=False,
        help_text=_(
            "Only where chance decides when: the first day of a period of the plan, after the vote. It "
            "becomes the planned go-live."
        ),
    )
    steps = LocalIntegerField(
        label=_("Starting days"),
        min_value=1,
        required=False,
        help_text=_("At least two touchpoints start on each of them."),
    )
    periods = LocalIntegerField(
        label=_("Periods from one to the next"),
        min_value=1,
        required=False,
        help_text=_("Weeks where the plan measures by week, months where it measures by month."),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Touchpoint.objects.of(organization).filter(is_archived=False).order_by("name")
        self.fields["touchpoints"].queryset = there  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("decides") == Decides.WHEN:
            for name in ("first", "steps"):
                if typed.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Needed where chance decides when."))
        return typed

    @property
    def is_stepped(self) -> bool:
        return bool(self.cleaned_data["decides"] == Decides.WHEN)


class StartForm(StyledForm):
    """Another day than the lot gave to one touchpoint."""

    touchpoint = forms.ChoiceField(label=_("Touchpoint"))
    on = forms.DateField(label=_("Started on"), widget=DateInput)
    reason = forms.CharField(
        label=_("Why is this changing?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Recorded with the date and your name next to what was approved."),
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["touchpoint"].choices = places  # type: ignore[attr-defined]
