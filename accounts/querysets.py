"""Chainable filters, named for their meaning."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import Action, Role
from accounts.permissions import MANAGERS, RIGHTS
from common.jobs import JobFilters, JobState


class OrganizationQuerySet[Row: models.Model](models.QuerySet[Row]):
    """For every model that belongs to one organization."""

    def of(self, organization: models.Model) -> Self:
        return self.filter(organization=organization)


class MembershipQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def active(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)

    def who_may(self, action: Action) -> Self:
        return self.active().filter(role__in=[role for role, actions in RIGHTS.items() if action in actions])

    def who_manage_people(self) -> Self:
        return self.active().filter(role__in=MANAGERS)


class InvitationQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def pending(self) -> Self:
        """Neither used nor withdrawn, whether or not the link still works."""
        return self.filter(accepted_at=None, revoked_at=None)

    def standing(self) -> Self:
        """Pending, and the inviter is still here and may still give the role; the link may have expired.

        What somebody leaves behind is revoked when they go; this holds even where that did not happen.
        """
        still_may = Q(invited_by__role__in=MANAGERS) & (
            ~Q(role=Role.ADMINISTRATOR) | Q(invited_by__role=Role.ADMINISTRATOR)
        )
        return self.pending().filter(still_may, invited_by__is_active=True, invited_by__user__is_active=True)

    def open(self, now: datetime) -> Self:
        """Whose link works."""
        return self.standing().filter(expires_at__gt=now)


class ApiTokenQuerySet[Row: models.Model](models.QuerySet[Row]):
    def usable(self, now: datetime) -> Self:
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


MAIL_PATIENCE = timedelta(minutes=15)


class LetterQuerySet[Row: models.Model](JobFilters, models.QuerySet[Row]):
    def to(self, addresses: Iterable[str]) -> Self:
        return self.filter(recipient__in=addresses)

    def to_send(self, now: datetime) -> Self:
        """Letters whose turn it is: new ones, and those that were tried and have rested since."""
        return self.filter(job_state=JobState.QUEUED) | self.filter(job_state=JobState.RUNNING).stale(now)

    def troubled(self) -> Self:
        """Letters that could not be sent, and those that wait although they have been tried."""
        return self.exclude(job_state=JobState.DONE).exclude(failure="")

    def held_up(self, now: datetime) -> Self:
        """Those of them that have been so for longer than a mail server is away for: given up, or waiting."""
        return self.troubled().filter(Q(job_state=JobState.FAILED) | Q(created_at__lt=now - MAIL_PATIENCE))

    def held_up_by_server(self, now: datetime) -> Self:
        """Of these, without addresses that a server which works has refused for good: such a letter is given
        up long before its attempts are, with the server's answer (RFC 5321: 5yz)."""
        refused = Q(
            job_state=JobState.FAILED,
            attempts__lt=self.model.most_attempts,  # type: ignore[attr-defined]
            failure__regex=r"[^0-9]5[0-9][0-9] ",
        )
        return self.held_up(now).exclude(refused)
