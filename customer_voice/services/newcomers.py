"""A few answers that nobody has sent before: stored by a handful of statements, without a staging table.

The answer that a program sends the moment it is given, or a customer in a survey, is new and alone. What is
not that simple is left to `importers.Storing`, which compares.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Organization
from customer_voice.importers import STAGED, insert_rows
from customer_voice.models import (
    Channel,
    Contact,
    CustomerAccount,
    Feedback,
    MetricDefinition,
    Source,
    Submission,
)
from customer_voice.services.erasure import is_any_erased
from customer_voice.services.rollup import Span

MOST_ROWS = 20

type _Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """Where answers came in: those of customer accounts, and all others."""

    spans: set[Span]
    outside_accounts: set[Span]


def store_new(
    organization: Organization,
    source: Source,
    metric: MetricDefinition | None,
    columns: Sequence[Sequence[Any]],
    *,
    now: datetime,
    fresh: MutableMapping[str, int],
    language: str = "",
) -> Stored | None:
    """Store checked rows (columns in the order of STAGED) if each is new and names what is known.

    Gives where answers came in, or None where it left the rows to others: some ID is known or was erased, a
    customer, account or channel is new, or there are many. `fresh` are the submissions that this transaction
    has begun, by their IDs; it may have begun some even where it gives None. Three queries, and one for each
    kind of record that is named.
    """
    rows: list[_Row] = [dict(zip(STAGED, values, strict=True)) for values in zip(*columns, strict=True)]
    if metric is None or not metric.calculation.leaves_out_waits:
        for row in rows:  # fewer columns are quicker, and the database knows what stands in them
            del row["waits"], row["counted_from"], row["waits_from"]
    if not rows or len(rows) > MOST_ROWS:
        return None
    metric_key = metric.key if metric is not None else ""
    if is_any_erased(organization, source, metric_key, [row["external_id"] for row in rows]):
        return None
    if not _point_at_records(organization, rows):
        return None
    begins = [row for row in rows if row["external_id"] not in fresh]
    fresh.update(_begun(organization, source, begins, now, language))
    if any(row["external_id"] not in fresh for row in rows):
        return None
    fixed = {
        "organization_id": organization.pk,
        "metric_id": metric.pk if metric is not None else None,
        "metric_key": metric_key,
        "batch_id": None,
        "received_at": now,
    }
    insert_rows(Feedback, [{**fixed, "submission_id": fresh[row.pop("external_id")], **row} for row in rows])
    stored = Stored(spans=set(), outside_accounts=set())
    if metric is None:
        return stored
    key = metric.pk
    for row in rows:
        spans = stored.outside_accounts if row["account_id"] is None else stored.spans
        spans.add((key, row["touchpoint_id"], row["occurred_at"], row["occurred_at"]))
    return stored


def _point_at_records(organization: Organization, rows: Sequence[_Row]) -> bool:
    """Put the records that the rows name in the place of their names; False where one is not known.

    An answer that names no account has that of its customer. A customer who gets an account by an answer is
    left to others too.
    """
    channels = _known(organization, Channel, "name", rows, "channel")
    accounts = _known(organization, CustomerAccount, "external_reference", rows, "account")
    contacts = _known(organization, Contact, "external_reference", rows, "customer", "account_id")
    for row in rows:
        del row["row_number"]
        channel, account, customer = row.pop("channel"), row.pop("account"), row.pop("customer")
        if (
            (channel and channel not in channels)
            or (account and account not in accounts)
            or (customer and customer not in contacts)
        ):
            return False
        row["channel_id"] = channels[channel][0] if channel else None
        row["account_id"] = accounts[account][0] if account else None
        row["contact_id"] = None
        if customer:
            row["contact_id"], of_customer = contacts[customer]
            if account and of_customer is None:
                return False
            row["account_id"] = row["account_id"] or of_customer
    return True


def _known(
    organization: Organization, model: Any, called: str, rows: Sequence[_Row], column: str, *more: str
) -> dict[str, tuple[Any, ...]]:
    """Name -> key and `more` of the records that the rows name. One query, none where they name none."""
    names = {row[column] for row in rows if row[column]}
    if not names:
        return {}
    found = model.objects.of(organization).filter(**{f"{called}__in": names})
    return {name: values for name, *values in found.values_list(called, "pk", *more)}


def _begun(
    organization: Organization, source: Source, rows: Sequence[_Row], now: datetime, language: str
) -> dict[str, int]:
    """Submissions that this adds, by their IDs; others are there already, or come in at this moment."""
    ids = list(dict.fromkeys(row["external_id"] for row in rows))
    fixed = {
        "organization_id": organization.pk,
        "source_id": source.pk,
        "received_at": now,
        "language": language,
        "batch_id": None,
    }
    values = [{**fixed, "external_id": name} for name in ids]
    return dict(insert_rows(Submission, values, gives=("external_id", "id"))) if ids else {}
