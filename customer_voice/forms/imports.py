"""The shape of what is typed about a file on its way in."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import StyledForm, YesNoField
from customer_voice.choices import Amounts, ImportField
from customer_voice.forms.recipes import shown_of, shown_question
from customer_voice.importers import plain_words
from customer_voice.models import MetricDefinition
from customer_voice.selectors import series_choices
from customer_voice.services.reading import COMMENT, LEFT_OUT, MOST_ALSO, Also, Condition, Reading
from customer_voice.services.words import Asked
from journeys.models import Touchpoint
from tabular.choices import DateFormat, DurationUnit
from tabular.headers import plain_name
from wording.formats import reader

MOST_LISTED = 50  # columns that each field of the mapping page lists for itself
LONGEST_CHOICE = 160
COMMON_COLUMNS = (
    ImportField.EXTERNAL_ID, ImportField.OCCURRED_AT, ImportField.TOUCHPOINT, ImportField.SCORE,
    ImportField.TEXT,
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
LEFT_OUT_SHOWN = 3  # conditions that the page has room for
COLUMN_LIST = "columns-of-the-file"


# what `services.mappings.validate_mapping` asks for, and when
NEEDED_OF_A_FILE = {
    ImportField.EXTERNAL_ID.value: _("needed for cases and amounts"),
    ImportField.OCCURRED_AT.value: _("needed unless there is the day a case was opened"),
    ImportField.OPENED_AT.value: _("needed unless there is the date of the answer"),
    ImportField.TOUCHPOINT.value: _("needed unless the whole file has one touchpoint"),
    "fixed_touchpoint": _("needed unless a column says which"),
    "metric": _("needed unless there are comments only"),
    ImportField.TEXT.value: _("needed without a metric"),
    ImportField.SCORE.value: _("needed for scores and amounts"),
    ImportField.RESOLVED_AT.value: _("needed for times to resolution"),
    ImportField.FIRST_REPLY_AT.value: _("needed for first response times"),
    ImportField.FIRST_RESOLVED_AT.value: _("needed for times to first resolution"),
    ImportField.WAITS.value: _("this or its length is needed for net times to resolution"),
    "duration_unit": _("needed for lengths of time"),
}


class MappingForm(StyledForm):
    """Which column is which. Field names are those of `ImportField`, so that refusals find their place.

    `asked` is what the file holds that has to be asked (`services.words`); its fields are named by digests.
    """

    metric = forms.ModelChoiceField(
        label=_("Metric"),
        queryset=MetricDefinition.objects.none(),
        required=False,
        empty_label=_("None: comments only"),
        help_text=_("The scores (or times) of the whole file belong to this definition."),
    )
    fixed_touchpoint = forms.ModelChoiceField(
        label=_("One touchpoint for the whole file"),
        queryset=Touchpoint.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=_("The column says which"),
    )
    new_touchpoint = forms.CharField(
        label=_("Or the name of a new touchpoint"),
        max_length=120,
        required=False,
        help_text=_("Where customers meet you. It is added to the list. For example: Store"),
    )
    creates_touchpoints = YesNoField(label=_("Add touchpoints that do not exist yet"), required=False)
    date_format = forms.ChoiceField(
        label=_("Date format"), choices=DateFormat, initial=DateFormat.AUTO, widget=forms.RadioSelect
    )

    is_reversed = YesNoField(
        label=_("In this file the lowest score is the best"),
        required=False,
        help_text=_("Each figure is turned once: on a scale from 1 to 5 a 1 of the file counts as 5."),
    )
    amounts = forms.ChoiceField(
        label=_("Amounts of the file are"),
        choices=Amounts,
        initial=Amounts.SUM,
        required=False,
        help_text=_("Of operational figures. A finished figure is taken times what it was counted on."),
    )
    duration_unit = forms.ChoiceField(
        label=_("Unit of the length of time"),
        choices=[("", _("As the name of the column says")), *DurationUnit.choices],
        required=False,
    )

    waiting = forms.CharField(
        label=_("Further statuses that wait for the customer, one in each line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=_("As the history of the status writes them. The recipe remembers them."),
    )

    def __init__(
        self,
        data: Any,
        *,
        organization: Organization,
        header: Sequence[str],
        initial: dict[str, Any],
        labels: Sequence[str] = (),
        asked: Asked | None = None,
    ) -> None:
        self.header, self.asked = tuple(header), asked or Asked()
        self.labels = dict(zip(header, labels, strict=False))
        reading = initial.get("reading") or Reading()
        turned = initial.get(ImportField.SCORE.value, "") in reading.reversed
        super().__init__(data, initial={**initial, **shown_of(reading), "is_reversed": turned})
        in_use = MetricDefinition.objects.of(organization).filter(is_retired=False)
        offered = [metric.pk for metric in series_choices(in_use)]
        metrics = in_use.filter(pk__in=offered)
        self.metrics = {metric.key: str(metric) for metric in metrics}
        self.fields["metric"].queryset = metrics  # type: ignore[attr-defined]
        self._offer_touchpoints(Touchpoint.objects.of(organization).filter(is_archived=False))
        for field in ImportField:
            self.fields[field.value] = self._column_field(field.label)
        self.fields[ImportField.EXTERNAL_ID].help_text = _(
            "Without one, an answer is recognized by everything in its row."
        )
        self.fields[ImportField.QUESTION].help_text = _(
            "For files in which every row answers one of several questions."
        )
        self.fields[ImportField.STATUS].help_text = _(
            "A case that it calls open counts as open, whatever the time of resolution says."
        )
        self.fields[ImportField.REOPENED_AT].help_text = _(
            "Later than the resolution: the case is open again."
        )
        self.fields[ImportField.WAITED].help_text = _(
            "In hours as the metric counts them. Of a case that waits now, a column that says since when "
            "knows more."
        )
        self.fields[ImportField.WAITS].help_text = _(
            "From – to, or the history of the status; several are separated by semicolons. Pending, on hold "
            "and waiting for the customer count as waiting, every other status as work."
        )
        for name, text in NEEDED_OF_A_FILE.items():
            if name in self.fields:
                self.say_when_needed(text, name)
        known = set(self.fields)
        self._add_further()
        self._add_asked(reading)
        self.say_nothing("amounts", *(name for name in self.fields if name not in known))

    def _offer_touchpoints(self, touchpoints: Any) -> None:
        """Where there is none yet, the whole file gets the first one by its name."""
        offered: Any = self.fields["fixed_touchpoint"]
        offered.queryset = touchpoints
        if not touchpoints.exists():
            self.fields["new_touchpoint"].label = offered.label
            self.say_when_needed(NEEDED_OF_A_FILE["fixed_touchpoint"], "new_touchpoint")
            del self.fields["fixed_touchpoint"]
        else:
            self.say_nothing("new_touchpoint")

    @property
    def touchpoint_fields(self) -> list[Any]:
        """What says the touchpoint of the whole file."""
        names = ("fixed_touchpoint", "new_touchpoint", "creates_touchpoints")
        return [self[name] for name in names if name in self.fields]

    @property
    def has_metrics(self) -> bool:
        """Whether there is a metric that scores can belong to. No query."""
        return bool(self.metrics)

    def _add_further(self) -> None:
        """Further metrics in the same rows, and rows to leave out."""
        keys = [("", _("None")), *self.metrics.items()]
        for place in range(1, MOST_ALSO + 1):
            self.fields[f"also_{place}_metric"] = _choice(_("Metric"), keys)
            self.fields[f"also_{place}_score"] = self._column_field(_("Score"))
            self.fields[f"also_{place}_text"] = self._column_field(_("Customer comment"))
            self.fields[f"also_{place}_reversed"] = YesNoField(
                label=_("Its lowest score is the best"), required=False
            )
        for place in range(1, LEFT_OUT_SHOWN + 1):
            self.fields[f"leave_{place}_column"] = self._column_field(_("Column"))
            self.fields[f"leave_{place}_is"] = _choice(
                _("Rows are left out where it"),
                [("in", _("is one of these values")), ("out", _("is none of these values"))],
            )
            self.fields[f"leave_{place}_values"] = forms.CharField(
                label=_("Values, one in each line"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )

    def _add_asked(self, reading: Reading) -> None:
        for one in self.asked.words:
            said = reading.words.get(one.column, {})
            plain = plain_words(one.word)
            choices = [
                ("refuse", _("not decided: refused")),
                ("none", _("no answer")),
                *((str(point), reader().shortest(point)) for point in one.points),
            ]
            field = _choice(f"“{one.word}” ({one.times}×)", choices)
            field.initial = ("none" if said[plain] == "" else said[plain]) if plain in said else "refuse"
            self.fields[word_field(one.column, plain)] = field
        for question in self.asked.questions:
            plain = plain_words(question.word)
            choices = [
                ("refuse", _("not decided: refused")),
                ("leave", _("leave its rows out")),
                ("comment", _("a comment")),
                *self.metrics.items(),
            ]
            field = _choice(f"“{question.word}” ({question.times}×)", choices)
            field.initial = shown_question(reading.questions, plain)
            self.fields[question_field(plain)] = field

    def _column_field(self, label: Any) -> forms.Field:
        """A list to choose from; where it would be long, a field to type into with one list for all."""
        if self.has_many_columns:
            widget = forms.TextInput(attrs={"class": "form-control", "list": COLUMN_LIST})
            return forms.CharField(label=label, required=False, widget=widget)
        columns = [("", _("not in the file")), *((name, self._said_of(name)) for name in self.header)]
        return _choice(label, columns)

    def _said_of(self, name: str) -> str:
        """The name of a column with the question that a row of labels adds to it."""
        label = self.labels.get(name, name)
        return name if plain_name(label) == plain_name(name) else f"{name} – {label}"[:LONGEST_CHOICE]

    column_list = COLUMN_LIST

    @property
    def has_many_columns(self) -> bool:
        return len(self.header) > MOST_LISTED

    @property
    def column_fields(self) -> list[Any]:
        """What nearly every file has."""
        return [self[field.value] for field in COMMON_COLUMNS]

    @property
    def further_columns(self) -> list[Any]:
        return [self[field.value] for field in ImportField if field not in COMMON_COLUMNS]

    @property
    def has_further_columns(self) -> bool:
        """Whether one of them is chosen, or asks for something."""
        return any(field.value() or field.errors for field in self.further_columns)

    @property
    def also_fields(self) -> list[list[Any]]:
        return [
            [self[f"also_{place}_{name}"] for name in ("metric", "score", "text", "reversed")]
            for place in range(1, MOST_ALSO + 1)
        ]

    @property
    def leave_fields(self) -> list[list[Any]]:
        return [
            [self[f"leave_{place}_{name}"] for name in ("column", "is", "values")]
            for place in range(1, LEFT_OUT_SHOWN + 1)
        ]

    @property
    def has_also(self) -> bool:
        return any(field.value() or field.errors for fields in self.also_fields for field in fields)

    @property
    def has_leave(self) -> bool:
        return any(column.value() or column.errors for column, _is, _values in self.leave_fields)

    @property
    def word_fields(self) -> list[tuple[str, list[Any]]]:
        """By column: the words that have to be asked."""
        found: dict[str, list[Any]] = {}
        for one in self.asked.words:
            field = self[word_field(one.column, plain_words(one.word))]
            found.setdefault(one.column, []).append(field)
        return list(found.items())

    @property
    def asks_numbers(self) -> bool:
        """Whether what has to be asked are numbers, none of which the scale of the chosen metric has."""
        words = [plain_words(one.word).replace(",", ".") for one in self.asked.words]
        return bool(words) and all(_NUMBER.fullmatch(word) for word in words)

    @property
    def question_fields(self) -> list[Any]:
        return [self[question_field(plain_words(one.word))] for one in self.asked.questions]

    def asks_more(self, asked: Asked) -> bool:
        """Whether the file holds something to ask of what was chosen that this form has not shown."""
        names = {word_field(one.column, plain_words(one.word)) for one in asked.words}
        names |= {question_field(plain_words(one.word)) for one in asked.questions}
        return bool(names - set(self.data))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for place in range(1, MOST_ALSO + 1):
            rest = [f"also_{place}_score", f"also_{place}_text"]
            if not values.get(f"also_{place}_metric") and any(values.get(name) for name in rest):
                self.add_error(f"also_{place}_metric", _("Choose the metric that the scores belong to."))
            elif values.get(f"also_{place}_reversed") and not values.get(f"also_{place}_score"):
                self.add_error(f"also_{place}_score", _("Choose the column with its score."))
        for place in range(1, LEFT_OUT_SHOWN + 1):
            if values.get(f"leave_{place}_values") and not values.get(f"leave_{place}_column"):
                self.add_error(f"leave_{place}_column", _("Choose the column."))
        if values.get("fixed_touchpoint") and values.get("new_touchpoint"):
            self.add_error("new_touchpoint", _("Choose a touchpoint or name a new one, not both."))
        return values

    def arguments(self) -> dict[str, Any]:
        """For `services.map_import`."""
        values = self.cleaned_data
        touchpoint = values.get("fixed_touchpoint")
        return {
            "mapping": {field.value: values[field.value] for field in ImportField if values[field.value]},
            "metric": values["metric"],
            "touchpoint_key": touchpoint.key if touchpoint else "",
            "new_touchpoint": values["new_touchpoint"],
            "date_format": values["date_format"],
            "creates_touchpoints": values["creates_touchpoints"],
            "reading": self._reading(),
        }

    def asked_arguments(self) -> dict[str, Any]:
        """For `services.asked_about`."""
        chosen = self.arguments()
        known = self.initial.get("reading") or Reading()
        return {name: chosen[name] for name in ("mapping", "metric", "reading")} | {"known": known}

    def _reading(self) -> Reading:
        values = self.cleaned_data
        words: dict[str, dict[str, str]] = {}
        for one in self.asked.words:
            plain = plain_words(one.word)
            said = values[word_field(one.column, plain)]
            if said and said != "refuse":
                words.setdefault(one.column, {})[plain] = "" if said == "none" else said
        questions = {}
        for question in self.asked.questions:
            plain = plain_words(question.word)
            said = values[question_field(plain)]
            if said and said != "refuse":
                questions[plain] = {"leave": LEFT_OUT, "comment": COMMENT}.get(said, said)
        return Reading(
            also=tuple(
                Also(
                    metric=values[f"also_{place}_metric"],
                    score=values[f"also_{place}_score"],
                    text=values[f"also_{place}_text"],
                )
                for place in range(1, MOST_ALSO + 1)
                if values[f"also_{place}_metric"]
            ),
            leave_out=tuple(
                Condition(
                    column=values[f"leave_{place}_column"],
                    values=tuple(_lines(values[f"leave_{place}_values"])),
                    is_among=values[f"leave_{place}_is"] != "out",
                )
                for place in range(1, LEFT_OUT_SHOWN + 1)
                if values[f"leave_{place}_column"]
            ),
            words=words,
            questions=questions,
            reversed=self._reversed(),
            duration=values["duration_unit"],
            waiting=tuple(dict.fromkeys(_lines(values["waiting"]))),
            amounts=values["amounts"] if values["amounts"] != Amounts.SUM else "",
        )

    def _reversed(self) -> tuple[str, ...]:
        """The columns of scores that are ticked."""
        values = self.cleaned_data
        ticked = [(values[ImportField.SCORE], values["is_reversed"])]
        ticked += [
            (values[f"also_{place}_score"], values[f"also_{place}_reversed"])
            for place in range(1, MOST_ALSO + 1)
            if values[f"also_{place}_metric"]
        ]
        return tuple(dict.fromkeys(column for column, is_ticked in ticked if column and is_ticked))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def word_field(column: str, plain: str) -> str:
    """Name of the field that asks for a word; words are of people, names of fields are not."""
    return f"word_{sha256(f'{column}\x00{plain}'.encode()).hexdigest()[:12]}"


def question_field(plain: str) -> str:
    return f"question_{sha256(plain.encode()).hexdigest()[:12]}"


def _choice(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
