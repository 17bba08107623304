"""Return on investment: from a measured effect to money, with its range and its gate.

`appraise` values a cash flow; `simulate_roi` values a case whose inputs are distributions. A result
that rests on weak evidence is marked `scenario_only`, whatever its size.
"""

from cxstats.kinds import Distribution, ParameterKind, ValueKind
from cxstats.roi.case import Correlation, RoiCase, beyond_the_whole, evidence_gate
from cxstats.roi.cash import CashYear, cash_years, paid_after
from cxstats.roi.comparison import Comparison, Movement, what_moved
from cxstats.roi.flows import ExpectedFlows, expected_flows
from cxstats.roi.lines import LineWorth, worth_of_lines
from cxstats.roi.money import (
    Appraisal,
    CashFlow,
    Figure,
    appraise,
    benefit_cost_ratio,
    internal_rate_of_return,
    payback,
    present_value,
    return_on_investment,
)
from cxstats.roi.parameters import Parameter, effect_parameter, ends_of, mean_of, moment_of, quantile_of
from cxstats.roi.shape import quantiles_of
from cxstats.roi.simulation import (
    HaircutStep,
    Percentiles,
    RoiResult,
    TornadoBar,
    simulate_roi,
)
from cxstats.roi.value import BenefitLine, CostLine

__all__ = [
    "Appraisal",
    "BenefitLine",
    "CashFlow",
    "CashYear",
    "Comparison",
    "Correlation",
    "CostLine",
    "Distribution",
    "ExpectedFlows",
    "Figure",
    "HaircutStep",
    "LineWorth",
    "Movement",
    "Parameter",
    "ParameterKind",
    "Percentiles",
    "RoiCase",
    "RoiResult",
    "TornadoBar",
    "ValueKind",
    "appraise",
    "benefit_cost_ratio",
    "beyond_the_whole",
    "cash_years",
    "effect_parameter",
    "ends_of",
    "evidence_gate",
    "expected_flows",
    "internal_rate_of_return",
    "mean_of",
    "moment_of",
    "paid_after",
    "payback",
    "present_value",
    "quantile_of",
    "quantiles_of",
    "return_on_investment",
    "simulate_roi",
    "what_moved",
    "worth_of_lines",
]
