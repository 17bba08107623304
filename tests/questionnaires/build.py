"""Questionnaires for tests: small ones by hand, and any at all for properties."""

from typing import Any

from hypothesis import strategies as st

from questionnaires.content import Questionnaire
from questionnaires.importers import questionnaire_content


def raw(*questions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Plain content with these questions in one section."""
    return {
        "key": "small",
        "version": "1.0",
        "default_language": "en",
        "title": {"en": "Small"},
        "sections": [{"key": "all", "questions": list(questions)}],
    } | changes


def small(*questions: dict[str, Any], **changes: Any) -> Questionnaire:
    return questionnaire_content(raw(*questions, **changes))


def scale(key: str, lowest: float = 0, highest: float = 10, **more: Any) -> dict[str, Any]:
    inner = {name: more.pop(name) for name in ("step", "labels", "look", "low_label") if name in more}
    return {
        "key": key,
        "kind": "scale",
        "text": {"en": f"How much {key}?"},
        "scale": {"lowest": lowest, "highest": highest, **inner},
        **more,
    }


def choice(key: str, *answers: str, kind: str = "one_choice", **more: Any) -> dict[str, Any]:
    choices = [{"key": answer, "label": {"en": answer.title()}} for answer in answers]
    return {"key": key, "kind": kind, "text": {"en": f"Which {key}?"}, "choices": choices, **more}


def words(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "text", "text": {"en": f"Why {key}?"}, **more}


ANSWERS = ("red", "green", "blue")


@st.composite
def questionnaires(draw: st.DrawFn) -> dict[str, Any]:
    """Plain content of up to eight questions with rules among them, all of it valid."""
    made: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 8))):
        key = f"q{number}"
        kind = draw(st.sampled_from(["scale", "one_choice", "several_choices", "text", "statement"]))
        kind = "scale" if number == 0 else kind
        if kind == "scale":
            lowest, steps = draw(st.integers(-3, 1)), draw(st.integers(1, 30))
            step = draw(st.sampled_from([1, 0.5, 0.1, 2]))
            highest = round(lowest + steps * step, 1)
            question = scale(key, lowest, highest, step=step)
        elif kind in {"one_choice", "several_choices"}:
            question = choice(key, *ANSWERS, kind=kind)
        elif kind == "text":
            question = words(key, most_characters=draw(st.integers(1, 50)))
        else:
            question = {"key": key, "kind": "statement", "text": {"en": key}}
        if kind not in {"text", "statement"}:
            question["not_applicable"] = draw(st.booleans())
        if kind != "statement":
            question["required"] = draw(st.booleans())
        asked = [other for other in made if other["kind"] not in {"text", "statement"}]
        if asked and draw(st.booleans()):
            question["show_when"] = [draw(rules(draw(st.sampled_from(asked))))]
        made.append(question)
    cut = draw(st.integers(1, len(made)))
    parts = [made[:cut], made[cut:]]
    sections = [{"key": f"s{n}", "questions": part} for n, part in enumerate(parts) if part]
    return raw() | {"sections": sections}


@st.composite
def rules(draw: st.DrawFn, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["kind"] != "scale":
        return {"question": asked["key"], "one_of": draw(st.lists(st.sampled_from(ANSWERS), min_size=1))}
    low, high = asked["scale"]["lowest"], asked["scale"]["highest"]
    return {"question": asked["key"]} | draw(
        st.sampled_from([{"below": high}, {"above": low}, {"equals": low}, {"one_of": [low, high]}])
    )


def typed_for(content: Questionnaire) -> st.SearchStrategy[dict[str, list[str]]]:
    """What somebody may have typed, sensible or not, for questions that may be hidden."""
    value = st.sampled_from(
        ["", " ", "0", "1", "-1", "0.5", "0,5", "2", "red", "green", "not_applicable", "x", "long " * 20]
    )
    return st.dictionaries(
        st.sampled_from([question.key for question in content.questions]), st.lists(value, max_size=3)
    )
