"""Reads for screens, reports and studies. All figures come from the daily roll-up."""

from customer_voice.rules import together
from customer_voice.selectors.answers import AnswerGroup, answer_groups, point_counts
from customer_voice.selectors.definitions import definition_changes, definition_text, interval_text
from customer_voice.selectors.figures import (
    ChangeFigure,
    Counts,
    Figure,
    change,
    ensure_comparable,
    named,
)
from customer_voice.selectors.overview import (
    PERIODS_SHOWN,
    Comparison,
    channels_of,
    compare,
    metric_comparison,
    metric_overview,
    recent_start,
    segments_of,
    touchpoint_comparisons,
)
from customer_voice.selectors.periods import next_start, period_start, periods_back, periods_between
from customer_voice.selectors.places import metrics_at
from customer_voice.selectors.series import (
    MetricSeries,
    SeriesCounts,
    SeriesMark,
    SeriesPoint,
    UnitCounts,
    definition_key,
    estimand_of,
    metric_series,
    series_by_touchpoint,
    series_counts,
    series_marks,
)
from customer_voice.selectors.targets import (
    Targets,
    metric_targets,
    target_bounds,
    target_reading,
    target_rows,
    typed_unit,
)
from customer_voice.selectors.versions import by_series, current_version, series_choices, series_versions

__all__ = [
    "PERIODS_SHOWN",
    "AnswerGroup",
    "ChangeFigure",
    "Comparison",
    "Counts",
    "Figure",
    "MetricSeries",
    "SeriesCounts",
    "SeriesMark",
    "SeriesPoint",
    "Targets",
    "UnitCounts",
    "answer_groups",
    "by_series",
    "change",
    "channels_of",
    "compare",
    "current_version",
    "definition_changes",
    "definition_key",
    "definition_text",
    "ensure_comparable",
    "estimand_of",
    "interval_text",
    "metric_comparison",
    "metric_overview",
    "metric_series",
    "metric_targets",
    "metrics_at",
    "named",
    "next_start",
    "period_start",
    "periods_back",
    "periods_between",
    "point_counts",
    "recent_start",
    "segments_of",
    "series_by_touchpoint",
    "series_choices",
    "series_counts",
    "series_marks",
    "series_versions",
    "target_bounds",
    "target_reading",
    "target_rows",
    "together",
    "touchpoint_comparisons",
    "typed_unit",
]
