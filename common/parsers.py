"""How the body of a call is read: one place for everything that no later line can deal with.

JSON that is nested without end, numbers that overflow, NaN, and texts that no database holds are refused
before a serializer sees them; forms and files are held to the same rule about texts.
"""

import json
import math
from collections.abc import Iterable, Mapping
from itertools import count
from typing import IO, Any, NoReturn

from django.http import QueryDict
from rest_framework import parsers, serializers
from rest_framework.exceptions import ParseError

from common.text import is_storable

DEEPEST = 20  # levels of nesting; the deepest body that the API takes has 4
MOST_DIGITS = 18  # of a whole number; so many fit in every column of keys


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError with what is wrong with it."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int)
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error
    _check(value)
    return value


class JSONParser(parsers.JSONParser):
    """JSON in UTF-8 or the charset that the header names."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            return read_json(str(stream.read(), encoding))  # text encodings only
        except LookupError as error:
            raise ParseError("The charset of this body is not known.") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error


class FormParser(parsers.FormParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        fields = super().parse(stream, media_type, parser_context)
        _refuse_unstorable(fields)
        return fields


class MultiPartParser(parsers.MultiPartParser):
    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        sent = super().parse(stream, media_type, parser_context)
        _refuse_unstorable(sent.data, sent.files)
        return sent


class JSONText(serializers.JSONField):
    """A JSON value; in a form it is a text, which is read by the same rules as a whole body."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            try:
                return read_json(data)
            except ValueError:
                self.fail("invalid")
        return super().to_internal_value(data)


def unstorable_field(fields: QueryDict, files: Mapping[str, Any] | None = None) -> str | None:
    """The name of the first field whose name, text or file name no database holds; None if all are fine."""
    for name, values in fields.lists():
        if not is_storable(name) or not all(map(is_storable, values)):
            return name
    for name, file in (files or {}).items():
        if not is_storable(name) or not is_storable(file.name or ""):
            return name
    return None


def _refuse_unstorable(fields: QueryDict, files: Mapping[str, Any] | None = None) -> None:
    name = unstorable_field(fields, files)
    if name is not None:
        raise ParseError(f"The field {name!a} holds characters that are not text.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON.")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("It holds a number that is too large.")
    return value


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("It holds a number that is too large.")
    return int(text)


def _check(value: Any) -> None:
    """Texts and depth, without recursion. Raises ValueError."""
    level: list[Any] = [value]
    for depth in count():
        if depth == DEEPEST and any(isinstance(item, dict | list) for item in level):
            raise ValueError("It is nested too deeply.")
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _check_texts((item,))
            elif isinstance(item, dict):
                _check_texts(item)
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
        if not deeper:
            return
        level = deeper


def _check_texts(texts: Iterable[str]) -> None:
    if not all(map(is_storable, texts)):
        raise ValueError("It holds characters that are not text.")
