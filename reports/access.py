"""The only way a view gets a document."""

from django.http import Http404

from accounts.access import require
from accounts.choices import Action
from accounts.models import Membership
from employee_voice.choices import Reach
from employee_voice.selectors import is_covered
from reports.models import Report, SlipSheets


def report_for(member: Membership, pk: int, action: Action = Action.VIEW) -> Report:
    """One document of the member's organization, else 404. Role too small: PermissionDenied. One query, of
    a line in an employee survey three."""
    report = (
        Report.objects.of(member.organization)
        .visible_to(member)
        .select_related("organization", "created_by__user", "study__initiative", "wave__survey__organization")
        .filter(pk=pk)
        .first()
    )
    if report is None or not _is_still_hers(member, report):
        raise Http404
    require(member, action)
    return report


def _is_still_hers(member: Membership, report: Report) -> bool:
    """Who leads a line no longer does not open its figures any more."""
    if report.wave is None or report.reach != Reach.LINE:
        return True
    return is_covered(member, report.wave, [row["key"] for row in report.content["functions"]])


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
