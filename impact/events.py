"""What impact does about what happens: the return of the program follows its inputs."""

from accounts.models import Organization
from common.outbox import EventView, reads
from impact.services import follow_program, tell_of_program


@reads("impact.program_changed")
def recompute_program(event: EventView) -> None:
    """A value, a verdict or the ledger changed."""
    organization = Organization.objects.filter(pk=event.organization_id).first()
    if organization is not None:
        follow_program(organization=organization)


@reads("accounts.fiscal_year_changed")
def follow_months(event: EventView) -> None:
    """Every year of the ledger holds other months now: finance's word on it follows by itself, and the return
    of the program is computed again."""
    organization = Organization.objects.filter(pk=event.organization_id).first()
    if organization is not None:
        tell_of_program(organization)
