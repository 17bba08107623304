"""Synthetic control: one treated unit, many donors, and how far defensible estimators spread."""

from cxstats.synthetic.control import Span, SyntheticControl, planned_gap, span, synthetic_control
from cxstats.synthetic.weights import simplex_weights

__all__ = ["Span", "SyntheticControl", "planned_gap", "simplex_weights", "span", "synthetic_control"]
