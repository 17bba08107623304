"""Text as it may be kept: what no column holds, and what fits in one line."""

import re

# NUL is in no PostgreSQL text; half of a surrogate pair is in no encoding that leaves this process.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether every database, file and answer of ours can hold this text."""
    return _UNSTORABLE.search(text) is None


def one_line(text: str) -> str:
    """Runs of white space, line breaks too, become one blank: a name, the subject of a letter."""
    return " ".join(text.split())
