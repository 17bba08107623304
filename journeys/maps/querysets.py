"""Chainable filters of maps."""

from typing import Self

from django.db import models

from accounts.querysets import OrganizationQuerySet


class JourneyMapQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def current(self) -> Self:
        return self.filter(is_archived=False)
