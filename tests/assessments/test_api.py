"""Assessments through the API: the same services, problem details for refusals."""

import pytest
import yaml

from assessments.models import Assessment, MaturityResult
from tests.factories.assessments import (
    PRACTICES,
    make_assessment,
    make_framework,
    make_result,
    small_framework,
)

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind"


def test_a_whole_round_by_api(api_of, ada, ben):
    api, bens = api_of(ada), api_of(ben)
    framework = make_framework()
    created = api.post(f"{BASE}/assessments/", {"framework": framework.pk, "title": "By API"})
    assert created.status_code == 201, created.data
    path = f"{BASE}/assessments/{created.data['id']}"
    assert api.post(f"{path}/invite/", {"members": [ben.pk], "perspective": "executive"}).status_code == 201

    for practice in PRACTICES:
        answer = bens.put(f"{path}/answers/{practice}/", {"level": 2, "comment": "by hand"})
        assert answer.status_code == 200, answer.data
    assert len(bens.get(f"{path}/answers/").data) == 3
    assert bens.post(f"{path}/submit/").data["submitted_at"]
    closed = api.post(f"{path}/close/", {})
    assert closed.data["overall_level"] == pytest.approx(2.0)
    agreed = api.post(f"{path}/consensus/", {"practice": "ask", "level": 3, "reason": "we looked"})
    assert agreed.data["sequence"] == 2
    assert api.get(f"{path}/agreed-levels/").data[0]["reason"] == "we looked"
    assert api.get(f"{BASE}/maturity-results/").data["count"] == 2
    assert api.get(f"{BASE}/maturity-results/{agreed.data['id']}/").data["profile"]["respondents"] == 1
    assert api.post(f"{path}/reopen/", {"reason": "late"}).data["state"] == "open"
    assert api.get(f"{BASE}/maturity-results/").data["count"] == 0
    assert bens.post(f"{path}/take-back/").data["submitted_at"] is None
    assert len(api.get(f"{path}/respondents/").data) == 1


def test_refusals_are_problem_details(api_of, ada):
    api = api_of(ada)
    assessment = make_assessment(ada, takes_part=True)
    path = f"{BASE}/assessments/{assessment.pk}"

    missing = api.post(f"{path}/submit/")
    assert (missing.status_code, missing.data["code"]) == (422, "answers_missing")
    assert set(missing.data["errors"]) == set(PRACTICES)
    early = api.post(f"{path}/close/", {})
    assert (early.status_code, early.data["code"]) == (409, "nothing_submitted")
    assert api.put(f"{path}/answers/gone/", {"level": 2}).data["code"] == "answer_not_possible"
    assert api.post(f"{path}/invite/", {"members": [999999]}).status_code == 422


def test_frameworks_are_listed_read_and_imported(api_of, ada, cleo):
    api = api_of(ada)
    listed = api.get(f"{BASE}/frameworks/")
    assert {item["key"] for item in listed.data["results"]} == {"cx-maturity", "quick-check"}
    made = api.post(f"{BASE}/frameworks/", {"yaml": yaml.safe_dump(small_framework())})
    assert (made.status_code, made.data["is_own"]) == (201, True)
    assert api.get(f"{BASE}/frameworks/{made.data['id']}/").data["content"]["key"] == "small"

    bad = api.post(f"{BASE}/frameworks/", {"yaml": yaml.safe_dump(small_framework(kind="huge"))})
    assert (bad.status_code, bad.data["code"]) == (422, "framework_invalid")
    assert "kind" in bad.data["errors"]
    other = api.post(f"{BASE}/frameworks/", {"yaml": yaml.safe_dump(small_framework(license="MIT"))})
    assert (other.status_code, other.data["code"]) == (409, "framework_already_published")
    assert api_of(cleo).post(f"{BASE}/frameworks/", {"yaml": "x"}).status_code == 403


def test_a_lesser_role_and_a_stranger_are_refused(api_of, ada, cleo, dora):
    assessment = make_result(ada).assessment
    path = f"{BASE}/assessments/{assessment.pk}"

    assert api_of(cleo).get(f"{path}/").status_code == 200
    assert api_of(cleo).post(f"{path}/reopen/", {"reason": "x"}).status_code == 403
    assert api_of(cleo).get(f"{path}/answers/").status_code == 403
    assert api_of(dora).get(f"{path}/").status_code == 404
    elsewhere = api_of(dora).get(f"/api/v1/o/elsewhere/assessments/{assessment.pk}/")
    assert elsewhere.status_code == 404
    assert api_of(dora).get("/api/v1/o/elsewhere/maturity-results/").data["count"] == 0


def test_a_framework_of_another_organization_cannot_be_used(api_of, ada, dora):
    foreign = make_framework(dora.organization)
    response = api_of(ada).post(f"{BASE}/assessments/", {"framework": foreign.pk, "title": "x"})

    assert response.status_code == 422
    assert not Assessment.objects.exists()


def test_listing_costs_the_same_for_many_rounds(api_of, ada, django_assert_max_num_queries):
    for _ in range(5):
        make_assessment(ada)
    api = api_of(ada)
    with django_assert_max_num_queries(3):
        assert api.get(f"{BASE}/assessments/").data["count"] == 5


def test_levels_come_without_the_noise_of_binary_fractions(api_of, ada):
    make_result(ada)
    MaturityResult.objects.update(overall_level=2.9000000000000004)
    number = MaturityResult.objects.get().pk
    listed = api_of(ada).get(f"{BASE}/maturity-results/").json()["results"][0]
    one = api_of(ada).get(f"{BASE}/maturity-results/{number}/").json()
    assert (listed["overall_level"], one["overall_level"]) == (2.9, 2.9)
