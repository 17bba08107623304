"""The shape of what is typed about customer surveys and their questions."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import DateInput, LocalIntegerField, StyledForm, YesNoField, style
from customer_voice.choices import (
    MOST_AGE_DAYS,
    MOST_DELAY_HOURS,
    MOST_QUIET_DAYS,
    MOST_REASON,
    FollowUp,
    HalfUse,
    TicketScope,
)
from customer_voice.importers.recipients import (
    ListedRecipient,
    ReadList,
    recipients_in_file,
    recipients_in_text,
)
from customer_voice.models import MetricDefinition
from customer_voice.selectors.mailings import contacts_to_ask
from customer_voice.selectors.surveys import EditedText
from customer_voice.services import QuestionPlan
from customer_voice.survey_content import RuleOption
from customer_voice.survey_texts import READY_LANGUAGES
from journeys.models import Touchpoint
from questionnaires.content import QuestionKind
from questionnaires.forms import own_name

NAME = _("Name of the survey")
METRIC = "metric"
STANDARD = "standard:"  # of a choice: a metric that is added with the survey
KINDS: list[tuple[str, Any]] = [
    (QuestionKind.ONE_CHOICE.value, _("One answer of several")),
    (QuestionKind.SEVERAL_CHOICES.value, _("Several answers")),
    (QuestionKind.TEXT.value, _("Words")),
    (METRIC, _("Another metric, on its scale")),
]


def language_choices() -> list[tuple[str, str]]:
    """The languages with ready-made buttons, errors and thanks."""
    return [(code, own_name(code)) for code in READY_LANGUAGES]


class NewSurveyForm(StyledForm):
    name = forms.CharField(
        label=NAME, max_length=120, help_text=_("Customers do not see it. For example: After installation")
    )
    title = forms.CharField(
        label=_("Title that customers see"),
        max_length=200,
        help_text=_("In the first language. For example: How did we do?"),
    )
    metric = forms.ChoiceField(
        label=_("Metric"),
        help_text=_("Its wording and scale become the first question; answers count toward it."),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Touchpoint"), queryset=Touchpoint.objects.none(), required=False
    )
    new_touchpoint = forms.CharField(
        label=_("Or the name of a new touchpoint"),
        max_length=120,
        required=False,
        help_text=_("Where customers meet you. It is added to the list. For example: Store"),
    )
    language = forms.ChoiceField(label=_("First language"))
    languages = forms.MultipleChoiceField(
        label=_("Further languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    follow_up = forms.ChoiceField(
        label=_("Ask for the reason"), choices=FollowUp, initial=FollowUp.BY_SCORE, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        metrics: Sequence[MetricDefinition],
        standard: Sequence[tuple[str, str]],
        touchpoints: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        self.known = {str(one.pk): one for one in metrics}
        ready = [(f"{STANDARD}{key}", name) for key, name in standard]
        in_use = [(str(one.pk), str(one)) for one in metrics]
        fields["metric"].choices = [("", _("Choose one")), *in_use]
        if ready:
            fields["metric"].choices = [*fields["metric"].choices, (_("Standard metrics, added now"), ready)]
        fields["touchpoint"].queryset = touchpoints
        fields["touchpoint"].empty_label = _("A new one")
        if not touchpoints.exists():
            del fields["touchpoint"]
            fields["new_touchpoint"].label = _("Touchpoint")
        self.say_nothing(*({"touchpoint", "new_touchpoint"} & set(fields)))
        fields["language"].choices = language_choices()
        fields["languages"].choices = language_choices()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen, new = data.get("touchpoint"), data.get("new_touchpoint", "")
        if "touchpoint" in self.errors or "new_touchpoint" in self.errors:
            return data
        if chosen is None and not new:
            self.add_error("new_touchpoint", _("Choose a touchpoint, or name a new one."))
        elif chosen is not None and new:
            self.add_error("new_touchpoint", _("Choose a touchpoint or name a new one, not both."))
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "name": data["name"],
            "title": data["title"],
            "metric": self.known.get(data["metric"]),
            "standard": data["metric"].removeprefix(STANDARD) if data["metric"] not in self.known else "",
            "touchpoint": data.get("touchpoint"),
            "new_touchpoint": data["new_touchpoint"],
            "languages": [data["language"], *data["languages"]],
            "follow_up": data["follow_up"],
        }


class SurveyForm(StyledForm):
    name = forms.CharField(label=NAME, max_length=120)
    touchpoint = forms.ModelChoiceField(label=_("Touchpoint"), queryset=Touchpoint.objects.none())
    channel = forms.CharField(
        label=_("Channel"),
        max_length=40,
        required=False,
        help_text=_("Recorded with every answer. For example: e-mail"),
    )
    first_day = forms.DateField(label=_("First day"), required=False, widget=DateInput)
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput,
        help_text=_("Answers are taken until the end of this day."),
    )
    privacy_url = forms.URLField(
        label=_("Address of your privacy notice"), max_length=500, required=False, assume_scheme="https"
    )
    embed_hosts = forms.CharField(
        label=_("Sites that may show it as a widget"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One name a line, such as www.example.com. No other site can show it in a frame."),
    )
    half_answers = forms.ChoiceField(
        label=_("Answers that were begun and not sent"),
        choices=HalfUse,
        required=False,
        help_text=_(
            "On surveys of several pages. Customers are told that what they enter is kept with each page."
        ),
    )

    def __init__(self, *args: Any, touchpoints: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["touchpoint"].queryset = touchpoints

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "embed_hosts": self.cleaned_data["embed_hosts"].split()}


class SurveyTextsForm(StyledForm):
    """One field for each text and language; their names are `text:<place>:<language>`."""

    def __init__(self, *args: Any, texts: Sequence[EditedText], has_opened: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: list[tuple[str, str, str]] = []
        for text in texts:
            for language, name, said in text.texts:
                field = f"text:{text.place}:{language}"
                self.places.append((field, text.place, language))
                widget = forms.Textarea(attrs={"rows": 2, "lang": language, "dir": "auto"})
                self.fields[field] = forms.CharField(
                    label=name, required=False, max_length=1000, initial=said, widget=widget
                )
                style(self.fields[field].widget)
        if has_opened:
            self.fields["means_the_same"] = YesNoField(
                label=_("The new wording means the same as the old one"), required=False
            )
            style(self.fields["means_the_same"].widget)

    def typed(self) -> dict[str, Any]:
        texts: dict[str, dict[str, str]] = {}
        for field, place, language in self.places:
            texts.setdefault(place, {})[language] = self.cleaned_data[field]
        return {"texts": texts, "means_the_same": self.cleaned_data.get("means_the_same", False)}

    def rows(self, texts: Sequence[EditedText]) -> list[tuple[EditedText, list[Any]]]:
        """Each text with its fields."""
        return [
            (text, [self[f"text:{text.place}:{language}"] for language, _name, _said in text.texts])
            for text in texts
        ]


class LanguagesForm(StyledForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages beside the first one"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, first: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_languages_%s", **kwargs)
        fields: dict[str, Any] = self.fields
        fields["languages"].choices = [one for one in language_choices() if one[0] != first]


class FollowUpForm(StyledForm):
    follow_up = forms.ChoiceField(label=_("Ask for the reason"), choices=FollowUp)


class CopySurveyForm(StyledForm):
    name = forms.CharField(label=NAME, max_length=120)
    is_version = YesNoField(
        label=_("It is a new version of this survey"),
        required=False,
        help_text=_("Once it opens, this survey closes, and its link, QR codes and widget lead to the copy."),
    )

    def __init__(self, *args: Any, has_opened: bool, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_copy_%s", **kwargs)
        if not has_opened:
            del self.fields["is_version"]


class QuestionForm(StyledForm):
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=KINDS)
    text = forms.CharField(
        label=_("Question"),
        max_length=300,
        required=False,
        help_text=_("In the first language. Of another metric, empty takes the metric's own wording."),
    )
    choices = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line; only for questions with answers to choose from."),
    )
    has_none = YesNoField(
        label=_("The last answer excludes all others (“None of these”)"),
        required=False,
        help_text=_("Only where several answers can be chosen."),
    )
    metric = forms.ModelChoiceField(
        label=_("Metric"), queryset=MetricDefinition.objects.none(), required=False, empty_label=_("None")
    )
    rule = forms.ChoiceField(label=_("Show this question"), required=False)
    is_required = YesNoField(label=_("An answer is needed"), required=False)

    def __init__(
        self,
        *args: Any,
        metrics: Sequence[MetricDefinition],
        options: Sequence[RuleOption],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["metric"].queryset = MetricDefinition.objects.filter(pk__in=[one.pk for one in metrics])
        groups: dict[str, list[tuple[str, str]]] = {}
        for option in options:
            groups.setdefault(option.text, []).append((option.key, option.label))
        fields["rule"].choices = [("", _("Always")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == METRIC and not data.get("metric"):
            self.add_error("metric", _("Choose the metric."))
        return data

    def plan(self) -> QuestionPlan:
        data = self.cleaned_data
        is_metric = data["kind"] == METRIC
        return QuestionPlan(
            kind=QuestionKind.SCALE.value if is_metric else data["kind"],
            text=data["text"],
            metric=data["metric"] if is_metric else None,
            choices=data["choices"].splitlines(),
            has_none=data["has_none"],
            is_required=data["is_required"],
            rule=data["rule"],
        )


class RecipientsForm(StyledForm):
    """Who is asked by e-mail: pasted, from a file, or from the contacts. One of the three."""

    SOURCES: ClassVar[list[tuple[str, Any]]] = [
        ("list", _("The addresses below")),
        ("agreed", _("Contacts who agreed to be asked")),
        ("contacts", _("All contacts with an address, except those who said no")),
    ]
    source = forms.ChoiceField(
        label=_("Who is asked"), choices=SOURCES, initial="list", widget=forms.RadioSelect
    )
    people = forms.CharField(
        label=_("Addresses"),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line, or a table with the columns email, name, language and account."),
    )
    file = forms.FileField(label=_("Or a file (CSV or XLSX)"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") == "list" and not data.get("people") and not data.get("file"):
            self.add_error("people", _("Write at least one address, or choose a file."))
        return data

    def chosen(self, organization: Organization) -> ReadList:
        """Raises FileRefused, InvalidValues."""
        data = self.cleaned_data
        if data["source"] == "list":
            return recipients_in_file(data["file"]) if data["file"] else recipients_in_text(data["people"])
        contacts = contacts_to_ask(organization, with_unknown=data["source"] == "contacts")
        return ReadList(
            rows=tuple(
                ListedRecipient(line=0, email=one.email, name=one.name, language=one.language)
                for one in contacts
            )
        )


class QuietForm(StyledForm):
    quiet_days = LocalIntegerField(
        label=_("Quiet period, days"),
        min_value=0,
        max_value=MOST_QUIET_DAYS,
        help_text=_("After an invitation, nobody is invited by another survey for this many days."),
    )


class EventRuleForm(StyledForm):
    delay_hours = LocalIntegerField(
        label=_("Ask after, hours"),
        min_value=0,
        max_value=MOST_DELAY_HOURS,
        help_text=_("From the moment of the event, for example when a ticket was resolved."),
    )
    age_days = LocalIntegerField(
        label=_("Oldest event, days"),
        min_value=1,
        max_value=MOST_AGE_DAYS,
        help_text=_("Nobody is asked about anything older, however late it is sent to us."),
    )
    tickets = forms.ChoiceField(
        label=_("Tickets that come in here"),
        choices=TicketScope,
        widget=forms.RadioSelect,
        help_text=_(
            "A resolved ticket of a known customer is followed without being sent as an event. Imported "
            "files ask nobody unless the person who imports them says so."
        ),
    )


class LiftForm(StyledForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_REASON,
        help_text=_("Kept in the history of changes. For example: asked for it by phone on 3 May."),
    )
