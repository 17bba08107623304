"""What people say of scores and of what customers did later: shape only."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, StyledForm
from customer_voice.models import MetricDefinition
from impact.choices import OutcomeKind
from impact.history_files import MOST_BYTES
from tabular.choices import DateFormat


class _OfMetric(StyledForm):
    """A form that asks for a metric by its key."""

    metric = forms.ChoiceField(label=_("Metric"))

    def __init__(self, *args: Any, metrics: Sequence[MetricDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._metrics = {one.key: one for one in metrics}
        self.fields["metric"].choices = [(one.key, one.name) for one in metrics]  # type: ignore[attr-defined]

    def clean_metric(self) -> MetricDefinition:
        return self._metrics[self.cleaned_data["metric"]]


class AssociationForm(_OfMetric):
    """Of the customer accounts."""


class AssociationFileForm(_OfMetric):
    field_order = ("file", "metric", "outcome", "until", "date_format")

    file = forms.FileField(
        label=_("Table of scores and outcomes"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_(
            "CSV or XLSX, one row a score: customer, day, score, and end day (empty while a customer) or "
            "revenue of the year after. Start day, segment and revenue before, if you have them. "
            "Customers without a "
            "score belong in it too, with day and score empty."
        ),
    )
    outcome = forms.ChoiceField(label=_("What customers did later"), choices=OutcomeKind)
    until = forms.DateField(
        label=_("Outcomes known up to"),
        widget=DateInput,
        help_text=_("The day of the export: who has no end day by then was still a customer."),
    )
    date_format = forms.ChoiceField(label=_("Dates"), choices=DateFormat, initial=DateFormat.AUTO)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = today

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large. Leave out columns and rows not needed."))
        return file
