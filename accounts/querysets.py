"""Chainable filters, named for their meaning."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models

from common.jobs import JobFilters, JobState


class OrganizationQuerySet(models.QuerySet[Any]):
    """For every model that belongs to one organization."""

    def of(self, organization: models.Model) -> Self:
        return self.filter(organization=organization)


class MembershipQuerySet(OrganizationQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)


class InvitationQuerySet(OrganizationQuerySet):
    def open(self, now: datetime) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class ApiTokenQuerySet(models.QuerySet[Any]):
    def usable(self, now: datetime) -> Self:
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))


class LetterQuerySet(JobFilters, models.QuerySet[Any]):
    def to(self, addresses: Iterable[str]) -> Self:
        return self.filter(recipient__in=addresses)

    def troubled(self) -> Self:
        """Letters that could not be sent, and those that wait although they have been tried."""
        return self.exclude(job_state=JobState.DONE).exclude(failure="")
