"""Rows of an export that are no answers, and names for rows that have none. No query."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from customer_voice.choices import ImportField
from customer_voice.importers import plain_words
from tabular.headers import plain_name

# Columns in which survey tools say that a row is no real answer, and how.
_STATUS_COLUMNS = frozenset({"status", "response type", "response status", "distribution channel", "type"})
_NO_REAL_ANSWERS = frozenset(
    {"survey preview", "preview", "survey test", "survey test response", "test", "test response", "spam"}
)


# A file of rows that could not be imported says here why; it is read back as if the column were not there.
PROBLEM_COLUMN = "_problem"


class Aside(StrEnum):
    """Why a row is neither imported nor refused."""

    NO_ANSWER = "no_answer"  # neither a score nor words
    LEFT_OUT = "left_out"  # a condition that somebody chose leaves it out
    PREVIEW = "preview"  # the survey tool says that it is a test, a preview or spam


def previews(cells: Mapping[str, Sequence[str]]) -> Iterator[int]:
    """Positions of the rows that the tool marks as tests, previews or spam; `cells` by name of the column."""
    for name, column in cells.items():
        if plain_name(name) in _STATUS_COLUMNS:
            for index, text in enumerate(column):
                if text.strip().casefold() in _NO_REAL_ANSWERS:
                    yield index


@dataclass(slots=True)
class Unread:
    """Columns that nothing is read from though something stands in them: one may have been forgotten.

    `positions`: of those that could be. Give every block of rows to `look`; `names` are in the file's order.
    """

    header: Sequence[str]
    positions: set[int]
    found: set[int] = field(default_factory=set)

    @classmethod
    def beside(cls, read: Collection[str], header: Sequence[str]) -> "Unread":
        """`read`: names of the columns that are read."""
        marks = {*_STATUS_COLUMNS, plain_name(PROBLEM_COLUMN)}
        return cls(
            header=header,
            positions={
                position
                for position, name in enumerate(header)
                if name not in read and plain_name(name) not in marks
            },
        )

    def look(self, rows: Sequence[Sequence[str]]) -> None:
        for position in self.positions - self.found:
            if any(len(row) > position and row[position].strip() for row in rows):
                self.found.add(position)

    @property
    def names(self) -> list[str]:
        return [self.header[position] for position in sorted(self.found)]


PLACED_BY = (ImportField.TOUCHPOINT, ImportField.SEGMENT, ImportField.CHANNEL)  # what a daily figure is of


def names_by_day(
    moments: Sequence[datetime | None], places: Sequence[Sequence[str]], *, beside: str
) -> list[str]:
    """An ID for each figure of a day from its moment, where it is of, and what goes for all (`beside`): sent
    again with another amount it is the same figure, corrected.
    """
    rows = zip(*places, strict=True) if places else [()] * len(moments)
    return [
        _digest("day", beside, "" if at is None else at.isoformat(), *(plain_words(cell) for cell in cells))
        for at, cells in zip(moments, rows, strict=True)
    ]


def names_by_content(columns: Mapping[str, Sequence[str]], *, beside: str, alike: Counter[str]) -> list[str]:
    """An ID for each row from everything in it and what goes for all (`beside`). Of rows that are alike each
    has its own, as two people may say the same; `alike` counts them through all blocks of a file.
    """
    rows = zip(*(column for name, column in columns.items() if name != PROBLEM_COLUMN), strict=True)
    found = []
    for cells in rows:
        name = _digest("row", beside, *(cell.strip() for cell in cells))
        alike[name] += 1
        found.append(name if alike[name] == 1 else f"{name}-{alike[name]}")
    return found


def _digest(kind: str, *parts: str) -> str:
    held = "\x1f".join(parts)
    return f"{kind}-{sha256(held.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
