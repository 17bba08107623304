"""A program small enough to be reckoned by hand: one or two initiatives with certain inputs, and a ledger."""

from datetime import date
from decimal import Decimal

from accounts.choices import Role
from accounts.models import Membership
from coalition.models import Initiative
from impact.choices import Distribution, ValueKind
from impact.models import LedgerYear, ProgramCase, RoiCase
from impact.services import (
    CostValues,
    LedgerLineValues,
    LedgerYearValues,
    ParameterValues,
    compute_roi_case,
    execute_program,
    request_program,
    save_ledger_year,
    save_rate,
    save_value_model,
)
from tests.factories import MembershipFactory
from tests.factories.reports import Proved, proved

FIRST = 2025  # of the go-live of every simulated initiative
BUDGET = Decimal(90_000)


def line(amount: str, currency: str = "EUR", kind: str = "people", **words: str) -> LedgerLineValues:
    values = {"source": "Cost center 4711", **words}
    return LedgerLineValues(kind=kind, amount=Decimal(amount), currency=currency, **values)


def ledger(by: Membership, amounts: dict[int, str], **more: object) -> list[LedgerYear]:
    return [
        save_ledger_year(
            by=by, values=LedgerYearValues(year=year, lines=(line(amount),), budget=BUDGET, **more)
        )
        for year, amount in amounts.items()
    ]


def full_ledger(by: Membership, amount: str = "50000") -> list[int]:
    """Every fiscal year from the first go-live to this one."""
    years = list(range(FIRST, by.organization.clock.today().year + 1))
    ledger(by, dict.fromkeys(years, amount))
    return years


def valued(by: Membership, kind: str = "supported", **changes: object) -> tuple[Proved, RoiCase]:
    """An initiative whose inputs are all certain: 2,000 a year for each unit of its effect.

    20,000 customers x 0.001 kept per unit x 200 margin x 0.5 attribution = 2,000; half of it in year 1, all
    of it in years 2 and 3; 60,000 before the go-live, 20,000 in years 1 and 2.
    """
    known = proved(by, kind, **changes)
    certain_model(known.simulated.initiative, by)
    return known, compute_roi_case(study=known.study, by=by)


def certain_model(initiative: Initiative, by: Membership, *, margin: float = 200.0) -> None:
    """The value model of `valued`."""
    figures = {
        "customers": 20_000.0,
        "retention_per_unit": 0.001,
        "margin": margin,
        "attribution": 0.5,
        "confidence": 1.0,
        "persistence": 1.0,
    }
    save_value_model(
        initiative=initiative,
        by=by,
        kind=ValueKind.RETENTION,
        horizon_years=3,
        discount_rate_pct=Decimal(8),
        first_year_share=Decimal("0.5"),
        parameters=[
            ParameterValues(
                key=key,
                arguments=(figure,),
                distribution=Distribution.FIXED,
                source="Ledger 2025",
                source_kind="finance",
            )
            for key, figure in figures.items()
        ],
        costs=[
            CostValues(label=label, year=year, **dict.fromkeys(("low", "likely", "high"), Decimal(amount)))
            for label, year, amount in (("Build", 0, 60_000), ("Run", 1, 20_000), ("Run", 2, 20_000))
        ],
    )


def whole_program(by: Membership) -> ProgramCase:
    """One that counts, one that is only planned, one recorded afterwards; costs of every year, one of them in
    dollars; computed."""
    valued(by)
    running = proved(by, "refused", number=2, title="Bill", place="bill").simulated.initiative
    certain_model(running, by)
    later, _case = valued(by, "scenario", number=3, title="Old start page", place="app")
    Initiative.objects.filter(pk=later.simulated.initiative.pk).update(already_live_on=date(2025, 2, 24))
    years = full_ledger(by)
    save_rate(by=by, currency="USD", day=date(FIRST, 1, 2), rate=Decimal("0.9"), source="Central bank")
    lines = (line("40000"), line("10000", "USD", kind="tools"))
    save_ledger_year(by=by, values=LedgerYearValues(year=years[-1], lines=lines, budget=BUDGET))
    return computed(by)


def computed(by: Membership) -> ProgramCase:
    """The return as everything stands now, computed."""
    case = request_program(by=by)
    if not case.is_finished:
        assert execute_program(case=case)
        case.refresh_from_db()
    return case


def finance(organization: object, name: str = "Fay") -> Membership:
    return MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER, user__name=name)
