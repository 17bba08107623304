"""Touchpoints that were chosen by their scores: which periods did that, as the engine counts them."""

from datetime import date

from coalition.choices import UnitSelection
from cxstats.design import PeriodKind
from cxstats.evaluate.tables import period_number


def selection_periods(*, selection: str, selected_from: date | None, start: date, period: str) -> int | None:
    """How many of the last periods before the go-live have the scores that chose the touchpoints.

    All from the first of them on: what lies between the choice and the go-live is left out with them, which
    costs periods and never flatters. None where it was no choice by scores, or nobody said by which.
    """
    if selection != UnitSelection.WORST_SCORES or selected_from is None:
        return None
    kind = PeriodKind(period)
    periods = period_number(start, kind) - period_number(selected_from, kind)
    return periods if periods > 0 else None
