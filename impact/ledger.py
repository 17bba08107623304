"""Rates of exchange by which amounts of a program's ledger are counted, and whether finance's word holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import AuditEvent, Organization
from cxstats.codec import encoded
from impact.choices import SignOff
from impact.models import ExchangeRate, LedgerYear


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """What one unit was worth, and of which day that is; 1 without a day in one's own currency."""

    value: Decimal
    day: date | None = None


class Rates:
    """The rates that an organization gave, into the currency in which it reckons now."""

    def __init__(self, own: str, rows: Iterable[ExchangeRate]) -> None:
        self.own = own
        self._rows: dict[str, list[ExchangeRate]] = {}
        for row in sorted(rows, key=lambda row: row.day):
            if row.into == own:
                self._rows.setdefault(row.currency, []).append(row)

    def on(self, currency: str, day: date) -> Rate | None:
        """The latest one that is not after the day; None where nobody gave one."""
        if currency == self.own:
            return Rate(value=Decimal(1))
        known: Sequence[ExchangeRate] = [row for row in self._rows.get(currency, ()) if row.day <= day]
        return Rate(value=known[-1].rate, day=known[-1].day) if known else None


def as_it_stands(row: LedgerYear, organization: Organization) -> LedgerYear:
    """The same row with finance's word as far as it holds: it was given on the months that the year held
    then.

    Where fiscal years begin in another month today, the word is open and `voided` says why, at once and for
    as long as that is so; nobody has to write it down. One query where it is so, else none.
    """
    if not _is_on_other_months(row, organization):
        return row
    change = _change_of_months(organization)
    row.voided = {
        "state": row.sign_off,
        "by": str(row.sign_off_by or ""),
        "at": encoded(row.sign_off_at),
        "changed_by": change.actor_name if change else "–",
        "changed_at": encoded(change.at) if change else None,
        "because": "months",
    }
    row.sign_off, row.sign_off_comment = SignOff.OPEN, ""
    row.sign_off_by = row.sign_off_at = row.reviewed_months = None
    return row


def _is_on_other_months(row: LedgerYear, organization: Organization) -> bool:
    return row.reviewed_months not in (None, organization.year_begins) and row.sign_off != SignOff.OPEN


def _change_of_months(organization: Organization) -> AuditEvent | None:
    """When fiscal years were last given another first month, and by whom. One query."""
    return (
        AuditEvent.objects.filter(organization=organization, verb="organization.changed")
        .filter(after__year_begins=organization.year_begins)
        .exclude(before__year_begins=organization.year_begins)
        .order_by("-at", "-pk")
        .first()
    )
