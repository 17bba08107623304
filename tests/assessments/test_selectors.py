"""What the pages say."""

import pytest
from django.utils import translation

from accounts.choices import Action
from assessments import selectors, services
from assessments.access import assessment_for
from tests.factories import MembershipFactory
from tests.factories.assessments import (
    make_assessment,
    make_result,
    make_submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def split_round(ada, ben):
    """Ada (executive) sees 5, Ben (front line) sees 1 in `ask`; both 3 elsewhere."""
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, "executive", ask=5, answer=3, improve=4)
    make_submitted(ben, assessment, "front_line", ask=1, answer=3, improve=3)
    return services.close_assessment(by=ada, assessment=assessment)


def test_the_result_opens_with_level_band_what_holds_back_and_the_widest_disagreement(split_round):
    page = selectors.result_page(split_round)

    # listen: (3 x 2 + 3 x 1) / 3 = 3; act: 3.5; overall 3.25
    assert page.headline.startswith("Northwind Telecom is at level 3.3 of 5, “Band 3”.")
    assert "Title of ask" in page.headline
    assert "level 1 to level 5" in page.disagreement
    assert [item.figure.key for item in page.disputed] == ["ask"]
    assert page.overall.perspectives == ()  # one person each: nothing is shown by group
    # overall 3.25, the next band begins at 3.5: improve from 3.5 to 4 is worth 0.5 x 1/2
    assert page.near.startswith(
        "“Band 4” starts at 3.5. One practice would get you there: Title of ask at level 4, which "
        "means: ask level 4"
    )


def test_opportunities_carry_the_next_step_from_the_level_reached(split_round):
    first = selectors.result_page(split_round).opportunities[0]

    # gap 1 x share (2/3 x 1/2) x 0.5
    assert (first.practice, first.next_title) == ("ask", "Step 3 of ask")
    assert first.priority == pytest.approx(1 * (1 / 3) * 0.5)


def test_a_claimed_level_without_its_prerequisite_is_named(ada):
    page = selectors.result_page(make_result(ada, ask=2, answer=3, improve=4))

    assert page.prerequisites[0].claimed
    assert "Title of improve" in page.prerequisites[0].sentence
    assert page.prerequisites[0].reason == "Ask first"


def test_the_explanation_adds_up_number_by_number(split_round):
    for line in selectors.result_page(split_round).lines:
        assert sum(part.contribution for part in line.summands) == pytest.approx(line.level)


def test_content_is_in_the_readers_language_with_english_where_there_is_none(split_round):
    with translation.override("zh-hans"):
        assert selectors.result_page(split_round).dimensions[0].figure.name == "中文 Listening"
    with translation.override("de"):
        assert selectors.result_page(split_round).dimensions[0].figure.name == "Listening"


def test_reading_a_result_never_computes_it_again(split_round, monkeypatch):
    monkeypatch.setattr("assessments.services.results.maturity_profile", None)
    split_round.profile["overall"]["level"] = 1.25  # as stored, right or wrong

    assert selectors.maturity_profile_of(split_round).overall.level == 1.25


def test_remarks_come_without_names_and_only_after_the_closing(ada, ben):
    assessment = make_assessment(ada)
    for _ in range(2):
        make_submitted(MembershipFactory(organization=ada.organization), assessment)
    seat = services.take_seat(by=ben, assessment=assessment, perspective="front_line")
    for practice in ("ask", "answer", "improve"):
        services.save_answer(response=seat, practice=practice, level=2, comment="Nobody asks.")
    services.submit_response(by=ben, response=seat)
    result = services.close_assessment(by=ada, assessment=assessment)
    remark = selectors.result_page(result).dimensions[0].practices[0].remarks[0]

    assert (remark.group, remark.comment) == ("", "Nobody asks.")
    services.reopen_assessment(by=ada, assessment=assessment, reason="more")
    result.assessment.refresh_from_db()
    assert selectors.result_page(result).dimensions[0].practices[0].remarks == ()


def test_rounds_are_compared_side_by_side(ada):
    make_result(ada, ask=2, answer=2, improve=2)
    page = selectors.result_page(make_result(ada, ask=3, answer=3, improve=3))

    assert [item.overall for item in page.rounds] == pytest.approx([2.0, 3.0])
    assert page.compared[0].levels == pytest.approx((2.0, 3.0))


def test_the_seed_of_an_initiative_has_title_description_and_problem(split_round):
    seed = selectors.initiative_seed(split_round, "ask")

    assert (seed.title, seed.description) == ("Step 3 of ask", "Do ask")
    assert "is at level 3, the target is 4.0: ask level 3" in seed.problem
    with pytest.raises(KeyError):
        selectors.initiative_seed(split_round, "gone")


def test_what_waits_for_a_member_disappears_when_it_is_handed_in(ada):
    assessment = make_assessment(ada, takes_part=True)
    waiting = selectors.waiting_for(ada)

    assert [(item.assessment_pk, item.answered, item.practices) for item in waiting] == [
        (assessment.pk, 0, 3)
    ]
    make_submitted(ada, assessment)
    assert selectors.waiting_for(ada) == []


def test_the_first_open_dimension_is_found(ada):
    seat = services.take_seat(by=ada, assessment=make_assessment(ada))

    assert selectors.first_open_dimension(seat) == "listen"
    services.save_answer(response=seat, practice="ask", level=1)
    services.save_answer(response=seat, practice="answer", status="dont_know")
    assert selectors.first_open_dimension(seat) == "act"
    services.save_answer(response=seat, practice="improve", level=1)
    assert selectors.first_open_dimension(seat) is None


def test_queries_do_not_grow_with_rounds_or_respondents(ada, django_assert_max_num_queries):
    assessment = make_assessment(ada)
    for number in range(6):
        member = MembershipFactory(organization=ada.organization)
        make_submitted(member, assessment, "executive", ask=1 + number % 5, answer=2, improve=3)
    result = services.close_assessment(by=ada, assessment=assessment)
    for _ in range(4):
        make_result(ada)
    assessment = assessment_for(ada, assessment.pk, Action.VIEW)

    with django_assert_max_num_queries(2):
        assert len(selectors.rows_of(list(selectors.assessment_rows(ada.organization, ada)))) == 5
    with django_assert_max_num_queries(3):
        assert len(selectors.round_page(assessment, ada).seats) == 6
    with django_assert_max_num_queries(5):
        selectors.result_page(result)


# --- claims need answers -----------------------------------------------------------------------


@pytest.fixture
def thin_round(ada, ben, cleo, organization):
    """Four people; `act` (improve) and `ask` have one answer each of all four, at the ends of the scale."""
    people = [ada, ben, cleo, MembershipFactory(organization=organization)]
    assessment = make_assessment(ada)
    for number, person in enumerate(people):
        rest = (
            {"ask": 1, "improve": 5} if number == 0 else dict.fromkeys(("ask", "improve"), "not_applicable")
        )
        make_submitted(person, assessment, answer=3, **rest)
    return services.close_assessment(by=ada, assessment=assessment)


def test_no_dimension_is_furthest_along_on_one_answer(thin_round):
    page = selectors.result_page(thin_round)
    assert page.chart.title == "Level by dimension"


def test_what_one_person_answered_is_not_what_holds_the_organization_back(thin_round):
    assert "Title of ask" not in selectors.result_page(thin_round).headline


def test_the_title_says_how_many_answered_each_dimension(ada, ben, cleo, organization):
    assessment = make_assessment(ada)
    people = [ada, ben, cleo, MembershipFactory(organization=organization)]
    for number, person in enumerate(people):
        make_submitted(person, assessment, ask=2, answer=2, improve="not_applicable" if number == 0 else 4)
    result = services.close_assessment(by=ada, assessment=assessment)
    title = selectors.result_page(result).chart.title
    assert "furthest along (n = 3); " in title
    assert title.endswith("has the most room to improve (n = 4)")


def test_ones_own_quick_check_compares_what_one_answered(ada):
    title = selectors.result_page(make_result(ada, ask=2, answer=2, improve=4)).chart.title
    assert "is furthest along; " in title
