"""What a chart is: a finding, the drawing that proves it, the sentence and the table that replace it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from cxcharts.text import clean, cleaned


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: `text` for readers, `value` (unrounded) for the CSV file if it is a number."""

    text: str
    value: float | int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))

    @property
    def is_number(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Table:
    """All that the chart draws, as rows. Every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(clean(column) for column in self.columns))
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every table row needs one cell per column")

    @classmethod
    def filled(cls, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Self:
        """A table whose shorter rows (a rule's, a target's) end in empty cells."""
        blank = Cell("")
        return cls(tuple(columns), tuple((*row, *[blank] * (len(columns) - len(row))) for row in rows))

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold mostly numbers and are set to the right."""
        return tuple(
            any(row[i].is_number for row in self.rows)
            and 2 * sum(row[i].is_number for row in self.rows) >= sum(bool(row[i].text) for row in self.rows)
            for i in range(len(self.columns))
        )

    @property
    def headings(self) -> tuple[tuple[str, bool], ...]:
        """Column names, each with whether the column is numeric."""
        return tuple(zip(self.columns, self.numeric, strict=True))

    @property
    def lines(self) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """Cell texts, each with whether its column is numeric."""
        numeric = self.numeric
        return tuple(tuple((c.text, n) for c, n in zip(row, numeric, strict=True)) for row in self.rows)

    def to_csv(self) -> str:
        """Comma-separated text. Words that a spreadsheet would run as a formula get a leading quote."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([_harmless(c) for c in self.columns])
        for row in self.rows:
            writer.writerow([_harmless(c.text) if c.value is None else c.value for c in row])
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Chart:
    """`title` states the finding, `subtitle` measure, population, period and n.

    `spec` is the Vega-Lite specification without theme or locale (render.py adds them; treat it as
    read-only), `alternative` the complete text alternative, `table` the table view.
    """

    title: str
    subtitle: str
    spec: dict[str, Any]
    alternative: str
    table: Table

    def __post_init__(self) -> None:
        for name in ("title", "subtitle", "alternative"):
            object.__setattr__(self, name, clean(getattr(self, name)))
        object.__setattr__(self, "spec", cleaned(self.spec))


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones too


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
