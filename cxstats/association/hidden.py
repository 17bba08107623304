"""How strong something hidden would have to be to explain an association away."""

from math import exp, sqrt

from cxstats.checks import real
from cxstats.errors import InvalidInput
from cxstats.results import Estimate, Interval, Unit

# A standardized difference as a ratio of risks: Chinn (2000), Statistics in Medicine 19:3127, by way of
# VanderWeele and Ding (2017), table 2.
_LOG_RATIO_OF_DIFFERENCE = 0.91


def e_value(ratio: float) -> float:
    """E-value of a ratio of risks: the least ratio that something hidden would need with the score and with
    the outcome, each, to bring about all of it.

    Parameters
    ----------
    ratio : float
        Above 0; below 1 its inverse counts.

    Returns
    -------
    float
        1 and more.

    Raises
    ------
    InvalidInput
        A ratio that is not above 0.

    Source
    ------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167:268-274, table 2.

    Examples
    --------
    >>> round(e_value(3.9), 2)   # their example of breastfeeding and respiratory death
    7.26
    """
    if real("ratio", ratio) <= 0:
        raise InvalidInput("ratio", "a number > 0")
    size = max(ratio, 1 / ratio)
    return size + sqrt(size * (size - 1))


def e_value_at_limit(ratio: Interval) -> float:
    """E-value of the limit that is nearer to 1; 1 where the interval holds 1."""
    if ratio.low <= 1 <= ratio.high:
        return 1.0
    return e_value(ratio.low if ratio.low > 1 else ratio.high)


def ratio_of_difference(difference: float, error: float, *, reach: float, level: float, n: int) -> Estimate:
    """The approximate ratio of a difference in standard deviations. `reach`: quantile of its interval."""
    log_ratio, log_error = _LOG_RATIO_OF_DIFFERENCE * difference, _LOG_RATIO_OF_DIFFERENCE * error
    return Estimate(
        value=exp(log_ratio),
        interval=Interval(
            low=exp(log_ratio - reach * log_error), high=exp(log_ratio + reach * log_error), level=level
        ),
        n=n,
        unit=Unit.RATIO,
        method="standardized difference (customers)",
        standard_error=log_error,
    )
