"""Uncertain inputs: each one a distribution with a source and an owner."""

import math
from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray, count, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.kinds import Distribution, ParameterKind
from cxstats.later import special
from cxstats.results import Estimate

_Z90 = 1.2815515655446004  # standard normal, 90 %


_ARGUMENTS = {
    Distribution.FIXED: 1,
    Distribution.NORMAL: 2,
    Distribution.STUDENT_T: 3,
    Distribution.LOGNORMAL_P10_P90: 2,
    Distribution.PERT: 3,
    Distribution.TRIANGULAR: 3,
    Distribution.BETA: 2,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One input of a business case; `source` says where it comes from, `owner` who answers for it.

    The arguments are checked on creation; a wrong set raises InvalidInput("args").
    """

    key: str
    distribution: Distribution
    args: tuple[float, ...]
    source: str
    owner: str
    kind: ParameterKind

    def __post_init__(self) -> None:
        name = f"{self.key}.args"
        if self.distribution not in _ARGUMENTS:
            raise InvalidInput(f"{self.key}.distribution", "a Distribution")
        if not isinstance(self.args, tuple) or len(self.args) != _ARGUMENTS[self.distribution]:
            raise InvalidInput(name, f"a tuple of {_ARGUMENTS[self.distribution]} number(s)")
        values = [real(name, value) for value in self.args]
        match self.distribution:
            case Distribution.NORMAL | Distribution.STUDENT_T:
                if any(value <= 0 for value in values[1:]):
                    raise InvalidInput(name, "a spread and degrees of freedom above 0")
            case Distribution.LOGNORMAL_P10_P90:
                if not 0 < values[0] < values[1]:
                    raise InvalidInput(name, "0 < P10 < P90")
            case Distribution.PERT | Distribution.TRIANGULAR:
                if not (values[0] <= values[1] <= values[2] and values[0] < values[2]):
                    raise InvalidInput(name, "lowest <= most likely <= highest, and lowest < highest")
            case _:
                if self.distribution is Distribution.BETA and min(values) <= 0:
                    raise InvalidInput(name, "alpha and beta above 0")


def effect_parameter(
    *, key: str, estimate: Estimate, source: str, owner: str, degrees_of_freedom: float | None = None
) -> Parameter:
    """A measured effect with its whole sampling distribution, never its point alone.

    Parameters
    ----------
    key, source, owner : str
        As in `Parameter`.
    estimate : Estimate
        Its standard error, or else the half width of its interval, gives the spread.
    degrees_of_freedom : float, optional
        Student's t with that many; the normal distribution if None.

    Raises
    ------
    NotEstimable
        `NO_VARIATION`: the estimate carries no uncertainty.
    InvalidInput
        Degrees of freedom not above 0.

    Source
    ------
    Sampling distribution of a regression coefficient; interval = value +- quantile x SE.

    Examples
    --------
    >>> from cxstats.results import Interval, Unit
    >>> measured = Estimate(value=3.2, interval=Interval(low=0.3, high=6.1), n=60, unit=Unit.POINTS,
    ...                     method="segmented regression", standard_error=1.45)
    >>> effect_parameter(key="effect", estimate=measured, source="study 12", owner="CX").args
    (3.2, 1.45)
    """
    spread = estimate.standard_error
    if spread is None:
        tail = (1 + fraction("estimate.interval.level", estimate.interval.level)) / 2
        quantile = (
            special.ndtri(tail) if degrees_of_freedom is None else special.stdtrit(degrees_of_freedom, tail)
        )
        spread = estimate.interval.half_width / float(quantile)
    if not spread > 0:
        raise NotEstimable(Reason.NO_VARIATION)
    tailed = degrees_of_freedom is not None
    return Parameter(
        key=key,
        distribution=Distribution.STUDENT_T if tailed else Distribution.NORMAL,
        args=(estimate.value, spread)
        if degrees_of_freedom is None
        else (estimate.value, spread, degrees_of_freedom),
        source=source,
        owner=owner,
        kind=ParameterKind.MEASURED,
    )


def mean_of(parameter: Parameter) -> float:
    """Expected value (of Student's t: its center).

    Raises
    ------
    InvalidInput
        Never: arguments are checked when the parameter is made.

    Source
    ------
    Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions; PERT mean (a + 4m + b) / 6.

    Examples
    --------
    >>> mean_of(Parameter(key="hours", distribution=Distribution.PERT, args=(2, 3, 10), source="log",
    ...                   owner="care", kind=ParameterKind.FINANCE))
    4.0
    """
    args = parameter.args
    match parameter.distribution:
        case Distribution.LOGNORMAL_P10_P90:
            center, spread = _log_scale(args)
            return math.exp(center + spread**2 / 2)
        case Distribution.PERT:
            return (args[0] + 4 * args[1] + args[2]) / 6
        case Distribution.TRIANGULAR:
            return sum(args) / 3
        case Distribution.BETA:
            return args[0] / (args[0] + args[1])
        case _:
            return float(args[0])


def moment_of(parameter: Parameter, power: int) -> float:
    """Expected value of a bounded parameter raised to `power` (0 and more).

    Raises
    ------
    InvalidInput
        Unbounded distributions, for powers above 1.

    Source
    ------
    Raw moments of the beta distribution, product of (alpha + i) / (alpha + beta + i); Gauss-Legendre is exact
    for the piecewise polynomial of the triangular one.

    Examples
    --------
    >>> kept = Parameter(key="kept", distribution=Distribution.BETA, args=(1, 1), source="log", owner="care",
    ...                  kind=ParameterKind.FINANCE)
    >>> moment_of(kept, 2)   # of a uniform share: 1/3, not the square of 1/2
    0.3333333333333333
    """
    count("power", power)
    if power == 0:
        return 1.0
    if power == 1:
        return mean_of(parameter)
    args = parameter.args
    match parameter.distribution:
        case Distribution.FIXED:
            return float(args[0]) ** power
        case Distribution.BETA:
            return _beta_moment(args[0], args[1], power)
        case Distribution.PERT:
            low, width = args[0], args[2] - args[0]
            first, second = _pert_shape(args)
            return sum(
                math.comb(power, k) * low ** (power - k) * width**k * _beta_moment(first, second, k)
                for k in range(power + 1)
            )
        case Distribution.TRIANGULAR:
            return _triangular_moment(args, power)
        case _:
            raise InvalidInput(parameter.key, "a bounded distribution (fixed, beta, PERT or triangular)")


def ends_of(parameter: Parameter, *, level: float) -> tuple[float, float]:
    """The ends of a parameter's range: equal parts of it lie beyond either.

    Parameters
    ----------
    parameter : Parameter
    level : float in (0, 1)
        Part of the distribution between the ends.

    Raises
    ------
    InvalidInput
        A level outside (0, 1).

    Source
    ------
    As `quantile_of`.

    Examples
    --------
    >>> share = Parameter(key="kept", distribution=Distribution.BETA, args=(1, 1), source="assumption",
    ...                   owner="CX", kind=ParameterKind.ASSUMPTION)
    >>> [round(end, 3) for end in ends_of(share, level=0.9)]
    [0.05, 0.95]
    """
    tail = (1 - fraction("level", level)) / 2
    low, high = quantile_of(parameter, np.array([tail, 1 - tail])).tolist()
    return low, high


def quantile_of(parameter: Parameter, shares: FloatArray) -> FloatArray:
    """Quantiles of a parameter.

    Parameters
    ----------
    parameter : Parameter
    shares : float array of any shape
        In (0, 1).

    Raises
    ------
    InvalidInput
        Never: arguments are checked when the parameter is made.

    Source
    ------
    PERT as Beta(1 + 4(m-a)/(b-a), 1 + 4(b-m)/(b-a)) on [a, b]: Malcolm et al. 1959, Operations
    Research 7(5).

    Examples
    --------
    >>> money = Parameter(key="margin", distribution=Distribution.LOGNORMAL_P10_P90, args=(50, 200),
    ...                   source="ledger", owner="finance", kind=ParameterKind.FINANCE)
    >>> quantile_of(money, np.array([0.1, 0.5, 0.9])).round(6).tolist()
    [50.0, 100.0, 200.0]
    """
    args = parameter.args
    result: FloatArray
    match parameter.distribution:
        case Distribution.FIXED:
            result = np.full(np.shape(shares), float(args[0]))
        case Distribution.NORMAL:
            result = args[0] + args[1] * special.ndtri(shares)
        case Distribution.STUDENT_T:
            result = args[0] + args[1] * special.stdtrit(args[2], shares)
        case Distribution.LOGNORMAL_P10_P90:
            center, spread = _log_scale(args)
            result = np.exp(center + spread * special.ndtri(shares))
        case Distribution.PERT:
            first, second = _pert_shape(args)
            result = args[0] + (args[2] - args[0]) * special.betaincinv(first, second, shares)
        case Distribution.TRIANGULAR:
            low, mode, high = args
            cut = (mode - low) / (high - low)
            rising = low + np.sqrt(shares * (high - low) * (mode - low))
            falling = high - np.sqrt((1 - shares) * (high - low) * (high - mode))
            result = np.where(shares < cut, rising, falling)
        case _:  # beta
            result = special.betaincinv(args[0], args[1], shares)
    return result


def draw(parameter: Parameter, rng: np.random.Generator, size: int) -> FloatArray:
    """`size` independent draws of one parameter."""
    args = parameter.args
    result: FloatArray
    match parameter.distribution:
        case Distribution.FIXED:
            result = np.full(size, float(args[0]))
        case Distribution.NORMAL:
            result = rng.normal(args[0], args[1], size)
        case Distribution.STUDENT_T:
            result = args[0] + args[1] * rng.standard_t(args[2], size)
        case Distribution.LOGNORMAL_P10_P90:
            result = rng.lognormal(*_log_scale(args), size)
        case Distribution.PERT:
            result = args[0] + (args[2] - args[0]) * rng.beta(*_pert_shape(args), size)
        case Distribution.TRIANGULAR:
            result = rng.triangular(args[0], args[1], args[2], size)
        case _:  # beta
            result = rng.beta(args[0], args[1], size)
    return result


def support_of(parameter: Parameter) -> tuple[float, float]:
    """Lowest and highest value a parameter can take (infinite where unbounded)."""
    args = parameter.args
    match parameter.distribution:
        case Distribution.FIXED:
            return args[0], args[0]
        case Distribution.PERT | Distribution.TRIANGULAR:
            return args[0], args[2]
        case Distribution.BETA:
            return 0.0, 1.0
        case Distribution.LOGNORMAL_P10_P90:
            return 0.0, math.inf
        case _:
            return -math.inf, math.inf


def _log_scale(args: tuple[float, ...]) -> tuple[float, float]:
    low, high = math.log(args[0]), math.log(args[1])
    return (low + high) / 2, (high - low) / (2 * _Z90)


def _beta_moment(alpha: float, beta: float, power: int) -> float:
    return math.prod((alpha + i) / (alpha + beta + i) for i in range(power))


def _triangular_moment(args: tuple[float, ...], power: int) -> float:
    low, mode, high = args
    nodes, weights = np.polynomial.legendre.leggauss(power // 2 + 2)
    total = 0.0
    for start, end, foot in ((low, mode, low), (mode, high, high)):
        if start == end:
            continue
        points = start + (end - start) * (nodes + 1) / 2
        density = 2 * np.abs(points - foot) / ((high - low) * (end - start))
        total += float(weights @ (points**power * density)) * (end - start) / 2
    return total


def _pert_shape(args: tuple[float, ...]) -> tuple[float, float]:
    low, mode, high = args
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
