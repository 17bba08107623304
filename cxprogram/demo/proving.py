"""Studies of the initiatives that are live, what they are worth, and what finance says of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from coalition.models import Initiative
from cxprogram.demo.deciding import APP, CHAT, INSTALLATION, WENT_LIVE
from cxprogram.demo.people import Cast
from impact import services as impact
from impact.choices import Distribution, SourceKind, ValueKind
from impact.services import CostValues, ParameterValues


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


def prove(cast: Cast, made: dict[str, Initiative], today: date) -> list[str]:
    """Value models and studies of the live initiatives; returns what each study said."""
    _value(cast, made[INSTALLATION], retention=(0.0016, 0.0028, 0.0044), customers=(52_000, 58_000, 63_000),
           costs=INSTALLATION_COSTS)  # fmt: skip
    _value(cast, made[CHAT], retention=(0.0002, 0.0005, 0.001), customers=(36_000, 40_000, 45_000),
           costs=CHAT_COSTS)  # fmt: skip
    said = []
    for title in (*WENT_LIVE, APP):
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
            impact.compute_roi_case(study=study, by=cast["Maya"])
    impact.execute_drivers(run=impact.request_drivers(by=cast["Maya"]))
    return said


def _value(
    cast: Cast,
    initiative: Initiative,
    *,
    retention: tuple[float, float, float],
    customers: tuple[int, int, int],
    costs: Costs,
) -> None:
    impact.save_value_model(
        initiative=initiative,
        by=cast["Maya"],
        kind=ValueKind.RETENTION,
        horizon_years=3,
        discount_rate_pct=Decimal(8),
        first_year_share=Decimal("0.6"),
        is_hard=True,
        parameters=[
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
                source="Churn by recommendation class, own cohorts of last year",
                source_kind=SourceKind.ASSUMPTION,
                owner_name="Maya Lindqvist",
            ),
            ParameterValues(
                key="margin",
                arguments=(190.0, 240.0, 300.0),
                source="Contribution margin per customer and year, controlling",
                source_kind=SourceKind.FINANCE,
                owner_name="Grace Kim",
            ),
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
        ],
        costs=[
            CostValues(
                label=costs.once,
                source=costs.once_source,
                year=0,
                low=initiative.one_off_cost * Decimal("0.95"),
                likely=initiative.one_off_cost,
                high=initiative.one_off_cost * Decimal("1.2"),
            ),
            *(
                CostValues(
                    label=costs.yearly,
                    source=costs.yearly_source,
                    year=year,
                    low=initiative.yearly_cost * Decimal("0.9"),
                    likely=initiative.yearly_cost,
                    high=initiative.yearly_cost * Decimal("1.15"),
                )
                for year in (1, 2, 3)
            ),
        ],
    )
