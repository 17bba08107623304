"""Rows of an export that are no answers, and names for rows that have none. No query."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

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


def names_by_content(rows: Sequence[Sequence[str]], *, beside: str, alike: Counter[str]) -> list[str]:
    """An ID for each row from everything in it and what goes for all (`beside`). Of rows that are alike each
    has its own, as two people may say the same; `alike` counts them through all blocks of a file.
    """
    found = []
    for cells in rows:
        held = "\x1f".join((beside, *(cell.strip() for cell in cells)))
        digest = sha256(held.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        alike[digest] += 1
        found.append(f"row-{digest}" if alike[digest] == 1 else f"row-{digest}-{alike[digest]}")
    return found
