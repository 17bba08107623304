"""Two records of one customer become one: what pointed at the other points at the one that is kept.

The other's reference goes on meaning the kept one, in imports and by the API, so a merge holds. Answers keep
their moments and scores; those of a merged account are counted under the kept one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from common.errors import InvalidValues
from common.rows import locked
from customer_voice.choices import Consent
from customer_voice.models import (
    AccountReference,
    AccountTag,
    Contact,
    ContactReference,
    CustomerAccount,
    Feedback,
    FormerCustomer,
    SurveyInvitation,
)
from customer_voice.selectors.customers import unsubscribed
from customer_voice.services.customers import spans_of
from customer_voice.services.erasure import wait_for_writers
from customer_voice.services.former_merges import pointing_at, remember_merge
from customer_voice.services.recounts import note_changes
from customer_voice.services.refusals import keep_no

# what the kept one takes over where it has nothing; value and currency go together
FILLED_OF_AN_ACCOUNT = ("name", "segment", "started_on", "renews_on", "people_total")
FILLED_OF_A_CONTACT = ("name", "email", "account", "segment", "language")


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """What a merge moves, or has moved."""

    answers: int
    contacts: int = 0
    invitations: int = 0
    filled: tuple[str, ...] = ()
    says_no: bool = False  # one of the two said no to surveys, so the kept one does

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it."""
        return f"{self.answers}-{self.contacts}-{self.invitations}-{'.'.join(self.filled)}-{self.says_no}"


def account_merge(*, kept: CustomerAccount, gone: CustomerAccount) -> Merge:
    """What merging would move now. Two queries. Raises InvalidValues where the two cannot be merged."""
    _refuse(kept, gone)
    return Merge(
        answers=Feedback.objects.filter(organization=gone.organization_id, account=gone).count(),
        contacts=Contact.objects.filter(account=gone).count(),
        filled=tuple(_filled_of_account(kept, gone)),
    )


@transaction.atomic
def merge_accounts(*, by: Membership, kept: CustomerAccount, gone: CustomerAccount, seen: str = "") -> Merge:
    """Answers, contacts, tags and references of `gone` become those of `kept`; `gone` goes.

    What `kept` has stays, what it lacks is taken over; a leaving date is not. Figures by account are counted
    anew. Raises InvalidValues where the two cannot be merged, or more or less would move than was `seen`.
    """
    organization = by.organization
    wait_for_writers(organization)
    kept, gone = locked(kept), locked(gone)
    found = account_merge(kept=kept, gone=gone)
    _require_as_seen(found, seen)
    changed = spans_of(Feedback.objects.of(organization).filter(account=gone))
    but = (AccountTag, AccountReference, FormerCustomer)
    moved = pointing_at(gone, but=(FormerCustomer,))
    before = _fill(kept, _filled_of_account(kept, gone))
    remember_merge(by=by, kept=kept, gone=gone, filled=before, moved=moved)
    known = set(kept.tags.values_list("name", flat=True))
    gone.tags.exclude(name__in=known).update(account=kept)
    AccountReference.objects.filter(account=gone).update(account=kept)
    reference = gone.external_reference
    _point_at(kept, gone, but=but)
    note_changes(organization=organization, spans=changed)
    gone.delete()
    if reference:
        _keep_reference(AccountReference, "account", kept, reference)
    kept.came_with = None
    kept.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customer_account.merged",
        subject=kept,
        after={"answers": found.answers, "contacts": found.contacts},
    )
    return found


def contact_merge(*, kept: Contact, gone: Contact) -> Merge:
    """What merging would move now. Three queries. Raises InvalidValues where the two cannot be merged."""
    _refuse(kept, gone)
    return Merge(
        answers=Feedback.objects.filter(contact=gone).count(),
        invitations=SurveyInvitation.objects.filter(contact=gone).count(),
        filled=tuple(_filled_of_contact(kept, gone)),
        says_no=_says_no(kept, gone),
    )


@transaction.atomic
def merge_contacts(*, by: Membership, kept: Contact, gone: Contact, seen: str = "") -> Merge:
    """Answers, invitations and references of `gone` become those of `kept`; `gone` goes.

    Each answer keeps the account of its day. Where one of the two said no to surveys, the kept one stays out
    of them, under its own address too. Raises as `merge_accounts`.
    """
    wait_for_writers(by.organization)
    kept, gone = locked(kept), locked(gone)
    found = contact_merge(kept=kept, gone=gone)
    _require_as_seen(found, seen)
    consent, changed_at = gone.consent, gone.consent_changed_at
    addresses = [kept.email, gone.email]
    moved = pointing_at(gone, but=(FormerCustomer,))
    before = _fill(kept, _filled_of_contact(kept, gone))
    if found.says_no:
        if kept.consent != Consent.WITHDRAWN:
            kept.consent, kept.consent_changed_at = Consent.WITHDRAWN, timezone.now()
        keep_no(by.organization, addresses)  # the address that goes with its record too
    elif kept.consent == Consent.UNKNOWN and consent != Consent.UNKNOWN:
        before["consent"] = kept.consent
        kept.consent, kept.consent_changed_at = consent, changed_at
    remember_merge(by=by, kept=kept, gone=gone, filled=before, moved=moved)
    ContactReference.objects.filter(contact=gone).update(contact=kept)
    reference = gone.external_reference
    _point_at(kept, gone, but=(ContactReference, FormerCustomer))
    gone.delete()
    if reference:
        _keep_reference(ContactReference, "contact", kept, reference)
    kept.came_with = None
    kept.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="contact.merged",
        subject=by.organization,
        after={"answers": found.answers},
    )
    return found


# --- small parts --------------------------------------------------------------------------------


def _refuse(kept: Any, gone: Any) -> None:
    if kept.pk == gone.pk:
        text = _("Choose a different record.")
    elif kept.organization_id != gone.organization_id or kept.erased_at or gone.erased_at:
        text = _("These two cannot be merged.")
    else:
        return
    raise InvalidValues(text, fields={"other": text})


def _require_as_seen(found: Merge, seen: str) -> None:
    if seen and seen != found.mark:
        raise InvalidValues(_("Something has changed since: read what would move now, and confirm again."))


def _filled_of_account(kept: CustomerAccount, gone: CustomerAccount) -> dict[str, Any]:
    filled = dict(_filled(kept, gone, FILLED_OF_AN_ACCOUNT))
    if kept.left_on and filled.get("started_on") and filled["started_on"] > kept.left_on:
        del filled["started_on"]
    if kept.yearly_value is None and gone.yearly_value is not None:
        filled |= {"yearly_value": gone.yearly_value, "currency": gone.currency}
    if not kept.external_reference and gone.external_reference:
        filled["external_reference"] = gone.external_reference
    return filled


def _filled_of_contact(kept: Contact, gone: Contact) -> dict[str, Any]:
    filled = dict(_filled(kept, gone, FILLED_OF_A_CONTACT))
    if not kept.external_reference and gone.external_reference:
        filled["external_reference"] = gone.external_reference
    return filled


def _fill(kept: Any, filled: Mapping[str, Any]) -> dict[str, Any]:
    """Take these values over; what stood there."""
    before = {name: getattr(kept, name) for name in filled}
    for name, value in filled.items():
        setattr(kept, name, value)
    return before


def _filled(kept: Any, gone: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in names:
        if getattr(kept, name) in (None, "") and getattr(gone, name) not in (None, ""):
            yield name, getattr(gone, name)


def _says_no(kept: Contact, gone: Contact) -> bool:
    if Consent.WITHDRAWN in (kept.consent, gone.consent):
        return True
    return bool(unsubscribed(kept.organization, [kept.email, gone.email]))


def _point_at(kept: models.Model, gone: models.Model, *, but: tuple[type[models.Model], ...]) -> None:
    """Whatever points at the one that goes. Points of the roll-up are counted, never moved."""
    for relation in kept._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or not relation.one_to_many:
            continue
        model = relation.related_model
        if model in but or model.__name__.endswith("Point"):
            continue
        values: Mapping[str, Any] = {relation.field.name: gone}
        model._default_manager.filter(**values).update(**{relation.field.name: kept})


def _keep_reference(model: Any, name: str, kept: Any, reference: str) -> None:
    """What the kept one is called too, unless it has taken this reference over as its own."""
    if kept.external_reference != reference:
        model.objects.create(organization_id=kept.organization_id, reference=reference, **{name: kept})
