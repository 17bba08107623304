"""How the present reader writes dates and numbers: the one place. `wording.typed` reads numbers in that way.

Language and format are two settings: an English page of a German bank says 19 Oct 2026, 14:25 and 10.000.
The format is a territory of the CLDR; its rules come from `babel`. Pages, sentences, mail and documents ask
`reader()`; Django's own localization (`|date:"DATE_FORMAT"`, a bare `{{ number }}`) is led here by
`lead_django`. Machines (API, CSV) get ISO and plain numbers.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import localedata
from babel.core import Locale, UnknownLocaleError, get_global
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils import formats as django_formats
from django.utils import timezone
from django.utils.translation import get_language, to_locale

from cxcharts.rounding import half_up

MINUS = "\u2212"
NO_BREAK = "\u00a0"
_TOKENS = re.compile(r"'([^']*)'|([a-zA-Z])\2*|([^a-zA-Z']+)")
_DJANGO = {"{d}": "j", "{d:02d}": "d", "{m}": "n", "{m:02d}": "m", "{month}": "M", "{y}": "Y"}
# English is written in many more countries than have an English of their own in the CLDR.
_WORLD_ENGLISH = "en_001"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderFormat:
    """Separators of one reader. `is_chosen`: she said so; else they are guessed from her language."""

    decimal: str
    group: str
    is_chosen: bool = False

    @classmethod
    def of(cls, locale: str, *, is_chosen: bool = False) -> "ReaderFormat":
        """The format of a CLDR locale such as de_DE."""
        known = Locale.parse(locale)
        return cls(decimal=get_decimal_symbol(known), group=get_group_symbol(known), is_chosen=is_chosen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How one person reads: a language, and the numbers, dates and clock of a territory.

    Patterns of dates hold `{d}`, `{m}`, `{month}` and `{y}`; `clock` is in Django's syntax.
    """

    language: str
    territory: str
    numbers: ReaderFormat
    grouping: tuple[int, int]  # size of the last group, and of those before it (India: 3 and 2)
    percents: str
    day_pattern: str
    month_pattern: str
    day_of_year_pattern: str
    moment_pattern: str  # {0} the clock, {1} the day
    clock: str
    months: tuple[str, ...]
    year_begins: int = 1  # first month of the fiscal year

    def day(self, value: date | None) -> str:
        """19 Oct 2026; of a moment, the day in the present time zone."""
        return "" if value is None else self._written(self.day_pattern, value)

    def month(self, value: date | None) -> str:
        """Oct 2026."""
        return "" if value is None else self._written(self.month_pattern, value)

    def moment(self, value: datetime | None) -> str:
        """19 Oct 2026, 14:25, in the present time zone."""
        if value is None:
            return ""
        local = _local(value)
        at = django_formats.time_format(local.time(), self.clock)
        return self.moment_pattern.format(at, self.day(local))

    def time_of_day(self, minute: int) -> str:
        """So many minutes after midnight, on the clock: 14:25 or 2:25 PM. The end of a day is 24:00 where
        clocks go that far.
        """
        if minute == 1440 and "A" not in self.clock:
            return "24:00"
        return django_formats.time_format(time(minute // 60 % 24, minute % 60), self.clock)

    def number(self, value: Decimal | float, digits: int = 0) -> str:
        """10.000 or 10,000.5: so many decimals, thousands grouped, with a real minus."""
        rounded = half_up(value, digits)
        whole, _point, fraction = f"{rounded.copy_abs():,.{digits}f}".partition(".")
        if self.grouping != (3, 3):
            whole = _grouped(whole.replace(",", ""), *self.grouping)
        text = whole.replace(",", self.numbers.group)
        if fraction:
            text = f"{text}{self.numbers.decimal}{fraction}"
        return f"{MINUS}{text}" if rounded < 0 else text

    def signed(self, value: float | Decimal, digits: int = 1) -> str:
        """A difference: +3.2, −1.0, 0.0."""
        rounded = half_up(value, digits)
        text = self.number(rounded, digits)
        return f"+{text}" if rounded > 0 else text

    def shortest(self, value: float | Decimal) -> str:
        """All its decimals, but no empty ones."""
        plain = Decimal(str(value)).normalize()
        return self.number(plain, max(0, -int(plain.as_tuple().exponent)))

    def percent(self, share: float | Decimal, digits: int = 0) -> str:
        """A share 0-1 as a percentage: 57 % or 57%."""
        return self.in_percents(self.number(share * 100, digits))

    def in_percents(self, number: str) -> str:
        """A written number or range with the sign of percent."""
        return self.percents.format(number)

    def money(self, amount: float | Decimal, currency: str) -> str:
        """EUR 262.000: the code stands first in every format, as in the columns and on the axes.

        Cents are shown where there are some: an amount of 1,50 that somebody entered is not 2.
        """
        cents = half_up(amount, 2)
        text = self.number(cents, 0 if cents == cents.to_integral_value() else 2)
        sign = MINUS if text.startswith(MINUS) else ""
        return f"{sign}{currency}{NO_BREAK}{text.removeprefix(MINUS)}" if currency else text

    def _written(self, pattern: str, value: date) -> str:
        day = _local(value) if isinstance(value, datetime) else value
        return pattern.format(d=day.day, m=day.month, month=self.months[day.month - 1], y=day.year)


def _local(value: datetime) -> datetime:
    return value.astimezone(timezone.get_current_timezone()) if timezone.is_aware(value) else value


def _grouped(whole: str, last: int, before: int) -> str:
    head, tail = whole[:-last], whole[-last:]
    parts = [tail]
    while head:
        head, part = head[:-before], head[-before:]
        parts.insert(0, part)
    return ",".join(parts)


@lru_cache(maxsize=1024)
def reader_of(language: str, territory: str = "", *, is_chosen: bool = False, year_begins: int = 1) -> Reader:
    """The reader of this language in this territory (CLDR, "DE"); without one, as the language writes.

    Where the CLDR has the pair (en_DE), its rules; else the territory's numbers and clock, and dates as the
    language writes them.
    """
    name = to_locale(language)
    pair = f"{name}_{territory}"
    if not territory or not is_territory(territory):
        numbers = days = clocks = Locale.parse(name)
        territory, is_chosen = "", False
    elif localedata.exists(pair):
        numbers = days = clocks = Locale.parse(pair)
    else:
        numbers = clocks = Locale.parse(f"und_{territory}")
        days = Locale.parse(_WORLD_ENGLISH if name == "en" else name)
    short = days.months["format"]["abbreviated"]
    day = days.date_formats["medium"].pattern
    clock = clocks.time_formats["short"].pattern
    return Reader(
        language=language,
        territory=territory,
        numbers=ReaderFormat(
            decimal=numbers.number_symbols["latn"]["decimal"],
            group=_spaced(numbers.number_symbols["latn"]["group"]),
            is_chosen=is_chosen,
        ),
        grouping=numbers.decimal_formats[None].grouping,
        percents=_percents(numbers.percent_formats[None].pattern),
        day_pattern=_date_pattern(day),
        month_pattern=_date_pattern(days.datetime_skeletons["yMMM"].pattern),
        day_of_year_pattern=_date_pattern(days.datetime_skeletons["MMMd"].pattern),
        moment_pattern=str(days.datetime_formats["medium"]),
        clock=_clock(clock, name),
        year_begins=year_begins,
        # the CLDR's British "Sept" is no month of four letters on an axis
        months=tuple("Sep" if short[month] == "Sept" else short[month] for month in range(1, 13)),
    )


def _spaced(text: str) -> str:
    return text.replace("\u202f", NO_BREAK)


def _percents(pattern: str) -> str:
    before, _digits, after = re.split(r"([#,0]+)", pattern.split(";")[0])
    return _spaced(f"{before}{{}}{after}")


def _date_pattern(pattern: str) -> str:
    """A CLDR pattern of day, month and year as a Python one."""
    known = {"d": "{d}", "dd": "{d:02d}", "M": "{m}", "MM": "{m:02d}", "y": "{y}", "yyyy": "{y}"}
    known |= {"MMM": "{month}", "LLL": "{month}"}
    found = []
    for match in _TOKENS.finditer(pattern):
        quoted, letter, plain = match.groups()
        found.append(known[match[0]] if letter else quoted or plain or "")
    return "".join(found)


def _clock(pattern: str, language: str) -> str:
    """A CLDR pattern of hour and minute in Django's syntax."""
    if re.search("[hK]", pattern) and not language.startswith("zh"):  # Chinese business texts count to 24
        return "g:i\u00a0A"
    return "H:i" if "HH" in pattern else "G:i"


def is_territory(code: str) -> bool:
    """Whether the CLDR knows the format of this territory."""
    return code in territories()


@lru_cache(maxsize=1)
def territories() -> frozenset[str]:
    """Territories of which the CLDR knows who lives there and how they write."""
    known: set[str] = set()
    for code in map(str, Locale.parse("en").territories):
        if len(code) == 2 and code != "ZZ":  # ZZ is nowhere
            try:
                Locale.parse(f"und_{code}")
            except UnknownLocaleError:
                continue
            known.add(code)
    return frozenset(known)


def territory_names(language: str) -> list[tuple[str, str]]:
    """(code, name in this language), by name."""
    named = Locale.parse(to_locale(language)).territories
    return sorted(((code, named[code]) for code in territories()), key=lambda item: item[1])


def likely_territory(time_zone: str) -> str:
    """Where an organization is, judged by its time zone; empty where that does not say (UTC).

    A currency says less: twenty countries write the euro, in four ways.
    """
    zone = get_global("zone_aliases").get(time_zone, time_zone)
    code = str(get_global("zone_territories").get(zone, ""))
    return code if is_territory(code) else ""


# --- Who reads ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Territory:
    """The setting in force: a territory, and whether somebody chose it or it is only likely."""

    code: str = ""
    is_chosen: bool = False
    year_begins: int = 1  # first month of the organization's fiscal year


_NOWHERE = Territory()
_present: ContextVar[Territory] = ContextVar("territory", default=_NOWHERE)


def activate(territory: Territory) -> None:
    """Write in this territory's format until the surrounding `writing_for` ends."""
    _present.set(territory)


@contextmanager
def writing_for(territory: Territory = _NOWHERE) -> Iterator[None]:
    """Dates and numbers inside are written in this territory's format."""
    token = _present.set(territory)
    try:
        yield
    finally:
        _present.reset(token)


def reader() -> Reader:
    """Whoever reads what is being written: the present language, the territory in force."""
    here = _present.get()
    return reader_of(
        get_language() or "en", here.code, is_chosen=here.is_chosen, year_begins=here.year_begins
    )


def reader_format() -> ReaderFormat:
    """How the present reader types numbers; a format that is only likely says nothing sure."""
    return reader().numbers


# --- Django's own localization ------------------------------------------------------------------

_of_django: Any = django_formats.get_format


def _django_format(format_type: str, lang: str | None = None, use_l10n: bool | None = None) -> Any:
    """Django asks a language for its format; here the reader is asked first."""
    if use_l10n is not False and lang in (None, get_language()):
        ask = _ASKED.get(str(format_type))
        if ask is not None:
            return ask(reader())
    return _of_django(format_type, lang, use_l10n)


def _in_django(pattern: str) -> str:
    """A pattern in Django's syntax."""
    return "".join(_DJANGO.get(part, part) for part in re.split(r"(\{[^}]*\})", pattern))


def _day(form: Reader) -> str:
    return _in_django(form.day_pattern)


def _moment(form: Reader) -> str:
    return form.moment_pattern.format(form.clock, _day(form))


_ASKED: dict[str, Callable[[Reader], Any]] = {
    "DATE_FORMAT": _day,
    "SHORT_DATE_FORMAT": _day,  # one style on every page
    "DATETIME_FORMAT": _moment,
    "SHORT_DATETIME_FORMAT": _moment,
    "TIME_FORMAT": lambda form: form.clock,
    "YEAR_MONTH_FORMAT": lambda form: _in_django(form.month_pattern),
    "MONTH_DAY_FORMAT": lambda form: _in_django(form.day_of_year_pattern),
    "DECIMAL_SEPARATOR": lambda form: form.numbers.decimal,
    "THOUSAND_SEPARATOR": lambda form: form.numbers.group,
    "NUMBER_GROUPING": lambda form: (*form.grouping, 0) if form.grouping != (3, 3) else 3,
}


def lead_django() -> None:
    """Have Django write dates and numbers as the reader does. Called once, at start.

    Django keeps its formats by language, and has no place for a territory beside it; this one function is
    what its filters, its templates and its forms all ask.
    """
    django_formats.get_format = _django_format
