"""Studies of the initiatives that are live, what they are worth, what the program cost and returned."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from coalition.models import Initiative
from cxprogram.demo.associating import associate
from cxprogram.demo.deciding import APP, BILL, CHAT, INSTALLATION, NOTICE, WENT_LIVE
from cxprogram.demo.library import (
    MARGIN,
    correct_library,
    fill_library,
    further_benefits,
    review_by_benefit,
)
from cxprogram.demo.people import Cast
from impact import services as impact
from impact.choices import Distribution, SignOff, SourceKind, ValueKind
from impact.services import CostValues, LedgerLineValues, LedgerYearValues, ParameterValues


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """What an initiative is paid for, once and every year, and where the figures come from."""

    once: str
    once_source: str
    yearly: str
    yearly_source: str


INSTALLATION_COSTS = Costs(
    once="Planning, training, dispatch software",
    once_source="Project budget as approved, plus offers of two suppliers",
    yearly="Extra dispatch hours",
    yearly_source="Roster of dispatch, hourly rate of controlling",
)
CHAT_COSTS = Costs(
    once="Setting up the assistant, writing its answers",
    once_source="Offer of the supplier, plus own hours at the rate of controlling",
    yearly="License and upkeep of the assistant",
    yearly_source="Contract with the supplier, three years",
)
BILL_COSTS = Costs(
    once="New layout, printing, tests with customers",
    once_source="Project budget as approved",
    yearly="Upkeep of the explanations",
    yearly_source="Hours of billing, rate of controlling",
)
NOTICE_COSTS = Costs(
    once="Connecting dispatch to the sender of text messages",
    once_source="Offer of the supplier",
    yearly="Text messages and upkeep",
    yearly_source="Contract with the sender, two years",
)
APP_COSTS = Costs(
    once="Design and build of the start page",
    once_source="Closed project of the app team",
    yearly="Upkeep",
    yearly_source="Team budget of Digital",
)
# Years back from today's: kind, amount, source, note
LEDGER: dict[int, tuple[tuple[str, str, str, str], ...]] = {
    2: (("people", "24000", "Payroll, cost center 4711", "Half a position from July on"),
        ("surveys", "9500", "Contract with the survey supplier", "")),
    1: (("people", "62000", "Payroll, cost center 4711", "One position"),
        ("tools", "14000", "License, order 2210", ""),
        ("surveys", "18500", "Contract with the survey supplier", ""),
        ("incentives", "3200", "Vouchers for respondents, petty cash", "")),
    0: (("people", "71000", "Payroll, cost center 4711", "One and a quarter positions"),
        ("tools", "15500", "License, order 2210", ""),
        ("surveys", "16000", "Contract with the survey supplier", ""),
        ("other", "6400", "Travel and workshops, cost center 4711", "")),
}  # fmt: skip
BUDGETS = {2: "35000", 1: "100000", 0: "115000"}


def prove(cast: Cast, made: dict[str, Initiative], today: date) -> list[str]:
    """Value models and studies of the live initiatives; returns what each study said."""
    fill_library(cast, today)
    _value(cast, made[INSTALLATION], retention=(0.0016, 0.0028, 0.0044), customers=(52_000, 58_000, 63_000),
           costs=INSTALLATION_COSTS)  # fmt: skip
    _value(cast, made[CHAT], retention=(0.0002, 0.0005, 0.001), customers=(36_000, 40_000, 45_000),
           costs=CHAT_COSTS)  # fmt: skip
    _value(cast, made[BILL], retention=(0.004, 0.008, 0.013), customers=(150_000, 160_000, 168_000),
           costs=BILL_COSTS)  # fmt: skip
    run = associate(cast, made[NOTICE].plan.metric, today)
    _value(cast, made[NOTICE], retention=(0.0016, 0.0028, 0.0044), customers=(52_000, 58_000, 63_000),
           costs=NOTICE_COSTS, association=run.number)  # fmt: skip
    impact.save_benefit_lines(initiative=made[NOTICE], by=cast["Maya"], lines=further_benefits())
    _value(cast, made[APP], retention=(0.0003, 0.0006, 0.0011), customers=(70_000, 80_000, 86_000),
           costs=APP_COSTS)  # fmt: skip
    said = []
    for title in (*WENT_LIVE, APP, NOTICE):
        initiative = made[title]
        initiative.refresh_from_db()
        study = impact.request_study(
            initiative=initiative, by=cast["Maya"], data_cutoff=today - timedelta(days=1)
        )
        impact.execute_study(study=study)
        study.refresh_from_db()
        said.append(f"{initiative.reference} {title}: {study.verdict}, grade {study.grade}")
        if title == INSTALLATION:
            case = impact.compute_roi_case(study=study, by=cast["Maya"])
            impact.sign_off(
                case=case,
                by=cast["Grace"],
                comment="Margin and retention per point checked against the churn model of the second quarter.",
            )
        elif title == CHAT:
            case = impact.compute_roi_case(study=study, by=cast["Maya"])
            impact.dispute(
                case=case,
                by=cast["Grace"],
                comment="Customers who chat buy less than the average. Use the margin of their contracts.",
            )
        elif title in (APP, NOTICE) and (study.finding or {}).get("effect") is not None:
            case = impact.compute_roi_case(study=study, by=cast["Maya"])
            if title == NOTICE:
                review_by_benefit(cast, case)
    correct_library(cast, today)
    _keep_ledger(cast, today)
    impact.execute_program(case=impact.request_program(by=cast["Maya"]))
    impact.execute_drivers(run=impact.request_drivers(by=cast["Maya"]))
    return said


def _keep_ledger(cast: Cast, today: date) -> None:
    """Three years of what the program itself cost: the first signed, one to be reviewed, one corrected after
    its signature."""
    for back, lines in LEDGER.items():
        row = impact.save_ledger_year(
            by=cast["Maya"], values=_ledger_year(today.year - back, lines, Decimal(BUDGETS[back]))
        )
        if back:
            impact.review_ledger_year(
                row=row, by=cast["Grace"], decision=SignOff.SIGNED, comment="Checked against the cost center."
            )
    corrected = (*LEDGER[1], ("other", "2800", "Travel and workshops, cost center 4711", "Booked late"))
    impact.save_ledger_year(
        by=cast["Maya"], values=_ledger_year(today.year - 1, corrected, Decimal(BUDGETS[1]))
    )


def _ledger_year(
    year: int, lines: tuple[tuple[str, str, str, str], ...], budget: Decimal
) -> LedgerYearValues:
    return LedgerYearValues(
        year=year,
        budget=budget,
        lines=tuple(
            LedgerLineValues(kind=kind, amount=Decimal(amount), currency="EUR", source=source, note=note)
            for kind, amount, source, note in lines
        ),
    )


def _value(
    cast: Cast,
    initiative: Initiative,
    *,
    retention: tuple[float, float, float],
    customers: tuple[int, int, int],
    costs: Costs,
    association: int | None = None,
) -> None:
    impact.save_value_model(
        initiative=initiative,
        by=cast["Maya"],
        kind=ValueKind.RETENTION,
        horizon_years=3,
        discount_rate_pct=Decimal(8),
        first_year_share=Decimal("0.6"),
        is_hard=True,
        parameters=[*_of_retention(retention, customers, association), *_haircuts()],
        costs=_cost_lines(initiative, costs),
    )


def _of_retention(
    retention: tuple[float, float, float], customers: tuple[int, int, int], association: int | None
) -> list[ParameterValues]:
    """Customers kept, and what one of them is worth a year."""
    return [
        ParameterValues(
            key="customers",
            arguments=tuple(float(value) for value in customers),
            source="Customers who met this touchpoint in the last twelve months",
            source_kind=SourceKind.MEASURED,
            owner_name="Rahul Mehta",
        ),
        ParameterValues(
            key="retention_per_unit",
            arguments=retention,
            association=association,
            source="Churn by recommendation class, own cohorts of last year",
            source_kind=SourceKind.ASSUMPTION,
            owner_name="Maya Lindqvist",
        ),
        ParameterValues(
            key="margin",
            arguments=(),
            library=MARGIN,
        ),
    ]


def _haircuts() -> list[ParameterValues]:
    """What is taken off for uncertainty, agreed with finance."""
    return [
        ParameterValues(
            key="attribution",
            arguments=(0.6, 0.75, 0.9),
            source="Agreed with finance before the study",
            source_kind=SourceKind.FINANCE,
            owner_name="Grace Kim",
        ),
        ParameterValues(
            key="confidence",
            arguments=(0.8,),
            distribution=Distribution.FIXED,
            source="House rule for retention effects",
            source_kind=SourceKind.FINANCE,
            owner_name="Grace Kim",
        ),
        ParameterValues(
            key="persistence",
            arguments=(0.7, 0.85, 0.95),
            source="Coalition's estimate",
            source_kind=SourceKind.ASSUMPTION,
            owner_name="Henrik Olsen",
        ),
    ]


def _cost_lines(initiative: Initiative, costs: Costs) -> list[CostValues]:
    """What was approved with the proposal, once and in each of three years."""
    once = CostValues(
        label=costs.once,
        source=costs.once_source,
        year=0,
        low=initiative.one_off_cost * Decimal("0.95"),
        likely=initiative.one_off_cost,
        high=initiative.one_off_cost * Decimal("1.2"),
    )
    yearly = [
        CostValues(
            label=costs.yearly,
            source=costs.yearly_source,
            year=year,
            low=initiative.yearly_cost * Decimal("0.9"),
            likely=initiative.yearly_cost,
            high=initiative.yearly_cost * Decimal("1.15"),
        )
        for year in (1, 2, 3)
    ]
    return [once, *yearly]
