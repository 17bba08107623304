"""What would lift a level, said so that somebody can act on it."""

import re

import pytest

from assessments import selectors, services
from cxstats.maturity.lifting import lift_of
from tests.factories import MembershipFactory
from tests.factories.assessments import make_assessment, make_result, make_submitted

pytestmark = pytest.mark.django_db


def near(ada, **levels) -> str:
    return selectors.result_page(make_result(ada, **levels)).near


def test_one_practice_is_named_with_what_is_then_true(ada):
    # listen (2 x 2 + 4) / 3 = 2.67, act 3: overall 2.83; ask from 2 to 3 is worth 1/3, improve 1/2.
    # Ask comes first: 3 levels below the top x 1/3 of the weight, as much as improve's 2 x 1/2
    assert near(ada, ask=2, answer=4, improve=3).startswith(
        "“Band 4” starts at 3.5. 2 practices would each need to move up one level, starting with "
        "Title of ask at level 3, which means: ask level 3"
    )
    # all at 3: 0.5 is missing, and improve from 3 to 4 is worth 1/2
    assert near(ada, ask=3, answer=3, improve=3).startswith(
        "“Band 4” starts at 3.5. One practice would get you there: "
        "Title of improve at level 4, which means: improve level 4"
    )


def test_at_the_top_there_is_nothing_to_lift(ada):
    text = near(ada, ask=5, answer=5, improve=5)
    assert text == "It is a close call: 2 answers one level lower would give “Band 4”."


def test_numbers_of_answers_are_said_only_where_they_are_one_or_two(ada):
    """Twenty people: a fall takes dozens of answers, which nobody can use."""
    assessment = make_assessment(ada)
    for _ in range(20):
        make_submitted(
            MembershipFactory(organization=ada.organization), assessment, ask=3, answer=3, improve=3
        )
    text = selectors.result_page(services.close_assessment(by=ada, assessment=assessment)).near

    assert "answers" not in text
    assert re.findall(r"\d\d+", text) == []
    # 2.5 exactly: a single answer lower loses the band
    assert "a single answer one level lower would give “Band 2”" in near(ada, ask=3, answer=3, improve=2)


def test_a_practice_has_no_such_sentence_and_a_dimension_has_its_own(ada):
    page = selectors.result_page(make_result(ada, ask=2, answer=4, improve=3))
    listen = page.dimensions[0]

    assert listen.figure.near.startswith("“Band 4” starts at 3.5.")
    assert "improve" not in listen.figure.near
    assert all(item.figure.near == "" for item in listen.practices)


def test_steps_follow_the_opportunities_and_it_is_said_when_they_do_not_suffice(ada):
    profile = selectors.maturity_profile_of(make_result(ada, ask=2, answer=4, improve=3))

    lift = lift_of(profile=profile, standing=profile.overall)
    assert [(step.practice, step.to_level) for step in lift.steps] == [("ask", 3), ("improve", 4)]
    assert [step.gain for step in lift.steps] == pytest.approx([1 / 3, 1 / 2])
    assert lift.reaches
    uneven = make_assessment(ada)
    for levels in ((4, 4, 4), (3, 3, 3), (4, 4, 4)):
        given = dict(zip(("ask", "answer", "improve"), levels, strict=True))
        make_submitted(MembershipFactory(organization=ada.organization), uneven, **given)
    profile = selectors.maturity_profile_of(services.close_assessment(by=ada, assessment=uneven))
    lift = lift_of(profile=profile, standing=profile.overall)
    assert (len(lift.steps), lift.reaches) == (3, False)  # 3.67 to 4 everywhere is still below 4.5


def test_every_piece_of_advice_names_the_same_practice_first(ada):
    """The headline's, the first opportunity and the start of the way into the next band; no strength."""
    for levels in ({"ask": 2, "answer": 4, "improve": 3}, {"ask": 4, "answer": 4, "improve": 2},
                   {"ask": 3, "answer": 3, "improve": 3}):  # fmt: skip
        page = selectors.result_page(make_result(ada, **levels))
        first = page.opportunities[0].title
        assert f"What holds it back most: {first}," in page.headline
        assert f"{first} at level" in page.near
        strengths = {item.name for item in page.strengths}
        assert not strengths & {item.title for item in page.opportunities}
