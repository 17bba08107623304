"""Text as it may be kept: what no column holds, and what fits in one line."""

import re

# NUL is in no PostgreSQL text; half of a surrogate pair is in no encoding that leaves this process.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether every database, file and answer of ours can hold this text."""
    return _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """The text as it can be held: without NUL, and with the sign for "unreadable" in place of half a pair."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


# Signs that turn the direction of whatever follows them, up to the end of the paragraph.
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")


def without_overrides(text: str) -> str:
    """The text without signs that turn the direction of what is written after it.

    Letters of Arabic and Hebrew need none of them: each knows its own direction.
    """
    return _OVERRIDES.sub("", text)


def unbroken(text: str) -> str:
    """A text for one line: no line breaks, nothing that turns its surroundings; blanks stay as typed."""
    return _BREAKS.sub(" ", without_overrides(text))


def one_line(text: str) -> str:
    """The same with runs of white space as one blank: a name, the subject of a letter."""
    return " ".join(without_overrides(text).split())
