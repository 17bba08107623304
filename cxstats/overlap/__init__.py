"""Several initiatives on one series: what can be told apart, what can only be shown together.

Owns the identification check, separate and joint effects. Does not decide who deserves a credit.
"""

from cxstats.overlap.effects import NamedEffect, OverlapEffects, overlapping_effects

__all__ = ["NamedEffect", "OverlapEffects", "overlapping_effects"]
