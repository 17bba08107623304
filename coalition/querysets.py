"""Chainable filters of seats and initiatives."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.querysets import OrganizationQuerySet
from coalition.choices import InitiativeState, Outcome, ReviewOutcome


class SeatQuerySet[Row: models.Model](models.QuerySet[Row]):
    def seated(self, on: date) -> Self:
        """Seats whose term covers this day."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gt=on))

    def voting(self) -> Self:
        return self.filter(has_vote=True)


class InitiativeQuerySet[Row: models.Model](OrganizationQuerySet[Row]):
    def awaiting_approval(self) -> Self:
        return self.filter(state=InitiativeState.SUBMITTED)

    def in_state(self, state: str) -> Self:
        return self.filter(state=state)

    def mentioning(self, words: str) -> Self:
        """Every word occurs in title, problem or proposal, or is the reference (INI-7, or 7)."""
        found = self
        for word in words.split():
            number = word.upper().removeprefix("INI-")
            rule = Q(title__icontains=word) | Q(problem__icontains=word) | Q(proposal__icontains=word)
            if number.isascii() and number.isdecimal() and len(number) < 9:
                rule |= Q(number=int(number))
            found = found.filter(rule)
        return found

    def at_touchpoint(self, touchpoint: models.Model) -> Self:
        return self.filter(touchpoints=touchpoint)

    def gone_live(self) -> Self:
        return self.exclude(went_live_on=None)

    def met_by_customers(self) -> Self:
        """Of these, without records of afterwards that were taken back: a wrong day that was recorded again
        happened once."""
        taken_back = Q(state=InitiativeState.CANCELLED, already_live_on__isnull=False)
        return self.gone_live().exclude(taken_back)


class DecisionQuerySet[Row: models.Model](models.QuerySet[Row]):
    def verdicts(self) -> Self:
        """With which a vote came to its end; a withdrawn vote has none."""
        return self.exclude(outcome=Outcome.WITHDRAWN)

    def with_seal(self) -> Self:
        """With `is_sealed`: the vote was withdrawn, and the coalition has not come to an end with the
        initiative since. What was said in it is shown to nobody."""
        later = (
            type(self)(self.model).filter(initiative=OuterRef("initiative"), pk__gt=OuterRef("pk")).verdicts()
        )
        return self.annotate(is_sealed=Q(outcome=Outcome.WITHDRAWN) & ~Exists(later))

    def sealed(self) -> Self:
        return self.with_seal().filter(is_sealed=True)


class ApprovalRoundQuerySet[Row: models.Model](models.QuerySet[Row]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of(self, organization: models.Model) -> Self:
        return self.filter(initiative__organization=organization)


class ReviewQuerySet[Row: models.Model](models.QuerySet[Row]):
    def of(self, organization: models.Model) -> Self:
        return self.filter(initiative__organization=organization)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def decided(self) -> Self:
        """Those that came to something."""
        return self.exclude(closed_at=None).exclude(outcome=ReviewOutcome.NO_DECISION)
