"""Marks on a series that wanders: better or worse than all earlier periods let expect, and alerts.

Owns the one-step prediction of a period from those before it. Knows nothing of calendars, of who is alerted,
or of why a series moved (`cxstats.evaluate`). Charts with fixed limits are in `cxstats.control`.
"""

from cxstats.trends.marks import (
    ALERT_LEVEL,
    LEAST_PAST,
    MARK_LEVEL,
    Mark,
    PeriodMark,
    TrendMarks,
    alert_level_for,
    latest_mark,
    trend_marks,
)

__all__ = [
    "ALERT_LEVEL",
    "LEAST_PAST",
    "MARK_LEVEL",
    "Mark",
    "PeriodMark",
    "TrendMarks",
    "alert_level_for",
    "latest_mark",
    "trend_marks",
]
