"""Checks that every finding carries, whatever its route: counts, wording, choice of units, agreement."""

import numpy as np

from cxstats.checks import FloatArray
from cxstats.design import (
    Diagnostic,
    Direction,
    EvaluationDesign,
    Light,
    SensitivityRow,
    UnitSelection,
)
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.series import difference_series, treated_series
from cxstats.evaluate.tables import Tables, period_number
from cxstats.evaluate.thresholds import Thresholds
from cxstats.its.columns import series_design
from cxstats.its.noise import averaged_fit, plain_fit
from cxstats.reference import normal_quantile
from cxstats.results import Estimate
from cxstats.selection import expected_from_choice, variance_components

# Lines of the sensitivity set that answer another question, and those of weaker designs: errors that ignore
# persistence, a plain average of donors, a series where there are units, baselines that cost half the power.
# They are shown; only an analysis as good as the main one can put a claim in doubt.
_OTHER_QUESTION = frozenset(
    {
        "without_controls",
        "minus_controls",
        "not_adjusted_for_choice",
        "constant_mix",
        "raw_change",
        "break_left_alone",
        "previous_period_base",
        "drift_goes_on",
    }
)
_WEAKER_DESIGN = frozenset(
    {"ols", "newey_west", "difference_series", "difference_in_differences", "baselines_held_equal"}
)


def low_counts(*, table: Tables, thresholds: Thresholds, joined: int = 0) -> Diagnostic:
    """Refuse a side that has fewer than `minimum_answers` in a period even after joining; note periods below
    the comfortable number and how many were `joined` with others."""
    shown = [table.answers[: table.treated].sum(axis=0)]
    if table.controls:
        shown.append(table.answers[table.treated :].sum(axis=0))
    if table.exposure is not None:  # of counts it is the events of a whole side that must not be few
        shown = [np.array([group[~table.post].sum(), group[table.post].sum()]) for group in shown]
    smallest = float(min(group.min() for group in shown))
    if smallest < thresholds.minimum_answers:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=thresholds.minimum_answers, found=int(smallest))
    light = Light.GREEN if smallest >= thresholds.comfortable_answers and not joined else Light.AMBER
    figures: tuple[tuple[str, float], ...] = (("smallest", smallest),)
    if joined:
        figures += (("joined", float(joined)),)
    return Diagnostic(key="low_counts", light=light, figures=figures)


def definition(*, table: Tables, design: EvaluationDesign, alike: int = 0) -> Diagnostic:
    """Note units that are measured by different definitions, and changes that were handled before: `alike`
    ones that cancel out, and those with a step of their own."""
    shown, units = {int(number) for number in table.numbers}, set(table.units)
    keys = {
        cell.definition
        for cell in table.cells
        if cell.unit in units and period_number(cell.period, design.period, table.week_start) in shown
    }
    figures: tuple[tuple[str, float], ...] = (("definitions", float(len(keys))),)
    if alike:
        figures += (("alike", float(alike)),)
    if table.reworded:
        figures += (("steps", float(len(table.reworded))),)
    return Diagnostic(key="definition", light=Light.AMBER if len(keys) > 1 else Light.GREEN, figures=figures)


def unusual_periods(*, outages: int, breaks: int) -> Diagnostic:
    """Periods left out because the measurement failed in them, and lasting changes that nobody told."""
    figures = (("outages", float(outages)), ("breaks", float(breaks)))
    light = Light.AMBER if outages or breaks else Light.GREEN
    return Diagnostic(key="unusual_periods", light=light, figures=figures)


def regression_to_the_mean(
    *, table: Tables, design: EvaluationDesign, thresholds: Thresholds, route: str
) -> Diagnostic:
    """Was the go-live set when the score happened to be bad or good, and how much would come back anyway?

    For units chosen by their scores the expected return is shown; otherwise a dip or a peak in the last
    periods before the go-live, each beyond what noise explains at one in a hundred, turns the light amber.
    `dip` is the change of these periods against those before, in metric units; `statistic` is below zero
    where it went the unwanted way.
    """
    key = "regression_to_the_mean"
    if design.selection is UnitSelection.CHANCE:
        return Diagnostic(key=key, light=Light.GREEN, figures=())
    before = table.columns(table.pre)
    sign = 1.0 if design.direction is Direction.UP else -1.0
    if route == "baseline_adjusted":
        recent = min(3, before.numbers.size // 2)
        parts = variance_components(scores=before.values)
        scores = before.values[:, -recent:].mean(axis=1)
        expected = (
            expected_from_choice(
                chosen=scores[: table.treated],
                everyone=scores,
                between=parts.between,
                within=parts.within,
                readings=recent,
            )
            if parts.within + parts.between > 0
            else 0.0
        )
        return Diagnostic(
            key=key,
            light=Light.GREEN,
            figures=(("expected", expected), ("reliability", parts.reliability)),
        )
    recent = min(3, before.numbers.size // 3)
    if recent < 1 or before.numbers.size - recent < thresholds.minimum_side_periods:
        return Diagnostic(key=key, light=Light.NOT_RUN)
    series = difference_series(before) if table.controls else treated_series(before)
    turn = float(series.time[-recent])
    try:
        plan = series_design(time=series.time, start=turn, trend=False, extra=_earlier_steps(before, turn))
        fit = (
            plain_fit(design=plan.matrix, values=series.values, time=series.time)
            if series.noise is None
            else averaged_fit(design=plan.matrix, values=series.values, time=series.time, noise=series.noise)
        )
    except NotEstimable:
        return Diagnostic(key=key, light=Light.NOT_RUN)
    contrast = np.eye(plan.matrix.shape[1])[1]
    statistic = sign * fit.mean(contrast) / fit.standard_error(contrast)
    return Diagnostic(
        key=key,
        light=Light.AMBER if abs(statistic) > normal_quantile(0.99) else Light.GREEN,
        figures=(("dip", fit.mean(contrast)), ("statistic", float(statistic))),
    )


def _earlier_steps(before: Tables, turn: float) -> FloatArray | None:
    """Steps of changed questions well before the last periods, so that they do not pass for a spell."""
    times = before.numbers - before.numbers[0]
    starts = [number - before.numbers[0] for number, _units in before.reworded]
    steps = [(times >= start).astype(np.float64) for start in starts if 0 < start < turn]
    return np.column_stack(steps) if steps else None


def methods_agree(*, effect: Estimate, rows: tuple[SensitivityRow, ...]) -> Diagnostic:
    """Do other analyses of the same question that are as good point the same way?"""
    compared = [item for item in rows if item.key not in _OTHER_QUESTION | _WEAKER_DESIGN]
    if not compared:
        return Diagnostic(key="methods_agree", light=Light.NOT_RUN)
    values: FloatArray = np.array([effect.value, *(item.value for item in compared)])
    claimed = not effect.interval.contains(0.0)
    opposite = any(item.value * effect.value < 0 for item in compared)
    apart = any(
        not item.interval.contains(effect.value) and not effect.interval.contains(item.value)
        for item in compared
    )
    return Diagnostic(
        key="methods_agree",
        light=Light.AMBER if (claimed and opposite) or apart else Light.GREEN,
        figures=(
            ("lowest", float(values.min())),
            ("middle", float(np.median(values))),
            ("highest", float(values.max())),
        ),
    )
