"""The library of figures, and the value of several benefits of which finance says something each."""

from datetime import date, timedelta
from decimal import Decimal

from cxprogram.demo.people import Cast
from impact import services as impact
from impact.choices import Distribution, LibraryMeasure, SourceKind, ValueKind
from impact.models import RoiCase
from impact.services import BenefitValues, LibraryValues, LineValues, ParameterValues

MARGIN, CALL, VISIT = "1.1", "2.1", "3.1"  # the versions that the value models take
CALLS, VISITS = "2", "3"  # numbers of the further benefits


def fill_library(cast: Cast, today: date) -> None:
    """What controlling knows of the organization, for every value model."""
    for label, unit, amounts, source in (
        ("Margin of a customer", "per year", ("190", "240", "300"), "Contribution margin, controlling"),
        ("Cost of one call", "per call", ("5.20", "6.10", "7.40"), "Cost center report of the hotline"),
        ("Cost of a second visit", "per visit", ("68", "82", "105"), "Rates of dispatch and of parts"),
        ("Cost of an hour of work", "per hour", ("38", "41", "46"), "Payroll, with social costs"),
    ):
        low, likely, high = map(Decimal, amounts)
        impact.save_library_figure(
            by=cast["Grace"],
            values=LibraryValues(
                label=label,
                measure=LibraryMeasure.MONEY,
                unit=unit,
                low=low,
                likely=likely,
                high=high,
                source=source,
                source_kind=SourceKind.FINANCE,
                day=today - timedelta(days=120),
                owner_name="Grace Kim",
            ),
        )


def correct_library(cast: Cast, today: date) -> None:
    """Calls have become dearer since: the value that took the earlier figure keeps it, and says so."""
    impact.save_library_figure(
        by=cast["Grace"],
        number=2,
        values=LibraryValues(
            label="Cost of one call",
            measure=LibraryMeasure.MONEY,
            unit="per call",
            low=Decimal("5.60"),
            likely=Decimal("6.70"),
            high=Decimal("8.10"),
            source="Cost center report of the hotline, after the rise of wages",
            source_kind=SourceKind.FINANCE,
            day=today - timedelta(days=10),
            owner_name="Grace Kim",
        ),
    )


def further_benefits() -> list[LineValues]:
    """Beside the customers who stay: calls that do not come, and visits that are not made twice."""
    calls = LineValues(
        frame=BenefitValues(
            label="Fewer calls about the visit",
            kind=ValueKind.AVOIDED_CONTACTS,
            first_year_share=Decimal("0.6"),
            is_hard=True,
        ),
        parameters=(
            ParameterValues(
                key="customers",
                arguments=(52_000.0, 58_000.0, 63_000.0),
                source="Customers who met this touchpoint in the last twelve months",
                source_kind=SourceKind.MEASURED,
                owner_name="Rahul Mehta",
            ),
            ParameterValues(
                key="contacts_per_unit",
                arguments=(0.004, 0.008, 0.013),
                source="Calls within a week of a visit, by recommendation class",
                source_kind=SourceKind.MEASURED,
                owner_name="Tomas Novak",
            ),
            ParameterValues(key="unit_cost", arguments=(), library=CALL),
        ),
    )
    visits = LineValues(
        frame=BenefitValues(
            label="Fewer second visits", kind=ValueKind.FORMULA, first_year_share=Decimal("0.6")
        ),
        parameters=(
            ParameterValues(
                key="second_visits",
                label="Second visits avoided a year, per point",
                unit="visits",
                arguments=(20.0, 35.0, 60.0),
                source="Dispatch, visits that found nobody at home",
                source_kind=SourceKind.ASSUMPTION,
                owner_name="Rahul Mehta",
            ),
            ParameterValues(
                key="cost_of_visit",
                label="Cost of a second visit",
                unit="per visit",
                arguments=(),
                library=VISIT,
            ),
            ParameterValues(
                key="share_at_home",
                label="Share of them that the message prevents",
                unit="share",
                distribution=Distribution.FIXED,
                arguments=(0.5,),
                source="Pilot of four weeks",
                source_kind=SourceKind.MEASURED,
                owner_name="Rahul Mehta",
            ),
        ),
    )
    return [calls, visits]


def review_by_benefit(cast: Cast, case: RoiCase) -> None:
    """Finance signs one benefit and disputes another; of the first it has said nothing yet."""
    case = impact.sign_off(
        case=case, by=cast["Grace"], line=CALLS, comment="Calls checked against the cost center."
    )
    impact.dispute(
        case=case,
        by=cast["Grace"],
        line=VISITS,
        comment="Technicians are paid by the day: nothing is saved before the rosters change.",
    )
