"""Structural time series: a drifting level, a season and control series around a go-live.

The one module that needs statsmodels, loaded when called. Owns the model with a step, and the forecast of the
time after the go-live from the time before it.
"""

from cxstats.structural.model import CumulativeEffect, StructuralFit, structural_effect

__all__ = ["CumulativeEffect", "StructuralFit", "structural_effect"]
