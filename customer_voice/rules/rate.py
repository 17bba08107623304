"""A number per period: amounts per exposure, as operations count them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import inf

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import one_line
from customer_voice.choices import ImportField, MetricKind
from customer_voice.rules.counts import Counts, DayTotals, RollupShape
from customer_voice.rules.definition import Definition
from customer_voice.rules.rule import Axis, Figure, FileRow, MetricRule, Number, Refusal, Row, RowKind
from cxcharts.locale import ValueFormat
from cxcharts.scales import Scale
from cxstats.design import EstimandKind
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate, Unit
from cxstats.voc import RateTotals, rate, rate_change
from wording import units
from wording.formats import reader
from wording.intervals import at_level


class RatePerExposure(MetricRule):
    """Complaints per 1,000 calls, minutes of waiting per call, deliveries on time per 100 deliveries.

    Days are the units of its interval, so the roll-up keeps the totals of each day and nothing else. A study
    reads it as events by exposure; their scatter beyond chance it estimates itself.
    """

    key = "rate"
    label = gettext_lazy("number per period: sum of amounts by sum of exposures")
    unit = Unit.RATE
    estimand = EstimandKind.COUNT
    row = RowKind.AMOUNT
    foreign_fields = frozenset({ImportField.RESOLVED_AT})
    shape = RollupShape.TOTALS
    empty = Counts()

    # --- definition ----------------------------------------------------------------------------

    @classmethod
    def complete(cls, draft: Definition) -> None:
        draft.scale_low = draft.scale_high = 0
        draft.scale_step = 1
        draft.bottom_box_high = draft.top_box_low = None
        draft.amount_name, draft.exposure_name = one_line(draft.amount_name), one_line(draft.exposure_name)

    def validate(self) -> dict[str, str]:
        wrong: dict[str, str] = {}
        if self.definition.kind != MetricKind.CUSTOM:
            wrong["rule"] = _("Only a metric of your own can be a number per period.")
        if not self.definition.amount_name:
            wrong["amount_name"] = _("Say what is counted, for example complaints.")
        if self.definition.per <= 0:
            wrong["per"] = _("Enter a number above 0.")
        return wrong

    def definition_text(self) -> str:
        facts = {
            "amounts": self.definition.amount_name,
            "exposures": self.definition.exposure_name,
            "per": reader().shortest(self.definition.per),
        }
        if self.definition.exposure_name:
            text = _("Sum of %(amounts)s divided by sum of %(exposures)s") % facts
        else:
            text = _("Sum of %(amounts)s divided by the number of records") % facts
        if self.definition.per == 1:
            return _("%(sum)s.") % {"sum": text}
        return _("%(sum)s, times %(per)s.") % {"sum": text, **facts}

    def interval_text(self) -> str:
        return at_level(
            reader(), _("%(share)s interval: ratio estimator with days as units, Student's t (Cochran 1977).")
        )

    # --- rows ----------------------------------------------------------------------------------

    @property
    def needed_fields(self) -> Mapping[ImportField, str | Promise]:
        return {ImportField.SCORE: _("%(metric)s needs the column with the amount (score).")}

    def refusal(self, score: Decimal) -> Refusal | None:
        if score >= 0:
            return None
        return Refusal(code="negative_amount", params={"metric": self.definition.name})

    def row_text(self, row: Row) -> str:
        if row.score is None:
            return ""
        facts = {
            "amount": reader().shortest(row.score),
            "amounts": self.definition.amount_name,
            "exposure": "" if row.exposure is None else reader().shortest(row.exposure),
            "exposures": self.definition.exposure_name,
        }
        if row.exposure is None:
            return _("%(amount)s (%(amounts)s)") % facts
        if not self.definition.exposure_name:
            return _("%(amount)s (%(amounts)s) for %(exposure)s") % facts
        return _("%(amount)s (%(amounts)s) for %(exposure)s (%(exposures)s)") % facts

    # --- counts --------------------------------------------------------------------------------

    @property
    def read_fields(self) -> frozenset[ImportField]:
        return frozenset({*self.date_fields, ImportField.SCORE, ImportField.EXPOSURE})

    def entry(self, row: FileRow) -> Mapping[str, Number]:
        """Rows, amount and exposure of its day; a row without exposure counts as one."""
        if row.score is None:
            return {}
        exposure = 1 if row.exposure is None else row.exposure
        return {f"{row.day} rows": 1, f"{row.day} amount": row.score, f"{row.day} exposure": exposure}

    def of_tally(self, tally: Mapping[str, Decimal]) -> Counts:
        days = sorted({key.split()[0] for key in tally})
        return Counts(
            days=tuple(
                DayTotals(
                    day=date.fromisoformat(day),
                    rows=int(tally[f"{day} rows"]),
                    amount=tally[f"{day} amount"],
                    exposure=tally[f"{day} exposure"],
                )
                for day in days
            )
        )

    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        return [self._figure(cell) for cell in cells]

    def _figure(self, cell: Counts) -> Figure:
        try:
            found = rate(totals=_totals(cell), per=float(self.definition.per))
        except NotEstimable as refusal:
            return Figure(n=cell.n, reason=refusal.reason)
        return Figure(n=found.n, value=found.value, low=found.interval.low, high=found.interval.high)

    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        return rate_change(
            before=_totals(before), after=_totals(after), per=float(self.definition.per), level=level
        ).estimate

    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        """Events, their number per exposure, and a variance that stands for chance alone; see `exposure`."""
        exposure, amount = self.exposure(counts), float(sum(one.amount for one in counts.days))
        if exposure <= 0:
            return None
        value = amount / exposure
        return round(amount), value, value**2

    def exposure(self, counts: Counts) -> float:
        return float(sum(one.exposure for one in counts.days)) / float(self.definition.per)

    def trend_cell(self, counts: Counts) -> tuple[float, float, float] | None:
        """By exposure: the variance of a rate falls as more is counted on."""
        try:
            found = rate(totals=_totals(counts), per=float(self.definition.per))
        except NotEstimable:
            return None
        if found.standard_error is None:
            return None
        exposure = float(sum(one.exposure for one in counts.days))
        return exposure, found.value, found.standard_error**2 * exposure

    def trend_refusal(self, counts: Counts) -> Reason:
        return Reason.TOO_FEW_PERIODS if counts.days else Reason.NO_DATA

    # --- words and drawing ---------------------------------------------------------------------

    def n_text(self, n: int) -> str:
        return units.days(reader(), n)

    def axis(self, values: Sequence[float]) -> Axis:
        """As many decimals as the newest value of the page means something with."""
        newest = abs(values[-1]) if values else 1.0
        decimals = 2 if newest < 10 else 1 if newest < 100 else 0
        form = ValueFormat(decimals=decimals)
        return Axis(scale=Scale(low=0, value=form, difference=form))

    # --- what people type ----------------------------------------------------------------------

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, inf

    def target_label(self) -> str:
        return _("Target, in the unit of the metric")

    def effect_unit(self) -> str:
        # xgettext:no-python-format
        return _("% of the number")

    def largest_effect(self, *, is_rise: bool) -> float:
        """Fewer than none there cannot be; ten times as many is a slip of the pen."""
        return 900 if is_rise else 99

    def on_axis(self, typed: float, baseline: float) -> float:
        return baseline * typed / 100

    def effect_words(self, figure: str, count: int) -> str:
        return units.of_the_number(reader(), figure)


def _totals(cell: Counts) -> RateTotals:
    return RateTotals.of([float(one.amount) for one in cell.days], [float(one.exposure) for one in cell.days])
