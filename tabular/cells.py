"""Cells of which a workbook says what they are. All else, and all of a text file, is plain `str`. Pure.

Each is a text, so that a number can be an ID and a date a comment; what reads values asks for the type.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal


class NumberCell(str):
    """A number, written with a point and without groups. It cannot be read in two ways."""

    __slots__ = ()
    day_zero = datetime(1899, 12, 30)  # noqa: DTZ001 - a day without a place, as spreadsheets count


class NumberCell1904(NumberCell):
    """The same in a workbook whose days count from 1904, as old Macs had it."""

    __slots__ = ()
    day_zero = datetime(1904, 1, 1)  # noqa: DTZ001 - see above


class PercentCell(NumberCell):
    """A number that the workbook shows as percent: 0.8 is seen as 80%."""

    __slots__ = ()

    @property
    def shown(self) -> str:
        return plain_text(Decimal(self) * 100) + PERCENT


class DateCell(str):
    """A date or moment, written year first."""

    __slots__ = ()


PERCENT = "%"  # as answers in files are written, whoever reads them
EXACT = 1e15  # whole numbers below it have 15 digits at most
FORMULA = "="  # as in `tabular.sheet_process`, which imports nothing of ours


class ErrorCell(str):
    """What a formula shows that could not be calculated, such as #N/A; `FORMULA` where nobody tried."""

    __slots__ = ()


def number_cell(value: int | float, *, counts_from_1904: bool = False) -> NumberCell:
    """As a spreadsheet shows it: 15 digits. The others are an accident of binary fractions."""
    kind = NumberCell1904 if counts_from_1904 else NumberCell
    if isinstance(value, int):
        return kind(value)
    if value.is_integer() and abs(value) < EXACT:
        return kind(int(value))
    return kind(plain_text(Decimal(format(value, ".15g"))))


def plain_text(value: Decimal) -> str:
    """Without an exponent and idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_shown(column: Sequence[str]) -> Sequence[str]:
    """Numbers that a workbook shows as percent as people see them: 80% in place of 0.8."""
    if PercentCell not in set(map(type, column)):
        return column
    return [cell.shown if isinstance(cell, PercentCell) else cell for cell in column]


def is_typed(column: Iterable[str]) -> bool:
    """Whether any cell of a column is more than plain text."""
    return set(map(type, column)) != {str}
