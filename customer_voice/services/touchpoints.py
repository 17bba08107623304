"""Touchpoints as files name them."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from customer_voice.errors import MappingRefused
from customer_voice.importers import rows_where
from journeys.models import Touchpoint
from journeys.services import save_touchpoint


def touchpoint_ids_for(organization: Organization, named: Iterable[str]) -> dict[str, int]:
    """Enough of `touchpoint_ids` for these texts: where each is a key, these alone. One query, else two."""
    keys = {text.strip() for text in named}
    asked = {"organization_id": organization.pk, "is_archived": False, "key": keys}
    known: dict[str, int] = dict(rows_where(Touchpoint, ("key", "id"), asked))
    return known if len(known) == len(keys) else touchpoint_ids(organization)


def touchpoint_ids(organization: Organization) -> dict[str, int]:
    """Key and lower-case name -> id, of touchpoints in use. One query."""
    found: dict[str, int] = {}
    for pk, key, name in (
        Touchpoint.objects.of(organization).filter(is_archived=False).values_list("pk", "key", "name")
    ):
        found.setdefault(" ".join(name.lower().split()), pk)
        found[key] = pk
    return found


def add_touchpoints(
    *, by: Membership | None, names: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, Touchpoint]]:
    """Add the touchpoints that a file names for the first time, in the caller's transaction."""
    if names and by is None:
        raise MappingRefused(_("No person is responsible for the touchpoints that this file would add."))
    for number, name in names:
        if by is not None:
            yield number, save_touchpoint(by=by, name=name)
