"""What a form shows: questions, answers on offer and fixed texts in one language, as frozen objects.

Templates in templates/questionnaires/ draw these. No question is read here and no rule decided.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.core import UnknownLocaleError

from questionnaires.answering import AnswerError
from questionnaires.content import Question, QuestionKind, Questionnaire, Scale, ScaleLook
from questionnaires.stored import number_text
from questionnaires.translations import phrases_of
from questionnaires.wording import Said, Text, said_in, stand_ins
from wording.formats import Reader, reader_of

STEPS, CARDS, TYPED, TEXT, STATEMENT = "steps", "cards", "typed", "text", "statement"


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionView:
    """One answer to choose. `note` stands small below its label. `end`: what this end of the scale means."""

    value: str
    label: Said
    note: Said
    end: Said
    is_chosen: bool
    id: str = ""  # of the first one: where links to the question lead


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionView:
    """One question. `layout` is the name of its template in questionnaires/parts/; `id` its first field's."""

    key: str
    name: str
    id: str
    layout: str
    text: Said
    help: Said
    hint: Said
    error: Said | None
    optional: Said | None
    is_several: bool
    is_stars: bool
    options: tuple[OptionView, ...]
    special: tuple[OptionView, ...]
    low: Said
    high: Said
    typed: str
    lines: int
    most_characters: int

    @property
    def is_group(self) -> bool:
        """Whether it has several fields, so that its text is the legend of a group."""
        return self.layout in {STEPS, CARDS, TYPED}

    @property
    def described_by(self) -> str:
        """The ids of what is read out with the question."""
        parts = (("help", self.help), ("hint", self.hint), ("error", self.error))
        return " ".join(f"{self.id}-{name}" for name, text in parts if text)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemLink:
    """What the list of problems says of a question that is not shown by this room; `id` is the field's."""

    id: str
    text: Said
    error: Said


class Speech:
    """One questionnaire in one language: its texts, the fixed texts of the form, and numbers."""

    def __init__(
        self, language: str, default_language: str, phrases: Mapping[str, Text] | None = None
    ) -> None:
        self.language = language
        self.default_language = default_language
        self.phrases = phrases or {}

    @classmethod
    def of(cls, questionnaire: Questionnaire, language: str) -> "Speech":
        return cls(language, questionnaire.default_language, phrases_of(questionnaire))

    def text(self, text: Text) -> Said:
        return said_in(text, self.language, default=self.default_language)

    def phrase(self, name: str, **numbers: str) -> Said:
        """A fixed text; `numbers` stand where it has places for them."""
        said = self.text(self.phrases[name])
        return Said(text=said.text % numbers if numbers else said.text, language=said.language)

    def number(self, number: Decimal | int) -> str:
        return numbers_of(self.language).shortest(number)

    def plain(self, text: str) -> Said:
        """What is in no language, such as a number."""
        return Said(text=text, language=self.language)

    def problem(self, error: AnswerError) -> Said:
        """Why an answer cannot be taken, and what to do."""
        limit = {} if error.limit is None else {"limit": self.number(error.limit)}
        return self.phrase(error.problem.value, **limit)


@lru_cache(maxsize=128)
def numbers_of(language: str) -> Reader:
    """How a language writes numbers; of one that the CLDR does not know, as English does."""
    for code in stand_ins(language, "en"):
        try:
            return reader_of(code)
        except (UnknownLocaleError, ValueError, KeyError):
            continue
    return reader_of("en")


def question_view(
    question: Question,
    typed: Sequence[str],
    speech: Speech,
    *,
    name: str,
    id: str,
    error: AnswerError | None = None,
) -> QuestionView:
    """One question with what was typed so far. `name` is that of its fields, `id` that of the first one."""
    scale = question.scale
    is_radio = question.kind in {QuestionKind.SCALE, QuestionKind.ONE_CHOICE} and not (
        scale is not None and scale.is_typed
    )
    options = tuple(_options(question, typed, speech, id))
    return QuestionView(
        key=question.key,
        name=name,
        id=id,
        layout=_layout(question),
        text=speech.text(question.text),
        help=speech.text(question.help),
        hint=_hint(question, typed, speech),
        error=None if error is None else speech.problem(error),
        optional=None if question.is_required or not question.is_answerable else speech.phrase("optional"),
        is_several=question.kind == QuestionKind.SEVERAL_CHOICES,
        is_stars=scale is not None and scale.look == ScaleLook.STARS,
        options=options,
        special=tuple(_special(question, typed, speech, has_no_answer=is_radio)),
        low=_end(scale, scale.low_label, scale.lowest, speech) if scale else speech.plain(""),
        high=_end(scale, scale.high_label, scale.highest, speech) if scale else speech.plain(""),
        typed=next((value for value in typed if value not in question.special), ""),
        lines=question.lines,
        most_characters=question.most_characters,
    )


def _layout(question: Question) -> str:
    if question.kind == QuestionKind.STATEMENT:
        return STATEMENT
    if question.kind == QuestionKind.TEXT:
        return TEXT
    if question.scale is None:
        return CARDS
    if question.scale.is_typed:
        return TYPED
    return CARDS if question.scale.labels else STEPS


def _options(question: Question, typed: Sequence[str], speech: Speech, id: str) -> Iterator[OptionView]:
    if question.scale is not None and not question.scale.is_typed:
        yield from _steps(question.scale, typed, speech, id)
    for number, choice in enumerate(question.choices):
        yield OptionView(
            value=choice.key,
            label=speech.text(choice.label),
            note=speech.text(choice.description),
            end=speech.plain(""),
            is_chosen=choice.key in typed,
            id="" if number else id,
        )


def _steps(scale: Scale, typed: Sequence[str], speech: Speech, id: str) -> Iterator[OptionView]:
    """With labels, a step says its words, and its number only where it has none."""
    ends = {scale.lowest: speech.text(scale.low_label), scale.highest: speech.text(scale.high_label)}
    nothing = speech.plain("")
    for number, value in enumerate(scale.values()):
        label, end = speech.text(scale.label_of(value)), ends.get(value, nothing)
        yield OptionView(
            value=number_text(value),
            label=label or speech.plain(speech.number(value)),
            note=end if scale.labels and not label else nothing,
            end=end if not scale.labels else nothing,
            is_chosen=number_text(value) in typed,
            id="" if number else id,
        )


def _special(
    question: Question, typed: Sequence[str], speech: Speech, *, has_no_answer: bool
) -> Iterator[OptionView]:
    """Answers without a value; and, as no browser lets go of a chosen circle, "no answer" to what is
    optional.
    """
    nothing = speech.plain("")
    for key in question.special:
        yield OptionView(
            value=key, label=speech.phrase(key), note=nothing, end=nothing, is_chosen=key in typed
        )
    if has_no_answer and not question.is_required:
        label = speech.phrase("no_answer")
        yield OptionView(value="", label=label, note=nothing, end=nothing, is_chosen=False)


def _end(scale: Scale, label: Text, value: Decimal, speech: Speech) -> Said:
    """The end of a scale with its number: on a phone it may not stand beside that step."""
    if not label or (scale.labels and not scale.is_typed):
        return speech.plain("")
    said = speech.text(label)
    return Said(text=f"{speech.number(value)} – {said.text}", language=said.language)


def _hint(question: Question, typed: Sequence[str], speech: Speech) -> Said:
    """What can be typed: the numbers of a scale, and how long a text that grew too long may be."""
    scale = question.scale
    if scale is not None and scale.is_typed:
        said = speech.phrase("range", low=speech.number(scale.lowest), high=speech.number(scale.highest))
        if scale.step == 1:
            return said
        step = speech.phrase("step", step=speech.number(scale.step))
        return Said(text=f"{said.text}, {step.text}", language=said.language)
    too_long = any(len(value) > question.most_characters for value in typed)
    if question.kind == QuestionKind.TEXT and too_long:
        return speech.phrase("most_characters", limit=speech.number(question.most_characters))
    return speech.plain("")
