"""A go-live that is moved after a result was known: grade, page, API, document and form say so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from coalition.selectors import visibility
from coalition.services import correct_go_live
from cxstats.codec import decoded
from cxstats.design import DesignGrade, Verdict
from impact.go_lives import GoLiveHistory
from impact.selectors import go_live_history, impact_page, study_view
from impact.services import compute_roi_case, request_study, sign_off
from impact.wording import verdict_sentence
from reports.documents import evidence_of_roi, html_of
from reports.services import request_roi_report
from tests.factories.impact import finished_study, value_model

pytestmark = pytest.mark.django_db

REASON = "The rollout began with the second depot"


def moved(simulated, by, weeks=4, reason=REASON):
    day = simulated.initiative.went_live_on + timedelta(weeks=weeks)
    simulated.initiative.refresh_from_db()
    row = correct_go_live(by=by, initiative=simulated.initiative, on=day, reason=reason)
    simulated.initiative.went_live_on = row.went_live_on
    return row


def test_a_day_that_was_never_corrected_has_no_history_and_documents_none(worked, studied):
    assert go_live_history(worked.initiative) is None
    assert "go_live_history" not in evidence_of_roi(studied, None)
    assert "go_live_moved_after_result" not in studied.inputs["design"]


def test_the_grade_drops_by_one_where_a_result_was_known(worked, studied, ada):
    assert studied.grade == "B"
    moved(worked, ada)
    later = finished_study(worked, ada)
    assert (later.number, later.grade) == (2, "C")
    assert "go_live_moved_after_result" in later.finding["reasons"]
    view = study_view(later)
    assert view.grade_title == "Compared with others, go-live moved after a result"
    assert "plan was changed" not in view.grade_meaning
    told = verdict_sentence(view.subject, view.finding)
    assert "plan was changed" not in told
    assert "go-live was moved" in verdict_sentence(view.subject, replace(view.finding, grade=DesignGrade.D))
    supported = replace(view.finding, verdict=Verdict.SUPPORTED)
    assert "the go-live was moved after a result was known" in verdict_sentence(view.subject, supported)
    both = replace(supported, reasons=(*supported.reasons, "changed_after_approval"))
    assert "the plan was changed after the approval" in verdict_sentence(view.subject, both)
    assert any("moved to another day after a result was known" in text for text in view.reasons)


def test_the_grade_stays_where_nothing_was_known_yet(worked, ada):
    moved(worked, ada)
    study = finished_study(worked, ada)
    assert study.grade == "B"
    (move,) = go_live_history(worked.initiative).moves
    assert not move.result_known


def test_moving_the_day_back_restores_the_grade(worked, studied, ada):
    before = worked.initiative.went_live_on
    moved(worked, ada)
    finished_study(worked, ada)
    moved(worked, ada, weeks=-4, reason="It was right at first")
    assert worked.initiative.went_live_on == before
    counts = request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)
    assert (counts.pk, counts.grade) == (studied.pk, "B")


def test_plan_changed_and_day_moved_together_cost_one_grade(worked, studied, ada):
    worked.initiative.plan.changed_after_approval_at = studied.finished_at
    worked.initiative.plan.save()
    moved(worked, ada)
    later = finished_study(worked, ada)
    assert later.grade == "C"
    assert {"changed_after_approval", "go_live_moved_after_result"} <= set(later.finding["reasons"])


def test_the_document_says_who_when_from_to_why_and_what_was_known(worked, studied, ada):
    old = worked.initiative.went_live_on
    row = moved(worked, ada)
    later = finished_study(worked, ada)
    content = evidence_of_roi(later, None)
    history = decoded(GoLiveHistory, content["go_live_history"])
    (move,) = history.moves
    assert (move.before, move.after, move.by, move.reason) == (old, row.went_live_on, "Ada", REASON)
    assert move.result_known
    assert [(run.number, run.go_live, run.verdict) for run in history.studies] == [
        (1, old, studied.verdict), (2, row.went_live_on, later.verdict),
    ]  # fmt: skip
    effect = studied.finding["effect"]
    assert history.studies[0].effect == (
        effect["value"], effect["interval"]["low"], effect["interval"]["high"],
    )  # fmt: skip
    report = request_roi_report(by=ada, study=later, roi_case=None)
    text = html_of(report)
    assert REASON in text
    assert "A result was known by then." in text
    assert "2 studies were run on this plan, with 2 different go-live days:" in text
    assert "Study 1 (go-live" in text
    assert "after a result was known. Who corrected it" in text
    with translation.override("zh-hans"):
        chinese = html_of(request_roi_report(by=ada, study=later, roi_case=None, language="zh-hans"))
    assert "当时已知结果。" in chinese
    assert "按此方案共运行2项研究" in chinese


def test_page_and_api_say_it_too(worked, studied, ada, client_of):
    moved(worked, ada)
    client = client_of(ada)
    address = f"/o/northwind/prove/{worked.initiative.number}/"
    page = client.get(address).text
    assert REASON in page
    assert "Its design grade will be one lower, unless it is D already" in " ".join(page.split())
    finished_study(worked, ada)
    page = client.get(address).text
    assert "2 studies were run on this plan" in page
    answer = client.get(f"/api/v1/o/northwind/studies/{studied.pk}/").json()
    assert answer["go_live_history"]["moves"][0]["reason"] == REASON
    assert [one["number"] for one in answer["go_live_history"]["studies"]] == [1, 2]


def test_the_form_says_what_a_correction_costs_before_it_is_saved(worked, ada, client_of):
    client = client_of(ada)
    address = reverse("coalition:initiative_detail", args=["northwind", worked.initiative.number])
    assert "A result is known already." not in client.get(address).text
    finished_study(worked, ada)
    page = " ".join(client.get(address).text.split())
    assert "A result is known already." in page
    assert "design grade that is one lower" in page
    assert "Study 1 (go-live" in page


def test_the_plan_page_speaks_of_the_lower_grade_too(worked, studied, ada):
    plan = worked.initiative.plan
    plan.baseline_from = worked.initiative.went_live_on - timedelta(weeks=50)
    plan.review_on = worked.last_day
    plan.save()
    worked.initiative.refresh_from_db()
    assert visibility(worked.initiative).grade == "B"
    moved(worked, ada)
    found = visibility(worked.initiative)
    assert found.grade == "C"
    assert "the go-live was moved after a result was known" in found.design


# --- the same study again ---------------------------------------------------------------------------


def test_an_unchanged_study_is_not_run_again(worked, studied, ada, client_of):
    value_model(worked.initiative, ada)
    compute_roi_case(study=studied, by=ada)
    again = request_study(initiative=worked.initiative, by=ada, data_cutoff=worked.last_day)
    assert (again.pk, again.is_finished) == (studied.pk, True)
    client, sent = client_of(ada), {"data_cutoff": worked.last_day.isoformat()}
    page = client.post(f"/o/northwind/prove/{worked.initiative.number}/study/", sent, follow=True).text
    assert "A new study would be the same" in page
    answer = client.post(
        "/api/v1/o/northwind/studies/",
        {"initiative": worked.initiative.number, **sent},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["number"]) == (200, 1)
    assert worked.initiative.studies.count() == 1


def test_other_data_or_an_older_cutoff_make_a_new_study(worked, studied, ada):
    earlier = worked.last_day - timedelta(weeks=3)
    assert request_study(initiative=worked.initiative, by=ada, data_cutoff=earlier).number == 2


def test_a_signed_value_is_named_before_a_new_study_pushes_it_out(worked, case, ada, fay, client_of):
    client, address = client_of(ada), f"/o/northwind/prove/{worked.initiative.number}/"
    assert "Finance signed off value" not in client.get(address).text
    sign_off(case=case, by=fay)
    assert "Finance signed off value 1 of study 1." in " ".join(client.get(address).text.split())
    assert impact_page(worked.initiative, today=worked.last_day).signed_value == case
