"""From text to values, a column at a time. What cannot be read comes back as its position."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from customer_voice.choices import DateFormat
from customer_voice.columns import plain

_SHORT = re.compile(
    r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?$"
)
_NUMBER = re.compile(r"[+-]?\d{1,11}([.,]\d{0,4}0*)?")
_GROUPED = re.compile(r"^[+-]?\d{1,3}[.,]\d{3}$")
_YEAR_FIRST = re.compile(r"^\d{4}[-/.年]")


@dataclass(frozen=True, kw_only=True, slots=True)
class DateFinding:
    """How the dates of a whole file can be read: how many only in one form, how many either way."""

    iso: int
    day_first_only: int
    month_first_only: int
    either: int
    example: str = ""

    @property
    def format(self) -> DateFormat | None:
        """The one format that reads all; None where two would do, or none does."""
        if self.iso and not (self.day_first_only or self.month_first_only or self.either):
            return DateFormat.ISO
        if self.iso or (self.day_first_only and self.month_first_only):
            return None
        if self.day_first_only:
            return DateFormat.DAY_FIRST
        if self.month_first_only:
            return DateFormat.MONTH_FIRST
        return None if self.either else DateFormat.ISO

    @property
    def is_mixed(self) -> bool:
        short = self.day_first_only + self.month_first_only + self.either
        return bool((self.iso and short) or (self.day_first_only and self.month_first_only))


def find_date_format(columns: Iterable[Sequence[str]]) -> DateFinding:
    """Look at every date of the file: which could be read day first, month first, or either way."""
    kinds: Counter[str] = Counter()
    example = ""
    for column in columns:
        for value, times in Counter(text.strip()[:10].split(" ")[0].split("T")[0] for text in column).items():
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
                example = example or value
            else:
                kinds["same"] += times
    return DateFinding(
        iso=kinds["iso"],
        day_first_only=kinds["day"],
        month_first_only=kinds["month"],
        either=kinds["either"] + (kinds["same"] if not (kinds["day"] or kinds["month"]) else 0),
        example=example,
    )


def parse_dates(
    column: Sequence[str], *, date_format: DateFormat, zone: tzinfo
) -> tuple[list[datetime | None], list[int]]:
    """Moments in UTC (None where the cell is empty) and the positions that are no date in this format.

    Times without an offset are of `zone`; a date alone is its first moment.
    """
    if date_format == DateFormat.ISO:
        try:
            found = [datetime.fromisoformat(text) if text else None for text in column]
            return [None if moment is None else _utc(moment, zone) for moment in found], []
        except (ValueError, OverflowError):
            pass
    read = _iso if date_format == DateFormat.ISO else _short(date_format)
    moments: list[datetime | None] = []
    bad: list[int] = []
    for index, text in enumerate(column):
        moment = None
        stripped = text.strip()
        if stripped:
            try:
                moment = _utc(read(stripped), zone)
            except (ValueError, OverflowError):
                bad.append(index)
        moments.append(moment)
    return moments, bad


def parse_whole(column: Sequence[str]) -> tuple[list[int | None], list[int]]:
    """Whole numbers (also written 9.0 or 9,0), None where empty, and the positions that are none."""
    table: dict[str, int | None] = {}
    wrong: set[str] = set()
    for text in set(column):
        stripped = text.strip()
        if not stripped:
            table[text] = None
        elif re.fullmatch(r"[+-]?\d{1,9}([.,]0+)?", stripped):
            table[text] = int(re.split(r"[.,]", stripped)[0])
        else:
            table[text] = None
            wrong.add(text)
    bad = [index for index, text in enumerate(column) if text in wrong] if wrong else []
    return [table[text] for text in column], bad


def parse_numbers(
    column: Sequence[str], *, refuses_groups: bool = False
) -> tuple[list[int | Decimal | None], list[int]]:
    """Numbers with a decimal point or comma, None where empty, and the positions that are none.

    Whole numbers are `int`. Five decimals or more are no number: they could not be kept. "1,000" is 1 in one
    country and 1000 in another; `refuses_groups` takes it for no number, as amounts may be either.
    """
    table: dict[str, int | Decimal | None] = {}
    wrong: set[str] = set()
    for text in set(column):
        stripped = text.strip()
        if not stripped:
            table[text] = None
        elif _NUMBER.fullmatch(stripped) and not (refuses_groups and _GROUPED.search(stripped)):
            table[text] = plain(Decimal(stripped.replace(",", ".")))
        else:
            table[text] = None
            wrong.add(text)
    bad = [index for index, text in enumerate(column) if text in wrong] if wrong else []
    return [table[text] for text in column], bad


def _utc(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("/", "-"))


def _short(date_format: DateFormat) -> Callable[[str], datetime]:
    def read(text: str) -> datetime:
        match = _SHORT.match(text)
        if match is None:
            raise ValueError(text)
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day, month = (first, second) if date_format == DateFormat.DAY_FIRST else (second, first)
        hour = int(match[5] or 0)
        if match[8]:
            if not 1 <= hour <= 12:
                raise ValueError(text)
            hour = hour % 12 + (12 if match[8] in "Pp" else 0)
        return datetime(year, month, day, hour, int(match[6] or 0), int(match[7] or 0))  # noqa: DTZ001

    return read
