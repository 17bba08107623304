"""Where the coalition repeats people's names outside of what a digest binds."""

from collections.abc import Iterator

from accounts.models import Organization
from coalition.models import Decision
from common.registry import NamesKept


def decisions_with_names(organization: Organization) -> Iterator[NamesKept]:
    """The tally names each voter; what was decided on, and its digest, stay."""
    yield NamesKept(rows=Decision.objects.filter(initiative__organization=organization), fields=("tally",))
