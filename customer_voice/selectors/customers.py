"""Customer accounts and contacts: by their names, as lists, and how many customers are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from accounts.models import Organization
from common.digests import digest_of_secret
from customer_voice.choices import Consent
from customer_voice.models import (
    AccountReference,
    AccountTag,
    Contact,
    ContactReference,
    CustomerAccount,
    Feedback,
    NoMoreSurveys,
    SurveyInvitation,
)
from cxstats.voc import share

AT_ONCE = 5_000  # as many values as a statement takes on both databases
KEPT_OVER_DAYS = (90, 365)
FEWEST_KEPT = 5  # fewer customers at the beginning give no share
MOST_UNDATED = 0.1  # so many accounts without a start leave the share open
MOST_CHOICES = 500


def account_named(organization: Organization, reference: str) -> CustomerAccount | None:
    """The account of a reference, also of one that it had before a merge. Up to two queries."""
    accounts = CustomerAccount.objects.of(organization)
    former = AccountReference.objects.of(organization).filter(reference=reference)
    return (
        accounts.filter(external_reference=reference).first()
        or accounts.filter(pk__in=former.values("account")).first()
    )


def contact_named(organization: Organization, reference: str) -> Contact | None:
    """The contact of a reference, also of one that he had before a merge. Up to two queries."""
    contacts = Contact.objects.of(organization)
    former = ContactReference.objects.of(organization).filter(reference=reference)
    return (
        contacts.filter(external_reference=reference).first()
        or contacts.filter(pk__in=former.values("contact")).first()
    )


def accounts_called(organization: Organization, text: str) -> list[CustomerAccount]:
    """The account that has this reference, else those of this name. Up to three queries."""
    named = account_named(organization, text)
    if named is not None:
        return [named]
    return list(CustomerAccount.objects.of(organization).filter(name__iexact=text, erased_at=None)[:2])


def contacts_called(organization: Organization, text: str) -> list[Contact]:
    """The contact who has this reference, else those of this address or name. Up to three queries."""
    named = contact_named(organization, text)
    if named is not None:
        return [named]
    called = Q(email__iexact=text) | Q(name__iexact=text)
    return list(
        Contact.objects.of(organization).filter(called, erased_at=None).exclude(name="", email="")[:2]
    )


def unsubscribed(organization: Organization, emails: Iterable[str]) -> set[str]:
    """Which of these addresses want no more surveys, in small letters: said by a link, or on a record of the
    address. Two queries a lot.
    """
    wanted = dict.fromkeys(email.lower() for email in emails if email)
    digests = {digest_of_secret(email): email for email in wanted}
    said = NoMoreSurveys.objects.of(organization)
    withdrawn = (
        Contact.objects.of(organization).filter(consent=Consent.WITHDRAWN).annotate(address=Lower("email"))
    )
    found = set[str]()
    for lot in batched(digests, AT_ONCE, strict=False):
        found |= {digests[digest] for digest in said.filter(digest__in=lot).values_list("digest", flat=True)}
        addresses = withdrawn.filter(address__in=[digests[digest] for digest in lot])
        found |= set(addresses.values_list("address", flat=True))
    return found


def account_rows(accounts: "QuerySet[CustomerAccount]") -> "QuerySet[CustomerAccount]":
    """Each with its tags, the number of its contacts and its last answer. Two queries a page."""
    heard = (
        Feedback.objects.filter(account=OuterRef("pk"))
        .order_by()
        .values("account")
        .annotate(last=Max("occurred_at"))
    )
    people = Count("contacts", filter=Q(contacts__archived_at=None, contacts__erased_at=None))
    return accounts.annotate(
        contact_count=people, last_heard=Subquery(heard.values("last")[:1])
    ).prefetch_related("tags")


def contact_rows(contacts: "QuerySet[Contact]") -> "QuerySet[Contact]":
    """Each with the number of answers and the last one. One query a page."""
    heard = Feedback.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    return contacts.annotate(
        answer_count=Subquery(heard.annotate(number=Count("pk")).values("number")[:1]),
        last_heard=Subquery(heard.annotate(last=Max("occurred_at")).values("last")[:1]),
    )


def tags_of(organization: Organization) -> list[str]:
    """Every tag of its accounts, by name. One query."""
    rows = AccountTag.objects.of(organization).order_by("name")
    return list(rows.values_list("name", flat=True).distinct()[:MOST_CHOICES])


def account_segments(organization: Organization) -> list[str]:
    """Every segment of its accounts, by name. One query."""
    rows = CustomerAccount.objects.of(organization).exclude(segment="").order_by("segment")
    return list(rows.values_list("segment", flat=True).distinct()[:MOST_CHOICES])


def account_choices(organization: Organization) -> list[CustomerAccount]:
    """Accounts to choose from while one types, by name. One query."""
    rows = CustomerAccount.objects.of(organization).filter(archived_at=None, erased_at=None)
    return list(rows.order_by("name", "pk")[:MOST_CHOICES])


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """How many customers of the day `since` are customers still.

    `share` is none where it is not told: too few at the beginning, or too many accounts whose start nobody
    knows. `undated` of all `accounts` have none.
    """

    days: int
    since: date
    customers: int
    kept: int
    undated: int
    accounts: int
    share: float | None

    @property
    def is_undated(self) -> bool:
        """Whether missing dates are why there is no share."""
        return self.accounts > 0 and self.undated > MOST_UNDATED * self.accounts


def customers_kept(organization: Organization, *, days: Sequence[int] = KEPT_OVER_DAYS) -> list[Kept]:
    """For each number of days: customers on the day so long ago, and how many of them are customers today.

    A customer of a day has started on it or before, and has not left on it or before. Accounts without a
    start are in neither number; archived ones are in both, erased ones in none. One query.
    """
    today = organization.clock.today()
    known = CustomerAccount.objects.of(organization).filter(erased_at=None)
    rows = list(known.values_list("started_on", "left_on"))
    undated = sum(started is None for started, _left in rows)
    found = []
    for number in days:
        since = today - timedelta(days=number)
        there = [left for started, left in rows if _is_customer(started, left, since)]
        kept = sum(left is None or left > today for left in there)
        is_told = len(there) >= FEWEST_KEPT and undated <= MOST_UNDATED * len(rows)
        found.append(
            Kept(
                days=number,
                since=since,
                customers=len(there),
                kept=kept,
                undated=undated,
                accounts=len(rows),
                share=share(hits=kept, n=len(there)).value if is_told else None,
            )
        )
    return found


def _is_customer(started: date | None, left: date | None, day: date) -> bool:
    return started is not None and started <= day and (left is None or left > day)


def invitations_to(contacts: "QuerySet[Contact]") -> "QuerySet[SurveyInvitation]":
    """Letters of surveys to these contacts, the newest first."""
    return (
        SurveyInvitation.objects.filter(contact__in=contacts)
        .select_related("survey", "contact")
        .order_by("-invited_at", "-added_at")
    )
