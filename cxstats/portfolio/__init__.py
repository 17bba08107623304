"""Portfolio: what all initiatives are worth together, without double counting and without luck."""

from cxstats.portfolio.ledger import (
    Basis,
    InitiativeValue,
    JointEffect,
    LedgerLine,
    OverlapGroup,
    PortfolioTotal,
    SharedBenefit,
    portfolio_total,
)
from cxstats.portfolio.overlaps import ClaimedGround, overlap_groups
from cxstats.portfolio.shrinkage import LEAST_INITIATIVES, ShrinkTarget, Shrunken, shrink
from cxstats.portfolio.sums import Range

__all__ = [
    "LEAST_INITIATIVES",
    "Basis",
    "ClaimedGround",
    "InitiativeValue",
    "JointEffect",
    "LedgerLine",
    "OverlapGroup",
    "PortfolioTotal",
    "Range",
    "SharedBenefit",
    "ShrinkTarget",
    "Shrunken",
    "overlap_groups",
    "portfolio_total",
    "shrink",
]
