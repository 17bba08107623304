"""A questionnaire as plain values for JSON, and its digest. Pure.

Left out is whatever says nothing (no text, no rule, the value that stands where a file is silent). So the
same content has the same digest however it was written, and a field that a later version of the product adds
changes no digest of content without it.
"""

from decimal import Decimal
from typing import Any

from cxstats.codec import digest_of
from questionnaires.content import Choice, Condition, Question, QuestionKind, Questionnaire, Scale, Section
from questionnaires.wording import Text

CONTENT_VERSION = 1
"""Of what a questionnaire says (`cxstats.codec.digest_of`). A field that is left out where it says nothing
needs no new one."""


def plain_questionnaire(questionnaire: Questionnaire) -> dict[str, Any]:
    """What `importers.questionnaire_content` reads back as an equal questionnaire."""
    return {
        "key": questionnaire.key,
        "version": questionnaire.version,
        "default_language": questionnaire.default_language,
        "languages": list(questionnaire.languages),
        "title": dict(questionnaire.title),
        **_said("intro", questionnaire.intro),
        **({"phrases": _phrases(questionnaire)} if questionnaire.phrases else {}),
        "sections": [_section(section) for section in questionnaire.sections],
    }


def digest_of_questionnaire(questionnaire: Questionnaire) -> str:
    """SHA-256 of key, version and all content: 64 hexadecimal characters."""
    return digest_of(plain_questionnaire(questionnaire), version=CONTENT_VERSION)


def number_text(number: Decimal) -> str:
    """10, 0.5, -3: one spelling of each number, as forms and files carry it."""
    return format(number.normalize() + 0, "f")  # + 0: no minus before nothing


def rule_text(conditions: tuple[Condition, ...]) -> str:
    """A skip rule in one line of the words of the file: "nps below 7, channel one_of shop / phone"."""
    return ", ".join(
        f"{condition.question} {condition.comparison} "
        + " / ".join(
            number_text(value) if isinstance(value, Decimal) else value for value in condition.values
        )
        for condition in conditions
    )


def _phrases(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    return {name: dict(text) for name, text in questionnaire.phrases}


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        **_said("title", section.title),
        **_said("intro", section.intro),
        "questions": [_question(question) for question in section.questions],
    }


def _question(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {"key": question.key, "kind": question.kind.value, "text": dict(question.text)}
    found |= _said("help", question.help)
    flags = {
        "required": question.is_required,
        "reverse": question.is_reverse,
        "not_applicable": question.allows_not_applicable,
        "do_not_know": question.allows_do_not_know,
    }
    found |= {name: True for name, is_set in flags.items() if is_set}
    if question.scale is not None:
        found["scale"] = _scale(question.scale)
    if question.choices:
        found["choices"] = [_choice(choice) for choice in question.choices]
    if question.least:
        found["least"] = question.least
    if question.most is not None:
        found["most"] = question.most
    if question.kind == QuestionKind.TEXT:
        found |= {"most_characters": question.most_characters, "lines": question.lines}
    if question.show_when:
        found["show_when"] = [_condition(condition) for condition in question.show_when]
    return found


def _scale(scale: Scale) -> dict[str, Any]:
    return {
        "lowest": _number(scale.lowest),
        "highest": _number(scale.highest),
        "step": _number(scale.step),
        **_said("low_label", scale.low_label),
        **_said("high_label", scale.high_label),
        **(
            {"labels": {number_text(label.value): dict(label.text) for label in scale.labels}}
            if scale.labels
            else {}
        ),
        "look": scale.look.value,
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "key": choice.key,
        "label": dict(choice.label),
        **_said("description", choice.description),
        **({"exclusive": True} if choice.is_exclusive else {}),
    }


def _condition(condition: Condition) -> dict[str, Any]:
    values = [_number(value) if isinstance(value, Decimal) else value for value in condition.values]
    is_list = condition.comparison == "one_of"
    return {"question": condition.question, condition.comparison.value: values if is_list else values[0]}


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _said(name: str, text: Text) -> dict[str, dict[str, str]]:
    return {name: dict(text)} if text else {}
