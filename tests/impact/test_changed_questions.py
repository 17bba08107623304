"""A question that changed on the way, bridged by the product: the study handles it and says so.

The truth is known: the initiative's own effect, and what the new words alone did to the answers.
"""

from datetime import timedelta

import pytest

from customer_voice.models import MetricPoint
from cxstats.design import DesignGrade, Finding, Light, Verdict
from cxstats.errors import Reason
from impact.findings import finding_of
from impact.selectors import study_view
from tests.factories.impact import (
    FIRST_MONDAY,
    Rewording,
    Simulated,
    bridged_version,
    finished_study,
    live_initiative,
)

pytestmark = pytest.mark.django_db
TRUTH, START = 12.0, 60


@pytest.fixture
def simulated(organization, ada):
    def make(*, week: int, step: float, **shape: object) -> Simulated:
        change = Rewording(metric=bridged_version(organization), week=week, step=step)
        return live_initiative(organization, ada, truth=TRUTH, start=START, rewording=change, **shape)

    return make


def found(simulated: Simulated, ada) -> Finding:
    return finding_of(finished_study(simulated, ada).finding)


def check(finding: Finding, key: str):
    (diagnostic,) = [one for one in finding.diagnostics if one.key == key]
    return diagnostic


def day_of(week: int) -> str:
    return (FIRST_MONDAY + timedelta(weeks=week)).isoformat()


def test_series_whose_question_changed_long_before_gets_a_step_of_its_own(simulated, ada):
    """The new words took 20 points off, more than the initiative gave."""
    finding = found(simulated(week=30, step=-20.0, comparisons=0), ada)
    assert finding.verdict is Verdict.SUPPORTED
    assert finding.grade is DesignGrade.C
    assert finding.effect.interval.contains(TRUTH)
    assert f"wording_step:{day_of(30)}" in finding.notes
    assert dict(check(finding, "definition").figures) == {"definitions": 2.0, "steps": 1.0}


def test_words_that_nobody_told_the_engine_of_would_pass_for_an_effect(simulated, ada):
    """The same answers, all given to one version: what the engine has to be told for."""
    series = simulated(week=START, step=-20.0, comparisons=0)
    MetricPoint.objects.update(metric=series.initiative.plan.metric)
    finding = found(series, ada)
    assert check(finding, "definition").light is Light.GREEN
    assert finding.verdict is Verdict.CONTRADICTED


def test_question_that_changed_a_month_before_is_told_from_the_effect(simulated, ada):
    finding = found(simulated(week=56, step=15.0, comparisons=0), ada)
    assert f"wording_step:{day_of(56)}" in finding.notes
    assert finding.effect.interval.contains(TRUTH)


def test_question_that_changed_shortly_before_is_refused_and_says_what_would_do(simulated, ada):
    series = simulated(week=58, step=15.0, comparisons=0)
    study = finished_study(series, ada)
    finding = finding_of(study.finding)
    assert finding.refusal is Reason.DEFINITION_CHANGED
    assert dict(finding.refusal_detail)["period"] == day_of(58)
    sentence = study_view(study).refusal
    assert "It changed on" in sentence
    assert "there are 2 periods with one question, and 12 would do" in sentence
    assert "Touchpoints to compare with would do as well" in sentence


def test_question_that_changed_with_the_go_live_is_told_from_it_by_nobody(simulated, ada):
    finding = found(simulated(week=START, step=-20.0, comparisons=0), ada)
    assert finding.refusal is Reason.DEFINITION_CHANGED


def test_question_that_changed_alike_on_both_sides_cancels_out(simulated, ada):
    """With the go-live, by 20 points the other way: one series alone could not be read at all."""
    finding = found(simulated(week=START, step=-20.0, comparisons=1), ada)
    assert finding.verdict is Verdict.SUPPORTED
    assert finding.grade is DesignGrade.B
    assert finding.effect.interval.contains(TRUTH)
    assert dict(check(finding, "definition").figures)["alike"] == 1.0


def test_change_of_the_treated_side_alone_gets_a_step_beside_one_control(simulated, ada):
    finding = found(simulated(week=40, step=-20.0, comparisons=1, reworded_places=1), ada)
    assert f"wording_step:{day_of(40)}" in finding.notes
    assert finding.effect.interval.contains(TRUTH)


def test_groups_begin_with_the_new_question_where_some_were_asked_otherwise_before(simulated, ada):
    """Two of four touchpoints with the initiative changed at week 40: the baseline begins there."""
    shape = {"further": 3, "comparisons": 4, "reworded_places": 2, "answers": 60}
    finding = found(simulated(week=40, step=-20.0, **shape), ada)
    assert f"baseline_since:{day_of(40)}" in finding.notes
    assert finding.effect.interval.contains(TRUTH)
    assert min(point.period for point in finding.series).isoformat() >= day_of(40)


def test_a_study_of_before_keeps_what_it_was_computed_from(organization, ada):
    series = live_initiative(organization, ada, truth=TRUTH, start=START)
    study = finished_study(series, ada)
    before = (study.inputs, study.finding, study.input_digest)
    later = bridged_version(organization)
    MetricPoint.objects.filter(day__gte=FIRST_MONDAY + timedelta(weeks=80)).update(metric=later)
    study.refresh_from_db()
    assert (study.inputs, study.finding, study.input_digest) == before
    assert {cell["definition"] for cell in study.inputs["panel"]["cells"]} == {"nps/1"}
    again = finished_study(series, ada)
    assert {cell["definition"] for cell in again.inputs["panel"]["cells"]} == {"nps/1", "nps/2"}
