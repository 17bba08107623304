"""Reads for the screens of documents."""

from django.db.models import QuerySet

from accounts.models import Membership
from common.jobs import JobState
from reports.codes import grouped_code
from reports.models import Report


def reports(member: Membership) -> QuerySet[Report]:
    """The documents that this member may see, newest first, without their content. One query."""
    documents: QuerySet[Report] = (
        Report.objects.of(member.organization)
        .visible_to(member)
        .select_related("created_by__user", "study__initiative")
        .defer("content")
        .order_by("-created_at")
    )
    return documents


def report_by_code(code: str) -> Report | None:
    """The finished document behind a printed code, however it was typed. One query."""
    report: Report | None = (
        Report.objects.filter(verification_code=grouped_code(code), job_state=JobState.DONE)
        .select_related("organization")
        .first()
    )
    return report
