"""What the entries about documents say."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.details import Word, choice, moment
from reports.choices import Answer, ReportKind


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
