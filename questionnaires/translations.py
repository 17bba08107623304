"""Every text of a questionnaire with its place, and which of them a language lacks. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.content import Question, Questionnaire
from questionnaires.phrases import PHRASES
from questionnaires.stored import number_text
from questionnaires.wording import Text, said_in


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingText:
    """`place` is the path in the content; `stand_in` what is shown instead, in `stand_in_language`."""

    place: str
    stand_in: str
    stand_in_language: str


def texts_of(questionnaire: Questionnaire) -> Iterator[tuple[str, Text]]:
    """(place, text) of every text that is there, in the order of the file; phrases of the form last."""
    yield "title", questionnaire.title
    if questionnaire.intro:
        yield "intro", questionnaire.intro
    for number, section in enumerate(questionnaire.sections):
        path = f"sections[{number}]"
        for name, text in (("title", section.title), ("intro", section.intro)):
            if text:
                yield f"{path}.{name}", text
        for place, question in enumerate(section.questions):
            yield from _of_question(question, f"{path}.questions[{place}]")
    for name, text in questionnaire.phrases:
        yield f"phrases.{name}", text


def _of_question(question: Question, path: str) -> Iterator[tuple[str, Text]]:
    yield f"{path}.text", question.text
    if question.help:
        yield f"{path}.help", question.help
    if question.scale is not None:
        scale = question.scale
        for name, text in (("low_label", scale.low_label), ("high_label", scale.high_label)):
            if text:
                yield f"{path}.scale.{name}", text
        for label in scale.labels:
            yield f"{path}.scale.labels.{number_text(label.value)}", label.text
    for number, choice in enumerate(question.choices):
        yield f"{path}.choices[{number}].label", choice.label
        if choice.description:
            yield f"{path}.choices[{number}].description", choice.description


def phrases_of(questionnaire: Questionnaire) -> dict[str, Text]:
    """The fixed texts of its form: the product's, with the questionnaire's own over them, language by
    language.
    """
    own = dict(questionnaire.phrases)
    return {name: {**text, **own.get(name, {})} for name, text in PHRASES.items()}


def missing_translations(questionnaire: Questionnaire) -> Mapping[str, tuple[MissingText, ...]]:
    """What each language of the questionnaire lacks, in the order of the file; languages that lack nothing
    too.

    A fixed phrase of the form lacks a language when neither the product nor the questionnaire has it.
    """
    phrases = phrases_of(questionnaire)
    needed = [
        *((place, text) for place, text in texts_of(questionnaire) if not place.startswith("phrases.")),
        *((f"phrases.{name}", text) for name, text in phrases.items()),
    ]
    return {
        language: tuple(
            MissingText(place=place, stand_in=said.text, stand_in_language=said.language)
            for place, text in needed
            if not text.get(language)
            for said in (said_in(text, language, default=questionnaire.default_language),)
        )
        for language in questionnaire.languages
    }
