"""Chainable filters of documents."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters


class ReportQuerySet(JobFilters, OrganizationQuerySet):
    """Documents are jobs: `finished` ones have a file."""

    def visible_to(self, member: models.Model) -> Self:
        """Without documents of quick checks that others took for themselves."""
        return self.filter(
            Q(maturity_result=None)
            | Q(maturity_result__assessment__is_private=False)
            | Q(maturity_result__assessment__opened_by=member)
        )
