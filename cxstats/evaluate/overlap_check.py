"""Other initiatives on the treated units: own steps in a series, or a window without them."""

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.design import Diagnostic, EvaluationDesign, Light, OtherInitiative
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.tables import Tables, first_whole_period
from cxstats.evaluate.thresholds import Thresholds
from cxstats.its import Season
from cxstats.its.columns import series_design
from cxstats.overlap.effects import condition_number


def step_columns(
    *,
    table: Tables,
    design: EvaluationDesign,
    thresholds: Thresholds,
    trend: bool,
    season: Season | None,
    against_controls: bool,
) -> tuple[FloatArray | None, Diagnostic]:
    """One step per other initiative and per changed question inside the window; refuse steps that cannot be
    told apart.

    Against controls, what touched both sides alike cancels and gets no step.

    Raises
    ------
    NotEstimable
        OVERLAPPING_INITIATIVES where the initiative columns, other columns partialled out, are singular or
        have a condition number above `maximum_condition`. DEFINITION_CHANGED where that is so and only the
        question changed.
    """
    columns, names = [], set()
    for other in design.other_initiatives:
        exposure = _exposure(table, other)
        ours = float(exposure[: table.treated].mean())
        theirs = float(exposure[table.treated :].mean()) if against_controls and table.controls else 0.0
        start = first_whole_period(other.start, design.period, table.week_start)
        if ours != theirs and table.numbers[0] < start <= table.numbers[-1]:
            columns.append((table.numbers >= start).astype(np.float64))
            names.add(other.name)
    others = len(names)
    columns += _reworded(table, against_controls=against_controls)
    if not columns:
        return None, Diagnostic(key="overlap", light=Light.GREEN, figures=(("others", 0.0),))
    extra = np.column_stack(columns)
    condition = _condition(table, extra, trend, season)
    if condition > thresholds.maximum_condition:
        raise NotEstimable(
            Reason.OVERLAPPING_INITIATIVES if others else Reason.DEFINITION_CHANGED,
            others=others,
            condition=min(condition, 1e9),
            limit=thresholds.maximum_condition,
        )
    return extra, Diagnostic(
        key="overlap",
        light=Light.AMBER if others else Light.GREEN,
        figures=(("others", float(others)), ("condition", condition)),
    )


def _reworded(table: Tables, *, against_controls: bool) -> list[FloatArray]:
    """One step per change of the question that touched the sides unlike."""
    columns = []
    for number, units in table.reworded:
        touched = np.array([unit in units for unit in table.units])
        ours = float(touched[: table.treated].mean())
        theirs = float(touched[table.treated :].mean()) if against_controls and table.controls else 0.0
        if ours != theirs and table.numbers[0] < number <= table.numbers[-1]:
            columns.append((table.numbers >= number).astype(np.float64))
    return columns


def undisturbed(
    *, table: Tables, design: EvaluationDesign, thresholds: Thresholds
) -> tuple[Tables, Diagnostic]:
    """Groups of units: leave touched units out, or else cut the window where the other one starts.

    Raises
    ------
    NotEstimable
        OVERLAPPING_INITIATIVES where neither leaves enough units and periods.
    """
    touched = np.zeros(len(table.units), dtype=np.bool_)
    starts, names = [], set()
    for other in design.other_initiatives:
        exposure = _exposure(table, other)
        start = first_whole_period(other.start, design.period, table.week_start)
        if exposure.any() and not exposure.all() and table.numbers[0] < start <= table.numbers[-1]:
            touched |= exposure
            starts.append(float(start))
            names.add(other.name)
    if not starts:
        return table, Diagnostic(key="overlap", light=Light.GREEN, figures=(("others", 0.0),))
    others = ("others", float(len(names)))
    rest = table.rows(~touched)
    side = thresholds.minimum_side_clusters
    if min(rest.treated, rest.controls) >= side and len(rest.units) >= thresholds.minimum_clusters:
        figures = (others, ("units_left_out", float(touched.sum())))
        return rest, Diagnostic(key="overlap", light=Light.AMBER, figures=figures)
    earlier = max((start for start in starts if start <= table.before), default=-np.inf)
    later = min((start for start in starts if start > table.before), default=np.inf)
    window = table.columns((table.numbers >= earlier) & (table.numbers < later))
    if (
        window.pre.sum() >= thresholds.comparison_pre_periods
        and window.post.sum() >= thresholds.minimum_side_periods
    ):
        left_out = float(table.numbers.size - window.numbers.size)
        return window, Diagnostic(
            key="overlap", light=Light.AMBER, figures=(others, ("periods_left_out", left_out))
        )
    raise NotEstimable(Reason.OVERLAPPING_INITIATIVES, others=len(names))


def _exposure(table: Tables, other: OtherInitiative) -> NDArray[np.bool_]:
    """Which units the other initiative touched; no units named means all treated ones."""
    if not other.units:
        return np.asarray(np.arange(len(table.units)) < table.treated)
    return np.array([unit in other.units for unit in table.units])


def _condition(table: Tables, extra: FloatArray, trend: bool, season: Season | None) -> float:
    time = table.numbers - table.numbers[0]
    rest = series_design(time=time, start=None, trend=trend, season=season).matrix
    steps = np.column_stack([(table.numbers >= table.after).astype(np.float64), extra])
    return condition_number(steps=steps, rest=rest)
