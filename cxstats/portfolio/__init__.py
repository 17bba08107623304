"""Portfolio: what all initiatives are worth together, without double counting and without luck."""

from cxstats.portfolio.ledger import (
    Basis,
    InitiativeValue,
    JointEffect,
    LedgerLine,
    OverlapGroup,
    PortfolioTotal,
    Range,
    SharedBenefit,
    portfolio_total,
)
from cxstats.portfolio.shrinkage import LEAST_INITIATIVES, ShrinkTarget, Shrunken, shrink

__all__ = [
    "LEAST_INITIATIVES",
    "Basis",
    "InitiativeValue",
    "JointEffect",
    "LedgerLine",
    "OverlapGroup",
    "PortfolioTotal",
    "Range",
    "SharedBenefit",
    "ShrinkTarget",
    "Shrunken",
    "portfolio_total",
    "shrink",
]
