"""The one codec: frozen values become plain JSON values, one text and one digest, and come back unchanged.

Stored results, their inputs, the content of votes and the evidence of documents all pass through here, so
this module stands below everything that stores or compares them. Field names are the keys; dates are ISO
texts, amounts decimal texts; numbers that JSON does not know are written "Infinity", "-Infinity" and "NaN".
What is written here is compared by digest years later: tests/cxstats/test_codec.py holds it letter by letter.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

CONTENT_VERSION = "content_version"  # the key under which content says its version; without it, version 1

ADDED_LATER = "added_later"  # metadata of a field that is not written at its default: what was stored stays
_PLAIN = frozenset({str, int, bool})
_BEYOND = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}


def number_as_json(value: float) -> Any:
    """A number as it is stored. -0.0 becomes 0.0: no database keeps its sign, and no digest may need it."""
    return float(value) + 0.0 if math.isfinite(value) else _BEYOND[str(float(value))]


def encoded(value: object, *, number: Callable[[float], Any] = number_as_json) -> Any:
    """A JSON value for a frozen dataclass, an enumeration, a date, a moment, an amount, a number, a text, or
    a sequence or mapping of them. `number` says how a floating-point number is written.

    Raises TypeError for anything else: what has no fixed form is not stored.
    """
    if value is None or type(value) in _PLAIN:  # the most of what is written, asked first
        return value
    if type(value) is float:
        return number(value)
    if isinstance(value, (bool, str)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: encoded(item, number=number)
            for name, unsaid in _names(type(value))
            if (item := getattr(value, name)) != unsaid or unsaid is MISSING
        }
    if isinstance(value, Mapping):
        return {str(key): encoded(item, number=number) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [encoded(item, number=number) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a stored result")


def decoded(kind: Any, content: Any) -> Any:
    """The value of type `kind` that `encoded` wrote. Fields that older content lacks keep their default.

    Raises KeyError for a field without which there is no value, TypeError for a type that is not stored.
    """
    return _reader(kind)(content)


def amount_text(value: Decimal | int, *, places: int) -> str:
    """An amount with so many decimals, always: one typed and the same one read back have one text."""
    return f"{Decimal(value):.{places}f}"


def canonical_text(content: Any, *, is_ascii: bool = False) -> str:
    """Sorted keys, no spaces, no NaN: the one text of a JSON value. Other values in it are encoded.

    `is_ascii` escapes all other letters, as the engine's own digests have done from the first.
    """
    return json.dumps(
        content,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=is_ascii,
        allow_nan=False,
        default=encoded,
    )


def is_alike(first: Any, second: Any) -> bool:
    """Whether two JSON values are the same but for the rounding of their numbers.

    The last digits of a figure depend on the order in which a processor adds; they say nothing. Whole
    numbers, texts, keys and the number of entries are the same exactly.
    """
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        if isinstance(first, int) and isinstance(second, int):
            return first == second
        return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12)  # a database may write 3.0 as 3
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(is_alike(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(is_alike, first, second))
    return bool(first == second)


def version_of(content: Any) -> int:
    """Which version of its kind this content says it is. The first one says nothing."""
    return int(content.get(CONTENT_VERSION, 1)) if isinstance(content, Mapping) else 1


def marked(content: Mapping[str, Any], *, version: int) -> dict[str, Any]:
    """The content with its version. The first version stays without: its digests are out in the world."""
    return dict(content) if version == 1 else {CONTENT_VERSION: version, **content}


def digest_of(content: Any, *, version: int, is_ascii: bool = False) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal characters.

    `version` is that of what the content says: it grows when a kind of content gets, loses or changes a
    field, and is stated wherever a digest is made. Content of a later version than 1 carries it (`marked`).
    Raises ValueError when content and statement differ.
    """
    if version_of(content) != version:
        raise ValueError(f"content of version {version_of(content)} is not of version {version}")
    return sha256(canonical_text(content, is_ascii=is_ascii).encode()).hexdigest()


def seed_of(digest: str) -> int:
    """A seed of 60 bits: the same content gives the same figures."""
    return int(digest[:15], 16)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value of this type is read. A page of results reads thousands: what a type is, is asked once."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _union_reader(get_args(kind))
    if origin is tuple:
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return lambda content: tuple(map(_reader(inner[0]), content))
        return lambda content: tuple(decoded(part, item) for part, item in zip(inner, content, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    if kind in (date, datetime):
        read: Callable[[Any], Any] = kind.fromisoformat
        return read
    if kind in (float, int, str, bool, Decimal) or (isinstance(kind, type) and issubclass(kind, Enum)):
        make: Callable[[Any], Any] = kind
        return make
    raise TypeError(f"{kind!r} has no place in a stored result")


def _union_reader(options: tuple[Any, ...]) -> Callable[[Any], Any]:
    kinds = [kind for kind in options if kind is not NoneType]
    may_be_nothing = NoneType in options

    def read(content: Any) -> Any:
        if content is None and may_be_nothing:
            return None
        if len(kinds) == 1:
            return decoded(kinds[0], content)
        if isinstance(content, (bool, int, float)):
            return content
        return float(content) if content in _BEYOND.values() else str(content)

    return read


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    """The types of its fields are looked up when they are met: a type may hold values of its own type."""
    hints = get_type_hints(kind)
    parts = [
        (item.name, hints[item.name], item.default is MISSING and item.default_factory is MISSING)
        for item in fields(kind)
    ]

    def read(content: Mapping[str, Any]) -> Any:
        values = {}
        for name, hint, is_needed in parts:
            if name in content:
                values[name] = _reader(hint)(content[name])
            elif is_needed:
                raise KeyError(name)
        return kind(**values)

    return read


@cache
def _names(kind: type) -> tuple[tuple[str, Any], ...]:
    """Fields of a dataclass, each with the value at which it is not written (those added later)."""
    return tuple(
        (item.name, item.default if item.metadata.get(ADDED_LATER) else MISSING) for item in fields(kind)
    )
