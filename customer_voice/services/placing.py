"""People of a list become contacts of the accounts that it names: said first, done when the list is sent.

The rules are those of answers that are imported: an account is known by its reference, also from before a
merge, one that nobody knows is new, and whoever belongs to no account joins the one that is named. Here it
may be named as people write it, too. Nothing that is known of a person is replaced; another account is a
move, which somebody has to want: answers keep the account of their day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from customer_voice.choices import CustomerKind
from customer_voice.importers import is_no_name, plain_words
from customer_voice.models import Contact, CustomerAccount
from customer_voice.models.customers import LONGEST_REFERENCE
from customer_voice.services.customer_lists import AT_ONCE, Changed, ListPlan, accounts_by_reference
from customer_voice.services.customers import new_reference, plain_text

LONGEST_SEGMENT = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What a line says of the person whose address it has."""

    line: int
    account: str
    segment: str = ""
    name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A contact of one account whom the list names with another."""

    email: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplaced:
    """Somebody who is asked and put into no account, and why. `line` is 0 where none is known."""

    line: int
    account: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What a list does to contacts and accounts. `moves` happen only where somebody wants them."""

    added: int = 0  # people of whom nothing was known
    joined: int = 0  # contacts who belonged to no account
    same: int = 0  # contacts of this account already
    accounts_new: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it."""
        counts = (self.added, self.joined, self.same, len(self.accounts_new), len(self.moves))
        return "-".join(map(str, (*counts, len(self.unplaced))))


@dataclass(kw_only=True, slots=True)
class Placing:
    """The same with its rows, which are stored by `store`. `contacts`: who each address is, by address."""

    placed: Placed
    contacts: dict[str, Contact] = field(default_factory=dict)
    added: list[Contact] = field(default_factory=list)
    changed: list[Contact] = field(default_factory=list)
    accounts_new: list[CustomerAccount] = field(default_factory=list)
    before: dict[int, tuple[CustomerAccount | None, str]] = field(default_factory=dict)

    def note(self, contact: Contact) -> None:
        """Account and segment of a contact that is about to change."""
        if contact.pk is not None:
            self.before.setdefault(contact.pk, (contact.account, contact.segment))

    @property
    def plan(self) -> ListPlan:
        """What it did, as a list of contacts is kept that can be taken back."""
        changes = [(contact, *self.before[contact.pk]) for contact in self.changed]
        return ListPlan(
            kind=CustomerKind.CONTACTS,
            new=[*self.added],
            accounts_new=self.accounts_new,
            changed=[
                Changed(line=0, row=contact, values=values)
                for contact, account, segment in changes
                if (values := _differing(contact, account, segment))
            ],
        )


def _differing(contact: Contact, account: CustomerAccount | None, segment: str) -> dict[str, tuple[Any, Any]]:
    told = {"account": (account, contact.account), "segment": (segment, contact.segment)}
    return {name: (old, new) for name, (old, new) in told.items() if old != new}


def place(
    organization: Organization,
    people: Mapping[str, Listed],
    known: Mapping[str, Sequence[Contact]],
    *,
    moves: bool,
) -> Placing:
    """What becomes of these people, by address in small letters; `known` are the contacts of each address.

    Nothing is stored. Queries: three for each lot of accounts that are named, and up to three more.
    """
    found = Placing(placed=Placed())
    named = {email: said for email, one in people.items() if (said := _name(one.account))}
    accounts = _Accounts(organization, named.values())
    segments = _segments(organization) if any(people[email].segment for email in named) else {}
    joined = same = 0
    moving, unplaced = list[Move](), list[Unplaced]()
    used = dict[int, CustomerAccount]()
    for email, text in named.items():
        listed = people[email]
        account, reason = accounts.of(text)
        contact = None
        if account is not None:
            contact, reason = _who(known.get(email, ()), account)
        if account is None or reason:
            unplaced.append(Unplaced(line=listed.line, account=text[:60], reason=reason))
            continue
        if contact is None:
            contact = _contact(organization, email, listed, account)
            found.added.append(contact)
        elif contact.account_id is None:
            found.note(contact)
            contact.account, contact.placed_with = account, None
            found.changed.append(contact)
            joined += 1
        elif contact.account_id == account.pk:
            same += 1
        else:
            moving.append(Move(email=email, before=str(contact.account), after=str(account)))
            if moves:
                found.note(contact)
                contact.account, contact.placed_with = account, None
                found.changed.append(contact)
        found.contacts[email] = contact
        if contact.account is account or contact.account_id == account.pk:
            used[id(account)] = account
            _fill(contact, listed, segments, found)
    found.accounts_new = [one for one in used.values() if one.pk is None]
    found.placed = Placed(
        added=len(found.added),
        joined=joined,
        same=same,
        accounts_new=tuple(str(one) for one in found.accounts_new),
        moves=tuple(moving),
        unplaced=tuple(unplaced),
    )
    return found


def store(by: Membership, placing: Placing) -> None:
    """Write the rows; the caller holds the organization. The trail says how many, never who."""
    if not (placing.added or placing.changed):
        return
    CustomerAccount.objects.bulk_create(placing.accounts_new, batch_size=AT_ONCE)
    for contact in [*placing.added, *placing.changed]:
        contact.account = contact.account  # a new account has its number only now
    Contact.objects.bulk_create(placing.added, batch_size=AT_ONCE)
    Contact.objects.bulk_create(
        placing.changed,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["account", "placed_with", "segment"],
        batch_size=AT_ONCE,
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customers.taken_in",
        subject=by.organization,
        after={
            "list": str(CustomerKind.CONTACTS),
            "created": len(placing.added),
            "updated": len(placing.changed),
        },
    )


class _Accounts:
    """Accounts by what a list calls them: a reference, one from before a merge, else a reference or a name
    that is written otherwise (case, blanks).
    """

    def __init__(self, organization: Organization, texts: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(texts))
        self._organization = organization
        self._by_reference = accounts_by_reference(organization, wanted)
        self._by_words = dict[str, dict[int, CustomerAccount]]()
        if any(text not in self._by_reference for text in wanted):
            for account in CustomerAccount.objects.of(organization).filter(erased_at=None):
                for text in {account.name, account.external_reference or ""} - {""}:
                    self._by_words.setdefault(plain_words(text), {})[account.pk] = account

    def of(self, text: str) -> tuple[CustomerAccount | None, str]:
        """The account that is meant, a new one where nobody knows it; or why none is."""
        if text in self._by_reference:
            return self._by_reference[text], ""
        meant = list(self._by_words.get(plain_words(text), {}).values())
        if len(meant) > 1:
            return None, _("Several accounts have this name. Write the reference, or merge them first.")
        if not meant and len(text) > LONGEST_REFERENCE:
            return None, _("The reference of an account has at most %(limit)d characters.") % {
                "limit": LONGEST_REFERENCE
            }
        if not meant:
            new = CustomerAccount(organization=self._organization, external_reference=text, name=text)
            self._by_words[plain_words(text)] = {0: new}
            meant = [new]
        self._by_reference[text] = meant[0]
        return meant[0], ""


def _name(text: str) -> str:
    """What a cell calls an account; "(none)" and its like call none."""
    said = str(plain_text(text))
    return "" if is_no_name(said) else said


def _who(known: Sequence[Contact], account: CustomerAccount) -> tuple[Contact | None, str]:
    """The contact of an address, none where it is nobody's; or why nobody can say who it is. Of several the
    one who belongs to the account."""
    if len(known) < 2:
        return (known[0] if known else None), ""
    there = [one for one in known if one.account_id is not None and one.account_id == account.pk]
    if len(there) == 1:
        return there[0], ""
    return None, _("Several contacts have this address. Merge them first.")


def _contact(organization: Organization, email: str, listed: Listed, account: CustomerAccount) -> Contact:
    return Contact(
        organization=organization,
        external_reference=new_reference(),
        email=email,
        name=listed.name,
        language=listed.language,
        account=account,
    )


def _fill(contact: Contact, listed: Listed, segments: dict[str, str], found: Placing) -> None:
    """A segment that nobody has said yet, as it is spelled already."""
    text = " ".join(listed.segment.split())
    if contact.segment or not text or is_no_name(text):
        return
    found.note(contact)
    contact.segment = segments.setdefault(plain_words(text), text)[:LONGEST_SEGMENT]
    if contact.pk is not None and contact not in found.changed[-1:]:
        found.changed.append(contact)


def _segments(organization: Organization) -> dict[str, str]:
    """Segments of contacts and accounts, by their plain words: of several spellings one. Two queries."""
    known = {
        segment
        for rows in (Contact.objects.of(organization), CustomerAccount.objects.of(organization))
        for segment in rows.exclude(segment="").order_by().values_list("segment", flat=True).distinct()
    }
    likely = sorted(known, key=lambda text: (text.isupper(), text.islower(), text), reverse=True)
    return {plain_words(segment): segment for segment in likely}
