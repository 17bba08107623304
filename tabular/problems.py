"""What can be wrong with a file, and with a row of it. Codes and facts; the words are in `words`. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any


class Unreadable(Exception):
    """The file cannot be read as a table. `where` is what somebody would change: file, encoding, sheet."""

    def __init__(self, code: str, *, about: str = "", where: str = "file", **facts: Any) -> None:
        self.code = code
        self.about = about or code  # which sentence; several may share a code
        self.where = where
        self.facts = facts
        super().__init__(code)


@dataclass(frozen=True, kw_only=True, slots=True)
class RowProblem:
    """One reason why one row cannot be used. `row` counts as a spreadsheet does: the header is usually 1."""

    row: int
    column: str
    code: str
    field: str = ""
    params: Mapping[str, Any] = default(default_factory=dict)
    value: str = ""


class RowProblems[P: RowProblem]:
    """Problems so far: all rows are counted, the first few thousand reasons are kept."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self.rows: set[int] = set()
        self.kept: list[P] = []

    def add(self, found: Sequence[P]) -> None:
        self.rows.update(problem.row for problem in found)
        self.kept += found[: self.most - len(self.kept)]
