"""Share of answers in the top box; yes or no is its scale of two answers."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customer_voice.rules.boxes import figure_of, table_figures
from customer_voice.rules.counts import Counts
from customer_voice.rules.definition import Definition
from customer_voice.rules.rule import Axis, Figure
from customer_voice.rules.scored import ScoredRule, span
from cxcharts import scales
from cxstats.design import EstimandKind, PanelCell
from cxstats.results import Estimate, Unit
from cxstats.voc import ShareCounts, share, share_change, share_table
from wording import units
from wording.formats import reader
from wording.intervals import at_level


class TopBoxShare(ScoredRule):
    """Yes/no is this rule on a scale from 0 to 1: its share, interval, test and estimand are the same, and a
    rule of its own would only part the series of those who ask in five steps one year and in two the next."""

    key = "top_box"
    label = gettext_lazy("share of answers in the top box")
    unit = Unit.SHARE
    estimand = EstimandKind.SHARE
    has_boxes = True

    @classmethod
    def complete(cls, draft: Definition) -> None:
        super().complete(draft)
        draft.bottom_box_high = None

    def validate_boxes(self) -> dict[str, str]:
        return {"top_box_low": text} if (text := self.wrong_top()) else {}

    def definition_text(self) -> str:
        top = span(self.definition.top_box_low, self.definition.scale_high)
        text = _("Share of answers %(top)s, asked from %(low)d to %(high)d.")
        return text % {"top": top, **self.scale_facts()} + self.step_text()

    def interval_text(self) -> str:
        return at_level(reader(), _("%(share)s interval: Wilson score."))

    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        sizes = [cell.n for cell in cells]
        return table_figures(sizes, share_table(hits=[self.top(cell) for cell in cells], n=sizes))

    def of_people(self, counts: Counts, population: int) -> Figure | None:
        return figure_of(share(hits=self.top(counts), n=counts.n, population=population))

    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        first, second = (ShareCounts(hits=self.top(cell), n=cell.n) for cell in (before, after))
        return share_change(before=first, after=second, level=level).estimate

    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        if counts.n == 0:
            return None
        cell = PanelCell.share(unit="", period=date.min, n=counts.n, hits=self.top(counts))
        return cell.n, cell.value, cell.variance

    def legend(self) -> list[tuple[str, str]]:
        if self.definition.top_box_low is None:
            return []
        answers = span(self.definition.top_box_low, self.definition.scale_high)
        return [("top", _("counts for: %(answers)s") % {"answers": answers})]

    def axis(self, values: Sequence[float]) -> Axis:
        return Axis(scale=scales.share(self.labels))

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, 1.0

    @property
    def typed_unit(self) -> float:
        return 0.01

    def target_label(self) -> str:
        return _("Target, in percent")

    def effect_unit(self) -> str:
        return _("percentage points")

    def on_axis(self, typed: float, baseline: float) -> float:
        return typed / 100

    def effect_words(self, figure: str, count: int) -> str:
        return units.percentage_points(figure, count)
