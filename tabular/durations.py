"""From text to lengths of time, a column at a time. What cannot be read is a position. Pure."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from tabular.cells import NumberCell


class DurationForm(StrEnum):
    """How a column writes lengths of time."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    CLOCK = "clock"  # 20:50 or 20:50:00, hours first


_SECONDS = {DurationForm.SECONDS: 1, DurationForm.MINUTES: 60, DurationForm.HOURS: 3600}
_CLOCK = re.compile(
    r"(?:(\d{1,4})\s*(?:d|days?|tage?|jours?|días?|天)[,\s]\s*)?(\d{1,5}):([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}")
_MANY_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_DECIMALS = re.compile(r"\d+([.,])(?:\d{1,2}|\d{4,})|(?:0|\d{4,})([.,])\d{3}")
_NAMES = (
    (DurationForm.CLOCK, re.compile(r"hh?:mm|\bhms\b|时:分", re.IGNORECASE)),
    (DurationForm.MINUTES, re.compile(r"\bmin(?:s|\b|ute|uten|utos)|分钟", re.IGNORECASE)),
    (DurationForm.SECONDS, re.compile(r"\bsec(?:s|\b|ond)|\bsek(?:\b|unden)|\bsegundos|秒", re.IGNORECASE)),
    (DurationForm.HOURS, re.compile(r"\bhours?\b|\bhrs?\b|\bstd\b|stunden|heures|horas|小时", re.IGNORECASE)),
)


def form_of(name: str, cells: Sequence[str]) -> DurationForm | None:
    """How the column writes times, by its cells (20:50:00) and else by the unit in its name."""
    filled = [cell.strip().lstrip("+-") for cell in cells if cell.strip()]
    if filled and all(_CLOCK.fullmatch(cell) for cell in filled):
        return DurationForm.CLOCK
    return next((form for form, pattern in _NAMES if pattern.search(name)), None)


def parse_durations(
    column: Sequence[str], form: DurationForm
) -> tuple[list[timedelta | None], list[int], dict[int, tuple[str, str]]]:
    """Lengths of time, None where empty; the positions that are none (negative ones are none); and those
    that can be read in two ways, with both readings.

    1,250 is 1250 where the mark stands before decimals nowhere and other numbers of the column are written
    without it; hours have three decimals often enough to ask.
    """
    values: list[timedelta | None] = []
    bad: list[int] = []
    unclear: dict[int, tuple[str, str]] = {}
    decimals, has_whole = _marks(column)
    for index, cell in enumerate(column):
        text, value = cell.strip(), None
        if form is DurationForm.CLOCK:
            value = _clock(text)
        elif text:
            grouped = None if isinstance(cell, NumberCell) else _GROUPED.fullmatch(text)
            whole = text.replace(",", "").replace(".", "")
            if _MANY_GROUPS.fullmatch(text) and not isinstance(cell, NumberCell):
                value = _length(whole, form)
            elif grouped and grouped[1] not in decimals:
                if decimals or (has_whole and form is not DurationForm.HOURS):
                    value = _length(whole, form)
                else:
                    unclear[index] = (f"{Decimal(text.replace(',', '.')).normalize():f}", whole)
            elif _NUMBER.fullmatch(text):
                value = _length(text.replace(",", "."), form)
        if text and value is None and index not in unclear:
            bad.append(index)
        values.append(value)
    return values, bad, unclear


def _marks(column: Sequence[str]) -> tuple[set[str], bool]:
    """The marks that stand before decimals, and whether whole numbers are written without any mark."""
    decimals: set[str] = set()
    has_whole = False
    for cell in set(column):
        text = cell.strip()
        match = _DECIMALS.fullmatch(text)
        if match:
            decimals.add(match[1] or match[2])
        has_whole = has_whole or text.isdigit()
    return decimals, has_whole


def _clock(text: str) -> timedelta | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _length(number: str, form: DurationForm) -> timedelta | None:
    try:
        return timedelta(seconds=float(Decimal(number) * _SECONDS[form]))
    except OverflowError:
        return None
