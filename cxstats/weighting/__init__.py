"""Making respondents stand for the population they came from, and saying when they cannot.

Owns weights, weighted means with honest standard errors and bounds for non-response. Knows nothing
of where population figures come from.
"""

from cxstats.weighting.estimates import StratumSample, stratified_mean, weighted_mean
from cxstats.weighting.nonresponse import NonResponseBounds, nonresponse_bounds
from cxstats.weighting.weights import Margin, Weights, kish_effective_n, post_stratify, rake

__all__ = [
    "Margin",
    "NonResponseBounds",
    "StratumSample",
    "Weights",
    "kish_effective_n",
    "nonresponse_bounds",
    "post_stratify",
    "rake",
    "stratified_mean",
    "weighted_mean",
]
