"""The only way a view gets a document, one or many: what is listed opens, and what opens is listed."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from common.digests import digest_of_secret
from common.jobs import JobState
from employee_voice.choices import SEES_ALL, Reach
from employee_voice.selectors import covered
from reports.choices import Closure
from reports.errors import ReportClosed, ReportNotReady
from reports.models import Report, Schedule, ShareLink, Slides, SlipSheets
from reports.querysets import ReportQuerySet


def reports_for(member: Membership) -> QuerySet[Report]:
    """The documents that the member may open, each with why it is closed, if it is. One query when they are
    read; for who has asked for documents of a line three before that."""
    visible: ReportQuerySet[Report] = Report.objects.of(member.organization).visible_to(member)
    found: QuerySet[Report] = visible.with_closure()
    closed = _no_longer_hers(member, found)
    return found.exclude(pk__in=closed) if closed else found


def report_for(member: Membership, pk: int, action: Action = Action.VIEW) -> Report:
    """One document of the member's organization, else 404. Role too small: PermissionDenied. One query, of
    a line in an employee survey four."""
    rows: ReportQuerySet[Report] = Report.objects.of(member.organization).visible_to(member).filter(pk=pk)
    report: Report | None = (
        rows.with_closure()
        .select_related(
            "organization",
            "created_by__user",
            "study__initiative",
            "wave__survey__organization",
            "maturity_result",
            "program_case__organization",
        )
        .defer("maturity_result__profile", "maturity_result__inputs")
        .first()
    )
    if report is None or (report.reach == Reach.LINE and _no_longer_hers(member, rows)):
        raise Http404
    require(member, action)
    return report


def file_for(member: Membership, pk: int) -> Report:
    """A finished document to hand out its file, else 404. ReportNotReady; ReportClosed for everybody, who
    made it and administrators too: nobody needs figures that a newer result replaced. Queries as
    `report_for`.
    """
    report = report_for(member, pk, Action.MAKE_REPORT)
    if report.closure:
        raise ReportClosed(closure_text(report.closure))
    if report.job_state != JobState.DONE:
        raise ReportNotReady(_("This document is not ready yet."))
    return report


def link_for(member: Membership, report: Report, pk: int) -> ShareLink:
    """A link of this document, which the member was given; else 404. One query."""
    link = ShareLink.objects.of(member.organization).filter(report=report, pk=pk).first()
    if link is None:
        raise Http404
    found: ShareLink = link
    found.report = report
    return found


def slides_for(member: Membership, report: Report, pk: int) -> Slides:
    """Slides of this document, which the member was given; else 404. One query."""
    found: Slides | None = Slides.objects.of(member.organization).filter(report=report, pk=pk).first()
    if found is None:
        raise Http404
    found.report = report
    return found


def slides_file_for(member: Membership, report: Report, pk: int) -> Slides:
    """The same to hand out their file. Raises ReportClosed, ReportNotReady."""
    if report.closure:
        raise ReportClosed(closure_text(report.closure))
    found = slides_for(member, report, pk)
    if found.job_state != JobState.DONE:
        raise ReportNotReady(_("These slides are not ready yet."))
    return found


def schedules_for(member: Membership) -> QuerySet[Schedule]:
    """Every schedule of the organization, the next one first. Role too small: PermissionDenied. One query."""
    require(member, Action.MAKE_REPORT)
    found: QuerySet[Schedule] = Schedule.objects.of(member.organization).select_related(
        "organization", "initiative", "survey", "owner__user", "heir__user"
    )
    return found


def may_change_schedule(member: Membership, schedule: Schedule) -> bool:
    """Its owner may, and whoever runs the organization."""
    return schedule.owner_id == member.pk or may(member.role, Action.MANAGE_ORGANIZATION)


def schedule_for(member: Membership, pk: int, *, to_change: bool = False) -> Schedule:
    """One schedule of the member's organization, else 404. Role too small, or another's to change:
    PermissionDenied. One query."""
    found = schedules_for(member).filter(pk=pk).first()
    if found is None:
        raise Http404
    if to_change and not may_change_schedule(member, found):
        raise PermissionDenied
    return found


def shared_by(secret: str) -> ShareLink:
    """The link of this secret with its document, whether or not it still opens it; else 404. Two queries."""
    rows = ShareLink.objects.filter(secret_digest=digest_of_secret(secret))
    found: ShareLink | None = rows.select_related("organization", "created_by__user").first()
    if found is None:
        raise Http404
    found.report = Report.objects.with_closure().select_related("organization").get(pk=found.report_id)
    return found


def closure_text(closure: str) -> str:
    """Why nobody opens the document any more, and what to do instead; "" where it is open."""
    words = {
        Closure.REPLACED.value: _(
            "This document was replaced by a newer result. Both together could give away what one person "
            "answered, so its file is closed to everyone. Create the document of the newer result instead."
        ),
        Closure.REOPENED.value: _(
            "The round of this document is open again. Its file is closed until the round is, and stays "
            "closed if the answers have changed by then."
        ),
    }
    return words.get(closure, "")


def _no_longer_hers(member: Membership, rows: QuerySet[Report]) -> list[int]:
    """Who leads a line no longer does not open its figures any more. Three queries, one without documents of
    a line, none for who sees all of them."""
    if member.role in SEES_ALL:
        return []
    of_lines = rows.filter(reach=Reach.LINE).select_related("wave__survey")
    of_lines = of_lines.only("content", "wave__survey__organization", "wave__survey")
    found = {
        row.pk: (row.wave, [each["key"] for each in row.content["functions"]])
        for row in of_lines
        if row.wave is not None
    }
    return sorted(set(found) - covered(member, found))


def slips_for(member: Membership, pk: int) -> SlipSheets:
    """Sheets of slips that the member has asked for, else 404: nobody else's. Role too small:
    PermissionDenied. One query.
    """
    require(member, Action.MANAGE_EMPLOYEE_SURVEYS)
    rows = SlipSheets.objects.filter(wave__survey__organization=member.organization, by=member)
    found = rows.select_related("wave__survey", "group").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
