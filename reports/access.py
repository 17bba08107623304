"""The only way a view gets a document, one or many: what is listed opens, and what opens is listed."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.access import require
from accounts.choices import Action
from accounts.models import Membership
from employee_voice.choices import SEES_ALL, Reach
from employee_voice.selectors import covered
from reports.models import Report, SlipSheets


def reports_for(member: Membership) -> QuerySet[Report]:
    """The documents that the member may open. One query when they are read; for who has asked for documents
    of a line three before that."""
    found: QuerySet[Report] = Report.objects.of(member.organization).visible_to(member)
    closed = _no_longer_hers(member, found)
    return found.exclude(pk__in=closed) if closed else found


def report_for(member: Membership, pk: int, action: Action = Action.VIEW) -> Report:
    """One document of the member's organization, else 404. Role too small: PermissionDenied. One query, of
    a line in an employee survey four."""
    rows: QuerySet[Report] = Report.objects.of(member.organization).visible_to(member).filter(pk=pk)
    report = rows.select_related(
        "organization", "created_by__user", "study__initiative", "wave__survey__organization"
    ).first()
    if report is None or (report.reach == Reach.LINE and _no_longer_hers(member, rows)):
        raise Http404
    require(member, action)
    return report


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
