"""Reads for screens, reports and studies. All figures come from the daily roll-up."""

from customer_voice.selectors.figures import (
    ChangeFigure,
    Counts,
    Figure,
    change,
    ensure_comparable,
    named,
)
from customer_voice.selectors.periods import next_start, period_start, periods_back, periods_between
from customer_voice.selectors.series import (
    MetricSeries,
    SeriesCounts,
    SeriesPoint,
    UnitCounts,
    definition_key,
    metric_series,
    series_by_touchpoint,
    series_counts,
    together,
)

__all__ = [
    "ChangeFigure",
    "Counts",
    "Figure",
    "MetricSeries",
    "SeriesCounts",
    "SeriesPoint",
    "UnitCounts",
    "change",
    "definition_key",
    "ensure_comparable",
    "metric_series",
    "named",
    "next_start",
    "period_start",
    "periods_back",
    "periods_between",
    "series_by_touchpoint",
    "series_counts",
    "together",
]
