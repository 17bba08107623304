"""One wave as programs read it: no figure knows whose answers go together; and waves of before beside it."""

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from cxstats.codec import decoded, digest_of, encoded
from cxstats.engagement import DriverScores, MeasureKind
from employee_voice import services
from employee_voice.api.serializers import WaveResultsSerializer
from employee_voice.exports import results_rows
from employee_voice.models import Answer, WaveResults
from employee_voice.results import EVERYBODY, RESULTS_VERSION, Results
from employee_voice.scope import tree_of
from employee_voice.selectors import action_rows, scored_waves
from employee_voice.selectors.results import results_of, results_page
from employee_voice.services.figuring import write_results
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import survey_of

SIZES = {"service": 7, "care": 9, "field": 8, "finance": 12}


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


def small_wave(ada, survey, tree, seed, *, skips=0.03):
    answers = {
        name: random_answers(survey, n, 10 * seed + place, lean=0.4 + 0.1 * place, skips=skips)
        for place, (name, n) in enumerate(SIZES.items())
    }
    return closed_wave(ada, answers, survey=survey, functions=tree)


def shuffle(wave, seed):
    """Within each group every question's answers, and who skipped it, go to other people at random."""
    chance = np.random.default_rng(seed)
    rows = list(Answer.objects.filter(wave=wave).order_by("pk"))
    questions = {key for row in rows for key in row.scores}
    for group in {row.group_id for row in rows}:
        here = [row for row in rows if row.group_id == group]
        before = [dict(row.scores) for row in here]
        for question in sorted(questions):
            for row, other in zip(here, chance.permutation(len(here)), strict=True):
                row.scores.pop(question, None)
                if question in before[other]:
                    row.scores[question] = before[other][question]
    Answer.objects.bulk_update(rows, ["scores"])


def told(ada, wave):
    """What programs and files get of the wave."""
    WaveResults.objects.filter(wave=wave).delete()
    write_results(wave, None)
    page = results_page(ada, wave)
    return json.loads(json.dumps(WaveResultsSerializer(page).data)), results_rows(page)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_does_not_know_whose_answers_go_together(ada, tree, survey, seed):
    wave = small_wave(ada, survey, tree, seed)
    before = told(ada, wave)
    answers = {json.dumps(one, sort_keys=True) for one in Answer.objects.values_list("scores", flat=True)}
    shuffle(wave, seed)
    after = {json.dumps(one, sort_keys=True) for one in Answer.objects.values_list("scores", flat=True)}
    assert answers != after
    assert told(ada, wave) == before


@pytest.mark.parametrize("seed", range(4))
def test_drivers_follow_from_what_is_told_of_their_items(ada, tree, survey, seed):
    wave = small_wave(ada, survey, tree, seed, skips=0.08)
    content, _rows = told(ada, wave)
    drivers = {
        one.key: [question.key for question in one.questions]
        for one in results_of(wave).publication.measures
        if one.kind is MeasureKind.DRIVER
    }
    assert content["driver_scores"] == "items"
    exact = 0
    for function in content["functions"]:
        figures = {one["measure"]: one for one in function["figures"]}
        for key, questions in drivers.items() if figures else ():
            driver, items = figures[key], [figures[one] for one in questions]
            hows = {one["told"] for one in items}
            expected = next((one for one in ("hidden", "blunt") if one in hows), "exact")
            assert driver["told"] == expected
            if expected != "exact":
                assert driver["score"] is None
                continue
            exact += 1
            assert driver["n"] == min(one["n"] for one in items)
            for name, rounding in (("score", 0.1), ("low", 0.1), ("high", 0.1)):
                mean = sum(one[name] for one in items) / len(items)
                assert abs(driver[name] - mean) <= rounding + 1e-9
            for share in ("favourable", "neutral", "unfavourable"):
                mean = sum(one[share]["value"] for one in items) / len(items)
                assert abs(driver[share]["value"] - mean) <= 0.01 + 1e-9
    assert exact > 20


def test_programs_get_no_more_digits_than_pages(ada, tree, survey):
    content, _rows = told(ada, small_wave(ada, survey, tree, 1))
    figures = [one for function in content["functions"] for one in function["figures"]]
    for one in figures:
        for name in ("score", "low", "high"):
            number = one[name]
            assert number is None or number == round(number, 0 if one["kind"] == "enps" else 1)
        share = one["favourable"]
        assert share is None or share["step"] or share["value"] == round(share["value"], 2)
    assert any(one["score"] is not None for one in figures)


# --- a wave of before -------------------------------------------------------------------------------


def as_before(wave):
    """The stored results as an earlier version wrote them: drivers of people, here half a point higher."""
    row = WaveResults.objects.get(wave=wave)
    results = decoded(Results, row.content)
    drivers = {one.key for one in results.publication.measures if one.kind is MeasureKind.DRIVER}

    def of_people(figure):
        if figure.measure not in drivers or figure.score is None:
            return figure
        score = replace(figure.score, value=figure.score.value + 0.5)
        return replace(figure, score=score, favourable=replace(figure.favourable, value=0.99))

    functions = tuple(
        replace(one, figures=tuple(of_people(figure) for figure in one.figures))
        for one in results.publication.functions
    )
    publication = replace(results.publication, functions=functions, driver_scores=DriverScores.PEOPLE)
    row.content = encoded(replace(results, publication=publication))
    row.digest = digest_of(row.content, version=RESULTS_VERSION)
    row.save()
    assert "driver_scores" not in row.content["publication"]
    return row.digest


def test_a_wave_of_before_stays_and_is_made_alike_only_beside_a_later_one(
    ada, tree, survey, client_of, api_of
):
    def wave(seed, before=None):
        answers = {name: random_answers(survey, 30, 7 * seed + place) for place, name in enumerate(SIZES)}
        given = {name: [f"{name}{seed}-{one}@northwind.example" for one in range(30)] for name in SIZES}
        made = closed_wave(ada, answers, survey=survey, functions=tree, given=given, before=before)
        services.publish_wave(by=ada, wave=made)
        return made

    first = wave(1)
    now = results_page(ada, first).row.driver("tools")
    digest = as_before(first)
    services.plan_action(
        by=ada,
        wave=first,
        plan=services.ActionPlan(
            function=EVERYBODY,
            driver="tools",
            text="New screens",
            owner=ada,
            due_on=ada.organization.clock.today() + timedelta(days=9),
        ),
    )
    alone = action_rows(ada, tree_of(first), [EVERYBODY])[0]
    assert (alone.before.favourable, alone.is_restated) == ("99%", False)
    assert _higher(ada) == [_stored(first, tree, "service")]
    second = wave(2, before=first)
    assert WaveResults.objects.get(wave=first).digest == digest
    page = results_page(ada, first)
    assert page.driver_scores is DriverScores.PEOPLE
    assert page.row.driver("tools").favourable == "99%"
    beside = action_rows(ada, tree_of(first), [EVERYBODY])[0]
    assert beside.is_restated
    assert (beside.before.favourable, beside.before.score) == (now.favourable, now.score)
    assert beside.after.favourable == results_page(ada, second).row.driver("tools").favourable
    made_alike = [_stored(first, tree, "service") - 0.5, _stored(second, tree, "service")]
    assert _higher(ada) == pytest.approx(made_alike)
    text = client_of(ada).get(reverse("employee_voice:wave_results", args=["northwind", first.pk])).content
    assert b"Made of the answers to its questions" in text
    assert b"A driver is the mean of what is shown" not in text
    text = client_of(ada).get(reverse("employee_voice:wave_results", args=["northwind", second.pk])).content
    assert b"A driver is the mean of what is shown" in text
    address = f"/api/v1/o/northwind/employee-waves/{first.pk}/"
    assert api_of(ada).get(address + "actions/").json()[0]["before"] == now.favourable
    assert api_of(ada).get(address + "results/").json()["driver_scores"] == "people"


def _higher(ada):
    """The score of tools in Service wave by wave, as higher rooms get it."""
    return [
        function.scores["tools"]
        for wave in scored_waves(ada.organization)
        for function in wave.functions
        if function.name == "Service"
    ]


def _stored(wave, tree, name):
    row = wave.functions.get(function=tree[name])
    publication = decoded(Results, WaveResults.objects.get(wave=wave).content).publication
    function = next(one for one in publication.functions if one.key == str(row.pk))
    return next(one for one in function.figures if one.measure == "tools").score.value
