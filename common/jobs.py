"""Long work as a row with a state and a progress figure.

The service creates the row, the caller enqueues after commit, the task claims the row. The row
survives a lost message; a periodic task restarts stale rows; running a task twice does no harm.
"""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class JobQuerySet(models.QuerySet["Job"]):
    def stale(self, now: datetime) -> Self:
        """Queued or running rows whose worker has been silent for too long."""
        limit = now - timedelta(seconds=settings.STALE_AFTER_SECONDS)
        return self.filter(
            Q(job_state=JobState.QUEUED) | Q(job_state=JobState.RUNNING), heartbeat_at__lt=limit
        )


class Job(models.Model):
    """Abstract. One row is one piece of long work; subclasses add what it is about."""

    job_state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True)
    progress = models.PositiveSmallIntegerField(default=0)  # 0-100
    heartbeat_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        return self.job_state in {JobState.DONE, JobState.FAILED}

    def claim(self) -> bool:
        """Take the row for this worker; False when another live worker has it or it is finished."""
        now = timezone.now()
        limit = now - timedelta(seconds=settings.STALE_AFTER_SECONDS)
        claimed = (
            type(self)
            ._default_manager.filter(pk=self.pk)
            .filter(Q(job_state=JobState.QUEUED) | Q(job_state=JobState.RUNNING, heartbeat_at__lt=limit))
            .update(job_state=JobState.RUNNING, heartbeat_at=now, attempts=models.F("attempts") + 1)
        )
        if claimed:
            self.refresh_from_db()
        return bool(claimed)

    def beat(self, progress: int) -> None:
        """Say that the work is alive and how far it is (0-100)."""
        self.progress = max(0, min(100, progress))
        self.heartbeat_at = timezone.now()
        type(self)._default_manager.filter(pk=self.pk).update(
            progress=self.progress, heartbeat_at=self.heartbeat_at
        )

    def finish(self) -> None:
        self.job_state, self.progress, self.heartbeat_at = JobState.DONE, 100, timezone.now()
        self.save(update_fields=["job_state", "progress", "heartbeat_at"])

    def fail(self, reason: str) -> None:
        self.job_state, self.failure, self.heartbeat_at = JobState.FAILED, reason, timezone.now()
        self.save(update_fields=["job_state", "failure", "heartbeat_at"])
