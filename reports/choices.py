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
