"""What a chart is: a finding, the drawing that proves it, the sentence and the table that replace it."""

import csv
import io
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: `text` for readers, `value` (unrounded) for the CSV file if it is a number."""

    text: str
    value: float | int | None = None

    @property
    def is_number(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Table:
    """All that the chart draws, as rows. Every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every table row needs one cell per column")

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


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
