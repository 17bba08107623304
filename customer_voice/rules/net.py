"""Net share: those in the top box minus those in the bottom box, as of NPS."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customer_voice.rules.boxes import figure_of, table_figures
from customer_voice.rules.counts import Counts
from customer_voice.rules.rule import Axis, Figure
from customer_voice.rules.scored import ScoredRule, span
from cxcharts import scales
from cxstats.design import EstimandKind, PanelCell
from cxstats.results import Estimate, Unit
from cxstats.voc import NpsCounts, nps, nps_change, nps_table
from wording import units
from wording.formats import reader
from wording.intervals import at_level


class NetShare(ScoredRule):
    key = "net"
    label = gettext_lazy("share of the top box minus share of the bottom box, in points")
    unit = Unit.POINTS
    estimand = EstimandKind.NPS
    has_boxes = True

    def validate_boxes(self) -> dict[str, str]:
        low, top, bottom = (
            self.definition.scale_low, self.definition.top_box_low, self.definition.bottom_box_high
        )  # fmt: skip
        wrong = {"top_box_low": text} if (text := self.wrong_top()) else {}
        end = top if top is not None else self.definition.scale_high + 1
        if bottom is None:
            wrong["bottom_box_high"] = _("Say up to which answer the bottom box counts.")
        elif not low <= bottom < end or bottom not in self.points:
            wrong["bottom_box_high"] = _("The bottom box must end below the top box, on the scale.")
        return wrong

    def definition_text(self) -> str:
        definition = self.definition
        text = _(
            "Share of answers %(top)s minus share of answers %(bottom)s, in points from −100 to 100; "
            "asked from %(low)d to %(high)d."
        )
        boxes = {
            "top": span(definition.top_box_low, definition.scale_high),
            "bottom": span(definition.scale_low, definition.bottom_box_high),
        }
        return text % {**boxes, **self.scale_facts()} + self.step_text()

    def interval_text(self) -> str:
        return at_level(reader(), _("%(share)s interval: adjusted Wald (Rocks 2016)."))

    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        sizes = [cell.n for cell in cells]
        tops, bottoms = [self.top(cell) for cell in cells], [self.bottom(cell) for cell in cells]
        return table_figures(sizes, nps_table(promoters=tops, detractors=bottoms, n=sizes))

    def of_people(self, counts: Counts, population: int) -> Figure | None:
        top, bottom = self.top(counts), self.bottom(counts)
        return figure_of(nps(promoters=top, detractors=bottom, n=counts.n, population=population))

    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        first, second = (
            NpsCounts(promoters=self.top(cell), detractors=self.bottom(cell), n=cell.n)
            for cell in (before, after)
        )
        return nps_change(before=first, after=second, level=level).estimate

    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        if counts.n == 0:
            return None
        cell = PanelCell.nps(
            unit="",
            period=date.min,
            n=counts.n,
            promoters=self.top(counts),
            detractors=self.bottom(counts),
        )
        return cell.n, cell.value, cell.variance

    def legend(self) -> list[tuple[str, str]]:
        definition = self.definition
        top, bottom = definition.top_box_low, definition.bottom_box_high
        if top is None or bottom is None:
            return []
        against = span(definition.scale_low, bottom)
        found = [("bottom", _("counts against: %(answers)s") % {"answers": against})]
        if self.above(bottom) < top:
            between = span(self.above(bottom), self.below(top))
            found.append(("middle", _("counts for neither: %(answers)s") % {"answers": between}))
        answers = span(top, definition.scale_high)
        return [*found, ("top", _("counts for: %(answers)s") % {"answers": answers})]

    def axis(self, values: Sequence[float]) -> Axis:
        return Axis(scale=scales.nps(self.labels))

    @property
    def bounds(self) -> tuple[float, float]:
        return -100.0, 100.0

    def target_label(self) -> str:
        return _("Target, in points")

    def effect_unit(self) -> str:
        return _("points")

    def effect_words(self, figure: str, count: int) -> str:
        return units.points(figure, count)
