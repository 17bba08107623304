"""Figures and changes of counts, and which metrics may be compared at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customer_voice.choices import SMALL_N, STRUCTURE, ChangeReading
from customer_voice.errors import NotComparable
from customer_voice.models import MetricDefinition
from customer_voice.rules import Counts, Figure
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate, Unit
from wording.intervals import EFFECT_LEVEL

__all__ = ["ChangeFigure", "Counts", "Figure", "change", "ensure_comparable", "figures", "named"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeFigure:
    """Later minus earlier (or, for times, later divided by earlier), and what may be said of it."""

    reading: ChangeReading
    estimate: Estimate | None = None
    reason: Reason | None = None
    families: int = field(default=1)  # how many comparisons share the error rate of this one

    @property
    def is_change(self) -> bool:
        return self.reading in {ChangeReading.BETTER, ChangeReading.WORSE}


def figures(metric: MetricDefinition, cells: Sequence[Counts]) -> list[Figure]:
    """One figure per cell, by the metric's rule."""
    return metric.calculation.figures(cells) if cells else []


def change(metric: MetricDefinition, before: Counts, after: Counts, *, families: int = 1) -> ChangeFigure:
    """Whether `after` differs from `before`.

    The interval is one of 95 % wherever it stands, so that one change has one range. With several
    comparisons side by side, `families` of them share an error rate of 5 % (Bonferroni): only the reading
    asks for the wider interval.
    """
    if min(before.n, after.n) < SMALL_N:
        return ChangeFigure(reading=ChangeReading.TOO_FEW, reason=Reason.TOO_FEW_ANSWERS, families=families)
    calculation = metric.calculation
    try:
        estimate = calculation.change(before, after, EFFECT_LEVEL)
        asked = calculation.change(before, after, 1 - 0.05 / families) if families > 1 else estimate
    except NotEstimable as refusal:
        return ChangeFigure(reading=ChangeReading.UNCLEAR, reason=refusal.reason, families=families)
    nothing = 1.0 if estimate.unit is Unit.RATIO else 0.0
    if asked.interval.contains(nothing):
        return ChangeFigure(reading=ChangeReading.UNCLEAR, estimate=estimate, families=families)
    rose = asked.interval.low > nothing
    reading = ChangeReading.BETTER if rose == metric.higher_is_better else ChangeReading.WORSE
    return ChangeFigure(reading=reading, estimate=estimate, families=families)


def ensure_comparable(first: MetricDefinition, second: MetricDefinition) -> None:
    """Raises NotComparable unless both measure the same thing in the same way.

    Versions of one metric compare when they share a series: whoever changed the question said so. Elsewhere
    the question must be the same, word for word.
    """
    if first.pk == second.pk:
        return
    same_structure = all(getattr(first, name) == getattr(second, name) for name in STRUCTURE)
    if first.organization_id == second.organization_id:
        same_question = first.series == second.series
    else:
        same_question = first.wording == second.wording
    if first.key == second.key and same_structure and same_question:
        return
    raise NotComparable(
        _("%(first)s and %(second)s are defined differently, so their figures cannot be compared or added.")
        % {"first": named(first), "second": named(second)}
    )


def named(metric: MetricDefinition) -> str:
    """Name, with the version that began its series where an earlier series stands apart."""
    return f"{metric.name} (v{metric.series})" if metric.series > 1 else metric.name
