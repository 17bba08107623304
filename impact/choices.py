"""Value models, parameter distributions, finance's word. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ValueKind(models.TextChoices):
    RETENTION = "retention", _("Customers kept × margin")
    AVOIDED_CONTACTS = "avoided_contacts", _("Contacts avoided × cost of a contact")
    RESOLUTION_HOURS = "resolution_hours", _("Hours saved × cost of an hour")
    REFERRAL = "referral", _("Customers won by recommendation × margin")
    FORMULA = "formula", _("Own formula: a product of named factors")


class Distribution(models.TextChoices):
    FIXED = "fixed", _("Fixed")
    NORMAL = "normal", _("Normal (mean, standard deviation)")
    LOGNORMAL = "lognormal_p10_p90", _("Skewed (from 10 % and 90 % points)")
    PERT = "pert", _("Low, most likely, high")
    TRIANGULAR = "triangular", _("Triangle: low, most likely, high")
    BETA = "beta", _("Share (beta)")


class SourceKind(models.TextChoices):
    MEASURED = "measured", _("Measured")
    FINANCE = "finance", _("From finance")
    ASSUMPTION = "assumption", _("Assumption")


class SignOff(models.TextChoices):
    OPEN = "open", _("Not reviewed by finance")
    SIGNED = "signed", _("Signed off by finance")
    DISPUTED = "disputed", _("Disputed by finance")
