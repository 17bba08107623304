"""What people say of a file beyond which column is which: more metrics, own words, rows that nobody wants."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customer_voice.choices import Amounts
from customer_voice.errors import MappingRefused
from customer_voice.importers import plain_words
from tabular.choices import DurationUnit

MOST_ALSO = 4  # further metrics in one row
MOST_CONDITIONS = 3
MOST_WORDS = 60  # own words of one column, and words of the column that says which question a row answers
MOST_WAITING, LONGEST_STATUS = 30, 80
COMMENT = "-"  # a question that is answered in words
LEFT_OUT = ""  # a question whose rows nobody wants


@dataclass(frozen=True, kw_only=True, slots=True)
class Also:
    """A further metric, by its key, that the same rows answer: the columns of its score and its comment."""

    metric: str
    score: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Rows are left out whose column is one of the values (or, not `is_among`, is none of them)."""

    column: str
    values: tuple[str, ...]
    is_among: bool = True

    def positions(self, cells: Sequence[str]) -> Iterable[int]:
        """Of the rows that it leaves out. Case and blanks make no difference."""
        wanted = {plain_words(value) for value in self.values}
        meets = {text: (plain_words(text) in wanted) == self.is_among for text in set(cells)}
        return (index for index, text in enumerate(cells) if meets[text])


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All of it for one file.

    `words`: by score column, plain words -> figures, or nothing for no answer. `questions`: what the column
    of questions says -> key of a metric, COMMENT or LEFT_OUT.
    """

    also: tuple[Also, ...] = ()
    leave_out: tuple[Condition, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    duration: str = ""
    amounts: str = ""  # see `choices.Amounts`; empty: sums
    reversed: tuple[str, ...] = ()  # score columns whose lowest figure is the best
    waiting: tuple[str, ...] = ()  # statuses that wait for the customer, beside the usual words for it

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it; what is not said is not in it."""
        told = asdict(self)
        told["leave_out"] = [{**one, "values": list(one["values"])} for one in told["leave_out"]]
        told["reversed"], told["waiting"] = list(self.reversed), list(self.waiting)
        return {name: value for name, value in told.items() if value}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Reading":
        """Raises MappingRefused for anything that is no reading."""
        try:
            found = cls(
                also=tuple(
                    Also(**{name: _text(value) for name, value in one.items()})
                    for one in told.get("also", ())
                ),
                leave_out=tuple(
                    Condition(
                        column=_text(one["column"]),
                        values=tuple(_text(value) for value in one["values"]),
                        is_among=bool(one.get("is_among", True)),
                    )
                    for one in told.get("leave_out", ())
                ),
                words={
                    _text(column): {plain_words(_text(word)): _text(score) for word, score in words.items()}
                    for column, words in told.get("words", {}).items()
                },
                questions={
                    plain_words(_text(word)): _text(key) for word, key in told.get("questions", {}).items()
                },
                duration=_text(told.get("duration", "")),
                amounts=_text(told.get("amounts", "")),
                reversed=tuple(_text(column) for column in told.get("reversed", ())),
                waiting=_texts(told.get("waiting", [])),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise MappingRefused(_("This does not say how a file is read.")) from error
        if set(told) - set(cls.__dataclass_fields__):
            raise MappingRefused(_("This does not say how a file is read."))
        return found

    @property
    def columns(self) -> set[str]:
        """Every column that it names."""
        named = {name for one in self.also for name in (one.score, one.text) if name}
        return named | set(self.words) | set(self.reversed) | {one.column for one in self.leave_out}

    @property
    def keys(self) -> list[str]:
        """Keys of the metrics that it names, in order."""
        named = [*(one.metric for one in self.also), *self.questions.values()]
        return list(dict.fromkeys(key for key in named if key not in {COMMENT, LEFT_OUT}))

    def wrong(self, header: Sequence[str]) -> dict[str, str]:
        """Field of the page -> what is wrong, apart from the metrics."""
        wrong = {}
        for place, one in enumerate(self.also, start=1):
            for name, column in (("score", one.score), ("text", one.text)):
                if column and column not in header:
                    wrong[f"also_{place}_{name}"] = _no_column(column)
        for place, condition in enumerate(self.leave_out, start=1):
            if condition.column not in header:
                wrong[f"leave_{place}_column"] = _no_column(condition.column)
            if not condition.values:
                wrong[f"leave_{place}_values"] = _("Say which values.")
        for column in self.words:
            if column not in header:
                wrong["words"] = _no_column(column)
        for column in self.reversed:
            if column not in header:
                wrong["is_reversed"] = _no_column(column)
        if self.duration and self.duration not in DurationUnit.values:
            wrong["duration_unit"] = _("There is no such unit.")
        if self.amounts and self.amounts not in Amounts.values:
            wrong["amounts"] = _("There is no such kind of amounts.")
        wrong |= self._wrong_waiting()
        too_many = max([len(self.questions), *map(len, self.words.values())], default=0) > MOST_WORDS
        if too_many or len(self.also) > MOST_ALSO or len(self.leave_out) > MOST_CONDITIONS:
            wrong["words"] = _("This is more than an import can remember.")
        return wrong

    def _wrong_waiting(self) -> dict[str, str]:
        if len(self.waiting) > MOST_WAITING:
            return {"waiting": _("At most %(limit)d statuses.") % {"limit": MOST_WAITING}}
        if any(not 0 < len(status) <= LONGEST_STATUS for status in self.waiting):
            return {"waiting": _("A status has at most %(limit)d characters.") % {"limit": LONGEST_STATUS}}
        return {}


def _texts(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list | tuple):
        raise TypeError(told)
    return tuple(map(_text, told))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _no_column(name: str) -> str:
    return _("The file has no column “%(column)s”.") % {"column": name[:60]}
