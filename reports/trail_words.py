"""What the entries about documents say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.details import Word, choice, day, moment, number
from reports.choices import Answer, Frequency, Paper, Pause, ReportKind
from wording.joining import listed


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        "report",
        {
            "kind": Word(_("Document"), choice(ReportKind)),
            "code": Word(_("Verification code")),
            "recipient": Word(_("Who was given the link, or answered")),
            "until": Word(_("Works until"), moment),
            "left_by": Word(_("Left by")),
            "answer": Word(_("What was answered"), choice(Answer)),
            "comment": Word(_("Comment")),
            "content_digest": Word(_("Digest of its content")),
        },
    )
    yield (
        "organization",
        {
            "template_digest": Word(_("Digest of the slide template")),
            "file_name": Word(_("File")),
        },
    )
    yield (
        "schedule",
        {
            "kind": Word(_("Document"), choice(ReportKind)),
            "about": Word(_("About")),
            "frequency": Word(_("When it is made"), choice(Frequency)),
            "day": Word(_("On this day of the month"), number),
            "language": Word(_("Language of the document")),
            "paper": Word(_("Paper"), choice(Paper)),
            "link_days": Word(_("Days that links work"), number),
            "owner": Word(_("Owner")),
            "heir": Word(_("Who takes over when its owner leaves")),
            "recipients": Word(_("Who receives it"), _names),
            "why": Word(_("Why it stopped"), choice(Pause)),
            "left_by": Word(_("Left by")),
            "due_on": Word(_("Day"), day),
        },
    )


def _names(value: Any, currency: str) -> str:
    return listed(str(one) for one in value)
