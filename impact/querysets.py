"""Chainable filters of studies and cases."""

from typing import Self

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters


class StudyQuerySet(JobFilters, OrganizationQuerySet):
    """Studies are jobs: `finished` ones have a finding, refusals included."""

    def headline_first(self) -> Self:
        """The study that counts stands first: the one with the latest data, of those the latest run."""
        return self.order_by("-data_cutoff", "-number")


class DriverRunQuerySet(JobFilters, OrganizationQuerySet):
    """Driver analyses are jobs: `finished` ones have a result, refusals included."""
