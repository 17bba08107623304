"""Numbers that somebody typed, read in the format of the reader: never a thousandth for a thousandfold."""

import re
import unicodedata
from decimal import Decimal

from wording.formats import ReaderFormat

_BLANKS = re.compile(r"[\s\u00a0\u2009\u202f'\u2019]")
_SHAPE = re.compile(r"[+-]?[0-9.,]+")
_DIGITS = 40  # nobody types more; keeps work small


class UnreadableNumber(ValueError):
    """The text is no number."""


class AmbiguousNumber(ValueError):
    """The text can be read in two ways; `readings` are both, each written so that it reads in one way."""

    def __init__(self, readings: tuple[str, str]) -> None:
        self.readings = readings
        super().__init__(" / ".join(readings))


def number_of(text: str, form: ReaderFormat | None) -> Decimal:
    """A typed number in the reader's format; `form` None where nothing is known about the reader.

    Raises UnreadableNumber; AmbiguousNumber where a point or a comma could mean either and guessing would
    store a thousandth or a thousandfold.
    """
    plain = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).replace("\u2212", "-")
    if not _SHAPE.fullmatch(plain) or len(plain) > _DIGITS or not any(sign.isdigit() for sign in plain):
        raise UnreadableNumber(text)
    points, commas = plain.count("."), plain.count(",")
    if not points and not commas:
        return Decimal(plain)
    if points and commas:
        return _both(plain, text, form)
    mark = "." if points else ","
    if points + commas > 1:  # only groups repeat
        if not _is_grouped(plain, mark) or (form is not None and form.is_chosen and form.decimal == mark):
            raise UnreadableNumber(text)
        return Decimal(plain.replace(mark, ""))
    return _one(plain, mark, form)


def number_text(value: Decimal, form: ReaderFormat | None) -> str:
    """The number as a field shows it: no groups, and so that it is read back as the same number."""
    text = f"{value:f}"
    if "." not in text:
        return text
    whole, fraction = text.split(".")
    fraction = fraction.rstrip("0")
    if not fraction:
        return whole
    decimal = form.decimal if form is not None else "."
    shown = f"{whole}{decimal}{fraction}"
    # three decimals could be a group of thousands; one more figure cannot
    return f"{shown}0" if _could_be_group(whole, fraction) and not (form and form.is_chosen) else shown


def _both(plain: str, text: str, form: ReaderFormat | None) -> Decimal:
    """The last of two different marks is the decimal one, if the other makes groups of three."""
    decimal = "." if plain.rfind(".") > plain.rfind(",") else ","
    group = "," if decimal == "." else "."
    whole, _mark, fraction = plain.partition(decimal)
    if decimal in fraction or group in fraction or not _is_grouped(whole, group):
        raise UnreadableNumber(text)
    if form is not None and form.is_chosen and form.decimal != decimal:
        raise UnreadableNumber(text)
    return Decimal(f"{whole.replace(group, '')}.{fraction or 0}")


def _one(plain: str, mark: str, form: ReaderFormat | None) -> Decimal:
    """One point or comma: decimal, or thousands, or nobody can tell."""
    whole, _mark, fraction = plain.partition(mark)
    as_decimal = Decimal(f"{whole if whole.strip('+-') else whole + '0'}.{fraction or 0}")
    as_group = Decimal(f"{whole}{fraction}")
    could_be_group = _could_be_group(whole, fraction)
    if form is not None and form.is_chosen:
        if mark == form.decimal:
            return as_decimal
        if could_be_group and mark == form.group:
            return as_group
        raise AmbiguousNumber((_sure(as_decimal, form), _sure(as_group, form)))
    if form is None:
        if not could_be_group:
            return as_decimal
    elif mark == form.decimal and not could_be_group:
        return as_decimal
    elif mark == form.group and could_be_group:
        return as_group
    raise AmbiguousNumber(
        (_sure(as_group, form), _sure(as_decimal, form))
        if could_be_group
        else (_sure(as_decimal, form), _sure(as_group, form))
    )


def _could_be_group(whole: str, fraction: str) -> bool:
    """Whether the mark between could separate thousands: three figures behind, one to three before."""
    lead = whole.lstrip("+-")
    return len(fraction) == 3 and 1 <= len(lead) <= 3 and not lead.startswith("0")


def _is_grouped(whole: str, mark: str) -> bool:
    return bool(re.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+", whole))


def _sure(value: Decimal, form: ReaderFormat | None) -> str:
    return number_text(value, form)
