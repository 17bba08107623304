"""What an entry of the trail says beside its sentence: keys with their labels, values in the reader's format.

Entries hold values of no language (keys as in the code, decimals as text, days in ISO form, choices by
their value). What a key is called and how its values are said stands in one table: each app registers its
part when it starts (`coalition.trail_words.words`), by what the verb is about:

    {"initiative": {"state": Word(_("State"), choice(InitiativeState))}}

`ANY` holds what means the same everywhere. A key that no table knows is shown as it was stored, and so is a
value that its word cannot say: entries of before stay as they are, and a text is never read as a number.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import AuditEvent
from common.fields import Declared, FieldTable, Unit, Use
from common.registry import trail_words
from wording.formats import reader
from wording.joining import listed, parts

ANY = ""
NOTHING = "–"

type Label = Any  # a text, or one that is translated when it is read
type Say = Callable[[Any, str], str]  # a value and the organization's currency, in the reader's words
type Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a list are said, one line each. `key` tells one row from another; `name` is what a line
    is called; `words` say the rest of the row, in their order, those without a label by their value alone."""

    key: Callable[[Row], Any]
    name: Callable[[Row, Row], str]
    words: Mapping[str, "Word"]

    def said(self, row: Row | None, currency: str) -> str:
        """What a row says beside its name."""
        if row is None:
            return NOTHING
        told = parts(
            _("%(label)s %(value)s") % {"label": word.label, "value": said(word, row[key], currency)}
            if str(word.label)
            else said(word, row[key], currency)
            for key, word in self.words.items()
            if not _is_empty(row.get(key))
        )
        return told or NOTHING

    def keyed(self, rows: list[Row]) -> dict[tuple[Any, int], Row]:
        """The rows by their key; those that share one by their order."""
        found: dict[tuple[Any, int], Row] = {}
        for row in rows:
            key = self.key(row)
            found[key, sum(1 for known, _place in found if known == key)] = row
        return found


@dataclass(frozen=True, slots=True)
class Word:
    """What a key is called and how its values are said."""

    label: Label
    say: Say = field(default=lambda value, currency: _text(value))
    rows: Rows | None = None


type Words = Mapping[str, Mapping[str, Word]]  # by verb or what it is about, by key


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """One line of an entry. `before` is None where only one state is told: what is, or what stayed."""

    label: str
    before: str | None
    after: str


def all_words() -> Words:
    """The whole table as it is now. No query."""
    found: dict[str, dict[str, Word]] = {}
    for about, words in trail_words.ask(None):
        found.setdefault(about, {}).update(words)
    return found


def word_of(words: Words, happened: str, key: str) -> Word | None:
    """The word of this verb, else of what it is about, else of all."""
    for about in _abouts(happened):
        if key in words.get(about, {}):
            return words[about][key]
    return None


def _abouts(happened: str) -> tuple[str, str, str]:
    return happened, happened.partition(".")[0], ANY


def details_of(event: AuditEvent, words: Words, currency: str) -> tuple[Detail, ...]:
    """What the entry says, line by line, as the reader writes it. No query.

    What had no value before and has none now is no line.
    """
    return tuple(_details(event, words, currency))


# Keys stand in the order of the words; what somebody said follows what happened. (A database that keeps JSON
# as values hands keys out in an order of its own.)
_SPOKEN_LAST = frozenset({"reason", "note", "comment"})


def _place(key: str, known: list[str]) -> int:
    return known.index(key) if key in known else len(known)


def _details(event: AuditEvent, words: Words, currency: str) -> Iterator[Detail]:
    keys = [*event.after, *(key for key in event.before if key not in event.after)]
    places = [known for about in _abouts(event.verb) for known in words.get(about, {})]
    for key in sorted(keys, key=lambda key: (key in _SPOKEN_LAST, _place(key, places))):
        old, new = event.before.get(key), event.after.get(key)
        if _is_empty(old) and _is_empty(new):
            continue
        word = word_of(words, event.verb, key)
        if word is not None and word.rows is not None and _are_rows(old) and _are_rows(new):
            yield from _row_details(word.rows, key, event, currency)
            continue
        label = str(word.label) if word is not None else key
        after = said(word, new, currency)
        before = said(word, old, currency) if key in event.before and old != new else None
        yield Detail(label=label, before=before if before != after else None, after=after)


def said(word: Word | None, value: Any, currency: str) -> str:
    """A value in the reader's words; as it was stored where the word does not fit it."""
    if _is_empty(value):
        return NOTHING
    if word is None:
        return stored(value)
    try:
        return word.say(value, currency)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return stored(value)


def stored(value: Any) -> str:
    """A value that nobody can say: texts and numbers letter by letter."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return listed(f"{key} {stored(item)}" for key, item in value.items() if not _is_empty(item))
    if isinstance(value, list):
        return parts(stored(item) for item in value)
    return str(value)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _are_rows(value: Any) -> bool:
    return _is_empty(value) or (isinstance(value, list) and all(isinstance(row, Mapping) for row in value))


def _row_details(rows: Rows, key: str, event: AuditEvent, currency: str) -> Iterator[Detail]:
    before, after = (rows.keyed(state.get(key) or []) for state in (event.before, event.after))
    for place in [*after, *(place for place in before if place not in after)]:
        one, other = before.get(place), after.get(place)
        if one == other:
            continue
        yield Detail(
            label=rows.name(other, event.after) if other else rows.name(one or {}, event.before),
            before=rows.said(one, currency) if before else None,
            after=rows.said(other, currency),
        )


# --- how values are said --------------------------------------------------------------------------


def text(value: Any, currency: str) -> str:
    """A name or a text that a person wrote; a digest, a key."""
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, (Mapping, list, bool)):
        return stored(value)
    return str(value)


def number(value: Any, currency: str) -> str:
    return reader().shortest(Decimal(str(value)))


def money(value: Any, currency: str) -> str:
    return reader().money(Decimal(str(value)), currency)


def share(value: Any, currency: str) -> str:
    """0.50 as 50%."""
    return reader().in_percents(reader().shortest(Decimal(str(value)) * 100))


def percents(value: Any, currency: str) -> str:
    """8.00 as 8%."""
    return reader().in_percents(reader().shortest(Decimal(str(value))))


def day(value: Any, currency: str) -> str:
    return reader().day(date.fromisoformat(value))


def moment(value: Any, currency: str) -> str:
    return reader().moment(datetime.fromisoformat(value))


def yes_no(value: Any, currency: str) -> str:
    return stored(bool(value))


def how_many(value: Any, currency: str) -> str:
    """A list of keys of rows: their number."""
    return reader().number(len(value)) if isinstance(value, list) else stored(value)


def numbers(value: Any, currency: str) -> str:
    return parts(number(item, currency) for item in value)


def parted(rows: Rows) -> Say:
    """A list of rows in one text, where not each is a line."""

    def say(value: Any, currency: str) -> str:
        return parts(
            _("%(label)s %(value)s") % {"label": rows.name(row, {}), "value": rows.said(row, currency)}
            for row in value
        )

    return say


def names(value: Any, currency: str) -> str:
    """Names, or pairs of a key and a name."""
    return listed(str(item if isinstance(item, str) else item[1]) for item in value)


def name(value: Any, currency: str) -> str:
    """A pair of a key and a name: the name; entries of before have the key alone."""
    return str(value if isinstance(value, str) else value[1])


def choice(choices: type[models.Choices] | Mapping[str, Label]) -> Say:
    """The label of a value."""

    def say(value: Any, currency: str) -> str:
        labels = choices if isinstance(choices, Mapping) else dict(choices.choices)
        return str(labels[value])

    return say


def choices_of(labels: Mapping[str, Label]) -> Say:
    """The labels of several values."""

    def say(value: Any, currency: str) -> str:
        return listed(str(labels.get(item, item)) for item in value)

    return say


# --- words of declared fields ---------------------------------------------------------------------


def words_of(table: FieldTable[Any], where: Use, **more: Word) -> dict[str, Word]:
    """The declared fields that appear there, by their key in the content. `more` says what the declaration
    does not: relations, and fields without a label."""
    return {
        item.content_key: more.get(item.content_key) or Word(item.use.label or item.question, _said_as(item))
        for item in table.at(where)
    }


def _said_as(item: Declared) -> Say:
    column = item.column
    if column.many_to_many:
        return names
    if column.choices:
        return choice(dict(column.flatchoices))
    if item.use.unit is Unit.MONEY:
        return money
    if item.use.unit is Unit.PERCENT:
        return percents
    if isinstance(column, models.BooleanField):
        return yes_no
    if isinstance(column, models.DateField):
        return day
    if isinstance(column, (models.DecimalField, models.FloatField, models.IntegerField)):
        return number
    return text
