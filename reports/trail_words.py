"""What the entries about documents say."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.details import Word, choice
from reports.choices import ReportKind


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        "report",
        {
            "kind": Word(_("Document"), choice(ReportKind)),
            "code": Word(_("Verification code")),
            "content_digest": Word(_("Digest of its content")),
        },
    )
