"""Chainable filters, named for their meaning."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Membership
from accounts.querysets import OrganizationQuerySet
from common.jobs import JobFilters, JobState
from employee_voice.choices import WaveState, WorkKind


class SurveyQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def in_use(self) -> Self:
        return self.filter(is_archived=False)


class WaveQuerySet[Row: models.Model](models.QuerySet[Row]):
    def of(self, organization: models.Model) -> Self:
        return self.filter(survey__organization=organization)

    def begun(self) -> Self:
        """Those whose content is fixed."""
        return self.exclude(state__in=[WaveState.DRAFT, WaveState.OPENING])

    def open(self) -> Self:
        return self.filter(state=WaveState.OPEN)

    def published(self) -> Self:
        return self.filter(state=WaveState.PUBLISHED)

    def to_open(self, today: date) -> Self:
        """Set up, wanted to open by the calendar, and the day is here."""
        return self.filter(state=WaveState.DRAFT, opens_alone=True, opens_on__lte=today)

    def over(self, today: date) -> Self:
        """Open although the last day has passed."""
        return self.open().filter(closes_on__lt=today)


def has_left(organization: models.Model) -> Q:
    """Of rows with an `email`: whose access to the organization ended, or whose address was erased."""
    gone = Membership.objects.of(organization).exclude(pk__in=Membership.objects.active())
    return Q(email__in=gone.values_list(Lower("user__email"))) | ~Q(email__contains="@")


class InvitedQuerySet[Row: models.Model](models.QuerySet[Row]):
    def still_there(self, organization: models.Model) -> Self:
        """Without those who left after the list was made."""
        return self.exclude(has_left(organization))

    def without_letter(self, number: int) -> Self:
        """Drawn to take part, and not yet written to for the `number`th time."""
        return self.filter(is_drawn=True, letters__lt=number)

    def refused(self) -> Self:
        """Whose last letter could not be delivered."""
        return self.filter(letter__job_state=JobState.FAILED)


class WorkQuerySet[Row: models.Model](JobFilters, models.QuerySet[Row]):
    def on(self, wave: models.Model, *kinds: WorkKind) -> Self:
        """Work on a wave, of these kinds or of all."""
        return self.filter(Q(wave=wave) & (Q(kind__in=kinds) if kinds else Q()))
