"""Several initiatives on one series: what can be told apart, what can only be shown together.

Owns the identification check, separate and joint effects, and the rule that credits never exceed the joint
effect. Does not decide who deserves a credit.
"""

from cxstats.overlap.effects import NamedEffect, OverlapEffects, overlapping_effects
from cxstats.overlap.ledger import Ledger, LedgerLine, settle

__all__ = ["Ledger", "LedgerLine", "NamedEffect", "OverlapEffects", "overlapping_effects", "settle"]
