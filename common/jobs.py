"""Long work as a row with a state and a progress figure.

The service creates the row; the caller asks for it with `enqueue`, which sends the message after the commit;
the task calls a service, which does the work inside `run`. The row is the truth: a message that was lost, a
broker that was away or a worker that died only delay it, because one periodic task sends the message again
for every row that has been silent for too long. Running a task twice does no harm: the row is claimed by
one worker, and a worker that was overtaken can no longer write.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Self

from celery.exceptions import SoftTimeLimitExceeded
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from common.messages import send
from common.worded import WordsField, worded

log = logging.getLogger("cxprogram.jobs")

MOST_ATTEMPTS = 5
_TOO_OFTEN = gettext_lazy(
    "The work stopped %(count)d times without an answer, so it is not tried again. Nothing "
    "was left half done."
)
_TOO_LONG = gettext_lazy("The work took longer than allowed, so it was stopped.")


class JobState(models.TextChoices):
    QUEUED = "queued", gettext_lazy("Waiting")
    RUNNING = "running", gettext_lazy("Running")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class TryAgain(Exception):
    """What the work needs is away for now: the row waits, with this reason, and is taken up again."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(str(reason))


class Overtaken(Exception):
    """Another worker has taken the row over, or it was finished: this one must stop and write nothing."""


class JobFilters:
    """The filters of jobs, mixed into the queryset of each kind of job."""

    if TYPE_CHECKING:

        def filter(self, *args: Any, **kwargs: Any) -> Self: ...

    def finished(self) -> Self:
        return self.filter(job_state=JobState.DONE)

    def unfinished(self) -> Self:
        return self.filter(job_state__in=UNFINISHED)

    def stale(self, now: datetime) -> Self:
        """Unfinished rows whose worker, or whose message, has been silent for too long."""
        return self.filter(_is_stale(now))


class Job(models.Model):
    """Abstract. One row is one piece of long work; subclasses add what it is about and name its task."""

    task: ClassVar[str]  # where the task is: "impact.tasks.run_study"
    most_attempts: ClassVar[int] = MOST_ATTEMPTS
    lot_task: ClassVar[str] = ""  # takes up all rows of this kind that wait, in place of a message for each

    job_state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True)
    progress = models.PositiveSmallIntegerField(default=0)  # 0-100
    heartbeat_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = WordsField(blank=True)  # in the language of whoever reads it

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        return self.job_state in {JobState.DONE, JobState.FAILED}

    def claim(self) -> bool:
        """Take the row for this worker; False when another live worker has it or it is finished."""
        now = timezone.now()
        claimed = (
            type(self)
            ._default_manager.filter(pk=self.pk)
            .filter(
                Q(job_state=JobState.QUEUED)
                | Q(job_state=JobState.RUNNING, heartbeat_at__lt=_silent_since(now))
            )
            .update(job_state=JobState.RUNNING, heartbeat_at=now, attempts=models.F("attempts") + 1)
        )
        if claimed:
            self.refresh_from_db()
        return bool(claimed)

    def beat(self, progress: int) -> None:
        """Say that the work is alive and how far it is (0-100). Raises Overtaken."""
        self.write(progress=max(0, min(100, progress)))

    def finish(self, **values: Any) -> None:
        """The end, with what else changes in the row at that moment. Raises Overtaken."""
        self.write(job_state=JobState.DONE, progress=100, **values)

    def fail(self, reason: str | Promise) -> None:
        """The end without a result; `reason` is read by people. Raises Overtaken."""
        self.write(job_state=JobState.FAILED, failure=reason)

    def write(self, **values: Any) -> None:
        """Change columns of a row that this worker still holds; the number of attempts tells.

        Raises Overtaken, and changes nothing, when it does not.
        """
        values["heartbeat_at"] = timezone.now()
        held = type(self)._default_manager.filter(
            pk=self.pk, job_state=JobState.RUNNING, attempts=self.attempts
        )
        if not held.update(**values):
            raise Overtaken
        for name, value in values.items():
            setattr(self, name, value)

    def queue_again(self) -> None:
        """Back to the start, for a row whose work may be tried anew; the caller saves and enqueues."""
        self.job_state, self.progress, self.attempts = JobState.QUEUED, 0, 0
        self.heartbeat_at, self.failure = timezone.now(), ""


def enqueue(job: Job) -> None:
    """Send the job's message after the commit. A broker that is away delays the work, and loses nothing."""
    transaction.on_commit(partial(_send, type(job), job.pk), robust=True)


def _send(model: type[Job], pk: int) -> bool:
    return send(model.task, pk, about=f"{model._meta.label} {pk} waits")


def run(job: Job, work: Callable[[], None], *, unknown: Promise) -> bool:
    """Claim the job and bring it to an end, good or bad; False when another worker has it or it must wait.

    The work calls `job.beat` now and then and `job.finish` at its end. A refusal (DomainError) fails the job
    with its own words; TryAgain leaves it for a later attempt. An unknown error fails it with `unknown` and
    is raised again, except that a database that was lost leaves the row as it is, to be taken up again. A job
    that was taken up more than `most_attempts` times, or that exceeds the worker's time limit, fails with
    that reason.
    """
    if not job.claim():
        return False
    name, started = f"{job._meta.label} {job.pk}", monotonic()
    if job.attempts > job.most_attempts:
        return _failed(job, worded(_TOO_OFTEN, count=job.most_attempts), name, "too many attempts")
    log.info("%s started (attempt %d)", name, job.attempts)
    try:
        with _heartbeats(job):
            work()
    except Overtaken:
        log.warning("%s was taken over by another worker", name)
        return False
    except TryAgain as reason:
        return _postponed(job, reason.reason, name, _kind(reason))
    except DomainError as refusal:
        return _failed(job, refusal.message, name, _kind(refusal))
    except SoftTimeLimitExceeded as limit:
        return _failed(job, _TOO_LONG, name, _kind(limit))
    except OperationalError:
        log.exception("%s lost its database; it is taken up again", name)
        raise
    except Exception as error:
        _failed(job, unknown, name, _kind(error))
        raise
    log.info("%s ended after %.1f s", name, monotonic() - started)
    return True


def restart_stale_jobs(now: datetime) -> int:
    """Send the message again for every row of every kind that has been silent for too long."""
    sent = 0
    for model in job_models():
        rows = model._default_manager.filter(_is_stale(now))
        if model.lot_task:
            sent += rows.exists() and send(model.lot_task, about=f"{model._meta.label} waits")
        else:
            sent += sum(_send(model, pk) for pk in rows.values_list("pk", flat=True))
    return sent


def job_models() -> list[type[Job]]:
    return [model for model in apps.get_models() if issubclass(model, Job)]


def _is_stale(now: datetime) -> Q:
    return Q(job_state__in=UNFINISHED, heartbeat_at__lt=_silent_since(now))


def _silent_since(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.STALE_AFTER_SECONDS)


def _kind(error: Exception) -> str:
    """What the log says of an error; its words may name people, and stand in the row alone."""
    return type(error.__cause__ or error).__name__


def _failed(job: Job, reason: str | Promise, name: str, kind: str) -> bool:
    log.error("%s failed (%s)", name, kind)
    try:
        job.fail(reason)
    except Overtaken:
        log.warning("%s was taken over by another worker", name)
        return False
    return True


def _postponed(job: Job, reason: str | Promise, name: str, kind: str) -> bool:
    """The last attempt ends it; every other one leaves the row to the periodic task."""
    if job.attempts >= job.most_attempts:
        return _failed(job, reason, name, kind)
    log.warning("%s waits (attempt %d, %s)", name, job.attempts, kind)
    job.write(failure=reason)
    return False


@contextmanager
def _heartbeats(job: Job) -> Iterator[None]:
    """Beats from a thread of their own: work that does not return for minutes is not taken for dead."""
    ended = threading.Event()
    rows = type(job)._default_manager.filter(pk=job.pk, job_state=JobState.RUNNING, attempts=job.attempts)

    def beat() -> None:
        while not ended.wait(settings.HEARTBEAT_SECONDS):
            try:
                rows.all().update(heartbeat_at=timezone.now())
            except DatabaseError as error:  # locked by the work itself: then nobody else can take it either
                log.debug("no heartbeat for %s %s (%s)", job._meta.label, job.pk, _kind(error))
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
