"""What a respondent sees while answering: one dimension at a time, then everything once more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.choices import AnswerStatus
from assessments.content import FALLBACK_LANGUAGE, Framework, Practice
from assessments.models import Answer, Response
from assessments.questions import SPECIAL_STATUS, practice_question
from assessments.selectors.profiles import framework_of, said
from questionnaires.content import DO_NOT_KNOW, NOT_APPLICABLE, Question
from questionnaires.presentation import ProblemLink, QuestionView, Speech, question_view
from questionnaires.wording import Said, language_code


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticeCard:
    """One practice with what was answered so far."""

    key: str
    number: int
    title: str
    question: str
    evidence: str
    asked: QuestionView
    choice: str  # "1".."5", "dont_know", "not_applicable" or ""
    chosen: str
    confidence: str
    comment: str
    evidence_url: str
    saved_at: datetime | None

    @property
    def is_answered(self) -> bool:
        return bool(self.choice)

    @property
    def needs_reason(self) -> bool:
        """Whether it was said that the practice does not apply, and not yet why."""
        return self.choice == AnswerStatus.NOT_APPLICABLE and not self.comment.strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class DimensionStep:
    """One step of the way through the practices."""

    key: str
    name: str
    answered: int
    practices: int
    is_current: bool

    @property
    def is_done(self) -> bool:
        return self.answered == self.practices


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweringPage:
    response: Response
    framework: str
    is_quick: bool
    summary: str
    dimension: str
    name: str
    why: str
    cards: tuple[PracticeCard, ...]
    steps: tuple[DimensionStep, ...]
    position: int
    previous: str | None
    following: str | None
    answered: int
    practices: int

    @property
    def first_open(self) -> str | None:
        """The first practice of this part without an answer."""
        return next((card.key for card in self.cards if not card.is_answered), None)

    @property
    def start(self) -> str:
        """Where the keyboard begins: the first open question, or nowhere on a part not yet begun.

        The very first part opens at its top, where it says what to do.
        """
        if self.position == 1 and not self.answered:
            return ""
        return self.first_open or self.cards[0].key

    @property
    def progress_pct(self) -> int:
        return round(100 * self.answered / self.practices)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewGroup:
    key: str
    name: str
    cards: tuple[PracticeCard, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewPage:
    response: Response
    framework: str
    is_quick: bool
    groups: tuple[ReviewGroup, ...]
    answered: int
    practices: int

    @property
    def left(self) -> int:
        return self.practices - self.answered


def answering_page(response: Response, dimension: str) -> AnsweringPage:
    """One dimension with the answers so far. One query. KeyError: the framework has no such dimension."""
    content = framework_of(response.assessment.framework)
    wanted = content.dimension(dimension)
    given = _given(response)
    keys = [item.key for item in content.dimensions]
    place = keys.index(dimension)
    steps = tuple(
        DimensionStep(
            key=item.key,
            name=said(item.name),
            answered=sum(
                practice.key in given and given[practice.key].status != AnswerStatus.BLANK
                for practice in item.practices
            ),
            practices=len(item.practices),
            is_current=item.key == dimension,
        )
        for item in content.dimensions
    )
    first = 1 + sum(len(item.practices) for item in content.dimensions[:place])
    return AnsweringPage(
        response=response,
        framework=said(content.name),
        is_quick=content.kind == "quick",
        summary=said(content.summary),
        dimension=dimension,
        name=said(wanted.name),
        why=said(wanted.why),
        cards=tuple(
            _card(content, practice, given.get(practice.key), number)
            for number, practice in enumerate(wanted.practices, start=first)
        ),
        steps=steps,
        position=place + 1,
        previous=keys[place - 1] if place else None,
        following=keys[place + 1] if place + 1 < len(keys) else None,
        answered=sum(step.answered for step in steps),
        practices=len(content.practices),
    )


def practice_card(response: Response, practice: str) -> PracticeCard:
    """One practice with its answer. One query. KeyError: no such practice."""
    content = framework_of(response.assessment.framework)
    number = [item.key for item in content.practices].index(practice) + 1
    answer = response.answers.filter(practice=practice).first()
    return _card(content, content.practice(practice), answer, number)


def first_open_dimension(response: Response) -> str | None:
    """The first dimension with an unanswered practice; None when all is answered. One query."""
    given = {key for key, answer in _given(response).items() if answer.status != AnswerStatus.BLANK}
    for dimension in framework_of(response.assessment.framework).dimensions:
        if any(practice.key not in given for practice in dimension.practices):
            return dimension.key
    return None


def review_page(response: Response) -> ReviewPage:
    """All answers on one page, before they are handed in. One query."""
    content = framework_of(response.assessment.framework)
    given = _given(response)
    groups, number = [], 0
    for dimension in content.dimensions:
        cards = []
        for practice in dimension.practices:
            number += 1
            cards.append(_card(content, practice, given.get(practice.key), number))
        groups.append(ReviewGroup(key=dimension.key, name=said(dimension.name), cards=tuple(cards)))
    return ReviewPage(
        response=response,
        framework=said(content.name),
        is_quick=content.kind == "quick",
        groups=tuple(groups),
        answered=sum(card.is_answered for group in groups for card in group.cards),
        practices=number,
    )


def problem_links(page: AnsweringPage, problems: Mapping[str, str]) -> tuple[ProblemLink, ...]:
    """What is wrong on this page, each with the field to go to. No query."""
    return tuple(
        ProblemLink(
            id=f"{'comment' if card.needs_reason else 'choice'}-{card.key}",
            text=in_words(card.title),
            error=in_words(problems[card.key]),
        )
        for card in page.cards
        if card.key in problems
    )


def in_words(text: str) -> Said:
    """A text that is already in the reader's language, for the templates of questionnaires."""
    return Said(text=text, language=language_code(get_language() or FALLBACK_LANGUAGE))


def _given(response: Response) -> dict[str, Answer]:
    return {answer.practice: answer for answer in response.answers.all()}


def _card(content: Framework, practice: Practice, answer: Answer | None, number: int) -> PracticeCard:
    choice = chosen = ""
    if answer is not None and answer.status == AnswerStatus.ANSWERED and answer.level is not None:
        choice = str(answer.level)
        chosen = said(practice.levels[answer.level - 1])
    elif answer is not None and answer.status != AnswerStatus.BLANK:
        choice = answer.status
        chosen = answer.get_status_display()
    return PracticeCard(
        key=practice.key,
        number=number,
        title=said(practice.title),
        question=said(practice.question),
        evidence=said(practice.evidence),
        asked=_asked(practice_question(content, practice), choice),
        choice=choice,
        chosen=chosen,
        confidence=answer.confidence if answer else "",
        comment=answer.comment if answer else "",
        evidence_url=answer.evidence_url if answer else "",
        saved_at=answer.saved_at if answer else None,
    )


def _asked(question: Question, choice: str) -> QuestionView:
    """The question as the common form shows it, with the words and values of an assessment."""
    language = language_code(get_language() or FALLBACK_LANGUAGE)
    own = {
        DO_NOT_KNOW: (_("Don't know"), ""),
        NOT_APPLICABLE: (_("Does not apply"), _("say why below")),
    }
    phrases = {key: {language: label} for key, (label, _note) in own.items()}
    speech = Speech(language, FALLBACK_LANGUAGE, phrases)
    view = question_view(
        question, [choice], speech, name=f"{question.key}-choice", id=f"choice-{question.key}"
    )
    special = {option.value: option for option in view.special}
    return replace(
        view,
        special=tuple(
            replace(
                special[key],
                value=status.value,
                note=speech.plain(own[key][1]),
                is_chosen=choice == status.value,
            )
            for key, status in SPECIAL_STATUS.items()
        ),
    )
