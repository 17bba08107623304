"""Kinds of documents and paper sizes. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    ROI_EVIDENCE = "roi_evidence", _("ROI evidence report")
    MATURITY = "maturity", _("Maturity result")
    EMPLOYEE_WAVE = "employee_wave", _("Employee survey results")
    PROGRAM = "program", _("Return of the program")
    BOARD = "board", _("Board pack")
    SUMMARY = "summary", _("One-page summary")


class Closure(models.TextChoices):
    """Why a document that was made is closed to everybody."""

    REPLACED = "replaced", _("Replaced by a newer result")
    REOPENED = "reopened", _("The round is open again")


class Answer(models.TextChoices):
    """What somebody who got a document says about it."""

    READ = "read", _("I have read it")
    AGREED = "agreed", _("I agree with it")
    QUESTION = "question", _("I have a question")


class Paper(models.TextChoices):
    A4 = "A4", _("A4")
    LETTER = "letter", _("Letter")


class Frequency(models.TextChoices):
    """When a scheduled document is made again."""

    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    DECISION = "after_decision", _("After each decision of the coalition")


class Pause(models.TextChoices):
    """Why a schedule makes nothing."""

    BY_HAND = "by_hand", _("Paused")
    NO_OWNER = "no_owner", _("Stopped: its owner can no longer look after it")


class LeftOut(models.TextChoices):
    """Why somebody on the list of a schedule did not get a document."""

    NO_RIGHT = "no_right", _("may not open this document")
    NOT_SHARED = "not_shared", _("documents of the employee survey do not leave by a link")
    REFUSED = "refused", _("no link could be made")


LINK_DAYS = (7, 30, 90, 365)
"""How long a link to a document may work, in days."""

SUBJECTS: dict[str, str] = {
    ReportKind.ROI_EVIDENCE: "study",
    ReportKind.MATURITY: "result",
    ReportKind.EMPLOYEE_WAVE: "wave",
    ReportKind.PROGRAM: "program",
    ReportKind.BOARD: "since",
    ReportKind.SUMMARY: "program",
}
"""What a request for a document of this kind has to name."""

MOST_RECIPIENTS = 100
"""Members and outside addresses of one schedule, together."""

RUNS_SHOWN = 24
"""Past runs on the page of a schedule."""
