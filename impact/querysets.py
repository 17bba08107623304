"""Chainable filters of studies and cases."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db.models import Q

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobState


class StudyQuerySet(OrganizationQuerySet):
    def finished(self) -> Self:
        """Studies with a finding, refusals included."""
        return self.filter(job_state=JobState.DONE)

    def unfinished(self) -> Self:
        return self.filter(job_state__in=(JobState.QUEUED, JobState.RUNNING))

    def stale(self, now: datetime) -> Self:
        """Unfinished studies whose worker has been silent for too long."""
        limit = now - timedelta(seconds=settings.STALE_AFTER_SECONDS)
        return self.filter(
            Q(job_state=JobState.QUEUED) | Q(job_state=JobState.RUNNING), heartbeat_at__lt=limit
        )
