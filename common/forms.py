"""How forms look: one renderer, one field template, no markup in apps. And how they read numbers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.editing import (
    ONCE,
    SEEN,
    CarryingField,
    Edits,
    New,
    Stored,
    as_text,
    conflict_text,
    hidden,
    mark_of,
    marks_text,
    new_token,
    read_marks,
    sent_values,
    stored_text,
)
from common.fields import Declared, FieldTable, Unit, Use
from common.text import legible, unbroken
from wording.formats import ReaderFormat, reader_format
from wording.joining import sentences
from wording.typed import AmbiguousNumber, UnreadableNumber, number_of, number_text

type FormatSource = Callable[[], ReaderFormat | None]


class TablerRenderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class CheckboxInput(forms.CheckboxInput):
    """A checkbox that hands on what it does not know, where Django's reads it as yes."""

    meanings = {"on": True, "true": True, "yes": True, "1": True}
    meanings |= {"": False, "off": False, "false": False, "no": False, "0": False}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if name not in data:
            return False  # browsers send nothing for an empty box
        sent = data.get(name)
        return self.meanings.get(sent.strip().lower(), sent) if isinstance(sent, str) else sent


class ManyChoices(forms.Select):
    """A list of some hundred plain choices, written at once: Django's has a template for each."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected" if str(key) in chosen else ""), label)
                for key, label in self.choices
            ),
        )
        given = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>\n{}\n</select>', name, given, options)


class YesNoField(forms.BooleanField):
    """Yes or no; any other word is refused instead of counting as yes."""

    widget = CheckboxInput

    def to_python(self, value: Any) -> bool:
        if value is None or isinstance(value, bool):
            return bool(value)
        raise forms.ValidationError(_("Choose one of the answers."), code="invalid_choice")


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows; a number that no row can have is an unknown choice, not an error of the database."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            raise ValidationError(_("Choose one of the answers."), code="invalid_choice") from error


class StyledForm(forms.Form):
    """A form whose widgets carry the component library's classes and whose errors are announced.

    `edits` says what it writes: a row that is stored already (`Stored`; its values are the `initial` ones), a
    new one (`NEW`), or, by default, neither (`common.editing`).
    """

    bound_field_class = CarryingField

    def __init__(self, *args: Any, edits: Edits = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.edits = edits
        self.also_shown: dict[str, str] = {}  # of the page, beside this form: lists of rows, by name
        self._is_carried = False
        self._conflicts: dict[str, str] | None = None
        for field in self.fields.values():
            style(field.widget)

    def carried(self) -> SafeString:
        """The hidden field that goes with what is typed; the first time it is asked for, then nothing."""
        if self.edits is None or self._is_carried:
            return SafeString()
        self._is_carried = True
        if isinstance(self.edits, New):
            sent = self.data.get(self.add_prefix(ONCE)) if self.is_bound else None
            return hidden(self.add_prefix(ONCE), sent or new_token())
        shown = {name: stored_text(field, self._stored(name, field)) for name, field in self._compared()}
        return hidden(self.add_prefix(SEEN), marks_text({**shown, **self.also_shown}.items()))

    def keep_as_typed(self) -> None:
        """Compare no field with what is stored: the page that this form is part of is refused as a whole."""
        self._conflicts = {}

    def full_clean(self) -> None:
        """What was left as it was shown is what is stored now; what two people changed is refused once."""
        if self._conflicts is None and self.is_bound and isinstance(self.edits, Stored):
            self._conflicts = self._take_over(self.edits)
        super().full_clean()
        for name, text in (self._conflicts or {}).items():
            self.add_error(name, text)

    def _compared(self) -> list[tuple[str, forms.Field]]:
        """What is shown of a stored row. Nobody sees what a file or a password was."""
        unseen = (forms.FileInput, forms.PasswordInput)
        return [(name, field) for name, field in self.fields.items() if not isinstance(field.widget, unseen)]

    def _stored(self, name: str, field: forms.Field) -> Any:
        return self.get_initial_for_field(field, name)

    def _take_over(self, edits: Stored) -> dict[str, str]:
        """Put what is stored now into the fields that were left as shown. Returns what is refused, by
        field."""
        shown = read_marks(str(self.data.get(self.add_prefix(SEEN), "")))
        conflicts, data = dict[str, str](), None
        for name, field in self._compared():
            value = self._stored(name, field)
            now = stored_text(field, value)
            if shown.get(name, mark_of(now)) == mark_of(now):
                continue  # nobody has changed it meanwhile, or the page did not show it
            key = self.add_prefix(name)
            typed = as_text(field.widget.value_from_datadict(self.data, self.files, key))
            if typed == now:
                continue
            if mark_of(typed) != shown[name]:
                conflicts[name] = conflict_text(field, now, edits.who())
                continue
            if data is None:
                data = QueryDict(mutable=True)
                data.update(self.data)
            data.setlist(key, sent_values(field, value))
        if data is not None:
            self.data = data
        return conflicts

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        """What was typed, as it is checked and as it is shown again: nothing turns the words around it."""
        value = super()._widget_data_value(widget, html_name)  # type: ignore[misc]  # the stubs leave it out
        is_text = isinstance(value, str) and isinstance(widget, (forms.TextInput, forms.Textarea))
        return legible(value) if is_text else value

    def _clean_fields(self) -> None:
        """A field of one line gives one line, whatever was sent for it."""
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out
        for name, field in self.fields.items():
            text = self.cleaned_data.get(name)
            if isinstance(text, str) and isinstance(field.widget, forms.TextInput):
                self.cleaned_data[name] = unbroken(text).strip()

    def say_when_needed(self, text: Any, *names: str) -> None:
        """Beside these labels `text` ("needed for the vote") stands in place of "optional"."""
        for name in names:
            setattr(self.fields[name], "needed", text)  # noqa: B010 - read by components/field.html

    def say_nothing(self, *names: str) -> None:
        """These are always needed: a service says what is wrong with an empty one, together with the rest."""
        for name in names:
            setattr(self.fields[name], "is_needed", True)  # noqa: B010 - read by components/field.html

    def errors_for_screen(self) -> dict[str, list[str]]:
        return {name: [str(item) for item in items] for name, items in self.errors.items()}

    def absorb(self, fields: dict[str, Any], message: Any) -> None:
        """Show a service's refusal beside the fields that caused it."""
        placed = False
        for name, text in fields.items():
            if name in self.fields:
                self.add_error(name, str(text))
                placed = True
        if not placed:
            self.add_error(None, str(message))


def style(widget: forms.Widget) -> None:
    """Add the class that the component library expects for this kind of widget."""
    if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        name = "form-check-input"
    elif isinstance(widget, (forms.Select, forms.SelectMultiple)):
        name = "form-select"
    else:
        name = "form-control"
    existing = str(widget.attrs.get("class", ""))
    widget.attrs["class"] = f"{existing} {name}".strip()
    # Django's default of ten rows is a third of a screen
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") in (None, "10"):
        widget.attrs["rows"] = 3


class DateInput(forms.DateInput):
    """The browser's own date picker; always ISO on the wire."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


PERCENT_SIGNS = ("%", "\uff05", "\u066a")


class _LocalNumber:
    """Reads and shows a number in the reader's format; refuses what could be two numbers, naming both.

    `percent_as`: what one percent is in the unit of the field, 1 or 0.01, where people may write 50 % as the
    pages do; None where a percentage means nothing.
    """

    reader: FormatSource
    percent_as: Decimal | None

    def clean(self, value: Any) -> Any:
        """One sentence for a number outside the limits; of a grouped one it says how it was read."""
        try:
            return super().clean(value)  # type: ignore[misc]  # of the field beside this class
        except ValidationError as error:
            about_size = [one for one in error.error_list if one.code in {"min_value", "max_value"}]
            if not about_size:
                raise
            sentence = about_size[0].messages[0]
            number = self.read(value)
            if isinstance(value, str) and isinstance(number, Decimal) and _has_groups(value, number):
                read_as = _("“%(typed)s” was read as %(number)s.") % {
                    "typed": value.strip()[:40],
                    "number": f"{number:f}",
                }
                sentence = sentences([read_as, sentence])
            raise ValidationError(sentence, code=about_size[0].code) from error

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return value
        text, factor = value.strip(), None
        if text.endswith(PERCENT_SIGNS):
            if self.percent_as is None:
                raise ValidationError(
                    _("Write the number without “%(sign)s”."), code="percent", params={"sign": text[-1]}
                )
            text, factor = text[:-1].strip(), self.percent_as
        try:
            number = number_of(text, self.reader())
            # without idle zeros, which count as decimals: 50,0 % is 0.5 and not 0.500
            return number if factor is None else (number * factor).normalize() + 0
        except AmbiguousNumber as error:
            first, second = error.readings
            raise ValidationError(
                _("“%(typed)s” can be read in two ways. Write %(first)s or %(second)s."),
                code="ambiguous",
                params={"typed": value.strip()[:40], "first": first, "second": second},
            ) from error
        except UnreadableNumber as error:
            raise ValidationError(_("Enter a number."), code="invalid") from error

    def shown(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            return value
        return number_text(Decimal(str(value)), self.reader())


def _has_groups(typed: str, number: Decimal) -> bool:
    """Whether a mark in what was typed was read as one of thousands."""
    return number == number.to_integral_value() and not typed.strip(" %+-\u2212").isdigit()


class LocalNumberField(_LocalNumber, forms.DecimalField):
    """A number as the reader writes it. `reader` gives her format; None where nothing is known of it."""

    def __init__(
        self, *, reader: FormatSource = reader_format, percent_as: Decimal | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        self.reader, self.percent_as = reader, percent_as
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(self.read(value))

    def prepare_value(self, value: Any) -> Any:
        return self.shown(value)


class LocalIntegerField(_LocalNumber, forms.IntegerField):
    """A whole number as the reader writes it: 10.000 is ten thousand, refused, or ten, never silently ten."""

    def __init__(
        self, *, reader: FormatSource = reader_format, percent_as: Decimal | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        self.reader, self.percent_as = reader, percent_as
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        number = self.read(value)
        if isinstance(number, Decimal):
            if number != number.to_integral_value():
                raise ValidationError(_("Enter a whole number."), code="invalid")
            return int(number)
        return super().to_python(number)

    def prepare_value(self, value: Any) -> Any:
        return self.shown(value)


class DeclaredForm(StyledForm):
    """A form whose plain fields come from `table`, those that it places on a form and no others.

    A relation is written in the form itself, which knows its choices; the table says whether it appears.
    """

    table: ClassVar[FieldTable[Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in self.table:
            if Use.FORM not in item.use.where:
                self.fields.pop(item.name, None)
                continue
            if item.name not in self.fields:
                self.fields[item.name] = form_field(item)
                style(self.fields[item.name].widget)
            if item.use.needed:
                self.say_when_needed(item.use.needed, item.name)
        self.order_fields([*(self.field_order or ()), *self.table.names(Use.FORM)])

    def name_currency(self, currency: str) -> None:
        """Say beside amounts of money whose help says nothing else which money is meant."""
        for item in self.table.at(Use.FORM):
            if item.use.unit is Unit.MONEY and not item.use.help:
                self.fields[item.name].help_text = currency

    def typed(self) -> dict[str, Any]:
        """What was typed into declared fields; many rows as a tuple."""
        lists = {item.name for item in self.table if item.column.many_to_many}
        return {
            name: tuple(self.cleaned_data[name]) if name in lists else self.cleaned_data[name]
            for name in self.table.names(Use.FORM)
            if name in self.cleaned_data
        }


def form_field(item: Declared) -> forms.Field:
    """The field with which a form asks for a plain column. Raises TypeError for a relation."""
    column: Any = item.column
    said: dict[str, Any] = {
        "label": item.question,
        "help_text": item.use.help,
        "required": item.is_asked_for and not isinstance(column, models.BooleanField),
        "initial": item.initial,
    }
    if item.is_relation:
        raise TypeError(f"{item.name} points at other rows: the form says which")
    if column.choices:
        return forms.ChoiceField(choices=column.choices, **said)
    if isinstance(column, models.BooleanField):
        return YesNoField(**said)
    if isinstance(column, models.DateField):
        return forms.DateField(widget=DateInput, **said)
    limits: dict[str, Any] = {"min_value": item.low, "max_value": item.high}
    if item.use.unit is Unit.PERCENT:
        limits["percent_as"] = Decimal(1)
    if isinstance(column, models.DecimalField):
        if item.high == 1:  # a share
            limits["percent_as"] = Decimal("0.01")
        digits: dict[str, Any] = {"max_digits": column.max_digits, "decimal_places": column.decimal_places}
        return LocalNumberField(**limits, **digits, **said)
    if isinstance(column, models.IntegerField):
        return LocalIntegerField(**limits, **said)
    if isinstance(column, models.TextField):
        return forms.CharField(widget=forms.Textarea(attrs={"rows": item.use.rows or 3}), **said)
    if isinstance(column, models.CharField):
        hint = {"placeholder": item.use.placeholder} if item.use.placeholder else {}
        return forms.CharField(max_length=column.max_length, widget=forms.TextInput(attrs=hint), **said)
    raise TypeError(f"{item.name}: no form asks for a {type(column).__name__}")
