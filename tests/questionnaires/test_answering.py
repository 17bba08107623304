"""Typed answers become answers of a type or an error, and what a skip rule hides counts nowhere."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.answering import Answer, AnswerProblem, AnswerStatus, evaluate, number_typed
from questionnaires.content import Comparison, Questionnaire
from questionnaires.importers import questionnaire_content
from questionnaires.paging import may_follow, page_after, page_before, page_with_problem, pages_of
from tests.questionnaires.build import choice, questionnaires, scale, small, typed_for, words

EASY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer_to(question: dict, *typed: str) -> Answer | None:
    return evaluate(small(question), {question["key"]: list(typed)}).answers.get(question["key"])


def problem_of(question: dict, *typed: str) -> tuple[AnswerProblem, int | None]:
    error = evaluate(small(question), {question["key"]: list(typed)}).errors[question["key"]]
    return error.problem, error.limit


# --- one answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", "0"),
        ("10", "10"),
        (" 7 ", "7"),
        ("7.0", "7"),
        ("7,0", "7"),
        ("٧", "7"),
        ("00", "0"),
        ("１０", "10"),
    ],
)
def test_a_number_on_the_scale_is_read_in_any_digits(typed, number):
    assert answer_to(scale("nps"), typed) == Answer(question="nps", number=Decimal(number))


@pytest.mark.parametrize("typed", ["11", "-1", "6.5", "10.001"])
def test_a_number_off_the_scale_is_refused(typed):
    assert problem_of(scale("nps"), typed) == (AnswerProblem.OUTSIDE_SCALE, None)


@pytest.mark.parametrize(
    "typed", ["ten", "1e1", "nan", "Infinity", "1,250.5", "5.", ".5", "--3", "1 0", "9" * 40]
)
def test_what_is_no_number_is_refused(typed):
    assert problem_of(scale("nps"), typed) == (AnswerProblem.NOT_A_NUMBER, None)


def test_halves_and_tenths_are_exact():
    stars = scale("stars", 0.5, 5, step=0.5)
    tenths = scale("tenths", 0, 1, step=0.1)

    assert answer_to(stars, "3,5") == Answer(question="stars", number=Decimal("3.5"))
    assert problem_of(stars, "3.25") == (AnswerProblem.OUTSIDE_SCALE, None)
    assert answer_to(tenths, "0.3") == Answer(question="tenths", number=Decimal("0.3"))


def test_a_number_that_could_be_a_thousand_is_refused_where_the_scale_reaches_it():
    assert number_typed("1,250", has_thousands=True) is None
    assert number_typed("1.250", has_thousands=True) is None
    assert number_typed("1,25", has_thousands=True) == Decimal("1.25")
    assert number_typed("1,250", has_thousands=False) == Decimal("1.250")
    assert problem_of(scale("spend", 0, 1000), "1,000") == (AnswerProblem.NOT_A_NUMBER, None)
    assert answer_to(scale("spend", 0, 1000), "1000") == Answer(question="spend", number=Decimal(1000))
    assert answer_to(scale("owed", -1000, 0), "−1000") == Answer(question="owed", number=Decimal(-1000))


def test_one_choice_takes_one_and_knows_its_own():
    paid = choice("paid", "cash", "card")

    assert answer_to(paid, "card") == Answer(question="paid", choices=("card",))
    assert answer_to(paid, "card", "card") == Answer(question="paid", choices=("card",))
    assert problem_of(paid, "cheque") == (AnswerProblem.NOT_ON_OFFER, None)
    assert problem_of(paid, "cash", "card") == (AnswerProblem.CONTRADICTION, None)


def test_several_choices_keep_the_order_of_the_question_and_their_limits():
    reach = choice("reach", "phone", "mail", "chat", kind="several_choices", least=2, most=2)

    assert answer_to(reach, "chat", "phone") == Answer(question="reach", choices=("phone", "chat"))
    assert answer_to(reach) is None  # not required: no answer is none too few
    assert problem_of(reach, "phone") == (AnswerProblem.TOO_FEW, 2)
    assert problem_of(reach, "phone", "mail", "chat") == (AnswerProblem.TOO_MANY, 2)


def test_none_of_these_goes_with_no_other_and_is_never_too_few():
    reach = choice("reach", "phone", "mail", "none", kind="several_choices", least=2)
    reach["choices"][2]["exclusive"] = True

    assert answer_to(reach, "none") == Answer(question="reach", choices=("none",))
    assert problem_of(reach, "none", "mail") == (AnswerProblem.CONTRADICTION, None)


@pytest.mark.parametrize(
    "question", [scale("it"), choice("it", "a", "b"), choice("it", "a", "b", kind="several_choices")]
)
def test_an_answer_without_a_value_is_taken_where_it_is_offered_and_stands_alone(question):
    offered = question | {"not_applicable": True, "do_not_know": True}

    assert answer_to(offered, "not_applicable") == Answer(question="it", status=AnswerStatus.NOT_APPLICABLE)
    assert answer_to(offered, "do_not_know") == Answer(question="it", status=AnswerStatus.DO_NOT_KNOW)
    assert problem_of(offered, "do_not_know", "not_applicable") == (AnswerProblem.CONTRADICTION, None)
    assert problem_of(offered, "a" if "choices" in question else "5", "do_not_know") == (
        AnswerProblem.CONTRADICTION,
        None,
    )
    assert problem_of(question | {"not_applicable": True}, "do_not_know") == (
        AnswerProblem.NOT_ON_OFFER,
        None,
    )


def test_words_are_trimmed_keep_their_lines_and_are_measured_as_kept():
    why = words("why", most_characters=5)

    assert answer_to(why, "  a\r\nb\rc ") == Answer(question="why", text="a\nb\nc")
    assert answer_to(why, "not_applicable"[:5]) == Answer(question="why", text="not_a")
    assert problem_of(why, "abcdef") == (AnswerProblem.TOO_LONG, 5)


@pytest.mark.parametrize("typed", ["", "   ", "\r\n", "\u200b", "\u2060\ufeff \u00a0"])
def test_what_nobody_can_see_is_no_answer(typed):
    required = words("why", required=True)

    assert answer_to(required, typed) is None
    assert problem_of(required, typed) == (AnswerProblem.MISSING, None)
    assert evaluate(small(required), {"why": [typed]}).missing == ("why",)


# --- skip rules -----------------------------------------------------------------------------------


def shop() -> Questionnaire:
    return small(
        scale("bought", 0, 1, required=True),
        scale("till", 1, 5, required=True, show_when=[{"question": "bought", "equals": 1}]),
        words("why", show_when=[{"question": "till", "below": 3}]),
    )


def test_an_answer_that_a_rule_hides_later_counts_nowhere():
    """Bought: yes; the till: 1; back, and no. Two others rate the till 5 and 4: its mean is 4.5 of 2."""
    typed = [
        {"bought": ["0"], "till": ["1"], "why": ["slow"]},
        {"bought": ["1"], "till": ["5"]},
        {"bought": ["1"], "till": ["4"]},
    ]
    found = [evaluate(shop(), answers) for answers in typed]

    assert all(one.is_complete for one in found)
    assert found[0].dropped == ("till", "why")
    assert found[0].visible == ("bought",)
    ratings = [one.answers["till"].number for one in found if "till" in one.answers]
    assert ratings == [Decimal(5), Decimal(4)]


def test_a_hidden_question_is_neither_missing_nor_wrong():
    found = evaluate(shop(), {"bought": ["0"], "till": ["a hundred"]})

    assert (found.errors, found.missing) == ({}, ())


def test_what_hangs_on_a_hidden_or_wrong_answer_is_hidden_too():
    assert evaluate(shop(), {"bought": ["1"], "till": ["0"], "why": ["x"]}).visible == ("bought", "till")
    assert evaluate(shop(), {}).visible == ("bought",)


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ({"below": 7}, [0, 6]),
        ({"above": 7}, [8, 10]),
        ({"equals": 7}, [7]),
        ({"one_of": [6, 8]}, [6, 8]),
    ],
)
def test_below_and_above_leave_the_value_itself_out(rule, shown):
    asked = small(scale("nps"), words("why", show_when=[{"question": "nps", **rule}]))
    tried = [0, 6, 7, 8, 10]

    assert [n for n in tried if "why" in evaluate(asked, {"nps": [str(n)]}).visible] == shown


def test_one_of_several_chosen_is_enough_and_all_conditions_must_hold():
    asked = small(
        choice("reach", "phone", "mail", "chat", kind="several_choices"),
        scale("nps"),
        words(
            "why",
            show_when=[{"question": "reach", "one_of": ["mail", "chat"]}, {"question": "nps", "below": 5}],
        ),
    )

    def shows(*reach: str, nps: str) -> bool:
        return "why" in evaluate(asked, {"reach": list(reach), "nps": [nps]}).visible

    assert shows("phone", "mail", nps="4")
    assert not shows("phone", nps="4")
    assert not shows("mail", nps="5")


def test_a_rule_can_ask_for_do_not_know_which_is_neither_below_nor_above():
    asked = small(
        scale("nps", do_not_know=True),
        words("told", show_when=[{"question": "nps", "equals": "do_not_know"}]),
        words("low", show_when=[{"question": "nps", "below": 7}]),
        words("high", show_when=[{"question": "nps", "above": 7}]),
    )

    assert evaluate(asked, {"nps": ["do_not_know"]}).visible == ("nps", "told")
    assert evaluate(asked, {"nps": ["3"]}).visible == ("nps", "low")


def test_every_comparison_is_a_word_of_the_file():
    assert [comparison.value for comparison in Comparison] == ["equals", "one_of", "below", "above"]


@given(data=st.data())
@EASY
def test_no_hidden_answer_survives_whatever_is_typed(data):
    content = questionnaire_content(data.draw(questionnaires()))
    typed = data.draw(typed_for(content))
    found = evaluate(content, typed)

    assert set(found.answers) | set(found.errors) <= set(found.visible)
    assert not set(found.answers) & set(found.errors)
    assert set(found.missing) <= set(found.errors)
    hidden = {question.key for question in content.questions} - set(found.visible)
    assert set(found.dropped) <= hidden
    without = evaluate(content, {key: values for key, values in typed.items() if key not in hidden})
    assert (without.answers, without.visible, without.errors) == (found.answers, found.visible, found.errors)
    for question in content.questions:  # each rule again, by hand
        for condition in question.show_when if question.key in found.visible else ():
            assert condition.question in found.answers


# --- pages ----------------------------------------------------------------------------------------


def test_a_question_that_hangs_on_another_never_shares_its_page():
    pages = pages_of(shop())

    assert [[question.key for question in page.questions] for page in pages] == [
        ["bought"],
        ["till"],
        ["why"],
    ]
    assert [page.is_first_of_section for page in pages] == [True, False, False]


def test_the_way_leads_past_pages_with_nothing_to_show_there_and_back():
    content = shop()
    pages = pages_of(content)
    no, yes = evaluate(content, {"bought": ["0"]}), evaluate(content, {"bought": ["1"], "till": ["2"]})

    assert page_after(pages, 0, no) is None
    assert page_after(pages, 0, yes) == pages[1]
    assert page_after(pages, 1, yes) == pages[2]
    assert page_before(pages, 2, yes) == pages[1]
    assert page_before(pages, 2, no) == pages[0]
    assert page_before(pages, 0, yes) is None
    assert page_with_problem(pages, yes) is None
    assert page_with_problem(pages, evaluate(content, {"bought": ["1"]})) == pages[1]


def test_another_page_may_follow_until_an_earlier_answer_rules_it_out():
    pages = pages_of(shop())

    assert may_follow(pages, 0, evaluate(shop(), {}))
    assert may_follow(pages, 1, evaluate(shop(), {"bought": ["1"]}))
    assert not may_follow(pages, 2, evaluate(shop(), {"bought": ["1"], "till": ["2"]}))
    content = small(
        scale("nps"),
        words("low", show_when=[{"question": "nps", "below": 7}]),
        words("high", show_when=[{"question": "nps", "above": 6}]),
    )
    assert [len(page.questions) for page in pages_of(content)] == [1, 2]


@given(data=st.data())
@EASY
def test_every_question_stands_on_one_page_and_every_visible_one_is_reached(data):
    content = questionnaire_content(data.draw(questionnaires()))
    found = evaluate(content, data.draw(typed_for(content)))
    pages = pages_of(content)
    assert [q.key for page in pages for q in page.questions] == [q.key for q in content.questions]
    assert [page.number for page in pages] == list(range(len(pages)))
    reached, page = [], pages[0] if pages[0].is_visible(found) else page_after(pages, 0, found)
    while page is not None:
        reached += [q.key for q in page.questions if q.key in found.visible]
        following = page_after(pages, page.number, found)
        assert following is None or may_follow(pages, page.number, found)
        page = following
    assert tuple(reached) == found.visible
