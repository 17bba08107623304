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

_OTHER_QUESTION = frozenset(
    {"without_controls", "minus_controls", "not_adjusted_for_choice", "constant_mix", "previous_period_base"}
)


def low_counts(*, table: Tables, thresholds: Thresholds) -> Diagnostic:
    """Refuse shown periods with fewer than `minimum_answers`, note periods below the comfortable number."""
    shown = [table.answers[: table.treated].sum(axis=0)]
    if table.controls:
        shown.append(table.answers[table.treated :].sum(axis=0))
    smallest = float(min(group.min() for group in shown))
    if smallest < thresholds.minimum_answers:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, needed=thresholds.minimum_answers, found=int(smallest))
    light = Light.GREEN if smallest >= thresholds.comfortable_answers else Light.AMBER
    return Diagnostic(key="low_counts", light=light, figures=(("smallest", smallest),))


def definition(*, table: Tables, design: EvaluationDesign) -> Diagnostic:
    """Refuse a unit whose question, scale, channel or box rule changed inside the window."""
    keys: dict[str, str] = {}
    shown, units = {int(number) for number in table.numbers}, set(table.units)
    for cell in table.cells:
        if cell.unit not in units or period_number(cell.period, design.period, table.week_start) not in shown:
            continue
        if keys.setdefault(cell.unit, cell.definition) != cell.definition:
            raise NotEstimable(Reason.DEFINITION_CHANGED, unit=cell.unit, period=cell.period.isoformat())
    several = len(set(keys.values())) > 1
    return Diagnostic(
        key="definition",
        light=Light.AMBER if several else Light.GREEN,
        figures=(("definitions", float(len(set(keys.values())))),),
    )


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
    plan = series_design(time=series.time, start=float(series.time[-recent]), trend=False)
    try:
        fit = (
            plain_fit(design=plan.matrix, values=series.values, time=series.time)
            if series.noise is None
            else averaged_fit(design=plan.matrix, values=series.values, time=series.time, noise=series.noise)
        )
    except NotEstimable:
        return Diagnostic(key=key, light=Light.NOT_RUN)
    contrast = np.array([0.0, 1.0])
    statistic = sign * fit.mean(contrast) / fit.standard_error(contrast)
    return Diagnostic(
        key=key,
        light=Light.AMBER if abs(statistic) > normal_quantile(0.99) else Light.GREEN,
        figures=(("dip", fit.mean(contrast)), ("statistic", float(statistic))),
    )


def methods_agree(*, effect: Estimate, rows: tuple[SensitivityRow, ...]) -> Diagnostic:
    """Do other defensible analyses of the same question point the same way?"""
    compared = [item for item in rows if item.key not in _OTHER_QUESTION]
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
