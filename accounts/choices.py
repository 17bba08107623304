"""Roles, actions and the currencies an organization can reckon in. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    CX_LEADER = "cx_leader", _("CX leader")
    COALITION_MEMBER = "coalition_member", _("Coalition member")
    EXECUTIVE = "executive", _("Executive")
    FINANCE_REVIEWER = "finance_reviewer", _("Finance reviewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    AUDITOR = "auditor", _("Auditor")


class Action(models.TextChoices):
    """What a screen or an API call does. `accounts.permissions` says who may."""

    VIEW = "view", _("See the program's pages")
    MANAGE_PEOPLE = "manage_people", _("Invite people and set roles")
    MANAGE_ORGANIZATION = "manage_organization", _("Change the organization's settings")
    VIEW_TRAIL = "view_trail", _("Read the audit trail")
    ANSWER_ASSESSMENT = "answer_assessment", _("Answer an assessment")
    RUN_ASSESSMENT = "run_assessment", _("Start, close and reopen assessments")
    EDIT_TOUCHPOINTS = "edit_touchpoints", _("Edit touchpoints")
    VIEW_FEEDBACK = "view_feedback", _("Read what customers said")
    EDIT_METRICS = "edit_metrics", _("Define metrics")
    IMPORT_FEEDBACK = "import_feedback", _("Import feedback")
    ERASE_FEEDBACK = "erase_feedback", _("Erase what a customer said")
    EDIT_COALITION = "edit_coalition", _("Seat the coalition")
    DRAFT_INITIATIVE = "draft_initiative", _("Draft and edit initiatives")
    RECORD_PROGRESS = "record_progress", _("Record go-live, completion and updates")
    VOTE = "vote", _("Vote on initiatives")
    RUN_STUDY = "run_study", _("Run studies")
    EDIT_VALUE = "edit_value", _("Edit value models")
    SIGN_OFF_VALUE = "sign_off_value", _("Sign off or dispute value for finance")
    MAKE_REPORT = "make_report", _("Make and download reports")


class Theme(models.TextChoices):
    AUTO = "auto", _("As my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Currency(models.TextChoices):
    USD = "USD", _("US dollar")
    EUR = "EUR", _("Euro")
    GBP = "GBP", _("Pound sterling")
    CNY = "CNY", _("Chinese yuan")
    JPY = "JPY", _("Japanese yen")
    INR = "INR", _("Indian rupee")
    AUD = "AUD", _("Australian dollar")
    CAD = "CAD", _("Canadian dollar")
    CHF = "CHF", _("Swiss franc")
    SGD = "SGD", _("Singapore dollar")
