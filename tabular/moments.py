"""Moments as people and systems write them beyond plain figures: names of months, AM/PM, zones. Pure.

Every form here reads one way only; what could be read day first or month first is `tabular.dates`' matter.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel import Locale
from babel.dates import get_month_names

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "cs")
_OTHER_MONTHS = {"sept": 9, "mär": 3, "jänner": 1, "marz": 3}
# Hours from UTC. Left out are names that stand for several zones (IST, CST of China, BST of Bangladesh).
_ZONES: dict[str, float] = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2,
    "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13, "mitteleuropäische normalzeit": 1, "mitteleuropäische zeit": 1,
    "mitteleuropäische sommerzeit": 2, "central european standard time": 1, "central european summer time": 2,
    "coordinated universal time": 0, "koordinierte weltzeit": 0, "eastern standard time": -5,
    "eastern daylight time": -4, "central daylight time": -5, "pacific standard time": -8,
    "pacific daylight time": -7, "heure normale d’europe centrale": 1, "heure d’été d’europe centrale": 2,
    "中国标准时间": 8, "北京时间": 8, "日本标准时间": 9, "协调世界时": 0,
}  # fmt: skip
_OFFSET = re.compile(r"^(?:(?:utc|gmt) ?)?([+-−])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
_HALVES = {"上午": "am", "下午": "pm", "오전": "am", "오후": "pm"}
_TIME = re.compile(
    r"^(?:(?P<half>上午|下午|오전|오후) ?)?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?P<mark>[ap])\.?m\.?)?(?: ?(?:uhr|h))?(?: ?\(?(?P<zone>[^\d\s(].*|[+-−]\d.*?)\)?)?$",
    re.IGNORECASE,
)
_UNIX = re.compile(r"^(\d{10})(?:\.\d+)?$|^(\d{13})$")
_WORDS = re.compile(r"[^\W\d_]+\.?|\d+")
_BETWEEN = frozenset({"de", "del", "di", "of", "the", "st", "nd", "rd", "th", "er"})
_JOINTS = re.compile(
    r"(?i)(?:,| at| um| à| alle| às| a las| kl\.?| o)?\s+(?=(?:(?:上午|下午|오전|오후) ?)?\d{1,2}[:.]\d{2})"
)

MARKED = re.compile(r"[(\[（]([^()\[\]（）]{1,40})[)\]）]\s*$")


def zone_called(name: str) -> tzinfo | None:
    """The zone of a name ("UTC", "GMT+1", "-0700", "EST", "Europe/Berlin"); None for what is no such name."""
    text = " ".join(name.split()).strip()
    text = re.sub(r"(?<=\d) \([^()]*\)$", "", text)  # GMT+0100 (CET)
    match = _OFFSET.match(text)
    if match:
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        span = timedelta(hours=hours, minutes=minutes)
        return timezone(span if match[1] == "+" else -span)
    hours_away = _ZONES.get(text.casefold().replace("'", "’"))
    if hours_away is not None:
        return timezone(timedelta(hours=hours_away)) if hours_away else UTC
    if "/" in text and text in available_timezones():
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError):
            return None
    return None


def zone_in_name(column: str) -> tzinfo | None:
    """The zone that the name of a column says at its end: "Submit Date (UTC)"."""
    match = MARKED.search(column)
    return zone_called(match[1]) if match else None


def split_zone(text: str) -> tuple[str, tzinfo | None]:
    """A moment without the zone or offset at its end, and that zone. ValueError for a zone unknown here."""
    match = re.search(r"(?i)(\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: ?[ap]\.?m\.?)?) *(\S.*)$", text)
    if match is None:
        return text, None
    zone = zone_called(match[2].strip("()[] "))
    if zone is None:
        raise ValueError(text)
    return text[: match.end(1)], zone


def unix_moment(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970 in UTC, as systems write them."""
    match = _UNIX.match(text)
    if match is None:
        return None
    return datetime.fromtimestamp(int(match[1]) if match[1] else int(match[2]) / 1000, tz=UTC)


def is_named(text: str) -> bool:
    """Whether a date is written with the name of its month."""
    try:
        named_moment(text)
    except ValueError:
        return False
    return True


def named_moment(text: str) -> datetime:
    """14 Mar 2026 09:15, Mar 15, 2026, 16-Mar-26, Donnerstag, 19. März 2026 um 13:39:50 MEZ. ValueError."""
    parts = _JOINTS.split(text.strip(), maxsplit=1)
    day = _named_day(parts[0])
    return _at(day, parts[1].strip()) if len(parts) > 1 else day


def _named_day(text: str) -> datetime:
    month, figures = 0, list[str]()
    for word in _WORDS.findall(text):
        if word.isdigit():
            figures.append(word)
            continue
        plain = word.rstrip(".").casefold()
        number = _months().get(plain)
        if number:
            if month:
                raise ValueError(text)
            month = number
        elif plain not in _BETWEEN and not _is_weekday(plain):
            raise ValueError(text)
    if not month or len(figures) != 2:
        raise ValueError(text)
    first, second = figures
    day, year = (second, first) if len(first) == 4 else (first, second)
    if len(day) > 2 or len(year) not in {2, 4}:
        raise ValueError(text)
    return datetime(full_year(year), month, int(day))  # noqa: DTZ001


def _at(day: datetime, text: str) -> datetime:
    match = _TIME.match(text)
    if match is None:
        raise ValueError(text)
    hour = hour_of(int(match["hour"]), match["mark"] or _HALVES.get(match["half"] or "", ""))
    moment = day.replace(hour=hour, minute=int(match["minute"]), second=int(match["second"] or 0))
    if not match["zone"]:
        return moment
    zone = zone_called(match["zone"])
    if zone is None:
        raise ValueError(text)
    return moment.replace(tzinfo=zone)


def hour_of(hour: int, half: str | None) -> int:
    """Of 24, from an hour and the A or P of AM or PM. ValueError for 13 PM."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def full_year(text: str) -> int:
    """A year of two figures is one from 1970 to 2069."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


@cache
def _months() -> dict[str, int]:
    """Names of months, long and short, in lower case."""
    return {**dict(_names_of_months()), **_OTHER_MONTHS}


def _names_of_months() -> Iterator[tuple[str, int]]:
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    plain = name.rstrip(".").casefold()
                    if plain and not plain.isdigit():
                        yield plain, number


@cache
def _weekdays() -> frozenset[str]:
    found = set[str]()
    for language in _LANGUAGES:
        for widths in Locale(language).days.values():
            for width in ("wide", "abbreviated"):
                found |= {name.rstrip(".").casefold() for name in widths.get(width, {}).values()}
    return frozenset(found)


def _is_weekday(word: str) -> bool:
    return word in _weekdays() or (len(word) == 3 and any(name.startswith(word) for name in _weekdays()))
