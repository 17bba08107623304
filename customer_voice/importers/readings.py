"""What words in a score column mean: numbers beside words, labels of scales, no answer at all. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

import yaml

_WORDS = Path(__file__).with_name("words.yaml")
_GROUPED = re.compile(r"^([+-]?\d{1,3})([.,])(\d{3})$")
_DECIMALS = re.compile(r"^[+-]?\d+([.,])\d{1,2}$")
_STARS = re.compile(r"^[★⭐✭✩☆\ufe0f ]+$")
_PERCENT = re.compile(r"^(\d{1,3}(?:[.,]\d{1,4})?) ?[%％]$")
_OUT_OF = re.compile(r"^(\d{1,3})\s*(?:/|of|out of|von|sur|de|di)\s*(\d{1,3})$", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"^(\d{1,3})\s*(?:[-–—:=.,;)(|]+\s*|\s)(?=\D*[^\W\d_])\D+$")
_LONGEST_LABEL = 60  # in letters: the longest labels of scales in use have about 40, sentences have more
_NUMBER_LAST = re.compile(r"^\D*[^\W\d_]\D*[\s(\[=:–-](\d{1,3})[)\]]?$")


class ScaleOfAnswers(Protocol):
    """What is read of a metric: the lowest and the highest answer."""

    scale_low: int
    scale_high: int


def is_no_answer(text: str) -> bool:
    """Whether people or systems write this where nobody answered."""
    return plain_words(text) in known_words().no_answer


def is_no_name(text: str) -> bool:
    """Whether this stands where there is no segment, account or touchpoint. "NA" and "None" may be names."""
    return plain_words(text) in known_words().no_name


def number_said(text: str, scale: ScaleOfAnswers) -> str | None:
    """The answer on this scale that the words say, as figures; None where they could say another, or none.

    Read are a number beside its words ("10 - Extremely likely", "Satisfied (4)", "4 stars"), a number of
    the highest ("4/5"), percent on a scale from 0 to 100, stars on a scale that begins with one, the usual
    labels of a scale from 1 to 5, and yes and no on one from 0 to 1. Labels on longer scales are not: they
    differ from survey to survey.
    """
    plain = plain_words(text)
    ends = (scale.scale_low, scale.scale_high)
    if ends == (0, 1):
        return known_words().of_one.get(plain)
    if _STARS.match(text.strip()) and scale.scale_low <= 1:
        return str(sum(text.count(star) for star in "★⭐"))
    match = _PERCENT.match(plain)
    if match:
        return match[1] if ends == (0, 100) else None
    match = _OUT_OF.match(plain)
    if match:
        return match[1] if int(match[2]) == scale.scale_high else None
    match = _NUMBER_FIRST.match(plain) or _NUMBER_LAST.match(plain)
    if match and len(plain) <= _LONGEST_LABEL:
        return match[1]
    return known_words().of_five.get(plain) if ends == (1, 5) else None


def figures_of(
    column: Sequence[str], scale: ScaleOfAnswers, *, is_number: re.Pattern[str]
) -> Mapping[str, str]:
    """What each different text that is no number is read as: figures, or nothing for no answer. Texts that
    nobody can read are left out.
    """
    found: dict[str, str] = {}
    for text in set(map(str, column)):
        if not text.strip() or is_number.fullmatch(text.strip()):
            continue
        if is_no_answer(text):
            found[text] = ""
        elif (figures := number_said(text, scale)) is not None:
            found[text] = figures
    return found


def read_in_two_ways(
    column: Sequence[str], refusal: Callable[[Decimal], object | None]
) -> dict[int, tuple[str, str]]:
    """Positions of numbers such as 5.000 that may be five or five thousand, with both readings.

    They are when five thousand is an answer of the scale (`refusal` of it is None), or when the other mark
    stands before decimals in the same column. A number that a workbook holds reads one way.
    """
    marks = {match[1] for cell in column if (match := _DECIMALS.match(cell.strip()))}
    found = {}
    for index, cell in enumerate(column):
        match = _GROUPED.match(cell.strip()) if type(cell) is str else None
        if match is None:
            continue
        whole = f"{match[1]}{match[3]}"
        if refusal(Decimal(whole)) is None or marks - {match[2]}:
            found[index] = (f"{Decimal(match[1] + '.' + match[3]).normalize():f}", whole)
    return found


class State(StrEnum):
    """What the status of a case says. Systems have many more; then its times say it."""

    OPEN = "open"
    CLOSED = "closed"
    UNSAID = ""


def state_said(text: str) -> State:
    """Whether a status is one of the usual words for open or for closed."""
    plain = plain_words(text)
    if plain in known_words().is_open:
        return State.OPEN
    return State.CLOSED if plain in known_words().is_closed else State.UNSAID


def is_waiting(text: str) -> bool:
    """Whether a case in this status waits for its customer, or was put on hold."""
    return plain_words(text) in known_words().is_waiting


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is known of words: those for no answer, the figures of others on two scales, names of columns."""

    no_answer: frozenset[str]
    no_name: frozenset[str]
    of_one: Mapping[str, str]  # on a scale from 0 to 1
    of_five: Mapping[str, str]  # from 1 to 5
    is_open: frozenset[str]
    is_closed: frozenset[str]
    is_waiting: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]  # by `ImportField`, the likeliest first


@cache
def known_words() -> Words:
    """Those of `words.yaml`, read once."""
    told = yaml.safe_load(_WORDS.read_text("utf-8"))
    return Words(
        no_answer=frozenset(map(plain_words, told["no_answer"])),
        no_name=frozenset(map(plain_words, told["no_name"])),
        of_one={**dict.fromkeys(told["affirmative"], "1"), **dict.fromkeys(told["negative"], "0")},
        of_five={
            word: str(number)
            for scale in told["of_five"]
            for number, words in enumerate(scale, start=1)
            for word in words
        },
        is_open=frozenset(told["is_open"]),
        is_closed=frozenset(told["is_closed"]),
        is_waiting=frozenset(told["is_waiting"]),
        columns={field: tuple(names) for field, names in told["columns"].items()},
    )


def plain_words(text: str) -> str:
    """Texts that differ in case, blanks or a full stop at the end are the same words."""
    return " ".join(text.replace("\xa0", " ").split()).casefold().rstrip(".!")
