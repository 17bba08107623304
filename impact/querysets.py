"""Chainable filters of studies and cases."""

from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters
from cxstats.design import Verdict
from impact.choices import SignOff


class StudyQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Studies are jobs: `finished` ones have a finding, refusals included."""

    def first_results(self) -> Self:
        """Those that gave an effect, the first that was known first."""
        return self.finished().exclude(verdict=Verdict.NOT_ESTIMABLE).order_by("finished_at", "pk")

    def headline_first(self) -> Self:
        """The study that counts stands first: of those that used the go-live that stands, the one with the
        latest data, and of those the latest run. A study of a day that was corrected since answers another
        question, so it counts only while no study of the right day is there."""
        stands = When(Q(go_live=None) | Q(go_live=F("initiative__went_live_on")), then=Value(0))
        return self.order_by(Case(stands, default=Value(1)), "-data_cutoff", "-number")


class RoiCaseQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    """Values of studies."""

    def headline_first(self) -> Self:
        """The value that counts stands first: the one that was last found to be that of the inputs then."""
        return self.order_by("-current_since", "-number")

    def reviewed_last_first(self) -> Self:
        """Those that finance signed or disputed, its last word first."""
        said = self.exclude(sign_off=SignOff.OPEN)
        return said.order_by(F("sign_off_at").desc(nulls_last=True), "-pk")


class DriverRunQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Driver analyses are jobs: `finished` ones have a result, refusals included."""


class AssociationQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Associations are jobs: `finished` ones have a result, refusals included."""


class LibraryQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    """Versions of the library's figures."""

    def newest(self) -> Self:
        """Of each figure what the library says now."""
        later = self.model._default_manager.filter(
            organization=OuterRef("organization"),
            number=OuterRef("number"),
            version__gt=OuterRef("version"),
        )
        return self.filter(~Exists(later))


class ProgramCaseQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Returns of the program are jobs: `finished` ones have a result, refusals included."""
