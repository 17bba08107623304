"""Sums by week and by month that are kept beside the daily points: few rows, however long the time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accounts.models import Organization
from common.reckoning import Reckoning
from customer_voice.choices import ANSWERS, Period
from customer_voice.models import MetricDefinition, PeriodPoint
from customer_voice.rules import Counts, RollupShape

type Cells = NDArray[np.integer[Any]]  # a line for each period, a column for each answer from 0 to 10
type Sums = dict[tuple[Any, ...], CountsByPeriod]

_STORED = np.dtype("<u4")
_LINE = Struct(f"<{len(ANSWERS)}I")  # the same, as a tuple of numbers
_SUNDAY = 6  # day 0 of date.toordinal


def period_number(day: date, period: Period, week_begins: int) -> int:
    """Periods in a row have numbers in a row. Weeks begin on `week_begins`, as `date.weekday` counts."""
    if period == Period.MONTH:
        return day.year * 12 + day.month - 1
    return (day.toordinal() - (week_begins - _SUNDAY) % 7) // 7


def first_of(number: int, period: Period, week_begins: int) -> date:
    """First day of the period of that number."""
    if period == Period.MONTH:
        return date(number // 12, number % 12 + 1, 1)
    return date.fromordinal(max(number * 7 + (week_begins - _SUNDAY) % 7, 1))


def packed(cells: Cells) -> bytes:
    return cells.astype(_STORED, copy=False).tobytes()


def unpacked(stored: bytes | memoryview) -> Cells:
    """As stored: sums of several are made in a table of wider numbers."""
    return np.frombuffer(stored, dtype=_STORED).reshape(-1, len(ANSWERS))


class CountsByPeriod(Mapping[date, Counts]):
    """First day of a period -> its counts, each made when it is asked for: a table has thousands of them."""

    __slots__ = ("answers",)

    def __init__(self, answers: dict[date, tuple[int, ...]]) -> None:
        self.answers = answers

    def __getitem__(self, day: date) -> Counts:
        return Counts(answers=self.answers[day])

    def __iter__(self) -> Iterator[date]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)


def are_kept(versions: Sequence[MetricDefinition], period: Period, reckoning: Reckoning) -> bool:
    """Whether sums of all these versions are kept by such periods. No query."""
    if period == Period.DAY or any(one.calculation.shape is not RollupShape.ANSWERS for one in versions):
        return False
    begins = {one.kept_weeks_begin for one in versions}
    return begins == {reckoning.week_begins} if period == Period.WEEK else None not in begins


def kept_sums(
    organization: Organization,
    versions: Sequence[MetricDefinition],
    *,
    by_touchpoint: bool,
    places: Any,
    period: Period,
    start: date | None,
    end: date | None,
    reckoning: Reckoning,
) -> Sums:
    """() or (touchpoint id,) -> first day -> counts, of whole weeks or months in [start, end). One query."""
    rows = (
        PeriodPoint.objects.of(organization)
        .filter(places, metric__in=[one.pk for one in versions], period=period)
        .order_by("touchpoint_id")
        .values_list("touchpoint_id", "first", "cells")
    )
    begins = reckoning.week_begins
    low = None if start is None else period_number(start, period, begins)
    high = None if end is None else period_number(end, period, begins)
    found: dict[tuple[Any, ...], list[tuple[int, Cells]]] = {}
    for touchpoint, first, stored in rows:
        number, cells = period_number(first, period, begins), unpacked(stored)
        after = number + len(cells)
        from_here = number if low is None else max(number, low)
        to_here = after if high is None else min(after, high)
        if from_here < to_here:
            part = cells[from_here - number : to_here - number]
            found.setdefault((touchpoint,) if by_touchpoint else (), []).append((from_here, part))
    days: dict[int, date] = {}
    return {key: CountsByPeriod(_lines(*_added(parts), period, begins, days)) for key, parts in found.items()}


def _added(parts: Iterable[tuple[int, Cells]]) -> tuple[int, Cells]:
    """One table with every line of the parts at its number; gives the number of its first line."""
    known = list(parts)
    if len(known) == 1:
        return known[0]
    first = min(number for number, _cells in known)
    after = max(number + len(cells) for number, cells in known)
    table = np.zeros((after - first, len(ANSWERS)), dtype=np.int64)
    for number, cells in known:
        table[number - first : number - first + len(cells)] += cells
    return first, table


def _lines(
    number: int, table: Cells, period: Period, begins: int, days: dict[int, date]
) -> dict[date, tuple[int, ...]]:
    """Answers of the periods that have some; `days` remembers first days, which all touchpoints share."""
    places = range(number, number + len(table))
    for place in places:
        if place not in days:
            days[place] = first_of(place, period, begins)
    lines = _LINE.iter_unpack(packed(table))
    heard = table.any(axis=1)
    if heard.all():
        return dict(zip(map(days.__getitem__, places), lines, strict=True))
    told = zip(places, lines, heard.tolist(), strict=True)
    return {days[place]: line for place, line, is_heard in told if is_heard}
