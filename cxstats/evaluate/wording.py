"""A question that changed on the way: a shorter window, an own step, or a refusal that says more."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from cxstats.checks import FloatArray
from cxstats.design import EvaluationDesign
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.plan import GradePlan
from cxstats.evaluate.tables import Tables, period_number
from cxstats.evaluate.thresholds import Thresholds

_ALONE = ("series", "description")
_AS_ONE_SERIES = ("series", "control_series")


@dataclass(frozen=True, kw_only=True, slots=True)
class Worded:
    """The panel in which one question was asked, or the changes have own steps (`table.reworded`).

    `refusal` where neither is possible. `alike`: changes that touched all units alike and cancel out. `notes`
    are those of the finding.
    """

    table: Tables
    refusal: NotEstimable | None = None
    alike: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    number: float  # first period with the new question
    units: tuple[str, ...]
    day: date
    alike: bool


def one_question(
    *, table: Tables, design: EvaluationDesign, plan: GradePlan, thresholds: Thresholds
) -> Worded:
    """Handle changes of question, scale, channel or box rule inside the window, before any value is read.

    A change on every unit in the same period cancels out where units are compared. Otherwise a series gives
    it a step of its own, which keeps what the time beyond says about trend and noise; where there is no room
    for one, and between groups, the time since the last change before the go-live is the baseline, and the
    time until the first one after it the follow-up, if they are as long as the grade needs. A change with the
    go-live is told from it by nobody.

    Parameters
    ----------
    plan : GradePlan
        Of the whole window; says whether units are compared and how long the sides have to be.
    """
    changes = _changes(table, design, thresholds)
    alone = plan.route in _ALONE
    relevant = [change for change in changes if alone or not change.alike]
    alike = len(changes) - len(relevant)
    if not relevant:
        return Worded(table=table, alike=alike)
    needed = _needed(plan, thresholds)
    side = thresholds.minimum_side_periods if plan.route in _AS_ONE_SERIES else None
    numbers = table.numbers[table.present[: table.treated].any(axis=0)]
    low, high = -np.inf, np.inf
    steps: list[_Change] = []
    for change in sorted(relevant, key=lambda one: _distance(one, table)):
        if not low < change.number < high:
            continue
        between = _between(change, table, numbers)
        if side is not None and min(between, _beyond(change, table, numbers)) >= side:
            steps.append(change)
        elif table.before > change.number and between >= needed[0]:
            low = change.number
        elif table.after < change.number and between >= needed[1]:
            high = change.number
        else:
            enough = needed[0] if change.number < table.before else needed[1]
            return Worded(table=table, refusal=_refusal(change, between, enough), alike=alike)
    notes = []
    first, last = numbers[0], numbers[-1]
    if low > first:
        notes.append(f"baseline_since:{_day(table, low).isoformat()}")
    if high <= last:
        notes.append(f"follow_up_until:{_day(table, high).isoformat()}")
    notes += [f"wording_step:{change.day.isoformat()}" for change in steps]
    rest = table.columns((table.numbers >= low) & (table.numbers < high))
    rest = replace(rest, reworded=tuple((change.number, change.units) for change in steps))
    return Worded(table=rest, alike=alike, notes=tuple(notes))


def _needed(plan: GradePlan, thresholds: Thresholds) -> tuple[int, int]:
    """Periods that a cut side must keep for the grade that the whole window has."""
    if plan.route == "description":
        return thresholds.minimum_side_periods, thresholds.minimum_side_periods
    if plan.route == "series":
        return thresholds.series_pre_periods, thresholds.series_post_periods
    return thresholds.comparison_pre_periods, thresholds.minimum_side_periods


def _distance(change: _Change, table: Tables) -> float:
    """Periods between a change and the go-live."""
    return max(table.before - change.number, change.number - table.after, 0.0)


def _between(change: _Change, table: Tables, numbers: FloatArray) -> int:
    """Measured periods of one question between a change and the go-live."""
    if change.number < table.before:
        return int(np.sum((numbers >= change.number) & (numbers < table.before)))
    return int(np.sum((numbers >= table.after) & (numbers < change.number)))


def _beyond(change: _Change, table: Tables, numbers: FloatArray) -> int:
    """Measured periods on the far side of a change."""
    is_before = change.number < table.before
    return int(np.sum(numbers < change.number if is_before else numbers >= change.number))


def _refusal(change: _Change, between: int, enough: int) -> NotEstimable:
    return NotEstimable(
        Reason.DEFINITION_CHANGED,
        unit=change.units[0],
        period=change.day.isoformat(),
        one_wording=between,
        enough=enough,
    )


def _changes(table: Tables, design: EvaluationDesign, thresholds: Thresholds) -> list[_Change]:
    """Changes inside units that stay, by period."""
    measured = table.columns(table.present[: table.treated].any(axis=0))
    share = measured.present.mean(axis=1) if measured.numbers.size else np.zeros(len(table.units))
    stays = {
        unit for unit, part in zip(table.units, share, strict=True) if part >= thresholds.minimum_unit_share
    }
    last: dict[str, str] = {}
    found: dict[float, list[tuple[str, str, str, date]]] = {}
    for cell in table.cells:  # by unit and period
        if cell.unit not in stays:
            continue
        old = last.setdefault(cell.unit, cell.definition)
        if old != cell.definition:
            number = float(period_number(cell.period, design.period, table.week_start))
            found.setdefault(number, []).append((cell.unit, old, cell.definition, cell.period))
        last[cell.unit] = cell.definition
    return [
        _Change(
            number=number,
            units=tuple(unit for unit, *_ in rows),
            day=rows[0][3],
            alike=len(rows) == len(stays) and len({(old, new) for _, old, new, _ in rows}) == 1,
        )
        for number, rows in sorted(found.items())
    ]


def _day(table: Tables, number: float) -> date:
    return table.periods[int(np.searchsorted(table.numbers, number))]
