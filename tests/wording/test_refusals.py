"""Every reason of the engine has its sentence, whoever refuses, in both languages."""

import pytest
from django.utils import translation

from cxstats.errors import Reason
from wording.formats import reader_of
from wording.refusals import Asked, refusal_text, refusal_with_figures

AMERICAN = reader_of("en", "US")


@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_in_both_languages(reason, asked):
    english = refusal_text(reason, asked)
    assert english.endswith(".")
    with translation.override("zh-hans"):
        chinese = refusal_text(reason, asked)
    assert chinese != english
    assert chinese.endswith("。")


def test_a_plan_speaks_of_what_lies_ahead():
    assert refusal_text(Reason.NO_POST_PERIOD, Asked.PLAN) == "The review comes too soon after the go-live."
    assert refusal_text(Reason.NO_POST_PERIOD) == "There is no whole period after the go-live yet."


def test_a_level_speaks_of_respondents():
    assert refusal_text(Reason.NO_DATA, Asked.LEVEL) == "No answer yet."
    assert refusal_text(Reason.NOT_KNOWN, Asked.LEVEL) == "Everyone who answered said “don't know”."


def test_a_plan_without_words_of_its_own_uses_the_common_ones():
    assert refusal_text(Reason.CASES_STILL_OPEN, Asked.PLAN).startswith("Too many cases were still open")


def test_the_figures_of_the_rule_follow():
    assert refusal_with_figures(AMERICAN, Reason.TOO_FEW_ANSWERS, {"needed": 5, "found": 3.5}) == (
        "Some periods rest on too few answers. Needed: 5, found: 3.5."
    )
    assert refusal_with_figures(
        AMERICAN, Reason.TOO_FEW_PERIODS, {"needed": 3, "before": 1200, "after": 1}
    ).endswith("Needed on each side: 3; found 1,200 before and 1 after.")


def test_figures_that_say_nothing_are_left_out():
    assert refusal_with_figures(AMERICAN, Reason.NO_DATA, {"needed": "many"}) == (
        "There are no answers for these touchpoints."
    )
