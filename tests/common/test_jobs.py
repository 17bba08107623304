"""Jobs: claimed once, alive while they work, given up after some attempts, never lost with a message."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy, override
from kombu.exceptions import OperationalError as BrokerError

from common import jobs
from common.errors import DomainError
from common.jobs import JobState, Overtaken, enqueue, restart_stale_jobs, run
from customer_voice.models import ImportBatch
from tests.factories.customer_voice import SourceFactory


@pytest.fixture
def job(organization) -> ImportBatch:
    return ImportBatch.objects.create(
        organization=organization,
        source=SourceFactory(organization=organization),
        filename="a.csv",
        file_bytes=1,
    )


def stored(job: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.get(pk=job.pk)


def silent(job: ImportBatch, **values) -> None:
    ImportBatch.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1), **values)


def test_work_runs_once_and_ends_done(job):
    done = []

    def work():
        done.append(stored(job).job_state)
        job.finish()

    assert run(job, work, unknown="?")
    assert not run(stored(job), work, unknown="?")
    assert done == [JobState.RUNNING]
    assert (stored(job).job_state, stored(job).progress, stored(job).attempts) == (JobState.DONE, 100, 1)


def test_a_refusal_is_the_reason_of_the_failure(job):
    def work():
        raise DomainError("The file is empty.")

    assert run(job, work, unknown="?")
    assert (stored(job).job_state, stored(job).failure) == (JobState.FAILED, "The file is empty.")


def test_an_unknown_error_fails_the_job_and_is_not_hidden(job):
    with pytest.raises(ZeroDivisionError):
        run(job, lambda: 1 / 0, unknown="Something went wrong.")
    assert (stored(job).job_state, stored(job).failure) == (JobState.FAILED, "Something went wrong.")


def test_a_lost_database_leaves_the_job_to_be_taken_up_again(job):
    def work():
        raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        run(job, work, unknown="?")
    assert stored(job).job_state == JobState.RUNNING


def test_work_over_the_time_limit_fails_with_that_reason(job):
    def work():
        raise SoftTimeLimitExceeded

    run(job, work, unknown="?")
    assert stored(job).job_state == JobState.FAILED
    assert "longer than allowed" in stored(job).failure


@pytest.mark.parametrize(("attempts", "runs"), [(0, True), (4, True), (5, False), (9, False)])
def test_five_attempts_are_the_end(job, attempts, runs):
    silent(job, attempts=attempts, job_state=JobState.RUNNING)
    done = []
    run(stored(job), lambda: done.append(1), unknown="?")
    assert bool(done) is runs
    assert (stored(job).job_state == JobState.FAILED) is not runs


def test_an_overtaken_worker_stops_at_its_next_beat_and_writes_nothing(job):
    def work():
        silent(job)
        other = stored(job)
        assert other.claim()
        other.finish()
        job.beat(50)
        raise AssertionError("not reached")

    assert not run(job, work, unknown="?")
    assert (stored(job).job_state, stored(job).progress) == (JobState.DONE, 100)


@pytest.mark.parametrize("ending", ["finish", "fail"])
def test_nobody_ends_a_job_that_is_not_held(job, ending):
    with pytest.raises(Overtaken):
        job.finish() if ending == "finish" else job.fail("no")
    assert stored(job).job_state == JobState.QUEUED


def test_a_live_job_is_claimed_by_one_only(job):
    assert job.claim()
    assert not stored(job).claim()
    silent(job)
    assert stored(job).claim()
    assert stored(job).attempts == 2


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_what_was_silent_for_too_long_is_sent_again(job, monkeypatch, settings, state):
    settings.STALE_AFTER_SECONDS = 100
    sent = []
    monkeypatch.setattr("customer_voice.tasks.run_import.delay", sent.append)
    now = timezone.now()
    ImportBatch.objects.update(job_state=state, heartbeat_at=now - timedelta(seconds=99))
    assert restart_stale_jobs(now) == 0
    ImportBatch.objects.update(heartbeat_at=now - timedelta(seconds=101))
    assert restart_stale_jobs(now) == 1
    assert sent == [job.pk]


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_what_is_finished_is_left_alone(job, monkeypatch, state):
    monkeypatch.setattr("customer_voice.tasks.run_import.delay", lambda pk: pytest.fail("sent"))
    silent(job, job_state=state)
    assert restart_stale_jobs(timezone.now()) == 0


@pytest.mark.parametrize("error", [BrokerError("refused"), ConnectionRefusedError("refused")])
def test_a_broker_that_is_away_costs_nobody_the_answer(
    job, monkeypatch, caplog, django_capture_on_commit_callbacks, error
):
    def away(pk):
        raise error

    monkeypatch.setattr("customer_voice.tasks.run_import.delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(job)
    assert "queue cannot be reached" in caplog.text
    assert stored(job).job_state == JobState.QUEUED


def close_for_good():
    """What a thread does at its end; Django keeps a SQLite database in memory open."""
    raw = connection.connection
    connection.close()
    if connection.vendor == "sqlite" and raw is not None:
        raw.close()
        connection.connection = None


@pytest.mark.django_db(transaction=True)
def test_work_that_does_not_return_stays_alive(job, settings, monkeypatch):
    """Drawing a long document answers nobody for minutes; its heart beats all the same."""
    monkeypatch.setattr(jobs, "connection", SimpleNamespace(close=close_for_good))
    settings.STALE_AFTER_SECONDS, settings.HEARTBEAT_SECONDS = 2, 0.5
    claims = []

    def work():
        time.sleep(3)
        claims.append(stored(job).claim())
        job.finish()

    assert run(job, work, unknown="?")
    assert claims == [False]
    assert stored(job).attempts == 1


def test_every_kind_of_job_names_a_task_that_exists():
    assert {model.task for model in jobs.job_models()} >= {
        "impact.tasks.run_study",
        "reports.tasks.run_report",
        "customer_voice.tasks.run_import",
    }
    for model in jobs.job_models():
        assert callable(import_string(model.task).delay)


ENGLISH = "The disk is full, so the document could not be stored. Free up space, then try again."
CHINESE = "磁盘已满，无法存储文档。请腾出空间后重试。"


def refused_with(job: ImportBatch, reason) -> ImportBatch:
    def work():
        raise DomainError(reason)

    with override("en"):
        run(job, work, unknown="?")
    return stored(job)


def test_a_refusal_is_read_in_the_language_of_its_reader_whoever_did_the_work(job):
    refused_with(job, gettext_lazy(ENGLISH))
    assert stored(job).failure == ENGLISH
    with override("zh-hans"):
        assert stored(job).failure == CHINESE
        assert ImportBatch.objects.values_list("failure", flat=True).get() == CHINESE
        stored(job).save()  # by somebody who reads Chinese: the others keep their words
    assert stored(job).failure == ENGLISH


def test_the_facts_of_a_refusal_stand_in_each_language(job):
    silent(job, attempts=9)
    run(job, lambda: None, unknown="?")
    with override("zh-hans"):
        assert "5次" in stored(job).failure
    assert "stopped 5 times" in stored(job).failure


@pytest.mark.parametrize("text", ["The file is empty.", "{not JSON", '{"line": "a"}', "{}", '["en"]'])
def test_a_reason_that_was_stored_as_text_is_shown_as_stored(job, text):
    refused_with(job, text)
    with override("zh-hans"):
        assert stored(job).failure == text


def test_the_time_limit_and_an_unknown_error_have_their_words_in_each_language(job):
    def work():
        raise SoftTimeLimitExceeded

    run(job, work, unknown="?")
    with override("zh-hans"):
        assert "The work took" not in stored(job).failure
