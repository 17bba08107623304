"""Numbers from the voice of the customer: NPS, shares, means, rates, mix and themes.

Owns the estimators and their intervals. Knows nothing of how answers were collected, of weighting
(`cxstats.weighting`) or of what caused a change (`cxstats.evaluate`).
"""

from cxstats.voc.clusters import nps_change_clustered, nps_change_paired, nps_clustered
from cxstats.voc.counts import Change, IntervalTable, Moments, NpsCounts, ShareCounts
from cxstats.voc.means import (
    mean_change,
    mean_score,
    mean_score_from_histogram,
    ratio_of_geometric_means,
)
from cxstats.voc.mix import MixChange, Stratum, StratumChange, standardized_change
from cxstats.voc.promoters import nps, nps_change, nps_from_histogram, nps_histogram_table, nps_table
from cxstats.voc.rates import RateTotals, rate, rate_change
from cxstats.voc.shares import share, share_change, share_table
from cxstats.voc.themes import theme_impact

__all__ = [
    "Change",
    "IntervalTable",
    "MixChange",
    "Moments",
    "NpsCounts",
    "RateTotals",
    "ShareCounts",
    "Stratum",
    "StratumChange",
    "mean_change",
    "mean_score",
    "mean_score_from_histogram",
    "nps",
    "nps_change",
    "nps_change_clustered",
    "nps_change_paired",
    "nps_clustered",
    "nps_from_histogram",
    "nps_histogram_table",
    "nps_table",
    "rate",
    "rate_change",
    "ratio_of_geometric_means",
    "share",
    "share_change",
    "share_table",
    "standardized_change",
    "theme_impact",
]
