"""One page as a form: what is shown in a language, what travels along, and where the way leads."""

import re
from decimal import Decimal

import pytest
from django.http import QueryDict

from questionnaires.answering import Answer
from questionnaires.forms import QuestionnaireForm, language_among, own_name
from questionnaires.phrases import LANGUAGES, PHRASES
from questionnaires.presentation import Speech, numbers_of, question_view
from questionnaires.wording import direction_of, said_in
from tests.questionnaires.build import choice, scale, small, words
from tests.questionnaires.pages import visit


def sent(page: int, **answers: str | list[str]) -> QueryDict:
    """What a browser sends from a page; names with an underscore are those of the form itself."""
    data = QueryDict(mutable=True)
    data["q-page"] = str(page)
    for name, values in answers.items():
        name = name.strip("_") if name == "go_" else f"q-{name.replace('_', '-')}"
        data.setlist(name, values if isinstance(values, list) else [values])
    return data


def shown_keys(form: QuestionnaireForm) -> list[str]:
    return [question.key for question in form.questions]


# --- texts and languages ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "text", "language"),
    [
        ("de", "drei", "de"),
        ("de-at", "drei", "de"),
        ("DE_at", "drei", "de"),
        ("zh-tw", "參", "zh-hant"),
        ("zh-cn", "三", "zh-hans"),
        ("fr", "three", "en"),
        ("", "three", "en"),
    ],
)
def test_a_text_says_in_which_language_it_stands(wanted, text, language):
    said = said_in({"en": "three", "de": "drei", "zh-hans": "三", "zh-hant": "參"}, wanted, default="en")

    assert (said.text, said.language) == (text, language)


def test_a_text_without_the_default_language_is_said_in_any_and_no_text_is_empty():
    assert said_in({"fr": "trois"}, "de", default="en").language == "fr"
    assert not said_in({}, "de", default="en")


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        *[(code, "rtl") for code in ("ar", "he-il", "fa", "ur", "ckb", "az-arab")],
        *[(code, "ltr") for code in ("en", "zh-hans", "ku", "ar-latn")],
    ],
)
def test_each_language_has_its_direction(language, direction):
    assert direction_of(language) == direction


def test_every_phrase_has_every_language_and_the_same_places_for_numbers():
    gaps = re.compile(r"%\(\w+\)s")
    for name, text in PHRASES.items():
        assert tuple(text) == LANGUAGES, name
        assert all(text.values()), name
        for words_ in text.values():
            assert sorted(gaps.findall(words_)) == sorted(gaps.findall(text["en"])), name
            assert words_.count("%") == text["en"].count("%"), name


def test_numbers_are_written_as_the_language_does_or_as_in_english():
    assert numbers_of("de").shortest(Decimal("0.5")) == "0,5"
    assert numbers_of("pt-br").shortest(Decimal("0.5")) == "0,5"
    assert numbers_of("tlh").shortest(Decimal("0.5")) == "0.5"


def test_a_reader_gets_the_nearest_language_of_the_questionnaire():
    assert language_among(visit(), "zh-CN") == "zh-hans"
    assert language_among(visit(), "ar-eg") == "ar"
    assert language_among(visit(), "fr") == "en"
    assert own_name("ar") == "العربية"
    assert own_name("tlh") == "tlh"


def test_own_words_on_buttons_replace_those_of_the_product_in_their_language_alone():
    content = small(scale("nps"), languages=["en", "de"], phrases={"send": {"de": "Abschicken"}})

    assert QuestionnaireForm(content, language="de").phrases["send"].text == "Abschicken"
    assert QuestionnaireForm(content).phrases["send"].text == "Send"


# --- what is shown ------------------------------------------------------------------------------------


def view(question, *typed: str, language: str = "en"):
    content = small(question)
    return question_view(content.questions[0], typed, Speech.of(content, language), name="q-it", id="q-it")


def test_a_scale_shows_every_step_with_its_ends_and_what_was_chosen():
    found = view(scale("it", 0, 2, low_label={"en": "Never"}), "1")

    assert [(option.value, option.label.text, option.end.text) for option in found.options] == [
        ("0", "0", "Never"),
        ("1", "1", ""),
        ("2", "2", ""),
    ]
    assert [option.is_chosen for option in found.options] == [False, True, False]
    assert [option.id for option in found.options] == ["q-it", "", ""]
    assert (found.layout, found.low.text, found.high.text) == ("steps", "0 – Never", "")


def test_a_labelled_scale_is_a_list_of_words():
    found = view(scale("it", 0, 2, labels={"0": {"en": "No"}, "2": {"en": "Yes"}}))

    assert found.layout == "cards"
    assert [option.label.text for option in found.options] == ["No", "1", "Yes"]


def test_only_optional_circles_offer_no_answer():
    def special(question) -> list[str]:
        return [option.value for option in view(question).special]

    assert special(scale("it")) == [""]
    assert special(scale("it", required=True)) == []
    assert special(choice("it", "a", "b", do_not_know=True)) == ["do_not_know", ""]
    assert special(choice("it", "a", "b", kind="several_choices", not_applicable=True)) == ["not_applicable"]
    assert special(scale("it", 0, 100)) == []


def test_a_typed_scale_says_which_numbers_it_takes():
    assert view(scale("it", 0, 100)).hint.text == "A number from 0 to 100"
    halves = view(scale("it", 0, 50, step=0.5), language="de").hint
    assert halves.text == "Eine Zahl von 0 bis 50, in Schritten von 0,5"
    assert view(scale("it", 0, 100, not_applicable=True), "not_applicable").typed == ""
    assert view(scale("it", 0, 100), "abc").typed == "abc"


def test_optional_says_optional_and_required_says_nothing():
    assert view(words("it")).optional.text == "optional"
    assert view(words("it", required=True)).optional is None


def test_what_was_typed_is_escaped_and_a_stand_in_is_marked_with_its_language():
    content = small(words("why", lines=1, help={"en": "In <b>few</b> words"}), languages=["en", "ar"])
    form = QuestionnaireForm(content, language="ar", kept={"why": ['"><script>']})
    html = form.render()

    assert "<script>" not in html
    assert 'value="&quot;&gt;&lt;script&gt;"' in html
    assert '<span lang="en" dir="ltr">In &lt;b&gt;few&lt;/b&gt; words</span>' in html


# --- the way ------------------------------------------------------------------------------------------


def test_the_way_leads_to_what_an_answer_asks_for():
    assert shown_keys(QuestionnaireForm.posted(visit(), sent(0, nps="6")).onward()) == ["why"]
    assert shown_keys(QuestionnaireForm.posted(visit(), sent(0, nps="7")).onward()) == ["bought"]


def test_a_page_with_a_problem_stays_and_keeps_what_was_typed():
    form = QuestionnaireForm.posted(visit(), sent(4, nps="9", bought="0", effort="101")).onward()

    assert shown_keys(form) == ["thanks", "effort", "channels", "agree", "name"]
    assert {question.key: question.error.text for question in form.problems} == {
        "effort": "This number is not on the scale.",
        "channels": "Please answer this question.",
    }
    assert dict(form.errors) == {
        "effort": ["This number is not on the scale."],
        "channels": ["Please answer this question."],
    }
    assert next(question for question in form.questions if question.key == "effort").typed == "101"


def test_going_back_checks_nothing_and_loses_nothing():
    form = QuestionnaireForm.posted(visit(), sent(4, nps="9", bought="0", effort="101", go_="back")).onward()

    assert shown_keys(form) == ["bought"]
    assert form.problems == []
    assert ("q-effort", "101") in form.carried


def test_another_language_keeps_the_page_and_checks_nothing():
    form = QuestionnaireForm.posted(visit(), sent(1, nps="2", why="x", to_language="ar")).onward()

    assert (form.language, form.direction, shown_keys(form)) == ("ar", "rtl", ["why"])
    assert form.questions[0].typed == "x"


def test_an_answer_cleared_on_its_page_is_gone_though_it_was_kept():
    content = small(choice("reach", "a", "b", kind="several_choices"), words("why"))
    form = QuestionnaireForm.posted(content, sent(0), kept={"reach": ["a"], "why": ["old"]})

    assert form.is_valid()
    assert form.answers == {}


def test_what_is_kept_elsewhere_counts_and_does_not_travel():
    form = QuestionnaireForm.posted(visit(), sent(2, bought="1"), kept={"nps": ["9"]}, carries=False)

    assert form.answers["nps"] == Answer(question="nps", number=Decimal(9))
    assert form.onward().carried == [("q-page", "3"), ("q-language", "en")]


def test_all_is_done_only_when_nothing_is_missing_anywhere():
    last = sent(4, nps="9", bought="0", channels="none")
    done = QuestionnaireForm.posted(visit(), last)
    assert done.onward() is None
    assert set(done.answers) == {"nps", "bought", "channels"}

    forged = QuestionnaireForm.posted(visit(), sent(4, bought="0", channels="none")).onward()
    assert shown_keys(forged) == ["nps"]
    assert [question.key for question in forged.problems] == ["nps"]


@pytest.mark.parametrize("page", ["", "x", "-1", "99999999999", "٣x"])
def test_a_page_that_does_not_exist_is_the_nearest_one(page):
    data = sent(0)
    data["q-page"] = page

    assert QuestionnaireForm.posted(visit(), data).page.number in {0, 4}


def test_the_last_page_sends_and_others_go_on():
    assert QuestionnaireForm(visit()).has_later
    assert not QuestionnaireForm(visit(), page=4, kept={"nps": ["9"], "bought": ["0"]}).has_later
    assert not QuestionnaireForm(visit()).has_earlier
    assert QuestionnaireForm(visit(), page=2, kept={"nps": ["9"]}).has_earlier


def test_cleaned_data_are_the_answers_of_the_page():
    form = QuestionnaireForm.posted(visit(), sent(2, nps="9", bought="1"))

    assert form.is_valid()
    assert form.cleaned_data == {"bought": Answer(question="bought", number=Decimal(1))}
