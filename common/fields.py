"""One declaration a field: where it appears, what it is called and how far it may go.

What people write about one row of a model is one frozen dataclass; each of its fields carries a `use`:

    expected_benefit: Decimal | None = field(
        default=None, metadata=use(EVERYWHERE, label=_("Expected benefit a year"), unit=Unit.MONEY, low=0)
    )

A field without a `use` appears nowhere: it shows when somebody says where. Lengths, digits and choices are
those of the model's column; `low`, `high` and the sentences of a refusal stand here. Forms
(`common.forms.DeclaredForm`), serializers (`common.api.DeclaredSerializer`), services and the content that
is digested read the table and repeat nothing of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from enum import Enum, Flag, auto
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import BaseValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from common.rows import merged
from common.text import legible
from cxstats.codec import amount_text, encoded
from wording.formats import reader

type Words = Any  # a text, or one that is translated when it is read


class Use(Flag):
    """Where a field appears."""

    NOWHERE = 0
    FORM = auto()  # asked on a page
    API_READ = auto()
    API_WRITE = auto()
    CONTENT = auto()  # part of what is voted on, valued or proved: digested, so it needs a new version
    HISTORY = auto()  # a change of it is one line of the history


API = Use.API_READ | Use.API_WRITE
EVERYWHERE = Use.FORM | API | Use.CONTENT | Use.HISTORY


class Unit(Enum):
    """What a number counts, where a form or a line of history has to say it."""

    MONEY = "money"  # of the organization's currency
    PERCENT = "percent"  # 0 to 100


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldUse:
    """What is said of one field, beside its type and default."""

    where: Use = Use.NOWHERE
    label: Words = ""
    question: Words = ""  # how the form asks for it; the label where empty
    help: Words = ""
    needed: Words = ""  # stands beside the label in place of "optional"
    placeholder: Words = ""
    rows: int = 0  # of a text box
    unit: Unit | None = None
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    too_low: Words = ""  # Django's own sentence where empty; may name %(low)s, %(most)s, %(high)s
    too_high: Words = ""
    content_key: str = ""  # its key in digested content, where that is not the name


def use(where: Use, **said: Any) -> dict[str, FieldUse]:
    """The metadata of a dataclass field that is declared."""
    return {"use": FieldUse(where=where, **said)}


@dataclass(frozen=True, slots=True)
class Declared:
    """One field of a table: what is said of it, and the column it is kept in."""

    name: str
    use: FieldUse
    column: Any  # django.db.models.Field
    default: Any  # MISSING where it has to be given

    @property
    def question(self) -> Words:
        return self.use.question or self.use.label

    @property
    def content_key(self) -> str:
        return self.use.content_key or self.name

    @property
    def is_relation(self) -> bool:
        return bool(self.column.is_relation)

    @property
    def is_needed(self) -> bool:
        return self.default is MISSING

    @property
    def is_asked_for(self) -> bool:
        """Whether it may not stay empty when it is asked for."""
        return not self.column.blank and self.default is not None and self.default != ""

    @property
    def initial(self) -> Any:
        """What a form about a new row begins with."""
        if not self.is_needed:
            return self.default
        return self.column.get_default() if self.column.has_default() else None

    @property
    def low(self) -> int | Decimal | None:
        """The least it may be; a column of positive numbers says 0 itself."""
        is_positive = isinstance(self.column, (models.PositiveIntegerField, models.PositiveSmallIntegerField))
        return 0 if self.use.low is None and is_positive else self.use.low

    @property
    def high(self) -> int | Decimal | None:
        return self.use.high

    def refusal(self, value: Any) -> Words:
        """Why this value cannot be kept, or nothing; forms and serializers refuse at the same limits."""
        if value is None or self.is_relation:
            return ""
        if self.column.choices:
            return "" if value in dict(self.column.choices) else _("Choose one of the answers.")
        if self.low is not None and value < self.low:
            return self.sentence("too_low") or _said(MinValueValidator(self.low), value)
        if self.high is not None and value > self.high:
            return self.sentence("too_high") or _said(MaxValueValidator(self.high), value)
        longest = self.column.max_length
        if longest is not None and len(value) > longest:
            return _said(MaxLengthValidator(longest), value)
        return ""

    def sentence(self, which: str) -> str:
        """The declared sentence of a refusal with the limits in it; empty where none is declared."""
        text, most = str(getattr(self.use, which)), self.high
        is_percent = self.use.unit is Unit.PERCENT and most is not None
        shown = reader().percent(float(most or 0) / 100) if is_percent else most
        return text % {"low": self.low, "most": most, "high": shown} if text else ""

    def content_of(self, value: Any) -> Any:
        """A plain value in the form in which it is digested. Relations are said by their own room."""
        if isinstance(self.column, models.DecimalField) and value is not None:
            return amount_text(value, places=self.column.decimal_places)
        return encoded(str(value) if self.column.choices and value is not None else value)


class FieldTable[V]:
    """What people write about the rows of one model: the fields of `values`, in their order.

    `content_version` is that of the digested content: it grows with every field that enters or leaves it.
    """

    def __init__(self, model: type[models.Model], values: type[V], *, content_version: int = 1) -> None:
        self.model, self.values, self.content_version = model, values, content_version

    def __iter__(self) -> Iterator[Declared]:
        for item in fields(self.values):  # type: ignore[arg-type]
            yield Declared(item.name, _use_of(item), self.model._meta.get_field(item.name), item.default)

    def __getitem__(self, name: str) -> Declared:
        return next(item for item in self if item.name == name)

    def at(self, where: Use) -> list[Declared]:
        """The fields that appear there."""
        return [item for item in self if item.use.where & where]

    def names(self, where: Use) -> list[str]:
        return [item.name for item in self.at(where)]

    def values_of(self, row: models.Model | None, **changed: Any) -> V:
        """What is stored of a row, with what was changed; the defaults where there is no row yet.

        The row then holds its lists as they were read: what its reader has `seen`.
        """
        if row is not None:
            self.read_lists(row)
        kept = [] if row is None else [item for item in self if item.name not in changed]
        known = {item.name: _stored(row, item) for item in kept}
        return self.values(**{**known, **changed})

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        """What a form about this row begins with: related rows by their keys."""
        return {
            item.name: [one.pk for one in getattr(row, item.name).all()]
            if item.column.many_to_many
            else getattr(row, item.column.attname)
            for item in self.at(Use.FORM)
        }

    def read_lists(self, row: models.Model) -> None:
        """Keep the lists of a row with it, as they are now. A query each, once."""
        lists = [item.name for item in self if item.column.many_to_many]
        if lists and row.pk is not None:
            prefetch_related_objects([row], *lists)

    def merge(self, values: V, *, seen: models.Model, now: models.Model) -> V:
        """What is to be stored: of each field that its writer left as `seen`, what the locked row has `now`.

        A list counts as seen where the row was read by `values_of` or `read_lists`.
        """
        chosen = merged(
            {item.name: getattr(values, item.name) for item in self},
            seen={item.name: _comparable(seen, item, values) for item in self},
            now={item.name: _stored(now, item) for item in self},
        )
        return self.values(**chosen)

    def columns(self) -> list[str]:
        """The columns of the row itself: what a service that has merged saves."""
        return [item.name for item in self if not item.column.many_to_many]

    def write(self, row: models.Model, values: V) -> None:
        """Put the values into an unsaved row, texts without blanks around them. Lists: `write_lists`."""
        for item in self:
            if not item.column.many_to_many:
                value = getattr(values, item.name)
                setattr(row, item.name, legible(value).strip() if isinstance(value, str) else value)

    def write_lists(self, row: models.Model, values: V) -> None:
        """Put the values with many rows into a saved row. Up to four queries each."""
        for item in self:
            if item.column.many_to_many:
                getattr(row, item.name).set(getattr(values, item.name))

    def refusals(self, values: V) -> dict[str, Words]:
        """What is beyond a limit or none of the choices, field by field."""
        found = {item.name: item.refusal(getattr(values, item.name)) for item in self}
        return {name: text for name, text in found.items() if text}

    def content_of(self, row: models.Model, where: Use | None, **said: Any) -> dict[str, Any]:
        """The row's declared fields as plain values, those that appear `where` or all of them.

        `said` gives relations in the words of their own room; one without words is a TypeError.
        """
        items = list(self) if where is None else self.at(where)
        return {
            item.content_key: said[item.name] if item.name in said else item.content_of(_plain(row, item))
            for item in items
        }

    def content_defaults(self) -> dict[str, Any]:
        """What content from before a field means by not saying it."""
        return {
            item.content_key: item.content_of(item.default)
            for item in self
            if not item.is_needed and not item.is_relation
        }


def _stored(row: models.Model | None, item: Declared) -> Any:
    """The value of one declared field as the dataclass has it."""
    value = getattr(row, item.name)
    return tuple(value.all()) if item.column.many_to_many else value


def _comparable(seen: models.Model, item: Declared, values: object) -> Any:
    """What was seen, in the form of the values: a list in the order in which it is given."""
    stored, given = _stored(seen, item), getattr(values, item.name)
    is_same = item.column.many_to_many and set(stored) == set(given)
    return given if is_same else stored


def _plain(row: models.Model, item: Declared) -> Any:
    if item.is_relation:
        raise TypeError(f"{item.name} points at another row: its content has to be said")
    return getattr(row, item.name)


def _use_of(item: "Field[Any]") -> FieldUse:
    declared: Mapping[str, Any] = item.metadata
    found = declared.get("use")
    return found if isinstance(found, FieldUse) else FieldUse()


def _said(validator: BaseValidator, value: Any) -> str:
    try:
        validator(value)
    except ValidationError as error:
        return str(error.messages[0])
    return ""
