"""Asking for documents and making them: once per content, whole or not at all, and never twice."""

import errno
import hashlib
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage
from django.http import Http404
from django.utils import timezone, translation

from accounts.choices import Action
from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.jobs import JobState, restart_stale_jobs
from impact.models import Study
from impact.services import sign_off
from reports import services
from reports.access import report_for
from reports.errors import NothingToReport
from reports.models import Report
from reports.services import making
from reports.tasks import run_report
from tests.factories.assessments import make_result
from tests.factories.impact import live_initiative
from tests.factories.reports import made_report, proved, waiting_report
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def make_silent(report: Report) -> None:
    """As a worker leaves the row that was killed some minutes ago."""
    long_ago = timezone.now() - timedelta(hours=1)
    Report.objects.filter(pk=report.pk).update(job_state=JobState.RUNNING, heartbeat_at=long_ago, attempts=1)


def disk_full(monkeypatch, *, after: int = 0, number: int = errno.ENOSPC) -> None:
    """Storing fails after so many bytes, as a disk does that fills up meanwhile."""

    def save(storage, name, content):
        path = Path(storage.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read()[:after])
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", save)


# --- once per content ----------------------------------------------------------------------------


@pytest.mark.usefixtures("short")
def test_same_content_is_the_same_row_made_once(supported, ada, ben):
    first, second = made_report(ada, supported), waiting_report(ben, supported)
    assert first == second
    assert second.job_state == JobState.DONE
    assert not services.make_report(report=second)
    assert Report.objects.count() == AuditEvent.objects.filter(verb="report.requested").count() == 1


@pytest.mark.usefixtures("short")
def test_same_content_makes_the_same_bytes_again(supported, ada, settings):
    first = made_report(ada, supported)
    Report.objects.update(job_state=JobState.QUEUED, file="", file_digest="")
    again = Report.objects.get()
    assert services.make_report(report=again)
    assert again.file_digest == first.file_digest
    with again.file.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == first.file_digest
    assert again.file.size == again.file_bytes


@pytest.mark.drawn
def test_language_of_the_reader_leaves_no_trace_in_the_document(supported, ada):
    """The whole document twice, charts and all: the same bytes, whoever asks."""
    with translation.override("zh-hans"):
        first = made_report(ada, supported)
    digest = first.file_digest
    Report.objects.all().delete()
    with translation.override("en"):
        second = waiting_report(ada, supported)
    Report.objects.update(created_at=first.created_at)
    second.refresh_from_db()
    assert services.make_report(report=second)
    assert second.file_digest == digest


def test_language_and_paper_make_other_documents(supported, ada):
    wishes = [
        {},
        {"language": "zh-hans"},
        {"paper": "letter"},
        {"language": "zh-hans", "paper": "letter"},
    ]
    reports = [waiting_report(ada, supported, **wish) for wish in wishes]
    assert len({report.verification_code for report in reports}) == 4
    assert len({report.content_digest for report in reports}) == 1


def test_finance_review_is_part_of_the_content(supported, ada, dora, organization):
    before = waiting_report(ada, supported)
    fay = ada.__class__.objects.create(organization=organization, user=dora.user, role="finance_reviewer")
    sign_off(case=supported.case, by=fay, comment="Agrees with the ledger")
    supported.case.refresh_from_db()
    after = waiting_report(ada, supported)
    assert after != before
    assert after.content["roi_case"]["sign_off"]["comment"] == "Agrees with the ledger"


def test_unfinished_study_is_refused(organization, ada):
    simulated = live_initiative(organization, ada)
    study = Study.objects.create(
        organization=organization,
        initiative=simulated.initiative,
        plan_digest="",
        data_cutoff=simulated.last_day,
    )
    with pytest.raises(NothingToReport):
        services.request_roi_report(by=ada, study=study, roi_case=None)
    assert not Report.objects.exists()


def test_content_is_kept_beside_the_document(document, supported):
    assert document.content["study"]["finding"] == supported.study.finding
    assert document.content["study"]["inputs"] == supported.study.inputs
    assert document.content["roi_case"]["result"] == supported.case.result
    assert document.pages >= 5


def test_maturity_result_becomes_a_document(ada):
    report = services.request_maturity_report(by=ada, result=make_result(ada))
    assert services.make_report(report=report)
    assert report.job_state == JobState.DONE
    assert report.pages >= 3
    assert services.request_maturity_report(by=ada, result=report.maturity_result) == report


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("written", [0, 4_000])
def test_full_disk_leaves_a_clear_message_and_no_file(supported, ada, monkeypatch, settings, written):
    report = waiting_report(ada, supported)
    disk_full(monkeypatch, after=written)
    assert services.make_report(report=report)
    report.refresh_from_db()
    assert report.job_state == JobState.FAILED
    assert "disk is full" in report.failure
    assert not report.file
    assert report.file_digest == ""
    assert files_in(settings.MEDIA_ROOT) == []


@pytest.mark.usefixtures("short")
def test_failed_document_is_queued_again_and_comes_out(supported, ada, monkeypatch):
    report = waiting_report(ada, supported)
    with monkeypatch.context() as full:
        disk_full(full)
        services.make_report(report=report)
    again = waiting_report(ada, supported)
    assert (again.pk, again.job_state, again.failure) == (report.pk, JobState.QUEUED, "")
    assert services.make_report(report=again)
    assert again.job_state == JobState.DONE


@pytest.mark.usefixtures("short")
def test_other_storage_trouble_is_named(supported, ada, monkeypatch):
    report = waiting_report(ada, supported)
    disk_full(monkeypatch, number=errno.EACCES)
    services.make_report(report=report)
    report.refresh_from_db()
    assert report.job_state == JobState.FAILED
    assert "could not be stored" in report.failure


def test_unknown_error_fails_the_document_and_is_not_hidden(supported, ada, monkeypatch):
    report = waiting_report(ada, supported)

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(making, "html_of", broken)
    with pytest.raises(ZeroDivisionError):
        services.make_report(report=report)
    report.refresh_from_db()
    assert report.job_state == JobState.FAILED
    assert report.failure


# --- workers that die ----------------------------------------------------------------------------


@pytest.mark.usefixtures("short")
def test_killed_worker_is_replaced_and_the_document_made_once(supported, ada, monkeypatch, settings):
    report = waiting_report(ada, supported)

    def killed(*args, **kwargs):
        raise SystemExit(-9)

    with monkeypatch.context() as dying:
        dying.setattr(making, "render_pdf", killed)
        with pytest.raises(SystemExit):
            services.make_report(report=report)
    report.refresh_from_db()
    assert report.job_state == JobState.RUNNING
    monkeypatch.setattr(run_report, "delay", run_report.run)
    assert restart_stale_jobs(timezone.now()) == 0  # it may still be alive
    make_silent(report)
    assert restart_stale_jobs(timezone.now()) == 1
    assert restart_stale_jobs(timezone.now()) == 0
    report.refresh_from_db()
    assert (report.job_state, report.attempts) == (JobState.DONE, 2)
    assert len(files_in(settings.MEDIA_ROOT)) == 1


@pytest.mark.usefixtures("short")
def test_lost_message_is_sent_again(supported, ada, monkeypatch):
    report = waiting_report(ada, supported)
    monkeypatch.setattr(run_report, "delay", run_report.run)
    Report.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert restart_stale_jobs(timezone.now()) == 1
    report.refresh_from_db()
    assert report.job_state == JobState.DONE


@pytest.mark.usefixtures("short")
def test_two_workers_on_one_row_make_one_document(supported, ada, monkeypatch):
    report = waiting_report(ada, supported)
    other = Report.objects.get(pk=report.pk)
    assert report.claim()
    assert not services.make_report(report=other)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("ending", ["finishes", "fails"])
def test_overtaken_worker_changes_nothing(supported, ada, monkeypatch, settings, ending):
    """A worker that slept through its time wakes up when another has finished the document."""
    report = waiting_report(ada, supported)
    drawn = making.render_pdf

    def overtaken(*args, **kwargs):
        monkeypatch.setattr(making, "render_pdf", drawn)
        make_silent(report)
        assert services.make_report(report=Report.objects.get(pk=report.pk))
        if ending == "fails":
            raise OSError(errno.ENOSPC, "No space left on device")
        return drawn(*args, **kwargs)

    monkeypatch.setattr(making, "render_pdf", overtaken)
    assert not services.make_report(report=report)
    stored = Report.objects.get(pk=report.pk)
    assert stored.job_state == JobState.DONE
    assert files_in(settings.MEDIA_ROOT) == [Path(stored.file.name).name]
    with stored.file.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == stored.file_digest


def test_task_of_a_deleted_document_does_nothing(db):
    run_report.run(4_711)


def test_refused_study_is_a_document_too(ada):
    report = made_report(ada, proved(ada, "refused"))
    assert report.job_state == JobState.DONE
    assert report.content["roi_case"] is None


def test_money_of_another_study_makes_no_document(ada, api_of, client_of, supported):
    """Else a genuine document would carry the proof of one study with the money of another."""
    second = Study.objects.get(pk=supported.study.pk)
    second.pk, second.number, second._state.adding = None, 2, True
    second.save()
    wishes = {"kind": "roi_evidence", "study": second.pk, "roi_case": supported.case.pk}
    with pytest.raises(InvalidValues):
        services.request_roi_report(by=ada, study=second, roi_case=supported.case)
    assert api_of(ada).post("/api/v1/o/northwind/reports/", wishes).status_code == 422
    assert client_of(ada).post("/o/northwind/reports/new/", wishes).status_code == 422
    assert not Report.objects.exists()


# --- language and paper ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "paper", "field"),
    [("tlh", "A4", "language"), ("fr", "A4", "language"), ("en", "A0", "paper")],
)
def test_a_language_or_paper_that_is_not_offered_is_refused(ada, language, paper, field):
    result = make_result(ada)
    with pytest.raises(InvalidValues) as refusal:
        services.request_maturity_report(by=ada, result=result, language=language, paper=paper)
    assert set(refusal.value.fields) == {field}
    assert not Report.objects.exists()


# --- the door -------------------------------------------------------------------------------------


def test_a_document_is_for_its_organization_and_making_one_for_who_may(ada, cleo, dora):
    _first, wanted, _last = (services.request_maturity_report(by=ada, result=make_result(ada)) for _ in "abc")
    assert report_for(cleo, wanted.pk) == wanted
    with pytest.raises(PermissionDenied):
        report_for(cleo, wanted.pk, Action.MAKE_REPORT)
    with pytest.raises(Http404):
        report_for(dora, wanted.pk)


def test_a_request_that_breaks_off_leaves_no_document_waiting(ada, monkeypatch):
    use_case = partial(services.request_maturity_report, by=ada, result=make_result(ada))
    assert left_behind(monkeypatch, "reports.services.making.record_event", use_case, "reports") == []
