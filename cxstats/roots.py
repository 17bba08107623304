"""Where a function of one number changes its sign.

An own one, because `scipy.optimize` takes longer to load than all that the engine needs of SciPy otherwise.
"""

from collections.abc import Callable

STEPS = 100
_ROUNDING = 4 * 2.0**-52


def root(
    function: Callable[[float], float],
    low: float,
    high: float,
    *,
    absolute: float = 2e-12,
    relative: float = _ROUNDING,
) -> float:
    """A point between `low` and `high` at which a continuous function is zero.

    Parameters
    ----------
    function : callable
        Of opposite signs at both ends, or zero at one of them.
    low, high : float
        Ends of the bracket.
    absolute, relative : float > 0
        The point is off by at most ``absolute + relative * |point|``.

    Raises
    ------
    ValueError
        Both ends have the same sign.
    ArithmeticError
        No end after a hundred steps: a jump far out, or a root so flat that it has no sign around it.

    Notes
    -----
    Source: Brent (1973), Algorithms for Minimization without Derivatives, chapter 4: inverse quadratic
    interpolation or the secant, bisection where they do not shrink the bracket fast enough. The order of the
    operations is that of `scipy.optimize.brentq`, so that both give the same number to the last bit.

    Examples
    --------
    >>> round(root(lambda x: x * x - 2.0, 0.0, 2.0), 12)
    1.414213562373
    """
    before, here = float(low), float(high)
    at_before, at_here = function(before), function(here)
    if at_before == 0:
        return before
    if at_here == 0:
        return here
    if (at_before < 0) == (at_here < 0):
        raise ValueError("the function has the same sign at both ends")
    other, at_other = before, at_before  # the end of the bracket across from `here`
    step_before = step = here - before
    for _ in range(STEPS):
        if at_here != 0 and (at_before < 0) != (at_here < 0):
            other, at_other = before, at_before
            step_before = step = here - before
        if abs(at_other) < abs(at_here):  # the better of the two ends is the one to go on from
            before, here, other = here, other, here
            at_before, at_here, at_other = at_here, at_other, at_here
        tolerance = (absolute + relative * abs(here)) / 2
        half = (other - here) / 2
        if at_here == 0 or abs(half) < tolerance:
            return here
        step_before, step = _next_steps(
            (before, at_before), (here, at_here), (other, at_other), (step_before, step), (half, tolerance)
        )
        before, at_before = here, at_here
        here += step if abs(step) > tolerance else tolerance if half > 0 else -tolerance
        at_here = function(here)
    raise ArithmeticError("no root after a hundred steps")


type _Point = tuple[float, float]  # x and the function there


def _next_steps(
    before: _Point,
    here: _Point,
    other: _Point,
    steps: tuple[float, float],
    limits: tuple[float, float],
) -> tuple[float, float]:
    """The step to compare the one after next with, and the next step: interpolated, or half the bracket."""
    step_before, step = steps
    half, tolerance = limits
    if abs(step_before) > tolerance and abs(here[1]) < abs(before[1]):
        if before[0] == other[0]:
            tried = -here[1] * (here[0] - before[0]) / (here[1] - before[1])
        else:
            slope = (before[1] - here[1]) / (before[0] - here[0])
            across = (other[1] - here[1]) / (other[0] - here[0])
            tried = (
                -here[1] * (other[1] * across - before[1] * slope) / (across * slope * (other[1] - before[1]))
            )
        if 2 * abs(tried) < min(abs(step_before), 3 * abs(half) - tolerance):
            return step, tried
    return half, half
