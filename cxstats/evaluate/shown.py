"""What a finding shows: points with their expectation, refusals with the observed, ratios for durations."""

from dataclasses import replace

import numpy as np

from cxstats.design import (
    Direction,
    EstimandKind,
    EvaluationDesign,
    Finding,
    SensitivityRow,
    SeriesPoint,
    UnitSelection,
)
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.analysis import Analysis
from cxstats.evaluate.rates import log_rates
from cxstats.evaluate.tables import Tables
from cxstats.evaluate.thresholds import Thresholds
from cxstats.results import Estimate, Interval


def refused(
    blank: Finding,
    refusal: NotEstimable,
    whole: Tables | None,
    design: EvaluationDesign,
    thresholds: Thresholds,
) -> Finding:
    """A finding that could not be estimated: the reason, its figures, the observed points.

    A choice by scores that nothing could correct for is a reason too, whatever else came first.
    """
    seen_points: tuple[SeriesPoint, ...] = ()
    if whole is not None:
        seen = whole.columns(whole.present[: whole.treated].any(axis=0))
        seen_points = tuple(
            SeriesPoint(
                period=day,
                observed=_weighted(seen, slice(0, seen.treated), j),
                n=int(seen.answers[: seen.treated, j].sum()),
                expected=None,
                expected_low=None,
                expected_high=None,
                control=_control(seen, j, thresholds),
            )
            for j, day in enumerate(seen.periods)
            if _may_be_shown(seen, j, thresholds)
        )
    reasons = [refusal.reason]
    if design.selection is UnitSelection.WORST_SCORES and design.selection_periods is None:
        reasons.append(Reason.SELECTED_FOR_LOW_SCORES)
    finding = replace(
        blank,
        series=seen_points,
        reasons=tuple(dict.fromkeys(reason.value for reason in reasons)),
        refusal=refusal.reason,
        refusal_detail=tuple(refusal.detail.items()),
    )
    return as_ratios(finding, design) if design.kind.is_ratio else finding


def points(analysis: Analysis, whole: Tables, thresholds: Thresholds) -> tuple[SeriesPoint, ...]:
    """Analyzed periods with their expectation, left-out ones (transition, gaps of others) without.

    A period of fewer answers than may be shown is not.
    """
    place = {number: j for j, number in enumerate(analysis.table.numbers.tolist())}
    found = []
    for j, number in enumerate(whole.numbers.tolist()):
        if number in place:
            k = place[number]
            found.append(
                SeriesPoint(
                    period=whole.periods[j],
                    observed=float(analysis.observed[k]),
                    n=int(analysis.answers[k]),
                    expected=float(analysis.expected[k]),
                    expected_low=float(analysis.expected_low[k]),
                    expected_high=float(analysis.expected_high[k]),
                    control=None if analysis.control is None else float(analysis.control[k]),
                )
            )
        elif whole.present[: whole.treated, j].any() and _may_be_shown(whole, j, thresholds):
            found.append(
                SeriesPoint(
                    period=whole.periods[j],
                    observed=_weighted(whole, slice(0, whole.treated), j),
                    n=int(whole.answers[: whole.treated, j].sum()),
                    expected=None,
                    expected_low=None,
                    expected_high=None,
                    control=_control(whole, j, thresholds),
                )
            )
    return tuple(found)


def _weighted(table: Tables, rows: slice, column: int) -> float:
    if table.exposure is not None:
        return float(log_rates(table, rows)[column])
    answers = table.answers[rows, column]
    return float(answers @ table.values[rows, column] / answers.sum())


def _may_be_shown(table: Tables, column: int, thresholds: Thresholds) -> bool:
    if table.exposure is not None:
        return True
    return bool(table.answers[: table.treated, column].sum() >= thresholds.minimum_answers)


def _control(table: Tables, column: int, thresholds: Thresholds) -> float | None:
    theirs = slice(table.treated, len(table.units))
    if not table.present[theirs, column].any():
        return None
    if table.exposure is None and table.answers[theirs, column].sum() < thresholds.minimum_answers:
        return None
    return _weighted(table, theirs, column)


def as_ratios(finding: Finding, design: EvaluationDesign) -> Finding:
    """Read a finding on log seconds as geometric means and ratios, one on log rates as rates and ratios."""
    smallest = finding.smallest_detectable_effect
    if smallest is not None:
        smallest = float(np.exp(smallest if design.direction is Direction.UP else -smallest))
    return replace(
        finding,
        effect=None if finding.effect is None else _ratio(finding.effect),
        interval_80=None if finding.interval_80 is None else _ratios(finding.interval_80),
        baseline_value=_seconds(finding.baseline_value),
        after_value=_seconds(finding.after_value),
        smallest_detectable_effect=smallest,
        series=tuple(_point_in_seconds(point) for point in finding.series),
        sensitivity=tuple(
            SensitivityRow(key=item.key, value=float(np.exp(item.value)), interval=_ratios(item.interval))
            for item in finding.sensitivity
        ),
        notes=(*finding.notes, "rates_as_ratios" if design.kind is EstimandKind.COUNT else "geometric_means"),
    )


def _ratio(effect: Estimate) -> Estimate:
    """A difference of logarithms as a ratio; its standard error by the delta method."""
    value = float(np.exp(effect.value))
    return replace(
        effect,
        value=value,
        interval=_ratios(effect.interval),
        standard_error=None if effect.standard_error is None else value * effect.standard_error,
    )


def _ratios(interval: Interval) -> Interval:
    return Interval(low=float(np.exp(interval.low)), high=float(np.exp(interval.high)), level=interval.level)


def _seconds(value: float | None) -> float | None:
    return None if value is None else float(np.exp(value))


def _point_in_seconds(point: SeriesPoint) -> SeriesPoint:
    return SeriesPoint(
        period=point.period,
        observed=float(np.exp(point.observed)),
        n=point.n,
        expected=_seconds(point.expected),
        expected_low=_seconds(point.expected_low),
        expected_high=_seconds(point.expected_high),
        control=_seconds(point.control),
    )
