"""Interrupted time series: one series, one go-live, no comparison group (design grade C).

Owns the noise model of a metric series (`noise`), the columns of a segmented regression (`columns`),
the regression itself, counts and rates, placebo dates and the smallest effect a series can show.
"""

from cxstats.its.columns import Impact, Season, SeasonShape
from cxstats.its.counts import CountFit, segmented_counts
from cxstats.its.fit import LinearFit
from cxstats.its.placebo import PlaceboDates, placebo_dates
from cxstats.its.power import SeriesPower, series_power
from cxstats.its.regression import (
    Autocorrelation,
    SegmentedFit,
    least_squares_sensitivity,
    residual_autocorrelation,
    segmented_regression,
)

__all__ = [
    "Autocorrelation",
    "CountFit",
    "Impact",
    "LinearFit",
    "PlaceboDates",
    "Season",
    "SeasonShape",
    "SegmentedFit",
    "SeriesPower",
    "least_squares_sensitivity",
    "placebo_dates",
    "residual_autocorrelation",
    "segmented_counts",
    "segmented_regression",
    "series_power",
]
