"""A date in one column and its time of day in another: put together as one text to read. Pure."""

import re
from collections.abc import Sequence
from datetime import timedelta

from tabular.cells import DateCell, ErrorCell, NumberCell
from tabular.moments import hour_of

_CLOCK = re.compile(
    r"(?:(?P<half>上午|下午|오전|오후) ?)?(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?: ?(?P<mark>[ap])\.?m\.?)?(?: ?(?:uhr|h))?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(?P<hour>\d{1,2}) ?(?P<mark>[ap])\.?m\.?", re.IGNORECASE)  # 2 PM
_HALVES = {"上午": "a", "下午": "p", "오전": "a", "오후": "p"}
_TIME_IN_DATE = re.compile(r"(?<=\d)(?:T|,? +)(?=(?:(?:上午|下午|오전|오후) ?)?\d{1,2}:\d{2})")


def joined(dates: Sequence[str], times: Sequence[str]) -> list[str]:
    """One cell each. A date without a time stays as it is; so does a time without a date, which is no date.

    A midnight beside the date is what a spreadsheet adds to a day and goes. Another time there, unless it is
    the same, leaves both: nobody can tell which is meant, and what is read refuses it.
    """
    known: dict[tuple[str, type, str, type], str] = {}
    found = []
    for day, time in zip(dates, times, strict=True):
        key = (day, type(day), time, type(time))
        if key not in known:
            known[key] = _joined(day, time)
        found.append(known[key])
    return found


def clock_of(cell: str) -> str:
    """A time of day as 14:30:00; nothing for what is none. A workbook may hold it as a part of a day."""
    text = cell.strip()
    if isinstance(cell, ErrorCell):
        return ""
    if isinstance(cell, NumberCell):
        share = float(text)
        return _written(round(share * 86_400)) if 0 <= share < 1 else ""
    if isinstance(cell, DateCell):
        return text[11:19] or "00:00:00"
    match = _CLOCK.fullmatch(text) or _HOUR.fullmatch(text)
    if match is None:
        return ""
    said = match.groupdict()
    half = said["mark"] or _HALVES.get(said.get("half") or "", "")
    try:
        hour = hour_of(int(said["hour"]), half.lower())
    except ValueError:
        return ""
    minute, second = int(said.get("minute") or 0), int(said.get("second") or 0)
    return f"{hour:02d}:{minute:02d}:{second:02d}" if hour < 24 and minute < 60 and second < 60 else ""


def _joined(day: str, time: str) -> str:
    if not time.strip() or not day.strip() or isinstance(day, ErrorCell):
        return day
    clock = clock_of(time)
    text, there = _split(day)
    if there and there not in {clock, "00:00:00"}:
        return f"{day.strip()} / {time.strip()}"
    if not clock:  # with a zone, or none that can be read: what reads moments says so
        return f"{text} {time.strip()}"
    return DateCell(f"{text} {clock}") if isinstance(day, DateCell | NumberCell) else f"{text} {clock}"


def _split(day: str) -> tuple[str, str]:
    """The day as text, and the time that stands beside it, if any."""
    text = day.strip()
    if isinstance(day, DateCell):
        return text[:10], text[11:19]
    if isinstance(day, NumberCell):
        days = float(text)
        on, seconds = day.day_zero + timedelta(days=int(days)), round(days % 1 * 86_400)
        return on.date().isoformat(), _written(seconds) if seconds else ""
    parts = _TIME_IN_DATE.split(text, maxsplit=1)
    return parts[0], (clock_of(parts[1]) or parts[1]) if len(parts) > 1 else ""


def _written(seconds: int) -> str:
    seconds = min(seconds, 86_399)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
