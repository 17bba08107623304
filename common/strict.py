"""What a program sends and nothing reads is refused by name, never passed over without a word."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ValidationError
from rest_framework.fields import ChoiceField, Field
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

type AnyField = Field[Any, Any, Any, Any]

MARKS = frozenset({"lock_version", "changed_at"})  # by these a service sees whether the row is as it was read
READ_ONLY = "Read only: it cannot be changed here. If you did not change it, read it again: it is newer now."


class KnownParameters:
    """Mixin for API views: a query parameter that nothing reads is refused, for it was meant to narrow.

    `parameters` says what a view reads: viewset action or method -> names; pages and the format go without
    saying.
    """

    parameters: Mapping[str, Iterable[str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method not in {"GET", "HEAD"}:
            return
        name = getattr(self, "action", None) or "get"
        known = {"page", "page_size", "format", *self.parameters.get(name, ())}
        unknown = [parameter for parameter in request.query_params if parameter not in known]
        if unknown:
            text = f"Unknown parameter. Known here: {', '.join(sorted(known))}."
            raise ValidationError({parameter: [text] for parameter in unknown})


READ = "read"  # in the context of a serializer: what reading the row answers, which may come back as it is
READ_EACH = "read_each"  # of a lot of items: a function that says of one of them what reading it answers


# Mixin for serializers that take input: a field that nothing reads is refused, for somebody meant it. What
# was read may be sent back: what is only read and stands as it is stored passes, and with another value it is
# refused in words. Where only what is named changes (`partial`), a value that is the stored one is not asked
# again; a mark of what was read (`MARKS`) goes on to the service. What was read comes as `context[READ]`, and
# of a row of the serializer's own model from that. (No docstring: the document of the API would repeat it for
# every serializer.)
class KnownFields:
    is_as_read = False  # once checked: whether everything that was sent is what is stored, so nothing changes

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            data = self._without_what_was_read(data)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _without_what_was_read(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        known, read = self.fields, self._read(data)  # type: ignore[attr-defined]
        is_partial = self.partial  # type: ignore[attr-defined]
        passed_over: set[str] = set()
        wrong: dict[str, list[str]] = {}
        for name, sent in data.items():
            is_as_read = name in read and _is_the_same(sent, read[name])
            is_written = name in known and not known[name].read_only
            if is_as_read and not (is_written and (name in MARKS or not is_partial)):
                passed_over.add(name)
            elif not is_written:
                wrong[name] = [READ_ONLY if name in known or name in read else self._unknown()]
        if wrong:
            raise ValidationError(wrong)
        self.is_as_read = bool(data) and all(
            name in read and _is_the_same(sent, read[name]) for name, sent in data.items()
        )
        if isinstance(data, MultiValueDict):  # a form: its lists stay lists
            return MultiValueDict({name: sent for name, sent in data.lists() if name not in passed_over})
        return {name: sent for name, sent in data.items() if name not in passed_over}

    def get_fields(self) -> dict[str, AnyField]:
        """A word that is no choice is refused with the choices that there are."""
        found: dict[str, AnyField] = super().get_fields()  # type: ignore[misc]
        for field in found.values():
            _name_choices(getattr(field, "child", field))
        return found

    def _unknown(self) -> str:
        """Of a single row with what can be written; a lot of rows would say it again for each."""
        if self.parent is not None:  # type: ignore[attr-defined]
            return "Unknown field."
        fields: Mapping[str, AnyField] = self.fields  # type: ignore[attr-defined]
        known = sorted(name for name, field in fields.items() if not field.read_only)
        return (
            f"Unknown field. Known here: {', '.join(known)}."
            if known
            else "Unknown field: none is read here."
        )

    def _read(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        row = self.instance  # type: ignore[attr-defined]
        if self.parent is not None:  # type: ignore[attr-defined]
            read_each = self.context.get(READ_EACH)  # type: ignore[attr-defined]
            given, row = read_each(sent) if read_each else {}, None
        else:
            given = self.context.get(READ)  # type: ignore[attr-defined]
        if given is None and row is not None:
            given = self.to_representation(row)  # type: ignore[attr-defined]
        found: dict[str, Any] = json.loads(JSONRenderer().render(given or {}))
        return found


MOST_CHOICES_NAMED = 40  # currencies and time zones are too many to be read


def _name_choices(field: AnyField) -> None:
    if isinstance(field, ChoiceField) and 0 < len(field.choices) <= MOST_CHOICES_NAMED:
        names = ", ".join(str(value) for value in field.choices if value != "")
        text = 'There is no choice "{input}" here. Choose one of: '
        field.error_messages = {**field.error_messages, "invalid_choice": text + _as_it_is(names) + "."}


def _as_it_is(text: str) -> str:
    """For a message into which something is put by its braces."""
    return text.replace("{", "{{").replace("}", "}}")


def _is_the_same(sent: Any, stored: Any) -> bool:
    """Whether a program sent what it had read. A form sends everything as text."""
    if isinstance(sent, str) and not isinstance(stored, str):
        return sent == ("" if stored is None else str(stored))
    return bool(sent == stored) and isinstance(sent, bool) == isinstance(stored, bool)
