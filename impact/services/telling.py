"""Telling that something changed that the return of the program rests on."""

from accounts.models import Organization
from accounts.services import emit
from impact.models import LedgerYear, ProgramCase

CHANGED = "impact.program_changed"


def tell_of_program(organization: Organization) -> None:
    """In the transaction of the change: a return of the program is computed again. Nobody is told where none
    was ever asked for. At most two queries and an event."""
    is_kept = ProgramCase.objects.of(organization).exists() or LedgerYear.objects.of(organization).exists()
    if is_kept:
        emit(kind=CHANGED, organization=organization, subject=organization, content={})
