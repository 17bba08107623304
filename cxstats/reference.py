"""Quantiles and tails of the reference distributions, as plain floats.

From `scipy.special` (see `cxstats.later`), which loads in a fraction of the time and memory of `scipy.stats`:
pages read intervals too, not only workers.
"""

from math import isinf

from cxstats.later import special


def normal_quantile(probability: float) -> float:
    """Standard normal quantile; `probability` in (0, 1)."""
    return float(special.ndtri(probability))


def normal_tail(statistic: float) -> float:
    """Share of the standard normal distribution above `statistic`."""
    return float(special.ndtr(-statistic))


def student_quantile(probability: float, freedom: float) -> float:
    """Quantile of Student's t; `probability` in (0, 1), `freedom` > 0, not necessarily whole."""
    return float(special.stdtrit(freedom, probability))


def student_tail(statistic: float, freedom: float) -> float:
    """Share of Student's t distribution above `statistic`."""
    return float(special.stdtr(freedom, -statistic))


def fisher_tail(statistic: float, numerator: float, denominator: float) -> float:
    """Share of the F distribution above `statistic` >= 0."""
    return float(special.fdtrc(numerator, denominator, statistic))


def critical_value(level: float, freedom: float) -> float:
    """Half-width of a two-sided interval in standard errors; infinite `freedom`: the normal distribution."""
    upper = (1 + level) / 2
    return normal_quantile(upper) if isinf(freedom) else student_quantile(upper, freedom)


def two_sided_p(statistic: float, freedom: float) -> float:
    """P(|T| > |statistic|); infinite `freedom` is the normal distribution."""
    size = abs(statistic)
    return 2 * (normal_tail(size) if isinf(freedom) else student_tail(size, freedom))
