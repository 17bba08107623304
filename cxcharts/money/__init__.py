"""Money: cash flow by year, the distribution of a value, and what moves it (tornado)."""

from cxcharts.money.assumptions import TornadoRow, tornado
from cxcharts.money.cash import HEIGHT, CashYear, cash_flow
from cxcharts.money.distribution import Bin, histogram, value_distribution

__all__ = [
    "HEIGHT",
    "Bin",
    "CashYear",
    "TornadoRow",
    "cash_flow",
    "histogram",
    "tornado",
    "value_distribution",
]
