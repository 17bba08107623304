"""What the coalition does about what happens below it."""

from accounts.models import Membership
from coalition.services import release_seats_of
from common.outbox import EventView, reads


@reads("accounts.member_deactivated", "accounts.member_role_changed")
def settle_open_votes(event: EventView) -> None:
    """Somebody left or may do something else now: their seat may end, and open votes are settled anew."""
    member = (
        Membership.objects.select_related("organization", "user")
        .filter(organization_id=event.organization_id, pk=event.content["membership"])
        .first()
    )
    if member is not None:
        release_seats_of(member)
