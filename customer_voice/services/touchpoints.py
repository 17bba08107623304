"""Touchpoints as files name them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as default

from django.utils.text import slugify
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
    """What a touchpoint may be called by, its key or its lower-case name; archived ones take no answers.

    Keys and names of those that were merged mean the kept one, unless another one is called so now.
    """

    ids: dict[str, int] = default(default_factory=dict)  # of those in use
    archived: dict[str, str] = default(default_factory=dict)  # -> the name
    named: dict[str, int] = default(default_factory=dict)  # key -> the very row, merged since or not


def touchpoints_for(organization: Organization, named: Iterable[str]) -> KnownTouchpoints:
    """What of `known_touchpoints` these texts need; where each is a key, one query, else two."""
    keys = {text.strip() for text in named}
    asked = {"organization_id": organization.pk, "is_archived": False, "key": keys}
    known: dict[str, int] = dict(rows_where(Touchpoint, ("key", "id"), asked))
    return KnownTouchpoints(ids=known) if len(known) == len(keys) else known_touchpoints(organization)


def known_touchpoints(organization: Organization) -> KnownTouchpoints:
    """All of them. One query."""
    found = KnownTouchpoints()
    rows = list(
        Touchpoint.objects.of(organization).select_related("merged_into").order_by("merged_into", "name")
    )
    for row in sorted(rows, key=lambda row: row.merged_into_id is not None):  # those that stand go before
        found.named[row.key] = row.pk
        said, meant = " ".join(row.name.lower().split()), row.merged_into or row
        if meant.is_archived:
            found.archived.setdefault(said, meant.name)
            found.archived[row.key] = meant.name
        else:
            found.ids.setdefault(said, meant.pk)
            found.ids[row.key] = meant.pk
    return found


def merged_touchpoints(organization: Organization) -> dict[int, int]:
    """Touchpoints that were merged, and those that they are now. One query."""
    merged = Touchpoint.objects.of(organization).filter(merged_into__isnull=False)
    return dict(merged.values_list("pk", "merged_into_id"))


def key_as_remembered(organization: Organization, key: str, remembered: str) -> str:
    """The key of before a merge where a recipe has it and it means the touchpoint of `key` now.

    Rows without an ID are known by all that is in them and the touchpoint of their file as it was named
    then: a file that comes again stays the same file. One query, none where the two are the same.
    """
    if not key or not remembered or key == remembered:
        return key
    ids = known_touchpoints(organization).ids
    is_the_same = key in ids and ids.get(remembered) == ids[key]
    return remembered if is_the_same else key


def present_key(organization: Organization, key: str) -> str:
    """The key of the touchpoint that this one means now; the same where it was not merged. One query."""
    kept = Touchpoint.objects.of(organization).filter(merged__key=key).values_list("key", flat=True)
    return next(iter(kept), key)


def wrong_touchpoint(organization: Organization, key: str) -> str:
    """Why this cannot be the touchpoint of a whole file, else empty. One query."""
    known = known_touchpoints(organization)
    if key in known.ids:
        return ""
    if key in known.archived:
        return problem_text("archived_touchpoint", "", {"touchpoint": known.archived[key]})
    return _("There is no touchpoint “%(key)s”.") % {"key": key}


def touchpoint_named(*, by: Membership, name: str) -> Touchpoint:
    """Added, or the one of this name that somebody added meanwhile. Raises InvalidValues of
    `new_touchpoint`."""
    name = " ".join(name.split())
    known = Touchpoint.objects.of(by.organization).filter(name__iexact=name, is_archived=False).first()
    try:
        return known or save_touchpoint(by=by, name=name)
    except InvalidValues as refusal:
        reason = next(iter(refusal.fields.values()), refusal.message)
        raise InvalidValues(reason, fields={"new_touchpoint": reason}) from refusal


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


def ways_to_name(text: str) -> tuple[str, str, str]:
    """A touchpoint is meant by its key, by its name in any case, and by what a key is made of."""
    return text, text.lower(), slugify(text)[:60] or slugify(text, allow_unicode=True)[:60]
