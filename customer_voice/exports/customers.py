"""Accounts and contacts as files that the import of lists takes back."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from common.downloads import Download
from common.spreadsheets import marked
from customer_voice.models import Contact, CustomerAccount

ACCOUNT_COLUMNS = (
    "external_reference", "name", "segment", "yearly_value", "currency", "started_on", "renews_on", "left_on",
    "people_total", "tags",
)  # fmt: skip
CONTACT_COLUMNS = ("external_reference", "name", "email", "account", "segment", "language", "consent")
AT_ONCE = 500


def accounts_download(accounts: "QuerySet[CustomerAccount]", *, about: Sequence[str] = ()) -> Download:
    """Accounts with their tags, in lots."""
    return Download(
        name="accounts",
        header=ACCOUNT_COLUMNS,
        rows=lambda: map(_account, _in_lots(accounts.prefetch_related("tags"))),
        count=accounts.count,
        about=about,
    )


def contacts_download(contacts: "QuerySet[Contact]", *, about: Sequence[str] = ()) -> Download:
    """Contacts with their accounts, in lots."""
    return Download(
        name="contacts",
        header=CONTACT_COLUMNS,
        rows=lambda: map(_contact, _in_lots(contacts)),
        count=contacts.count,
        about=about,
    )


def _in_lots(rows: "QuerySet[Any]") -> Iterator[Any]:
    """Row by row in their order of arrival; no query stays open while a connection is slow."""
    last = 0
    while lot := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield from lot
        last = lot[-1].pk


def _account(row: CustomerAccount) -> list[object]:
    return [
        marked(row.external_reference or ""), marked(row.name), marked(row.segment), row.yearly_value,
        row.currency, row.started_on, row.renews_on, row.left_on, row.people_total,
        marked("; ".join(tag.name for tag in row.tags.all())),
    ]  # fmt: skip


def _contact(row: Contact) -> list[object]:
    account = "" if row.account is None else row.account.external_reference or row.account.name
    return [
        marked(row.external_reference or ""), marked(row.name), marked(row.email), marked(account),
        marked(row.segment), row.language, row.consent,
    ]  # fmt: skip
