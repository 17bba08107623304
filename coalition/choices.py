"""States of an initiative, its allowed transitions, votes and outcomes. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxstats import design as engine


class InitiativeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for the vote")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    NO_DECISION = "no_decision", _("No decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    IN_PROGRESS = "in_progress", _("In progress")
    LIVE = "live", _("Live")
    COMPLETED = "completed", _("Completed")
    EVALUATED = "evaluated", _("Evaluated")
    ON_HOLD = "on_hold", _("On hold")
    CANCELLED = "cancelled", _("Canceled")


class SuggestionState(models.TextChoices):
    """What became of what somebody would improve."""

    OPEN = "open", _("Waiting for an answer")
    TAKEN_UP = "taken_up", _("Taken up")
    DECLINED = "declined", _("Declined")


LONGEST_SUGGESTION = 1000

MOST_OF_COMMENT = 10_000  # letters of a comment on a review
FEWEST_DAYS, MOST_DAYS = 1, 60  # that a vote takes, whoever sets them

_S = InitiativeState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.SUBMITTED: frozenset({_S.APPROVED, _S.REJECTED, _S.CHANGES_REQUESTED, _S.NO_DECISION, _S.DRAFT}),
    _S.CHANGES_REQUESTED: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.NO_DECISION: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.IN_PROGRESS, _S.LIVE, _S.ON_HOLD, _S.CANCELLED, _S.SUBMITTED}),
    _S.REJECTED: frozenset({_S.DRAFT}),
    _S.IN_PROGRESS: frozenset({_S.LIVE, _S.ON_HOLD, _S.CANCELLED}),
    _S.LIVE: frozenset({_S.COMPLETED, _S.ON_HOLD, _S.CANCELLED}),
    _S.COMPLETED: frozenset({_S.EVALUATED}),
    _S.EVALUATED: frozenset(),
    _S.ON_HOLD: frozenset({_S.IN_PROGRESS, _S.LIVE, _S.CANCELLED}),  # live again where it was live before
    _S.CANCELLED: frozenset(),
}
# What is live before it is recorded skips the vote: nothing that has happened can be approved.
LOOKS_BACK: dict[str, frozenset[str]] = {_S.DRAFT: frozenset({_S.LIVE})}
# The content may change freely before the vote; afterwards a change needs a new vote.
EDITABLE_STATES = frozenset({_S.DRAFT, _S.CHANGES_REQUESTED, _S.NO_DECISION})

# Columns of the board, in the order of an initiative's life; what ended otherwise stands in the list.
BOARD_STATES = (
    _S.DRAFT,
    _S.CHANGES_REQUESTED,
    _S.NO_DECISION,
    _S.SUBMITTED,
    _S.APPROVED,
    _S.IN_PROGRESS,
    _S.LIVE,
    _S.ON_HOLD,
    _S.COMPLETED,
    _S.EVALUATED,
)
# Once approved, the plan is fixed: a change is possible, but it shows and lowers the design grade.
FIXED_PLAN_STATES = frozenset({_S.IN_PROGRESS, _S.LIVE, _S.COMPLETED, _S.ON_HOLD})
RUNNING_STATES = frozenset({_S.APPROVED, _S.IN_PROGRESS, _S.LIVE, _S.ON_HOLD})
# The work has begun: owner, planned go-live and milestones change as dated entries beside what was approved.
AMENDABLE_STATES = FIXED_PLAN_STATES
# It has met customers: a wrong go-live day can be corrected.
AFTER_GO_LIVE = frozenset({_S.LIVE, _S.ON_HOLD, _S.COMPLETED, _S.EVALUATED})
# What a person may set directly; every other state follows from a vote, a date or a study.
MOVES_BY_HAND = frozenset({_S.IN_PROGRESS, _S.ON_HOLD, _S.CANCELLED, _S.DRAFT})


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
    NO_DECISION = "no_decision", _("No decision")


class EarlyEnd(models.TextChoices):
    """What the charter says about a vote in which not everybody has voted and whose last day is not over."""

    ALL_VOTED = "all_voted", _("No: it ends when everyone has voted, or after its last day")
    CHAIR = "chair", _("The chair may end it once enough have voted")
    CERTAIN = "certain", _("As soon as no open vote can change the outcome; the chair may end it too")


class Ending(models.TextChoices):
    """Why a vote has ended."""

    ALL_VOTED = "all_voted", _("everyone who could vote has voted")
    CERTAIN = "certain", _("no open vote could change the outcome")
    CHAIR = "chair", _("the chair ended it")
    DAY_OVER = "day_over", _("its last day is over")
    TOO_FEW_LEFT = "too_few_left", _("too few seats are left to decide")


class NoVote(models.TextChoices):
    """Why the person of a seat does not vote for it."""

    SEAT = "seat", _("the seat has no vote")
    TERM = "term", _("the term is over or has not begun")
    ACCESS = "access", _("no access")
    ROLE = "role", _("the role does not allow it")


class UnitSelection(models.TextChoices):
    """How those that get the initiative were chosen: the engine's values with words."""

    CHANCE = engine.UnitSelection.CHANCE, _("At random")
    EVERYONE = engine.UnitSelection.EVERYONE, _("All touchpoints are included")
    PRACTICAL = engine.UnitSelection.PRACTICAL, _("For practical reasons, not because of their scores")
    WORST_SCORES = engine.UnitSelection.WORST_SCORES, _("Because their scores were the worst")
    UNKNOWN = engine.UnitSelection.UNKNOWN, _("Not known")


class AmendedField(models.TextChoices):
    """What changes after the approval as a dated entry."""

    OWNER = "owner", _("Owner")
    PLANNED_GO_LIVE = "planned_go_live_on", _("Planned go-live")
    MILESTONE = "milestone", _("Milestone")
    WENT_LIVE = "went_live_on", _("Went live")
    START = "start", _("Start of a touchpoint")


class Direction(models.TextChoices):
    """Which way a metric should move: the engine's values with words."""

    UP = engine.Direction.UP, _("Up")
    DOWN = engine.Direction.DOWN, _("Down")


class RiskColor(models.TextChoices):
    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")


class ReviewBy(models.TextChoices):
    """Who decides, by the charter, on the day on which an approval is looked at again."""

    VOTE = "vote", _("The coalition, by a vote")
    CHAIR = "chair", _("Its chair; by a vote where the chair proposed the initiative")


class ReviewChoice(models.TextChoices):
    CONFIRM = "confirm", _("Confirm: go on as approved")
    CHANGE = "change", _("Change: go on, but differently")
    STOP = "stop", _("Stop: end it")
    ABSTAIN = "abstain", _("Abstain")
    RECUSE = "recuse", _("Recuse myself")


class ReviewOutcome(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    CHANGED = "changed", _("To be changed")
    STOPPED = "stopped", _("Stopped")
    NO_DECISION = "no_decision", _("No decision")


# A review counts by the rule of every vote of the coalition: what each answer is there.
COUNTED_AS: dict[str, Choice] = {
    ReviewChoice.CONFIRM: Choice.APPROVE,
    ReviewChoice.CHANGE: Choice.REQUEST_CHANGES,
    ReviewChoice.STOP: Choice.REJECT,
    ReviewChoice.ABSTAIN: Choice.ABSTAIN,
    ReviewChoice.RECUSE: Choice.RECUSE,
}
MEANT: dict[str, ReviewOutcome] = {
    Outcome.APPROVED: ReviewOutcome.CONFIRMED,
    Outcome.CHANGES_REQUESTED: ReviewOutcome.CHANGED,
    Outcome.REJECTED: ReviewOutcome.STOPPED,
    Outcome.NO_DECISION: ReviewOutcome.NO_DECISION,
}
# What was approved and is not over: an evaluation, a rejection and a cancellation are ends of their own.
REVIEWED_STATES = frozenset({_S.APPROVED, _S.IN_PROGRESS, _S.LIVE, _S.ON_HOLD, _S.COMPLETED})
# A stop cancels whatever it is; work that was finished is taken up again where it is to be changed.
AFTER_REVIEW: dict[str, frozenset[str]] = {
    **{state: frozenset({_S.CANCELLED}) for state in REVIEWED_STATES},
    _S.COMPLETED: frozenset({_S.CANCELLED, _S.LIVE}),
}
REVIEW_NEEDS_COMMENT = frozenset({ReviewChoice.CHANGE, ReviewChoice.STOP})
OPENS_ALONE_AFTER_DAYS = 7  # without a finding; with one it opens on its day
OPENS_ALONE_WITHIN_DAYS = 21  # an older day is opened by a person
NEXT_REVIEW_DAYS = 90  # after a review that asked for changes and names no day

# Votes that count for or against; an abstention only counts as being present.
SAYS_SOMETHING = frozenset({Choice.APPROVE, Choice.REQUEST_CHANGES, Choice.REJECT})
NEEDS_COMMENT = frozenset({Choice.REQUEST_CHANGES, Choice.REJECT})
