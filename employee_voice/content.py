"""What a survey asks, and what its sections mean. No database, no request."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import count
from typing import Any

from employee_voice.choices import DRIVERS, FAST_SECONDS_AN_ITEM, OWN_SECTION, SectionRole
from questionnaires.content import Question, QuestionKind, Questionnaire
from questionnaires.importers import questionnaire_content
from questionnaires.stored import plain_questionnaire

LOWEST_LABEL = {"en": "Strongly disagree", "zh-hans": "非常不同意"}
HIGHEST_LABEL = {"en": "Strongly agree", "zh-hans": "非常同意"}
MOST_BUILT = 64  # contents kept per process
_BUILT: dict[str, Questionnaire] = {}  # by digest


def survey_content(stored: Any) -> Questionnaire:
    """The content of a survey or a wave. Raises QuestionnaireInvalid for what no service wrote."""
    return questionnaire_content(stored)


def fixed_content(digest: str, stored: Any) -> Questionnaire:
    """The content of a wave that has opened; built once per process: the same digest is the same content."""
    found = _BUILT.get(digest)
    if found is None:
        if len(_BUILT) >= MOST_BUILT:
            _BUILT.clear()
        found = _BUILT[digest] = questionnaire_content(stored)
    return found


def as_stored(questionnaire: Questionnaire) -> dict[str, Any]:
    return plain_questionnaire(questionnaire)


def room_for(questionnaire: Questionnaire) -> int:
    """Bytes that any answer fits into: all are made so long, or lengths would tell who wrote much.

    A character takes up to four bytes, whether in UTF-8 or escaped in JSON.
    """
    fixed = sum(len(one.key) + 40 * max(len(one.choices), 1) for one in questionnaire.questions)
    words = sum(4 * one.most_characters for one in questionnaire.questions if one.kind == QuestionKind.TEXT)
    return 200 + fixed + words


# --- what an editor of texts changes -------------------------------------------------------------------


def with_texts(stored: dict[str, Any], texts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A copy with other words: `texts` by place ("title", "intro", "tools.title", "tools-have") and language.

    An empty text in a language takes it out; places that the content does not have are left out.
    """
    new = deepcopy(stored)
    for place, holder, name in _places(new):
        if place in texts:
            kept = {**holder.get(name, {}), **texts[place]}
            holder[name] = {code: text.strip() for code, text in kept.items() if text.strip()}
            if not holder[name] and name != "text":
                del holder[name]
    return new


def text_places(stored: dict[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """(place, text by language) of what an editor shows, in the order of the survey."""
    return [(place, holder.get(name, {})) for place, holder, name in _places(stored)]


def _places(stored: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    yield "title", stored, "title"
    yield "intro", stored, "intro"
    for section in stored["sections"]:
        yield f"{section['key']}.title", section, "title"
        for question in section["questions"]:
            yield question["key"], question, "text"


def with_question(stored: dict[str, Any], *, kind: str, text: Mapping[str, str]) -> dict[str, Any]:
    """A copy with one more question of one's own, at the end of the section for them: agreement or words."""
    new = deepcopy(stored)
    section = next((one for one in new["sections"] if one["key"] == OWN_SECTION), None)
    if section is None:
        section = {"key": OWN_SECTION, "questions": []}
        new["sections"].insert(_place_of_own(new["sections"]), section)
    taken = {question["key"] for one in new["sections"] for question in one["questions"]}
    number = next(number for number in count(1) if f"own-{number}" not in taken)
    question: dict[str, Any] = {"key": f"own-{number}", "kind": kind, "text": dict(text)}
    if kind == QuestionKind.SCALE:
        question["scale"] = {
            "lowest": 1,
            "highest": 5,
            "low_label": LOWEST_LABEL,
            "high_label": HIGHEST_LABEL,
        }
    else:
        question |= {"most_characters": 1000, "lines": 4}
    section["questions"].append(question)
    return new


def without_question(stored: dict[str, Any], key: str) -> dict[str, Any]:
    """A copy without one question; a section without questions goes with it."""
    new = deepcopy(stored)
    for section in new["sections"]:
        section["questions"] = [question for question in section["questions"] if question["key"] != key]
    new["sections"] = [section for section in new["sections"] if section["questions"]]
    return new


def _place_of_own(sections: list[dict[str, Any]]) -> int:
    """Before the open questions: who has written a text seldom goes back to scales."""
    return next(
        (place for place, one in enumerate(sections) if one["key"] == SectionRole.WORDS), len(sections)
    )


def scale_questions(questionnaire: Questionnaire) -> list[Question]:
    """Items of drivers and of engagement: all on one scale, so that "always the same" means something."""
    return [
        question
        for section in questionnaire.sections
        if section.key in {*DRIVERS, SectionRole.ENGAGEMENT}
        for question in section.questions
        if question.kind == QuestionKind.SCALE
    ]


def fast_seconds(questionnaire: Questionnaire) -> int:
    """Below so many seconds nobody has read the questions; texts are not counted."""
    asked = [
        one for one in questionnaire.questions if one.kind not in {QuestionKind.TEXT, QuestionKind.STATEMENT}
    ]
    return round(FAST_SECONDS_AN_ITEM * len(asked))
