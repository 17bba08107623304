"""What impact does about what happens: the return of the program follows its inputs."""

from accounts.models import Membership, Organization
from common.outbox import EventView, reads
from impact.services import follow_program, void_signed_years


@reads("impact.program_changed")
def recompute_program(event: EventView) -> None:
    """A value, a verdict or the ledger changed."""
    organization = Organization.objects.filter(pk=event.organization_id).first()
    if organization is not None:
        follow_program(organization=organization)


@reads("accounts.fiscal_year_changed")
def void_ledger(event: EventView) -> None:
    """Every year of the ledger holds other months now."""
    by = Membership.objects.filter(pk=event.content["by"], organization_id=event.organization_id).first()
    if by is not None:
        void_signed_years(by=by, at=event.at)
