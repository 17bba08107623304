"""Questionnaire files: what is read, and how refusals name the line, the place and what to do."""

from contextlib import suppress
from copy import deepcopy
from decimal import Decimal

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.content import Comparison, Condition, ScaleLook
from questionnaires.errors import QuestionnaireInvalid
from questionnaires.importers import questionnaire_content, read_questionnaire
from questionnaires.loading import MOST_CHARACTERS, MOST_DEPTH, load_yaml
from questionnaires.stored import digest_of_questionnaire, plain_questionnaire
from questionnaires.translations import missing_translations
from tests.architecture.test_floors import ROOT
from tests.questionnaires.build import choice, questionnaires, raw, scale, small, words
from tests.questionnaires.pages import FILE, visit

EASY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def problems(content) -> dict[str, str]:
    with pytest.raises(QuestionnaireInvalid) as caught:
        questionnaire_content(content)
    return dict(caught.value.problems)


def problem_in(text: str) -> tuple[str, str]:
    with pytest.raises(QuestionnaireInvalid) as caught:
        read_questionnaire(text)
    return caught.value.problems[0]


# --- what is read ---------------------------------------------------------------------------------


def test_a_file_with_every_kind_is_read_as_it_is_written():
    content = visit()

    assert (content.key, content.version, content.languages) == ("visit", "1.0", ("en", "zh-hans", "ar"))
    assert [section.key for section in content.sections] == ["overall", "shop", "more"]
    kinds = "scale text scale scale one_choice statement scale several_choices scale text"
    assert [question.kind.value for question in content.questions] == kinds.split()
    till = content.question("till")
    assert till.scale is not None
    assert (till.scale.lowest, till.scale.step, till.scale.steps) == (Decimal("0.5"), Decimal("0.5"), 10)
    assert till.scale.look == ScaleLook.STARS
    assert till.show_when == (
        Condition(question="bought", comparison=Comparison.EQUALS, values=(Decimal(1),)),
    )
    assert (till.is_required, till.allows_not_applicable, till.allows_do_not_know) == (False, True, True)
    effort = content.question("effort")
    assert effort.scale is not None
    assert (effort.is_reverse, effort.scale.steps, effort.scale.is_typed) == (True, 101, True)
    assert [one.text["en"] for one in content.question("bought").scale.labels] == ["No", "Yes"]
    assert content.question("channels").most == 2
    assert [one.key for one in content.question("channels").choices if one.is_exclusive] == ["none"]
    assert content.section_of("till").key == "shop"
    with pytest.raises(KeyError):
        content.question("nobody")


@pytest.mark.parametrize(("lowest", "highest", "step", "steps", "is_typed"), [
    (0, 10, 1, 11, False), (1, 5, 0.5, 9, False), (0, 1, 1, 2, False), (0, 20, 1, 21, False),
    (0, 21, 1, 22, True), (0, 100, 1, 101, True), (-3, 3, 1, 7, False), (0, 1, 0.1, 11, False),
])  # fmt: skip
def test_scales_of_every_usual_shape_are_counted_exactly(lowest, highest, step, steps, is_typed):
    found = small(scale("it", lowest, highest, step=step)).question("it").scale

    assert (found.steps, found.is_typed) == (steps, is_typed)
    assert len(list(found.values())) == steps
    assert list(found.values())[-1] == Decimal(str(highest))


def test_what_is_missing_is_listed_for_each_language_with_what_stands_in():
    found = missing_translations(visit())

    assert {language: [one.place for one in missing] for language, missing in found.items()} == {
        "en": [],
        "zh-hans": [],
        "ar": ["sections[0].questions[1].help", "sections[1].questions[2].choices[1].description"],
    }
    assert (found["ar"][0].stand_in, found["ar"][0].stand_in_language) == ("Please name no people.", "en")


def test_fixed_phrases_are_missing_in_a_language_that_the_product_does_not_have():
    content = small(scale("nps"), languages=["en", "tlh"], phrases={"next": {"tlh": "veb"}})
    places = [one.place for one in missing_translations(content)["tlh"]]

    assert places[:2] == ["title", "sections[0].questions[0].text"]
    assert "phrases.back" in places
    assert "phrases.next" not in places


# --- refusals ---------------------------------------------------------------------------------------

TEXT = """key: q
version: "1.0"
default_language: en
title: {en: Title}
sections:
  - key: all
    questions:
      - key: nps
        kind: scale
        text: {en: How much}
        scale:
          lowest: 0
          highest: 10
      - key: why
        kind: text
        text: {en: Why}
        show_when:
          - {question: nps, below: 7}
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        (
            "highest: 10",
            "highest: -1",
            "line 13 (sections[0].questions[0].scale.highest)",
            "above the lowest",
        ),
        ("lowest: 0", "lowest: a few", "line 12 (sections[0].questions[0].scale.lowest)", "a number"),
        ("          lowest: 0\n", "", "line 11 (sections[0].questions[0].scale.lowest)", "missing"),
        ("kind: text", "kind: essay", "line 15 (sections[0].questions[1].kind)", "several_choices, text"),
        ("{en: Why}", "{de: Warum}", "line 16 (sections[0].questions[1].text.en)", "default language"),
        ("{en: Why}", "{en: No}", "line 16 (sections[0].questions[1].text.en)", "in quotes"),
        ("below: 7", "below: 0", "line 18 (sections[0].questions[1].show_when[0].below)", "above 0"),
        (
            "question: nps",
            "question: why",
            "line 18 (sections[0].questions[1].show_when[0].question)",
            "before",
        ),
        ("key: q\n", "key: Q\n", "line 1 (key)", "lower-case"),
        ('"1.0"', "1.0", "line 2 (version)", "quotes"),
        ("key: all", "key: all\n    extra: 1", "line 7 (sections[0].extra)", "one of: intro, key"),
        ("version", "key", "line 2, column 1", "twice"),
        ("{en: Title}", "{en: What now?, zh-hans: x}", "line 4, column 21", "quotes"),
    ],
)
def test_every_problem_of_a_file_is_named_with_its_line_and_what_is_expected(old, new, place, expected):
    assert old in TEXT
    found = problem_in(TEXT.replace(old, new, 1))

    assert found[0] == place
    assert expected in found[1]


def test_the_text_itself_is_fine():
    assert len(read_questionnaire(TEXT).questions) == 2


REFUSED = [
    (scale("it", 0, 10, step=3), "scale.step", "exactly to the highest"),
    (scale("it", 0, 10, step=0), "scale.step", "above 0"),
    (scale("it", 0, 10, step=0.00001), "scale.step", "at most 4 decimals"),
    (scale("it", 0, 10_000_000), "scale.highest", "a number"),
    (scale("it", 0, 2000), "scale.step", "at most 1001 steps"),
    (scale("it", 0, 10, look="hearts"), "scale.look", "numbers, stars"),
    (scale("it", 0, 5, step=0.1, look="stars"), "scale.look", "halves"),
    (scale("it", 0, 3, labels={"4": {"en": "Four"}}), "scale.labels.4", "number of this scale"),
    (scale("it", 0, 3, labels=["No"]), "scale.labels", "by the number"),
    (scale("it", True, 3), "scale.lowest", "a number"),
    (scale("it") | {"choices": []}, "choices", "one of"),
    (scale("it") | {"required": "yes"}, "required", "true or false"),
    (choice("it", "a"), "choices", "at least 2"),
    (choice("it", "a", "a"), "choices[1].key", "twice"),
    (choice("it", "a", "not_applicable"), "choices[1].key", "another key"),
    (choice("it", *(f"c{n}" for n in range(51))), "choices", "at most 50"),
    (choice("it", "a", "b") | {"most": 1}, "most", "one of"),
    (choice("it", "a", "b", kind="several_choices") | {"most": 3}, "most", "from 1 to 2"),
    (choice("it", "a", "b", kind="several_choices") | {"least": 2, "most": 1}, "most", "from 2 to 2"),
    (words("it") | {"not_applicable": True}, "not_applicable", "one of"),
    (words("it") | {"most_characters": 10_001}, "most_characters", "10000"),
    (words("it") | {"lines": 0}, "lines", "from 1"),
    ({"key": "it", "kind": "statement", "text": {"en": "x"}, "required": True}, "required", "one of"),
    (scale("it") | {"show_when": []}, "show_when", "at least 1"),
    (scale("it") | {"show_when": [{"question": "it", "equals": 1}]}, "show_when[0].question", "before"),
]


@pytest.mark.parametrize(("question", "place", "expected"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_question_that_cannot_be_asked_is_refused(question, place, expected):
    found = problems(raw(question))

    assert expected in found[f"sections[0].questions[0].{place}"]


RULES = [
    ({"question": "nps"}, "", "exactly one of"),
    ({"question": "nps", "below": 3, "above": 1}, "", "exactly one of"),
    ({"question": "nps", "equals": 11}, ".equals", "offers"),
    ({"question": "nps", "equals": "not_applicable"}, ".equals", "offers"),
    ({"question": "paid", "one_of": ["cash", "gold"]}, ".one_of", "offers"),
    ({"question": "paid", "one_of": []}, ".one_of", "at least 1"),
    ({"question": "paid", "below": 3}, ".below", "question with a scale"),
    ({"question": "nps", "below": "cash"}, ".below", "a number"),
    ({"question": "nps", "below": 11}, ".below", "at most 10"),
    ({"question": "nps", "above": 10}, ".above", "below 10"),
    ({"question": "why", "equals": "x"}, ".equals", "compared with nothing"),
    ({"question": "nps", "equals": None}, ".equals", "a number"),
    ({"question": "later", "equals": 1}, ".question", "before"),
]


@pytest.mark.parametrize(("rule", "place", "expected"), RULES, ids=lambda value: str(value)[:40])
def test_a_rule_that_can_never_decide_is_refused(rule, place, expected):
    content = raw(
        scale("nps"),
        choice("paid", "cash", "card"),
        words("why"),
        words("it", show_when=[rule]),
        scale("later"),
    )

    assert expected in problems(content)[f"sections[0].questions[3].show_when[0]{place}"]


@pytest.mark.parametrize(
    ("changes", "place", "expected"),
    [
        ({"sections": []}, "sections", "at least 1"),
        ({"default_language": "x"}, "default_language", "language code"),
        ({"languages": ["en", "not a code"]}, "languages[1]", "language code"),
        ({"title": {"en": "Title", "de": "Titel"}}, "title.de", "stands in"),
        ({"phrases": {"nxt": {"en": "Go"}}}, "phrases.nxt", "answer_needed, back"),
        ({"phrases": {"choose_more": {"en": "More!"}}}, "phrases.choose_more.en", "placeholders"),
        ({"phrases": {"next": {"en": "100 %"}}}, "phrases.next.en", "placeholders"),
        ({"phrases": {"page_of": {"en": "Page %(page)s of %(page)s"}}}, "phrases.page_of.en", "placeholders"),
        ({"title": {"en": "x" * 4001}}, "title.en", "at most 4000"),
    ],
)
def test_what_concerns_the_whole_questionnaire_is_refused(changes, place, expected):
    assert expected in problems(raw(scale("nps"), **changes))[place]


def test_a_questionnaire_asks_something_and_each_thing_once():
    statement = {"key": "hello", "kind": "statement", "text": {"en": "Hello"}}

    assert "can be answered" in problems(raw(statement))["sections"]
    assert "twice" in problems(raw(scale("nps"), scale("nps")))["sections[0].questions[1].key"]
    many = [scale(f"q{n}") for n in range(201)]
    assert "at most 200" in problems(raw(*many))["sections"]


def test_depth_length_and_references_are_bounded():
    assert MOST_DEPTH == 30  # the innermost value is the thirtieth
    assert load_yaml("{a: " * 29 + "1" + "}" * 29).content
    assert "levels" in problem_in("{a: " * 30 + "1" + "}" * 30)[1]
    assert problem_in("a: &x [1]\nb: *x\n") == ("line 2, column 4", "no references (*name)")
    assert "1000000" in problem_in("#" * (MOST_CHARACTERS + 1))[1].replace(",", "")
    assert load_yaml("[" + "1," * 19_998 + "1]").content  # the list and its 19,999 values
    assert "20000" in problem_in("[" + "1," * 20_000 + "1]")[1].replace(",", "")
    assert problem_in("")[1] == "named values"
    assert "plain number" in problem_in("a: 1:30:00\n")[1]


def test_lines_are_those_of_the_names_in_the_file():
    loaded = load_yaml("a:\n  - b: 1\n    c: >-\n      long\n      text\n  - {d: 2}\n")

    assert loaded.content == {"a": [{"b": 1, "c": "long text"}, {"d": 2}]}
    assert loaded.lines == {"": 1, "a": 1, "a[0]": 2, "a[0].b": 2, "a[0].c": 3, "a[1]": 6, "a[1].d": 6}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
@EASY
def test_junk_in_any_one_place_is_read_or_refused_in_words_and_never_crashes(data):
    content = deepcopy(plain_questionnaire(visit()))
    place = content
    while True:
        steps = list(place) if isinstance(place, dict) else list(range(len(place)))
        step = data.draw(st.sampled_from(steps))
        if isinstance(place[step], (dict, list)) and place[step] and data.draw(st.booleans()):
            place = place[step]
            continue
        place[step] = data.draw(JUNK)
        break
    with suppress(QuestionnaireInvalid):
        assert questionnaire_content(content).questions


# --- round trip and digest ------------------------------------------------------------------------


@given(content=questionnaires())
@EASY
def test_content_survives_its_stored_form_and_yaml_with_the_same_digest(content):
    questionnaire = questionnaire_content(content)
    stored = plain_questionnaire(questionnaire)

    assert questionnaire_content(stored) == questionnaire
    again = read_questionnaire(yaml.safe_dump(stored, allow_unicode=True, sort_keys=False))
    assert again == questionnaire
    assert digest_of_questionnaire(again) == digest_of_questionnaire(questionnaire)


def test_the_digest_of_known_content_never_changes():
    assert (
        digest_of_questionnaire(visit()) == "d3bb160ab8670a7af102e8509b5ed6d4b2f61d977b4f686bedd33fb764a9ebfa"
    )
    assert (
        digest_of_questionnaire(small(scale("nps")))
        == "e108befcf56fe4f6e12aefd319c643345cd949678793b382097a3b805b9e3c4d"
    )


def test_how_a_file_is_written_does_not_touch_the_digest():
    text = FILE.read_text(encoding="utf-8")
    spelled = text.replace("highest: 10\n", "highest: 10.0\n").replace("most: 2", "most: 2\n        least: 0")
    spelled = spelled.replace("languages: [en, zh-hans, ar]", "languages: [zh_Hans, EN, ar, ar]")

    assert spelled != text
    assert digest_of_questionnaire(read_questionnaire(spelled)) == digest_of_questionnaire(visit())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version: "1.0"', 'version: "1.1"'),
        ("below: 7", "below: 6"),
        ("reverse: true", "reverse: false"),
        ("most: 2", "most: 3"),
        ("exclusive: true", "exclusive: false"),
        ("look: stars", "look: numbers"),
        ("完全不可能", "不可能"),
        ("most_characters: 200", "most_characters: 201"),
        ("key: mail", "key: post"),
    ],
)
def test_any_change_of_content_changes_the_digest(old, new):
    text = FILE.read_text(encoding="utf-8")
    assert old in text

    changed = read_questionnaire(text.replace(old, new, 1))
    assert digest_of_questionnaire(changed) != digest_of_questionnaire(visit())


def test_the_example_of_the_documentation_is_a_questionnaire():
    page = (ROOT / "docs" / "questionnaires.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n", 1)[1].split("```", 1)[0]

    assert [question.key for question in read_questionnaire(example).questions] == ["nps", "why"]
