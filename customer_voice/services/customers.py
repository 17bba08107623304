"""Customer accounts and contacts: added, changed, moved, put away; known by their reference elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import one_at_a_time, record_event
from common.errors import InvalidValues
from common.rows import locked, merged_row
from common.text import has_something_visible, unbroken
from customer_voice.choices import Consent
from customer_voice.models import AccountTag, Contact, CustomerAccount, Feedback, FormerAnswer
from customer_voice.models.customers import LONGEST_TAG
from customer_voice.selectors.customers import account_named, contact_named, unsubscribed
from customer_voice.services.erasure import wait_for_writers
from customer_voice.services.recounts import note_changes
from customer_voice.services.refusals import keep_no
from customer_voice.services.rollup import Span

OF_AN_ACCOUNT = (
    "name", "segment", "yearly_value", "currency", "started_on", "renews_on", "left_on", "people_total",
)  # fmt: skip
OF_A_CONTACT = ("name", "email", "account", "segment", "language", "consent")
TAGS = "tags"
MOST_TAGS = 20
_RELATIONS = ["organization", "account", "came_with", "placed_with"]
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another one


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A contact as it is stored now, and how many earlier answers went along to another account."""

    contact: Contact
    answers: int = 0


@transaction.atomic
def save_account(*, by: Membership, external_reference: str, values: Mapping[str, Any]) -> CustomerAccount:
    """Add a customer account, or change what `values` (of OF_AN_ACCOUNT, tags) names of it.

    Raises InvalidValues by field: no reference, a value without currency, leaving before the start.
    """
    one_at_a_time(by.organization)
    reference = _reference(external_reference)
    account = account_named(by.organization, reference)
    return _store_account(by, account or _new(CustomerAccount, by.organization, reference), values)


@transaction.atomic
def add_account(
    *, by: Membership, values: Mapping[str, Any], external_reference: str = ""
) -> CustomerAccount:
    """Add a customer account that is not there yet; without a reference it gets one of ours.

    Raises InvalidValues by field, also where the reference is taken.
    """
    one_at_a_time(by.organization)
    _require_any(external_reference, values, "name")
    reference = unbroken(external_reference).strip() or new_reference()
    if account_named(by.organization, reference) is not None:
        raise _taken()
    return _store_account(by, _new(CustomerAccount, by.organization, reference), values)


@transaction.atomic
def change_account(*, by: Membership, account: CustomerAccount, values: Mapping[str, Any]) -> CustomerAccount:
    """Change what `values` names of an account; what its writer left as read stays as it is stored now.

    Raises InvalidValues, Gone.
    """
    one_at_a_time(by.organization)
    held = locked(account)
    plain = {name: value for name, value in values.items() if name != TAGS}
    _refuse_unknown(plain, OF_AN_ACCOUNT)
    tags = {TAGS: values[TAGS]} if TAGS in values else {}
    return _store_account(by, held, {**merged_row(plain, seen=account, now=held), **tags})


@transaction.atomic
def archive_account(*, by: Membership, account: CustomerAccount, is_archived: bool) -> CustomerAccount:
    """Put an account away, or take it out again. Its answers count as before. Twice does no harm."""
    held = locked(account)
    if (held.archived_at is not None) != is_archived:
        held.archived_at = timezone.now() if is_archived else None
        held.save(update_fields=["archived_at"])
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="customer_account.archived" if is_archived else "customer_account.restored",
            subject=held,
        )
    return held


@transaction.atomic
def save_contact(*, by: Membership, external_reference: str, values: Mapping[str, Any]) -> Contact:
    """Add a contact, or change what `values` (of OF_A_CONTACT) names of it.

    Another `account` is a move: answers keep the account of their day. A consent is dated by this moment;
    that of a person who said no to surveys stays withdrawn, whatever is sent.
    Raises InvalidValues by field: no reference, no e-mail address, an account of another organization.
    """
    one_at_a_time(by.organization)
    reference = _reference(external_reference)
    contact = contact_named(by.organization, reference)
    return _store_contact(by, contact or _new(Contact, by.organization, reference), values)


@transaction.atomic
def add_contact(*, by: Membership, values: Mapping[str, Any], external_reference: str = "") -> Contact:
    """Add a contact who is not there yet; without a reference it gets one of ours. Raises InvalidValues."""
    one_at_a_time(by.organization)
    _require_any(external_reference, values, "name", "email")
    reference = unbroken(external_reference).strip() or new_reference()
    if contact_named(by.organization, reference) is not None:
        raise _taken()
    return _store_contact(by, _new(Contact, by.organization, reference), values)


@transaction.atomic
def change_contact(
    *, by: Membership, contact: Contact, values: Mapping[str, Any], corrects_past: bool = False
) -> Moved:
    """Change what `values` names of a contact. Raises InvalidValues, Gone.

    Another account is a move, and the past stays with the old one. With `corrects_past` the old one was
    wrong: this contact's answers that stand under it go along, and figures are counted anew.
    """
    wait_for_writers(by.organization)
    held = locked(contact)
    if held.erased_at is not None:
        raise InvalidValues(_("This person's data were erased. Add a new contact instead."))
    _refuse_unknown(values, OF_A_CONTACT)
    before = held.account_id
    stored = _store_contact(by, held, merged_row(values, seen=contact, now=held))
    if not corrects_past or stored.account_id == before:
        return Moved(contact=stored)
    rows = Feedback.objects.of(by.organization).filter(contact=stored, account=before)
    changed = spans_of(rows)
    number = rows.update(account=stored.account_id)
    FormerAnswer.objects.of(by.organization).filter(contact=stored, account=before).update(
        account=stored.account_id
    )
    note_changes(organization=by.organization, spans=changed)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="contact.past_corrected",
        subject=by.organization,
        after={"answers": number},
    )
    return Moved(contact=stored, answers=number)


@transaction.atomic
def archive_contact(*, by: Membership, contact: Contact, is_archived: bool) -> Contact:
    """Put a contact away, or take it out again: nobody is asked who is put away. Twice does no harm."""
    held = locked(contact)
    if (held.archived_at is not None) != is_archived:
        held.archived_at = timezone.now() if is_archived else None
        held.save(update_fields=["archived_at"])
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="contact.archived" if is_archived else "contact.restored",
            subject=by.organization,
        )
    return held


def spans_of(rows: Any) -> list[Span]:
    """Metrics, touchpoints and moments of these answers, for `note_changes`, by day of UTC. One query."""
    found = rows.exclude(metric=None).order_by().values_list("metric_id", "touchpoint_id", "occurred_at")
    ends: dict[tuple[int, int, date], tuple[datetime, datetime]] = {}
    for metric, touchpoint, moment in found.iterator():
        key = (metric, touchpoint, moment.date())
        first, last = ends.get(key, (moment, moment))
        ends[key] = (min(first, moment), max(last, moment))
    return [(metric, touchpoint, *span) for (metric, touchpoint, _day), span in ends.items()]


def new_reference() -> str:
    """A reference for whom no other system knows."""
    return f"CX-{get_random_string(8, _SIGNS)}"


def plain_text(value: Any) -> Any:
    """A text in one line and without blanks around it; anything else as it is."""
    return unbroken(value).strip() if isinstance(value, str) else value


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case, in the order given."""
    found: dict[str, str] = {}
    for tag in tags:
        text = unbroken(tag).strip()
        if text:
            found.setdefault(text.casefold(), text)
    return tuple(found.values())


def wrong_tags(tags: tuple[str, ...]) -> str:
    """What is wrong with these tags, or nothing."""
    if len(tags) > MOST_TAGS:
        return _("At most %(limit)d tags.") % {"limit": MOST_TAGS}
    long = next((tag for tag in tags if len(tag) > LONGEST_TAG), None)
    if long is not None:
        return _("“%(tag)s…” is longer than %(limit)d characters.") % {"tag": long[:20], "limit": LONGEST_TAG}
    return ""


def problems_of(row: CustomerAccount | Contact) -> dict[str, str]:
    """What is wrong with the values of a row, by field. No query."""
    found = dict[str, str]()
    try:
        row.clean_fields(exclude=_RELATIONS)
    except ValidationError as error:
        found = {name: " ".join(messages) for name, messages in error.message_dict.items()}
    if isinstance(row, CustomerAccount) and not found:
        if row.yearly_value is not None and row.yearly_value < 0:
            found["yearly_value"] = _("The value cannot be below zero.")
        if row.yearly_value is not None and not row.currency:
            found["currency"] = _("Say in which currency the value is.")
        if row.started_on and row.left_on and row.left_on < row.started_on:
            found["left_on"] = _("The customer cannot leave before the start.")
    return found


def write_tags(account: CustomerAccount, tags: tuple[str, ...]) -> bool:
    """Make these the tags of a stored account; whether any changed. Up to three queries."""
    known = {tag.name: tag for tag in AccountTag.objects.filter(account=account)}
    gone = [tag.pk for name, tag in known.items() if name not in tags]
    new = [name for name in tags if name not in known]
    AccountTag.objects.filter(pk__in=gone).delete()
    AccountTag.objects.bulk_create(
        [AccountTag(organization_id=account.organization_id, account=account, name=name) for name in new]
    )
    return bool(gone or new)


# --- small parts --------------------------------------------------------------------------------


def _new[M: (CustomerAccount, Contact)](model: type[M], organization: Organization, reference: str) -> M:
    return model(organization=organization, external_reference=reference)


def _reference(text: str) -> str:
    reference = unbroken(text).strip()
    if not has_something_visible(reference):
        raise InvalidValues(
            _("A reference is needed."), fields={"external_reference": _("A reference is needed.")}
        )
    return reference


def _require_any(reference: str, values: Mapping[str, Any], *names: str) -> None:
    """A row that nothing names would be found by nobody."""
    if not any(has_something_visible(str(text or "")) for text in (reference, *map(values.get, names))):
        text = (
            _("Write a name or an e-mail address.")
            if "email" in names
            else _("A reference or a name is needed.")
        )
        raise InvalidValues(text, fields={"name": text})


def _taken() -> InvalidValues:
    text = _("This reference is in use already.")
    return InvalidValues(text, fields={"external_reference": text})


def _refuse_unknown(values: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = {name: _("There is no such field.") for name in values if name not in known}
    if unknown:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=unknown)


def _store_account(by: Membership, account: CustomerAccount, values: Mapping[str, Any]) -> CustomerAccount:
    """Somebody stands for it now: it stays when an import that named it first is taken back."""
    if account.erased_at is not None:
        raise InvalidValues(_("The data of this account were erased. Add a new one."))
    plain = {name: value for name, value in values.items() if name != TAGS}
    _refuse_unknown(plain, OF_AN_ACCOUNT)
    tags = clean_tags(values[TAGS]) if TAGS in values else None
    changed = _set(account, plain)
    wrong = problems_of(account)
    if tags is not None and (text := wrong_tags(tags)):
        wrong[TAGS] = text
    _refuse(wrong)
    is_new = account.pk is None
    if is_new or changed or account.came_with_id is not None:
        account.came_with = None
        account.save()
    if tags is not None and write_tags(account, tags):
        changed = sorted([*changed, TAGS])
    if is_new or changed:
        _record(by, account, "customer_account.added" if is_new else "customer_account.changed", changed)
    return account


def _store_contact(by: Membership, contact: Contact, values: Mapping[str, Any]) -> Contact:
    _refuse_unknown(values, OF_A_CONTACT)
    account = values.get("account")
    if account is not None and account.organization_id != by.organization.pk:
        raise InvalidValues(
            _("Some values cannot be used; nothing was stored."),
            fields={"account": _("There is no such account.")},
        )
    consent = contact.consent
    changed = _set(contact, values)
    _refuse(problems_of(contact))
    if consent == Consent.WITHDRAWN or unsubscribed(by.organization, [contact.email]):  # whatever is written
        contact.consent = Consent.WITHDRAWN
    changed = sorted({*changed, "consent"} - ({"consent"} if contact.consent == consent else set()))
    if "consent" in changed:
        contact.consent_changed_at = timezone.now()
    if "account" in changed:
        contact.placed_with = None
    is_new = contact.pk is None
    if is_new or changed or contact.came_with_id is not None:
        contact.came_with = None  # as for an account
        contact.save()
    if contact.consent == Consent.WITHDRAWN:
        keep_no(by.organization, [contact.email])
    if is_new or changed:
        _record(by, by.organization, "contact.added" if is_new else "contact.changed", changed)
    return contact


def _set(row: CustomerAccount | Contact, values: Mapping[str, Any]) -> list[str]:
    """Which fields changed."""
    plain = {name: plain_text(value) for name, value in values.items()}
    changed = [name for name, value in plain.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, plain[name])
    return sorted(changed)


def _refuse(fields: Mapping[str, str]) -> None:
    if fields:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=fields)


def _record(by: Membership, subject: Any, verb: str, changed: list[str]) -> None:
    """The trail outlives an erasure, so it names fields and never what is in them."""
    record_event(
        organization=by.organization, actor=by.user, verb=verb, subject=subject, after={"changed": changed}
    )
