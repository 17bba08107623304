"""Changes of many touchpoints at once: proposed, looked at, applied as a whole, undone.

A proposal stores what a file said or what was chosen; what it would do is asked anew each time
(`change_plans`), so what is confirmed is what stands then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import BusinessFunction, Membership
from accounts.services import acting, record_event
from common.errors import InvalidValues
from common.registry import lost_with, operational_metrics_of
from common.rows import locked
from common.text import one_line
from journeys.change_plans import FIELDS, NEW, SAME, Plan, PlannedRow, plain_values, plan_change
from journeys.choices import MOST_ROWS, ChangeKind, ChangeState, Channel, Phase
from journeys.errors import ChangeNotInState
from journeys.importers import touchpoints_in_file
from journeys.models import InventoryChange, Touchpoint
from journeys.selectors import was_restored_since
from journeys.services import archive_touchpoint, restore_touchpoint, write_touchpoint

_DEFAULTS: Mapping[str, Any] = {
    "channel": Channel.OTHER,
    "phase": Phase.USE,
    "purpose": "",
    "is_intended": True,
    "owner_function": None,
    "owner_person": None,
    "operational_metric": "",
    "side_effects": "",
}
FORGOTTEN_DAYS = 7  # a proposal that nobody applied holds names of people


@transaction.atomic
def propose_from_file(*, by: Membership, file: IO[bytes], filename: str) -> InventoryChange:
    """Keep what a list of touchpoints says, to be looked at and then applied. Raises FileRefused,
    InvalidValues."""
    by = acting(by, Action.EDIT_TOUCHPOINTS)
    listed = touchpoints_in_file(file)
    asked = {
        "columns": dict(listed.columns),
        "rows": [{"line": line, "cells": dict(cells)} for line, cells in listed.rows],
        "unread": list(listed.unread),
        "answers": {},
    }
    return _proposed(by, ChangeKind.FILE, asked, one_line(filename)[:200])


@transaction.atomic
def propose_for_chosen(
    *, by: Membership, touchpoints: Sequence[Touchpoint], values: Mapping[str, Any]
) -> InventoryChange:
    """The same values for several touchpoints; `values` by field, None or "" empties an owner or a metric.

    Raises InvalidValues: nothing chosen, too many, no value, a field that is each touchpoint's own, something
    of another organization or no longer there.
    """
    by = acting(by, Action.EDIT_TOUCHPOINTS)
    wrong: dict[str, str] = {}
    if not touchpoints:
        wrong["touchpoints"] = _("Choose at least one touchpoint.")
    elif len(touchpoints) > MOST_ROWS:
        wrong["touchpoints"] = _("Choose at most %(most)s touchpoints.") % {"most": MOST_ROWS}
    elif any(row.organization_id != by.organization_id for row in touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    if not values:
        wrong["values"] = _("Choose what to change.")
    wrong.update(_unfit(by, values))
    if wrong:
        raise InvalidValues(next(iter(wrong.values())), fields=wrong)
    asked = {"touchpoints": [row.pk for row in touchpoints], "values": plain_values(values)}
    return _proposed(by, ChangeKind.CHOICE, asked, "")


TOGETHER = (
    "owner_function", "owner_person", "phase", "channel", "is_intended", "operational_metric", "is_archived",
)  # fmt: skip


def _unfit(by: Membership, values: Mapping[str, Any]) -> dict[str, str]:
    wrong = {name: _("This cannot be the same for several.") for name in values if name not in TOGETHER}
    function, person = values.get("owner_function"), values.get("owner_person")
    if function is not None and function.organization_id != by.organization_id:
        wrong["owner_function"] = _("Choose one of your functions.")
    if person is not None and (person.organization_id != by.organization_id or not person.has_access):
        wrong["owner_person"] = _("Choose an active member of your organization.")
    if values.get("phase", Phase.USE) not in Phase.values:
        wrong["phase"] = _("Choose one of the phases.")
    if values.get("channel", Channel.OTHER) not in Channel.values:
        wrong["channel"] = _("Choose one of the channels.")
    if values.get("is_archived", True) is not True:
        wrong["is_archived"] = _("Touchpoints can be archived together; each is restored by itself.")
    metric = values.get("operational_metric")
    if metric and metric not in operational_metrics_of(by.organization):
        wrong["operational_metric"] = _("Choose an operational metric that is in use.")
    return wrong


def _proposed(by: Membership, kind: str, asked: dict[str, Any], filename: str) -> InventoryChange:
    change: InventoryChange = InventoryChange.objects.create(
        organization=by.organization, kind=kind, asked=asked, filename=filename, created_by=by
    )
    return change


@transaction.atomic
def answer_alike(*, by: Membership, change: InventoryChange, answers: Mapping[str, str]) -> Plan:
    """Say of names that are spelled alike whether they are the same touchpoint (`same`) or another (`new`),
    by the line of the row. Raises ChangeNotInState; InvalidValues for another answer."""
    acting(by, Action.EDIT_TOUCHPOINTS)
    row = _held(change, ChangeState.PROPOSED)
    known = {str(one.line) for one in plan_change(row).alike}
    if set(answers) - known or set(answers.values()) - {SAME, NEW}:
        message = _("Say of each name whether it is the same touchpoint or a new one.")
        raise InvalidValues(message, fields={"answers": message})
    row.asked = {**row.asked, "answers": {**row.asked.get("answers", {}), **answers}}
    row.save(update_fields=["asked"])
    return plan_change(row)


@transaction.atomic
def apply_change(*, by: Membership, change: InventoryChange, seen: str = "") -> Plan:
    """Do all of it, or nothing. Raises ChangeNotInState; InvalidValues where rows are wrong, names have not
    been answered, nothing would change, or something else would happen than was `seen`."""
    by = acting(by, Action.EDIT_TOUCHPOINTS)
    row = _held(change, ChangeState.PROPOSED)
    plan = plan_change(row)
    if plan.problems:
        raise InvalidValues(_("Some rows are wrong. Nothing was changed: correct them and upload it again."))
    if plan.questions:
        raise InvalidValues(_("Say of each name that is spelled alike whether it is the same touchpoint."))
    if not plan.rows:
        raise InvalidValues(_("Nothing would change."))
    if seen and seen != plan.mark:
        raise InvalidValues(_("Something has changed since: read what would happen now, and confirm again."))
    done = [_done(by, one) for one in _renames_last(plan.rows)]
    row.state, row.applied_at, row.done = ChangeState.APPLIED, timezone.now(), done
    if row.kind == ChangeKind.FILE:
        row.asked = {"lines": len(row.asked["rows"])}  # what it said is in the inventory now
    row.save(update_fields=["state", "applied_at", "done", "asked"])
    is_file = row.kind == ChangeKind.FILE
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="touchpoints.imported" if is_file else "touchpoints.changed_together",
        subject=row,
        after={"added": len(plan.added), "changed": len(plan.changed)},
    )
    return plan


def _renames_last(rows: Iterable[PlannedRow]) -> list[PlannedRow]:
    return sorted(rows, key=lambda row: (row.touchpoint is not None and "name" in row.after, row.line))


def _done(by: Membership, planned: PlannedRow) -> dict[str, Any]:
    if planned.touchpoint is None:
        try:
            row = write_touchpoint(by=by, values={**_DEFAULTS, **planned.after})
        except InvalidValues as refusal:
            raise _at(planned, refusal) from refusal
        added = plain_values({name: getattr(row, name) for name in FIELDS})
        return {"pk": row.pk, "name": row.name, "is_new": True, "before": {}, "after": added}
    now = {name: getattr(planned.touchpoint, name) for name in FIELDS}
    values = {name: value for name, value in planned.after.items() if name != "is_archived"}
    try:
        row = write_touchpoint(by=by, touchpoint=planned.touchpoint, values={**now, **values})
    except InvalidValues as refusal:
        raise _at(planned, refusal) from refusal
    if planned.after.get("is_archived"):
        row = archive_touchpoint(by=by, touchpoint=row)
    return {
        "pk": row.pk,
        "name": row.name,
        "is_new": False,
        "before": plain_values(planned.before),
        "after": plain_values(planned.after),
    }


def _at(planned: PlannedRow, refusal: InvalidValues) -> InvalidValues:
    why = next(iter(refusal.fields.values()), refusal.message)
    words = {"line": planned.line, "name": planned.name, "why": why}
    return InvalidValues(_("Row %(line)s, “%(name)s”: %(why)s Nothing was changed.") % words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Undoing:
    """What became of undoing: touchpoints that are as before, and names of those that somebody has changed or
    uses since, which stay."""

    back: int
    kept: tuple[str, ...]


@transaction.atomic
def undo_change(*, by: Membership, change: InventoryChange) -> Undoing:
    """Values go back where they still are what was applied; touchpoints that were added are archived, unless
    somebody changed them since or a running evaluation needs them. What somebody changed since stays as it
    is. Raises ChangeNotInState."""
    by = acting(by, Action.EDIT_TOUCHPOINTS)
    row = _held(change, ChangeState.APPLIED)
    there = Touchpoint.objects.of(by.organization).filter(pk__in=[one["pk"] for one in row.done])
    found = {one.pk: one for one in there.select_related("owner_function", "owner_person__user")}
    back, kept = 0, list[str]()
    for done in reversed(row.done):
        touchpoint = found.get(done["pk"])
        if (
            touchpoint is None
            or touchpoint.merged_into_id is not None
            or not _undone(by, touchpoint, done, row.applied_at)
        ):
            kept.append(touchpoint.name if touchpoint else done["name"])
        else:
            back += 1
    row.state, row.undone_at = ChangeState.UNDONE, timezone.now()
    row.save(update_fields=["state", "undone_at"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="touchpoints.change_undone",
        subject=row,
        after={"changed": back, "kept": len(kept)},
    )
    return Undoing(back=back, kept=tuple(sorted(kept)))


def _undone(
    by: Membership, touchpoint: Touchpoint, done: Mapping[str, Any], applied_at: datetime | None
) -> bool:
    """Whether all of it is as before now."""
    now = {name: getattr(touchpoint, name) for name in FIELDS}
    plain = plain_values(now)
    if done["is_new"]:
        is_changed = any(plain[name] != value for name, value in done["after"].items())
        if is_changed or any(one.is_to_accept for one in lost_with(touchpoint)):
            return False
        archive_touchpoint(by=by, touchpoint=touchpoint)
        return True
    after = dict(done["after"])
    is_archived = after.pop("is_archived", False) and touchpoint.is_archived
    is_of_others = is_archived and was_restored_since(touchpoint, applied_at)
    if is_archived and not is_of_others:
        restore_touchpoint(by=by, touchpoint=touchpoint)
    fields = [name for name, value in after.items() if plain[name] == value]
    values = {**now, **{name: _row_of(by, name, done["before"].get(name)) for name in fields}}
    try:
        with transaction.atomic():
            write_touchpoint(by=by, touchpoint=touchpoint, values=values)
    except InvalidValues:  # the name is taken, the owner has left, the metric is out of use
        return False
    return len(fields) == len(after) and not is_of_others


def _row_of(by: Membership, name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "owner_function":
        return BusinessFunction.objects.of(by.organization).filter(pk=value).first()
    if name == "owner_person":
        return Membership.objects.of(by.organization).select_related("user").filter(pk=value).first()
    return value


@transaction.atomic
def discard_change(*, change: InventoryChange) -> None:
    """Throw a proposal away. Raises ChangeNotInState for one that was applied."""
    _held(change, ChangeState.PROPOSED).delete()


def discard_forgotten_changes() -> int:
    """Throw away proposals that nobody applied for `FORGOTTEN_DAYS` days. How many."""
    limit = timezone.now() - timedelta(days=FORGOTTEN_DAYS)
    rows = InventoryChange.objects.filter(state=ChangeState.PROPOSED, created_at__lt=limit)
    number, _by_model = rows.delete()
    return number


def _held(change: InventoryChange, state: str) -> InventoryChange:
    row = locked(change)
    if row.state != state:
        raise ChangeNotInState(row.get_state_display())
    row.organization = change.organization
    return row
