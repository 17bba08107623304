"""Touchpoints that were chosen by their scores: which periods did that, as the engine counts them."""

from datetime import date

from coalition.choices import UnitSelection
from common.reckoning import MONDAY
from cxstats.design import PeriodKind
from cxstats.evaluate.tables import period_number


def selection_periods(
    *,
    selection: str,
    selected_from: date | None,
    start: date,
    period: str,
    week_begins: int = MONDAY,
) -> int | None:
    """How many of the last periods before the go-live have the scores that chose the touchpoints.

    All from the first of them on: what lies between the choice and the go-live is left out with them, which
    costs periods and never flatters. None where it was no choice by scores, or nobody said by which.
    """
    if selection != UnitSelection.WORST_SCORES or selected_from is None:
        return None
    kind = PeriodKind(period)
    week = (week_begins + 1) % 7  # the engine counts days of the week from Sunday
    periods = period_number(start, kind, week) - period_number(selected_from, kind, week)
    return periods if periods > 0 else None
