"""Days of links to documents, for reminders."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from common.dates import DateAhead, DateKind, DateQuestion
from reports.models import ShareLink


def kinds_of_dates(_question: None) -> Iterator[DateKind]:
    yield DateKind(key="link", label=_("A link to a document ends"), who=_("who gave it"), days_before=None)


def dates_ahead(question: DateQuestion) -> Iterator[DateAhead]:
    """Links that still work, by the day on which they end. One query."""
    clock = question.organization.clock
    rows = ShareLink.objects.of(question.organization).filter(
        revoked_at=None,
        expires_at__gt=clock.now(),
        expires_at__lt=clock.start_of(question.last + timedelta(days=1)),
    )
    for row in rows.select_related("report").order_by("expires_at", "pk"):
        yield DateAhead(
            kind="link",
            subject=f"link:{row.pk}",
            on=clock.day_of(row.expires_at),
            people=(row.created_by_id,),
            title=_("The link of %(name)s to “%(title)s” ends"),
            words={"name": row.recipient, "title": row.report.title},
            page="reports:report_share",
            address=(row.report_id,),
        )
