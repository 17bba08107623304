"""Maps as a whole: made, named, copied, archived, deleted."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import acting, record_event
from common.errors import InvalidValues
from common.rows import locked, merged_row, put
from common.text import one_line
from journeys.maps.choices import LONGEST_TEXT, MapState, Start
from journeys.maps.errors import MapArchived
from journeys.maps.models import JourneyMap
from journeys.maps.services.editing import begin
from journeys.maps.starts import starting_content
from journeys.selectors import touchpoints


@dataclass(frozen=True, kw_only=True, slots=True)
class MapValues:
    """What people write about a map beside its drawing."""

    name: str
    persona: str = ""
    purpose: str = ""
    state: str = MapState.TODAY
    today: JourneyMap | None = None


@transaction.atomic
def new_map(*, by: Membership, values: MapValues, start: str = Start.EMPTY) -> JourneyMap:
    """A map with its first version: from a template, the inventory, or with one empty stage. Raises
    InvalidValues: no name, a name in use, an unknown state, a map of today that is none."""
    by = acting(by)
    if start not in Start.values:
        raise InvalidValues(
            _("Choose what the map begins with."), fields={"start": _("Choose one of these.")}
        )
    row = _made(by, values)
    begin(by, row, starting_content(start, touchpoints(by.organization)), what=start)
    return row


def named_map(by: Membership, values: MapValues) -> tuple[Membership, JourneyMap]:
    """A map without a drawing yet, for whoever draws it in the same transaction. Raises as `new_map`."""
    by = acting(by)
    return by, _made(by, values)


@transaction.atomic
def save_map(*, by: Membership, map: JourneyMap, values: MapValues) -> JourneyMap:
    """Name, persona, purpose and state; of a map as its caller has read it, what differs. Raises as
    `new_map`."""
    by = acting(by)
    row = locked(map, "today")
    if row.is_archived:
        raise MapArchived(_("“%(name)s” is archived. Restore it to change it.") % {"name": row.name})
    wanted = merged_row(_given(values), seen=map, now=row)
    _refuse_unfit(by, row, wanted)
    before = _facts(row)
    if any(getattr(row, name) != value for name, value in wanted.items()):
        put(row, {**wanted, "changed_at": timezone.now()})
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="map.renamed",
        subject=row,
        before=before,
        after=_facts(row),
    )
    return row


@transaction.atomic
def copy_map(*, by: Membership, map: JourneyMap, as_future: bool = False) -> JourneyMap:
    """A map with the same drawing and a history of its own. `as_future`: it shows the future of this one,
    which is a map of today; both can be compared."""
    by = acting(by)
    source = locked(map)
    today = source if source.state == MapState.TODAY else None
    name = (_("%(name)s: future") if as_future else _("%(name)s (copy)")) % {"name": source.name[:100]}
    values = MapValues(
        name=_free_name(by, name),
        persona=source.persona,
        purpose=source.purpose,
        state=MapState.FUTURE if as_future else source.state,
        today=today if as_future else source.today,
    )
    row = _made(by, values)
    begin(by, row, source.content, what="copy", subject=source.name)
    return row


@transaction.atomic
def archive_map(*, by: Membership, map: JourneyMap) -> JourneyMap:
    """Take it off the list; it can be restored. Doing it twice does no harm."""
    return _set_archived(by, map, True, "map.archived")


@transaction.atomic
def restore_map(*, by: Membership, map: JourneyMap) -> JourneyMap:
    return _set_archived(by, map, False, "map.restored")


@transaction.atomic
def delete_map(*, by: Membership, map: JourneyMap) -> None:
    """An archived map goes for good, with its history and comments. Raises MapArchived for one in use:
    archive it first, so that whoever is working on it is told; Gone."""
    by = acting(by)
    row = locked(map)
    if not row.is_archived:
        raise MapArchived(_("Archive the map first. Then it can be deleted."), code="map_in_use")
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="map.deleted",
        subject=row,
        before={"steps": sum(place.startswith("name.") for place in row.content), "version": row.version},
    )
    row.delete()


def _set_archived(by: Membership, map: JourneyMap, is_archived: bool, verb: str) -> JourneyMap:
    by = acting(by)
    row = locked(map)
    if put(row, {"is_archived": is_archived}):
        record_event(organization=by.organization, actor=by.user, verb=verb, subject=row)
    return row


def _made(by: Membership, values: MapValues) -> JourneyMap:
    given = _given(values)
    _refuse_unfit(by, None, given)
    row = JourneyMap(organization=by.organization, key=_free_key(by, given["name"]), **given)
    row.save()
    record_event(
        organization=by.organization, actor=by.user, verb="map.added", subject=row, after=_facts(row)
    )
    return row


def _given(values: MapValues) -> dict[str, Any]:
    return {
        "name": one_line(values.name),
        "persona": one_line(values.persona),
        "purpose": values.purpose.strip(),
        "state": values.state,
        "today": values.today if values.state == MapState.FUTURE else None,
    }


def _refuse_unfit(by: Membership, row: JourneyMap | None, values: dict[str, Any]) -> None:
    name, today = values["name"], values["today"]
    others = JourneyMap.objects.of(by.organization)
    if row is not None:
        others = others.exclude(pk=row.pk)
    found: dict[str, Any] = {}
    if not name or len(name) > 120:
        found["name"] = _("Give the map a name of at most 120 characters.")
    elif others.filter(name__iexact=name).exists():
        found["name"] = _("There is already a map with this name; it may be archived.")
    if len(values["persona"]) > 120:
        found["persona"] = _("At most 120 characters.")
    if len(values["purpose"]) > LONGEST_TEXT:
        found["purpose"] = _("At most %(most)d characters.") % {"most": LONGEST_TEXT}
    if values["state"] not in MapState.values:
        found["state"] = _("Choose one of the states.")
    is_strange = today is not None and today.organization_id != by.organization_id
    if today is not None and (is_strange or today.state != MapState.TODAY or (row and today.pk == row.pk)):
        found["today"] = _("Choose a map of today.")
    if row is not None and values["state"] == MapState.FUTURE and row.futures.exists():
        found["state"] = _("Other maps show the future of this one, so it stays a map of today.")
    if found:
        raise InvalidValues(_("The map cannot be saved with these values."), fields=found)


def _free_name(by: Membership, name: str) -> str:
    taken = {one.casefold() for one in JourneyMap.objects.of(by.organization).values_list("name", flat=True)}
    found, number = name, 2
    while found.casefold() in taken:
        found, number = f"{name} {number}", number + 1
    return found


def _free_key(by: Membership, name: str) -> str:
    """Made from the name; names without Latin letters get `map`, then `map-2`."""
    base = slugify(name)[:50].strip("-_") or "map"
    if base in {"new", "import"}:  # words of pages
        base = f"{base}-map"
    taken = set(
        JourneyMap.objects.of(by.organization).filter(key__startswith=base).values_list("key", flat=True)
    )
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _facts(row: JourneyMap) -> dict[str, object]:
    return {
        "name": row.name,
        "persona": row.persona,
        "purpose": row.purpose,
        "map_state": row.state,
        "today": row.today.name if row.today else None,
    }
