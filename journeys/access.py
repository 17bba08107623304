"""The only way a view gets a touchpoint, or a change of many."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from journeys.errors import TouchpointMerged
from journeys.models import InventoryChange, Touchpoint


def touchpoints_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[Touchpoint]:
    """All touchpoints of the member's organization, archived ones too, without those that were merged into
    others. Role too small: PermissionDenied."""
    require_right(member.role, action)
    rows = Touchpoint.objects.of(member.organization).standing()
    return rows.select_related("owner_function", "owner_person__user")


def touchpoint_for(member: Membership, key: str, action: Action = Action.VIEW) -> Touchpoint:
    """One touchpoint of the member's organization by its key, else 404; by the key of one that was
    merged, the one that was kept. One query, two where it was merged."""
    try:
        touchpoint: Touchpoint = touchpoints_for(member, action).get(key=key)
    except Touchpoint.DoesNotExist:
        raise Http404 from None
    return touchpoint


def touchpoint_to_change(
    member: Membership, key: str, action: Action = Action.EDIT_TOUCHPOINTS
) -> Touchpoint:
    """The same for who changes it: a key of before a merge changes nothing. Raises TouchpointMerged."""
    touchpoint = touchpoint_for(member, key, action)
    if touchpoint.key != key:
        former = Touchpoint.objects.of(member.organization).filter(key=key).values_list("name", flat=True)
        raise TouchpointMerged(gone=former[0], kept=touchpoint.name)
    return touchpoint


def changes_for(member: Membership) -> QuerySet[InventoryChange]:
    """Changes of many touchpoints at once, newest first. Role too small: PermissionDenied."""
    require_right(member.role, Action.EDIT_TOUCHPOINTS)
    rows = InventoryChange.objects.of(member.organization)
    return rows.select_related("organization", "created_by__user")


def change_for(member: Membership, pk: int) -> InventoryChange:
    """One of them, else 404. One query."""
    found: InventoryChange | None = changes_for(member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
