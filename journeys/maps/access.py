"""The only way a view gets a map."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from journeys.maps.models import JourneyMap, MapComment, MapSheet


def maps_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[JourneyMap]:
    """All maps of the member's organization, archived ones too. Role too small: PermissionDenied."""
    require_right(member.role, action)
    return JourneyMap.objects.of(member.organization).select_related("today")


def map_for(member: Membership, key: str, action: Action = Action.VIEW) -> JourneyMap:
    """One map of the member's organization by its key, else 404. One query."""
    found = maps_for(member, action).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def comment_for(member: Membership, key: str, pk: int) -> MapComment:
    """A comment on this map, else 404. Two queries."""
    found: MapComment | None = (
        MapComment.objects.filter(map=map_for(member, key), pk=pk)
        .select_related("author__user", "map")
        .first()
    )
    if found is None:
        raise Http404
    return found


def sheet_for(member: Membership, key: str, pk: int) -> MapSheet:
    """A sheet of this map that the member asked for, else 404. Two queries."""
    rows = MapSheet.objects.filter(map=map_for(member, key), by=member, pk=pk).select_related("map")
    found: MapSheet | None = rows.first()
    if found is None:
        raise Http404
    return found
