"""Chainable filters of maps."""

from typing import Self

from django.db import models

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters


class JourneyMapQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def current(self) -> Self:
        return self.filter(is_archived=False)


class MapSheetQuerySet[Row: models.Model](JobFilters, models.QuerySet[Row]):
    pass
