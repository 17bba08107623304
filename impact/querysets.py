"""Chainable filters of studies and cases."""

from typing import Self

from django.db.models import Case, F, Q, Value, When

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters


class StudyQuerySet(JobFilters, OrganizationQuerySet):
    """Studies are jobs: `finished` ones have a finding, refusals included."""

    def headline_first(self) -> Self:
        """The study that counts stands first: of those that used the go-live that stands, the one with the
        latest data, and of those the latest run. A study of a day that was corrected since answers another
        question, so it counts only while no study of the right day is there."""
        stands = When(Q(go_live=None) | Q(go_live=F("initiative__went_live_on")), then=Value(0))
        return self.order_by(Case(stands, default=Value(1)), "-data_cutoff", "-number")


class RoiCaseQuerySet(OrganizationQuerySet):
    """Values of studies."""

    def headline_first(self) -> Self:
        """The value that counts stands first: the one that was last found to be that of the inputs then."""
        return self.order_by("-current_since", "-number")


class DriverRunQuerySet(JobFilters, OrganizationQuerySet):
    """Driver analyses are jobs: `finished` ones have a result, refusals included."""
