"""What lies in a sealed answer: the answers as the form named them, two yes-or-no marks, no time.

The browser writes it (contents.js); for slips without a script the server does. Reading refuses what could
not come from either: whoever holds a credential can seal anything.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

VERSION = 1
MOST_NAMES, MOST_VALUES, MOST_CHARACTERS = 500, 100, 20_000


class ContentsError(ValueError):
    """An opened answer that is not one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """Values typed or chosen, by the name of their field; the questionnaire still has to judge them."""

    answers: Mapping[str, Sequence[str]]
    was_fast: bool
    was_straight: bool


def written(contents: Contents) -> bytes:
    """The text to be sealed."""
    return json.dumps(
        {
            "version": VERSION,
            "answers": {name: list(values) for name, values in contents.answers.items()},
            "was_fast": contents.was_fast,
            "was_straight": contents.was_straight,
        },
        ensure_ascii=False,
    ).encode()


def read(text: bytes) -> Contents:
    """What was written. Raises ContentsError."""
    try:
        found = json.loads(text.decode())
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or a tower of brackets
        raise ContentsError("no JSON") from error
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise ContentsError("another version")
    answers, marks = found.get("answers"), (found.get("was_fast"), found.get("was_straight"))
    if not isinstance(answers, dict) or len(answers) > MOST_NAMES:
        raise ContentsError("no answers")
    if not all(isinstance(mark, bool) for mark in marks):
        raise ContentsError("a mark that is no yes or no")
    return Contents(
        answers={name: _values(values) for name, values in answers.items()},
        was_fast=marks[0] is True,
        was_straight=marks[1] is True,
    )


def _values(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise ContentsError("no list of values")
    for value in values:
        if not isinstance(value, str) or len(value) > MOST_CHARACTERS or not _can_be_kept(value):
            raise ContentsError("a value that is no text")
    return tuple(values)


def _can_be_kept(text: str) -> bool:
    """PostgreSQL takes no NUL, and nothing takes half of a surrogate pair, which JSON can spell."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
