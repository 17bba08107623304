"""States of an initiative, its allowed transitions, votes and outcomes. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InitiativeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for the vote")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    IN_PROGRESS = "in_progress", _("In progress")
    LIVE = "live", _("Live")
    COMPLETED = "completed", _("Completed")
    EVALUATED = "evaluated", _("Evaluated")
    ON_HOLD = "on_hold", _("On hold")
    CANCELLED = "cancelled", _("Cancelled")


_S = InitiativeState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.SUBMITTED: frozenset({_S.APPROVED, _S.REJECTED, _S.CHANGES_REQUESTED, _S.DRAFT}),
    _S.CHANGES_REQUESTED: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.IN_PROGRESS, _S.LIVE, _S.ON_HOLD, _S.CANCELLED, _S.SUBMITTED}),
    _S.REJECTED: frozenset({_S.DRAFT}),
    _S.IN_PROGRESS: frozenset({_S.LIVE, _S.ON_HOLD, _S.CANCELLED}),
    _S.LIVE: frozenset({_S.COMPLETED, _S.ON_HOLD, _S.CANCELLED}),
    _S.COMPLETED: frozenset({_S.EVALUATED}),
    _S.EVALUATED: frozenset(),
    _S.ON_HOLD: frozenset({_S.IN_PROGRESS, _S.CANCELLED}),
    _S.CANCELLED: frozenset(),
}
# The content may change freely before the vote; afterwards a change needs a new vote.
EDITABLE_STATES = frozenset({_S.DRAFT, _S.CHANGES_REQUESTED})


class Choice(models.TextChoices):
    APPROVE = "approve", _("Approve")
    REQUEST_CHANGES = "request_changes", _("Ask for changes")
    REJECT = "reject", _("Reject")
    ABSTAIN = "abstain", _("Abstain")
    RECUSE = "recuse", _("Recuse myself")


class Outcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class UnitSelection(models.TextChoices):
    """How the touchpoints or customers that get the initiative were chosen."""

    CHANCE = "chance", _("By lot")
    EVERYONE = "everyone", _("Everybody gets it")
    PRACTICAL = "practical", _("For practical reasons, not because of their scores")
    WORST_SCORES = "worst_scores", _("Because their scores were the worst")
    UNKNOWN = "unknown", _("Not known")


class Direction(models.TextChoices):
    UP = "up", _("Up")
    DOWN = "down", _("Down")


class RiskColor(models.TextChoices):
    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")
