"""A merge of two accounts or contacts taken back, within a month (`former_customers`)."""

from collections.abc import Collection, Mapping
from itertools import batched
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from common.rows import locked
from customer_voice.choices import Consent
from customer_voice.models import (
    AccountReference,
    Contact,
    ContactReference,
    CustomerAccount,
    Feedback,
    FormerMerge,
)
from customer_voice.services.customer_lists import Customer
from customer_voice.services.customers import spans_of
from customer_voice.services.erasure import wait_for_writers
from customer_voice.services.former_customers import (
    AT_ONCE,
    Undo,
    attribute_of,
    plain_value,
    relations_to,
    require_as_seen,
    side_of,
    typed_value,
)
from customer_voice.services.recounts import note_changes


def remember_merge(
    *,
    by: Membership,
    kept: Customer,
    gone: Customer,
    filled: Mapping[str, Any],
    moved: Mapping[str, list[Any]],
) -> None:
    """Keep what a merge is about to do, before the other record goes. `filled`: column -> what it held."""
    columns = [field for field in gone._meta.concrete_fields if field.name != "came_with"]
    FormerMerge.objects.create(
        organization=by.organization,
        **{side_of(kept): kept},
        gone={field.attname: plain_value(getattr(gone, field.attname)) for field in columns},
        filled={
            name: [plain_value(before), plain_value(getattr(kept, attribute_of(kept, name)))]
            for name, before in filled.items()
        },
        moved={name: [str(pk) for pk in keys] for name, keys in moved.items() if keys},
        merged_by=by,
    )


def pointing_at(row: Customer, *, but: Collection[type[models.Model]]) -> dict[str, list[Any]]:
    """By relation, the rows that point at a record, counts of the roll-up left out. A query a relation."""
    return {
        f"{model._meta.label}.{name}": list(
            model._default_manager.filter(**{name: row}).order_by().values_list("pk", flat=True)
        )
        for model, name in relations_to(type(row))
        if model not in but
    }


def merge_undo(former: FormerMerge) -> Undo:
    """What taking a merge back would do now. A query a relation."""
    kept: Any = former.account or former.contact
    reference = former.gone.get("external_reference")
    taken = type(kept).objects.filter(organization=kept.organization_id, external_reference=reference)
    if reference and taken.exclude(pk=kept.pk).exists():
        return Undo(reason=_("Another record has the reference of the one that went."))
    moved = sum(map(len, former.moved.values()))
    returned = sum(len(keys) for _model, _name, keys in _returning(former, kept))
    return Undo(is_merge=True, returned=returned, stay=moved - returned)


@transaction.atomic
def undo_merge(*, by: Membership, former: FormerMerge, seen: str = "") -> Customer:
    """The record that went comes back with what it had, and with what had pointed at it and still points at
    the kept one; this one loses what it took over, where nobody has changed it. Figures by account are
    counted anew. A no to surveys stays with both. Raises InvalidValues, Gone.
    """
    organization = by.organization
    wait_for_writers(organization)
    former = locked(former)
    kept: Any = former.account or former.contact
    kept = locked(kept)
    found = merge_undo(former)
    require_as_seen(found, seen)
    gone = _revived(former, kept)
    aliases: Any = AccountReference if isinstance(kept, CustomerAccount) else ContactReference
    aliases.objects.filter(**{side_of(kept): kept}, reference=gone.external_reference).delete()
    now = {name: plain_value(getattr(kept, attribute_of(kept, name))) for name in former.filled}
    for name, (before, after) in former.filled.items():
        is_its_own = name == "external_reference" and after == gone.external_reference
        if now[name] == after or is_its_own:
            setattr(kept, attribute_of(kept, name), typed_value(kept, name, before))
    kept.save()
    if kept_says_no(kept):
        gone.consent, gone.consent_changed_at = Consent.WITHDRAWN, timezone.now()
    gone.save(force_insert=True)
    returning = list(_returning(former, kept))
    if isinstance(kept, CustomerAccount):
        answers = next((keys for model, _n, keys in returning if model is Feedback), [])
        changed = spans_of(Feedback.objects.filter(pk__in=answers))
    for model, name, keys in returning:
        for lot in batched(keys, AT_ONCE, strict=False):
            model._default_manager.filter(pk__in=lot).update(**{name: gone})
    if isinstance(kept, CustomerAccount):
        note_changes(organization=organization, spans=changed)
    FormerMerge.objects.filter(pk=former.pk).delete()
    record_event(
        organization=organization,
        actor=by.user,
        verb="customer_account.parted" if isinstance(kept, CustomerAccount) else "contact.parted",
        subject=kept if isinstance(kept, CustomerAccount) else organization,
        after={"answers": found.returned},
    )
    row: Customer = gone
    return row


def kept_says_no(kept: Customer) -> bool:
    """A contact whose record says no: whoever she was merged with stays out of surveys as well."""
    return isinstance(kept, Contact) and kept.consent == Consent.WITHDRAWN


def _returning(former: FormerMerge, kept: Customer) -> "list[tuple[Any, str, list[Any]]]":
    """Model, field and keys of what a merge had moved and still points at the kept record."""
    found = []
    for label, told in former.moved.items():
        place, _dot, name = label.rpartition(".")
        model: Any = apps.get_model(place)
        keys: list[Any] = []
        for lot in batched(told, AT_ONCE, strict=False):
            rows = model._default_manager.filter(pk__in=lot, **{name: kept})
            keys += rows.values_list("pk", flat=True)
        found.append((model, name, keys))
    return found


def _revived(former: FormerMerge, kept: Customer) -> Any:
    """The record that went, in memory; what it pointed at and is gone since is left empty."""
    gone = type(kept)()
    for field in gone._meta.concrete_fields:
        if field.attname in former.gone:
            setattr(gone, field.attname, typed_value(gone, field.name, former.gone[field.attname]))
        if field.is_relation and field.null:
            key, model = getattr(gone, field.attname), field.related_model
            if key is not None and not model._default_manager.filter(pk=key).exists():  # type: ignore[union-attr]
                setattr(gone, field.attname, None)
    return gone


def merges_into(row: Customer) -> "models.QuerySet[FormerMerge]":
    """Merges into a record that can still be taken back, the latest first."""
    return FormerMerge.objects.filter(**{side_of(row): row}).select_related("merged_by__user")
