"""What impact does about what happens: the return of the program follows its inputs."""

from accounts.models import Organization
from common.outbox import EventView, reads
from impact.models import RoiCase
from impact.services import follow_program, keep_undisputed, tell_of_program


@reads("impact.program_changed")
def recompute_program(event: EventView) -> None:
    """A value, a verdict or the ledger changed."""
    organization = Organization.objects.filter(pk=event.organization_id).first()
    if organization is not None:
        follow_program(organization=organization)


@reads("impact.value_disputed_in_part")
def value_without_the_disputed(event: EventView) -> None:
    """Finance disputes some of the benefits of a value and not the others."""
    case = RoiCase.objects.filter(organization_id=event.organization_id, pk=event.content["case"]).first()
    if case is not None:
        keep_undisputed(case=case)


@reads("accounts.fiscal_year_changed")
def follow_months(event: EventView) -> None:
    """Every year of the ledger holds other months now: finance's word on it follows by itself, and the return
    of the program is computed again."""
    organization = Organization.objects.filter(pk=event.organization_id).first()
    if organization is not None:
        tell_of_program(organization)
