"""How forms look: one renderer, one field template, no markup in apps."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _


class TablerRenderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class YesNoInput(forms.CheckboxInput):
    """A checkbox that hands on what it does not know, where Django's reads it as yes."""

    meanings = {"on": True, "true": True, "yes": True, "1": True}
    meanings |= {"": False, "off": False, "false": False, "no": False, "0": False}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if name not in data:
            return False  # browsers send nothing for an empty box
        sent = data.get(name)
        return self.meanings.get(sent.strip().lower(), sent) if isinstance(sent, str) else sent


class YesNoField(forms.BooleanField):
    """Yes or no; any other word is refused instead of counting as yes."""

    widget = YesNoInput

    def to_python(self, value: Any) -> bool:
        if value is None or isinstance(value, bool):
            return bool(value)
        raise forms.ValidationError(_("Choose one of the answers."), code="invalid_choice")


class StyledForm(forms.Form):
    """A form whose widgets carry the component library's classes and whose errors are announced."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            style(field.widget)

    def say_when_needed(self, text: Any, *names: str) -> None:
        """Beside these labels `text` ("needed for the vote") stands in place of "optional"."""
        for name in names:
            setattr(self.fields[name], "needed", text)  # noqa: B010 - read by components/field.html

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
