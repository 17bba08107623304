"""What comes in by itself: the meanings of values in a call, and what became of calls, letters and files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallState(models.TextChoices):
    """What became of one call of an incoming webhook."""

    WAITING = "waiting", _("Waiting: not live yet")
    STORED = "stored", _("Taken in")
    LEFT_OUT = "left_out", _("Left out")
    FAILED = "failed", _("Could not be read")
    REFUSED = "refused", _("Refused")


class Meaning(models.TextChoices):
    """What one value of a call is, beside scores and comments, which belong to a metric."""

    EXTERNAL_ID = "external_id", _("ID of the answer")
    OCCURRED_AT = "occurred_at", _("Time of the answer")
    TOUCHPOINT = "touchpoint", _("Touchpoint")
    CUSTOMER = "customer", _("Customer reference")
    NAME = "name", _("Name of the customer")
    EMAIL = "email", _("E-mail address of the customer")
    ACCOUNT = "account", _("Customer account")
    SEGMENT = "segment", _("Segment")
    CHANNEL = "channel", _("Channel")
    OPENED_AT = "opened_at", _("Case opened")
    RESOLVED_AT = "resolved_at", _("Case resolved")
    FIRST_REPLY_AT = "first_reply_at", _("First reply")
    FIRST_RESOLVED_AT = "first_resolved_at", _("First resolved")
    REOPENED_AT = "reopened_at", _("Last reopened")
    REOPENED_COUNT = "reopened_count", _("Times reopened")
    STATUS = "status", _("Status of the case")
    MERGED_INTO = "merged_into", _("Merged into (ID of the other case)")


class MailSecurity(models.TextChoices):
    """How the connection to a mail server is protected. There is no way without."""

    TLS = "tls", _("TLS from the start (usual port 993)")
    STARTTLS = "starttls", _("STARTTLS (usual port 143)")


class LetterLeftOut(models.TextChoices):
    """Why a message of a mailbox is no feedback."""

    AUTOMATIC = "automatic", _("Automatic replies")
    RETURNED = "returned", _("Returned survey letters: marked as not delivered")
    BOUNCE = "bounce", _("Messages of mail servers about letters that came back")
    OURS = "ours", _("Our own letters")
    LIST = "list", _("Newsletters and mailing lists")
    EMPTY = "empty", _("Without readable words")
    TOO_LARGE = "too_large", _("Too large")
    UNREADABLE = "unreadable", _("Not readable as a message")
    ERASED = "erased", _("Erased here before")
    KNOWN = "known", _("Taken in before")


class FileState(models.TextChoices):
    """What became of one file of a watched folder; with an import, that says the rest."""

    TAKEN = "taken", _("Taken in")
    UNREADABLE = "unreadable", _("Could not be opened")


MOST_SAMPLES = 20  # calls shown to choose from
MOST_WAITING = 1_000  # calls kept until the webhook is live
MOST_REFUSED_KEPT = 50  # refused calls in the log of one webhook: anybody can cause them
REFUSED_A_MINUTE = 60  # after that they are answered without being written down
MOST_BODY_BYTES = 1024 * 1024
KEPT_BODY_DAYS = 30
KEPT_CALL_DAYS = 90
SECRET_OVERLAP_HOURS = 24
TOLERANCE_SECONDS = 300  # of the time in a signature
MOST_PASSWORD_TRIES = 3
FAILURES_TOLD = 3  # in a row; then it stands on home
