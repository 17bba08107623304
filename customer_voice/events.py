"""What customer_voice does when something happens below it."""

from accounts.models import Organization
from common.outbox import EventView, reads
from customer_voice.services import follow_tickets, follow_time_zone, rebuild_rollup


@reads("accounts.time_zone_changed")
def recount(event: EventView) -> None:
    """Days begin elsewhere now, and so do business hours: every figure is counted anew."""
    organization = Organization.objects.get(pk=event.organization_id)
    follow_time_zone(organization=organization)
    rebuild_rollup(organization=organization)


@reads("customer_voice.tickets_recorded")
def ask_about_tickets(event: EventView) -> None:
    """Surveys that follow tickets wait for those that were resolved; a survey is asked for once a ticket."""
    organization = Organization.objects.get(pk=event.organization_id)
    follow_tickets(organization=organization, **event.content)
