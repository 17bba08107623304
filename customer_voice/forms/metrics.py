"""The shape of what is typed about metrics and answers."""

from collections.abc import Mapping, Sequence
from math import isclose
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.editing import SEEN, Edits, Stored, conflict_text, mark_of, read_marks
from common.forms import DateInput, LocalIntegerField, LocalNumberField, ManyChoices, StyledForm, YesNoField
from customer_voice.choices import (
    DefinitionChange,
    MetricKind,
    Period,
    Span,
)
from customer_voice.columns import DECIMALS, DIGITS
from customer_voice.models import Channel, CustomerAccount, MetricDefinition
from customer_voice.rules import rule_choices
from customer_voice.selectors import span_today
from journeys.models import Touchpoint
from wording.formats import reader

NUMBER: dict[str, Any] = {"max_digits": DIGITS, "decimal_places": DECIMALS}


def _said_per_example() -> str:
    thousand = reader().number(1000)
    return gettext("%(number)s gives complaints per %(number)s calls.") % {"number": thousand}


_per_example = lazy(_said_per_example, str)


class SeriesForm(StyledForm):
    """What a metric page shows. Wrong values fall back to what the page shows by itself."""

    period = forms.ChoiceField(label=_("By"), choices=Period, required=False)
    touchpoint = forms.ModelChoiceField(
        label=_("Touchpoint"),
        queryset=Touchpoint.objects.none(),
        to_field_name="key",
        required=False,
        widget=ManyChoices,
    )
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    account = forms.CharField(label=_("Customer account"), required=False)
    span = forms.ChoiceField(
        label=_("Time"), required=False, choices=[("", _("As the dates say")), *Span.choices]
    )
    start = forms.DateField(label=_("From"), required=False, widget=DateInput())
    end = forms.DateField(label=_("Up to, not including"), required=False, widget=DateInput())

    def __init__(
        self,
        data: Any,
        *,
        organization: Organization,
        segments: Sequence[str],
        channels: Sequence[Channel] = (),
        account: CustomerAccount | None = None,
    ) -> None:
        super().__init__({"period": Period.MONTH, **data.dict()})
        self.chosen_account, self.organization = account, organization
        if account is None:
            del self.fields["account"]
        standing = Touchpoint.objects.of(organization).standing()
        self.fields["touchpoint"].queryset = standing  # type: ignore[attr-defined]
        offered = [("", _("All")), *standing.values_list("key", "name")]
        self.fields["touchpoint"].choices = offered  # type: ignore[attr-defined]
        self.fields["segment"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((segment, segment) for segment in segments),
        ]
        self.channels = {channel.name: channel for channel in channels}
        if not channels:
            del self.fields["channel"]
        else:
            names = [(name, name) for name in self.channels]
            self.fields["channel"].choices = [("", _("All")), *names]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Arguments of `pages.metric_page`."""
        self.full_clean()
        values = self.cleaned_data
        start, end = values.get("start"), values.get("end")
        if values.get("span"):
            start, end = span_today(self.organization, Span(values["span"]))
        return {
            "period": Period(values.get("period") or Period.MONTH),
            "touchpoint": values.get("touchpoint"),
            "segment": values.get("segment") or None,
            "channel": self.channels.get(values.get("channel", "")),
            "account": self.chosen_account,
            "start": start,
            "end": end,
        }


def _business(name: str) -> str:
    return gettext("business hours of %(calendar)s") % {"calendar": name}


class DefinitionForm(StyledForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=MetricKind)
    wording = forms.CharField(
        label=_("Question wording"),
        max_length=300,
        required=False,
    )
    population = forms.CharField(
        label=_("Who is asked"),
        max_length=200,
        required=False,
        help_text=_("For example: every customer after a repair visit."),
    )
    rule = forms.ChoiceField(label=_("How answers become the metric"), choices=rule_choices)
    calendar = forms.ChoiceField(
        label=_("Times are counted in"),
        required=False,
        help_text=_("For times of cases. Another calendar begins a series of its own."),
    )
    scale_low = LocalIntegerField(label=_("Lowest answer"), required=False)
    scale_high = LocalIntegerField(label=_("Highest answer"), required=False)
    scale_step = LocalNumberField(
        label=_("Step between answers"),
        required=False,
        help_text=_("How far two neighboring answers are apart: one for whole answers, a half for halves."),
        **NUMBER,
    )
    bottom_box_high = LocalNumberField(
        label=_("Bottom box up to"),
        required=False,
        **NUMBER,
    )
    top_box_low = LocalNumberField(
        label=_("Top box from"),
        required=False,
        **NUMBER,
    )
    amount_name = forms.CharField(
        label=_("What is counted"),
        max_length=60,
        required=False,
        help_text=_("For example: complaints."),
    )
    exposure_name = forms.CharField(
        label=_("What it is counted on"),
        max_length=60,
        required=False,
        help_text=_("For example: calls. Empty: each record counts as one."),
    )
    per = LocalNumberField(
        label=_("Shown per"),
        required=False,
        help_text=_per_example(),
        **NUMBER,
    )
    higher_is_better = YesNoField(label=_("A higher figure is better"), required=False, initial=True)
    change = forms.ChoiceField(
        label=_("If the question or who is asked changes"),
        choices=DefinitionChange,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("A new name changes nothing else. Another scale or rule always begins a new series."),
    )
    note = forms.CharField(
        label=_("What changed (shown at the mark on the chart)"), max_length=200, required=False
    )

    def __init__(
        self,
        data: Any,
        *,
        initial: Mapping[str, Any],
        has_answers: bool,
        calendars: Sequence[tuple[str, str]] = (),
        edits: Edits = None,
    ) -> None:
        """`calendars`: key and name of each that times can be counted in."""
        super().__init__(data, initial=initial, edits=edits)
        business = [(key, _business(name)) for key, name in calendars]
        self.fields["calendar"].choices = [("", _("calendar hours")), *business]  # type: ignore[attr-defined]
        self.say_when_needed(_("needed for the top box"), "top_box_low")
        self.say_when_needed(_("needed for top minus bottom"), "bottom_box_high")
        self.say_when_needed(_("needed for a number per period"), "amount_name")
        if not has_answers:
            del self.fields["change"], self.fields["note"]

    def what_changed(self) -> dict[str, str]:
        """What a change means for the answers, for `services.define_metric`; empty where nobody said."""
        return {name: self.cleaned_data[name] for name in ("change", "note") if name in self.fields}

    def values(self) -> dict[str, Any]:
        """For `services.define_metric`; an empty scale or size stays as it was."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in {"change", "note"}}
        for name in ("scale_low", "scale_high", "scale_step", "per"):
            if values[name] is None:
                del values[name]
        return values


class TargetForm(StyledForm):
    """What a metric should reach, in the unit that people speak: points, percent, score or hours."""

    touchpoint = forms.ModelChoiceField(
        label=_("Where"),
        queryset=Touchpoint.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=_("All touchpoints"),
    )
    value = LocalNumberField(
        label=_("Target"),
        required=False,
        help_text=_("Leave empty to remove the target."),
    )

    def __init__(
        self,
        data: Any,
        *,
        organization: Organization,
        metric: MetricDefinition,
        initial: Any,
        targets: Sequence[tuple[str, float, str]],
        edits: Edits,
    ) -> None:
        """`targets`: key of the touchpoint ("" for all), value as it is typed, value in words. The page shows
        them beside the form, so they are what somebody has seen who sets one.
        """
        super().__init__(data, initial=initial, edits=edits)
        standing = Touchpoint.objects.of(organization).standing()
        self.fields["touchpoint"].queryset = standing  # type: ignore[attr-defined]
        offered = [("", _("All")), *standing.values_list("key", "name")]
        self.fields["touchpoint"].choices = offered  # type: ignore[attr-defined]
        self.fields["value"].label = metric.calculation.target_label()
        self._targets = {f"target-{place}": (value, text) for place, value, text in targets}
        self.also_shown = {name: text for name, (_value, text) in self._targets.items()}

    def clean(self) -> dict[str, Any]:
        """Where somebody else has set, changed or removed this target since the page was drawn, that is said
        once."""
        cleaned: dict[str, Any] = self.cleaned_data
        place, typed, sent = cleaned.get("touchpoint"), cleaned.get("value"), self.data.get(SEEN)
        if (
            sent is None
            or not {"touchpoint", "value"} <= cleaned.keys()
            or not isinstance(self.edits, Stored)
        ):
            return cleaned
        name = f"target-{place.key if place else ''}"
        value, text = self._targets.get(name, (None, ""))
        is_as_seen = read_marks(str(sent)).get(name, mark_of("")) == mark_of(text)
        is_same = value is typed is None or (
            value is not None and typed is not None and isclose(float(typed), value)
        )
        if not is_as_seen and not is_same:
            self.add_error("value", conflict_text(self.fields["value"], text, self.edits.who()))
        return cleaned


class StandardMetricsForm(StyledForm):
    keys = forms.MultipleChoiceField(
        label=_("Standard metrics"), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, data: Any, *, choices: Sequence[tuple[str, Any]]) -> None:
        super().__init__(data)
        self.fields["keys"].choices = list(choices)  # type: ignore[attr-defined]


class EraseForm(StyledForm):
    """Whose words go, and whether the score goes with them. Nothing is chosen beforehand."""

    which = forms.ChoiceField(label=_("What to erase"), widget=forms.RadioSelect)
    scores = forms.ChoiceField(
        label=_("Scores and times"),
        choices=[
            ("keep", _("Keep them without comment and customer; they still count")),
            ("remove", _("Erase them too; figures are recalculated")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, customer: str) -> None:
        super().__init__(data)
        choices: list[tuple[str, Any]] = [("answer", _("This answer"))]
        if customer:
            every = _("Every answer of the customer %(reference)s") % {"reference": customer}
            choices.append(("customer", every))
        self.fields["which"].choices = choices  # type: ignore[attr-defined]
