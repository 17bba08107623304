"""From counts to figures: which estimator of the core belongs to which box rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from customer_voice.choices import BINS_PER_E, SMALL_N, STRUCTURE, BoxRule, ChangeReading
from customer_voice.errors import NotComparable
from customer_voice.models import MetricDefinition
from cxstats.durations import kaplan_meier_quantile
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc import (
    Moments,
    NpsCounts,
    ShareCounts,
    mean_change,
    mean_score_from_histogram,
    nps_change,
    nps_table,
    share_change,
    share_table,
)

OPEN_SHARE_ALLOWED = 0.05  # more open cases than this: durations of two periods are not compared

UNITS = {
    BoxRule.NET: Unit.POINTS,
    BoxRule.TOP_BOX: Unit.SHARE,
    BoxRule.MEAN: Unit.SCORE,
    BoxRule.DURATION: Unit.SECONDS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What was counted in one cell.

    Surveys: `answers` holds how often 0..10 was given. Cases: `times` are (bin, cases) of resolved ones,
    `open_seconds` (age, cases) of open ones.
    """

    answers: tuple[int, ...] = ()
    times: tuple[tuple[int, int], ...] = ()
    open_seconds: tuple[tuple[float, int], ...] = ()
    unusable: int = 0

    @property
    def n(self) -> int:
        return sum(self.answers) + sum(cases for _bin, cases in self.times) + self.n_open

    @property
    def n_open(self) -> int:
        return sum(cases for _seconds, cases in self.open_seconds)

    def boxes(self, metric: MetricDefinition) -> tuple[int, int]:
        """Answers in the top box and in the bottom box."""
        top = sum(self.answers[metric.top_box_low :]) if metric.top_box_low is not None else 0
        bottom = sum(self.answers[: metric.bottom_box_high + 1]) if metric.bottom_box_high is not None else 0
        return top, bottom

    def on_scale(self, metric: MetricDefinition) -> tuple[int, ...]:
        return self.answers[metric.scale_low : metric.scale_high + 1]

    def durations(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Every case as seconds and whether it is resolved; times are the middle of their bin."""
        pairs = [(seconds_of(binned), cases) for binned, cases in self.times] + list(self.open_seconds)
        seconds = np.array([one for one, _cases in pairs], dtype=np.float64)
        cases = [number for _one, number in pairs]
        closed = np.arange(len(pairs)) < len(self.times)
        return np.repeat(seconds, cases), np.repeat(closed, cases)

    def log_times(self) -> Moments:
        """Number, mean and variance of the log seconds of resolved cases."""
        cases: dict[int, int] = {}
        for binned, number in self.times:
            cases[binned] = cases.get(binned, 0) + number
        return Moments.of_histogram(
            counts=list(cases.values()), points=[log_seconds_of(binned) for binned in cases]
        )


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
class ChangeFigure:
    """Later minus earlier (or, for times, later divided by earlier), and what may be said of it."""

    reading: ChangeReading
    estimate: Estimate | None = None
    reason: Reason | None = None
    families: int = field(default=1)  # how many comparisons share the error rate of this one

    @property
    def is_change(self) -> bool:
        return self.reading in {ChangeReading.BETTER, ChangeReading.WORSE}


def seconds_of(binned: int) -> float:
    """Middle of a bin of the duration roll-up, in seconds."""
    return exp(log_seconds_of(binned))


def log_seconds_of(binned: int) -> float:
    """Middle of a bin of the duration roll-up, as logarithm of seconds."""
    return (binned + 0.5) / BINS_PER_E


def figures(metric: MetricDefinition, cells: Sequence[Counts]) -> list[Figure]:
    """One figure per cell, in one pass where the core has one."""
    if not cells:
        return []
    match BoxRule(metric.rule):
        case BoxRule.NET | BoxRule.TOP_BOX:
            boxes = [cell.boxes(metric) for cell in cells]
            sizes = [cell.n for cell in cells]
            tops = [top for top, _bottom in boxes]
            table = (
                nps_table(promoters=tops, detractors=[bottom for _top, bottom in boxes], n=sizes)
                if metric.rule == BoxRule.NET
                else share_table(hits=tops, n=sizes)
            )
            return [
                Figure(n=n, value=float(value), low=float(low), high=float(high))
                if known
                else Figure(n=0, reason=Reason.NO_DATA)
                for n, value, low, high, known in zip(
                    sizes, table.value, table.low, table.high, table.known, strict=True
                )
            ]
        case BoxRule.MEAN:
            return [_mean(metric, cell) for cell in cells]
        case BoxRule.DURATION:
            return [_median(cell) for cell in cells]


def _mean(metric: MetricDefinition, cell: Counts) -> Figure:
    try:
        found = mean_score_from_histogram(counts=cell.on_scale(metric), points=list(metric.scale_points))
    except NotEstimable as refusal:
        return Figure(n=cell.n, reason=refusal.reason)
    return Figure(n=found.n, value=found.value, low=found.interval.low, high=found.interval.high)


def _median(cell: Counts) -> Figure:
    seconds, resolved = cell.durations()
    try:
        found = kaplan_meier_quantile(seconds=seconds, resolved=resolved.tolist())
    except NotEstimable as refusal:
        return Figure(n=cell.n, n_open=cell.n_open, unusable=cell.unusable, reason=refusal.reason)
    return Figure(
        n=found.n,
        value=found.value,
        low=found.low,
        high=found.high,
        n_open=found.n_open,
        unusable=cell.unusable,
    )


def change(metric: MetricDefinition, before: Counts, after: Counts, *, families: int = 1) -> ChangeFigure:
    """Whether `after` differs from `before`.

    The interval is one of 95 % wherever it stands, so that one change has one range. With several
    comparisons side by side, `families` of them share an error rate of 5 % (Bonferroni): only the reading
    asks for the wider interval.
    """
    if min(before.n, after.n) < SMALL_N:
        return ChangeFigure(reading=ChangeReading.TOO_FEW, reason=Reason.TOO_FEW_ANSWERS, families=families)
    try:
        estimate = _change(metric, before, after, 0.95)
        asked = _change(metric, before, after, 1 - 0.05 / families) if families > 1 else estimate
    except NotEstimable as refusal:
        return ChangeFigure(reading=ChangeReading.UNCLEAR, reason=refusal.reason, families=families)
    nothing = 1.0 if estimate.unit is Unit.RATIO else 0.0
    if asked.interval.contains(nothing):
        return ChangeFigure(reading=ChangeReading.UNCLEAR, estimate=estimate, families=families)
    rose = asked.interval.low > nothing
    reading = ChangeReading.BETTER if rose == metric.higher_is_better else ChangeReading.WORSE
    return ChangeFigure(reading=reading, estimate=estimate, families=families)


def _change(metric: MetricDefinition, before: Counts, after: Counts, level: float) -> Estimate:
    match BoxRule(metric.rule):
        case BoxRule.NET:
            first, second = (
                NpsCounts(promoters=top, detractors=bottom, n=cell.n)
                for cell in (before, after)
                for top, bottom in (cell.boxes(metric),)
            )
            return nps_change(before=first, after=second, level=level).estimate
        case BoxRule.TOP_BOX:
            hits, later_hits = (ShareCounts(hits=cell.boxes(metric)[0], n=cell.n) for cell in (before, after))
            return share_change(before=hits, after=later_hits, level=level).estimate
        case BoxRule.MEAN:
            points = list(metric.scale_points)
            mean, later_mean = (
                Moments.of_histogram(counts=cell.on_scale(metric), points=points) for cell in (before, after)
            )
            return mean_change(before=mean, after=later_mean, level=level).estimate
        case BoxRule.DURATION:
            return _ratio(before, after, level)


def _ratio(before: Counts, after: Counts, level: float) -> Estimate:
    """How many times as long a case took: Welch on log seconds, written back as a ratio."""
    for cell in (before, after):
        if cell.n_open > OPEN_SHARE_ALLOWED * cell.n:
            raise NotEstimable(Reason.CASES_STILL_OPEN, open_cases=cell.n_open, n=cell.n)
    logs = mean_change(before=before.log_times(), after=after.log_times(), level=level).estimate
    return Estimate(
        value=exp(logs.value),
        interval=Interval(low=exp(logs.interval.low), high=exp(logs.interval.high), level=level),
        n=logs.n,
        unit=Unit.RATIO,
        method="ratio of geometric means, Welch on logs (cases)",
    )


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
