"""The program's ledger: what a fiscal year cost, who wrote it, and what finance says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action, Currency
from accounts.models import Membership
from accounts.services import acting, record_event, require_as_seen
from common.errors import InvalidValues
from common.rows import moment_mark
from common.text import one_line
from cxstats.codec import amount_text, encoded
from impact.choices import (
    FIRST_LEDGER_YEAR,
    LAST_LEDGER_YEAR,
    MOST_LEDGER_LINES,
    LedgerKind,
    SignOff,
)
from impact.errors import LedgerChanged, SignOffNotAllowed
from impact.ledger import Rates, as_it_stands
from impact.models import ExchangeRate, LedgerLine, LedgerYear
from impact.selectors.ledger import rates_of, refusal_of_ledger_review
from impact.services.telling import tell_of_program

LARGEST_AMOUNT = Decimal(10) ** 12
type Wrong = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLineValues:
    """What a person said about one cost of the program."""

    kind: str
    amount: Decimal
    currency: str
    source: str
    note: str = ""

    @property
    def content(self) -> dict[str, str]:
        """As the trail and the digest hold it."""
        return {
            "kind": self.kind,
            "amount": amount_text(self.amount, places=2),
            "currency": self.currency,
            "source": self.source,
            "note": self.note,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerYearValues:
    """One fiscal year as a whole. `keeps_budget`: a file says nothing of it, and the stored one stays."""

    year: int
    lines: tuple[LedgerLineValues, ...]
    budget: Decimal | None = None
    keeps_budget: bool = False


def save_ledger_year(*, by: Membership, values: LedgerYearValues, seen: int | None = None) -> LedgerYear:
    """Write the costs of one fiscal year as a whole; the trail keeps both states.

    `seen`: the version that the writer began from, 0 for none; another one is refused (LedgerChanged). A
    change takes finance's word on the year away, and says so. Raises InvalidValues; a field of a line is
    named `line-<row>-<part>`.
    """
    return save_ledger(by=by, years=(values,), seen={} if seen is None else {values.year: seen})[0]


@transaction.atomic
def save_ledger(
    *, by: Membership, years: Sequence[LedgerYearValues], seen: Mapping[int, int] | None = None
) -> list[LedgerYear]:
    """Several years at once, or none of them: see `save_ledger_year`."""
    by = acting(by, Action.EDIT_VALUE)
    wrong: Wrong = {}
    for values in years:
        wrong |= _wrong_year(values)
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    saved = [_save_year(by, values, (seen or {}).get(values.year)) for values in years]
    tell_of_program(by.organization)
    return saved


def ledger_changed() -> LedgerChanged:
    """For whoever writes a year that is newer than the one that they read."""
    return LedgerChanged(_("Someone else has just saved this year. Look at it, then save again."))


def _save_year(by: Membership, values: LedgerYearValues, seen: int | None) -> LedgerYear:
    organization = by.organization
    row = LedgerYear.objects.select_for_update(of=("self",)).of(organization).filter(year=values.year).first()
    if row is None:
        row = LedgerYear(organization=organization, year=values.year)
    row = as_it_stands(row, organization)
    if seen is not None and seen != row.version:
        raise ledger_changed()
    lines = [replace(line, source=one_line(line.source), note=one_line(line.note)) for line in values.lines]
    budget = row.budget if values.keeps_budget else values.budget
    before = _content(row, [_values_of(line) for line in row.lines.all()] if row.pk else [], row.budget)
    after = _content(row, lines, budget)
    if row.pk and before == after:  # saving it as it was makes nobody its author
        return row
    row.budget, row.version = budget, row.version + 1
    row.changed_at, row.changed_by = timezone.now(), by
    _void(row, by)
    row.save()
    row.lines.all().delete()
    LedgerLine.objects.bulk_create(
        LedgerLine(
            ledger_year=row,
            position=place,
            kind=line.kind,
            amount=line.amount,
            currency=line.currency,
            source=line.source,
            note=line.note,
        )
        for place, line in enumerate(lines)
    )
    record_event(
        organization=organization,
        actor=by.user,
        verb="ledger_year.saved",
        subject=row,
        before={**before, "version": row.version - 1} if row.version > 1 else {},
        after={**after, "version": row.version},
    )
    return LedgerYear.objects.get(pk=row.pk)


def _content(row: LedgerYear, lines: Sequence[LedgerLineValues], budget: Decimal | None) -> dict[str, Any]:
    return {
        "year": row.year,
        "budget": None if budget is None else amount_text(budget, places=2),
        "lines": [line.content for line in lines],
    }


def _values_of(line: LedgerLine) -> LedgerLineValues:
    return LedgerLineValues(
        kind=line.kind, amount=line.amount, currency=line.currency, source=line.source, note=line.note
    )


def _void(row: LedgerYear, by: Membership, because: str = "costs") -> None:
    """Finance's word holds for what it was given on: the costs, the rates that convert them (`because`); of
    the months of the year, `as_it_stands` tells. The caller saves."""
    if row.sign_off == SignOff.OPEN:
        return
    row.voided = {
        "state": row.sign_off,
        "by": str(row.sign_off_by or ""),
        "at": encoded(row.sign_off_at),
        "changed_by": str(by),
        "changed_at": encoded(timezone.now()),
        "because": because,
    }
    row.sign_off, row.sign_off_comment = SignOff.OPEN, ""
    row.sign_off_by = row.sign_off_at = row.reviewed_months = None


def _wrong_year(values: LedgerYearValues) -> Wrong:
    wrong: Wrong = {}
    if not FIRST_LEDGER_YEAR <= values.year <= LAST_LEDGER_YEAR:
        wrong["year"] = _("Choose a year from %(first)s to %(last)s.") % {
            "first": FIRST_LEDGER_YEAR,
            "last": LAST_LEDGER_YEAR,
        }
    if values.budget is not None and not 0 <= values.budget < LARGEST_AMOUNT:
        wrong["budget"] = _("A budget cannot be negative or larger than a trillion.")
    if len(values.lines) > MOST_LEDGER_LINES:
        wrong["lines"] = _("A year holds at most %(most)s costs. Add some of them up.") % {
            "most": MOST_LEDGER_LINES
        }
    for place, line in enumerate(values.lines):
        for part, text in _wrong_line(line).items():
            wrong[f"line-{place}-{part}"] = text
    return wrong


def wrong_lines(year: int, line: LedgerLineValues) -> dict[str, str]:
    """What of one cost of a year is refused, by its part."""
    wrong = _wrong_year(LedgerYearValues(year=year, lines=(line,)))
    return {name.removeprefix("line-0-"): str(text) for name, text in wrong.items()}


def _wrong_line(line: LedgerLineValues) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if line.kind not in LedgerKind.values:
        wrong["kind"] = _("Choose one of the answers.")
    if not line.amount.is_finite() or not 0 <= line.amount < LARGEST_AMOUNT:
        wrong["amount"] = _("A cost cannot be negative or larger than a trillion.")
    elif line.amount != line.amount.quantize(Decimal("0.01")):
        wrong["amount"] = _("An amount has two decimals at most.")
    if line.currency not in Currency.values:
        wrong["currency"] = _("Choose one of the answers.")
    if not one_line(line.source):
        wrong["source"] = _("Name the source: a ledger, a report, a system.")
    for part, text in (("source", line.source), ("note", line.note)):
        if len(one_line(text)) > 200:
            wrong[part] = _("Write at most %(most)s letters.") % {"most": 200}
    return wrong


# --- finance ----------------------------------------------------------------------------------------


@transaction.atomic
def review_ledger_year(
    *, row: LedgerYear, by: Membership, decision: str, comment: str = "", seen: str | None = None
) -> LedgerYear:
    """Finance's word on a fiscal year: signed, or disputed with a reason. By the rules of values: whoever
    wrote it, or is tied to who did, does not review it.

    `seen`: the mark of the version and the review that the reviewer had before her (`ledger_mark`). Raises
    SignOffNotAllowed, InvalidValues, DecidedMeanwhile, LedgerChanged.
    """
    if decision not in (SignOff.SIGNED, SignOff.DISPUTED):
        message = _("Sign off or dispute: nothing was recorded.")
        raise InvalidValues(message, fields={"decision": message})
    if decision == SignOff.DISPUTED and not comment.strip():
        message = _("Say what you dispute and what would settle it.")
        raise InvalidValues(message, fields={"comment": message})
    by = acting(by, Action.SIGN_OFF_VALUE)
    found = LedgerYear.objects.select_for_update(of=("self",)).select_related(
        "changed_by", "sign_off_by__user", "organization"
    )
    row = as_it_stands(found.of(by.organization).get(pk=row.pk), by.organization)
    version, _slash, moment = (seen or ledger_mark(row)).partition("/")
    if version != str(row.version):
        raise LedgerChanged(_("The costs of this year were changed meanwhile. Look at them, then decide."))
    if row.sign_off == decision and row.sign_off_comment == comment.strip() and row.sign_off_by_id == by.pk:
        return row  # a second click
    if not row.lines.exists():
        raise SignOffNotAllowed(_("There are no costs to review. A year that cost nothing says 0."))
    if refusal := refusal_of_ledger_review(row, by):
        raise SignOffNotAllowed(refusal)
    require_as_seen(
        moment,
        now=moment_mark(row.sign_off_at),
        said=row.get_sign_off_display(),
        subject=row,
        organization=by.organization,
        sign_off=row.sign_off,
    )
    before = {"sign_off": row.sign_off, "comment": row.sign_off_comment, "by": str(row.sign_off_by or "")}
    row.sign_off, row.sign_off_comment = SignOff(decision), comment.strip()
    row.sign_off_by, row.sign_off_at = by, timezone.now()
    row.reviewed_months = by.organization.year_begins
    row.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=f"ledger_year.{row.sign_off.value}",
        subject=row,
        before=before,
        after={
            "sign_off": row.sign_off.value,
            "comment": row.sign_off_comment,
            "by": str(by),
            "version": row.version,
        },
    )
    tell_of_program(by.organization)
    return row


def ledger_mark(row: LedgerYear, *, version: int | None = None) -> str:
    """What a reviewer has before her: this version of the costs, or the one that she read, and this word on
    it."""
    return f"{row.version if version is None else version}/{moment_mark(row.sign_off_at)}"


# --- rates and fiscal years -------------------------------------------------------------------------


@transaction.atomic
def save_rate(*, by: Membership, currency: str, day: date, rate: Decimal, source: str) -> ExchangeRate:
    """What one unit of another currency was worth on a day. A second one for a day replaces the first.

    Years whose amounts it converts anew lose finance's signature. Raises InvalidValues.
    """
    by = acting(by, Action.EDIT_VALUE)
    organization = by.organization
    wrong: Wrong = {}
    if currency not in Currency.values or currency == organization.currency:
        wrong["currency"] = _("Choose a currency other than your own.")
    if not rate.is_finite() or not 0 < rate < 10**9 or rate != rate.quantize(Decimal("0.00000001")):
        wrong["rate"] = _("A rate is above 0, with eight decimals at most.")
    if day > organization.clock.today():
        wrong["day"] = _("This day has not come yet.")
    if not one_line(source):
        wrong["source"] = _("Name the source: a ledger, a report, a system.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    before = rates_of(organization)
    key: dict[str, Any] = {
        "organization": organization,
        "currency": currency,
        "into": organization.currency,
        "day": day,
    }
    known = ExchangeRate.objects.filter(**key).first()
    if known is not None and (known.rate, known.source) == (rate, one_line(source)):
        return known
    made, _is_new = ExchangeRate.objects.update_or_create(
        **key,
        defaults={"rate": rate, "source": one_line(source), "given_by": by, "given_at": timezone.now()},
    )
    record_event(
        organization=organization,
        actor=by.user,
        verb="exchange_rate.saved",
        subject=made,
        before={} if known is None else _rate_content(known),
        after=_rate_content(made),
    )
    _void_converted(by, before, rates_of(organization))
    tell_of_program(organization)
    return made


def _rate_content(row: ExchangeRate) -> dict[str, str]:
    return {
        "currency": row.currency,
        "into": row.into,
        "day": row.day.isoformat(),
        "rate": f"{row.rate.normalize():f}",
        "source": row.source,
    }


def _void_converted(by: Membership, before: Rates, after: Rates) -> None:
    fiscal = by.organization.reckoning
    said = LedgerYear.objects.of(by.organization).exclude(sign_off=SignOff.OPEN)
    for row in said.select_for_update(of=("self",)).prefetch_related("lines"):
        as_it_stands(row, by.organization)
        end = fiscal.last_day(row.year)
        currencies = {line.currency for line in row.lines.all()}
        if any(before.on(one, end) != after.on(one, end) for one in currencies):
            _void(row, by, "rates")
            row.save()
