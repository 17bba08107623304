"""What may be corrected in a published version, what a person must judge, and what needs a new version."""

from copy import deepcopy
from typing import Any

import pytest

from questionnaires.importers import questionnaire_content
from questionnaires.stored import plain_questionnaire
from questionnaires.versions import ChangeKind, Effect, compare, effect_of, is_spelling
from tests.questionnaires.pages import visit

CORRECTION, JUDGMENT, NEW_MEANING = Effect
ADDED, REMOVED, MOVED, CHANGED, SPELLING, REWORDED, SWAPPED, TRANSLATED = ChangeKind
QUESTIONS = {
    "nps": (0, 0),
    "why": (0, 1),
    "till": (1, 1),
    "paid": (1, 2),
    "effort": (2, 1),
    "channels": (2, 2),
}
QUESTIONS |= {"bought": (1, 0), "agree": (2, 3), "name": (2, 4)}


def changed(question: str, path: tuple[Any, ...], value: Any) -> list[tuple[str, ChangeKind, Effect]]:
    """What differs when one value of one question is another; None removes it."""
    content = deepcopy(plain_questionnaire(visit()))
    section, number = QUESTIONS[question]
    place = content["sections"][section]["questions"][number]
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return found(content)


def found(content: dict[str, Any]) -> list[tuple[str, ChangeKind, Effect]]:
    changes = compare(visit(), questionnaire_content(content))
    return [(change.place, change.kind, change.effect) for change in changes]


def test_nothing_changed_is_no_change():
    assert compare(visit(), visit()) == ()
    assert effect_of(()) is None


CASES = [
    ("nps", ("scale", "highest"), 9, ("nps.scale.highest", CHANGED, NEW_MEANING)),
    ("nps", ("scale", "step"), 2, ("nps.scale.step", CHANGED, NEW_MEANING)),
    ("till", ("scale", "look"), "numbers", ("till.scale.look", CHANGED, JUDGMENT)),
    ("effort", ("reverse",), None, ("effort.reverse", CHANGED, NEW_MEANING)),
    ("effort", ("not_applicable",), None, ("effort.allows_not_applicable", CHANGED, NEW_MEANING)),
    ("nps", ("required",), None, ("nps.required", CHANGED, NEW_MEANING)),
    ("paid", ("choices", 2), None, ("paid.choices.phone", REMOVED, NEW_MEANING)),
    ("why", ("show_when", 0, "below"), 8, ("why.show_when", CHANGED, NEW_MEANING)),
    ("channels", ("most",), 3, ("channels.most", CHANGED, NEW_MEANING)),
    (
        "channels",
        ("choices", 3, "exclusive"),
        None,
        ("channels.choices.none.exclusive", CHANGED, NEW_MEANING),
    ),
    ("paid", ("choices", 0, "key"), "coins", ("paid.choices.coins", ADDED, NEW_MEANING)),
    ("paid", ("choices", 0, "label", "en"), "Cashh", ("paid.choices.cash.label", REWORDED, JUDGMENT)),
    (
        "channels",
        ("choices", 0, "label", "en"),
        "By phonne",
        ("channels.choices.phone.label", SPELLING, CORRECTION),
    ),
    (
        "channels",
        ("choices", 0, "label", "ar"),
        "هاتف",
        ("channels.choices.phone.label", TRANSLATED, CORRECTION),
    ),
    ("why", ("help", "ar"), "لا أسماء", ("why.help", TRANSLATED, CORRECTION)),
    ("why", ("most_characters",), 300, ("why.most_characters", CHANGED, CORRECTION)),
    ("why", ("most_characters",), 100, ("why.most_characters", CHANGED, NEW_MEANING)),
    ("name", ("lines",), 3, ("name.lines", CHANGED, CORRECTION)),
    (
        "nps",
        ("text", "en"),
        "How unlikely are you to recommend us to a friend?",
        ("nps.text", REWORDED, JUDGMENT),
    ),
    ("agree", ("scale", "labels", "3", "en"), "Undecided", ("agree.scale.labels.3", REWORDED, JUDGMENT)),
]


@pytest.mark.parametrize(("question", "path", "value", "expected"), CASES, ids=lambda value: str(value)[:30])
def test_each_change_is_named_with_what_it_does_to_answers(question, path, value, expected):
    assert expected in changed(question, path, value)


def test_only_what_was_changed_is_named():
    assert changed("nps", ("scale", "highest"), 9) == [("nps.scale.highest", CHANGED, NEW_MEANING)]


def test_a_question_that_comes_goes_or_moves_needs_a_new_version():
    content = plain_questionnaire(visit())
    questions = content["sections"][2]["questions"]
    removed, moved, elsewhere = deepcopy(content), deepcopy(content), deepcopy(content)
    del removed["sections"][2]["questions"][4]
    moved["sections"][2]["questions"] = [*questions[:3], questions[4], questions[3]]
    elsewhere["sections"][1]["questions"].append(elsewhere["sections"][2]["questions"].pop(0))

    assert found(removed) == [("name", REMOVED, NEW_MEANING)]
    assert [change.kind for change in compare(questionnaire_content(removed), visit())] == [ADDED]
    assert found(moved) == [("name", MOVED, NEW_MEANING)]
    assert found(elsewhere) == [("thanks", MOVED, NEW_MEANING)]


def test_another_kind_of_question_needs_a_new_version():
    content = plain_questionnaire(visit())
    question = content["sections"][1]["questions"][2]
    question["kind"] = "several_choices"

    assert found(content) == [("paid.kind", CHANGED, NEW_MEANING)]


def test_a_misspelt_choice_is_corrected_and_keeps_its_answers():
    """Adress was chosen 6 times of 15; as Address it goes on as one line, since its key stays."""
    before, after = plain_questionnaire(visit()), plain_questionnaire(visit())
    for content, label in ((before, "Adress"), (after, "Address")):
        content["sections"][1]["questions"][2]["choices"][1]["label"]["en"] = label
    changes = compare(questionnaire_content(before), questionnaire_content(after))

    assert effect_of(changes) == Effect.CORRECTION
    assert (changes[0].before, changes[0].after) == ("Adress", "Address")


@pytest.mark.parametrize("code", ["en", "ar"])
def test_two_labels_that_change_places_turn_answers_around_and_need_a_new_version(code):
    content = plain_questionnaire(visit())
    labels = content["sections"][2]["questions"][3]["scale"]["labels"]
    labels["1"][code], labels["5"][code] = labels["5"][code], labels["1"][code]

    assert found(content) == [
        ("agree.scale.labels.1", SWAPPED, NEW_MEANING),
        ("agree.scale.labels.5", SWAPPED, NEW_MEANING),
    ]


def test_ends_of_a_scale_that_change_places_need_a_new_version():
    content = plain_questionnaire(visit())
    scale = content["sections"][0]["questions"][0]["scale"]
    scale["low_label"], scale["high_label"] = scale["high_label"], scale["low_label"]

    assert {effect for _place, _kind, effect in found(content)} == {NEW_MEANING}


def test_languages_come_and_go_without_another_meaning():
    content = plain_questionnaire(visit())
    more = content | {"languages": ["en", "zh-hans", "ar", "de"]}

    assert found(more) == [("de", ADDED, CORRECTION)]
    assert effect_of(compare(questionnaire_content(more), visit())) == Effect.CORRECTION
    assert (CHANGED, JUDGMENT) in {
        (kind, effect) for _place, kind, effect in found(content | {"default_language": "zh-hans"})
    }


def test_the_greatest_effect_decides():
    content = plain_questionnaire(visit())
    content["sections"][0]["questions"][0]["scale"]["highest"] = 9
    content["title"]["zh-hans"] = "体验如何？"

    assert effect_of(compare(visit(), questionnaire_content(content))) == Effect.NEW_MEANING


def test_two_questionnaires_are_no_two_versions():
    with pytest.raises(ValueError, match="two questionnaires"):
        compare(visit(), questionnaire_content(plain_questionnaire(visit()) | {"key": "other"}))


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("Adress", "Address", True),
        ("recieve", "receive", True),
        ("How satisfied are you", "How satisfied are you?", True),
        ("VERY GOOD", "Very good", True),
        ("separete", "separate", True),
        ("We were told", "We were not told", False),
        ("satisfied", "dissatisfied", False),
        ("likely", "unlikely", False),
        ("It is now done", "It is not done", False),
        ("in 30 days", "in 31 days", False),
        ("agree10000", "agree10001", False),
        ("very good", "good", False),
        ("good", "very good", False),
        ("满意", "满意。", True),
        ("我对服务感到满意", "我对服务感到不满", False),
        ("", "Help", False),
        ("Help", "", False),
        ("", "", True),
    ],
)
def test_spelling_is_told_from_other_words(before, after, is_same):
    assert is_spelling(before, after) is is_same
