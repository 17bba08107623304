"""Chainable filters of frameworks, rounds and seats."""

from typing import Self

from django.db import models
from django.db.models import Count, Q

from accounts.querysets import OrganizationQuerySet
from assessments.choices import AnswerStatus, AssessmentState


class FrameworkQuerySet[Row: models.Model](models.QuerySet[Row]):
    def on_offer_to(self, organization: models.Model) -> Self:
        """Those that come with the product, and the organization's own."""
        return self.filter(Q(organization=None) | Q(organization=organization))

    def builtin(self) -> Self:
        return self.filter(organization=None)


class AssessmentQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def open(self) -> Self:
        return self.filter(state=AssessmentState.OPEN)

    def closed(self) -> Self:
        return self.filter(state=AssessmentState.CLOSED)

    def visible_to(self, member: models.Model) -> Self:
        """Without the quick checks that others took for themselves."""
        return self.filter(Q(is_private=False) | Q(opened_by=member))


class ResultQuerySet[Row: models.Model](models.QuerySet[Row]):
    def standing(self) -> Self:
        """Without what a later closing superseded, and without rounds that are open again: their next closing
        may supersede what was shown, and then both together are the answers of few.
        """
        return self.filter(is_superseded=False, assessment__state=AssessmentState.CLOSED)

    def visible_to(self, member: models.Model) -> Self:
        """As the rounds, and only what stands."""
        return self.standing().filter(Q(assessment__is_private=False) | Q(assessment__opened_by=member))


class ResponseQuerySet[Row: models.Model](models.QuerySet[Row]):
    def submitted(self) -> Self:
        return self.exclude(submitted_at=None)

    def outstanding(self) -> Self:
        return self.filter(submitted_at=None)

    def awaited(self) -> Self:
        """Outstanding, from people who can still answer: who has left never will."""
        return self.outstanding().filter(member__is_active=True, member__user__is_active=True)

    def with_given(self) -> Self:
        """With `given`: for how many practices a level, "not applicable" or "cannot say" is noted."""
        return self.annotate(given=Count("answers", filter=~Q(answers__status=AnswerStatus.BLANK)))
