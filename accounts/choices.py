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
    VIEW_FEEDBACK = "view_feedback", _("Read customer feedback")
    EDIT_METRICS = "edit_metrics", _("Define metrics")
    IMPORT_FEEDBACK = "import_feedback", _("Import feedback")
    ERASE_FEEDBACK = "erase_feedback", _("Erase customer comments")
    EDIT_COALITION = "edit_coalition", _("Assign coalition seats")
    DRAFT_INITIATIVE = "draft_initiative", _("Draft and edit initiatives")
    RECORD_PROGRESS = "record_progress", _("Record go-live, completion and updates")
    VOTE = "vote", _("Vote on initiatives")
    RUN_STUDY = "run_study", _("Run studies")
    EDIT_VALUE = "edit_value", _("Edit value models")
    SIGN_OFF_VALUE = "sign_off_value", _("Sign off or dispute value for finance")
    MANAGE_EMPLOYEE_SURVEYS = "manage_employee_surveys", _("Set up employee surveys")
    VIEW_EMPLOYEE_RESULTS = "view_employee_results", _("See published employee results")
    RELEASE_COMMENTS = "release_comments", _("Release employees' comments")
    MAKE_REPORT = "make_report", _("Create and download reports")


class Theme(models.TextChoices):
    AUTO = "auto", _("Same as my device")
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


KEY_LIFETIMES: tuple[int | None, ...] = (30, 90, 365, None)  # days; None never expires


class SecurityChange(models.TextChoices):
    """What a person is told about their own way in, as the subject of the message."""

    PASSWORD_CHANGED = "password_changed", _("Your password was changed")
    PASSWORD_RESET = "password_reset", _("Your password was reset")
    KEY_MADE = "key_made", _("An API key was created in your name")
    KEY_REVOKED = "key_revoked", _("An API key of yours was revoked")
    SECOND_FACTOR_ON = "second_factor_on", _("A second factor was added to your account")
    SECOND_FACTOR_OFF = "second_factor_off", _("The second factor was removed from your account")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("New recovery codes were created for your account")
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere", _("Your account was signed out everywhere else")


class TrailKind(models.TextChoices):
    """What an entry of the audit trail is about, to filter by."""

    SIGN_IN = "sign_in", _("Signing in and security")
    PEOPLE = "people", _("People and roles")
    ORGANIZATION = "organization", _("Organization")
    ASSESSMENTS = "assessments", _("Assessments")
    TOUCHPOINTS = "touchpoints", _("Touchpoints")
    LISTENING = "listening", _("Metrics and feedback")
    EMPLOYEES = "employees", _("Employee surveys")
    DECISIONS = "decisions", _("Coalition and initiatives")
    EVIDENCE = "evidence", _("Studies and value")
    DOCUMENTS = "documents", _("Reports and downloads")


# Names the organization that a message is written for, up to the postbox; it never leaves from there.
ORGANIZATION_HEADER = "X-Cxprogram-Organization"
