"""Watching a series: control charts, slow drifts, change points, and one alert per shift.

Owns limits and signals. Knows nothing of who is alerted or of the calendar: a series is an array in
order of time. Many series at once are for `cxstats.multiplicity`.
"""

from cxstats.control.alerts import (
    ShiftAlert,
    expected_false_alarms,
    pool_periods,
    shift_alerts,
)
from cxstats.control.breaks import ChangePoints, Segment, change_points
from cxstats.control.charts import ControlChart, mean_chart, nps_chart, p_chart
from cxstats.control.memory import (
    CusumChart,
    cusum_chart,
    cusum_run_length,
    ewma_chart,
    ewma_run_length,
    shewhart_run_length,
)

__all__ = [
    "ChangePoints",
    "ControlChart",
    "CusumChart",
    "Segment",
    "ShiftAlert",
    "change_points",
    "cusum_chart",
    "cusum_run_length",
    "ewma_chart",
    "ewma_run_length",
    "expected_false_alarms",
    "mean_chart",
    "nps_chart",
    "p_chart",
    "pool_periods",
    "shewhart_run_length",
    "shift_alerts",
]
