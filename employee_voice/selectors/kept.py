"""Where names of people are kept besides the trail."""

from collections.abc import Iterator

from accounts.models import Organization
from common.registry import NamesKept
from employee_voice.models import Invitation


def names_in_waves(organization: Organization) -> Iterator[NamesKept]:
    """Addresses on lists of waves."""
    yield NamesKept(
        rows=Invitation.objects.filter(wave__survey__organization=organization), fields=("email",)
    )
