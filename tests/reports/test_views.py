"""Screens of documents: who sees and makes what, progress, download, and the public check of a file."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Action, Role
from common.jobs import JobState
from cxstats import ENGINE_VERSION
from reports.models import Report
from reports.tasks import run_report
from tests.conftest import _member
from tests.factories.assessments import make_result
from tests.factories.reports import made_report, waiting_report
from tests.rights import allowed

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def url(name, *args, organization="northwind"):
    return reverse(f"reports:{name}", args=[organization, *args])


def sample(ada, number=1, **values) -> Report:
    """A finished row with a small file, quicker than a drawn one."""
    code = f"AAAA-BBBB-CCCC-{number:04d}"
    content = b"%PDF-1.7 " + code.encode()
    report = Report(
        organization=ada.organization,
        kind="maturity",
        title=f"Document {number}",
        maturity_result=values.pop("result"),
        created_by=ada,
        verification_code=code,
        job_state=JobState.DONE,
        pages=7,
        content_digest="c" * 64,
        file_digest=hashlib.sha256(content).hexdigest(),
        file_bytes=len(content),
        finished_at="2026-03-14T12:00:00Z",
    )
    for name, value in values.items():
        setattr(report, name, value)
    report.file.save(f"{code}.pdf", SimpleUploadedFile("x.pdf", content), save=False)
    report.save()
    return report


@pytest.fixture
def result(ada):
    return make_result(ada)


@pytest.fixture
def done(ada, result) -> Report:
    return sample(ada, result=result)


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Keys of documents handed to the worker."""
    keys: list[int] = []
    monkeypatch.setattr(run_report, "delay", keys.append)
    return keys


# --- who may what --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_role_decides_who_downloads(organization, done, client_of, role):
    client = client_of(_member(organization, "Someone", role))
    assert client.get(url("report_list")).status_code == 200
    assert client.get(url("report_detail", done.pk)).status_code == 200
    response = client.get(url("report_download", done.pk))
    assert response.status_code == (200 if allowed(role, Action.MAKE_REPORT) else 403)
    if response.status_code == 200:
        assert b"".join(response.streaming_content).startswith(b"%PDF")
    response.close()


def test_stranger_learns_nothing(dora, done, client_of, organization):
    client = client_of(dora)
    for name in ("report_detail", "report_download"):
        assert client.get(url(name, done.pk)).status_code == 404
        assert client.get(url(name, done.pk, organization="elsewhere")).status_code == 404
    assert client.get(url("report_list")).status_code == 404
    assert "Document 1" not in client.get(url("report_list", organization="elsewhere")).text


def test_contributor_makes_none_and_is_offered_none(cleo, done, client_of, result, sent):
    client = client_of(cleo)
    response = client.post(url("report_create"), {"kind": "maturity", "result": result.pk})
    assert response.status_code == 403
    assert url("report_download", done.pk) not in client.get(url("report_detail", done.pk)).text
    assert url("report_download", done.pk) not in client.get(url("report_list")).text


def test_visitor_is_sent_to_sign_in(done):
    response = Client().get(url("report_detail", done.pk))
    assert response.status_code == 302
    assert "login" in response["Location"]


# --- asking --------------------------------------------------------------------------------------


def test_asked_document_is_queued_once_and_shown(
    ada, client_of, supported, sent, django_capture_on_commit_callbacks
):
    wishes = {"kind": "roi_evidence", "study": supported.study.pk, "roi_case": supported.case.pk}
    client = client_of(ada)
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(url("report_create"), {**wishes, "paper": "letter", "language": "zh-hans"})
        report = Report.objects.get()
        assert response["Location"] == url("report_detail", report.pk)
    assert (report.paper, report.language, report.roi_case) == ("letter", "zh-hans", supported.case)
    assert set(sent) == {report.pk}


def test_asked_maturity_document_needs_no_study(ada, client_of, result, sent):
    client_of(ada).post(url("report_create"), {"kind": "maturity", "result": result.pk})
    assert Report.objects.get().maturity_result == result


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"kind": "novel"},
        {"kind": "roi_evidence"},
        {"kind": "maturity", "study": 1},
        {"kind": "maturity", "result": 1, "paper": "A0"},
        {"kind": "maturity", "result": 1, "language": "tlh"},
        {"kind": "maturity", "result": "one"},
    ],
)
def test_request_that_says_nothing_is_refused(ada, client_of, wishes):
    assert client_of(ada).post(url("report_create"), wishes).status_code == 422
    assert not Report.objects.exists()


def test_subject_of_another_organization_is_not_found(dora, client_of, supported, result):
    client = client_of(dora)
    for wishes in (
        {"kind": "roi_evidence", "study": supported.study.pk},
        {"kind": "maturity", "result": result.pk},
    ):
        response = client.post(url("report_create", organization="elsewhere"), wishes)
        assert response.status_code == 404
    assert not Report.objects.exists()


# --- looking -------------------------------------------------------------------------------------


def test_progress_is_a_fragment_that_asks_again_until_done(ada, client_of, supported):
    report = waiting_report(ada, supported)
    report.claim()
    report.beat(55)
    client, address = client_of(ada), url("report_detail", report.pk)
    fragment = client.get(address, headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert "55%" in fragment
    assert "hx-trigger" in fragment
    assert "<html" in client.get(address).text
    assert client.get(url("report_download", report.pk)).status_code == 409
    report.fail("The disk is full.")
    fragment = client.get(address, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in fragment
    assert "The disk is full." in fragment
    assert "Try again" in fragment


def test_failed_document_is_tried_again_from_its_page(
    ada, client_of, supported, sent, django_capture_on_commit_callbacks
):
    report = waiting_report(ada, supported, paper="letter")
    report.claim()
    report.fail("The disk is full.")
    fields = {"kind": report.kind, "study": report.study_id, "roi_case": report.roi_case_id}
    with django_capture_on_commit_callbacks(execute=True):
        client_of(ada).post(url("report_create"), {**fields, "language": "en", "paper": "letter"})
    report.refresh_from_db()
    assert report.job_state == JobState.QUEUED
    assert sent == [report.pk]


def test_finished_document_shows_pages_size_and_digests(ada, client_of, done):
    client, address = client_of(ada), url("report_detail", done.pk)
    fragment = client.get(address, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in fragment
    for shown in (done.verification_code, done.file_digest, done.content_digest, "7 pages"):
        assert shown in fragment


def test_document_says_with_which_engine_its_figures_were_computed(ada, client_of, done):
    """From its stored content, which stays as it is."""
    client, address = client_of(ada), url("report_detail", done.pk)
    Report.objects.filter(pk=done.pk).update(content={"result": {"engine_version": ENGINE_VERSION}})
    assert "which is today&#x27;s." in client.get(address).text
    content = {"study": {"engine_version": "1.0.0"}, "roi_case": None, "earlier_value": {"number": 1}}
    Report.objects.filter(pk=done.pk).update(content=content)
    before = Report.objects.values().get(pk=done.pk)
    shown = client.get(address).text
    assert "Computed with engine 1.0; today&#x27;s is" in shown
    assert "The document stays as it was created; one about a new computation may differ." in shown
    assert Report.objects.values().get(pk=done.pk) == before


def test_download_is_an_attachment_or_opens_in_the_browser(ada, client_of, done):
    client, address = client_of(ada), url("report_download", done.pk)
    saved, opened = client.get(address), client.get(address + "?view")
    assert saved["Content-Disposition"] == f'attachment; filename="maturity-{done.verification_code}.pdf"'
    assert opened["Content-Disposition"].startswith("inline")
    assert saved["Content-Type"] == "application/pdf"
    assert b"".join(saved.streaming_content) == b"%PDF-1.7 " + done.verification_code.encode()
    saved.close()
    opened.close()


def test_empty_list_teaches_the_next_step(ada, client_of):
    assert "No documents yet" in client_of(ada).get(url("report_list")).text


def test_titles_are_escaped(ada, client_of, result):
    report = sample(ada, result=result, title="<script>alert(1)</script>")
    client = client_of(ada)
    for address in (
        url("report_list"),
        url("report_detail", report.pk),
        reverse("verify_code", args=[report.verification_code]),
    ):
        html = client.get(address).text
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_list_asks_no_query_per_document(ada, client_of, result):
    client = client_of(ada)
    sample(ada, 1, result=result)
    client.get(url("report_list"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("report_list"))
    for number in range(2, 9):
        sample(ada, number, result=result)
    with CaptureQueriesContext(connection) as many:
        assert "Document 8" in client.get(url("report_list")).text
    assert len(many) == len(one) <= 10


def test_progress_costs_few_queries(ada, client_of, done, django_assert_max_num_queries):
    client = client_of(ada)
    client.get(url("report_detail", done.pk))
    with django_assert_max_num_queries(8):
        client.get(url("report_detail", done.pk), headers={"HX-Request": "true"})


# --- verifying -----------------------------------------------------------------------------------


def test_anybody_verifies_a_code_however_it_is_typed(done):
    client = Client()
    for typed in ("AAAA-BBBB-CCCC-0001", "aaaabbbbcccc0001", " aaaa bbbb cccc 0001 ", "aaaa/bbbb/cccc/0001"):
        page = client.get(reverse("verify"), {"code": typed}, follow=True)
        assert page.status_code == 200
        assert done.file_digest in page.text


@pytest.mark.parametrize("typed", ["", "/", "//../", "?", "密码"])
def test_empty_code_asks_for_one(typed):
    page = Client().get(reverse("verify"), {"code": typed}, follow=True)
    assert page.status_code == 200
    assert "Enter the code" in page.text


@pytest.mark.parametrize("typed", ["ZZZZ-ZZZZ-ZZZZ-ZZZZ", "A" * 5_000, "'; drop table--"])
def test_unknown_code_is_said_to_be_unknown(typed):
    page = Client().get(reverse("verify"), {"code": typed}, follow=True)
    assert page.status_code == 404
    assert "No document has this code" in page.text
    assert "after the backup from which this installation was restored" in page.text


def test_unfinished_document_is_not_known_yet(ada, supported):
    report = waiting_report(ada, supported)
    assert Client().get(reverse("verify_code", args=[report.verification_code])).status_code == 404


@pytest.mark.parametrize(
    ("territory", "own", "expected"),
    [("DE", "", "1 Dec 2025"), ("DE", "US", "Dec 1, 2025"), ("US", "DE", "1 Dec 2025")],
)
def test_the_day_stands_as_the_document_and_the_other_pages_write_it(
    done, client_of, ada, territory, own, expected
):
    """Half past eleven at night in UTC is the next day in Tokyo, where the organization is."""
    type(done.organization).objects.update(territory=territory, time_zone="Asia/Tokyo")
    type(ada.user).objects.update(territory=own)
    type(done).objects.update(created_at=datetime(2025, 11, 30, 23, 30, tzinfo=UTC))
    address = reverse("verify_code", args=[done.verification_code])
    assert f"on {expected}." in client_of(ada).get(address).text
    if not own:
        assert f"on {expected}." in Client().get(address).text


def test_same_file_is_unchanged_and_an_altered_one_is_not(done):
    client, address = Client(), reverse("verify_code", args=[done.verification_code])
    with done.file.open("rb") as file:
        content = file.read()
    same = client.post(address, {"file": SimpleUploadedFile("copy.pdf", content)})
    assert "The file is unchanged." in same.text
    altered = bytearray(content)
    altered[-1] ^= 1
    other = client.post(address, {"file": SimpleUploadedFile("copy.pdf", bytes(altered))})
    assert "The file is not the same." in other.text
    assert "The file is unchanged." not in other.text


def test_a_document_of_before_a_restore_is_told_from_the_one_that_was_made_again(ada, supported):
    """The restored database does not know it: another of the same content gets its code, and other bytes."""
    lost = made_report(ada, supported)
    with lost.file.open("rb") as file:
        held = file.read()
    code, digest = lost.verification_code, lost.content_digest
    Report.objects.filter(pk=lost.pk).delete()
    address = reverse("verify_code", args=[code])
    assert "after the backup" in Client().get(address).text
    again = waiting_report(ada, supported)
    Report.objects.filter(pk=again.pk).update(created_at=timezone.now() + timedelta(days=1))
    run_report(again.pk)
    again.refresh_from_db()
    assert (again.verification_code, again.content_digest) == (code, digest)
    page = Client().post(address, {"file": SimpleUploadedFile("held.pdf", held)})
    assert "The file is not the same." in page.text
    assert "after this installation was restored from a backup" in page.text
    assert digest in page.text


def test_comparing_nothing_or_too_much_is_refused_and_kept_nowhere(done, settings):
    client, address = Client(), reverse("verify_code", args=[done.verification_code])
    nothing = client.post(address, {})
    assert "unchanged" not in nothing.text
    settings.UPLOAD_MAX_BYTES = 10
    large = client.post(address, {"file": SimpleUploadedFile("copy.pdf", b"x" * 11)})
    assert "larger than any document" in large.text
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 1


# --- a row whose file is gone ----------------------------------------------------------------------


def test_a_document_whose_file_is_gone_says_so(client_of, api_of, ada, done):
    done.file.storage.delete(done.file.name)
    page = client_of(ada).get(url("report_download", done.pk))
    assert page.status_code == 410
    assert "no longer on the server" in page.text
    answer = api_of(ada).get(f"/api/v1/o/northwind/reports/{done.pk}/download/")
    assert (answer.status_code, answer.json()["code"]) == (410, "file_gone")


def test_a_document_whose_file_is_gone_is_made_again_when_asked_for(client_of, ada, result, sent):
    client, wanted = client_of(ada), {"kind": "maturity", "result": result.pk}
    client.post(url("report_create"), wanted)
    report = Report.objects.get()
    report.job_state = JobState.DONE
    report.file.save("a.pdf", SimpleUploadedFile("a.pdf", b"%PDF-1.7"), save=False)
    report.save()
    client.post(url("report_create"), wanted)
    report.refresh_from_db()
    assert (report.job_state, len(sent)) == (JobState.DONE, 0)
    report.file.storage.delete(report.file.name)
    client.post(url("report_create"), wanted)
    report.refresh_from_db()
    assert (Report.objects.count(), report.job_state) == (1, JobState.QUEUED)


def test_two_documents_of_one_day_are_told_apart(ada, client_of, result):
    for number, hour in ((1, 9), (2, 14)):
        report = sample(ada, number, result=result)
        report.created_at = datetime(2026, 3, 4, hour, 30, tzinfo=UTC)
        report.save()
    text = client_of(ada).get(url("report_list")).text
    assert re.search(r"0?9:30", text)
    assert re.search(r"14:30|2:30", text)


def test_an_empty_list_leads_to_the_document_that_can_be_made(ada, client_of, result):
    page = client_of(ada).get(url("report_list")).text
    assert f'href="/o/northwind/assess/{result.assessment_id}/result/"' in page
    assert "Go to Prove" not in page


def test_an_empty_list_leads_to_a_finding_before_a_result(ada, client_of, supported, result):
    page = client_of(ada).get(url("report_list")).text
    assert reverse("impact:initiative_impact", args=["northwind", supported.study.initiative.number]) in page
    assert "Open the result" not in page


def test_who_makes_no_documents_is_not_told_to_make_one(organization, client_of, result):
    reader = _member(organization, "Rita", Role.CONTRIBUTOR)
    page = client_of(reader).get(url("report_list")).text
    assert "has created one" in page
    assert "Open the result" not in page
    assert "Go to Prove" not in page
