"""Chainable filters of studies and cases."""

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters


class StudyQuerySet(JobFilters, OrganizationQuerySet):
    """Studies are jobs: `finished` ones have a finding, refusals included."""
