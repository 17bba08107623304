"""Answers as they are typed become answers of a type, or an error; skip rules say which questions count.
Pure.

One answer decides whether a later question is shown, so everything is read from the first question to the
last. What was typed for a question that is not shown counts nowhere: it becomes no answer and no error.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from questionnaires.content import SPECIAL, Comparison, Condition, Question, QuestionKind, Questionnaire

type Typed = Mapping[str, Sequence[str]]
"""What a form sent, by question: the values of all its fields, none where nothing was sent."""

MOST_NUMBER_CHARACTERS = 30
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_DECIMAL_MARKS = str.maketrans({",": ".", "٫": ".", "−": "-"})


class AnswerStatus(StrEnum):
    GIVEN = "given"
    NOT_APPLICABLE = "not_applicable"
    DO_NOT_KNOW = "do_not_know"


class AnswerProblem(StrEnum):
    """Why an answer cannot be taken. The values are names of phrases, so that every language says why."""

    MISSING = "answer_needed"
    NOT_ON_OFFER = "choose_on_offer"
    NOT_A_NUMBER = "number_needed"
    OUTSIDE_SCALE = "number_on_scale"
    TOO_FEW = "choose_more"
    TOO_MANY = "choose_fewer"
    CONTRADICTION = "choose_without_contradiction"
    TOO_LONG = "text_shorter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer. Exactly one of `number` (scale), `choices` and `text` says something when it is GIVEN.

    `number` is as it was chosen: a reverse-worded question is turned by whoever computes with it.
    """

    question: str
    status: AnswerStatus = AnswerStatus.GIVEN
    number: Decimal | None = None
    choices: tuple[str, ...] = ()  # in the order of the question
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerError:
    """`limit` is the number that the problem is about: a count of choices or of characters."""

    question: str
    problem: AnswerProblem
    limit: int | None = None


class Refused(Exception):
    """What was typed is no answer to its question."""

    def __init__(self, error: AnswerError) -> None:
        self.error = error
        super().__init__(error.problem)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """What the typed answers come to. Orders are those of the questionnaire."""

    answers: Mapping[str, Answer]  # of visible questions, without errors
    visible: tuple[str, ...]  # statements included
    missing: tuple[str, ...]  # visible, required and without an answer; each has an error as well
    dropped: tuple[str, ...]  # not visible, though something was typed for them
    errors: Mapping[str, AnswerError]

    @property
    def is_complete(self) -> bool:
        return not self.errors


def evaluate(questionnaire: Questionnaire, typed: Typed) -> Evaluation:
    """All answers of one person, in the order of the questions; unknown names in `typed` are left out."""
    answers: dict[str, Answer] = {}
    errors: dict[str, AnswerError] = {}
    visible, missing, dropped = [], [], []
    for question in questionnaire.questions:
        raw = typed.get(question.key, ())
        if not is_shown(question, answers):
            if any(not is_blank(value) for value in raw):
                dropped.append(question.key)
            continue
        visible.append(question.key)
        try:
            answer = parse_answer(question, raw)
        except Refused as refused:
            errors[question.key] = refused.error
            continue
        if answer is not None:
            answers[question.key] = answer
        elif question.is_required:
            missing.append(question.key)
            errors[question.key] = AnswerError(question=question.key, problem=AnswerProblem.MISSING)
    return Evaluation(
        answers=answers,
        visible=tuple(visible),
        missing=tuple(missing),
        dropped=tuple(dropped),
        errors=errors,
    )


def is_shown(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether every condition holds, given the answers to the visible questions before it."""
    return all(holds(condition, answers.get(condition.question)) for condition in question.show_when)


def holds(condition: Condition, answer: Answer | None) -> bool:
    if answer is None:
        return False
    if answer.status != AnswerStatus.GIVEN:
        return condition.comparison in {Comparison.EQUALS, Comparison.ONE_OF} and (
            answer.status.value in condition.values
        )
    if condition.comparison in {Comparison.EQUALS, Comparison.ONE_OF}:
        given = answer.choices if answer.number is None else (answer.number,)
        return any(value in condition.values for value in given)
    limit = condition.values[0]
    if answer.number is None or not isinstance(limit, Decimal):
        return False
    if condition.comparison == Comparison.BELOW:
        return answer.number < limit
    return answer.number > limit


def parse_answer(question: Question, raw: Sequence[str]) -> Answer | None:
    """The answer to one question; None where nothing was typed. Raises Refused."""
    if question.kind == QuestionKind.TEXT:
        return _text(question, raw)
    values = list(dict.fromkeys(value.strip() for value in raw if not is_blank(value)))
    if not values or not question.is_answerable:
        return None
    special = [value for value in values if value in SPECIAL]
    if special:
        if special[0] not in question.special:
            raise _refused(question, AnswerProblem.NOT_ON_OFFER)
        if len(values) > 1:
            raise _refused(question, AnswerProblem.CONTRADICTION)
        return Answer(question=question.key, status=AnswerStatus(special[0]))
    if question.kind == QuestionKind.SCALE:
        return _number(question, values)
    return _choices(question, values)


def is_blank(value: str) -> bool:
    """Whether nothing can be seen: white space, line breaks and characters of no width are no answer."""
    return all(unicodedata.category(character) in _INVISIBLE for character in value)


def number_typed(text: str, *, has_thousands: bool) -> Decimal | None:
    """The number that a text is in any digits, with a point or a comma; None where it is none, or could be
    two.

    `has_thousands`: the scale reaches a thousand, so 1,250 could be either.
    """
    text = text.strip().translate(_DECIMAL_MARKS)
    if len(text) > MOST_NUMBER_CHARACTERS:
        return None
    whole, mark, decimals = text.partition(".")
    digits = whole.removeprefix("-") + decimals
    if not digits.isdecimal() or not whole.removeprefix("-") or (mark and not decimals):
        return None
    if has_thousands and len(decimals) == 3:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _number(question: Question, values: list[str]) -> Answer:
    scale = question.scale
    assert scale is not None  # of every question of this kind
    if len(values) > 1:
        raise _refused(question, AnswerProblem.CONTRADICTION)
    number = number_typed(values[0], has_thousands=max(abs(scale.lowest), abs(scale.highest)) >= 1000)
    if number is None:
        raise _refused(question, AnswerProblem.NOT_A_NUMBER)
    if not scale.has(number):
        raise _refused(question, AnswerProblem.OUTSIDE_SCALE)
    return Answer(question=question.key, number=number)


def _choices(question: Question, values: list[str]) -> Answer:
    chosen = tuple(choice for choice in question.choices if choice.key in values)
    if len(chosen) != len(values):
        raise _refused(question, AnswerProblem.NOT_ON_OFFER)
    is_alone = any(choice.is_exclusive for choice in chosen)
    if len(chosen) > 1 and (is_alone or question.kind == QuestionKind.ONE_CHOICE):
        raise _refused(question, AnswerProblem.CONTRADICTION)
    if question.kind == QuestionKind.SEVERAL_CHOICES:
        if len(chosen) < question.least and not is_alone:
            raise _refused(question, AnswerProblem.TOO_FEW, question.least)
        if question.most is not None and len(chosen) > question.most:
            raise _refused(question, AnswerProblem.TOO_MANY, question.most)
    return Answer(question=question.key, choices=tuple(choice.key for choice in chosen))


def _text(question: Question, raw: Sequence[str]) -> Answer | None:
    written = [value for value in raw if not is_blank(value)]
    if not written:
        return None
    text = written[-1].replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > question.most_characters:
        raise _refused(question, AnswerProblem.TOO_LONG, question.most_characters)
    return Answer(question=question.key, text=text)


def _refused(question: Question, problem: AnswerProblem, limit: int | None = None) -> Refused:
    return Refused(AnswerError(question=question.key, problem=problem, limit=limit))
