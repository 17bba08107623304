"""What the entries about metrics, feedback, customers and imports say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.details import Word, choice, choices_of, day, name, number, share, yes_no
from customer_voice.choices import (
    WEEKDAYS,
    CustomerKind,
    FeedbackTable,
    HalfUse,
    MetricKind,
    Period,
    TicketScope,
)
from customer_voice.customer_words import CUSTOMER_FIELDS
from customer_voice.feed_choices import MailSecurity
from customer_voice.rules import rule_choices
from wording import units
from wording.formats import reader
from wording.joining import listed

_ERASED = {"answer": _("One answer"), "customer": _("One customer")}
_ROWS = {
    "source": Word(_("Source")),
    "created": Word(_("Rows added"), number),
    "updated": Word(_("Rows updated"), number),
    "unchanged": Word(_("Rows unchanged"), number),
    "left_out": Word(_("Rows left out"), number),
    "replaced": Word(_("Rows replaced"), number),
    "file_digest": Word(_("Digest of the file")),
}


def _week(value: Any, currency: str) -> str:
    """Hours of seven days."""
    days = zip(WEEKDAYS, value, strict=True)
    return "; ".join(f"{day} {units.hours_of_day(reader(), hours)}" for day, hours in days)


def _days(value: Any, currency: str) -> str:
    return listed(day(one, currency) for one in value)


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        "metric",
        {
            "kind": Word(_("Kind"), choice(MetricKind)),
            "wording": Word(_("Question wording")),
            "population": Word(_("Who is asked")),
            "rule": Word(_("How answers become the metric"), choice(dict(rule_choices()))),
            "scale_low": Word(_("Lowest answer"), number),
            "scale_high": Word(_("Highest answer"), number),
            "scale_step": Word(_("Step between answers"), number),
            "bottom_box_high": Word(_("Bottom box up to"), number),
            "top_box_low": Word(_("Top box from"), number),
            "per": Word(_("Shown per"), number),
            "amount_name": Word(_("What is counted")),
            "exposure_name": Word(_("What it is counted on")),
            "higher_is_better": Word(_("A higher figure is better"), yes_no),
            "calendar": Word(_("Counted in hours of the calendar")),
            "level_hours": Word(_("Service level, in hours"), number),
            "level_share": Word(_("Share that should be in time"), share),
            "target": Word(_("Target"), number),
            "touchpoint": Word(_("Touchpoint"), name),
            "period": Word(_("Period"), choice(Period)),
        },
    )
    yield (
        "calendar",
        {
            "name": Word(_("Name")),
            "hours": Word(_("Hours from Monday to Sunday"), _week),
            "first": Word(_("These hours hold from"), day),
            "country": Word(_("Country")),
            "subdivision": Word(_("Part of the country")),
            "own_days": Word(_("Days of your own"), _days),
            "time_zone": Word(_("Time zone")),
            "version": Word(_("Version"), number),
        },
    )
    yield (
        "customer_survey",
        {
            "name": Word(_("Name of the survey")),
            "copy_of": Word(_("Copy of")),
            "is_version": Word(_("A new version of it"), yes_no),
            "metric": Word(_("Metric"), name),
            "touchpoint": Word(_("Touchpoint"), name),
            "channel": Word(_("Channel"), name),
            "languages": Word(_("Languages")),
            "first_day": Word(_("First day"), day),
            "last_day": Word(_("Last day"), day),
            "privacy_url": Word(_("Address of the privacy notice")),
            "embed_hosts": Word(_("Sites that may show it as a widget")),
            "half_answers": Word(_("Answers that were begun and not sent"), choice(HalfUse)),
            "digest": Word(_("Digest of its content")),
            "version": Word(_("Version"), number),
            "letters": Word(_("Letters"), number),
            "left_out": Word(_("Left out"), number),
            "quiet_days": Word(_("Quiet period, days"), number),
            "delay_hours": Word(_("Ask after, hours"), number),
            "age_days": Word(_("Oldest event, days"), number),
            "tickets": Word(_("Tickets that come in here"), choice(TicketScope)),
            "reason": Word(_("Reason")),
            "means_the_same": Word(_("Said to mean the same"), yes_no),
        },
    )
    yield "feedback", _ROWS
    yield "feedback.exported", {"table": Word(_("Table"), choice(FeedbackTable))}
    yield (
        "feedback.erased",
        {
            "by": Word(_("What was erased"), choice(_ERASED)),
            "answers": Word(_("Answers without their words"), number),
            "removed": Word(_("Answers removed"), number),
            "contacts": Word(_("Customers emptied"), number),
        },
    )
    yield (
        "feed",
        {
            "source": _ROWS["source"],
            "name": Word(_("Name")),
            "values": Word(_("Values chosen"), number),
            "calls": Word(_("Calls read"), number),
            "host": Word(_("Mail server (IMAP)")),
            "port": Word(_("Port"), number),
            "security": Word(_("Encryption"), choice(MailSecurity)),
            "username": Word(_("User name")),
            "folder": Word(_("Folder")),
            "channel": Word(_("Channel")),
            "touchpoint": Word(_("Touchpoint"), name),
            "password": Word(_("Another password"), yes_no),
            "replaces_known": Word(_("Newer values replace what is known"), yes_no),
            "takes_bounces": Word(_("Survey letters that come back arrive there"), yes_no),
            "moves_done": Word(_("Files that are in are moved"), yes_no),
        },
    )
    yield "import", {"file": Word(_("File"))}
    yield "recipe", {"name": Word(_("Name"))}
    yield (
        "import.undone",
        {
            "source": _ROWS["source"],
            "file_digest": _ROWS["file_digest"],
            "removed": Word(_("Answers removed"), number),
            "restored": Word(_("Answers restored"), number),
            "kept": Word(_("Answers that stayed"), number),
        },
    )
    changed = {"changed": Word(_("Fields changed"), choices_of(CUSTOMER_FIELDS))}
    moved = {
        "answers": Word(_("Answers moved"), number),
        "contacts": Word(_("Contacts moved"), number),
    }
    yield "customer_account", {**changed, **moved}
    yield "contact", {**changed, **moved}
    yield "customers", {**_ROWS, "list": Word(_("List"), choice(CustomerKind))}
    yield (
        "customers.taken_back",
        {
            "list": Word(_("List"), choice(CustomerKind)),
            "removed": Word(_("Records removed"), number),
            "restored": Word(_("Records restored"), number),
            "kept": Word(_("Records that stayed"), number),
        },
    )
