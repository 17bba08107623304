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


class Confidence(models.TextChoices):
    LOW = "low", _("A guess")
    MEDIUM = "medium", _("Fairly sure")
    HIGH = "high", _("Sure")
