"""What a form carries besides what is typed: what it has shown of a stored row, or a token that counts once.

Two people who have the same page open change different things of it. Each form about a stored row sends
along, in one hidden field, a short digest of each value as it was shown. What was left as shown takes what is
stored by then; what both changed is refused once, in words, and saving again replaces it.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wording.joining import listed

SEEN, ONCE = "seen", "once"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """The form is about a row that others may be changing. `who` names the person who changed it last."""

    who: Callable[[], str]


@dataclass(frozen=True, slots=True)
class New:
    """The form makes a row: sent twice, it makes one."""


NEW = New()
type Edits = Stored | New | None


class CarryingField(forms.BoundField):
    """The first field of a form that a page draws takes what the form carries along: no template has to."""

    form: Any  # `common.forms.StyledForm`

    def as_widget(self, *args: Any, **kwargs: Any) -> SafeString:
        drawn = super().as_widget(*args, **kwargs)
        carried: SafeString = self.form.carried()
        return carried + drawn if carried else drawn


def hidden(name: str, value: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)


def new_token() -> str:
    return secrets.token_urlsafe(16)


def as_text(value: Any) -> str:
    """A value as a browser sends it, in one form however it is held."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(sorted(text for text in map(as_text, value) if text))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def mark_of(text: str) -> str:
    """Ten letters that tell one value from another; nothing is protected by them."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def marks_text(texts: Iterable[tuple[str, str]]) -> str:
    return ",".join(f"{name}:{mark_of(text)}" for name, text in texts)


def read_marks(text: str) -> dict[str, str]:
    """Field -> mark. What cannot be read is left out: the field then counts as typed."""
    pairs = (part.rpartition(":") for part in text.split(","))
    return {name: mark for name, colon, mark in pairs if colon}


def stored_text(field: forms.Field, value: Any) -> str:
    """What a page shows of a stored value, as its widget would send it back."""
    prepared = field.prepare_value(value)
    if isinstance(field.widget, forms.CheckboxInput):
        return as_text(bool(prepared))
    return as_text(field.widget.format_value(prepared))


def sent_values(field: forms.Field, value: Any) -> list[str]:
    """What a browser sends for a stored value that nobody touches; nothing for an empty box."""
    prepared = field.prepare_value(value)
    if isinstance(field.widget, forms.CheckboxInput):
        return ["on"] if prepared else []
    shown = field.widget.format_value(prepared)
    many = shown if isinstance(shown, (list, tuple)) else [shown]
    return ["" if one is None else str(one) for one in many]


def conflict_text(field: forms.Field, now: str, who: str) -> str:
    """The sentence beside a field that two people changed."""
    name = who or _("Someone")
    words = _words_of(field, now)
    if not words:
        return _("%(name)s emptied this while you were writing. Save again to replace it.") % {"name": name}
    return _(
        "%(name)s changed this while you were writing. Stored now: %(value)s. Save again to replace it."
    ) % {
        "name": name,
        "value": words,
    }


def _words_of(field: forms.Field, text: str) -> str:
    if isinstance(field.widget, forms.CheckboxInput):
        return _("yes") if text else _("no")
    choices = getattr(field.widget, "choices", None)
    if choices is None:
        return text
    wanted, labels = set(text.split(",")), []
    for value, label in choices:
        group = label if isinstance(label, (list, tuple)) else [(value, label)]
        labels += [str(said) for key, said in group if str(key) and str(key) in wanted]
    return listed(labels) if labels else ""
