"""From cells to tables: periods numbered, units in order, windows cut, gaps found."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray, count, real
from cxstats.design import EstimandKind, EvaluationDesign, MetricPanel, PanelCell, PeriodKind
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.evaluate.thresholds import Thresholds

MONDAY = 1  # of an ordinal modulo 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """The panel as arrays. Rows are `units` (treated first), columns are `periods`.

    `values` and `noise` (sampling variance of each value) are complete after `filled`; `present` says what
    was measured; `answers` are counts, 0 where nothing was measured, `open_cases` those not resolved yet.
    `numbers` are calendar period numbers, `starts` the number of each unit's first treated period (inf for
    controls), `after` the first number that counts as after, `before` the first number that no longer
    counts as before. `reworded` are changes of the question that get a step of their own: the first period
    with the new one, and the units. `absorbed` are the numbers of periods that were joined with another.
    `exposure` is what counts were counted on, None for other metrics.
    """

    units: tuple[str, ...]
    treated: int
    periods: tuple[date, ...]
    numbers: FloatArray
    values: FloatArray
    noise: FloatArray
    answers: FloatArray
    open_cases: FloatArray
    present: NDArray[np.bool_]
    starts: FloatArray
    before: float
    after: float
    cells: tuple[PanelCell, ...]
    dropped: tuple[str, ...] = ()
    week_start: int = 1
    reworded: tuple[tuple[float, tuple[str, ...]], ...] = ()
    absorbed: tuple[float, ...] = ()
    exposure: FloatArray | None = None

    @property
    def controls(self) -> int:
        return len(self.units) - self.treated

    @property
    def pre(self) -> NDArray[np.bool_]:
        """Columns before the go-live."""
        return np.asarray(self.numbers < self.before)

    @property
    def post(self) -> NDArray[np.bool_]:
        """Columns after go-live and lag."""
        return np.asarray(self.numbers >= self.after)

    def rows(self, keep: NDArray[np.bool_]) -> "Tables":
        """The same panel with some units only."""
        return replace(
            self,
            units=tuple(unit for unit, stays in zip(self.units, keep, strict=True) if stays),
            treated=int(keep[: self.treated].sum()),
            values=self.values[keep],
            noise=self.noise[keep],
            answers=self.answers[keep],
            open_cases=self.open_cases[keep],
            present=self.present[keep],
            starts=self.starts[keep],
            exposure=None if self.exposure is None else self.exposure[keep],
        )

    def columns(self, keep: NDArray[np.bool_]) -> "Tables":
        """The same panel with some periods only."""
        return replace(
            self,
            periods=tuple(period for period, stays in zip(self.periods, keep, strict=True) if stays),
            numbers=self.numbers[keep],
            values=self.values[:, keep],
            noise=self.noise[:, keep],
            answers=self.answers[:, keep],
            open_cases=self.open_cases[:, keep],
            present=self.present[:, keep],
            exposure=None if self.exposure is None else self.exposure[:, keep],
        )


def period_number(day: date, period: PeriodKind, week_start: int = MONDAY) -> int:
    """Consecutive number of the calendar period that holds `day`; `week_start` is an ordinal modulo 7."""
    if period is PeriodKind.DAY:
        return day.toordinal()
    if period is PeriodKind.WEEK:
        return (day.toordinal() - week_start) // 7
    if period is PeriodKind.MONTH:
        return day.year * 12 + day.month - 1
    return day.year * 4 + (day.month - 1) // 3


def first_whole_period(day: date, period: PeriodKind, week_start: int = MONDAY) -> int:
    """Number of the first period that begins on or after `day`."""
    number = period_number(day, period, week_start)
    eve = day.toordinal() - 1
    begun = eve >= 1 and period_number(date.fromordinal(eve), period, week_start) == number
    return number + 1 if begun else number


def tables(*, design: EvaluationDesign, panel: MetricPanel) -> Tables:
    """Check the panel and lay it out, cut to the declared windows; gaps are left open.

    Raises
    ------
    InvalidInput
        Duplicate cells, no treated unit, a unit on both sides, numbers that are not finite, n <= 0,
        negative variances, windows that are not whole numbers.
    NotEstimable
        NO_DATA where no cell belongs to a treated unit.
    """
    own = _starts(design, panel)
    known = list(own) + list(dict.fromkeys(panel.controls))
    cells, week = _by_unit_and_period(design, panel)
    named = set(known)
    used = {key: cell for key, cell in cells.items() if key[0] in named}
    measured = {unit for unit, _ in used}
    units = [unit for unit in known if unit in measured]
    treated = [unit for unit in units if unit in own]
    if not treated:
        raise NotEstimable(Reason.NO_DATA)
    lag = count("design.lag_periods", design.lag_periods)
    firsts = [own[unit] for unit in treated]
    before = min(period_number(day, design.period, week) for day in firsts)
    latest = max(first_whole_period(day, design.period, week) for day in firsts)
    low, high = _window(design, before, latest + lag)
    kept = {key: cell for key, cell in used.items() if low <= key[1] < high}
    numbers = sorted({number for _, number in kept})
    ordered = sorted(treated) + sorted(set(units) - set(treated))
    shape = (len(ordered), len(numbers))
    values, noise, answers, unresolved, exposure = (np.zeros(shape) for _ in range(5))
    present = np.zeros(shape, dtype=np.bool_)
    days: dict[int, date] = {}
    row_of = {unit: row for row, unit in enumerate(ordered)}
    column_of = {number: column for column, number in enumerate(numbers)}
    for (unit, number), cell in kept.items():
        row, column = row_of[unit], column_of[number]
        values[row, column], answers[row, column] = cell.value, cell.n
        noise[row, column], present[row, column] = cell.variance, True
        unresolved[row, column], exposure[row, column] = cell.open_cases, cell.exposure
        days[number] = min(days.get(number, cell.period), cell.period)
    starts = [
        float(first_whole_period(own[unit], design.period, week)) if unit in own else np.inf
        for unit in ordered
    ]
    return Tables(
        units=tuple(ordered),
        treated=len(treated),
        periods=tuple(days[number] for number in numbers),
        numbers=np.array(numbers, dtype=np.float64),
        values=values,
        noise=_sampling_variances(noise, answers, present),
        answers=answers,
        open_cases=unresolved,
        present=present,
        starts=np.array(starts),
        before=float(before),
        after=float(latest + lag),
        week_start=week,
        cells=tuple(sorted(kept.values(), key=lambda cell: (cell.unit, cell.period))),
        exposure=exposure if design.kind is EstimandKind.COUNT else None,
    )


def settled(*, table: Tables, thresholds: Thresholds) -> Tables:
    """Without the young periods at the end in which many cases were not resolved at the cut-off.

    Resolved cases of a young period are its quick ones: read alone they would look like an improvement.
    Few cases that stay open in older periods are left; `value` then leaves out the longest, on both sides.

    Raises
    ------
    NotEstimable
        CASES_STILL_OPEN where more than `maximum_open_share` of a side's cases are open all the same, or
        nothing is left after the go-live.

    Notes
    -----
    Right truncation of recent cohorts: Klein and Moeschberger (2003), Survival Analysis, section 3.4.
    """
    unresolved, cases = table.open_cases.sum(axis=0), (table.open_cases + table.answers).sum(axis=0)
    if not unresolved.any():
        return table
    limit = thresholds.maximum_open_share
    old = np.flatnonzero(unresolved <= limit * cases)
    rest = table.columns(np.arange(cases.size) <= (old[-1] if old.size else -1))
    if table.post.any() and not rest.post.any():
        share = float(unresolved[table.post].sum() / cases[table.post].sum())
        raise NotEstimable(Reason.CASES_STILL_OPEN, share=share, limit=limit)
    for phase in (rest.pre, rest.post):
        still, resolved = rest.open_cases[:, phase].sum(), rest.answers[:, phase].sum()
        if still > limit * (still + resolved):
            raise NotEstimable(Reason.CASES_STILL_OPEN, share=float(still / (still + resolved)), limit=limit)
    return rest


def filled(*, table: Tables, thresholds: Thresholds, transition: bool = False) -> Tables:
    """Drop units with many gaps, periods that nobody measured, and fill the rest within group and phase.

    A missing cell becomes unit mean + period mean - grand mean of its group (treated or control) within
    its phase (before or after), which leaves the groups' changes as they are. Periods between the first
    go-live and the end of the lag stay only where `transition` is set.

    Raises
    ------
    NotEstimable
        GAPS_IN_SERIES where no treated unit has enough periods, or too many periods are missing.
    """
    counted = table.pre | table.post | transition
    table = table.columns(counted & table.present[: table.treated].any(axis=0))
    if table.numbers.size == 0:
        raise NotEstimable(Reason.NO_DATA)
    share = table.present.mean(axis=1)
    stays = share >= thresholds.minimum_unit_share
    if not stays[: table.treated].any():
        raise NotEstimable(Reason.GAPS_IN_SERIES, share=float(share[: table.treated].max()))
    dropped = tuple(unit for unit, keep in zip(table.units, stays, strict=True) if not keep)
    table = replace(table.rows(stays), dropped=dropped)
    joined = np.array(table.absorbed)
    for phase in (table.pre, table.post):
        spanned = table.numbers[phase]
        if not spanned.size:
            continue
        wide = spanned[-1] - spanned[0] + 1
        measured = spanned.size + int(np.sum((joined > spanned[0]) & (joined < spanned[-1])))
        if measured < thresholds.minimum_unit_share * wide:
            raise NotEstimable(Reason.GAPS_IN_SERIES, share=measured / wide)
    groups = [np.arange(len(table.units)) < table.treated, np.arange(len(table.units)) >= table.treated]
    values, noise = table.values.copy(), table.noise.copy()
    complete = table.present.copy()
    for group in groups:
        for phase in (table.pre, ~table.pre):
            block = np.ix_(group, phase)
            if complete[block].size and not complete[block].all():
                values[block], noise[block] = _fill(values[block], noise[block], complete[block])
    whole = np.ones(table.numbers.size, dtype=np.bool_)
    for group in groups:
        if group.any():
            whole &= complete[group].any(axis=0)
    return replace(table, values=values, noise=noise).columns(whole)


def _fill(values: FloatArray, noise: FloatArray, present: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    weights = present.astype(np.float64)
    rows = (values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
    columns = np.zeros(values.shape[1])
    for _ in range(50):
        columns = ((values - rows[:, None]) * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), 1.0)
        rows = ((values - columns[None, :]) * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
    typical = float((noise * weights).sum() / max(weights.sum(), 1.0))
    fitted = rows[:, None] + columns[None, :]
    return np.where(present, values, fitted), np.where(present, noise, typical)


def _sampling_variances(variance: FloatArray, answers: FloatArray, present: NDArray[np.bool_]) -> FloatArray:
    """Variance of each value; one answer's variance is pooled over a unit's periods.

    A period's own variance goes with its value (a good month has a small one), which would weigh good months
    more; pooled, it does not.
    """
    total = np.where(present, answers, 0.0)
    pooled = (variance * total).sum(axis=1) / np.maximum(total.sum(axis=1), 1.0)
    return np.where(present, pooled[:, None] / np.maximum(answers, 1.0), 0.0)


def _by_unit_and_period(
    design: EvaluationDesign, panel: MetricPanel
) -> tuple[dict[tuple[str, int], PanelCell], int]:
    """Checked cells by unit and period number, and the day on which the panel's weeks begin."""
    for cell in panel.cells:
        _check(cell, is_count=design.kind is EstimandKind.COUNT)
    weekdays = {cell.period.toordinal() % 7 for cell in panel.cells}
    # Weeks begin where the panel's weeks begin; Monday where its dates do not say.
    week = weekdays.pop() if len(weekdays) == 1 else MONDAY
    cells: dict[tuple[str, int], PanelCell] = {}
    for cell in panel.cells:
        key = (cell.unit, period_number(cell.period, design.period, week))
        if key in cells:
            raise InvalidInput("panel.cells", f"one cell per unit and period, {cell.unit} has two in one")
        cells[key] = cell
    return cells, week


def _starts(design: EvaluationDesign, panel: MetricPanel) -> dict[str, date]:
    if not panel.treated:
        raise InvalidInput("panel.treated", "at least one treated unit")
    own: dict[str, date] = {}
    for unit, start in panel.treated:
        if unit in own:
            raise InvalidInput("panel.treated", f"each unit once, {unit} is named twice")
        own[unit] = design.start if start is None else start
    both = set(own) & set(panel.controls)
    if both:
        raise InvalidInput("panel.controls", f"units that are not treated, {min(both)} is both")
    return own


def _window(design: EvaluationDesign, before: int, after: int) -> tuple[float, float]:
    low, high = -np.inf, np.inf
    if design.baseline_periods is not None:
        low = before - count("design.baseline_periods", design.baseline_periods, minimum=1)
    if design.follow_up_periods is not None:
        high = after + count("design.follow_up_periods", design.follow_up_periods, minimum=1)
    return low, high


def _check(cell: PanelCell, *, is_count: bool) -> None:
    real("panel.cells.value", cell.value)
    real("panel.cells.variance", cell.variance, minimum=0.0)
    count("panel.cells.n", cell.n, minimum=0 if is_count else 1)
    if is_count and not real("panel.cells.exposure", cell.exposure) > 0:
        raise InvalidInput("panel.cells.exposure", "an exposure > 0")
    count("panel.cells.open_cases", cell.open_cases)
    if not isinstance(cell.period, date):
        raise InvalidInput("panel.cells.period", "a date")
    for _, answers, value, variance in cell.strata:
        count("panel.cells.strata", answers)
        real("panel.cells.strata", value)
        real("panel.cells.strata", variance, minimum=0.0)
