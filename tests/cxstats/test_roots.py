"""The root finder: the same number as SciPy's, and no silence where there is no root to find."""

import doctest
from math import cos, exp, inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from cxstats import roots
from cxstats.roots import root

ends = st.floats(min_value=0.01, max_value=100)
slopes = st.floats(min_value=-20, max_value=20)


def test_example_in_the_docstring_runs():
    assert doctest.testmod(roots).failed == 0


@given(low=ends, high=ends, a=slopes, b=slopes, c=slopes)
def test_any_cubic_has_the_root_that_scipy_finds_to_the_last_bit(low, high, a, b, c):
    def cubic(x):
        return x**3 + a * x**2 + b * x + c

    assume(cubic(-low) * cubic(high) < 0)
    for absolute, relative in ((2e-12, 4 * 2.0**-52), (1e-6, 1e-9)):
        try:
            expected = brentq(cubic, -low, high, xtol=absolute, rtol=relative)
        except RuntimeError:  # flat around the root, as x cubed: both give up after as many steps
            with pytest.raises(ArithmeticError):
                root(cubic, -low, high, absolute=absolute, relative=relative)
        else:
            assert root(cubic, -low, high, absolute=absolute, relative=relative) == expected


@pytest.mark.parametrize(
    ("function", "low", "high", "solution"),
    [
        (lambda x: cos(x) - x, 0.0, 1.0, 0.7390851332151607),  # Dottie's number, OEIS A003957
        (lambda x: x * exp(x) - 1.0, 0.0, 1.0, 0.5671432904097838),  # the omega constant, OEIS A030178
        (lambda x: x - 3.0, 3.0, 9.0, 3.0),
        (lambda x: x - 9.0, 3.0, 9.0, 9.0),
        (lambda x: 1.0 - x**9, -5.0, 4.0, 1.0),
    ],
)
def test_known_roots_are_found_whichever_way_the_function_runs(function, low, high, solution):
    assert root(function, low, high) == pytest.approx(solution, abs=4e-12)
    assert root(lambda x: -function(x), low, high) == pytest.approx(solution, abs=4e-12)
    assert root(function, high, low) == pytest.approx(solution, abs=4e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_two_ends_of_one_sign_are_no_bracket(sign):
    with pytest.raises(ValueError, match="same sign"):
        root(lambda x: sign * (x * x + 1.0), -1.0, 2.0)


def test_a_search_without_end_says_so():
    with pytest.raises(ArithmeticError, match="hundred steps"):
        root(lambda x: -1.0 if x < 1 else 1.0, -1e300, inf)
