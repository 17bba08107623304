"""Text as it may be kept: what no column holds, and what fits in one line."""

import re
import unicodedata

# NUL is in no PostgreSQL text; half of a surrogate pair is in no encoding that leaves this process.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether every database, file and answer of ours can hold this text."""
    return _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """The text as it can be held: without NUL, and with the sign for "unreadable" in place of half a pair."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


# Signs that turn the direction of whatever follows them, up to the end of the paragraph.
_OVERRIDES = "\u202a-\u202e\u2066-\u2069"
# What no page and no letter shows: control characters but tab and line breaks, and what is no character.
_UNSEEN = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_DROPPED = re.compile(f"[{_OVERRIDES}{_UNSEEN}]")
_RARE_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85]")
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
# Letters and signs by their kind, and blank all the same: fillers of Hangul, the empty pattern of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def has_something_visible(text: str) -> bool:
    """Whether anything of it can be seen: not blanks alone, nor signs without a width or for others alone."""
    return any(unicodedata.category(sign)[0] not in "ZCM" and sign not in _BLANK for sign in text)


def legible(text: str) -> str:
    """The text without what nobody sees and what turns the direction of what is written after it: control
    characters go, breaks that few programs know become line breaks. Of what shows nothing, nothing stays.

    Letters of Arabic and Hebrew need no sign of direction: each knows its own. Joiners of Persian words and
    of drawn signs stay.
    """
    kept = _RARE_BREAKS.sub("\n", _DROPPED.sub("", text))
    return kept if has_something_visible(kept) or not kept.strip() else ""


def unbroken(text: str) -> str:
    """A text for one line: no line breaks, nothing that turns its surroundings; blanks stay as typed."""
    return _BREAKS.sub(" ", legible(text))


def one_line(text: str) -> str:
    """The same with runs of white space as one blank: a name, the subject of a letter. Empty where nothing of
    it could be seen."""
    return " ".join(legible(text).split())
