"""What the program itself costs: its ledger by fiscal year, and the years that are missing in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import AuditEvent, Membership, Organization
from accounts.permissions import may
from accounts.selectors import needs_confirmation, users_tied_to
from coalition.models import Initiative
from common.reckoning import Reckoning
from impact.choices import SignOff
from impact.ledger import Rate, Rates, as_it_stands
from impact.models import ExchangeRate, LedgerLine, LedgerYear
from impact.selectors.makers import refusal_of_ties, unconfirmed_text
from impact.wording.program import ledger_sign_off_text, voided_text, year_text
from wording.formats import reader
from wording.joining import listed

SAVED = "ledger_year.saved"
_TONES = {SignOff.OPEN: "calm", SignOff.SIGNED: "done", SignOff.DISPUTED: "bad"}


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLineView:
    """A cost as it was paid, and in the organization's currency; `counted` None without a rate."""

    line: LedgerLine
    kind: str
    amount: str
    rate: Rate | None
    counted: Decimal | None
    own: str  # the organization's currency

    @property
    def counted_text(self) -> str:
        if self.counted is None or self.rate is None:
            return ""
        return reader().money(self.counted, self.own) if self.rate.day else ""

    @property
    def rate_text(self) -> str:
        """Said of an amount in another currency: the rate with its day, or that there is none."""
        if self.rate is None:
            return _("no rate")
        if self.rate.day is None:
            return ""
        return _("at %(rate)s of %(day)s") % {
            "rate": reader().shortest(self.rate.value.normalize()),
            "day": reader().day(self.rate.day),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerYearView:
    """One fiscal year; `row` None and no lines where nothing was entered."""

    year: int
    name: str
    row: LedgerYear | None
    lines: tuple[LedgerLineView, ...]
    currency: str
    is_due: bool  # it has begun, and the program was there

    @property
    def is_missing(self) -> bool:
        """Nothing was entered, which is not the same as nothing: a year that cost nothing says 0."""
        return self.is_due and not self.lines

    @property
    def total(self) -> Decimal:
        """All that can be counted in the organization's currency."""
        return sum((line.counted for line in self.lines if line.counted is not None), start=Decimal(0))

    @property
    def without_rate(self) -> tuple[LedgerLineView, ...]:
        return tuple(line for line in self.lines if line.counted is None)

    @property
    def total_text(self) -> str:
        return reader().money(self.total, self.currency) if self.lines else ""

    @property
    def apart_text(self) -> str:
        """Amounts that no rate converts."""
        return listed(line.amount for line in self.without_rate)

    @property
    def budget_text(self) -> str:
        if self.row is None or self.row.budget is None:
            return ""
        return reader().money(self.row.budget, self.currency)

    @property
    def sign_off_label(self) -> str:
        if self.is_missing:
            return _("Missing")
        if self.row is None:
            return ""
        if self.row.voided and self.row.sign_off == SignOff.OPEN:
            return _("Changed since finance reviewed it")
        return str(SignOff(self.row.sign_off).label)

    @property
    def tone(self) -> str:
        if self.is_missing or (
            self.row is not None and self.row.voided and self.row.sign_off == SignOff.OPEN
        ):
            return "bad"
        return _TONES[SignOff(self.row.sign_off)] if self.row is not None else "calm"

    @property
    def sign_off_text(self) -> str:
        row = self.row
        if row is None:
            return ""
        return ledger_sign_off_text(row.sign_off, str(row.sign_off_by or ""), row.sign_off_at)

    @property
    def voided_text(self) -> str:
        """What a change took away; empty once finance has said something again."""
        row = self.row
        if row is None or not row.voided or row.sign_off != SignOff.OPEN:
            return ""
        return voided_text(
            row.voided["state"],
            who=row.voided["by"],
            on=parse_datetime(row.voided["at"] or ""),
            changed_by=row.voided["changed_by"],
            changed_on=parse_datetime(row.voided["changed_at"] or ""),
            because=row.voided.get("because", "costs"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerPage:
    """All years of the program, the missing ones among them, the latest first."""

    years: tuple[LedgerYearView, ...]
    fiscal: Reckoning
    current: int
    currency: str
    rates: tuple[ExchangeRate, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(sorted(year.year for year in self.years if year.is_missing))

    @property
    def without_rate(self) -> tuple[LedgerYearView, ...]:
        """Years that count and hold amounts that nothing converts."""
        return tuple(year for year in self.years if year.without_rate and year.year <= self.current)

    @property
    def is_empty(self) -> bool:
        return not any(year.lines for year in self.years)

    @property
    def rate_lines(self) -> tuple[str, ...]:
        """Every rate in a line."""
        text = _("%(day)s: 1 %(currency)s = %(rate)s %(own)s (%(source)s)")
        return tuple(
            text
            % {
                "day": reader().day(row.day),
                "currency": row.currency,
                "rate": reader().shortest(row.rate.normalize()),
                "own": row.into,
                "source": row.source,
            }
            for row in self.rates
        )

    @property
    def missing_text(self) -> str:
        return listed(str(year) for year in self.missing)

    @property
    def next_year(self) -> int:
        """The year to begin with: the first that is missing, else the one after the last."""
        if self.missing:
            return self.missing[0]
        return max((year.year for year in self.years), default=self.current - 1) + 1


def rates_of(organization: Organization) -> Rates:
    """One query."""
    return Rates(organization.currency, ExchangeRate.objects.of(organization))


def ledger_page(organization: Organization) -> LedgerPage:
    """Four queries, whatever the number of years."""
    fiscal = organization.reckoning
    rows = {row.year: as_it_stands(row, organization) for row in _years(organization)}
    rates = tuple(ExchangeRate.objects.of(organization).select_related("given_by__user"))
    current = fiscal.fiscal_year(organization.clock.today())
    first = first_year(organization, fiscal, rows)
    last = max([*rows, *([current] if first is not None else [])], default=None)
    known = Rates(organization.currency, rates)
    years = []
    if first is not None and last is not None:
        for year in range(last, first - 1, -1):
            years.append(_view(year, rows.get(year), known, fiscal, is_due=first <= year <= current))
    return LedgerPage(
        years=tuple(years), fiscal=fiscal, current=current, currency=organization.currency, rates=rates
    )


def first_year(
    organization: Organization, fiscal: Reckoning, years: Sequence[int] | dict[int, Any]
) -> int | None:
    """The year in which the program began: of its first cost, or of the first go-live that was voted on. One
    query."""
    live = (
        Initiative.objects.of(organization)
        .gone_live()
        .filter(already_live_on=None)
        .order_by("went_live_on")
        .values_list("went_live_on", flat=True)
        .first()
    )
    known = [*years, *([fiscal.fiscal_year(live)] if live else [])]
    return min(known, default=None)


def ledger_year_view(organization: Organization, year: int) -> LedgerYearView:
    """One year, also one of which nothing is known. Three queries."""
    fiscal = organization.reckoning
    row = ledger_row(organization, year)
    return _view(year, row, rates_of(organization), fiscal, is_due=False)


def ledger_row(organization: Organization, year: int) -> LedgerYear | None:
    """The year as it stands, with its lines; None where nothing was entered. Two queries."""
    found: LedgerYear | None = _years(organization).filter(year=year).first()
    return None if found is None else as_it_stands(found, organization)


def _years(organization: Organization) -> Any:
    return (
        LedgerYear.objects.of(organization)
        .select_related("changed_by__user", "sign_off_by__user", "organization")
        .prefetch_related("lines")
    )


def _view(
    year: int, row: LedgerYear | None, rates: Rates, fiscal: Reckoning, *, is_due: bool
) -> LedgerYearView:
    lines = []
    for line in row.lines.all() if row is not None else ():
        rate = rates.on(line.currency, fiscal.last_day(year))
        lines.append(
            LedgerLineView(
                line=line,
                kind=str(line.get_kind_display()),
                amount=reader().money(line.amount, line.currency),
                rate=rate,
                counted=None if rate is None else line.amount * rate.value,
                own=rates.own,
            )
        )
    name = year_text(year, fiscal.first_day(year), fiscal.last_day(year))
    return LedgerYearView(
        year=year, name=name, row=row, lines=tuple(lines), currency=rates.own, is_due=is_due
    )


# --- who wrote it, and who may stand for it --------------------------------------------------------


def refusal_of_ledger_review(row: LedgerYear, by: Membership) -> str:
    """Why this finance reviewer cannot review this year of the ledger, or nothing. At most six queries.

    As for values: a second person, known to a second manager of people, not tied to whoever wrote it since it
    was last signed, and nobody who ever wrote it.
    """
    if needs_confirmation(by):
        return unconfirmed_text()
    writers, makers = _who_wrote(row, list(_saves(row).values_list("actor", "at")))
    if by.user_id in writers:
        return _("You wrote costs of this year. Another person must review them for finance.")
    return refusal_of_ties(by, makers)


def _who_wrote(row: LedgerYear, saves: Sequence[tuple[int, datetime]]) -> tuple[set[int], list[int]]:
    """Of the users who saved a year: all who ever wrote it, and who did since it was last signed. No query
    but for the row's `changed_by`."""
    writers = {actor for actor, _at in saves}
    if row.changed_by is not None:
        writers.add(row.changed_by.user_id)
    since = _last_signed(row)
    return writers, [actor for actor, at in saves if since is None or at > since]


def warning_of_ledger_writing(row: LedgerYear | None, by: Membership) -> str:
    """What a finance reviewer is told before writing what she cannot review then, "" else. One query."""
    if not may(by.role, Action.SIGN_OFF_VALUE):
        return ""
    if row is not None and _saves(row).filter(actor=by.user_id).exists():
        return ""
    return _("If you save costs of this year, you cannot review them for finance. Another person must do it.")


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerVersion:
    """One state of a year, as the trail kept it."""

    number: int
    at: datetime
    who: str
    total: str
    lines: int


def ledger_versions(row: LedgerYear) -> tuple[LedgerVersion, ...]:
    """Every state that was saved, the newest first. One query."""
    found = []
    for event in _saves(row):
        sums: dict[str, Decimal] = {}
        lines = event.after.get("lines", [])
        for line in lines:
            sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
        found.append(
            LedgerVersion(
                number=event.after.get("version", 0),
                at=event.at,
                who=event.actor_name,
                total=listed(reader().money(amount, currency) for currency, amount in sorted(sums.items())),
                lines=len(lines),
            )
        )
    return tuple(found)


def _saves(row: LedgerYear) -> Any:
    return (
        AuditEvent.objects.filter(
            organization=row.organization_id,
            verb=SAVED,
            subject_type=LedgerYear._meta.label_lower,
            subject_id=str(row.pk),
        )
        .exclude(actor=None)
        .order_by("-at", "-pk")
    )


def ledger_years_to_review(member: Membership) -> list[LedgerYear]:
    """Years with costs that wait for finance and that this reviewer may sign, the first one first; years to
    come are plans. At most seven queries, whatever the number of years."""
    organization = member.organization
    current = organization.reckoning.fiscal_year(organization.clock.today())
    rows = list(
        LedgerYear.objects.of(organization)
        .filter(
            Q(sign_off=SignOff.OPEN) | ~Q(reviewed_months=organization.year_begins),
            year__lte=current,
            lines__isnull=False,
        )
        .select_related("changed_by", "sign_off_by__user")
        .distinct()
        .order_by("year")
    )
    rows = [row for row in rows if as_it_stands(row, organization).sign_off == SignOff.OPEN]
    if not rows or needs_confirmation(member):
        return []
    saves: dict[str, list[tuple[int, datetime]]] = {}
    events = AuditEvent.objects.filter(
        organization=organization,
        verb=SAVED,
        subject_type=LedgerYear._meta.label_lower,
        subject_id__in=[str(row.pk) for row in rows],
    ).exclude(actor=None)
    for key, actor, at in events.values_list("subject_id", "actor", "at"):
        saves.setdefault(key, []).append((actor, at))
    tied = users_tied_to(member)
    written = {row.pk: _who_wrote(row, saves.get(str(row.pk), [])) for row in rows}
    return [
        row
        for row in rows
        if member.user_id not in written[row.pk][0] and not tied.intersection(written[row.pk][1])
    ]


def _last_signed(row: LedgerYear) -> datetime | None:
    """When finance last signed it, whether that still holds or not."""
    if row.sign_off == SignOff.SIGNED:
        return row.sign_off_at
    if row.voided and row.voided["state"] == SignOff.SIGNED:
        return parse_datetime(row.voided["at"] or "")
    return None
