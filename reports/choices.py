"""Kinds of documents and paper sizes. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    ROI_EVIDENCE = "roi_evidence", _("ROI evidence report")
    MATURITY = "maturity", _("Maturity result")


class Paper(models.TextChoices):
    A4 = "A4", _("A4")
    LETTER = "letter", _("Letter")
