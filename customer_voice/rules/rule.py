"""What every metric rule must say. One rule is one class; one object of it belongs to one definition.

Whoever needs to know how a metric counts, compares, reads or is drawn asks `metric.calculation`; no other
module tells rules apart. How to add one is described in the package.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import ClassVar, Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customer_voice.choices import SMALL_N, ImportField
from customer_voice.rules.counts import Counts, RollupShape
from customer_voice.rules.definition import Definition
from cxcharts.labels import Labels, labels_for
from cxcharts.scales import Scale
from cxstats.design import EstimandKind
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.sizes import size_read, size_reckoned
from wording.formats import reader

type Number = int | Decimal


class RowKind(StrEnum):
    """What one row of feedback is to a metric."""

    ANSWER = "answer"  # a score on the scale
    CASE = "case"  # a case with the times of its opening and its resolution
    AMOUNT = "amount"  # an amount, with the exposure that it was counted on


class Row(Protocol):
    """What a rule reads of one row of feedback."""

    score: Number | None
    exposure: Number | None
    resolved_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRow:
    """What a row of a file says before it is stored. `day`: in the organization's time zone; `now`: the
    moment until which an open case was followed.
    """

    score: Number | None
    exposure: Number | None
    occurred_at: datetime
    resolved_at: datetime | None
    day: date
    now: datetime
    counted_from: datetime | None = None
    waits_from: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A value with its interval and n, or the reason why there is none. `high` None: no upper limit known."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n_open: int = 0
    unusable: int = 0
    reason: Reason | None = None

    @property
    def is_small(self) -> bool:
        return self.n < SMALL_N


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerGroup:
    """One answer (for times: a span of time) and how often it was given; `box` is its part of the metric."""

    label: str
    count: int
    box: str = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """How values are written and drawn: `divisor` brings a stored value to what the scale shows."""

    scale: Scale
    divisor: float = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a cell of a file cannot be used: a code with words in `problems`, and the facts that they name."""

    code: str
    params: Mapping[str, int | str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyReading:
    """What a study makes of a cell: n, value and variance of one answer, and the cases that are still open.

    `horizon`: seconds for which every case was followed, 0 where each was for as long as there was.
    """

    moments: Callable[[Counts], tuple[int, float, float] | None]
    open_cases: Callable[[Counts], int]
    horizon: float = 0.0


@dataclass(frozen=True)
class MetricRule(ABC):
    """How the rows of one definition become its figure.

    Values are in `unit`: points -100..100, share 0..1, score, seconds, or amount per exposure. Sizes that
    people type (targets, expected effects) are in the units that they speak: points, percent, steps of the
    scale, hours; the methods named `typed...` and `effect_...` convert.
    """

    definition: Definition

    key: ClassVar[str]  # stored in the column `rule`, at most 10 letters
    label: ClassVar[str | Promise]  # how answers become the metric, in the list of the form
    unit: ClassVar[Unit]
    estimand: ClassVar[EstimandKind | None]  # None: the engine cannot evaluate a change of it
    row: ClassVar[RowKind] = RowKind.ANSWER
    foreign_fields: ClassVar[frozenset[ImportField]] = frozenset({ImportField.EXPOSURE})  # refused by name
    is_costly: ClassVar[bool] = False  # figures are kept until the metric is counted again

    # --- definition ----------------------------------------------------------------------------

    @classmethod
    def complete(cls, draft: Definition) -> None:
        """Empty or set what this rule decides by itself, before the draft is validated."""
        return

    @abstractmethod
    def validate(self) -> dict[str, str]:
        """Field of the definition -> why it contradicts the rule."""

    @abstractmethod
    def definition_text(self) -> str:
        """One sentence: how answers become this figure."""

    @abstractmethod
    def interval_text(self) -> str:
        """One sentence: which interval is drawn around it."""

    # --- rows ----------------------------------------------------------------------------------

    @property
    def needed_fields(self) -> Mapping[ImportField, str | Promise]:
        """Columns without which a file says nothing of this metric, with the words of the refusal."""
        return {ImportField.SCORE: _("%(metric)s needs the column with the score.")}

    @property
    def date_fields(self) -> tuple[ImportField, ImportField]:
        """By which column a row is dated, and by which where that is not given."""
        return ImportField.OCCURRED_AT, ImportField.OPENED_AT

    @property
    def unreadable_code(self) -> str:
        """Code of the refusal of a score (or amount) that is no number at all."""
        return "no_number"

    @abstractmethod
    def refusal(self, score: Decimal) -> Refusal | None:
        """Why this score (or amount) cannot be one of the metric."""

    @abstractmethod
    def row_text(self, row: Row) -> str:
        """What one row says, on its own page."""

    def cell_text(self, row: Row) -> str:
        """What one row says, in a table."""
        return "" if row.score is None else reader().shortest(row.score)

    def box_of(self, answer: Number) -> str:
        """Which part of the metric an answer counts for: "top", "middle", "bottom" or "none"."""
        return "none"

    # --- counts --------------------------------------------------------------------------------

    @property
    @abstractmethod
    def shape(self) -> RollupShape:
        """How the roll-up keeps the answers."""

    @property
    @abstractmethod
    def empty(self) -> Counts:
        """The counts of a period without rows."""

    @property
    def read_fields(self) -> frozenset[ImportField]:
        """Columns that a row must say in a readable way, so that it can be counted before it is stored."""
        return frozenset({ImportField.SCORE})

    @abstractmethod
    def entry(self, row: "FileRow") -> Mapping[str, Number]:
        """What a row of a file adds to a tally, under keys of this rule; empty where it says nothing."""

    @abstractmethod
    def of_tally(self, tally: Mapping[str, Decimal]) -> Counts:
        """Counts from the entries of many rows, summed by key."""

    @abstractmethod
    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        """One figure per cell, in one pass where the core has one. Never raises for thin data."""

    def of_people(self, counts: Counts, population: int) -> Figure | None:
        """The figure where each answer is that of another one of `population` people, n included; its range
        is narrower by those who were asked. None: the rule knows no such range.
        """
        return None

    @abstractmethod
    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        """Later minus earlier; in the unit RATIO, later divided by earlier.

        Raises NotEstimable where the counts cannot tell.
        """

    @abstractmethod
    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        """n, value and variance of one answer, as the engine's panel takes them; None without answers."""

    def for_study(self, cells: Sequence[Counts]) -> "StudyReading":
        """How a study reads these cells and their parts, all in one way."""
        return StudyReading(moments=self.moments, open_cases=lambda counts: counts.n_open)

    def exposure(self, counts: Counts) -> float:
        """What events were counted on, in the unit of the rate; 0 where answers or cases are the units."""
        return 0.0

    def trend_cell(self, counts: Counts) -> tuple[float, float, float] | None:
        """Size, value and variance of one unit of size, as marks on trends take them; None: not judged."""
        return self.moments(counts)

    def trend_refusal(self, counts: Counts) -> Reason:
        """Why a period without such a cell is not judged."""
        return Reason.NO_DATA

    def beside_expected(self, counts: Counts, expected: float, range: Interval) -> Estimate:
        """The value of a trend cell less what was expected of it; the scale ends where the metric ends."""
        cell = self.trend_cell(counts)
        if cell is None:
            raise NotEstimable(self.trend_refusal(counts))
        low, high = self.bounds
        value = cell[1]
        return Estimate(
            value=value - min(max(expected, low), high),
            interval=Interval(
                low=value - min(range.high, high), high=value - max(range.low, low), level=range.level
            ),
            n=counts.n,
            unit=self.unit,
            method="distance from what earlier periods let expect",
        )

    def groups(self, counts: Counts) -> tuple[AnswerGroup, ...]:
        """What lies behind the figure, from the lowest on; empty where there is nothing to show."""
        return ()

    def legend(self) -> list[tuple[str, str]]:
        """What the boxes of `groups` mean: box -> words."""
        return []

    # --- words and drawing ---------------------------------------------------------------------

    @abstractmethod
    def n_text(self, n: int) -> str:
        """How many answers, cases or days."""

    def behind_text(self) -> str:
        """Heading above `groups` on the metric's page."""
        return _("Behind the figure: the answers")

    def groups_title(self, period: str) -> str:
        """Title of the chart of `groups`."""
        return _("How often each answer was given in %(period)s") % {"period": period}

    @abstractmethod
    def axis(self, values: Sequence[float]) -> Axis:
        """How figures are written and drawn; `values` are those on the page, the newest last."""

    def plan_axis(self) -> Axis:
        """The axis of a plan's chart, on which typed effects are drawn."""
        return self.axis([])

    # --- what people type ----------------------------------------------------------------------

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that the metric can have."""
        return -inf, inf

    @property
    def typed_unit(self) -> float:
        """What one unit of a target as people type it is in the metric's unit."""
        return 1.0

    @abstractmethod
    def target_label(self) -> str:
        """Label of the field for a target, with the unit to type."""

    @abstractmethod
    def effect_unit(self) -> str:
        """In which unit a person types an effect on this metric."""

    def engine_amount(self, typed: float, *, is_rise: bool) -> float:
        """A typed size of an effect (>= 0) in the engine's unit (>= 0)."""
        return typed if self.estimand is None else size_reckoned(self.estimand, typed, is_rise=is_rise)

    def typed_change(self, change: float) -> float:
        """A detectable change as the engine gives it, in the size that a person would type."""
        return change if self.estimand is None else abs(size_read(self.estimand, change))

    def largest_effect(self, *, is_rise: bool) -> float:
        """The largest change that there can be, as a person types it: from one end to the other."""
        low, high = self.bounds
        return (high - low) / self.typed_unit

    def on_axis(self, typed: float, baseline: float) -> float:
        """A typed size of an effect on the axis of the plan's chart."""
        return typed

    def effect_digits(self, typed: float) -> int:
        """Decimals with which a computed size of an effect means something."""
        return 1 if typed < 10 else 0

    @abstractmethod
    def effect_words(self, figure: str, count: int) -> str:
        """A written size with its unit; `count` chooses singular or plural."""

    # --- facts that follow ---------------------------------------------------------------------

    @property
    def counts_answers(self) -> bool:
        return self.row is RowKind.ANSWER

    @property
    def end_field(self) -> ImportField:
        """The column of a file that says when a case ended."""
        return ImportField.RESOLVED_AT

    @property
    def foreign_to_calls(self) -> frozenset[ImportField]:
        """Fields of cases that say nothing to this metric where each value was sent for it alone."""
        return frozenset(
            {
                ImportField.FIRST_REPLY_AT,
                ImportField.FIRST_RESOLVED_AT,
                ImportField.MERGED_INTO,
                ImportField.WAITED,
                ImportField.WAITS,
            }
        )

    @property
    def leaves_out_waits(self) -> bool:
        """Whether the time in which a case waits for its customer does not count."""
        return False

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Seconds that count between two moments."""
        return (end - start).total_seconds()

    def notes(self) -> tuple[str, ...]:
        """What else its page says of the definition, a sentence each."""
        return ()

    @property
    def counts_cases(self) -> bool:
        return self.row is RowKind.CASE

    @property
    def can_be_evaluated(self) -> bool:
        """Whether a plan may promise a change of this metric."""
        return self.estimand is not None

    @property
    def labels(self) -> Labels:
        return labels_for(get_language() or "en")
