"""Argument checks that name the argument and what was expected."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.errors import InvalidInput

FloatArray = NDArray[np.float64]


def finite_vector(name: str, values: ArrayLike | Sequence[float], *, minimum: int = 1) -> FloatArray:
    """One-dimensional finite float array with at least `minimum` entries."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(name, "a sequence of numbers") from error
    if array.ndim != 1:
        raise InvalidInput(name, "a one-dimensional sequence of numbers")
    if array.size < minimum:
        raise InvalidInput(name, f"at least {minimum} value(s), got {array.size}")
    if not np.all(np.isfinite(array)):
        raise InvalidInput(name, "finite numbers only (no NaN, no infinity)")
    return array


def count(name: str, value: object, *, minimum: int = 0) -> int:
    """Whole number >= `minimum`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InvalidInput(name, "a whole number")
    if value < minimum:
        raise InvalidInput(name, f"a whole number >= {minimum}")
    return int(value)


def fraction(name: str, value: object, *, closed: bool = False) -> float:
    """Number in (0, 1), or in [0, 1] when `closed`."""
    number = real(name, value)
    inside = 0 <= number <= 1 if closed else 0 < number < 1
    if not inside:
        raise InvalidInput(name, "a fraction between 0 and 1")
    return number


def real(name: str, value: object, *, minimum: float | None = None) -> float:
    """Finite real number, optionally bounded below."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise InvalidInput(name, "a number")
    number = float(value)
    if not np.isfinite(number):
        raise InvalidInput(name, "a finite number")
    if minimum is not None and number < minimum:
        raise InvalidInput(name, f"a number >= {minimum:g}")
    return number
