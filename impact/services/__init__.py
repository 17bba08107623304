"""Everything that changes studies, value models and ROI cases."""

from impact.fields import CostValues, ParameterValues
from impact.services.cases import compute_roi_case, dispute, review, roi_figures, sign_off
from impact.services.drivers import execute_drivers, request_drivers
from impact.services.studies import (
    Recomputation,
    check_study,
    execute_study,
    finding_from,
    recompute,
    request_study,
)
from impact.services.values import save_value_model

__all__ = [
    "CostValues",
    "ParameterValues",
    "Recomputation",
    "check_study",
    "compute_roi_case",
    "dispute",
    "execute_drivers",
    "execute_study",
    "finding_from",
    "recompute",
    "request_drivers",
    "request_study",
    "review",
    "roi_figures",
    "save_value_model",
    "sign_off",
]
