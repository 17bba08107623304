"""Text as it may be kept and shown: what no column holds, and what fits in one line."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

# NUL is in no PostgreSQL text; half of a surrogate pair is in no encoding that leaves this process.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether every database, file and answer of ours can hold this text."""
    return _UNSTORABLE.search(text) is None


def one_line(text: str) -> str:
    """Runs of white space, line breaks too, become one blank: a name, the subject of a letter."""
    return " ".join(text.split())


def listed(parts: Iterable[str]) -> str:
    """One after the other, as the reader's language separates them."""
    return _(", ").join(parts)


def sentences(texts: Iterable[str]) -> str:
    """Whole sentences one after the other; Chinese sets no space between them. Empty ones are left out."""
    return _folded(texts, _("%(first)s %(second)s"))


def parts(texts: Iterable[str]) -> str:
    """Parts of one sentence, a semicolon between them as the language writes it. Empty ones are left out."""
    return _folded(texts, _("%(first)s; %(second)s"))


def _folded(texts: Iterable[str], pattern: str) -> str:
    whole = ""
    for text in filter(None, texts):
        whole = pattern % {"first": whole, "second": text} if whole else text
    return whole
