"""What customer_voice does when something happens below it."""

from accounts.models import Organization
from common.outbox import EventView, reads
from customer_voice.services import rebuild_rollup


@reads("accounts.time_zone_changed")
def recount(event: EventView) -> None:
    """Days begin elsewhere now: every figure is counted anew."""
    rebuild_rollup(organization=Organization.objects.get(pk=event.organization_id))
