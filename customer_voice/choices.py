"""Kinds of metrics and how each is computed. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MetricKind(models.TextChoices):
    NPS = "nps", _("Net Promoter Score®")
    CSAT = "csat", _("Customer satisfaction (CSAT)")
    CES = "ces", _("Customer effort (CES)")
    OSAT = "osat", _("Overall satisfaction (OSAT)")
    TTR = "ttr", _("Time to resolution (TTR)")
    FRT = "frt", _("First response time (FRT)")
    FIRST_RESOLUTION = "first_res", _("Time to first resolution")
    NET_RESOLUTION = "net_res", _("Net time to resolution")
    CUSTOM = "custom", _("Own metric")


class DefinitionChange(models.TextChoices):
    """What another wording or population means for the answers. Another scale or rule is a new series."""

    NEW_SERIES = "new_series", _("It asks something different: earlier and later answers are kept separate")
    BRIDGED = "bridged", _("It changed slightly: answers form one series, with a mark where it changed")
    CORRECTION = "correction", _("A correction: the meaning is the same, so nothing is marked")


class Period(models.TextChoices):
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")


class Span(models.TextChoices):
    """A stretch of time named by the day of today."""

    THIS_QUARTER = "this_quarter", _("This quarter")
    LAST_QUARTER = "last_quarter", _("Last quarter")
    THIS_YEAR = "this_fiscal_year", _("This fiscal year")
    LAST_YEAR = "last_fiscal_year", _("Last fiscal year")


class Followed(models.TextChoices):
    """Whose way from one touchpoint to another is followed."""

    PEOPLE = "people", _("People")
    ACCOUNTS = "accounts", _("Customer accounts")


class SourceKind(models.TextChoices):
    """By which door answers of a source come."""

    FILE = "file", _("File")
    API = "api", _("API")
    SURVEY = "survey", _("Survey")
    WEBHOOK = "webhook", _("Webhook")
    MAILBOX = "mailbox", _("Mailbox")
    OTHER = "other", _("Other")


class FeedbackTable(models.TextChoices):
    """In which form what customers said is given out."""

    ANSWERS = "answers", _("Answers, one in each row")
    SUBMISSIONS = "submissions", _("Submissions, all answers of one in a row")
    CASES = "cases", _("Cases with their times")
    AMOUNTS = "amounts", _("Operational figures")


class Consent(models.TextChoices):
    """Whether a contact agreed to be asked. Nobody's silence is a yes."""

    UNKNOWN = "unknown", _("Not known")
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CustomerKind(models.TextChoices):
    """What the rows of a list of customers are."""

    ACCOUNTS = "accounts", _("Customer accounts")
    CONTACTS = "contacts", _("Contacts")


class CustomerState(models.TextChoices):
    """Where a customer account stands today. One that is archived is in no other state."""

    CURRENT = "current", _("Customers today")
    LEFT = "left", _("Left")
    ARCHIVED = "archived", _("Archived")


class ImportStage(models.TextChoices):
    MAPPING = "mapping", _("Columns to choose")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, not imported")
    IMPORTING = "importing", _("Being imported")
    IMPORTED = "imported", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Stopped")


class ChangeReading(models.TextChoices):
    """What may be said of a period beside others. "Cannot tell" is a normal answer."""

    BETTER = "better", _("better")
    WORSE = "worse", _("worse")
    UNCLEAR = "unclear", _("cannot tell")
    TOO_FEW = "too_few", _("too few answers")
    TOO_EARLY = "too_early", _("too early to say")


class TargetReading(models.TextChoices):
    """Whether a period reaches its target: said only where the whole interval lies on one side."""

    REACHED = "reached", _("target reached")
    MISSED = "missed", _("target not reached")
    UNCLEAR = "unclear", _("target within the interval")


class ImportField(models.TextChoices):
    """What a column of a feedback file can be."""

    EXTERNAL_ID = "external_id", _("ID of the answer or case")
    OCCURRED_AT = "occurred_at", _("Date of the answer")
    TOUCHPOINT = "touchpoint", _("Touchpoint")
    SCORE = "score", _("Score")
    TEXT = "text", _("Customer comment")
    CUSTOMER = "customer", _("Customer reference")
    ACCOUNT = "account", _("Customer account")
    SEGMENT = "segment", _("Segment")
    CHANNEL = "channel", _("Channel")
    OPENED_AT = "opened_at", _("Case opened")
    RESOLVED_AT = "resolved_at", _("Case resolved")
    REOPENED_COUNT = "reopened_count", _("Times reopened")
    FIRST_REPLY_AT = "first_reply_at", _("First reply")
    FIRST_RESOLVED_AT = "first_resolved_at", _("First resolved")
    REOPENED_AT = "reopened_at", _("Last reopened")
    STATUS = "status", _("Status of the case")
    MERGED_INTO = "merged_into", _("Merged into (ID of the other case)")
    EXPOSURE = "exposure", _("Exposure (what the amount was counted on)")
    DURATION = "duration", _("Time to resolution, as a length of time")
    WAITED = "waited", _("Time the case waited for the customer, as a length of time")
    WAITS = "waits", _("When the case waited for the customer, or the history of its status")
    QUESTION = "question", _("Which question or metric the row answers")
    OCCURRED_TIME = "occurred_time", _("Time of day, beside the date of the answer or of opening")
    RESOLVED_TIME = "resolved_time", _("Time of day, beside the date of resolution")


# columns that hold the time of day of a date in another column
TIMES_OF_DATES = {
    ImportField.OCCURRED_AT: ImportField.OCCURRED_TIME,
    ImportField.OPENED_AT: ImportField.OCCURRED_TIME,
    ImportField.RESOLVED_AT: ImportField.RESOLVED_TIME,
}

# What must be equal for two versions to be read together at all; wording and who is asked are for people to
# judge. A name measures nothing.
STRUCTURE = (
    "kind", "rule", "scale_low", "scale_high", "scale_step", "bottom_box_high", "top_box_low", "per",
    "higher_is_better", "calendar",
)  # fmt: skip
MEASUREMENT = (*STRUCTURE, "wording", "population", "amount_name", "exposure_name")

# a kind that is one rule and no other
RULE_OF_KIND: dict[str, str] = {
    MetricKind.TTR: "duration",
    MetricKind.FRT: "duration",
    MetricKind.FIRST_RESOLUTION: "duration",
    MetricKind.NET_RESOLUTION: "duration",
}
EARLIER_ENDS = (MetricKind.FRT, MetricKind.FIRST_RESOLUTION)  # times that end before a case is over for good

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip

ANSWERS = tuple(range(11))  # whole answers that the roll-up counts in one row
NOTHING = "–"  # stands for an empty value among those that an import would replace
BIN_OPEN = -1  # an open case of which only the day is kept
BIN_OPEN_AT = -100  # an open case: less the minute of its day at which it was opened
BIN_UNUSABLE = -2
BINS_PER_E = 50  # times are kept in steps of two percent: the middle is within one percent
BIN_BEYOND = 2000  # added to the bin of a time that is longer than the promised one in the same bin
BIN_WAITING = 4000  # added to the bin of the age of an open case that waits for its customer: it stands still
SMALL_N = 5  # fewer answers are shown as such and never compared


class Amounts(models.TextChoices):
    """What the column with the amounts of a file holds. A figure is that of its row: an average, a rate."""

    SUM = "sum", _("sums: what was counted")
    FIGURE = "figure", _("finished figures: an average, or so many per hundred")
    SHARE = "share", _("shares of one, such as 0.94")


class SurveyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


class SurveyWay(models.TextChoices):
    """By which way a customer came to a survey."""

    LINK = "link", _("Link")
    QR = "qr", _("QR code")
    EMBED = "embed", _("Widget")
    EMAIL = "email", _("E-mail")


class SurveyOpenness(models.TextChoices):
    """What whoever opens the address of a survey finds."""

    OPEN = "open", _("Open for answers")
    NOT_YET = "not_yet", _("Not open yet")
    CLOSED = "closed", _("Closed")
    UNKNOWN = "unknown", _("Not known")


class FollowUp(models.TextChoices):
    """The open question after the score."""

    BY_SCORE = "by_score", _("Yes, in words that depend on the score")
    ONE = "one", _("Yes, the same for everyone")
    NONE = "none", _("No")


class HalfUse(models.TextChoices):
    """What becomes of answers that were typed page by page and never sent."""

    NONE = "none", _("Not kept")
    APART = "apart", _("Kept and named apart; never in a score")
    SCORED = "scored", _("Kept and named apart; the score counts if its question was answered")


class Band(models.TextChoices):
    """Part of a scale, for words and rules that depend on the score."""

    LOW = "low", _("low scores")
    MIDDLE = "middle", _("middle scores")
    HIGH = "high", _("high scores")


QUIET_DAYS = 30  # days without another survey after one, unless the organization says otherwise
MOST_QUIET_DAYS = 730


class MailingKind(models.TextChoices):
    INVITE = "invite", _("Invitations")
    REMIND = "remind", _("Reminders")


class InvitationState(models.TextChoices):
    """What became of one person who is asked by e-mail."""

    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    REMINDED = "reminded", _("Reminded")
    BEGUN = "begun", _("Began, not sent")
    ANSWERED = "answered", _("Answered")
    BOUNCED = "bounced", _("Not delivered")
    STOPPED = "stopped", _("Unsubscribed")


LEAST_REASON, MOST_REASON = 10, 500  # characters, of why a "no" is taken back
MOST_DELAY_HOURS = 90 * 24
MOST_AGE_DAYS = 365


class EventState(models.TextChoices):
    """What became of one event that a survey follows."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    QUIET = "quiet", _("Left out: asked within the quiet period")
    TOO_OLD = "too_old", _("Left out: too old")
    UNSUBSCRIBED = "unsubscribed", _("Left out: unsubscribed")
    NO_ADDRESS = "no_address", _("Left out: no e-mail address")
    CANCELED = "canceled", _("Canceled")
    REOPENED = "reopened", _("Left out: the ticket was reopened, merged or taken back")


class TicketScope(models.TextChoices):
    """Which tickets that come in here a survey follows."""

    NONE = "none", _("None: only what is sent as an event")
    TOUCHPOINT = "touchpoint", _("Tickets of the touchpoint of this survey")
    ALL = "all", _("All tickets")
