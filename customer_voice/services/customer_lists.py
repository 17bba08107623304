"""Many accounts or contacts at once, from a file or by the API: looked at first, then all of them or none."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import one_at_a_time, record_event
from common.errors import InvalidValues
from customer_voice.choices import Consent, CustomerKind
from customer_voice.importers.customers import ListItem, ListProblem
from customer_voice.models import AccountReference, AccountTag, Contact, ContactReference, CustomerAccount
from customer_voice.models.customers import LONGEST_REFERENCE
from customer_voice.selectors.customers import unsubscribed
from customer_voice.services.customers import (
    OF_A_CONTACT,
    OF_AN_ACCOUNT,
    TAGS,
    clean_tags,
    new_reference,
    plain_text,
    problems_of,
    wrong_tags,
)
from customer_voice.services.refusals import keep_no

AT_ONCE = 2_000
MOST_SAMPLED = 10

type Customer = CustomerAccount | Contact


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One known row that the list would change: field -> what goes and what comes."""

    line: int
    row: Customer
    values: Mapping[str, tuple[Any, Any]]


@dataclass(kw_only=True, slots=True)
class ListPlan:
    """What taking a list in does. `left_out`: people in it who said no to surveys and stay out of them."""

    kind: str
    new: list[Customer] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: int = 0
    left_out: int = 0
    accounts_new: list[CustomerAccount] = field(default_factory=list)
    problems: list[ListProblem] = field(default_factory=list)
    confirmed: list[Customer] = field(default_factory=list)  # known by an import alone until now
    tags: dict[int, tuple[Customer, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def changes_by_field(self) -> dict[str, int]:
        return dict(Counter(name for one in self.changed for name in one.values))

    @property
    def sample(self) -> list[Changed]:
        return self.changed[:MOST_SAMPLED]

    @property
    def wrong_lines(self) -> list[int]:
        return sorted({problem.line for problem in self.problems})

    @property
    def does_something(self) -> bool:
        return bool(self.new or self.changed or self.accounts_new)

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it."""
        counts = (len(self.new), len(self.changed), self.unchanged, self.left_out, len(self.wrong_lines))
        return "-".join(map(str, counts))


def plan_list(
    organization: Organization, kind: str, items: Sequence[ListItem], *, currency: str = ""
) -> ListPlan:
    """What the list would do now; nothing is stored. `currency`: of values that name none.

    Queries: by lots of references, none for each row.
    """
    if kind == CustomerKind.ACCOUNTS:
        return _plan_accounts(organization, items, currency=currency)
    return _plan_contacts(organization, items)


@transaction.atomic
def take_list(
    *, by: Membership, kind: str, items: Sequence[ListItem], currency: str = "", seen: str = ""
) -> ListPlan:
    """Add and change what the items say; all of it, or nothing where one is wrong.

    What an item does not name stays as it is. People who said no to surveys stay out of them whatever is
    sent, and are counted. Raises InvalidValues with "<line>.<field>", or where more or less would happen than
    was `seen`.
    """
    one_at_a_time(by.organization)
    plan = plan_list(by.organization, kind, items, currency=currency)
    if plan.problems:
        raise InvalidValues(
            _("Some rows cannot be used; nothing was stored."),
            fields={f"{one.line}.{one.field}": one.text for one in plan.problems},
        )
    if seen and seen != plan.mark:
        raise InvalidValues(_("Something has changed since: read what would happen now, and confirm again."))
    _store(by.organization, plan)
    if plan.does_something:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="customers.taken_in",
            subject=by.organization,
            after={
                "list": str(kind),
                "created": len(plan.new),
                "updated": len(plan.changed),
                "unchanged": plan.unchanged,
                "left_out": plan.left_out,
            },
        )
    return plan


# --- accounts -----------------------------------------------------------------------------------


def _plan_accounts(organization: Organization, items: Sequence[ListItem], *, currency: str) -> ListPlan:
    plan = ListPlan(kind=CustomerKind.ACCOUNTS)
    by_reference = accounts_by_reference(organization, _texts(items, "external_reference"))
    needs_names = any(not item.values.get("external_reference") for item in items)
    by_name = _by_name(organization) if needs_names else {}
    named = dict[str, int]()
    for item in items:
        found = _identified(organization, item, plan, by_reference, by_name, CustomerAccount, "name")
        if found is None or _is_repeated(item, found, named, plan):
            continue
        values = {name: plain_text(value) for name, value in item.values.items() if name in OF_AN_ACCOUNT}
        if values.get("yearly_value") is not None and not (values.get("currency") or found.currency):
            values["currency"] = currency
        tags = clean_tags(item.values[TAGS]) if TAGS in item.values else None
        changes = _applied(found, values)
        wrong = problems_of(found)
        if tags is not None:
            known = () if found.pk is None else tuple(tag.name for tag in found.tags.all())
            if text := wrong_tags(tags):
                wrong[TAGS] = text
            if sorted(known) != sorted(tags):
                changes[TAGS] = (known, tags)
                plan.tags[id(found)] = (found, tags)
        _settle(item, found, changes, wrong, plan)
    return plan


def accounts_by_reference(
    organization: Organization, references: Iterable[str]
) -> dict[str, CustomerAccount]:
    """Also those that a merge has made others. Three queries a lot."""
    found = dict[str, CustomerAccount]()
    accounts = CustomerAccount.objects.of(organization).prefetch_related("tags")
    for lot in batched(dict.fromkeys(references), AT_ONCE, strict=False):
        former = AccountReference.objects.of(organization).filter(reference__in=lot)
        merged = dict(former.values_list("account_id", "reference"))
        found |= {merged[one.pk]: one for one in accounts.filter(pk__in=merged)}
        found |= {str(one.external_reference): one for one in accounts.filter(external_reference__in=lot)}
    return found


def _by_name(organization: Organization) -> dict[str, list[CustomerAccount]]:
    """Accounts by name without its case. Two queries."""
    found = dict[str, list[CustomerAccount]]()
    accounts = CustomerAccount.objects.of(organization).exclude(name="").prefetch_related("tags")
    for account in accounts:
        found.setdefault(account.name.casefold(), []).append(account)
    return found


# --- contacts -----------------------------------------------------------------------------------


def _plan_contacts(organization: Organization, items: Sequence[ListItem]) -> ListPlan:
    plan = ListPlan(kind=CustomerKind.CONTACTS)
    by_reference = _contacts_by_reference(organization, _texts(items, "external_reference"))
    needs_emails = any(not item.values.get("external_reference") for item in items)
    by_email = _by_email(organization) if needs_emails else {}
    accounts = _named_accounts(organization, _texts(items, "account"))
    named = dict[str, int]()
    emails = dict.fromkeys(_texts(items, "email"))
    emails |= {one.email: None for one in by_reference.values() if one.email}
    out = unsubscribed(organization, emails)
    for item in items:
        found = _identified(organization, item, plan, by_reference, by_email, Contact, "email")
        if found is None or _is_repeated(item, found, named, plan):
            continue
        values = {name: plain_text(value) for name, value in item.values.items() if name in OF_A_CONTACT}
        wrong = dict[str, str]()
        if values.get("account"):
            values["account"] = _account_of(organization, str(values["account"]), accounts, plan, wrong)
        elif "account" in values:
            values["account"] = None
        email = str(values.get("email", found.email))
        stays_out = email.lower() in out or (
            found.consent == Consent.WITHDRAWN and values.get("consent", found.consent) != found.consent
        )
        if stays_out:
            plan.left_out += 1
            values["consent"] = Consent.WITHDRAWN
        changes = _applied(found, {} if wrong else values)
        if "consent" in changes:
            found.consent_changed_at = timezone.now()
        if "account" in changes:
            found.placed_with = None
        _settle(item, found, changes, {**problems_of(found), **wrong}, plan)
    rows = [*plan.new, *(one.row for one in plan.changed)]
    used = {id(row.account) for row in rows if isinstance(row, Contact)}
    plan.accounts_new = [account for account in plan.accounts_new if id(account) in used]
    return plan


def _contacts_by_reference(organization: Organization, references: Iterable[str]) -> dict[str, Contact]:
    found = dict[str, Contact]()
    contacts = Contact.objects.of(organization).select_related("account")
    for lot in batched(dict.fromkeys(references), AT_ONCE, strict=False):
        former = ContactReference.objects.of(organization).filter(reference__in=lot)
        merged = dict(former.values_list("contact_id", "reference"))
        found |= {merged[one.pk]: one for one in contacts.filter(pk__in=merged)}
        found |= {str(one.external_reference): one for one in contacts.filter(external_reference__in=lot)}
    return found


def _by_email(organization: Organization) -> dict[str, list[Contact]]:
    found = dict[str, list[Contact]]()
    for contact in Contact.objects.of(organization).exclude(email="").select_related("account"):
        found.setdefault(contact.email.casefold(), []).append(contact)
    return found


def _named_accounts(organization: Organization, texts: Iterable[str]) -> dict[str, list[CustomerAccount]]:
    """Accounts by what a list calls them: their reference, else their name."""
    wanted = list(dict.fromkeys(texts))
    found = {text: [account] for text, account in accounts_by_reference(organization, wanted).items()}
    if len(found) < len(wanted):
        by_name = _by_name(organization)
        for text in wanted:
            if text not in found and text.casefold() in by_name:
                found[text] = by_name[text.casefold()]
    return found


def _account_of(
    organization: Organization,
    text: str,
    accounts: dict[str, list[CustomerAccount]],
    plan: ListPlan,
    wrong: dict[str, str],
) -> CustomerAccount | None:
    """The account that a contact names; one that nobody knows is new."""
    if text not in accounts:
        if len(text) > LONGEST_REFERENCE:
            wrong["account"] = _("The reference of an account has at most %(limit)d characters.") % {
                "limit": LONGEST_REFERENCE
            }
            return None
        account = CustomerAccount(organization=organization, external_reference=text, name=text)
        accounts[text] = [account]
        plan.accounts_new.append(account)
    if len(accounts[text]) > 1:
        wrong["account"] = _("Several accounts have this name. Write the reference, or merge them first.")
    return accounts[text][0]


# --- both ---------------------------------------------------------------------------------------


def _texts(items: Sequence[ListItem], name: str) -> list[str]:
    return [str(plain_text(item.values[name])) for item in items if item.values.get(name)]


def _identified[M: (CustomerAccount, Contact)](
    organization: Organization,
    item: ListItem,
    plan: ListPlan,
    by_reference: dict[str, M],
    by_other: dict[str, list[M]],
    model: type[M],
    other: str,
) -> M | None:
    """The row that an item is about: by its reference, else by its name or address; a new one if none is."""
    reference = str(plain_text(item.values.get("external_reference", "")) or "")
    if reference:
        return by_reference.get(reference) or model(organization=organization, external_reference=reference)
    text = str(plain_text(item.values.get(other, "")) or "").casefold()
    if not text:
        said = (
            _("A reference or a name is needed.")
            if other == "name"
            else _("A reference or an e-mail address is needed.")
        )
        plan.problems.append(ListProblem(line=item.line, field="external_reference", text=said))
        return None
    known = by_other.get(text, [])
    if len(known) > 1:
        said = (
            _("Several accounts have this name. Write the reference, or merge them first.")
            if other == "name"
            else _("Several contacts have this address. Write the reference, or merge them first.")
        )
        plan.problems.append(ListProblem(line=item.line, field=other, text=said, value=text))
        return None
    if known:
        return known[0]
    row = model(organization=organization, external_reference=new_reference())
    by_other[text] = [row]
    return row


def _is_repeated(item: ListItem, row: Customer, named: dict[str, int], plan: ListPlan) -> bool:
    """Whether an earlier line is about the same: nobody can say which of them holds."""
    key = str(row.external_reference)
    first = named.setdefault(key, item.line)
    if first == item.line:
        return False
    text = _("Line %(line)d is about the same customer.") % {"line": first}
    plan.problems.append(ListProblem(line=item.line, field="external_reference", text=text, value=key))
    return True


def _applied(row: Customer, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Write the values into the row in memory; field -> what goes and what comes."""
    changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = (Consent(before), value) if name == "consent" else (before, value)
    return changes


def _settle(
    item: ListItem,
    row: Customer,
    changes: dict[str, tuple[Any, Any]],
    wrong: Mapping[str, str],
    plan: ListPlan,
) -> None:
    for name, text in wrong.items():
        value = str(item.values.get(name, ""))[:60]
        plan.problems.append(ListProblem(line=item.line, field=name, text=text, value=value))
    if wrong:
        return
    if row._state.adding:
        plan.new.append(row)
    elif changes:
        plan.changed.append(Changed(line=item.line, row=row, values=changes))
    else:
        plan.unchanged += 1
        if row.came_with_id is not None:
            plan.confirmed.append(row)
    row.came_with = None  # somebody stands for it now


def _store(organization: Organization, plan: ListPlan) -> None:
    """A few statements for each lot of rows."""
    CustomerAccount.objects.bulk_create(plan.accounts_new, batch_size=AT_ONCE)
    known = [*(one.row for one in plan.changed), *plan.confirmed]
    for row in [*plan.new, *known]:
        if isinstance(row, Contact) and row.account is not None:
            row.account = row.account  # a new account has its number only now
    if plan.kind == CustomerKind.ACCOUNTS:
        _write(CustomerAccount, plan.new, known, [*OF_AN_ACCOUNT, "came_with"])
        _write_tags(plan.tags.values())
    else:
        fields = [*OF_A_CONTACT, "consent_changed_at", "came_with", "placed_with"]
        _write(Contact, plan.new, known, fields)
        written = [row for row in [*plan.new, *known] if isinstance(row, Contact)]
        keep_no(organization, [row.email for row in written if row.consent == Consent.WITHDRAWN])


def _write(
    model: type[models.Model], new: Sequence[Any], known: Sequence[Any], fields: Sequence[str]
) -> None:
    """Known rows go in as an insert that meets them: far faster than an update that chooses by row."""
    rows = model._default_manager
    rows.bulk_create(new, batch_size=AT_ONCE)
    rows.bulk_create(
        known, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=AT_ONCE
    )


def _write_tags(tags: Iterable[tuple[Any, tuple[str, ...]]]) -> None:
    """Those who have tags in the list have these and no others."""
    wanted = list(tags)
    for lot in batched(wanted, AT_ONCE, strict=False):
        AccountTag.objects.filter(account__in=[account.pk for account, _names in lot]).delete()
    AccountTag.objects.bulk_create(
        [
            AccountTag(organization_id=account.organization_id, account=account, name=name)
            for account, names in wanted
            for name in names
        ],
        batch_size=AT_ONCE,
    )
