"""How many answered, while a wave is open and after: everything told of it follows from one rounding."""

import re
from collections import defaultdict

import pytest
from django.urls import reverse

from employee_voice import services
from employee_voice.importers import banks
from employee_voice.models import WaveFunction
from employee_voice.results import felt_of, quality_of
from employee_voice.selectors.results import results_of
from employee_voice.selectors.waves import in_steps, participation_of
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of
from tests.markup import running_text


@pytest.mark.parametrize("asked", [24, 42, 60, 97, 250, 3000])
def test_steps_of_five_percent_tell_nothing_that_the_number_to_fives_does_not(asked):
    """42 people, of whom 23 answered: 55% alone would be 22 to 24, and about 25 beside it 23 or 24."""
    told = defaultdict(set)
    for answered in range(20, asked + 1):
        told[5 * ((answered + 2) // 5)].add(in_steps(asked=asked, answered=answered).about_pct)
    assert all(len(pcts) == 1 for pcts in told.values())
    assert all(pct % 5 == 0 and pct <= 100 for pcts in told.values() for pct in pcts)
    for fives, (pct,) in told.items():
        assert abs(pct - 100 * min(fives / asked, 1)) <= 2.5 + 1e-9


def test_below_twenty_answers_nothing_is_told():
    assert in_steps(asked=40, answered=19).about_pct is None
    assert in_steps(asked=40, answered=20).about_pct == 50
    assert in_steps(asked=0, answered=0).about_pct is None


@pytest.mark.django_db
def test_page_before_page_after_and_results_agree_on_one_rounding(client_of, api_of, ada, tree):
    survey = survey_of(ada, bank="employee-voice")
    given = {
        "care": [f"c{one}@x.example" for one in range(14)],
        "finance": [f"f{one}@x.example" for one in range(9)],
    }
    answers = {name: random_answers(survey, len(one), 3) for name, one in given.items()}
    first = closed_wave(ada, answers, survey=survey, functions=tree, given=given)
    services.publish_wave(by=ada, wave=first)
    given["care"].append("new@x.example")
    answers = {name: random_answers(survey, len(one), 4) for name, one in given.items()}
    wave = closed_wave(
        ada,
        answers,
        survey=survey,
        functions=tree,
        given=given,
        before=first,
        asked={"care": 25, "finance": 17},
    )
    page = reverse("employee_voice:wave_detail", args=["northwind", wave.pk])
    before = running_text(client_of(ada).get(page).content.decode())
    services.publish_wave(by=ada, wave=wave)
    after = running_text(client_of(ada).get(page).content.decode())
    whole = next(one for one in results_of(wave).publication.functions if one.key == "all")
    assert (whole.is_blunt, whole.answered, whole.answered_to) == (True, 25, 5)  # 24 of 42
    assert participation_of(wave).about_pct == 60
    for text in (before, after):
        assert re.findall(r"About (\d+)% of the people asked", text) == ["60"]
    told = api_of(ada).get(f"/api/v1/o/northwind/employee-waves/{wave.pk}/results/").json()["functions"]
    care = str(WaveFunction.objects.get(wave=wave, name="Care").pk)
    for function in told:
        if function["key"] in ("all", care):
            blunt = [one for one in function["figures"] if one["told"] == "blunt"]
            assert blunt
            assert {one["n_to"] for one in blunt} == {function["answered_to"]}


def test_how_people_answered_and_what_they_felt_is_told_from_twenty_answers_on():
    content = next(bank for bank in banks() if bank.key == "employee-voice")
    assert quality_of(fast=3, straight=2, answers=19) is None
    told = quality_of(fast=9, straight=2, answers=20)
    # of 20 in steps of a tenth, which are two people each: 9 are told as half, 2 as a tenth at most
    assert (told.fast.value, told.fast.step, told.fast.is_open) == (0.5, 0.1, False)
    assert (told.straight.value, told.straight.step, told.straight.is_open) == (0.1, 0.1, True)
    assert felt_of(content, {"better": 12, "unchanged": 7}) == ()
    felt = felt_of(content, {"better": 12, "unchanged": 8})
    assert [one.share.value for one in felt][:2] == [0.6, 0.4]
    assert [one.choice for one in felt] == ["better", "unchanged", "worse", "both"]
