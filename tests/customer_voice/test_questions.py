"""Which question a cell of a series counts for, where several were asked."""

from datetime import date, timedelta

import pytest

from customer_voice.selectors.questions import asked_in, questions_of
from tests.factories.customer_voice import MetricDefinitionFactory

WEEK = date(2026, 1, 5)


def cells(**rows: list[dict[str, int]]) -> dict[tuple[str, date], dict[str, int]]:
    """Touchpoints with what was asked in their weeks; an empty week is not there."""
    return {
        (place, WEEK + timedelta(weeks=number)): asked
        for place, weeks in rows.items()
        for number, asked in enumerate(weeks)
        if asked
    }


def read(**rows: list[dict[str, int]]) -> dict[str, str]:
    """Questions of every touchpoint's cells as one text: "aabb"."""
    found: dict[str, str] = {}
    for (place, _day), question in sorted(asked_in(cells(**rows)).items()):
        found[place] = found.get(place, "") + question
    return found


A, B = {"a": 40}, {"b": 40}


def test_one_question_is_that_of_every_cell():
    assert read(shop=[A, A, {"a": 1}]) == {"shop": "aaa"}


def test_period_of_the_change_counts_for_what_most_of_its_answers_were_asked():
    assert read(shop=[A, {"a": 31, "b": 9}, B]) == {"shop": "aab"}
    assert read(shop=[A, {"a": 9, "b": 31}, B]) == {"shop": "abb"}


def test_change_in_the_middle_of_a_period_is_one_change_at_all_touchpoints():
    """Most answers at the hotline were to the old question; most of all in that week to the new one."""
    found = read(shop=[A, {"a": 10, "b": 50}, B], hotline=[A, {"a": 12, "b": 8}, B])
    assert found == {"shop": "abb", "hotline": "abb"}


def test_touchpoint_with_few_answers_changes_with_the_others():
    """Its three answers of that week came by chance all before, or all after, the day of the change."""
    shop = [A, {"a": 10, "b": 50}, B]
    assert read(shop=shop, kiosk=[A, {"a": 3}, B])["kiosk"] == "abb"
    late = [A, {"a": 50, "b": 10}, B]
    assert read(shop=late, kiosk=[A, {"b": 3}, B])["kiosk"] == "aab"


def test_touchpoint_that_changes_at_another_time_keeps_its_own():
    found = read(shop=[A, {"a": 10, "b": 50}, B, B], hotline=[A, A, A, B], kiosk=[A, {"a": 3}, A, B])
    assert found == {"shop": "abbb", "hotline": "aaab", "kiosk": "aaab"}


@pytest.mark.parametrize("late", [{"a": 3}, {"a": 6, "b": 5}, {"a": 25, "b": 15}])
def test_late_answers_do_not_bring_an_earlier_question_back(late):
    assert read(shop=[A, B, late, B]) == {"shop": "abbb"}


def test_questions_asked_side_by_side_are_one_change():
    both = [{"a": 20, "b": 25}, {"a": 25, "b": 20}, {"a": 18, "b": 22}, {"a": 22, "b": 18}]
    assert read(shop=[A, *both, B]) == {"shop": "abbbbb"}


def test_question_that_came_back_for_good_is_asked_again():
    assert read(shop=[A, B, A, A]) == {"shop": "abaa"}
    few = {"a": 4}
    assert read(shop=[A, B, few, few]) == {"shop": "abaa"}


@pytest.mark.django_db
def test_versions_that_measure_the_same_ask_the_same(organization):
    first, second, third, fourth = (
        MetricDefinitionFactory(
            organization=organization, key="nps", version=version, series=1, name=name, wording=wording
        )
        for version, name, wording in (
            (1, "A", "How?"),
            (2, "A", "How much?"),
            (3, "B", "How much?"),
            (4, "A", "How?"),
        )
    )
    assert questions_of([fourth, second, third, first]) == {
        first.pk: "nps/1",
        second.pk: "nps/2",
        third.pk: "nps/2",
        fourth.pk: "nps/1",
    }
