"""From text to moments, a column at a time. What cannot be read comes back as its position. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from tabular.cells import DateCell, ErrorCell, NumberCell, is_typed
from tabular.moments import full_year, hour_of, named_moment, split_zone, unix_moment

_HOUR = r"(?:(上午|下午|오전|오후) ?)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?"
_SHORT = re.compile(rf"^(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:,?[ T]+{_HOUR})?$")
_YEAR_FIRST = re.compile(r"^\d{4}[-/.年년]")
_SERIAL = re.compile(r"^[3-7]\d{4}(?:[.,]\d{1,12})?$")  # days that spreadsheets count, 1982 to 2118
# as people and spreadsheets write it: 2026/3/16, 2026.3.16 9:30 PM, 2026年3月16日, 2026年3月16日上午9:30
_LONG = re.compile(
    r"^(\d{4})(?:([-/.]) ?(\d{1,2})\2 ?(\d{1,2})\.?(?:[ T]+|$)|"
    r"[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일](?:[ T]*))"
    rf"(?:{_HOUR})?$"
)
LAST_SERIAL = 2_958_465  # 31 December 9999, where spreadsheets end
_LAST_DAY = date(9999, 12, 31)  # there is no day after it


class DateOrder(StrEnum):
    """In which order day, month and year stand."""

    ISO = "iso"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class ClockChange(StrEnum):
    """Why a time on the wall is no one moment: the clock was put forward over it, or back to before it."""

    SKIPPED = "skipped"
    DOUBLED = "doubled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """A column as moments in UTC (None where the cell is empty), the positions that are no date in this
    order, and those whose time the clock skips or shows twice."""

    moments: list[datetime | None]
    bad: list[int]
    clock_changes: dict[int, ClockChange]


@dataclass(frozen=True, kw_only=True, slots=True)
class DateFinding:
    """How the dates of a whole file can be read: how many only in one form, how many either way.

    Dates that a workbook holds as such read one way and are not counted.
    """

    iso: int
    day_first_only: int
    month_first_only: int
    either: int
    dotted: int = 0  # of `either`: written with dots, which is day first wherever people write so
    example: str = ""

    @property
    def order(self) -> DateOrder | None:
        """The one order that reads all; None where two would do, or none does."""
        if self.iso and not (self.day_first_only or self.month_first_only or self.either):
            return DateOrder.ISO
        if self.iso or (self.day_first_only and self.month_first_only):
            return None
        if self.day_first_only:
            return DateOrder.DAY_FIRST
        if self.month_first_only:
            return DateOrder.MONTH_FIRST
        if self.either:
            return DateOrder.DAY_FIRST if self.dotted == self.either else None
        return DateOrder.ISO

    @property
    def is_mixed(self) -> bool:
        short = self.day_first_only + self.month_first_only + self.either
        return bool((self.iso and short) or (self.day_first_only and self.month_first_only))


def find_date_order(columns: Iterable[Sequence[str]]) -> DateFinding:
    """Look at every date of the file: which could be read day first, month first, or either way."""
    kinds: Counter[str] = Counter()
    example = ""
    for column in columns:
        texts = [text for text in column if type(text) is str] if is_typed(column) else column
        for value, times in Counter(text.strip()[:10].split(" ")[0].split("T")[0] for text in texts).items():
            if not value:
                continue
            if _YEAR_FIRST.match(value):
                kinds["iso"] += times
                continue
            match = _SHORT.match(value)
            if match is None:
                continue
            first, second = int(match[1]), int(match[3])
            if first > 12 and second > 12:
                continue  # no month in either form: the row is listed, the file is not stopped
            if first > 12 >= second:
                kinds["day"] += times
            elif second > 12 >= first:
                kinds["month"] += times
            elif first != second:
                kinds["either"] += times
                kinds["either dotted"] += times if match[2] == "." else 0
                example = example if example or match[2] == "." else value
            else:
                kinds["same"] += times
                kinds["same dotted"] += times if match[2] == "." else 0
    is_one_order_seen = bool(kinds["day"] or kinds["month"])
    return DateFinding(
        iso=kinds["iso"],
        day_first_only=kinds["day"],
        month_first_only=kinds["month"],
        either=kinds["either"] + (0 if is_one_order_seen else kinds["same"]),
        dotted=kinds["either dotted"] + (0 if is_one_order_seen else kinds["same dotted"]),
        example=example,
    )


def parse_dates(
    column: Sequence[str], *, order: str, zone: tzinfo
) -> tuple[list[datetime | None], list[int]]:
    """Moments and bad positions of `read_dates`, for who does not ask about changes of the clock."""
    found = read_dates(column, order=order, zone=zone)
    return found.moments, found.bad


def read_dates(column: Sequence[str], *, order: str, zone: tzinfo) -> Dates:
    """A column of dates and times.

    Times without an offset are of `zone`; a date alone is its first moment. What reads one way only is read
    whatever the order: cells that a workbook holds as dates, its numbers as the days that spreadsheets count,
    names of months, the seconds or milliseconds since 1970 that systems write, and spreadsheets' days in a
    text file.

    A time that the clock skips is read by the offset from before the change (half past two as half past
    three), one that it shows twice as the first of the two; either is said.
    """
    clock = _Clock(zone)
    typed = is_typed(column)
    if order == DateOrder.ISO and not typed:
        try:
            found = [datetime.fromisoformat(text) if text else None for text in column]
            plain = [None if moment is None else clock.utc(moment, at) for at, moment in enumerate(found)]
            return Dates(moments=plain, bad=[], clock_changes=clock.changes)
        except (ValueError, OverflowError):
            pass
    read = _with_zone(_iso if order == DateOrder.ISO else _short(order))
    clock = _Clock(zone)
    moments: list[datetime | None] = []
    bad: list[int] = []
    for index, text in enumerate(column):
        moment = None
        stripped = text.strip()
        if stripped:
            try:
                moment = clock.utc(_typed(text, read) if typed else read(stripped), index)
            except (ValueError, OverflowError):
                bad.append(index)
        moments.append(moment)
    return Dates(moments=moments, bad=bad, clock_changes=clock.changes)


def _typed(cell: str, read: Callable[[str], datetime]) -> datetime:
    if isinstance(cell, ErrorCell):
        raise ValueError(cell)
    if isinstance(cell, DateCell):
        return datetime.fromisoformat(cell)
    if isinstance(cell, NumberCell):
        return _serial(cell)
    return read(cell.strip())


def serial_moment(text: str) -> datetime | None:
    """The day that a spreadsheet's number stands for, where a file has no dates but these; on the wall."""
    if not _SERIAL.match(text):
        return None
    return datetime(1899, 12, 30) + timedelta(seconds=round(float(text.replace(",", ".")) * 86_400))  # noqa: DTZ001


def _serial(cell: NumberCell) -> datetime:
    """Days since day zero; day 60 of the usual count is a 29 February 1900 that never was."""
    days = float(cell)
    if not 61 <= days <= LAST_SERIAL:
        raise ValueError(cell)
    return cell.day_zero + timedelta(seconds=round(days * 86_400))


class _Clock:
    """Times on the wall of one zone as moments; remembers the positions at which they are not one moment."""

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.changes: dict[int, ClockChange] = {}
        self._steady: dict[tuple[date, tzinfo], bool] = {}  # days on which no clock is changed

    def utc(self, moment: datetime, position: int) -> datetime:
        there = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        zone = there.tzinfo
        if zone is not None and there.time() != time() and not self._is_steady(there.date(), zone):
            # PEP 495: in a gap the first reading has the smaller offset, in a repeated hour the larger one
            first, second = there.replace(fold=0).utcoffset(), there.replace(fold=1).utcoffset()
            if first is not None and second is not None and first != second:
                self.changes[position] = ClockChange.SKIPPED if first < second else ClockChange.DOUBLED
        return there.astimezone(UTC)

    def _is_steady(self, day: date, zone: tzinfo) -> bool:
        known = self._steady.get((day, zone))
        if known is None:
            start = datetime.combine(day, time(), zone)
            known = day >= _LAST_DAY or start.utcoffset() == (start + timedelta(days=1)).utcoffset()
            self._steady[(day, zone)] = known
        return known


def _with_zone(read: Callable[[str], datetime]) -> Callable[[str], datetime]:
    """Read by one order; else what needs none."""

    def read_any(text: str) -> datetime:
        try:
            return read(text)
        except ValueError:
            moment = unix_moment(text) or serial_moment(text)
        if moment is not None:
            return moment
        try:
            return named_moment(text)
        except ValueError:
            rest, zone = split_zone(text)
            if zone is None:
                raise
        moment = read(rest)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    return read_any


def _iso(text: str) -> datetime:
    match = _LONG.match(text)
    if match is None:
        return datetime.fromisoformat(text.replace("/", "-"))
    year, month, day = int(match[1]), int(match[3] or match[5]), int(match[4] or match[6])
    return datetime(year, month, day, *_time(match.groups()[6:]))  # noqa: DTZ001


def _time(parts: Sequence[str | None]) -> tuple[int, int, int]:
    """Hour of 24, minute and second from the groups of `_HOUR`."""
    named, hour, minute, second, half = parts
    half = half or {"上午": "a", "下午": "p", "오전": "a", "오후": "p"}.get(named or "", "")
    return hour_of(int(hour or 0), half), int(minute or 0), int(second or 0)


def _short(order: str) -> Callable[[str], datetime]:
    def read(text: str) -> datetime:
        match = _SHORT.match(text)
        if match is None:
            raise ValueError(text)
        first, second, year = int(match[1]), int(match[3]), full_year(match[4])
        day, month = (first, second) if order == DateOrder.DAY_FIRST else (second, first)
        return datetime(year, month, day, *_time(match.groups()[4:]))  # noqa: DTZ001

    return read
