"""The shape of what is typed about maps."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BusinessFunction, Membership, Organization
from common.forms import RowsField, StyledForm
from journeys.maps.choices import LONGEST_NAME, LONGEST_TEXT, Emotion, LaneKind, MapState, Start
from journeys.maps.importers import MOST_BYTES
from journeys.maps.models import JourneyMap
from journeys.maps.selectors import StepView, people_to_mention
from journeys.models import Touchpoint


class MapForm(StyledForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("What the customer is doing: “Moving in”, “A repair at home”."),
    )
    persona = forms.CharField(
        label=_("Persona"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Whose journey it is: “New private customer”."),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What this map is for, and where it begins and ends."),
    )
    state = forms.ChoiceField(label=_("Shows"), choices=MapState, initial=MapState.TODAY)
    today = forms.ModelChoiceField(
        label=_("Future of"),
        queryset=JourneyMap.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=_("No map of today"),
        help_text=_("Only for a future state: the two can then be compared."),
    )

    def __init__(
        self, *args: Any, organization: Organization, row: JourneyMap | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        maps = JourneyMap.objects.of(organization).filter(state=MapState.TODAY).defer("content")
        if row is not None:
            maps = maps.exclude(pk=row.pk)
        self.fields["today"].queryset = maps  # type: ignore[attr-defined]


class NewMapForm(MapForm):
    start = forms.ChoiceField(label=_("Begin with"), choices=Start, initial=Start.ONBOARDING)


class MapFileForm(StyledForm):
    file = forms.FileField(
        label=_("Table with a row for each step"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_(
            "CSV or XLSX with columns for stage and step; touchpoint, owner and emotion (-2 to 2) if you "
            "have them. Every other column becomes a lane."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large for a map."))
        return file


class ImportedMapForm(StyledForm):
    """What a map from a file is called."""

    name = forms.CharField(label=_("Name of the map"), max_length=LONGEST_NAME)
    persona = forms.CharField(label=_("Persona"), max_length=LONGEST_NAME, required=False)


class StepForm(StyledForm):
    """A step with a field for every lane (`lane_` and its key)."""

    name = forms.CharField(label=_("Step"), max_length=LONGEST_NAME)
    stage = forms.ChoiceField(label=_("Stage"))
    emotion = forms.ChoiceField(
        label=_("How the customer feels"),
        required=False,
        choices=[("", _("Not drawn")), *((str(value), label) for value, label in Emotion.choices)],
    )
    touchpoints = RowsField(
        label=_("Touchpoints"),
        queryset=Touchpoint.objects.none(),
        to_field_name="key",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = forms.ModelChoiceField(
        label=pgettext_lazy("of a step", "Owner"),
        queryset=BusinessFunction.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=_("The owner of the touchpoint"),
    )
    nested = forms.ModelChoiceField(
        label=_("Opens the map"),
        queryset=JourneyMap.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=_("None"),
        help_text=_("For a step that is a journey of its own."),
    )

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        row: JourneyMap,
        view: StepView,
        stages: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        used = [one.touchpoint.pk for one in view.touchpoints]
        points = Touchpoint.objects.of(organization)
        self.fields["touchpoints"].queryset = (  # type: ignore[attr-defined]
            (points.current() | points.filter(pk__in=used)).order_by("name")
        )
        self.fields["owner"].queryset = BusinessFunction.objects.of(organization)  # type: ignore[attr-defined]
        maps = JourneyMap.objects.of(organization).exclude(pk=row.pk).defer("content")
        self.fields["nested"].queryset = maps  # type: ignore[attr-defined]
        self.lanes = {f"lane_{cell.lane.key}": cell for cell in view.cells}
        for name, cell in self.lanes.items():
            widget = forms.Textarea(attrs={"rows": 2, "class": "form-control"})
            self.fields[name] = forms.CharField(
                label=cell.label, required=False, max_length=LONGEST_TEXT, widget=widget
            )


def initial_of(view: StepView) -> dict[str, Any]:
    """What the form of a step begins with."""
    step = view.step
    return {
        "name": step.name,
        "stage": step.stage,
        "emotion": "" if step.emotion is None else str(step.emotion),
        "touchpoints": [used.touchpoint.key for used in view.touchpoints],
        "owner": step.owner,
        "nested": step.nested,
        **{f"lane_{cell.lane.key}": cell.text for cell in view.cells},
    }


class CommentForm(StyledForm):
    text = forms.CharField(
        label=pgettext_lazy("on a map", "Comment"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    step = forms.ChoiceField(label=_("About"), required=False)
    mentioned = RowsField(
        label=_("Tell by e-mail"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, organization: Organization, steps: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [("", _("The whole map")), *steps]  # type: ignore[attr-defined]
        self.fields["mentioned"].queryset = people_to_mention(organization)  # type: ignore[attr-defined]


LANE_CHOICES = LaneKind.choices
