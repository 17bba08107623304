"""Touchpoints chosen by their scores: the plan names the scores, and every sentence about them agrees."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from coalition.choices import UnitSelection
from coalition.fields import PLAN
from coalition.models import EvaluationPlan
from coalition.selectors import plan_content, selection_periods, visibility
from coalition.services import edit_plan
from common.errors import InvalidValues
from cxstats.codec import digest_of
from impact.panel import study_material
from tests.coalition.test_visibility import answer_daily, ready_initiative
from tests.factories.impact import finished_study
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chosen(ada):
    """A plan with a comparison group, two years of answers, touchpoints chosen by their scores."""
    initiative = ready_initiative(ada)
    other = TouchpointFactory(organization=ada.organization)
    initiative.plan.comparison_touchpoints.add(other)
    answer_daily(initiative.plan.metric, [*initiative.touchpoints.all(), other])
    initiative.plan.selection = UnitSelection.WORST_SCORES
    initiative.plan.save()
    return initiative


def written(initiative, ada, **changed):
    initiative.refresh_from_db()
    return edit_plan(
        by=ada,
        initiative=initiative,
        values=PLAN.values_of(EvaluationPlan.objects.get(initiative=initiative), **changed),
        lock_version=initiative.lock_version,
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_unknown_choice_never_sends_for_a_comparison_group_that_is_there(chosen, language):
    with translation.override(language):
        found = visibility(chosen)
    said = " ".join((found.headline, found.sentence, found.design, found.advice))
    assert found.answer == "unknown"
    assert "comparison group" not in said
    assert "对照组" not in said
    if language == "en":
        assert "As long as it is not known by which scores" in found.headline
        assert found.advice.startswith("Name the first and the last day of the scores")


def test_naming_the_scores_gives_the_plan_its_figure(chosen, ada):
    start = chosen.planned_go_live_on
    written(chosen, ada, selected_from=start - timedelta(weeks=6), selected_until=start - timedelta(days=1))
    chosen.plan.refresh_from_db()
    found = visibility(chosen)
    assert found.smallest is not None
    assert found.grade == "B"
    assert "a comparison group provides the evidence" in found.design


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"selected_from": -40}, "selected_until", "the last day as well"),
        ({"selected_until": -10}, "selected_from", "the first day as well"),
        ({"selected_from": -10, "selected_until": -20}, "selected_until", "must not be before the first"),
        ({"selected_from": -10, "selected_until": 0}, "selected_until", "before the go-live"),
        ({"selected_from": -5000, "selected_until": -10}, "selected_from", "baseline must begin before"),
        (
            {"selected_from": -20, "selected_until": -10, "selection": "practical"},
            "selected_from",
            "because their scores were the worst",
        ),
    ],
)
def test_days_that_cannot_be_are_refused_where_they_stand(chosen, ada, changed, field, words):
    start = chosen.planned_go_live_on
    chosen.plan.baseline_from = start - timedelta(days=700)
    chosen.plan.save()
    if changed.get("selected_from") == -5000:
        changed = {**changed, "selected_from": -700}
    values = {
        key: start + timedelta(days=value) if isinstance(value, int) else value
        for key, value in changed.items()
    }
    with pytest.raises(InvalidValues) as refused:
        written(chosen, ada, **values)
    assert words in str(refused.value.fields[field])


def test_a_plan_that_names_no_scores_keeps_its_digest(chosen):
    content = plan_content(chosen, chosen.plan)
    assert "selected_from" not in content
    before = digest_of(content, version=1)
    chosen.plan.selected_from = timezone.localdate()
    assert digest_of(plan_content(chosen, chosen.plan), version=1) != before


@pytest.mark.parametrize(
    ("selection", "first", "start", "period", "periods"),
    [
        ("worst_scores", date(2026, 1, 1), date(2026, 4, 1), "month", 3),
        ("worst_scores", date(2026, 1, 15), date(2026, 4, 20), "month", 3),
        ("worst_scores", date(2026, 3, 30), date(2026, 4, 14), "week", 2),
        ("worst_scores", date(2026, 4, 1), date(2026, 4, 1), "month", None),
        ("practical", date(2026, 1, 1), date(2026, 4, 1), "month", None),
        ("worst_scores", None, date(2026, 4, 1), "month", None),
    ],
)
def test_every_period_from_the_first_score_on_is_left_out(selection, first, start, period, periods):
    found = selection_periods(selection=selection, selected_from=first, start=start, period=period)
    assert found == periods


def test_the_study_does_what_the_plan_named(organization, ada):
    from tests.factories.impact import live_initiative

    simulated = live_initiative(organization, ada)
    plan, start = simulated.initiative.plan, simulated.initiative.went_live_on
    plan.fixed_content |= {"selection": "worst_scores"}
    plan.save()
    refused = finished_study(simulated, ada)
    assert refused.finding["refusal"] == "selected_for_low_scores"
    days = {
        "selected_from": (start - timedelta(weeks=5)).isoformat(),
        "selected_until": (start - timedelta(days=1)).isoformat(),
    }
    plan.fixed_content |= days
    plan.save()
    material = study_material(initiative=simulated.initiative, data_cutoff=simulated.last_day)
    assert material.design.selection_periods == 5
    told = finished_study(simulated, ada)
    assert (told.finding["refusal"], told.grade) == (None, "B")
