"""Chainable filters of documents."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.querysets import OrganizationQuerySet
from assessments.choices import AssessmentState
from assessments.models import MaturityResult
from common.jobs import JobFilters
from employee_voice.choices import SEES_ALL, Reach
from reports.choices import Closure


class ReportQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Documents are jobs: `finished` ones have a file."""

    def with_closure(self) -> Self:
        """With `closure`: why a document about a maturity result is closed to everybody, "" where it is not.

        As its result is: replaced once a later closing superseded it, and closed while the round is open
        again. It also shows other rounds' latest results of its day side by side, so it is replaced when one
        of these is.
        """
        return self.annotate(
            closure=Case(
                When(
                    Q(maturity_result__is_superseded=True) | Q(_shows_a_superseded_round()),
                    then=Value(Closure.REPLACED),
                ),
                When(maturity_result__assessment__state=AssessmentState.OPEN, then=Value(Closure.REOPENED)),
                default=Value(""),
                output_field=CharField(),
            )
        )

    def not_closed(self) -> Self:
        return self.with_closure().filter(closure="")

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


def _shows_a_superseded_round() -> Exists:
    """Whether what is superseded today was another round's latest result when the document was drawn."""
    later = MaturityResult.objects.filter(
        assessment=OuterRef("assessment"),
        sequence__gt=OuterRef("sequence"),
        computed_at__lte=OuterRef(OuterRef("finished_at")),
    )
    return Exists(
        MaturityResult.objects.filter(
            ~Exists(later),
            is_superseded=True,
            assessment__organization=OuterRef("organization"),
            assessment__framework=OuterRef("maturity_result__assessment__framework"),
            assessment__opened_at__lte=OuterRef("maturity_result__assessment__opened_at"),
            assessment__is_private=False,
            computed_at__lte=OuterRef("finished_at"),
        ).exclude(assessment=OuterRef("maturity_result__assessment"))
    )


class SlidesQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Slides are jobs: `finished` ones have a file."""


class SlipSheetsQuerySet[Row: models.Model](JobFilters, models.QuerySet[Row]):
    def kept(self) -> Self:
        """Those whose file is still there."""
        return self.exclude(name="")

    def over(self, now: datetime) -> Self:
        """Kept longer than anybody needs to fetch them."""
        return self.kept().filter(expires_at__lt=now)


class ShareLinkQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def open(self, now: datetime) -> Self:
        """Those by which the document can be opened."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class ScheduleQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def running(self) -> Self:
        """Those that are not paused."""
        return self.filter(pause="")

    def due(self, latest: date) -> Self:
        """Running ones whose day is not after `latest`; whether it has come where they are is asked of their
        own clock."""
        return self.running().filter(next_on__lte=latest)


class ScheduleRunQuerySet[Row: models.Model](JobFilters, OrganizationQuerySet[Row]):
    """Runs are jobs: of `finished` ones everybody on the list was told."""
