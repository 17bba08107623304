"""Comparison groups (design grades A and B): the change of treated units beside that of controls.

Owns difference in differences at the level of the cluster, inference for few clusters, group-time
effects for staggered starts, and the check of the time before the go-live.
"""

from cxstats.did.ahead import planned_change, planned_imputation
from cxstats.did.clusters import (
    ClusterEffect,
    PermutationTest,
    cluster_changes,
    difference_in_differences,
    randomization_test,
    reference_freedom,
)
from cxstats.did.imputation import Averages, ImputedEffects, imputed_effects
from cxstats.did.order import order_test
from cxstats.did.panel import UnitPanel, unit_panel
from cxstats.did.staggered import (
    Base,
    Comparison,
    GroupTimeEffect,
    Inference,
    StaggeredEffects,
    staggered_effects,
)
from cxstats.did.trends import PreTrend, breakdown_value, pre_trend

__all__ = [
    "Averages",
    "Base",
    "ClusterEffect",
    "Comparison",
    "GroupTimeEffect",
    "ImputedEffects",
    "Inference",
    "PermutationTest",
    "PreTrend",
    "StaggeredEffects",
    "UnitPanel",
    "breakdown_value",
    "cluster_changes",
    "difference_in_differences",
    "imputed_effects",
    "order_test",
    "planned_change",
    "planned_imputation",
    "pre_trend",
    "randomization_test",
    "reference_freedom",
    "staggered_effects",
    "unit_panel",
]
