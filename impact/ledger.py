"""Fiscal years and dated rates of exchange: what a program's ledger is counted by. No query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from impact.models import ExchangeRate


@dataclass(frozen=True, kw_only=True, slots=True)
class FiscalYears:
    """Fiscal years by the calendar year in which they end: with `first_month` 4, 2026 begins in 4/2025."""

    first_month: int = 1

    def of(self, day: date) -> int:
        return day.year + (self.first_month > 1 and day.month >= self.first_month)

    def first_day(self, year: int) -> date:
        return date(year - (self.first_month > 1), self.first_month, 1)

    def last_day(self, year: int) -> date:
        return self.first_day(year + 1) - timedelta(days=1)


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
