"""Everything that changes the inventory of touchpoints."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership
from accounts.services import one_at_a_time, record_event
from common.errors import InvalidValues
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

    Raises InvalidValues: no name, a name in use, unknown channel or phase, a function of another
    organization.
    """
    name = one_line(name)
    one_at_a_time(by.organization)
    others = Touchpoint.objects.of(by.organization)
    if touchpoint is not None:
        others = others.exclude(pk=touchpoint.pk)
    wrong: dict[str, str] = {}
    if not name or len(name) > 120:
        wrong["name"] = _("Give the touchpoint a name of at most 120 characters.")
    elif others.filter(name__iexact=name).exists():
        wrong["name"] = _("There is already a touchpoint with this name; it may be archived.")
    if channel not in Channel.values:
        wrong["channel"] = _("Choose one of the channels.")
    if phase not in Phase.values:
        wrong["phase"] = _("Choose one of the phases.")
    if owner_function is not None and owner_function.organization_id != by.organization_id:
        wrong["owner_function"] = _("Choose one of your functions.")
    if wrong:
        raise InvalidValues(_("The touchpoint cannot be saved with these values."), fields=wrong)
    before = _facts(touchpoint) if touchpoint is not None else {}
    if touchpoint is None:
        touchpoint = Touchpoint(organization=by.organization, key=_free_key(by, name))
    touchpoint.name, touchpoint.channel, touchpoint.phase = name, channel, phase
    touchpoint.purpose, touchpoint.is_intended = purpose.strip(), is_intended
    touchpoint.owner_function = owner_function
    touchpoint.save()
    after = _facts(touchpoint)
    if after != before:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="touchpoint.changed" if before else "touchpoint.added",
            subject=touchpoint,
            before=before,
            after=after,
        )
    return touchpoint


@transaction.atomic
def archive_touchpoint(*, by: Membership, touchpoint: Touchpoint) -> Touchpoint:
    """Take it off the lists; its feedback, initiatives and history stay. Doing it twice does no harm."""
    return _set_archived(by, touchpoint, True, "touchpoint.archived")


@transaction.atomic
def restore_touchpoint(*, by: Membership, touchpoint: Touchpoint) -> Touchpoint:
    """Put an archived touchpoint back on the lists."""
    return _set_archived(by, touchpoint, False, "touchpoint.restored")


def _set_archived(by: Membership, touchpoint: Touchpoint, is_archived: bool, verb: str) -> Touchpoint:
    changed = Touchpoint.objects.filter(pk=touchpoint.pk).exclude(is_archived=is_archived)
    touchpoint.is_archived = is_archived
    if changed.update(is_archived=is_archived):
        record_event(organization=by.organization, actor=by.user, verb=verb, subject=touchpoint)
    return touchpoint


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
