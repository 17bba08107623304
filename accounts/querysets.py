"""Chainable filters, named for their meaning."""

from datetime import datetime
from typing import Any, Self

from django.db import models


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
