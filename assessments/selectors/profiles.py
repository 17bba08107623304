"""The stored profile as the frozen object it was, and words in the reader's language."""

import types
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.utils.translation import get_language

from assessments.content import Framework, localized
from assessments.importers import published_content
from assessments.models import FrameworkVersion, MaturityResult
from cxstats.maturity import MaturityProfile
from questionnaires.wording import Text


def framework_of(version: FrameworkVersion) -> Framework:
    """The content of a published version. No query."""
    return published_content(version.digest, version.content)


def maturity_profile_of(result: MaturityResult) -> MaturityProfile:
    """The profile exactly as it was stored at the closing; nothing is computed again. No query.

    It holds groups of one person: what leaves the server is `disclosure.published_profile`.
    """
    profile: MaturityProfile = _rebuilt(MaturityProfile, result.profile)
    return profile


def said(text: Text) -> str:
    """The text in the reader's language, English where there is none."""
    return localized(text, get_language())


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _rebuilt(wanted: Any, raw: Any) -> Any:
    """A value of the declared type from plain JSON values."""
    if raw is None:
        return None
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _rebuilt(next(item for item in get_args(wanted) if item is not type(None)), raw)
    if origin is tuple:
        inner = get_args(wanted)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_rebuilt(inner[0], item) for item in raw)
        return tuple(_rebuilt(kind, item) for kind, item in zip(inner, raw, strict=True))
    if is_dataclass(wanted) and isinstance(wanted, type):
        hints = _hints(wanted)
        return wanted(
            **{
                field.name: _rebuilt(hints[field.name], raw[field.name])
                for field in fields(wanted)
                if field.name in raw
            }
        )
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(raw)
    if wanted is float:
        return float(raw)
    return raw
