"""What a program sends and nothing reads is refused by name, never passed over without a word."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


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
            raise ValidationError({parameter: ["Unknown parameter."] for parameter in unknown})


# Mixin for serializers that take input: a field that nothing reads is refused, for somebody meant it. What is
# only read may be sent back as it was read, and not with another value. (No docstring: the document of the
# API would repeat it for every serializer.)
class KnownFields:
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = self.fields  # type: ignore[attr-defined]
            wrong = {name: ["Unknown field."] for name in data if name not in known}
            changed = [name for name in data if name in known and self._is_changed(known[name], data[name])]
            wrong |= {name: ["Read only: it cannot be changed here."] for name in changed}
            if wrong:
                raise ValidationError(wrong)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _is_changed(self, field: Any, sent: Any) -> bool:
        """Whether the field is only read and was sent with another value than the row has. A row that is not
        there yet has none."""
        row = self.instance  # type: ignore[attr-defined]
        if not field.read_only:
            return False
        if row is None:
            return True
        value = field.get_attribute(row)
        return str(None if value is None else field.to_representation(value)) != str(sent)
