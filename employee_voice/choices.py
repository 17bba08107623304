"""States and kinds of employee surveys, and the numbers that protect people. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role

SEES_ALL = frozenset({Role.CX_LEADER, Role.EXECUTIVE})
"""Roles that see the figures of all functions; others see the organization's and those of their own line."""
DEFAULT_MINIMUM, LEAST_MINIMUM, MOST_MINIMUM = 5, 3, 50
"""The smallest group of which anything is shown. Below three there is no group."""
COMMENT_MINIMUM = 10
"""Comments are read from this many answers of a group on."""
PARTICIPATION_FROM = 20
"""While a wave is open its participation is said from so many answers on, of the whole organization."""
PARTICIPATION_STEP_PCT = 5

MOST_PEOPLE = 200_000
LETTERS_AT_ONCE = 200  # written in one transaction; a killed worker repeats none of them
MOST_SLIPS = 20_000  # of one wave
MOST_REMINDERS = 3
FAST_SECONDS_AN_ITEM = 1.5  # answered faster than this on average: too fast to have been read
STRAIGHT_LEAST = 8  # so many answers on one scale before "always the same" says anything


class WaveState(models.TextChoices):
    DRAFT = "draft", _("Being set up")
    OPENING = "opening", _("Opening")
    OPEN = "open", _("Open")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")
    PUBLISHED = "published", _("Published")


NEXT_STATES: dict[str, tuple[str, ...]] = {
    WaveState.DRAFT: (WaveState.OPENING,),
    WaveState.OPENING: (WaveState.OPEN, WaveState.DRAFT),  # back where it cannot open
    WaveState.OPEN: (WaveState.CLOSING,),
    WaveState.CLOSING: (WaveState.CLOSED,),
    WaveState.CLOSED: (WaveState.PUBLISHED,),
    WaveState.PUBLISHED: (),
}


class Rhythm(models.TextChoices):
    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    YEARLY = "yearly", _("Every year")


MONTHS_OF_RHYTHM: dict[str, int] = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.YEARLY: 12}


class WorkKind(models.TextChoices):
    OPEN = "open", _("Opening the wave")
    INVITE = "invite", _("Writing the invitations")
    REMIND = "remind", _("Writing the reminders")
    CLOSE = "close", _("Closing the wave")
    GIVE_UP = "give_up", _("Closing the wave without its answers")


class CommentState(models.TextChoices):
    WAITING = "waiting", _("Not read yet")
    RELEASED = "released", _("Released")
    HELD_BACK = "held_back", _("Held back")


class ActionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class Reach(models.TextChoices):
    """How far a document of a wave reaches: with what its reader may see."""

    WHOLE = "whole", _("The organization")
    LINE = "line", _("The organization and one line")
    ALL = "all", _("All functions")


class SectionRole(models.TextChoices):
    """What the sections of a survey mean: their keys. A section with another key holds questions of one's
    own.
    """

    TOOLS = "tools", _("Tools")
    AUTHORITY = "authority", _("Authority to act")
    STRATEGY = "strategy", _("Knowledge of the CX strategy")
    LINE_OF_SIGHT = "line_of_sight", _("Line of sight to the customer journey")
    RECOGNITION = "recognition", _("Recognition")
    WORKLOAD = "workload", _("Workload and support")
    TOGETHER = "together", _("Working across functions")
    ENGAGEMENT = "engagement", _("Engagement")
    RECOMMENDATION = "recommendation", _("Recommendation as an employer")
    CHANGE = "change", _("What changed")
    WORDS = "words", _("In your own words")


DRIVERS = (
    SectionRole.TOOLS,
    SectionRole.AUTHORITY,
    SectionRole.STRATEGY,
    SectionRole.LINE_OF_SIGHT,
    SectionRole.RECOGNITION,
    SectionRole.WORKLOAD,
    SectionRole.TOGETHER,
)
OWN_SECTION = "own"
ENPS_QUESTION = "enps"
CHANGE_QUESTION = "changed"
