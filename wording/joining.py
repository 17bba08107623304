"""Texts set one after the other, as the reader's language does it."""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def listed(parts: Iterable[str]) -> str:
    """One after the other, as the reader's language separates them."""
    return _(", ").join(parts)


def all_of(parts: Sequence[str]) -> str:
    """An enumeration in words: "A, B and C"."""
    return _enumerated(parts, _("%(first)s and %(second)s"))


def one_of(parts: Sequence[str]) -> str:
    """A choice in words: "A, B or C"."""
    return _enumerated(parts, _("%(first)s or %(second)s"))


def clauses(parts: Iterable[str]) -> str:
    """A thing and what names it more closely: "Relationship NPS, all customers". Empty ones are left out."""
    return pgettext("between clauses", ", ").join(filter(None, parts))


def sentences(texts: Iterable[str]) -> str:
    """Whole sentences one after the other; Chinese sets no space between them. Empty ones are left out."""
    return _folded(texts, _("%(first)s %(second)s"))


def parts(texts: Iterable[str]) -> str:
    """Parts of one sentence, a semicolon between them as the language writes it. Empty ones are left out."""
    return _folded(texts, _("%(first)s; %(second)s"))


def bracketed(first: object, second: object) -> str:
    """A thing, and in brackets what belongs to it: "Approved (Call back within a day)"."""
    return _("%(first)s (%(second)s)") % {"first": first, "second": second}


# Full-width punctuation holds its own room. A dot between two facts keeps its blanks.
ROOMY = "。，：；、！？）"
_AFTER = re.compile(rf"(?<=[{ROOMY}])\s+(?=[^\s·])")
_BEFORE = re.compile(r"(?<=[^\s·])\s+(?=（)")
_CHINESE = "\u4e00-\u9fff"
_BETWEEN = re.compile(rf"(?<=[{_CHINESE}]) (?=[0-9])|(?<=[0-9%]) (?=[{_CHINESE}])")


def closed_up(text: str) -> str:
    """The text without blanks beside full-width punctuation; every other blank stays."""
    return _BEFORE.sub("", _AFTER.sub("", text))


def as_chinese_is_set(text: str) -> str:
    """A Chinese text without blanks at its punctuation, or between its characters and figures."""
    return closed_up(_BETWEEN.sub("", text))


def _enumerated(parts: Sequence[str], pattern: str) -> str:
    if len(parts) < 2:
        return listed(parts)
    return pattern % {"first": listed(parts[:-1]), "second": parts[-1]}


def _folded(texts: Iterable[str], pattern: str) -> str:
    whole = ""
    for text in filter(None, texts):
        whole = pattern % {"first": whole, "second": text} if whole else text
    return whole
