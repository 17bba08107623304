"""The shape of what is typed about surveys, waves and the people asked."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Membership
from common.errors import DomainError
from common.forms import DateInput, LocalIntegerField, RowsField, StyledForm, YesNoField, style
from employee_voice.choices import DEFAULT_MINIMUM, LEAST_MINIMUM, MOST_MINIMUM, MOST_SLIPS, Rhythm
from employee_voice.importers import MOST_BYTES_OF_A_LIST, ListedPerson, banks, people_in_file, people_in_text
from employee_voice.models import Wave
from employee_voice.selectors import Editor, Mapping
from employee_voice.services import WavePlan
from questionnaires.content import QuestionKind
from questionnaires.wording import said_in

TITLE = _("Name of the survey")
REMINDERS: list[tuple[str, Any]] = [
    ("7", _("7 days before the last day")),
    ("3", _("3 days before the last day")),
    ("1", _("1 day before the last day")),
    ("0", _("On the last day")),
]
OWN_KINDS: list[tuple[str, Any]] = [
    (QuestionKind.SCALE.value, _("Agreement, five steps")),
    (QuestionKind.TEXT.value, _("Words")),
]


class SurveyForm(StyledForm):
    title = forms.CharField(
        label=TITLE, max_length=120, help_text=_("For example: Service teams, twice a year")
    )
    bank = forms.ChoiceField(label=_("Question set"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].choices = [  # type: ignore[attr-defined]
            (
                bank.key,
                _("%(title)s · %(count)d questions")
                % {
                    "title": said_in(bank.title, language, default=bank.default_language).text,
                    "count": len(bank.questions),
                },
            )
            for bank in banks()
        ]


class CopyForm(StyledForm):
    title = forms.CharField(label=TITLE, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_copy_%s", **kwargs)  # beside another form with a title


class RewordForm(StyledForm):
    """One field for each text and language; their names are `text:<place>:<language>`."""

    title = forms.CharField(label=TITLE, max_length=120)

    def __init__(self, *args: Any, editor: Editor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["title"] = editor.survey.title
        self.places: list[tuple[str, str, str]] = []
        for text in editor.texts:
            for language, name, said in text.texts:
                field = f"text:{text.place}:{language}"
                self.places.append((field, text.place, language))
                is_line = text.place == "title" or text.place.endswith(".title")
                is_needed = (
                    text.is_question or text.place == "title"
                ) and language == editor.default_language
                widget = forms.Textarea(attrs={"rows": 1 if is_line else 2, "lang": language})
                self.fields[field] = forms.CharField(
                    label=name, required=is_needed, max_length=1000, initial=said, widget=widget
                )
                style(self.fields[field].widget)  # the field has a copy of its own
        if editor.has_answers:
            self.fields["means_the_same"] = YesNoField(
                label=_("The new wording means the same as the old one"), required=False
            )
            style(self.fields["means_the_same"].widget)

    def typed(self) -> dict[str, Any]:
        texts: dict[str, dict[str, str]] = {}
        for field, place, language in self.places:
            texts.setdefault(place, {})[language] = self.cleaned_data[field]
        return {
            "title": self.cleaned_data["title"],
            "texts": texts,
            "means_the_same": self.cleaned_data.get("means_the_same", False),
        }

    def rows(self, editor: Editor) -> list[tuple[Any, list[Any]]]:
        """Each text of the editor with its fields."""
        return [
            (text, [self[f"text:{text.place}:{language}"] for language, _name, _said in text.texts])
            for text in editor.texts
        ]


class QuestionForm(StyledForm):
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=OWN_KINDS)

    def __init__(self, *args: Any, languages: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        for number, (language, name) in enumerate(languages):
            widget = forms.TextInput(attrs={"lang": language})
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Question (%(language)s)") % {"language": name},
                required=number == 0,
                max_length=300,
                widget=widget,
            )
            style(self.fields[f"text_{language}"].widget)

    def typed(self) -> dict[str, Any]:
        texts = {language: self.cleaned_data[f"text_{language}"] for language, _name in self.languages}
        return {"kind": self.cleaned_data["kind"], "text": texts}


class WaveForm(StyledForm):
    opens_on = forms.DateField(label=_("First day"), widget=DateInput)
    closes_on = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        help_text=_("Answers are taken until the end of this day. Nothing is read before."),
    )
    opens_alone = YesNoField(label=_("Open by itself on the first day"), required=False)
    reminders = forms.TypedMultipleChoiceField(
        label=_("Reminders"),
        choices=REMINDERS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They go to everyone who was invited: nobody can see who has answered."),
    )
    rhythm = forms.ChoiceField(
        label=_("Repeat"),
        choices=Rhythm,
        help_text=_("The next wave is prepared with the same people when this one closes."),
    )
    sample_pct = LocalIntegerField(
        label=_("Share of people asked, %"),
        percent_as=Decimal(1),
        min_value=1,
        max_value=100,
        initial=100,
        help_text=_("Below 100, this share of every function is drawn by chance."),
    )
    minimum = LocalIntegerField(
        label=_("Smallest group shown"),
        min_value=LEAST_MINIMUM,
        max_value=MOST_MINIMUM,
        initial=DEFAULT_MINIMUM,
        help_text=_(
            "Functions with fewer people are reported together with the function they are part of. "
            "Respondents see "
            "this number, so it cannot be changed once the wave is open."
        ),
    )
    comment_reader = forms.ModelChoiceField(
        label=_("Reads comments first, besides the CX leader"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Only the CX leader"),
        help_text=_(
            "Someone who decides on the comments of the CX leader's own line and on all others that are not "
            "of her own line, and holds back what names a person. Administrators and auditors see no results."
        ),
    )
    slip_place = forms.CharField(
        label=_("Where printed slips are available"),
        max_length=200,
        required=False,
        help_text=_("Shown to people whose browser is too old, for example: at reception"),
    )

    def __init__(self, *args: Any, readers: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment_reader"].queryset = readers  # type: ignore[attr-defined]

    def plan(self) -> WavePlan:
        return WavePlan(**self.cleaned_data)


def initial_of(wave: Wave) -> dict[str, Any]:
    """A wave's plan as its form shows it."""
    return {name: getattr(wave, name) for name in WaveForm.base_fields}


class MembersForm(StyledForm):
    functions = RowsField(
        label=_("Functions"),
        queryset=BusinessFunction.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to take the members of all functions."),
    )

    def __init__(self, *args: Any, functions: QuerySet[BusinessFunction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["functions"].queryset = functions  # type: ignore[attr-defined]


class ListForm(StyledForm):
    """A table that is pasted or uploaded; the check shows it before anybody is added."""

    people = forms.CharField(
        label=_("Paste a table"),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Two columns: email and function. The first line names them."),
    )
    file = forms.FileField(
        label=_("Or a CSV file or workbook"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,.xlsx,.xls,.ods"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say_when_needed(_("needed unless you choose a file"), "people")
        self.say_when_needed(_("needed unless you paste a table"), "file")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        file, text = cleaned.get("file"), cleaned.get("people", "")
        if file is None and not text.strip():
            self.add_error("people", _("Paste addresses or choose a file."))
            return cleaned
        if file is not None and file.size > MOST_BYTES_OF_A_LIST:
            self.add_error("file", _("This file is too large for a list of people."))
            return cleaned
        try:
            cleaned["lines"] = people_in_file(file) if file is not None else people_in_text(text)
        except DomainError as refusal:
            self.add_error("file" if file is not None else "people", str(refusal.message))
        return cleaned

    def lines(self) -> list[ListedPerson]:
        found: list[ListedPerson] = self.cleaned_data["lines"]
        return found

    def as_text(self) -> str:
        """The list as a table that can be sent again without the file."""
        rows = [f"{row.email}\t{row.function}" for row in self.lines()]
        return "\n".join(["email\tfunction", *rows])


class SlipsForm(StyledForm):
    """One number for each function; their names are `slips_<key>`."""

    def __init__(self, *args: Any, rows: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [row.row.pk for row in rows]
        for row in rows:
            field = LocalIntegerField(
                label=row.row.name, min_value=0, max_value=MOST_SLIPS, required=False, initial=row.row.slips
            )
            self.fields[f"slips_{row.row.pk}"] = field
            style(field.widget)

    def counts(self) -> dict[int, int]:
        """Those that differ from what is stored: somebody else may be changing the others at this moment."""
        typed = {key: self.cleaned_data[f"slips_{key}"] or 0 for key in self.keys}
        return {key: number for key, number in typed.items() if number != self.fields[f"slips_{key}"].initial}


class MappingForm(StyledForm):
    """For each function what it was in the wave before; their names are `function_<key>`."""

    def __init__(self, *args: Any, mapping: Mapping, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [row.pk for row in mapping.rows]
        choices = [("", _("New, or not comparable")), *((str(row.pk), row.name) for row in mapping.before)]
        for row in mapping.rows:
            field = forms.TypedChoiceField(
                label=row.name,
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                initial=str(row.came_from_id or ""),
            )
            self.fields[f"function_{row.pk}"] = field
            style(field.widget)

    def came_from(self) -> dict[int, int | None]:
        return {key: self.cleaned_data[f"function_{key}"] for key in self.keys}


class AddressForm(StyledForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class ReasonForm(StyledForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea)
