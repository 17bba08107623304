"""Chainable filters of documents."""

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters


class ReportQuerySet(JobFilters, OrganizationQuerySet):
    """Documents are jobs: `finished` ones have a file."""
