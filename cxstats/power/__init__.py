"""Planning: how many answers are needed, and the smallest change a plan can detect.

Owns closed forms only; power by simulation belongs to the methods that are simulated. Knows nothing
of results: every figure here is computed from assumptions before the survey.
"""

from cxstats.power.design import (
    answers_with_clusters,
    answers_with_finite_population,
    design_effect,
)
from cxstats.power.means import (
    answers_for_mean_change,
    answers_for_mean_margin,
    answers_for_paired_change,
    mean_change_power,
    smallest_detectable_mean_change,
)
from cxstats.power.promoters import (
    answers_for_nps_change,
    answers_for_nps_margin,
    nps_change_power,
    smallest_detectable_nps_change,
)
from cxstats.power.series import smallest_detectable_change_series
from cxstats.power.shares import (
    answers_for_share_change,
    answers_for_share_margin,
    share_change_power,
    smallest_detectable_share_change,
)

__all__ = [
    "answers_for_mean_change",
    "answers_for_mean_margin",
    "answers_for_nps_change",
    "answers_for_nps_margin",
    "answers_for_paired_change",
    "answers_for_share_change",
    "answers_for_share_margin",
    "answers_with_clusters",
    "answers_with_finite_population",
    "design_effect",
    "mean_change_power",
    "nps_change_power",
    "share_change_power",
    "smallest_detectable_change_series",
    "smallest_detectable_mean_change",
    "smallest_detectable_nps_change",
    "smallest_detectable_share_change",
]
