"""What a questionnaire says, as frozen objects. Pure data: no Django, no database, no request.

Made by `importers.questionnaire_content`, which checks everything that is said here as "always".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from questionnaires.wording import Text

NOT_APPLICABLE, DO_NOT_KNOW = "not_applicable", "do_not_know"
SPECIAL = (NOT_APPLICABLE, DO_NOT_KNOW)
"""Answers that say why there is none. Never the key of a choice."""

MOST_SHOWN_STEPS = 21
"""A scale of more steps is typed as a number: 101 buttons help nobody."""


class QuestionKind(StrEnum):
    SCALE = "scale"
    ONE_CHOICE = "one_choice"
    SEVERAL_CHOICES = "several_choices"
    TEXT = "text"
    STATEMENT = "statement"  # is read, not answered


class ScaleLook(StrEnum):
    NUMBERS = "numbers"
    STARS = "stars"


class Comparison(StrEnum):
    """How a skip rule compares an earlier answer. `below` and `above` do not include the value itself."""

    EQUALS = "equals"
    ONE_OF = "one_of"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLabel:
    value: Decimal
    text: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """Numbers from `lowest` to `highest`, `step` apart; the highest is always one of them."""

    lowest: Decimal
    highest: Decimal
    step: Decimal = Decimal(1)
    low_label: Text = field(default_factory=dict)
    high_label: Text = field(default_factory=dict)
    labels: tuple[StepLabel, ...] = ()  # in the order of their values
    look: ScaleLook = ScaleLook.NUMBERS

    @property
    def steps(self) -> int:
        """How many values there are: 11 from 0 to 10."""
        return int((self.highest - self.lowest) / self.step) + 1

    @property
    def is_typed(self) -> bool:
        """Whether people type a number because there are too many values to show."""
        return self.steps > MOST_SHOWN_STEPS

    def values(self) -> Iterator[Decimal]:
        """Every value, lowest first."""
        return (self.lowest + place * self.step for place in range(self.steps))

    def has(self, value: Decimal) -> bool:
        """Whether the value lies on the scale and on one of its steps."""
        return (
            value.is_finite()
            and self.lowest <= value <= self.highest
            and (value - self.lowest) % self.step == 0
        )

    def label_of(self, value: Decimal) -> Text:
        """The words of one step; empty where it has none."""
        return next((label.text for label in self.labels if label.value == value), {})


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One answer on offer. `is_exclusive`: "none of these", which goes with no other."""

    key: str
    label: Text
    description: Text = field(default_factory=dict)
    is_exclusive: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Holds when the answer to an earlier question compares so with one of `values`.

    Values are numbers of a scale, keys of choices, or one of SPECIAL; of several chosen answers one is
    enough. A question without an answer, hidden ones among them, fulfills no condition.
    """

    question: str
    comparison: Comparison
    values: tuple[Decimal | str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question. Shown when every condition of `show_when` holds; they name earlier questions only."""

    key: str
    kind: QuestionKind
    text: Text
    help: Text = field(default_factory=dict)
    is_required: bool = False
    is_reverse: bool = False  # agreeing says something bad; the order on the page stays
    allows_not_applicable: bool = False
    allows_do_not_know: bool = False
    scale: Scale | None = None  # always with kind SCALE, never with another
    choices: tuple[Choice, ...] = ()
    least: int = 0  # how many choices somebody who answers takes, of SEVERAL_CHOICES
    most: int | None = None
    most_characters: int = 2000  # of TEXT
    lines: int = 3  # how high the field for a TEXT is
    show_when: tuple[Condition, ...] = ()

    @property
    def is_answerable(self) -> bool:
        return self.kind != QuestionKind.STATEMENT

    @property
    def special(self) -> tuple[str, ...]:
        """The answers without a value that this question offers."""
        offered = ((NOT_APPLICABLE, self.allows_not_applicable), (DO_NOT_KNOW, self.allows_do_not_know))
        return tuple(key for key, is_offered in offered if is_offered)

    def choice(self, key: str) -> Choice:
        """The choice named `key`; KeyError if there is none."""
        for choice in self.choices:
            if choice.key == key:
                return choice
        raise KeyError(key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Questions that belong together, shown as one page or a few."""

    key: str
    questions: tuple[Question, ...]
    title: Text = field(default_factory=dict)
    intro: Text = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Questionnaire:
    """One version of a questionnaire, in the order in which it is asked.

    Every text has the default language. `phrases` replaces fixed texts of the form (`phrases.PHRASES`), or
    gives them in languages in which the product has none.
    """

    key: str
    version: str
    default_language: str
    languages: tuple[str, ...]  # the default language first
    title: Text
    sections: tuple[Section, ...]
    intro: Text = field(default_factory=dict)
    phrases: tuple[tuple[str, Text], ...] = ()  # in alphabetical order of their names

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, key: str) -> Question:
        """The question named `key`; KeyError if there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)

    def section_of(self, question: str) -> Section:
        """The section that holds the question; KeyError if there is none."""
        for section in self.sections:
            if any(item.key == question for item in section.questions):
                return section
        raise KeyError(question)
