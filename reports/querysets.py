"""Chainable filters of documents."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters
from employee_voice.choices import SEES_ALL, Reach


class ReportQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Documents are jobs: `finished` ones have a file."""

    def visible_to(self, member: Membership) -> Self:
        """Without quick checks that others took for themselves, and of employee surveys only documents that
        hold no more than the member sees. Whether a line is still hers is said by `reports.access`.
        """
        found = self.filter(
            Q(maturity_result=None)
            | Q(maturity_result__assessment__is_private=False)
            | Q(maturity_result__assessment__opened_by=member)
        )
        if not may(member.role, Action.VIEW_EMPLOYEE_RESULTS):
            return found.filter(wave=None)
        if member.role in SEES_ALL:
            return found
        return found.filter(~Q(reach__in=[Reach.LINE, Reach.ALL]) | Q(reach=Reach.LINE, created_by=member))


class SlipSheetsQuerySet[Row: models.Model](JobFilters, models.QuerySet[Row]):
    def kept(self) -> Self:
        """Those whose file is still there."""
        return self.exclude(name="")

    def over(self, now: datetime) -> Self:
        """Kept longer than anybody needs to fetch them."""
        return self.kept().filter(expires_at__lt=now)
