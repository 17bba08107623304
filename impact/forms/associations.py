"""What people say of scores and of what customers did later: shape only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, StyledForm
from customer_voice.models import MetricDefinition
from impact.choices import PRESETS, OutcomeKind, ValueKind
from impact.history_files import MOST_BYTES
from impact.wording.associations import digits_for
from tabular.choices import DateFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationChoices:
    """What inputs can be taken from. `offered`: kind of model, key of its input, number, words. `chosen`: the
    number, the key and the words of the one with which somebody came to the page."""

    offered: tuple[tuple[str, str, int, str], ...] = ()
    chosen: tuple[int, str, str] | None = None

    def of(self, kind: str, key: str) -> list[tuple[int, str]]:
        """Of one input; of a formula, whose factors have no key of the product, all that fit a formula."""
        return [
            (number, text)
            for of_kind, of_key, number, text in self.offered
            if of_kind == kind and (of_key == key or (kind == ValueKind.FORMULA and not key))
        ]

    def initial_of(self, key: str) -> dict[str, Any]:
        return {"association": self.chosen[0]} if self.chosen and self.chosen[1] == key else {}

    def initial_of_factor(self) -> dict[str, Any]:
        known = {preset.key for presets in PRESETS.values() for preset in presets}
        if self.chosen is None or self.chosen[1] in known:
            return {}
        return {"association": self.chosen[0], "label": self.chosen[2]}


def ends_of_association(value: float, error: float) -> dict[str, float]:
    """Its 95 % limits with three digits that mean something, for who would rather type."""
    shown = {"low": value - 1.96 * error, "likely": value, "high": value + 1.96 * error}
    return {name: round(one, digits_for(abs(one)) + 1) for name, one in shown.items()}


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "accounts_%s")  # two forms of one page ask for a metric
        super().__init__(*args, **kwargs)


class AssociationFileForm(_OfMetric):
    field_order = ("file", "metric", "outcome", "until", "date_format")

    file = forms.FileField(
        label=_("Table of scores and outcomes"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_(
            "CSV or XLSX, one row a score: customer, day, score, and end day (empty while a customer) or "
            "revenue or contacts of the year after. Start day, segment, revenue and contacts before, if you "
            "have them. "
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
