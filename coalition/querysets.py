"""Chainable filters of seats and initiatives."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.querysets import OrganizationQuerySet
from coalition.choices import InitiativeState


class MemberQuerySet(models.QuerySet[Any]):
    def seated(self, on: date) -> Self:
        """Seats whose term covers this day."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gt=on))

    def voting(self) -> Self:
        return self.filter(has_vote=True)


class InitiativeQuerySet(OrganizationQuerySet):
    def awaiting_approval(self) -> Self:
        return self.filter(state=InitiativeState.SUBMITTED)

    def gone_live(self) -> Self:
        return self.exclude(went_live_on=None)
