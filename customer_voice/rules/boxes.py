"""Figures of many cells from one table of the statistics core."""

from collections.abc import Sequence

from customer_voice.rules.rule import Figure
from cxstats.errors import Reason
from cxstats.results import Estimate
from cxstats.voc import IntervalTable


def table_figures(sizes: Sequence[int], table: IntervalTable) -> list[Figure]:
    """One figure per cell; none where nobody answered."""
    return [
        Figure(n=n, value=float(value), low=float(low), high=float(high))
        if known
        else Figure(n=0, reason=Reason.NO_DATA)
        for n, value, low, high, known in zip(
            sizes, table.value, table.low, table.high, table.known, strict=True
        )
    ]


def figure_of(found: Estimate) -> Figure:
    """One estimate as a figure."""
    return Figure(n=found.n, value=found.value, low=found.interval.low, high=found.interval.high)
