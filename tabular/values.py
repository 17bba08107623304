"""From text to numbers and to yes or no, a column at a time. What cannot be read is a position. Pure."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from tabular.cells import DateCell, ErrorCell, NumberCell, is_typed

NUMBER = re.compile(r"[+-]?\d{1,11}([.,]\d{0,4}0*)?")
_GROUPED = re.compile(r"^[+-]?\d{1,3}[.,]\d{3}$")
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # signs of no width around a figure
_WHOLE = re.compile(r"[+-]?\d{1,9}([.,]0+)?")
_YES = frozenset({"yes", "y", "true", "1", "x", "是", "对", "ja", "oui", "sí", "si"})
_NO = frozenset({"no", "n", "false", "0", "否", "不", "nein", "non"})


def parse_whole(column: Sequence[str]) -> tuple[list[int | None], list[int]]:
    """Whole numbers (also written 9.0 or 9,0), None where empty, and the positions that are none."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise ValueError(text)
        return int(re.split(r"[.,]", text)[0])

    return _read(column, read, read)


def parse_numbers(
    column: Sequence[str], *, refuses_groups: bool = False
) -> tuple[list[int | Decimal | None], list[int]]:
    """Numbers with a decimal point or comma, None where empty, and the positions that are none.

    Whole numbers are `int`. Five decimals or more are no number: they could not be kept. "1,000" is 1 in one
    country and 1000 in another; `refuses_groups` takes it for no number, as amounts may be either. A number
    that a workbook holds as such reads one way.
    """

    def certain(text: str) -> int | Decimal:
        if not NUMBER.fullmatch(text):
            raise ValueError(text)
        return plain(Decimal(text.replace(",", ".")))

    def read(text: str) -> int | Decimal:
        if refuses_groups and _GROUPED.search(text):
            raise ValueError(text)
        return certain(text)

    return _read(column, read, certain)


def parse_yes_no(column: Sequence[str]) -> tuple[list[bool | None], list[int]]:
    """Yes or no in the words that people and spreadsheets write, None where empty, and what is neither."""

    def read(text: str) -> bool:
        word = text.casefold()
        if word not in _YES and word not in _NO:
            raise ValueError(text)
        return word in _YES

    return _read(column, read, read)


def plain(number: Decimal) -> int | Decimal:
    """Whole numbers as such, others without idle zeros."""
    return int(number) if number == int(number) else number.normalize()


def _read[V](
    column: Sequence[str], read: Callable[[str], V], read_typed: Callable[[str], V]
) -> tuple[list[V | None], list[int]]:
    """Each different text once: files repeat themselves. Texts that are equal may differ in their type."""
    if is_typed(column):
        return _read_each(column, read, read_typed)
    table: dict[str, V | None] = {}
    wrong: set[str] = set()
    for text in set(column):
        stripped = text.strip().strip(UNSEEN).strip()
        try:
            table[text] = read(stripped) if stripped else None
        except ValueError:
            table[text] = None
            wrong.add(text)
    bad = [index for index, text in enumerate(column) if text in wrong] if wrong else []
    return [table[text] for text in column], bad


def _read_each[V](
    column: Sequence[str], read: Callable[[str], V], read_typed: Callable[[str], V]
) -> tuple[list[V | None], list[int]]:
    """Kind by kind, as cells of two kinds may hold equal texts and mean different things."""
    tables: dict[type[str], dict[str, V | None]] = {}
    wrong: set[tuple[type[str], str]] = set()
    kinds = [*map(type, column)]
    for kind in set(kinds):
        reads = read_typed if issubclass(kind, NumberCell) else read
        table = tables[kind] = {}
        for text in {cell for cell, its in zip(column, kinds, strict=True) if its is kind}:
            stripped, table[text] = text.strip().strip(UNSEEN).strip(), None
            try:
                if issubclass(kind, ErrorCell | DateCell):
                    raise ValueError(text)
                if stripped:
                    table[text] = reads(stripped)
            except ValueError:
                wrong.add((kind, text))
    pairs = [*zip(kinds, column, strict=True)]
    bad = [index for index, pair in enumerate(pairs) if pair in wrong] if wrong else []
    return [tables[kind][text] for kind, text in pairs], bad
