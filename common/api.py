"""What every API shares: errors as problem details (RFC 9457), and serializers of declared fields."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django_filters import FilterSet
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import DomainError
from common.fields import Declared, FieldTable, Use
from common.strict import KnownFields

FOR_PROGRAMS = ("/api/v1/", "/hooks/")  # the API, and where calls of incoming webhooks arrive


def problem_body(*, code: str, title: str, status_code: int) -> dict[str, Any]:
    """One error, as RFC 9457 wants it, with a stable `code` of ours."""
    return {"type": f"urn:cxprogram:{code}", "title": title, "status": status_code, "code": code}


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, by its path: then everything that goes wrong is told as problem details."""
    return request.path_info.startswith(FOR_PROGRAMS)


def plain_problem(*, code: str, title: str, status_code: int) -> JsonResponse:
    """The same as `problem`, where no view of the API was reached."""
    body = problem_body(code=code, title=title, status_code=status_code)
    return JsonResponse(body, status=status_code, content_type="application/problem+json")


def problem(*, code: str, title: str, status_code: int, errors: Any = None) -> Response:
    """The answer with one error."""
    body = problem_body(code=code, title=title, status_code=status_code)
    if errors:
        body["errors"] = errors
    return Response(body, status=status_code, content_type="application/problem+json")


def strictly_filtered(filters: FilterSet) -> "QuerySet[Any]":
    """The rows that a filter leaves. A screen passes over what it cannot read; a program is told: 422."""
    if not filters.is_valid():
        raise exceptions.ValidationError(filters.errors)
    rows: QuerySet[Any] = filters.qs  # django-filter has no types
    return rows


@contextmanager
def named(name: str, thing: str) -> "Iterator[None]":
    """Within: what a program named by `name`, in a body or a filter, and there is not, is a wrong value of
    its own and no wrong address. `thing` says what it should be."""
    try:
        yield
    except Http404 as error:
        raise exceptions.ValidationError({name: [f"There is no {thing}."]}) from error


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of the API. Unknown errors return None and stay 500."""
    response: Response | None = None
    if isinstance(error, DomainError):
        response = problem(
            code=error.code,
            title=str(error.program_message or error.message),
            status_code=error.status,
            errors={name: str(text) for name, text in error.fields.items()},
        )
    elif isinstance(error, Http404):
        response = problem(code="not_found", title="Not found.", status_code=status.HTTP_404_NOT_FOUND)
    elif isinstance(error, PermissionDenied):
        response = problem(code="forbidden", title="Your role does not allow this.", status_code=403)
    elif isinstance(error, exceptions.ValidationError):
        response = problem(
            code="invalid_values",
            title="Some values cannot be used.",
            status_code=422,
            errors=_in_plain_words(error.detail),
        )
    elif isinstance(error, exceptions.APIException):
        response = problem(
            code=str(error.default_code), title=str(error.detail), status_code=error.status_code
        )
        header = getattr(error, "auth_header", None)
        if header:
            response["WWW-Authenticate"] = header
        wait = getattr(error, "wait", None)
        if wait:
            response["Retry-After"] = str(int(wait))
    if response is not None:
        set_rollback()
    return response


# What the framework says of rows that are not there, and what a reader of the document understands.
_JARGON = (
    (re.compile(r"Object with (\w+)=(.*) does not exist\.", re.DOTALL), r"There is none with the \1 “\2”."),
    (re.compile(r'Invalid pk "(.*)" - object does not exist\.', re.DOTALL), r"There is none with the id \1."),
    (re.compile(r"Incorrect type\. Expected pk value, received (.*)\."), r"Send an id, a whole number."),
)


def _in_plain_words(detail: Any) -> Any:
    """The errors of a serializer without the words of its framework."""
    if isinstance(detail, dict):
        return {name: _in_plain_words(one) for name, one in detail.items()}
    if isinstance(detail, list):
        return [_in_plain_words(one) for one in detail]
    text = str(detail)
    for pattern, words in _JARGON:
        if found := pattern.fullmatch(text):
            return found.expand(words)
    return detail


DECLARED = "declared"  # in `Meta.fields`: here stand the fields that the table lets be read


# What a program reads of a row: `Meta.fields`, and for `DECLARED` what `table` lets be read. (No docstring:
# the document of the API would repeat it for every serializer that has none of its own.)
class DeclaredReading[M: models.Model](serializers.ModelSerializer[M]):
    table: ClassVar[FieldTable[Any]]

    def get_field_names(self, declared_fields: Any, info: Any) -> list[str]:
        named: list[str] = []
        for name in self.Meta.fields:
            named += self.table.names(Use.API_READ) if name == DECLARED else [name]
        return named


# What a program writes: the plain fields that `table` lets be written, and no others. Relations are written
# in the serializer itself; the table says whether they appear. `says_defaults`: an absent field means its
# default; without it, an absent field stays as it is. (No docstring, as above.)
class DeclaredSerializer(KnownFields, serializers.Serializer[Any]):
    table: ClassVar[FieldTable[Any]]
    says_defaults: ClassVar[bool] = True

    def get_fields(self) -> dict[str, Any]:
        own = super().get_fields()
        declared: dict[str, Any] = {}
        for item in self.table:
            written = own.pop(item.name, None)
            if Use.API_WRITE in item.use.where:
                declared[item.name] = written or serializer_field(item, says_default=self.says_defaults)
        return {**declared, **own}


def serializer_field(item: Declared, *, says_default: bool) -> "serializers.Field[Any, Any, Any, Any]":
    """The field with which a program writes a plain column. Raises TypeError for a relation."""
    column: Any = item.column
    said: dict[str, Any] = {}
    if not item.is_needed:
        said = {"required": False, "default": item.default} if says_default else {"required": False}
    if column.null:
        said["allow_null"] = True
    if item.is_relation:
        raise TypeError(f"{item.name} points at other rows: the serializer says which")
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, **said)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField(**said)
    if isinstance(column, models.DateField):
        return serializers.DateField(**said)
    limits: dict[str, Any] = {"min_value": item.low, "max_value": item.high}
    limits = {name: limit for name, limit in limits.items() if limit is not None}
    sentences = {"min_value": item.sentence("too_low"), "max_value": item.sentence("too_high")}
    # the framework puts the limits into the sentence once more, by `%`
    said["error_messages"] = {name: text.replace("%", "%%") for name, text in sentences.items() if text}
    if isinstance(column, models.DecimalField):
        return serializers.DecimalField(
            max_digits=column.max_digits, decimal_places=column.decimal_places, **limits, **said
        )
    if isinstance(column, models.IntegerField):
        return serializers.IntegerField(**limits, **said)
    if isinstance(column, (models.CharField, models.TextField)):
        longest: dict[str, Any] = {} if column.max_length is None else {"max_length": column.max_length}
        return serializers.CharField(**longest, allow_blank=not item.is_asked_for, **said)
    raise TypeError(f"{item.name}: no program writes a {type(column).__name__}")
