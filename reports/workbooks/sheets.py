"""Sheets that hold figures, formulas with their values, and text that stays text."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.spreadsheets import calculating_workbook, text_of_a_cell
from reports.workbooks.terms import Span, Term
from wording.formats import MINUS, reader

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))  # in names of sheets
_WIDEST = 31


@dataclass(frozen=True, slots=True)
class Cell(Term):
    """A cell as a part of formulas; with its sheet's name where they stand in another one."""

    sheet: str = ""
    row: int = 0
    column: int = 0

    @classmethod
    def at(cls, sheet: str, row: int, column: int, value: Any) -> "Cell":
        place = f"{letters(column)}{row + 1}"
        fixed = f"'{sheet}'!${letters(column)}${row + 1}"
        return cls(lambda home: place if home == sheet else fixed, value, sheet=sheet, row=row, column=column)


def span(cells: Sequence[Cell]) -> Span:
    """From the first cell to the last, which stand in one line."""
    first, last = cells[0], cells[-1]

    def written(home: str) -> str:
        if home == first.sheet:
            return f"{first.write(home)}:{last.write(home)}"
        return f"{first.write(home)}:${letters(last.column)}${last.row + 1}"

    return Span(written, tuple(cell.value for cell in cells))


def letters(column: int) -> str:
    """0 is A, 26 is AA."""
    text = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(slots=True)
class Sheet:
    """One sheet, filled line by line from `row` on."""

    name: str
    book: "Book"
    inner: Any
    row: int = 0

    def text(self, column: int, words: object, style: str = "text") -> None:
        """Never a formula, whatever it begins with."""
        self.inner.write_string(self.row, column, text_of_a_cell(str(words)), self.book.style(style))

    def printed(self, column: int, figure: str) -> None:
        """A figure as the product writes it: with its sign in front, and not as somebody's words."""
        self.inner.write_string(self.row, column, figure, self.book.style("text"))

    def number(self, column: int, value: float, style: str = "number") -> Cell:
        self.inner.write_number(self.row, column, value, self.book.style(style))
        return Cell.at(self.name, self.row, column, value)

    def formula(self, column: int, term: Term, style: str = "number") -> Cell:
        value = term.value
        self.inner.write_formula(self.row, column, f"={term.write(self.name)}", self.book.style(style), value)
        return Cell.at(self.name, self.row, column, value)

    def link(self, column: int, address: str) -> None:
        self.inner.write_url(self.row, column, address, self.book.style("link"), address)

    def title(self, words: object) -> None:
        self.text(0, words, "title")
        self.row += 1

    def head(self, *columns: object) -> None:
        for column, words in enumerate(columns):
            self.text(column, words, "head" if column == 0 else "head_right")
        self.row += 1

    def line(self, *words: object) -> None:
        for column, text in enumerate(words):
            if text != "":
                self.text(column, text)
        self.row += 1

    def wide(self, words: str, *, columns: int, height: float = 18) -> None:
        """A text across columns; the row is as high as it needs."""
        self.inner.merge_range(self.row, 0, self.row, columns, "", self.book.style("text"))
        self.inner.set_row(self.row, height)
        self.text(0, words)
        self.row += 1

    def widths(self, *widths: int) -> None:
        for column, width in enumerate(widths):
            self.inner.set_column(column, column, width)


@dataclass(slots=True)
class Book:
    """A workbook in the reader's words and formats; amounts of `currency`.

    Separators are written by the reader's own spreadsheet, in the format of their machine; the sign of
    percent and the place of the currency are set here.
    """

    currency: str
    moment: datetime
    title: str
    _file: io.BytesIO = field(default_factory=io.BytesIO)
    _inner: Any = None
    _styles: dict[str, Any] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._inner = calculating_workbook(self._file)
        created = self.moment.replace(tzinfo=None)
        self._inner.set_properties(
            {"title": text_of_a_cell(self.title), "created": created, "author": "cxprogram"}
        )

    def sheet(self, name: object) -> Sheet:
        words = str(name).translate(_FORBIDDEN).strip()[:_WIDEST]
        self._names.add(words)
        inner = self._inner.add_worksheet(words)
        inner.hide_gridlines(2)
        inner.set_landscape()
        inner.fit_to_pages(1, 0)
        return Sheet(name=words, book=self, inner=inner)

    def finished(self) -> bytes:
        self._inner.close()
        return self._file.getvalue()

    def style(self, name: str) -> Any:
        if name not in self._styles:
            self._styles[name] = self._inner.add_format(self._looks(name))
        return self._styles[name]

    def _looks(self, name: str) -> dict[str, Any]:
        wide = {"valign": "top"}
        money = f'"{self.currency}" #,##0;{MINUS}"{self.currency}" #,##0'
        percents = reader().percents.format("0.0")
        looks: dict[str, dict[str, Any]] = {
            "text": {"text_wrap": True, **wide},
            "link": {"font_color": "#1f5fae", "underline": 1, **wide},
            "title": {"bold": True, "font_size": 14},
            "head": {"bold": True, "bottom": 1, "text_wrap": True, **wide},
            "head_right": {"bold": True, "bottom": 1, "text_wrap": True, "align": "right", **wide},
            "strong": {"bold": True, **wide},
            "number": {"num_format": "#,##0.######", **wide},
            "whole": {"num_format": "0", **wide},
            "year": {"num_format": "0", "bold": True, "bottom": 1, **wide},
            "money": {"num_format": money, **wide},
            "sum": {"num_format": money, "bold": True, "top": 1, **wide},
            "percent": {"num_format": percents, **wide},
            "years": {"num_format": "#,##0.0", **wide},
        }
        # what may be changed, in blue as sheets of finance have it
        typed = {"font_color": "#1f3fa8", "bg_color": "#f3f5fb"}
        if name.startswith("typed_"):
            return {**looks[name.removeprefix("typed_")], **typed}
        return looks[name]
