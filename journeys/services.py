"""Everything that changes the inventory of touchpoints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import BusinessFunction, Membership
from accounts.services import acting, record_event
from common.errors import ConsequencesNotAccepted, InvalidValues
from common.registry import (
    MergePart,
    Merging,
    lost_with,
    merge_parts,
    merge_waits,
    operational_metrics_of,
)
from common.rows import fresh, locked, merged_row, put
from common.text import one_line
from cxstats.codec import digest_of, encoded
from journeys.choices import Channel, Phase
from journeys.errors import MergeRefused, TouchpointMerged
from journeys.models import Touchpoint


@transaction.atomic
def save_touchpoint(
    *,
    by: Membership,
    name: str,
    channel: str = Channel.OTHER,
    phase: str = Phase.USE,
    purpose: str = "",
    is_intended: bool = True,
    owner_function: BusinessFunction | None = None,
    owner_person: Membership | None = None,
    operational_metric: str = "",
    side_effects: str = "",
    touchpoint: Touchpoint | None = None,
) -> Touchpoint:
    """Add a touchpoint, or change one; its key is made from the first name and never changes.

    Of a `touchpoint` as its caller has read it, what differs is written; what somebody else changed or
    archived since then stays. Raises InvalidValues: no name, a name in use, unknown channel or phase, a
    function of another organization, an owner without access, a metric that is not operational or not in use.
    """
    given: dict[str, Any] = {
        "name": name,
        "channel": channel,
        "phase": phase,
        "purpose": purpose,
        "is_intended": is_intended,
        "owner_function": owner_function,
        "owner_person": owner_person,
        "operational_metric": operational_metric,
        "side_effects": side_effects,
    }
    return write_touchpoint(by=acting(by), values=given, touchpoint=touchpoint)


def write_touchpoint(
    *, by: Membership, values: Mapping[str, Any], touchpoint: Touchpoint | None = None
) -> Touchpoint:
    """The same for who has asked already who acts, in the caller's transaction: every field by its name.

    A change of many touchpoints asks once. Raises as `save_touchpoint`.
    """
    row = None if touchpoint is None else locked(touchpoint, "owner_function", "owner_person__user")
    if row is not None:
        _refuse_merged(row)
    given = {name: _tidy(name, value) for name, value in values.items()}
    values = given if touchpoint is None or row is None else merged_row(given, seen=touchpoint, now=row)
    _refuse_unfit(by, row, values)
    before = _facts(row) if row is not None else {}
    if row is None:
        row = Touchpoint(organization=by.organization, key=_free_key(by, values["name"]), **values)
        row.save()
    else:
        put(row, values)
    after = _facts(row)
    if after != before:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="touchpoint.changed" if before else "touchpoint.added",
            subject=row,
            before=before,
            after=after,
        )
    return row


def _tidy(name: str, value: Any) -> Any:
    if name == "name":
        return one_line(value)
    return value.strip() if name in {"purpose", "side_effects"} else value


def _refuse_unfit(by: Membership, row: Touchpoint | None, values: dict[str, Any]) -> None:
    name, function = values["name"], values["owner_function"]
    others = Touchpoint.objects.of(by.organization)
    if row is not None:
        others = others.exclude(pk=row.pk).exclude(merged_into=row)
    same = others.filter(name__iexact=name).select_related("merged_into").order_by("merged_into").first()
    wrong: dict[str, str | Promise] = {}
    if not name or len(name) > 120:
        wrong["name"] = _("Give the touchpoint a name of at most 120 characters.")
    elif same is not None and same.merged_into is not None:
        wrong["name"] = _("This name means “%(kept)s” since the two were merged.") % {
            "kept": same.merged_into
        }
    elif same is not None:
        wrong["name"] = _("There is already a touchpoint with this name; it may be archived.")
    if values["channel"] not in Channel.values:
        wrong["channel"] = _("Choose one of the channels.")
    if values["phase"] not in Phase.values:
        wrong["phase"] = _("Choose one of the phases.")
    if function is not None and function.organization_id != by.organization_id:
        wrong["owner_function"] = _("Choose one of your functions.")
    if not _may_own(by, row, values["owner_person"]):
        wrong["owner_person"] = _("Choose an active member of your organization.")
    if not _may_stand(by, row, values["operational_metric"]):
        wrong["operational_metric"] = _("Choose an operational metric that is in use.")
    if wrong:
        raise InvalidValues(_("The touchpoint cannot be saved with these values."), fields=wrong)


def _may_own(by: Membership, row: Touchpoint | None, person: Membership | None) -> bool:
    """Who has left stays until another is named; a new owner has access."""
    if person is None or (row is not None and person.pk == row.owner_person_id):
        return True
    return person.organization_id == by.organization_id and fresh(person, "user").has_access


def _may_stand(by: Membership, row: Touchpoint | None, metric: str) -> bool:
    """What was retired stays; a new one is operational and in use. One query where it is new."""
    if not metric or (row is not None and metric == row.operational_metric):
        return True
    return metric in operational_metrics_of(by.organization)


@transaction.atomic
def archive_touchpoint(
    *, by: Membership, touchpoint: Touchpoint, accepts_consequences: bool = False
) -> Touchpoint:
    """Take it off the lists; its feedback, initiatives and history stay. Doing it twice does no harm.

    Raises ConsequencesNotAccepted where a running evaluation would lose its target or its comparison and
    nobody has said that they know.
    """
    lost = () if accepts_consequences or touchpoint.is_archived else lost_with(touchpoint)
    if any(one.is_to_accept for one in lost):
        raise ConsequencesNotAccepted(one.text for one in lost)
    return _set_archived(by, touchpoint, True, "touchpoint.archived")


@transaction.atomic
def restore_touchpoint(*, by: Membership, touchpoint: Touchpoint) -> Touchpoint:
    """Put an archived touchpoint back on the lists."""
    return _set_archived(by, touchpoint, False, "touchpoint.restored")


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """What merging two touchpoints would do now: what moves, what is to be accepted, what speaks against
    it."""

    moves: tuple[str, ...]
    consequences: tuple[str, ...]
    refusals: tuple[str, ...]
    told: Mapping[str, Any]

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it. Answers may come in meanwhile."""
        seen = {name: value for name, value in self.told.items() if name != "answers"}
        return digest_of(encoded(seen), version=1)[:16]


def touchpoint_merge(*, kept: Touchpoint, gone: Touchpoint) -> Merge:
    """What `merge_touchpoints` would do now, asked of every room. Raises InvalidValues where the two
    cannot be merged at all."""
    _refuse_pair(kept, gone)
    return _as_told(merge_parts.ask(Merging(kept=kept, gone=gone)))


@transaction.atomic
def merge_touchpoints(
    *,
    by: Membership,
    kept: Touchpoint,
    gone: Touchpoint,
    accepts_consequences: bool = False,
    seen: str = "",
) -> Touchpoint:
    """Two touchpoints are one: whatever points at `gone` points at `kept`, and its key and name mean `kept`.

    The row of `gone` stays, off all lists: findings and documents go on saying what it was called. Nothing
    takes a merge back. Raises InvalidValues: not two of one organization, or something else would move
    than was `seen`; MergeRefused; ConsequencesNotAccepted.
    """
    for _nothing in merge_waits.ask(by.organization):
        pass
    by = acting(by, Action.EDIT_METRICS)
    kept, gone = locked(kept, "owner_function"), locked(gone, "owner_function")
    _refuse_pair(kept, gone)
    parts = list(merge_parts.ask(Merging(kept=kept, gone=gone, by=by)))
    told = _as_told(parts)
    if told.refusals:
        raise MergeRefused(" ".join(told.refusals))
    if seen and seen != told.mark:
        raise InvalidValues(_("Something has changed since: read what would move now, and confirm again."))
    if told.consequences and not accepts_consequences:
        raise ConsequencesNotAccepted(told.consequences)
    for part in parts:
        if part.act is not None:
            part.act()
    now = timezone.now()
    gone.merged.update(merged_into=kept)
    put(gone, {"merged_into": kept, "merged_at": now, "is_archived": True})
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="touchpoint.merged",
        subject=kept,
        after={"merged": gone.name, **told.told},
    )
    return kept


def _as_told(parts: Iterable[MergePart]) -> Merge:
    told = list(parts)
    said: dict[str, Any] = {}
    for one in told:
        for name, value in one.told.items():
            said[name] = [*said.get(name, []), *value] if isinstance(value, list) else value
    return Merge(
        moves=tuple(one.text for one in told if not (one.is_refusal or one.is_to_accept)),
        consequences=tuple(one.text for one in told if one.is_to_accept),
        refusals=tuple(one.text for one in told if one.is_refusal),
        told=said,
    )


def _refuse_pair(kept: Touchpoint, gone: Touchpoint) -> None:
    _refuse_merged(gone)
    if kept.pk == gone.pk:
        text = str(_("Choose a different touchpoint."))
    elif kept.organization_id != gone.organization_id:
        text = str(_("These two cannot be merged."))
    elif kept.is_archived:
        text = str(_("“%(name)s” is archived. Restore it first.")) % {"name": kept}
    else:
        return
    raise InvalidValues(text, fields={"other": text})


def _refuse_merged(row: Touchpoint) -> None:
    if row.merged_into_id is not None:
        kept = Touchpoint.objects.get(pk=row.merged_into_id)
        raise TouchpointMerged(gone=row.name, kept=kept.name)


def _set_archived(by: Membership, touchpoint: Touchpoint, is_archived: bool, verb: str) -> Touchpoint:
    by = acting(by)
    row = locked(touchpoint, "owner_function")
    _refuse_merged(row)
    if put(row, {"is_archived": is_archived}):
        record_event(organization=by.organization, actor=by.user, verb=verb, subject=row)
    return row


def _free_key(by: Membership, name: str) -> str:
    """Made from the name; names without Latin letters get `touchpoint`, then `touchpoint-2`."""
    base = slugify(name)[:50].strip("-_") or "touchpoint"
    if base == "new":  # the word of the page that adds one
        base = "new-touchpoint"
    taken = set(
        Touchpoint.objects.of(by.organization).filter(key__startswith=base).values_list("key", flat=True)
    )
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _facts(touchpoint: Touchpoint) -> dict[str, object]:
    return {
        "name": touchpoint.name,
        "channel": touchpoint.channel,
        "phase": touchpoint.phase,
        "purpose": touchpoint.purpose,
        "is_intended": touchpoint.is_intended,
        "owner_function": touchpoint.owner_function.name if touchpoint.owner_function else None,
        "owner_person": str(touchpoint.owner_person) if touchpoint.owner_person else None,
        "operational_metric": touchpoint.operational_metric,
        "side_effects": touchpoint.side_effects,
    }
