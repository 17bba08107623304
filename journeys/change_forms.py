"""The shape of what is typed about many touchpoints at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Membership, Organization
from common.forms import RowsField, StyledForm, style
from journeys.change_services import TOGETHER
from journeys.choices import Channel, Phase
from journeys.forms import PersonField, metric_choices, offer_owners
from journeys.models import Touchpoint


class TouchpointFileForm(StyledForm):
    file = forms.FileField(
        label=_("CSV file or workbook"),
        help_text=_("CSV, XLSX, XLS or ODS, with the names of the columns in its first row."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,.xlsx,.xls,.ods"}),
    )


class ChosenForm(StyledForm):
    """Which touchpoints, and what all of them get; what is not ticked stays as it is for each."""

    touchpoints = RowsField(queryset=Touchpoint.objects.none(), to_field_name="key")
    change = forms.MultipleChoiceField(
        label=_("What changes"),
        choices=[
            ("owner_function", _("Owner")),
            ("owner_person", _("Responsible person")),
            ("phase", _("Phase of the customer's journey")),
            ("channel", _("Channel")),
            ("is_intended", _("Designed on purpose")),
            ("operational_metric", _("Operational metric")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick each field that all of them get. The others stay as they are."),
        error_messages={"required": _("Choose what to change.")},
    )
    owner_function = forms.ModelChoiceField(
        label=_("Owner"), queryset=BusinessFunction.objects.none(), required=False, empty_label=_("Nobody")
    )
    owner_person = PersonField(
        label=_("Responsible person"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )
    phase = forms.ChoiceField(label=_("Phase of the customer's journey"), choices=Phase, required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel, required=False)
    is_intended = forms.ChoiceField(
        label=_("Designed on purpose"), choices=[("yes", _("Yes")), ("no", _("No"))], required=False
    )
    operational_metric = forms.ChoiceField(label=_("Operational metric"), required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_owners(self, organization)
        rows: Any = self.fields["touchpoints"]
        rows.queryset = Touchpoint.objects.of(organization).current()
        rows.widget = forms.MultipleHiddenInput()
        style(rows.widget)
        rows.error_messages["required"] = _("Choose at least one touchpoint.")
        self.fields["operational_metric"].choices = metric_choices(organization)  # type: ignore[attr-defined]
        self.say_nothing(*TOGETHER)

    def values(self) -> dict[str, Any]:
        """The ticked fields with their values."""
        given = {name: self.cleaned_data[name] for name in TOGETHER if name in self.cleaned_data["change"]}
        if "is_intended" in given:
            given["is_intended"] = given["is_intended"] == "yes"
        return given

    def chosen(self) -> Sequence[Touchpoint]:
        return list(self.cleaned_data["touchpoints"])
