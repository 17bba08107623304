"""What the page, the document and the API say of a return of the program, as text with the figures beside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxcharts.chart import Chart
from cxstats.program import Backing, ProgramReturn
from impact.models import ProgramCase


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """An expected amount, the range that holds 90 %, and the figure behind it."""

    text: str
    range: str
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PartRow:
    """What of the benefits has one kind of backing."""

    backing: Backing
    name: str
    meaning: str
    benefits: Money
    initiatives: tuple[str, ...]
    share_pct: int  # of the benefits, for a bar; 0 where the sum is none


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """One initiative, from what it claims to what is counted of it."""

    reference: str
    number: int
    study: int  # that its value rests on
    title: str
    grade: str
    verdict: str
    tone: str
    backing: str
    claimed: str
    overlap: str
    luck: str
    counted: Money
    kinds: str  # hard or soft
    costs: str
    net: str
    sign_off: str
    cautions: tuple[str, ...]
    why: str  # in words, where what is counted is far from what its study found
    is_look_back: bool
    has_overlap: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ApartRow:
    """One initiative that is in no sum, and why; `amount` in its own currency where it has a value."""

    reference: str
    number: int
    title: str
    reason: str
    amount: str
    range: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastRow:
    """What a running one may bring, from its plan; `expected` as measured ones fared against theirs."""

    reference: str
    number: int
    title: str
    planned: str
    expected: str
    costs: str
    why_not: str


@dataclass(frozen=True, kw_only=True, slots=True)
class YearRow:
    """One fiscal year of the program: benefits, costs, and what finance says of the ledger."""

    year: int
    benefit: str
    cost: str
    net: str
    cumulative: str
    ledger: str
    budget: str
    sign_off: str
    tone: str
    is_missing: bool
    is_to_come: bool
    has_ledger: bool = False  # whether something was entered, so that there is a page of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of the way from the claims to the net value."""

    label: str
    amount: str
    note: str = ""
    is_sum: bool = False
    is_of_ledger: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlapRow:
    """Two initiatives whose studies read each other's effect."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetRow:
    """Asked for and used: of the program in a year, or of all initiatives that count."""

    name: str
    asked: str
    used: str
    year: int | None = None  # of the program's ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramView:
    """A finished return in the reader's language. `found` None where it was refused; `is_complete` false
    where the ledger has gaps: then net value, return and payback are not told."""

    case: ProgramCase
    currency: str
    content: Mapping[str, Any]
    found: ProgramReturn | None
    is_complete: bool
    with_look_backs: bool
    has_look_backs: bool
    sentence: str
    gap: str
    refusal: str
    first_year: int
    last_year: int
    net: Money | None = None
    hard_net: Money | None = None
    roi: str = ""
    roi_range: str = ""
    payback: str = ""
    payback_range: str = ""
    never: str = ""
    chance_of_loss: str = ""
    benefits: Money | None = None
    hard: Money | None = None
    soft: Money | None = None
    costs: Money | None = None
    parts: tuple[PartRow, ...] = ()
    steps: tuple[Step, ...] = ()
    lines: tuple[LineRow, ...] = ()
    apart: tuple[ApartRow, ...] = ()
    forecasts: tuple[ForecastRow, ...] = ()
    years: tuple[YearRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()
    overlaps: tuple[OverlapRow, ...] = ()
    best: str = ""
    cautions: tuple[str, ...] = ()
    discount_rate: str = ""
    engine: str = ""
    chart: Chart | None = field(default=None, compare=False)
    cash_chart: Chart | None = field(default=None, compare=False)

    @property
    def has_figure(self) -> bool:
        """Whether there is one net value that all pages may tell."""
        return self.net is not None
