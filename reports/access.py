"""The only way a view gets a document."""

from django.http import Http404

from accounts.access import require
from accounts.choices import Action
from accounts.models import Membership
from reports.models import Report


def report_for(member: Membership, pk: int, action: Action = Action.VIEW) -> Report:
    """One document of the member's organization, else 404. Role too small: PermissionDenied. One query."""
    report = (
        Report.objects.of(member.organization)
        .visible_to(member)
        .select_related("organization", "created_by__user", "study__initiative")
        .filter(pk=pk)
        .first()
    )
    if report is None:
        raise Http404
    require(member, action)
    found: Report = report
    return found
