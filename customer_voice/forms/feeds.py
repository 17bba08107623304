"""The shape of what is typed about feeds."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import LocalIntegerField, StyledForm, YesNoField, style
from customer_voice.feed_choices import MailSecurity, Meaning
from customer_voice.importers.json_places import Leaf
from customer_voice.models import Mailbox, MetricDefinition
from customer_voice.selectors.feeds import surveys_with_events
from customer_voice.services import CallMapping, MailboxPlan, When
from customer_voice.services.mailboxes import MOST_DAYS_BACK
from customer_voice.services.reversals import can_be_reversed
from customer_voice.services.webhook_cases import OF_A_CASE, takes_cases
from customer_voice.services.webhook_mapping import SCORE, TEXT
from journeys.models import Touchpoint

_SOURCE = _("Which system it comes from. IDs are unique within a source.")


class WebhookForm(StyledForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For example: Chat survey"))
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        required=False,
        help_text=_("Which system it comes from. IDs are unique within a source. Empty: the name."),
    )


class CallMappingForm(StyledForm):
    """For each value of an example what it is, and what goes for all."""

    touchpoint = forms.ChoiceField(
        label=_("Touchpoint"),
        required=False,
        help_text=_("For every call, where no value of it names the touchpoint."),
    )
    channel = forms.CharField(label=_("Channel"), max_length=40, required=False)
    reversed = forms.MultipleChoiceField(
        label=_("Metrics whose lowest score is the best in these calls"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each figure is turned once: on a scale from 1 to 5 a 1 of the call counts as 5."),
    )
    cases = forms.MultipleChoiceField(
        label=_("Metrics that the times of a case count for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Choose above which values say when a case was opened, answered and resolved. A call brings a "
            "case up to date; one whose time of resolution is null is open."
        ),
    )
    zone = forms.CharField(
        label=_("Time zone of times without one"),
        max_length=60,
        required=False,
        help_text=_("For example Europe/Berlin. Empty: the zone of your organization."),
    )
    only_place = forms.ChoiceField(label=_("Take in only calls in which this value"), required=False)
    only_values = forms.CharField(
        label=_("is one of"), max_length=1000, required=False, help_text=_("Separated by commas.")
    )
    removes_place = forms.ChoiceField(label=_("Remove the answer where this value"), required=False)
    removes_values = forms.CharField(
        label=_("is one of"), max_length=1000, required=False, help_text=_("For example: deleted, withdrawn")
    )
    survey: Any = forms.ModelChoiceField(
        label=_("Ask this survey's question after each call"),
        queryset=None,
        required=False,
        help_text=_("Surveys that follow events. The customer is known by the reference or the address."),
    )

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        leaves: Sequence[Leaf],
        metrics: Sequence[MetricDefinition],
        mapping: CallMapping,
        survey: Any,
        **kwargs: Any,
    ) -> None:
        self.leaves = _with_missing(leaves, mapping)
        self._values = [leaf for leaf in self.leaves if leaf.is_value]
        initial = {**_initial(mapping), "survey": survey}
        super().__init__(*args, initial=initial, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["touchpoint"].choices = [("", _("None")), *_touchpoints(organization)]
        places = [("", _("Nothing chosen")), *((leaf.place, leaf.place) for leaf in self._values)]
        fields["only_place"].choices = fields["removes_place"].choices = places
        fields["survey"].queryset = surveys_with_events(organization)
        of_cases = [(one.key, one.name) for one in metrics if takes_cases(one)]
        metrics = [one for one in metrics if not one.calculation.counts_cases]
        fields["cases"].choices = of_cases
        if not of_cases:
            del fields["cases"]
        on_scales = [(one.key, one.name) for one in metrics if can_be_reversed(one)]
        fields["reversed"].choices = on_scales
        if not on_scales:
            del fields["reversed"]
        choices = _meanings(metrics, has_cases=bool(of_cases or mapping.cases))
        for leaf in self._values:
            field = forms.ChoiceField(label=leaf.place, choices=choices, required=False)
            style(field.widget)
            fields[_field(leaf.place)] = field

    def rows(self) -> list[tuple[Leaf, Any]]:
        """Headings and values in their order, with the field of each value."""
        return [(leaf, self[_field(leaf.place)] if leaf.is_value else None) for leaf in self.leaves]

    def further(self) -> list[Any]:
        """Fields beside those of the values."""
        own = {_field(leaf.place) for leaf in self._values}
        return [self[name] for name in self.fields if name not in own]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen: dict[str, str] = {}
        for leaf in self._values:
            said = data.get(_field(leaf.place))
            if said and chosen.setdefault(said, leaf.place) != leaf.place:
                text = gettext("Chosen above for another value already.")
                self.add_error(_field(leaf.place), text)
        for name in ("only", "removes"):
            if data.get(f"{name}_place") and not _listed(data.get(f"{name}_values", "")):
                self.add_error(f"{name}_values", gettext("Say which words."))
        return data

    def mapping(self) -> CallMapping:
        """What was chosen. Only of a valid form."""
        data = self.cleaned_data
        values: dict[str, str] = {}
        answers: dict[str, dict[str, str]] = {}
        for leaf in self._values:
            said = data.get(_field(leaf.place), "")
            part, colon, key = said.partition(":")
            if colon:
                answers.setdefault(key, {})[part] = leaf.place
            elif said:
                values[said] = leaf.place
        fixed = {name: data[name] for name in ("touchpoint", "channel") if data[name]}
        return CallMapping(
            values=values,
            answers=answers,
            fixed=fixed,
            zone=data["zone"],
            reversed=tuple(data.get("reversed", ())),
            cases=tuple(data.get("cases", ())),
            only=_when(data, "only"),
            removes=_when(data, "removes"),
        )


class MailboxForm(StyledForm):
    source = forms.CharField(label=_("Source"), max_length=60, help_text=_SOURCE)
    touchpoint = forms.ModelChoiceField(label=_("Touchpoint"), queryset=Touchpoint.objects.none())
    host = forms.CharField(
        label=_("Mail server (IMAP)"), max_length=253, help_text=_("For example imap.example.org")
    )
    port = LocalIntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(label=_("Encryption"), choices=MailSecurity, initial=MailSecurity.TLS)
    username = forms.CharField(label=_("User name"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Or an app password. It is stored encrypted and never shown again."),
    )
    folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    channel = forms.CharField(
        label=_("Channel"), max_length=40, required=False, help_text=_("For example: e-mail")
    )
    takes_bounces = YesNoField(
        label=_("Survey letters that come back arrive here"),
        required=False,
        help_text=_(
            "Their recipients are marked as not delivered. Such letters arrive at the address of the sender."
        ),
    )
    days_back = LocalIntegerField(
        label=_("Also take messages of the last days"),
        min_value=0,
        max_value=MOST_DAYS_BACK,
        initial=0,
        required=False,
        help_text=_("0: only what arrives from now on."),
    )

    def __init__(
        self, *args: Any, organization: Organization, mailbox: Mailbox | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["touchpoint"].queryset = Touchpoint.objects.of(organization).filter(is_archived=False)
        if mailbox is not None:
            del fields["source"], fields["days_back"]
            fields["password"].help_text = _("Empty: the password that is stored.")
        else:
            self.say_nothing("password")

    def plan(self, source: str = "") -> MailboxPlan:
        data = dict(self.cleaned_data)
        return MailboxPlan(
            **{**data, "source": data.get("source", source), "days_back": data.get("days_back") or 0}
        )


class FolderForm(StyledForm):
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        help_text=_("Files are read as the last import of this source with the same columns."),
    )
    path = forms.CharField(
        label=_("Folder"),
        max_length=200,
        help_text=_("Below the folder of your organization. For example: crm/nightly"),
    )
    replaces_known = YesNoField(
        label=_("Newer values replace what is known"),
        initial=True,
        required=False,
        help_text=_("Without it a file that would replace something waits for you."),
    )
    moves_done = YesNoField(label=_("Move files that are in to the folder “done”"), required=False)


class FolderChangeForm(StyledForm):
    replaces_known = YesNoField(label=_("Newer values replace what is known"), required=False)
    moves_done = YesNoField(label=_("Move files that are in to the folder “done”"), required=False)


# --- small parts --------------------------------------------------------------------------------


def _field(place: str) -> str:
    return f"v-{sha256(place.encode()).hexdigest()[:12]}"


def _with_missing(leaves: Sequence[Leaf], mapping: CallMapping) -> list[Leaf]:
    """What is chosen already and not in this example stays on the page, or saving would drop it."""
    there = {leaf.place for leaf in leaves if leaf.is_value}
    conditions = [one.place for one in (mapping.only, mapping.removes) if one]
    missing = [place for place in dict.fromkeys([*mapping.places, *conditions]) if place not in there]
    return [*leaves, *(Leaf(place, place, gettext("(not in this call)"), 0, True) for place in missing)]


def _meanings(metrics: Sequence[MetricDefinition], *, has_cases: bool) -> list[Any]:
    named = [(meaning.value, meaning.label) for meaning in Meaning if meaning not in OF_A_CASE]
    of_cases = [(meaning.value, meaning.label) for meaning in OF_A_CASE]
    scores = [(f"{SCORE}:{one.key}", gettext("Score: %(metric)s") % {"metric": one.name}) for one in metrics]
    words = [
        (f"{TEXT}:{one.key}", gettext("Comment on %(metric)s") % {"metric": one.name}) for one in metrics
    ]
    words.append((f"{TEXT}:", gettext("Comment without a metric")))
    return [
        ("", gettext("Not used")),
        (gettext("Answers"), [*scores, *words]),
        (gettext("Who, when, where"), named),
        *([(gettext("Cases"), of_cases)] if has_cases else []),
    ]


def _touchpoints(organization: Organization) -> list[tuple[str, str]]:
    rows = Touchpoint.objects.of(organization).filter(is_archived=False).order_by("name")
    return list(rows.values_list("key", "name"))


def _initial(mapping: CallMapping) -> dict[str, Any]:
    found: dict[str, Any] = {_field(place): meaning for meaning, place in mapping.values.items()}
    for key, parts in mapping.answers.items():
        found |= {_field(place): f"{part}:{key}" for part, place in parts.items()}
    for name, when in (("only", mapping.only), ("removes", mapping.removes)):
        if when is not None:
            found |= {f"{name}_place": when.place, f"{name}_values": ", ".join(when.values)}
    return {
        **found,
        **mapping.fixed,
        "zone": mapping.zone,
        "reversed": list(mapping.reversed),
        "cases": list(mapping.cases),
    }


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _when(data: dict[str, Any], name: str) -> When | None:
    place = data[f"{name}_place"]
    return When(place=place, values=_listed(data[f"{name}_values"])[:20]) if place else None
