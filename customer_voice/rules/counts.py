"""What was counted in one cell of the roll-up, whatever its shape."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import exp, floor, inf, log, nextafter

import numpy as np
from numpy.typing import NDArray

from customer_voice.choices import BIN_BEYOND, BINS_PER_E
from cxstats.voc import Moments


class RollupShape(StrEnum):
    """How the answers of a metric are kept by the daily roll-up."""

    ANSWERS = "answers"  # whole answers within 0..10: eleven numbers in one row
    STEPS = "steps"  # any other scale: one row per step that was given
    TIMES = "times"  # cases: one row per span of two percent
    TOTALS = "totals"  # amounts: the sums of amount and exposure


@dataclass(frozen=True, kw_only=True, slots=True)
class DayTotals:
    """Everything recorded on one day: how many rows, their amounts and their exposures together."""

    day: date
    rows: int
    amount: Decimal
    exposure: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What was counted in one cell.

    Surveys: `answers` says how often each one was given: 0..10 by its number, of another scale by its step
    from the lowest. Cases: `times` are (bin, cases) of resolved ones, `open_seconds` (age, cases) of open
    ones. Amounts: `days` holds the totals of each day.
    """

    answers: tuple[int, ...] = ()
    times: tuple[tuple[int, int], ...] = ()
    open_seconds: tuple[tuple[float, int], ...] = ()
    unusable: int = 0
    days: tuple[DayTotals, ...] = ()

    @property
    def n(self) -> int:
        """Answers, cases (open ones too) or days."""
        return sum(self.answers) + sum(cases for _bin, cases in self.times) + self.n_open + len(self.days)

    @property
    def n_open(self) -> int:
        return sum(cases for _seconds, cases in self.open_seconds)

    def durations(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Every case as seconds and whether it is resolved; times are the middle of their bin."""
        pairs = [(seconds_of(binned), cases) for binned, cases in self.times] + list(self.open_seconds)
        seconds = np.array([one for one, _cases in pairs], dtype=np.float64)
        cases = [number for _one, number in pairs]
        closed = np.arange(len(pairs)) < len(self.times)
        return np.repeat(seconds, cases), np.repeat(closed, cases)

    def durations_by(self, limit: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """As `durations`, with the times in the bin of a promised time on their side of it, to the second."""
        at, just_over = bin_of(limit), nextafter(limit, inf)
        pairs = [
            ((limit if binned < BIN_BEYOND else just_over), cases)
            if binned % BIN_BEYOND == at
            else (seconds_of(binned), cases)
            for binned, cases in self.times
        ] + list(self.open_seconds)
        cases = [number for _one, number in pairs]
        closed = np.arange(len(pairs)) < len(self.times)
        return np.repeat([one for one, _cases in pairs], cases), np.repeat(closed, cases)

    def log_times(self) -> Moments:
        """Number, mean and variance of the log seconds of resolved cases."""
        cases: dict[int, int] = {}
        for binned, number in self.times:
            cases[binned] = cases.get(binned, 0) + number
        return Moments.of_histogram(
            counts=list(cases.values()), points=[log_seconds_of(binned) for binned in cases]
        )


def together(cells: Iterable[Counts]) -> Counts:
    """Several cells of one series as one. Totals of one day become one day."""
    many = list(cells)
    if len(many) == 1:
        return many[0]
    answers = tuple(map(sum, zip(*(cell.answers for cell in many), strict=True))) if many else ()
    return Counts(
        answers=answers,
        times=tuple(pair for cell in many for pair in cell.times),
        open_seconds=tuple(pair for cell in many for pair in cell.open_seconds),
        unusable=sum(cell.unusable for cell in many),
        days=_days(one for cell in many for one in cell.days),
    )


def _days(totals: Iterable[DayTotals]) -> tuple[DayTotals, ...]:
    found: dict[date, DayTotals] = {}
    for one in totals:
        known = found.get(one.day)
        found[one.day] = (
            one
            if known is None
            else DayTotals(
                day=one.day,
                rows=known.rows + one.rows,
                amount=known.amount + one.amount,
                exposure=known.exposure + one.exposure,
            )
        )
    return tuple(found[day] for day in sorted(found))


def seconds_of(binned: int) -> float:
    """Middle of a bin of the duration roll-up, in seconds."""
    return exp(log_seconds_of(binned))


def bin_of(seconds: float) -> int:
    """The bin of a time above 0; what is shorter than a second counts as one."""
    return floor(log(max(seconds, 1.0)) * BINS_PER_E)


def log_seconds_of(binned: int) -> float:
    """Middle of a bin of the duration roll-up, as logarithm of seconds."""
    return (binned % BIN_BEYOND + 0.5) / BINS_PER_E
