"""How numbers and dates are written, in Python and, by the same rules, in the drawing engine."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from math import ceil, floor, isfinite, log10
from typing import Any

from cxcharts.rounding import half_up

MINUS = "−"
MISSING = "–"


class Period(StrEnum):
    """Length of one period; the values equal those of the statistics core."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True, slots=True)
class Locale:
    """`number` and `time` are d3 locale definitions; `compact` are (size, suffix), largest first.

    Patterns of dates hold {d}, {m}, {month} (short) and {y}; `percents` holds {} for the number.
    """

    key: str
    number: dict[str, Any]
    time: dict[str, Any]
    compact: tuple[tuple[float, str], ...]
    day: str
    day_of_year: str
    month: str
    percents: str = "{}%"
    year_begins: int = 1  # first month of the fiscal year

    def count(self, number: int) -> str:
        """A whole number, grouped."""
        return self.figure(f"{number:d}")

    def figure(self, plain: str) -> str:
        """Digits with a point, as Python writes them, with this reader's decimal mark and groups."""
        whole, _point, fraction = plain.partition(".")
        sizes = list(self.number["grouping"])
        parts: list[str] = []
        while whole:
            size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
            whole, part = whole[:-size], whole[-size:]
            parts.insert(0, part)
        text = str(self.number["thousands"]).join(parts)
        return f"{text}{self.number['decimal']}{fraction}" if fraction else text

    def share(self, share: float, decimals: int = 0, *, is_never_zero: bool = False) -> str:
        """A share 0-1 as a percentage; `is_never_zero` says "<1%" of what is there but rounds to nothing."""
        if is_never_zero and 0 < share < 0.005:
            return f"<{self.percents.format(1)}"
        return self.percents.format(self.figure(f"{half_up(share * 100, decimals):f}"))

    def written(self, day: date, pattern: str) -> str:
        """A day by one of the patterns."""
        return pattern.format(
            d=day.day, m=day.month, month=self.time["shortMonths"][day.month - 1], y=day.year
        )


_EN_MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_EN_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

ENGLISH = Locale(
    key="en",
    number={"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "minus": MINUS},
    time={
        "dateTime": "%-d %b %Y, %H:%M",
        "date": "%-d %b %Y",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": _EN_DAYS,
        "shortDays": [d[:3] for d in _EN_DAYS],
        "months": _EN_MONTHS,
        "shortMonths": [m[:3] for m in _EN_MONTHS],
    },
    compact=((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k")),
    day="{d} {month} {y}",
    day_of_year="{d} {month}",
    month="{month} {y}",
)
CHINESE = Locale(
    key="zh-hans",
    number={"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["¥", ""], "minus": MINUS},
    time={
        "dateTime": "%Y年%-m月%-d日 %H:%M",
        "date": "%Y年%-m月%-d日",
        "time": "%H:%M",
        "periods": ["上午", "下午"],
        "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
        "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
        "months": [f"{m}月" for m in range(1, 13)],
        "shortMonths": [f"{m}月" for m in range(1, 13)],
    },
    compact=((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
    day="{y}年{m}月{d}日",
    day_of_year="{m}月{d}日",
    month="{y}年{m}月",
)
_LOCALES = {"en": ENGLISH, "zh-hans": CHINESE}


def locale_for(key: str | Locale) -> Locale:
    """A reader's own; of a language code: "zh", "zh-cn", "zh_Hans" are Chinese, all others English."""
    if isinstance(key, Locale):
        return key
    return CHINESE if key.lower().replace("_", "-").startswith("zh") else _LOCALES.get(key, ENGLISH)


def fiscal_text(day: date, year_begins: int, *, is_chinese: bool) -> tuple[str, str]:
    """The fiscal quarter that begins on `day`, and its fiscal year: "Q1" and "FY26". Empty where none
    begins then,
    or fiscal years are those of the calendar. A fiscal year is called by the year in which it ends.
    """
    months = (day.month - year_begins) % 12
    if year_begins == 1 or day.day != 1 or months % 3:
        return "", ""
    ends = day.year if day.month < year_begins else day.year + 1
    quarter = months // 3 + 1
    return (f"第{quarter}季度", f"{ends}财年") if is_chinese else (f"Q{quarter}", f"FY{ends % 100:02d}")


def quarter_text(day: date, locale: Locale) -> str:
    """Q1 FY26 or Q3 2025; 2026财年第1季度 or 2025年第3季度."""
    is_chinese = locale.key == "zh-hans"
    quarter, year = fiscal_text(day, locale.year_begins, is_chinese=is_chinese)
    if quarter:
        return f"{year}{quarter}" if is_chinese else f"{quarter} {year}"
    number = (day.month + 2) // 3
    return f"{day.year}年第{number}季度" if is_chinese else f"Q{number} {day.year}"


def period_text(day: date, period: Period | str, locale: Locale) -> str:
    """The period that starts on `day`, as a reader writes it."""
    kind = Period(period)
    if locale.key == "zh-hans":
        return {
            Period.DAY: locale.written(day, locale.day),
            Period.WEEK: locale.written(day, locale.day),
            Period.MONTH: locale.written(day, locale.month),
            Period.QUARTER: quarter_text(day, locale),
            Period.YEAR: f"{day.year}年",
        }[kind]
    return {
        Period.DAY: locale.written(day, locale.day),
        Period.WEEK: locale.written(day, locale.day),
        Period.MONTH: locale.written(day, locale.month),
        Period.QUARTER: quarter_text(day, locale),
        Period.YEAR: str(day.year),
    }[kind]


def months_text(first: date, last: date, locale: Locale) -> str:
    """The months from `first` to `last`, the year said once where it is the same."""
    if locale.key == "zh-hans":
        if first.year == last.year:
            return f"{first.year}年{first.month}至{last.month}月"
        return f"{first.year}年{first.month}月至{last.year}年{last.month}月"
    names = locale.time["shortMonths"]
    start, end = names[first.month - 1], names[last.month - 1]
    if first.year == last.year:
        return f"{start}–{end} {last.year}"
    return f"{start} {first.year}–{end} {last.year}"


def closed(text: str, locale: Locale) -> str:
    """`text` with its full stop."""
    stripped = text.strip()
    if not stripped or stripped[-1] in ".!?。！？":
        return stripped
    return stripped + ("。" if locale.key == "zh-hans" else ".")


MOST_DECIMALS = 7  # of thousands, millions, ...: an amount to the last cent


def _decimals_of(step: float) -> int:
    """So many decimals write every multiple of this step."""
    return next((d for d in range(7) if abs(step * 10**d - round(step * 10**d)) < 1e-6), 7)


def milliseconds(day: date) -> int:
    """Midnight UTC of `day` as the drawing engine counts time."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueFormat:
    """How a value is written: `value * multiplier`, `decimals` digits, between `prefix` and `suffix`.
    `decimals` below zero round to tens, hundreds, thousands.

    `compact` shortens large numbers (1.2m, 120万). A percentage is `multiplier=100, is_percentage=True`.
    """

    decimals: int = 0
    multiplier: float = 1.0
    prefix: str = ""
    suffix: str = ""
    compact: bool = False
    is_percentage: bool = False
    least_decimals: int = 0  # of a shortened number, where figures would else look alike

    def text(self, value: float, locale: Locale, *, signed: bool = False) -> str:
        """`value` as text; with `signed`, a plus before positive numbers."""
        number = value * self.multiplier
        if not isfinite(number):
            raise ValueError("a chart needs finite numbers")
        if self.compact:
            return self._compact(value, locale, signed=signed)
        return self._written(number, self.decimals, locale, signed=signed)

    def _compact(self, value: float, locale: Locale, *, signed: bool = False, step: float = 0.0) -> str:
        """In thousands, millions, ...: three figures; more where ticks a `step` apart would look alike."""
        number, unit, decimals = value * self.multiplier, "", self.decimals
        for size, word in locale.compact:
            if abs(number) >= size * 0.9995:
                number, unit, step = number / size, word, step / size
                decimals = max(0, 2 - max(0, floor(log10(abs(number)))))
                break
        decimals = max(decimals, self.least_decimals)
        if step:
            decimals = max(decimals, min(_decimals_of(step), ceil(-log10(step)) + 2))
        return self._written(number, decimals, locale, signed=signed, unit=unit)

    def _written(self, number: float, decimals: int, locale: Locale, *, signed: bool, unit: str = "") -> str:
        digits = f"{half_up(abs(number), decimals):f}"
        if unit and "." in digits:
            digits = digits.rstrip("0").rstrip(".")
        is_zero = not digits.strip("0.")
        sign = "" if is_zero else MINUS if number < 0 else "+" if signed else ""
        text = f"{sign}{self.prefix}{locale.figure(digits)}{unit}{self.suffix}"
        return locale.percents.format(text) if self.is_percentage else text

    def telling_apart(self, ends: Iterable[tuple[float, float]], locale: Locale) -> "ValueFormat":
        """The format with so many decimals that the ends of no range read alike, as far as that helps.

        Ends nearer to each other than a part of a billion are one.
        """
        pairs = [(a, b) for a, b in ends if abs(a - b) > 1e-9 * max(abs(a), abs(b))]
        form = self
        for decimals in range(MOST_DECIMALS + 1):
            form = replace(self, least_decimals=decimals) if decimals else self
            if all(form.text(low, locale) != form.text(high, locale) for low, high in pairs):
                break
        return form

    def in_column(self, values: Iterable[float | None]) -> "ValueFormat":
        """The format in which these values stand below one another. Shortened, they would have two, one or no
        decimals each; so they are written out, all rounded to the same place: each keeps three figures or
        more, and what differs reads differently as far as cents help.
        """
        known = {abs(v * self.multiplier) for v in values if v is not None}
        if not self.compact:
            return self
        sizes = [floor(log10(size)) for size in known if size >= 0.5]
        place = max(0, min(sizes) - 2) if sizes else 0
        different = len({f"{size:.9g}" for size in known})
        while place > -2 and len({half_up(size, -place) for size in known}) < different:
            place = place - 1 if place > 0 else -2  # no money has one decimal
        return replace(self, compact=False, decimals=-place)

    def bare(self) -> "ValueFormat":
        """The format without a word after the number, for the second mention of a unit."""
        return replace(self, suffix="") if self.suffix.startswith("\u00a0") else self

    def axis_text(self, value: float, locale: Locale, *, step: float) -> str:
        """A tick's label: as many decimals as the step between ticks needs, no more."""
        scaled = abs(step * self.multiplier)
        if self.compact:
            return self._compact(value, locale, step=scaled)
        decimals = _decimals_of(scaled)
        return ValueFormat(
            decimals=decimals,
            multiplier=self.multiplier,
            prefix=self.prefix,
            suffix=self.suffix,
            is_percentage=self.is_percentage,
        ).text(value, locale)
