"""A metric that should not move and touchpoints that could be reached: from the plan to the page."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from coalition.models import EvaluationPlan
from coalition.selectors.content import plan_content
from common.registry import uses_of
from cxstats.codec import digest_of
from impact.models import Study
from impact.selectors.studies import study_view
from impact.services import finding_from, recompute
from tests.factories.customer_voice import FeedbackFactory
from tests.factories.impact import (
    FIRST_MONDAY,
    finished_study,
    live_initiative,
    metric_of,
    simulate_nps,
    touchpoint_of,
)

pytestmark = pytest.mark.django_db
START, WEEKS = 60, 90


@pytest.fixture
def asked(organization, ada):
    """A study whose plan names a metric that should stay and a touchpoint nearby; each moves by so much.
    `unanswered`: nobody answered to that metric where the initiative acts."""

    def study(*, unmoved: float | None = None, near: float | None = None, unanswered: bool = False) -> Study:
        known = live_initiative(organization, ada, comparisons=3, further=2)
        plan, rng = known.initiative.plan, np.random.default_rng(41)
        if unmoved is not None:
            other = _second(organization)
            plan.unmoved_metric = other
            for point in [] if unanswered else known.initiative.touchpoints.all():
                simulate_nps(other, point, rng=rng, weeks=WEEKS, start=START, change=unmoved, answers=120)
            for point in plan.comparison_touchpoints.all():
                simulate_nps(other, point, rng=rng, weeks=WEEKS, start=START, answers=120)
        if near is not None:
            place = touchpoint_of(organization, "waiting-room", "Waiting room")
            plan.spillover_touchpoints.set([place])
            simulate_nps(
                plan.metric, place, rng=rng, weeks=WEEKS, start=START, change=near, answers=200, baseline=17
            )
        plan.fixed_content = plan_content(known.initiative, plan)
        plan.fixed_digest = digest_of(plan.fixed_content, version=1)
        plan.save()
        return finished_study(known, ada)

    return study


def _second(organization):
    first = metric_of(organization)
    values = {
        field.name: getattr(first, field.name)
        for field in first._meta.concrete_fields
        if not field.primary_key
    }
    return type(first).objects.create(**{**values, "key": "parking", "name": "Parking"})


def check(study, key):
    return next(item for item in study_view(study).checks if item.key == key)


def test_a_metric_that_should_not_move_and_does_takes_the_claim_back(asked):
    study = asked(unmoved=14.0)
    assert study.verdict == "suggestive"
    assert study.grade == "B"  # fixed before any result: no check raises or lowers it
    assert "amber_negative_control" in study.finding["reasons"]
    said = check(study, "negative_control")
    assert said.light.value == "amber"
    assert said.sentence.startswith("The metric that the initiative should leave alone moved too")
    assert "Parking: +1" in said.sentence  # about 14 points


def test_a_metric_that_stays_bears_the_claim_out(asked):
    study = asked(unmoved=0.0)
    assert (study.verdict, study.grade) == ("supported", "B")
    assert check(study, "negative_control").light.value == "green"
    assert study.inputs["subject"]["unmoved_metric"] == "Parking"


def test_a_metric_that_should_stay_and_was_not_answered_there_is_a_warning_of_the_finding(
    asked, ada, client_of
):
    study = asked(unmoved=0.0, unanswered=True)
    said = check(study, "negative_control")
    assert said.light.value == "not_run"
    day = f"{study.data_cutoff:%b} {study.data_cutoff.day}, {study.data_cutoff.year}"
    assert said.sentence == (
        f"No answer to Parking came in at the touchpoints in scope up to {day}: whether it "
        "stayed as it is cannot be told, so this check says nothing for the claim."
    )
    page = client_of(ada).get(
        reverse("impact:initiative_impact", args=["northwind", study.initiative.number])
    )
    assert "No answer to Parking came in" in page.content.decode()


def test_a_metric_with_too_few_answers_is_not_said_to_have_none(asked):
    study = asked(unmoved=0.0, unanswered=True)
    treated = study.inputs["unmoved"]["panel"]["treated"][0][0]
    cell = dict(study.inputs["unmoved"]["panel"]["cells"][0], unit=treated)
    study.inputs["unmoved"]["panel"]["cells"].append(cell)
    assert (
        check(study, "negative_control").sentence == "The metric that should not move could not be estimated."
    )


def test_what_could_be_reached_is_told_apart_and_kept_out_of_the_comparison(asked):
    study = asked(near=12.0)
    assert study.verdict == "supported"
    said = check(study, "spill_over")
    assert said.light.value == "amber"
    assert "Waiting room: +" in said.sentence
    assert "waiting-room" not in study.inputs["panel"]["controls"]
    assert "waiting-room" not in {cell["unit"] for cell in study.inputs["panel"]["cells"]}
    near = study.inputs["spill_over"]
    assert [unit for unit, _start in near["treated"]] == ["waiting-room"]
    assert near["controls"] == study.inputs["panel"]["controls"]
    assert {cell["unit"] for cell in near["cells"]} == {"waiting-room", *near["controls"]}
    page = study_view(study)
    assert sum(page.answers) == sum(cell["n"] for cell in study.inputs["panel"]["cells"])


def test_a_place_that_did_not_move_is_green(asked):
    assert check(asked(near=0.0), "spill_over").light.value == "green"


def test_a_plan_without_these_questions_reads_and_digests_as_before(organization, ada):
    known = live_initiative(organization, ada, comparisons=3, further=2)
    content = known.initiative.plan.fixed_content
    assert not {"unmoved_metric", "spillover", "starts"} & content.keys()
    study = finished_study(known, ada)
    assert set(study.inputs) == {"subject", "design", "panel", "thresholds", "plan_digest"}
    assert ["onboarding", None] in study.inputs["panel"]["treated"]
    assert not {"unmoved_metric", "unmoved_kind", "spillover"} & study.inputs["subject"].keys()
    assert "start" not in study.inputs["subject"]["treated"][0]


def test_the_stored_inputs_give_the_same_finding_and_an_altered_one_does_not(asked):
    study = asked(unmoved=0.0, near=12.0)
    assert recompute(study).is_same
    inputs = dict(study.inputs)
    cells = [{**cell, "value": cell["value"] + 40} for cell in inputs["spill_over"]["cells"][:40]]
    inputs["spill_over"] = {**inputs["spill_over"], "cells": [*cells, *inputs["spill_over"]["cells"][40:]]}
    assert digest_of(inputs, version=1) != study.input_digest
    changed = finding_from(inputs, study.seed)
    figures = {item.key: dict(item.figures) for item in changed.diagnostics}
    stored = {item["key"]: dict(item["figures"]) for item in study.finding["diagnostics"]}
    assert figures["spill_over"] != stored["spill_over"]
    assert figures["negative_control"] == pytest.approx(stored["negative_control"])


def test_the_page_and_the_plan_name_both(asked, ada, client_of):
    study = asked(unmoved=0.0, near=12.0)
    browser, slug = client_of(ada), ada.organization.slug
    page = browser.get(reverse("impact:initiative_impact", args=[slug, study.initiative.number]))
    text = page.content.decode()
    assert "Touchpoints that could be affected too" in text
    parts = [(place.key, place.part.value, place.metric_name) for place in page.context["answers"]]
    assert ("waiting-room", "reached", "") in parts
    assert ("onboarding", "unmoved", "Parking") in parts
    assert [part for _key, part, _name in parts].count("unmoved") == 6
    assert "Parking: should not move" in text
    assert "A metric that should not move" in text
    plan = browser.get(reverse("coalition:initiative_detail", args=[slug, study.initiative.number]))
    assert "Waiting room" in plan.content.decode()
    assert "Parking" in plan.content.decode()


def test_answers_at_a_place_nearby_list_the_study(asked, ada):
    """A feedback row there, or of the metric that should stay, leads to the study that read it."""
    study = asked(near=12.0)
    plan = EvaluationPlan.objects.get(initiative=study.initiative)
    clock = ada.organization.clock
    row = FeedbackFactory(
        organization=ada.organization,
        touchpoint=plan.spillover_touchpoints.get(),
        metric=plan.metric,
        occurred_at=clock.start_of(FIRST_MONDAY + timedelta(weeks=3)),
    )
    used = list(uses_of(ada, row))
    assert any(one.kind == "Study" for one in used)
