"""Resolution times: skewed, partly still running, never to be averaged plainly.

Owns medians, quantiles, survival curves and comparisons of times in seconds. Knows nothing of
tickets, calendars or business hours: a duration arrives as a number and a flag "resolved".
"""

from cxstats.durations.censored import FollowedTimes, followed_log_times, horizon_of
from cxstats.durations.cohorts import CohortMaturity, cohort_maturity
from cxstats.durations.comparison import DurationComparison, compare_durations
from cxstats.durations.complete import geometric_mean, median_duration, quantile_duration
from cxstats.durations.sample import DurationSample, TimeQuantile
from cxstats.durations.survival import (
    SurvivalCurve,
    kaplan_meier,
    kaplan_meier_quantile,
    share_resolved_within,
)

__all__ = [
    "CohortMaturity",
    "DurationComparison",
    "DurationSample",
    "FollowedTimes",
    "SurvivalCurve",
    "TimeQuantile",
    "cohort_maturity",
    "compare_durations",
    "followed_log_times",
    "geometric_mean",
    "horizon_of",
    "kaplan_meier",
    "kaplan_meier_quantile",
    "median_duration",
    "quantile_duration",
    "share_resolved_within",
]
