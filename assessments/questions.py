"""A practice as a question: what assessments share with surveys. Pure.

Five described levels are one choice among five; "don't know" and "does not apply" are answers that every
practice offers. The number of a level is the key of its choice, as answers keep it.
"""

from assessments.choices import AnswerStatus
from assessments.content import Framework, Practice
from questionnaires.content import DO_NOT_KNOW, NOT_APPLICABLE, Choice, Question, QuestionKind

SPECIAL_STATUS = {DO_NOT_KNOW: AnswerStatus.DONT_KNOW, NOT_APPLICABLE: AnswerStatus.NOT_APPLICABLE}
"""How assessments name the answers without a level."""


def practice_question(framework: Framework, practice: Practice) -> Question:
    """The question that asks for the level of one practice; handing in needs an answer to each."""
    return Question(
        key=practice.key,
        kind=QuestionKind.ONE_CHOICE,
        text=practice.question,
        is_required=True,
        allows_do_not_know=True,
        allows_not_applicable=True,
        choices=tuple(
            Choice(key=str(level), label=text, description=name)
            for level, (name, text) in enumerate(zip(framework.levels, practice.levels, strict=True), start=1)
        ),
    )
