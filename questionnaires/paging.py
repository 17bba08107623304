"""Which questions stand together on a page, and where the way leads from there. Pure.

Without scripts a page cannot show a question the moment another one is answered. So a question that hangs on
another never stands on the same page with it: its section goes on on a page of its own.
"""

from dataclasses import dataclass

from questionnaires.answering import Evaluation, holds
from questionnaires.content import Question, Questionnaire, Section


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`number` counts from 0. `is_first_of_section`: title and introduction of the section stand here."""

    number: int
    section: Section
    questions: tuple[Question, ...]
    is_first_of_section: bool

    def is_visible(self, evaluation: Evaluation) -> bool:
        return any(question.key in evaluation.visible for question in self.questions)


def pages_of(questionnaire: Questionnaire) -> tuple[Page, ...]:
    """All pages, those that skip rules leave out included, so that a page keeps its number."""
    found: list[Page] = []
    for section in questionnaire.sections:
        groups: list[list[Question]] = [[]]
        for question in section.questions:
            here = {other.key for other in groups[-1]}
            if any(condition.question in here for condition in question.show_when):
                groups.append([])
            groups[-1].append(question)
        for place, group in enumerate(groups):
            page = Page(
                number=len(found), section=section, questions=tuple(group), is_first_of_section=place == 0
            )
            found.append(page)
    return tuple(found)


def page_after(pages: tuple[Page, ...], number: int, evaluation: Evaluation) -> Page | None:
    """The next page with something to show; None after the last one."""
    return next((page for page in pages if page.number > number and page.is_visible(evaluation)), None)


def page_before(pages: tuple[Page, ...], number: int, evaluation: Evaluation) -> Page | None:
    """The page one came from; None on the first one."""
    earlier = [page for page in pages if page.number < number and page.is_visible(evaluation)]
    return earlier[-1] if earlier else None


def page_with_problem(pages: tuple[Page, ...], evaluation: Evaluation) -> Page | None:
    """The first page on which something is missing or refused; None when all can be sent."""
    return next(
        (page for page in pages if any(question.key in evaluation.errors for question in page.questions)),
        None,
    )


def may_follow(pages: tuple[Page, ...], number: int, evaluation: Evaluation) -> bool:
    """Whether a page can come after this one, whatever is answered from here on.

    A question is out when one of its conditions hangs on an earlier page and does not hold.
    """
    behind = {question.key for page in pages if page.number < number for question in page.questions}
    return any(
        all(
            condition.question not in behind or holds(condition, evaluation.answers.get(condition.question))
            for condition in question.show_when
        )
        for page in pages
        if page.number > number
        for question in page.questions
    )
