"""Customer accounts and contacts, known by the reference that other systems have for them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import one_at_a_time, record_event
from common.errors import InvalidValues
from customer_voice.choices import Consent
from customer_voice.models import Contact, CustomerAccount
from customer_voice.services.refusals import keep_no, refuse_silent_lift

OF_AN_ACCOUNT = ("name", "segment", "yearly_value", "currency", "started_on", "renews_on", "left_on")
OF_A_CONTACT = ("name", "email", "account", "segment", "language", "consent")


@transaction.atomic
def save_account(*, by: Membership, external_reference: str, values: Mapping[str, Any]) -> CustomerAccount:
    """Add a customer account, or change what `values` (of OF_AN_ACCOUNT) names of it.

    Raises InvalidValues by field: no reference, a value without currency, leaving before the start.
    """
    one_at_a_time(by.organization)
    reference = _reference(external_reference)
    account = CustomerAccount.objects.of(by.organization).filter(external_reference=reference).first()
    is_new = account is None
    account = account or CustomerAccount(organization=by.organization, external_reference=reference)
    changed = _set(account, values, OF_AN_ACCOUNT)
    if is_new or changed or account.came_with_id is not None:
        account.came_with = None  # somebody stands for it now: it stays when an import is taken back
        _save(account)
    if is_new or changed:
        _record(by, account, "customer_account.added" if is_new else "customer_account.changed", changed)
    return account


@transaction.atomic
def save_contact(*, by: Membership, external_reference: str, values: Mapping[str, Any]) -> Contact:
    """Add a contact, or change what `values` (of OF_A_CONTACT) names of it.

    Another `account` is a move: answers keep the account of their day. A consent is dated by this moment, and
    a "no" is never taken back here. Raises InvalidValues by field: no reference, no e-mail address, an
    account of another organization, a consent after a "no".
    """
    one_at_a_time(by.organization)
    reference = _reference(external_reference)
    contact = Contact.objects.of(by.organization).filter(external_reference=reference).first()
    is_new = contact is None
    contact = contact or Contact(organization=by.organization, external_reference=reference)
    consent_before = contact.consent
    changed = _set(contact, values, OF_A_CONTACT)
    if "consent" in changed:
        refuse_silent_lift(contact, consent_before=consent_before)
        contact.consent_changed_at = timezone.now()
    if "account" in changed:
        contact.placed_with = None
    if is_new or changed or contact.came_with_id is not None:
        contact.came_with = None  # as for an account
        _save(contact)
    if contact.consent == Consent.WITHDRAWN:
        keep_no(by.organization, [contact.email])
    if is_new or changed:
        _record(by, by.organization, "contact.added" if is_new else "contact.changed", changed)
    return contact


def _reference(text: str) -> str:
    reference = text.strip()
    if not reference:
        raise InvalidValues(
            _("A reference is needed."), fields={"external_reference": _("A reference is needed.")}
        )
    return reference


def _set(row: CustomerAccount | Contact, values: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """Which fields changed. Raises InvalidValues for a field that nobody knows."""
    unknown = {name: _("There is no such field.") for name in values if name not in known}
    if unknown:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=unknown)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return sorted(changed)


def _save(row: CustomerAccount | Contact) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        fields = {name: " ".join(messages) for name, messages in error.message_dict.items()}
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=fields) from error
    row.save()


def _record(by: Membership, subject: Any, verb: str, changed: list[str]) -> None:
    """The trail outlives an erasure, so it names fields and never what is in them."""
    record_event(
        organization=by.organization, actor=by.user, verb=verb, subject=subject, after={"changed": changed}
    )
