"""What all rules of answers on a scale have in common: the scale, the count of each answer, the boxes."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from customer_voice.choices import ANSWERS
from customer_voice.rules.counts import Counts, RollupShape
from customer_voice.rules.definition import Definition
from customer_voice.rules.rule import AnswerGroup, FileRow, MetricRule, Number, Refusal, Row
from tabular.values import plain
from wording import units
from wording.formats import reader

MOST_STEPS = 1_000  # more are no answers that people give
FARTHEST = 10_000


class ScoredRule(MetricRule):
    """Answers on a scale from lowest to highest, in equal steps: 0-10, 1-5 with halves, 0-100."""

    has_boxes = False

    @classmethod
    def complete(cls, draft: Definition) -> None:
        draft.per = 1
        draft.amount_name = draft.exposure_name = ""

    # --- the scale -----------------------------------------------------------------------------

    @property
    def step(self) -> Decimal:
        return Decimal(self.definition.scale_step)

    @cached_property
    def points(self) -> tuple[Number, ...]:
        """Every answer of the scale, the lowest first."""
        low, high = self.definition.scale_low, self.definition.scale_high
        if self.step == 1:
            return tuple(range(low, high + 1))
        return tuple(plain(low + self.step * index) for index in range(self.step_of(Decimal(high)) + 1))

    def step_of(self, answer: Decimal) -> int:
        """How many steps an answer of the scale lies above the lowest."""
        return int((answer - self.definition.scale_low) / self.step)

    @property
    def shape(self) -> RollupShape:
        low, high = self.definition.scale_low, self.definition.scale_high
        is_small = self.step == 1 and ANSWERS[0] <= low and high <= ANSWERS[-1]
        return RollupShape.ANSWERS if is_small else RollupShape.STEPS

    @property
    def empty(self) -> Counts:
        size = len(ANSWERS) if self.shape is RollupShape.ANSWERS else len(self.points)
        return Counts(answers=(0,) * size)

    def entry(self, row: FileRow) -> Mapping[str, Number]:
        return {} if row.score is None else {str(row.score): 1}

    def of_tally(self, tally: Mapping[str, Decimal]) -> Counts:
        answers = list(self.empty.answers)
        for key, number in tally.items():
            score = Decimal(key)
            is_small = self.shape is RollupShape.ANSWERS
            answers[int(score) if is_small else self.step_of(score)] += int(number)
        return Counts(answers=tuple(answers))

    def on_scale(self, counts: Counts) -> tuple[int, ...]:
        """How often each of `points` was given."""
        if self.shape is RollupShape.STEPS:
            return counts.answers
        return counts.answers[self.definition.scale_low : self.definition.scale_high + 1]

    def top(self, counts: Counts) -> int:
        """Answers in the top box."""
        return self._in_box(counts, "top")

    def bottom(self, counts: Counts) -> int:
        """Answers in the bottom box."""
        return self._in_box(counts, "bottom")

    def _in_box(self, counts: Counts, box: str) -> int:
        given = zip(self.points, self.on_scale(counts), strict=True)
        return sum(number for point, number in given if number and self.box_of(point) == box)

    def box_of(self, answer: Number) -> str:
        top, bottom = self.definition.top_box_low, self.definition.bottom_box_high
        if not self.has_boxes:
            return "none"
        if top is not None and answer >= top:
            return "top"
        return "bottom" if bottom is not None and answer <= bottom else "middle"

    def groups(self, counts: Counts) -> tuple[AnswerGroup, ...]:
        given = zip(self.points, self.on_scale(counts), strict=True)
        return tuple(
            AnswerGroup(label=written(point), count=number, box=self.box_of(point)) for point, number in given
        )

    # --- rows ----------------------------------------------------------------------------------

    @property
    def unreadable_code(self) -> str:
        return "not_a_number" if self.step == 1 else super().unreadable_code

    def refusal(self, score: Decimal) -> Refusal | None:
        low, high = self.definition.scale_low, self.definition.scale_high
        if self.step == 1 and score != int(score):
            return Refusal(code="not_a_number", params={})
        if not low <= score <= high:
            facts: dict[str, int | str] = {"metric": self.definition.name, "low": low, "high": high}
            return Refusal(code="wrong_scale", params=facts)
        if (score - low) % self.step:
            facts = {"metric": self.definition.name, "step": str(plain(self.step))}
            return Refusal(code="between_steps", params=facts)
        return None

    def row_text(self, row: Row) -> str:
        if row.score is None:
            return ""
        return _("%(score)s on a scale from %(low)s to %(high)s") % {
            "score": reader().shortest(row.score),
            "low": self.definition.scale_low,
            "high": self.definition.scale_high,
        }

    # --- definition ----------------------------------------------------------------------------

    def validate(self) -> dict[str, str]:
        low, high, step = self.definition.scale_low, self.definition.scale_high, self.step
        if not low < high:
            return {"scale_high": _("The lowest answer must lie below the highest.")}
        if max(abs(low), abs(high)) > FARTHEST:
            ends = {"low": reader().number(-FARTHEST), "high": reader().number(FARTHEST)}
            return {"scale_high": _("Answers must lie between %(low)s and %(high)s.") % ends}
        if step <= 0 or (high - low) % step:
            return {"scale_step": _("Steps of this size do not lead from the lowest answer to the highest.")}
        if (high - low) / step > MOST_STEPS:
            most = reader().number(MOST_STEPS)
            return {"scale_step": _("A scale has at most %(number)s steps.") % {"number": most}}
        return self.validate_boxes()

    def validate_boxes(self) -> dict[str, str]:
        return {}

    def wrong_top(self) -> str:
        """What is wrong with the beginning of the top box, or nothing."""
        low, high, top = self.definition.scale_low, self.definition.scale_high, self.definition.top_box_low
        if top is None:
            return _("Say from which answer on the top box counts.")
        if not low < top <= high or top not in self.points:
            return _("The top box must begin above the lowest answer, on the scale.")
        return ""

    # --- words ---------------------------------------------------------------------------------

    def n_text(self, n: int) -> str:
        return units.answers(reader(), n)

    def scale_facts(self) -> dict[str, object]:
        return {"low": self.definition.scale_low, "high": self.definition.scale_high}

    def step_text(self) -> str:
        """A sentence about the steps of a scale that has not the usual ones."""
        if self.step == 1:
            return ""
        return " " + _("Answers go in steps of %(step)s.") % {"step": reader().shortest(self.step)}

    def above(self, answer: Number) -> Number:
        """The next higher answer of the scale."""
        return plain(answer + self.step)

    def below(self, answer: Number) -> Number:
        """The next lower answer of the scale."""
        return plain(answer - self.step)


def written(number: Number | None) -> str:
    """An answer as the reader writes numbers."""
    return "–" if number is None else reader().shortest(number)


def span(low: Number | None, high: Number | None) -> str:
    """Answers from one to another: 9–10, or 5 where they are one."""
    return written(high) if low == high else f"{written(low)}–{written(high)}"
