"""What people write about a value model, its inputs and its costs: each field once, with its places.

To add a field: the column in `models.py`, and its line here; see `common.fields` and `coalition.fields`.
CONTENT is what a computed value is digested with.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.fields import API, EVERYWHERE, FieldTable, Unit, Use, use
from impact.choices import LONGEST_HORIZON, Distribution, SourceKind
from impact.models import CostLine, LibraryFigure, LineInput, ValueLine, ValueModel, ValueParameter
from impact.parameters import range_arguments

_NOT_ASKED = API | Use.CONTENT | Use.HISTORY  # the form asks for it in another way


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameValues:
    """How the change becomes money, and over how many years."""

    kind: str = field(metadata=use(EVERYWHERE))
    horizon_years: int = field(
        metadata=use(
            EVERYWHERE,
            label=_("Years counted"),
            low=1,
            high=LONGEST_HORIZON,
            too_low=_("Count 1 to %(most)s years."),
            too_high=_("Count 1 to %(most)s years."),
        )
    )
    discount_rate_pct: Decimal = field(
        metadata=use(
            EVERYWHERE,
            label=_("Discount rate, % a year"),
            unit=Unit.PERCENT,
            low=0,
            high=100,
            too_low=_("A discount rate must be between 0 and %(high)s."),
            too_high=_("A discount rate must be between 0 and %(high)s."),
        )
    )
    first_year_share: Decimal = field(
        default=Decimal(1),
        metadata=use(
            EVERYWHERE,
            label=_("Share of the full benefit in year 1"),
            help=_("Less than 1 where the benefit builds up slowly."),
            low=0,
            high=1,
            too_low=_("A share must be between 0 and 1."),
            too_high=_("A share must be between 0 and 1."),
        ),
    )
    is_hard: bool = field(
        default=False,
        metadata=use(
            EVERYWHERE,
            label=_("Shows in the books"),
            help=_("Hard benefits reach the ledger; soft benefits have value but do not."),
        ),
    )
    inflation_pct: Decimal = field(  # in content only where there is some: others keep their digest
        default=Decimal(0),
        metadata=use(
            EVERYWHERE,
            label=_("Rise of prices, % a year"),
            help=_(
                "Inputs are in prices of year 1; benefits of later years rise by it. Costs stay as entered."
            ),
            unit=Unit.PERCENT,
            low=0,
            high=100,
            too_low=_("Between 0 and %(high)s."),
            too_high=_("Between 0 and %(high)s."),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterValues:
    """What a person said about one input. `arguments` in the order of the distribution's name."""

    key: str = field(metadata=use(_NOT_ASKED))
    label: str = field(default="", metadata=use(EVERYWHERE, label=_("Factor")))
    unit: str = field(default="", metadata=use(EVERYWHERE, label=_("Unit")))
    distribution: str = field(default=Distribution.PERT, metadata=use(_NOT_ASKED))
    arguments: tuple[float, ...] = field(metadata=use(_NOT_ASKED))
    source: str = field(default="", metadata=use(EVERYWHERE, label=_("Source")))
    source_kind: str = field(
        default=SourceKind.ASSUMPTION, metadata=use(EVERYWHERE, label=_("Kind of source"))
    )
    owner_name: str = field(default="", metadata=use(EVERYWHERE, label=_("Responsible person")))
    association: int | None = field(  # in content only where there is one: others keep their digest
        default=None, metadata=use(EVERYWHERE, label=_("Taken from own data"))
    )
    library: str = field(  # in content only where there is one: others keep their digest
        default="", metadata=use(EVERYWHERE, label=_("Taken from the library"))
    )

    @classmethod
    def of_range(cls, *, key: str, low: float, likely: float, high: float, **words: Any) -> "ParameterValues":
        """Low, most likely and high; all three equal means that the input is known."""
        distribution, arguments = range_arguments(low, likely, high)
        return cls(key=key, distribution=distribution, arguments=arguments, **words)


@dataclass(frozen=True, kw_only=True, slots=True)
class BenefitValues:
    """What a person said about one further benefit, beside its inputs."""

    label: str = field(metadata=use(EVERYWHERE, label=_("Name of the benefit")))
    kind: str = field(metadata=use(EVERYWHERE, label=_("How it becomes money")))
    first_year_share: Decimal = field(
        default=Decimal(1),
        metadata=use(
            EVERYWHERE,
            label=_("Share of the full benefit in year 1"),
            help=_("Less than 1 where the benefit builds up slowly."),
            low=0,
            high=1,
            too_low=_("A share must be between 0 and 1."),
            too_high=_("A share must be between 0 and 1."),
        ),
    )
    is_hard: bool = field(
        default=False,
        metadata=use(
            EVERYWHERE,
            label=_("Shows in the books"),
            help=_("Hard benefits reach the ledger; soft benefits have value but do not."),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LineValues:
    """One further benefit with its inputs. Haircuts, years and rate are those of the whole model."""

    frame: BenefitValues
    parameters: tuple[ParameterValues, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostValues:
    """What a person said about one cost; year 0 is before the go-live."""

    label: str = field(metadata=use(EVERYWHERE, label=_("Cost")))
    year: int = field(metadata=use(EVERYWHERE, label=_("Year"), high=LONGEST_HORIZON))
    low: Decimal = field(metadata=use(EVERYWHERE, label=_("Low")))
    likely: Decimal = field(metadata=use(EVERYWHERE, label=_("Most likely")))
    high: Decimal = field(metadata=use(EVERYWHERE, label=_("High")))
    actual: Decimal | None = field(  # in content only where it is known
        default=None, metadata=use(EVERYWHERE, label=_("Spent"), low=0)
    )
    source: str = field(
        default="",
        metadata=use(EVERYWHERE, label=_("Source"), placeholder=_("purchase order, time sheets, offer")),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryValues:
    """What a person said about one figure of the library."""

    label: str = field(metadata=use(EVERYWHERE, label=_("Figure"), placeholder=_("cost of one call")))
    measure: str = field(metadata=use(EVERYWHERE, label=_("What it is")))
    unit: str = field(default="", metadata=use(EVERYWHERE, label=_("Unit")))
    low: Decimal = field(metadata=use(EVERYWHERE, label=_("Low"), low=0))
    likely: Decimal = field(metadata=use(EVERYWHERE, label=_("Most likely"), low=0))
    high: Decimal = field(metadata=use(EVERYWHERE, label=_("High"), low=0))
    source: str = field(metadata=use(EVERYWHERE, label=_("Source"), placeholder=_("ledger, report, system")))
    source_kind: str = field(default=SourceKind.FINANCE, metadata=use(EVERYWHERE, label=_("Kind of source")))
    day: date = field(
        metadata=use(EVERYWHERE, label=_("As of"), help=_("The day for which the source says it."))
    )
    owner_name: str = field(default="", metadata=use(EVERYWHERE, label=_("Responsible person")))
    is_retired: bool = field(
        default=False,
        metadata=use(
            EVERYWHERE,
            label=_("No longer offered"),
            help=_("Value models that took it keep it; others cannot take it any more."),
        ),
    )


FRAME = FieldTable(ValueModel, FrameValues)
PARAMETER = FieldTable(ValueParameter, ParameterValues)
LINE = FieldTable(ValueLine, BenefitValues)
LINE_INPUT = FieldTable(LineInput, ParameterValues)
COST = FieldTable(CostLine, CostValues)
LIBRARY = FieldTable(LibraryFigure, LibraryValues)
