"""What the entries of this room say: people, keys, the organization; and what means the same everywhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency, Role, WeekStart
from accounts.details import ANY, Word, choice, number, percents, yes_no
from wording.formats import territory_names

_STEPS = {
    "password": _("Password"),
    "second_factor": _("Second factor"),
    "second factor": _("Second factor"),  # entries of before
}


def _month(value: Any, currency: str) -> str:
    return str(MONTHS.get(value, value))


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        ANY,
        {
            "name": Word(_("Name")),
            "reason": Word(_("Reason")),
            "comment": Word(_("Comment")),
            "note": Word(_("Note")),
            "by": Word(_("By")),
            "role": Word(_("Role"), choice(Role)),
            "email": Word(_("E-mail address")),
            "version": Word(_("Version")),
            "digest": Word(_("Digest")),
            "input_digest": Word(_("Input digest")),
            "format": Word(_("File format")),
        },
    )
    yield (
        "person",
        {
            "address": Word(_("Internet address")),
            "step": Word(_("Step"), choice(_STEPS)),
            "keys_revoked": Word(_("API keys revoked"), number),
            "sessions": Word(_("Devices signed out"), number),
            "function": Word(_("Business function")),
            "job_title": Word(_("Job title")),
            "invited_by": Word(_("Invited by")),
        },
    )
    yield "invitation", {"left_by": Word(_("Left by"))}
    yield (
        "token",
        {
            "is_read_only": Word(_("Reads only"), yes_no),
            "valid_days": Word(_("Valid for so many days"), number),
            "left_by": Word(_("Left by")),
        },
    )
    yield (
        "organization",
        {
            "currency": Word(_("Currency"), choice(Currency)),
            "time_zone": Word(_("Time zone")),
            "language": Word(_("Language of e-mail and reports"), choice(dict(settings.LANGUAGES))),
            "territory": Word(_("Format of dates and numbers"), _territory),
            "week_begins": Word(_("First day of the week"), choice(WeekStart)),
            "year_begins": Word(_("First month of the fiscal year"), _month),
            "discount_rate_pct": Word(_("Discount rate, % a year"), percents),
            "accent": Word(_("Color")),
            "logo_digest": Word(_("Digest of the logo")),
            "confirms_finance": Word(
                _("A second administrator or CX leader confirms finance reviewers"), yes_no
            ),
        },
    )
    yield (
        "function",
        {
            "parent": Word(_("Part of")),
            "head": Word(_("Head")),
        },
    )
    yield "letter", {"recipient": Word(_("Recipient"))}
    yield "event", {"reader": Word(_("Reader of the event"))}


def _territory(value: str, currency: str) -> str:
    return dict(territory_names(get_language() or "en"))[value]
