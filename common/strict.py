"""What a program sends and nothing reads is refused by name, never passed over without a word."""

from collections.abc import Iterable, Iterator, Mapping
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
    fields: Mapping[str, Any]
    instance: Any

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {name: ["Unknown field."] for name in data if name not in self.fields}
            wrong |= {
                name: ["Read only: it cannot be changed here."] for name in self._changed_though_read(data)
            }
            if wrong:
                raise ValidationError(wrong)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _changed_though_read(self, data: Mapping[str, Any]) -> Iterator[str]:
        """Names of what is only read and was sent with another value than the row has. A row that is
        not there yet has none."""
        for name in data:
            if name not in self.fields or not self.fields[name].read_only:
                continue
            if self.instance is None or str(self._read(name)) != str(data[name]):
                yield name

    def _read(self, name: str) -> Any:
        field = self.fields[name]
        value = field.get_attribute(self.instance)
        return None if value is None else field.to_representation(value)
