"""Touchpoints as files name them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as default

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organization
from common.errors import InvalidValues
from common.worded import worded
from customer_voice.errors import MappingRefused
from customer_voice.importers import rows_where
from customer_voice.problems import problem_text
from journeys.models import Touchpoint
from journeys.services import save_touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownTouchpoints:
    """What a touchpoint may be called by, its key or its lower-case name; archived ones take no answers."""

    ids: dict[str, int] = default(default_factory=dict)  # of those in use
    archived: dict[str, str] = default(default_factory=dict)  # -> the name


def touchpoints_for(organization: Organization, named: Iterable[str]) -> KnownTouchpoints:
    """What of `known_touchpoints` these texts need; where each is a key, one query, else two."""
    keys = {text.strip() for text in named}
    asked = {"organization_id": organization.pk, "is_archived": False, "key": keys}
    known: dict[str, int] = dict(rows_where(Touchpoint, ("key", "id"), asked))
    return KnownTouchpoints(ids=known) if len(known) == len(keys) else known_touchpoints(organization)


def known_touchpoints(organization: Organization) -> KnownTouchpoints:
    """All of them. One query."""
    found = KnownTouchpoints()
    rows = Touchpoint.objects.of(organization).values_list("pk", "key", "name", "is_archived")
    for pk, key, name, is_archived in rows:
        said = " ".join(name.lower().split())
        if is_archived:
            found.archived.setdefault(said, name)
            found.archived[key] = name
        else:
            found.ids.setdefault(said, pk)
            found.ids[key] = pk
    return found


def wrong_touchpoint(organization: Organization, key: str) -> str:
    """Why this cannot be the touchpoint of a whole file, else empty. One query."""
    known = known_touchpoints(organization)
    if key in known.ids:
        return ""
    if key in known.archived:
        return problem_text("archived_touchpoint", "", {"touchpoint": known.archived[key]})
    return _("There is no touchpoint “%(key)s”.") % {"key": key}


def add_touchpoints(
    *, by: Membership | None, names: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, Touchpoint]]:
    """Add the touchpoints that a file names for the first time, in the caller's transaction.

    Raises MappingRefused, which names the touchpoint, where one cannot be added.
    """
    if names and by is None:
        raise MappingRefused(
            gettext_lazy("No person is responsible for the touchpoints that this file would add.")
        )
    for number, name in names:
        if by is not None:
            try:
                yield number, save_touchpoint(by=by, name=name)
            except InvalidValues as refusal:  # somebody added or renamed one since the rows were read
                raise MappingRefused(
                    worded(
                        gettext_lazy("The touchpoint “%(name)s” could not be added: %(reason)s"),
                        name=name,
                        reason=next(iter(refusal.fields.values()), refusal.message),
                    )
                ) from refusal
