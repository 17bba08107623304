"""Documents by API: the same rules as on the screens."""

import pytest

from common.jobs import JobState
from reports.models import Report
from reports.tasks import run_report
from tests.factories.reports import waiting_report
from tests.reports.test_views import sample

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind/reports/"


@pytest.fixture
def done(ada):
    from tests.factories.assessments import make_result

    return sample(ada, result=make_result(ada))


@pytest.mark.usefixtures("short")
def test_document_is_asked_for_made_and_downloaded(
    ada, api_of, supported, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(run_report, "delay", run_report.run)
    api = api_of(ada)
    wishes = {"kind": "roi_evidence", "study": supported.study.pk, "roi_case": supported.case.pk}
    with django_capture_on_commit_callbacks(execute=True):
        asked = api.post(BASE, wishes)
    assert asked.status_code == 201
    assert asked.data["job_state"] == JobState.QUEUED
    again = api.post(BASE, wishes)
    assert (again.status_code, again.data["id"]) == (200, asked.data["id"])  # there already
    read = api.get(f"{BASE}{asked.data['id']}/")
    assert read.data["job_state"] == JobState.DONE
    assert read.data["verification_code"] == asked.data["verification_code"]
    assert "content" not in read.data
    response = api.get(f"{BASE}{asked.data['id']}/download/")
    content = b"".join(response.streaming_content)
    response.close()
    assert content.startswith(b"%PDF")
    assert len(content) == read.data["file_bytes"]


def test_document_that_is_not_ready_is_a_conflict(ada, api_of, supported):
    report = waiting_report(ada, supported)
    response = api_of(ada).get(f"{BASE}{report.pk}/download/")
    assert response.status_code == 409
    assert response.json()["code"] == "report_not_ready"


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"kind": "novel"},
        {"kind": "roi_evidence"},
        {"kind": "maturity", "study": 1},
        {"kind": "maturity", "result": 1, "paper": "A0"},
        {"kind": "maturity", "result": "one"},
    ],
)
def test_bad_request_names_its_fields(ada, api_of, wishes):
    response = api_of(ada).post(BASE, wishes)
    assert response.status_code == 422
    assert response.json()["errors"]
    assert not Report.objects.exists()


def test_contributor_reads_but_neither_makes_nor_downloads(cleo, api_of, done):
    api = api_of(cleo)
    assert api.get(BASE).status_code == 200
    assert api.get(f"{BASE}{done.pk}/").status_code == 200
    assert api.post(BASE, {"kind": "maturity", "result": done.maturity_result_id}).status_code == 403
    assert api.get(f"{BASE}{done.pk}/download/").status_code == 403


def test_stranger_finds_nothing(dora, api_of, done, supported):
    api = api_of(dora)
    there = BASE.replace("northwind", "elsewhere")
    assert api.get(BASE).status_code == 404
    assert api.get(f"{there}{done.pk}/").status_code == 404
    assert api.get(f"{there}{done.pk}/download/").status_code == 404
    assert api.get(there).json()["count"] == 0
    asked = api.post(there, {"kind": "roi_evidence", "study": supported.study.pk})
    nothing = api.post(there, {"kind": "roi_evidence", "study": 999_999})
    assert asked.status_code == nothing.status_code == 422
    assert asked.json()["errors"].keys() == nothing.json()["errors"].keys() == {"study"}


@pytest.mark.parametrize("pk", ["abc", "0", "99999999", "9" * 30])
def test_key_that_is_none_is_not_found(ada, api_of, pk):
    for path in (f"{BASE}{pk}/", f"{BASE}{pk}/download/"):
        assert api_of(ada).get(path).status_code == 404


def test_list_asks_no_query_per_document(ada, api_of, done, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    api = api_of(ada)
    api.get(BASE)
    with CaptureQueriesContext(connection) as one:
        api.get(BASE)
    for number in range(2, 8):
        sample(ada, number, result=done.maturity_result)
    with django_assert_num_queries(len(one)):
        assert api.get(BASE).json()["count"] == 7
