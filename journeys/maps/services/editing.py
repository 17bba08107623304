"""Changes of a drawing: each is one version, checked against what others wrote meanwhile, and can be
undone."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership
from accounts.services import acting, record_event
from common.rows import locked
from journeys.maps.choices import ChangeKind, ChangeState
from journeys.maps.content import (
    Flat,
    Patch,
    applied,
    changed,
    difference,
    is_structure,
    loose_ends,
    reversed_patch,
)
from journeys.maps.errors import CannotUndo, MapArchived, MapConflict, NothingToUndo
from journeys.maps.models import JourneyMap, MapChange, MapUse
from journeys.maps.operations import Doing, Keys, wrong
from journeys.models import Touchpoint


@transaction.atomic
def edit_map(
    *, by: Membership, map: JourneyMap, doings: Sequence[Doing], seen: int | None = None
) -> JourneyMap:
    """One version with all that the operations change; nothing where one of them is refused.

    `seen`: the version that the writer had before them. Where somebody else has written to one of the same
    places since, it is refused and says what stands there now; other places do not matter, and orders never
    do. Raises InvalidValues, MapConflict, MapArchived, Gone.
    """
    by, row = _held(by, map)
    keys = Keys(map=row.pk, version=row.version + 1)
    content: dict[str, Any] = dict(row.content)
    for doing in doings:
        content = applied(content, changed(content, doing.updates(content, keys)))
    patch = difference(row.content, content)
    if not patch:
        return row
    if seen is not None and seen < row.version:
        _refuse_conflict(by, row, patch, seen)
    _refuse_strange_keys(by, row, patch)
    first = doings[0]
    subject = first.subject(row.content) or first.subject(content)
    _write(by, row, patch, kind=ChangeKind.EDIT, what=first.do, subject=subject)
    return row


@transaction.atomic
def undo(*, by: Membership, map: JourneyMap) -> JourneyMap:
    """Take the member's own last change back. Raises NothingToUndo; CannotUndo where somebody has changed the
    same place since, or has built on what would go."""
    by, row = _held(by, map)
    change = row.changes.filter(by=by, kind=ChangeKind.EDIT, state=ChangeState.DONE).first()
    if change is None:
        raise NothingToUndo(_("There is nothing of yours to undo on this map."))
    _reverse(by, row, change, reversed_patch(change.patch), ChangeKind.UNDO, ChangeState.UNDONE)
    return row


@transaction.atomic
def redo(*, by: Membership, map: JourneyMap) -> JourneyMap:
    """Do again what the member took back last, until they change something else. Raises as `undo`."""
    by, row = _held(by, map)
    change = row.changes.filter(by=by, kind=ChangeKind.EDIT, state=ChangeState.UNDONE).last()
    if change is None:
        raise NothingToUndo(_("There is nothing of yours to redo on this map."))
    _reverse(by, row, change, dict(change.patch), ChangeKind.REDO, ChangeState.DONE)
    return row


@transaction.atomic
def go_back_to(*, by: Membership, map: JourneyMap, version: int) -> JourneyMap:
    """The drawing as it was in this version, as a new one; what came between stays in the history. Raises
    InvalidValues for a version that there is not."""
    by, row = _held(by, map)
    if not 1 <= version <= row.version:
        raise wrong("version", _("There is no such version of this map."))
    patch = difference(row.content, content_at(row, version))
    if patch:
        subject = _("version %(number)d") % {"number": version}
        _write(by, row, patch, kind=ChangeKind.EDIT, what="go_back", subject=subject)
    return row


def content_at(row: JourneyMap, version: int) -> dict[str, Any]:
    """The drawing in an earlier version. One query."""
    content: dict[str, Any] = dict(row.content)
    for patch in row.changes.filter(version__gt=version).order_by("-version").values_list("patch", flat=True):
        content = applied(content, reversed_patch(patch))
    return content


def begin(by: Membership, row: JourneyMap, content: Flat, *, what: str, subject: str = "") -> None:
    """The first version of a map that was just made."""
    _write(by, row, difference({}, content), kind=ChangeKind.START, what=what, subject=subject)


def _held(by: Membership, map: JourneyMap) -> tuple[Membership, JourneyMap]:
    by = acting(by)
    row = locked(map)
    if row.is_archived:
        raise MapArchived(_("“%(name)s” is archived. Restore it to change it.") % {"name": row.name})
    return by, row


def _reverse(
    by: Membership,
    row: JourneyMap,
    change: MapChange,
    patch: Mapping[str, Any],
    kind: ChangeKind,
    state: ChangeState,
) -> None:
    """Write the patch of an undo or a redo. What stands in an order is taken as it is now: only what the
    change itself added or took away is moved."""
    now: Patch = {}
    for place, (expected, wanted) in patch.items():
        current = row.content.get(place)
        if current == expected:
            now[place] = (current, wanted)
        elif is_structure(place):
            now[place] = (current, _rearranged(current or [], expected or [], wanted))
        else:
            raise CannotUndo(who=_writer(row, {place}, change.version))
    # steps of a stage that would go, texts under a step that would go, a step that has gone or moved on
    torn = {
        place
        for place, (_before, after) in now.items()
        if after is None and place.startswith("order.") and row.content.get(place) != patch[place][0]
    }
    torn |= loose_ends(applied(row.content, now)) - loose_ends(row.content)
    if torn:
        raise CannotUndo(who=_writer(row, torn, change.version))
    _write(by, row, now, kind=kind, what=change.what, subject=change.subject)
    change.state = state
    change.save(update_fields=["state"])


def _rearranged(current: list[str], expected: list[str], wanted: list[str] | None) -> list[str] | None:
    """An order that others have changed since: without what goes, with what comes at its place."""
    if wanted is None:
        return None
    kept = [key for key in current if key in wanted or key not in expected]
    for place, key in enumerate(wanted):
        if key not in kept and key not in expected:
            before = next((one for one in reversed(wanted[:place]) if one in kept), None)
            kept.insert(kept.index(before) + 1 if before is not None else 0, key)
    return kept


def _refuse_conflict(by: Membership, row: JourneyMap, patch: Patch, seen: int) -> None:
    others = row.changes.filter(version__gt=seen).exclude(by=by).select_related("by__user")
    for change in others:
        both = [place for place in patch if place in change.patch and not is_structure(place)]
        if both:
            raise MapConflict(
                who=_name(change),
                now=_said(row.content.get(both[0])),
                version=row.version,
                fields={"text": _("Stored now: %(value)s") % {"value": _said(row.content.get(both[0]))}},
            )


def _writer(row: JourneyMap, places: Set[str], since: int) -> str:
    """Who wrote last to one of the places."""
    changes = row.changes.filter(version__gt=since).select_related("by__user")
    return next((_name(change) for change in changes if not places.isdisjoint(change.patch)), _("Someone"))


def _name(change: MapChange) -> str:
    return str(change.by) if change.by else _("Someone")


def _said(value: Any) -> str:
    """A stored value in a sentence."""
    if isinstance(value, dict):
        return str(value.get("name") or "")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _refuse_strange_keys(by: Membership, row: JourneyMap, patch: Patch) -> None:
    """Touchpoints, owners and nested maps are of the organization, and no map opens itself."""
    after = {place: value for place, (_before, value) in patch.items() if value is not None}
    before = {place: value for place, (value, _after) in patch.items() if value is not None}
    wanted = _keys(after, "touchpoints.") - _keys(before, "touchpoints.")
    points = Touchpoint.objects.of(by.organization).filter(key__in=wanted)
    known = {point.key: point for point in points}
    if wanted - set(known):
        name = sorted(wanted - set(known))[0]
        raise wrong("touchpoints", _("There is no touchpoint with the key “%(key)s”.") % {"key": name})
    for point in known.values():
        if point.is_archived and point.merged_into_id is None and not _was_used(row, point.key):
            text = _("“%(name)s” is archived. Restore it first.") % {"name": point.name}
            raise wrong("touchpoints", text)
    owners = _keys(after, "owner.") - _keys(before, "owner.")
    functions = BusinessFunction.objects.of(by.organization).filter(key__in=owners)
    if owners - set(functions.values_list("key", flat=True)):
        raise wrong("owner", _("Choose one of your functions."))
    nested = _keys(after, "nested.") - _keys(before, "nested.")
    if nested:
        _refuse_circle(row, nested)


def _was_used(row: JourneyMap, key: str) -> bool:
    """Whether a step has it already: what was archived later stays where it is, and moves with its step."""
    return any(key in value for place, value in row.content.items() if place.startswith("touchpoints."))


def _keys(values: Mapping[str, Any], start: str) -> set[str]:
    found: set[str] = set()
    for place, value in values.items():
        if place.startswith(start):
            found.update([value] if isinstance(value, str) else value)
    return found


def _refuse_circle(row: JourneyMap, nested: set[str]) -> None:
    """Raises InvalidValues where one of the maps is unknown, is this one, or leads back to it. Two
    queries."""
    maps = dict(JourneyMap.objects.of(row.organization).values_list("key", "pk"))
    unknown = nested - set(maps)
    if unknown:
        raise wrong("nested", _("There is no map with the key “%(key)s”.") % {"key": sorted(unknown)[0]})
    opens: dict[int, set[int]] = {}
    links = MapUse.objects.filter(map__organization=row.organization).exclude(nested=None)
    for outer, inner in links.values_list("map_id", "nested_id"):
        opens.setdefault(outer, set()).add(inner)
    reached, waiting = set[int](), [maps[key] for key in nested]
    while waiting:
        one = waiting.pop()
        if one == row.pk:
            raise wrong("nested", _("A map cannot open itself, not even by way of another map."))
        if one not in reached:
            reached.add(one)
            waiting += opens.get(one, ())


def _write(
    by: Membership, row: JourneyMap, patch: Patch, *, kind: ChangeKind, what: str, subject: str
) -> None:
    """The new content with its version, and what it uses."""
    if kind == ChangeKind.EDIT:
        row.changes.filter(by=by, state=ChangeState.UNDONE).update(state=ChangeState.DROPPED)
    row.content = applied(row.content, patch)
    row.version += 1
    row.changed_at = timezone.now()
    row.save(update_fields=["content", "version", "changed_at"])
    MapChange.objects.create(
        map=row, version=row.version, by=by, kind=kind, what=what, subject=subject[:200], patch=patch
    )
    if any(place.startswith(("touchpoints.", "nested.")) for place in patch):
        keep_uses(row)
    if kind != ChangeKind.START:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="map.changed",
            subject=row,
            before={"version": row.version - 1},
            after={"version": row.version, "operation": what, "part": subject[:200]},
        )


def keep_uses(row: JourneyMap) -> None:
    """Which touchpoints and maps the steps use, from the content. Five queries at most."""
    wanted = {
        place.partition(".")[2]: value
        for place, value in row.content.items()
        if place.startswith("touchpoints.")
    }
    nested = {
        place.partition(".")[2]: value for place, value in row.content.items() if place.startswith("nested.")
    }
    points = _meant(row, {key for keys in wanted.values() for key in keys})
    maps = dict(
        JourneyMap.objects.of(row.organization).filter(key__in=nested.values()).values_list("key", "pk")
    )
    row.uses.all().delete()
    pairs = {(step, points[key]) for step, keys in wanted.items() for key in keys if key in points}
    MapUse.objects.bulk_create(
        [
            *(MapUse(map=row, step=step, touchpoint_id=pk) for step, pk in sorted(pairs)),
            *(MapUse(map=row, step=step, nested_id=maps[key]) for step, key in nested.items() if key in maps),
        ]
    )


def _meant(row: JourneyMap, keys: Iterable[str]) -> dict[str, int]:
    """Key -> touchpoint that it means now: of a merged one, the one that was kept."""
    rows = Touchpoint.objects.of(row.organization).filter(key__in=set(keys))
    return {key: kept or pk for key, pk, kept in rows.values_list("key", "pk", "merged_into_id")}
