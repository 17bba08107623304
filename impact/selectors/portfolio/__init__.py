"""All initiatives that went live: what each did, what it is worth, and what they are worth together."""

from impact.selectors.portfolio.page import own_reason, portfolio, portfolio_rows
from impact.selectors.portfolio.rows import LeftOut, PortfolioPage, PortfolioRow

__all__ = ["LeftOut", "PortfolioPage", "PortfolioRow", "own_reason", "portfolio", "portfolio_rows"]
