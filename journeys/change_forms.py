"""The shape of what is typed about many touchpoints at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BusinessFunction, Membership, Organization
from common.forms import RowsField, StyledForm, style
from journeys.change_services import TOGETHER
from journeys.choices import Channel, Phase
from journeys.forms import metric_choices
from journeys.models import Touchpoint

NOTHING = "-"  # empties an owner or a metric


class TouchpointFileForm(StyledForm):
    file = forms.FileField(
        label=_("CSV file or workbook"),
        help_text=_("CSV, XLSX, XLS or ODS, with the names of the columns in its first row."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,.xlsx,.xls,.ods"}),
    )


class ChosenForm(StyledForm):
    """Which touchpoints, and what all of them get; what is left as it is stays as it is for each."""

    touchpoints = RowsField(queryset=Touchpoint.objects.none(), to_field_name="key")
    owner_function = forms.ChoiceField(label=pgettext_lazy("touchpoint", "Owner"), required=False)
    owner_person = forms.ChoiceField(label=_("Responsible person"), required=False)
    phase = forms.ChoiceField(label=_("Phase of the customer's journey"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    is_intended = forms.ChoiceField(label=_("Designed on purpose"), required=False)
    operational_metric = forms.ChoiceField(label=_("Operational metric"), required=False)
    is_archived = forms.ChoiceField(label=_("Archive"), required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: Any = self.fields["touchpoints"]
        rows.queryset = Touchpoint.objects.of(organization).current()
        rows.widget = forms.MultipleHiddenInput()
        style(rows.widget)
        rows.error_messages["required"] = _("Choose at least one touchpoint.")
        people = Membership.objects.of(organization).active().select_related("user")
        self._people = {str(row.pk): row for row in people.order_by("user__name", "pk")}
        self._functions = {row.key: row for row in BusinessFunction.objects.of(organization)}
        self._offer("owner_function", ((key, str(row)) for key, row in self._functions.items()), _("Nobody"))
        self._offer("owner_person", ((key, str(row)) for key, row in self._people.items()), _("Nobody"))
        self._offer("phase", Phase.choices)
        self._offer("channel", Channel.choices)
        self._offer("is_intended", [("yes", _("Yes")), ("no", _("No"))])
        self._offer("operational_metric", metric_choices(organization)[1:], _("None"))
        self._offer("is_archived", [("yes", _("Yes, take them off the list"))])
        self.say_nothing(*TOGETHER)

    def _offer(self, name: str, choices: Iterable[tuple[Any, Any]], nothing: Any = "") -> None:
        """The choices, after "Leave as it is" and, where it can be emptied, the word for that."""
        first: list[tuple[Any, Any]] = [("", _("Leave as it is")), *([(NOTHING, nothing)] if nothing else [])]
        field: Any = self.fields[name]
        field.choices = [*first, *choices]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in TOGETHER):
            self.add_error(None, _("Choose what to change."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What was chosen, by field."""
        given = {name: self.cleaned_data[name] for name in TOGETHER if self.cleaned_data[name]}
        if "owner_function" in given:
            given["owner_function"] = self._functions.get(given["owner_function"])
        if "owner_person" in given:
            given["owner_person"] = self._people.get(given["owner_person"])
        if "is_intended" in given:
            given["is_intended"] = given["is_intended"] == "yes"
        if "is_archived" in given:
            given["is_archived"] = True
        if given.get("operational_metric") == NOTHING:
            given["operational_metric"] = ""
        return given

    def chosen(self) -> Sequence[Touchpoint]:
        return list(self.cleaned_data["touchpoints"])
