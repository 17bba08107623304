"""Dated rates of exchange, by which amounts of a program's ledger are counted. No query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from impact.models import ExchangeRate


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
