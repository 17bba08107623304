"""Comparison groups (design grades A and B): the change of treated units beside that of controls.

Owns difference in differences at the level of the cluster, inference for few clusters, group-time
effects for staggered starts, the decomposition of the two-way fixed-effects estimate that they replace, and
the check of the time before the go-live.
"""

from cxstats.did.clusters import (
    ClusterEffect,
    PermutationTest,
    WildWeights,
    cluster_changes,
    difference_in_differences,
    randomization_test,
    wild_cluster_bootstrap,
)
from cxstats.did.panel import UnitPanel, unit_panel
from cxstats.did.staggered import (
    Base,
    Comparison,
    GroupTimeEffect,
    Inference,
    StaggeredEffects,
    staggered_effects,
)
from cxstats.did.timing import (
    GoodmanBacon,
    TimingComparison,
    TimingShare,
    TwoByTwo,
    goodman_bacon_decomposition,
)
from cxstats.did.trends import PreTrend, breakdown_value, pre_trend

__all__ = [
    "Base",
    "ClusterEffect",
    "Comparison",
    "GoodmanBacon",
    "GroupTimeEffect",
    "Inference",
    "PermutationTest",
    "PreTrend",
    "StaggeredEffects",
    "TimingComparison",
    "TimingShare",
    "TwoByTwo",
    "UnitPanel",
    "WildWeights",
    "breakdown_value",
    "cluster_changes",
    "difference_in_differences",
    "goodman_bacon_decomposition",
    "pre_trend",
    "randomization_test",
    "staggered_effects",
    "unit_panel",
    "wild_cluster_bootstrap",
]
