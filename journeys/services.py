"""Everything that changes the inventory of touchpoints."""

from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Membership
from accounts.services import acting, record_event
from common.errors import ConsequencesNotAccepted, InvalidValues
from common.registry import lost_with
from common.rows import locked, merged_row, put
from common.text import one_line
from journeys.choices import Channel, Phase
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
    touchpoint: Touchpoint | None = None,
) -> Touchpoint:
    """Add a touchpoint, or change one; its key is made from the first name and never changes.

    Of a `touchpoint` as its caller has read it, what differs is written; what somebody else changed or
    archived since then stays. Raises InvalidValues: no name, a name in use, unknown channel or phase, a
    function of another organization.
    """
    by = acting(by)
    given: dict[str, Any] = {
        "name": one_line(name),
        "channel": channel,
        "phase": phase,
        "purpose": purpose.strip(),
        "is_intended": is_intended,
        "owner_function": owner_function,
    }
    row = None if touchpoint is None else locked(touchpoint, "owner_function")
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


def _refuse_unfit(by: Membership, row: Touchpoint | None, values: dict[str, Any]) -> None:
    name, function = values["name"], values["owner_function"]
    others = Touchpoint.objects.of(by.organization)
    if row is not None:
        others = others.exclude(pk=row.pk)
    wrong: dict[str, str | Promise] = {}
    if not name or len(name) > 120:
        wrong["name"] = _("Give the touchpoint a name of at most 120 characters.")
    elif others.filter(name__iexact=name).exists():
        wrong["name"] = _("There is already a touchpoint with this name; it may be archived.")
    if values["channel"] not in Channel.values:
        wrong["channel"] = _("Choose one of the channels.")
    if values["phase"] not in Phase.values:
        wrong["phase"] = _("Choose one of the phases.")
    if function is not None and function.organization_id != by.organization_id:
        wrong["owner_function"] = _("Choose one of your functions.")
    if wrong:
        raise InvalidValues(_("The touchpoint cannot be saved with these values."), fields=wrong)


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


def _set_archived(by: Membership, touchpoint: Touchpoint, is_archived: bool, verb: str) -> Touchpoint:
    by = acting(by)
    row = locked(touchpoint, "owner_function")
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
    }
