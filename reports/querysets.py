"""Chainable filters of documents."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobState


class ReportQuerySet(OrganizationQuerySet):
    def stale(self, now: datetime) -> Self:
        """Unfinished rows whose worker has been silent for too long."""
        limit = now - timedelta(seconds=settings.STALE_AFTER_SECONDS)
        return self.filter(job_state__in=[JobState.QUEUED, JobState.RUNNING], heartbeat_at__lt=limit)

    def finished(self) -> Self:
        return self.filter(job_state=JobState.DONE)
