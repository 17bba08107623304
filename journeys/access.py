"""The only way a view gets a touchpoint."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from journeys.models import Touchpoint


def touchpoints_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[Touchpoint]:
    """All touchpoints of the member's organization, archived ones too. Role too small: PermissionDenied."""
    require_right(member.role, action)
    return Touchpoint.objects.of(member.organization).select_related("owner_function")


def touchpoint_for(member: Membership, key: str, action: Action = Action.VIEW) -> Touchpoint:
    """One touchpoint of the member's organization by its key, else 404. One query."""
    touchpoint = touchpoints_for(member, action).filter(key=key).first()
    if touchpoint is None:
        raise Http404
    return touchpoint
