"""States and kinds of assessments. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FrameworkKind(models.TextChoices):
    FULL = "full", _("Full assessment")
    QUICK = "quick", _("Quick check")


class AssessmentState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class AnswerStatus(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    DONT_KNOW = "dont_know", _("Don't know")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    BLANK = "blank", _("Not answered yet")  # a comment was typed before a level was chosen


class Confidence(models.TextChoices):
    LOW = "low", _("A guess")
    MEDIUM = "medium", _("Fairly sure")
    HIGH = "high", _("Sure")


CONFIDENCE_SHARE = {Confidence.LOW: 0.0, Confidence.MEDIUM: 0.5, Confidence.HIGH: 1.0}
"""Shown as an average beside a level; never a weight."""

MOST_COMMENT_CHARACTERS = 4000
MOST_LINK_CHARACTERS = 500
LEVELS = (1, 2, 3, 4, 5)
MOST_DAYS = 366  # that a round waits for answers; a later day is a slip of the pen

LEAST_GROUP = 2
"""Below two there is no protection: a group of one is a person. Two protects from everybody outside."""
DEFAULT_GROUP = 3
MOST_GROUP = 50
