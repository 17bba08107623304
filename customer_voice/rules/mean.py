"""Mean of the answers, on their own scale."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customer_voice.rules.boxes import figure_of
from customer_voice.rules.counts import Counts
from customer_voice.rules.definition import Definition
from customer_voice.rules.rule import Axis, Figure
from customer_voice.rules.scored import ScoredRule
from cxcharts import scales
from cxstats.design import EstimandKind
from cxstats.errors import NotEstimable
from cxstats.results import Estimate, Unit
from cxstats.voc import Moments, mean_change, mean_score_from_histogram
from wording import units
from wording.formats import reader
from wording.intervals import at_level


class MeanScore(ScoredRule):
    key = "mean"
    label = gettext_lazy("mean of the answers")
    unit = Unit.SCORE
    estimand = EstimandKind.MEAN

    @classmethod
    def complete(cls, draft: Definition) -> None:
        super().complete(draft)
        draft.bottom_box_high = None

    def definition_text(self) -> str:
        return _("Mean of answers from %(low)d to %(high)d.") % self.scale_facts() + self.step_text()

    def interval_text(self) -> str:
        return at_level(reader(), _("%(share)s interval: Student's t, within the scale."))

    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        return [self._figure(cell) for cell in cells]

    def _figure(self, cell: Counts) -> Figure:
        try:
            found = mean_score_from_histogram(counts=self.on_scale(cell), points=self._at())
        except NotEstimable as refusal:
            return Figure(n=cell.n, reason=refusal.reason)
        return Figure(n=found.n, value=found.value, low=found.interval.low, high=found.interval.high)

    def of_people(self, counts: Counts, population: int) -> Figure | None:
        found = mean_score_from_histogram(
            counts=self.on_scale(counts), points=self._at(), population=population
        )
        return figure_of(found)

    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        first, second = (
            Moments.of_histogram(counts=self.on_scale(cell), points=self._at()) for cell in (before, after)
        )
        return mean_change(before=first, after=second, level=level).estimate

    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        if counts.n == 0:
            return None
        found = Moments.of_histogram(counts=self.on_scale(counts), points=self._at())
        return found.n, found.mean, found.variance

    def _at(self) -> list[float]:
        return [float(point) for point in self.points]

    def axis(self, values: Sequence[float]) -> Axis:
        return Axis(scale=scales.rating(self.definition.scale_low, self.definition.scale_high))

    @property
    def bounds(self) -> tuple[float, float]:
        return float(self.definition.scale_low), float(self.definition.scale_high)

    def target_label(self) -> str:
        return _("Target, on the scale")

    def effect_unit(self) -> str:
        return _("on the scale %(low)s–%(high)s") % self.scale_facts()

    def effect_digits(self, typed: float) -> int:
        return 2 if typed < 1 else super().effect_digits(typed)

    def effect_words(self, figure: str, count: int) -> str:
        return units.on_scale(figure, self.definition.scale_low, self.definition.scale_high)
