"""Repeated looks against the tables of Armitage, Pocock and O'Brien-Fleming, and by other routes."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.sequential import (
    BoundaryShape,
    confidence_sequence,
    crossing_error,
    group_sequential_limits,
    peeking_error,
)

quick = settings(max_examples=20, deadline=None)


@pytest.mark.parametrize(
    ("looks", "percent"),
    # Armitage, McPherson and Rowe (1969), table 2, 5 % two-sided. Recomputed: scipy's multivariate normal
    # (up to 10 looks) 5.00 8.31 10.73 12.62 14.17 19.34; 800,000 random walks (20, 50) 24.78 31.99 +- .05
    [(1, 5.0), (2, 8.3), (3, 10.7), (4, 12.6), (5, 14.2), (10, 19.3), (20, 24.8), (50, 32.0)],
)
def test_error_of_peeking_of_armitage(looks, percent):
    assert round(100 * peeking_error(looks=looks), 1) == percent


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien"),
    # Jennison and Turnbull (2000), tables 2.1 and 2.3, alpha = .05. Recomputed: scipy's multivariate normal
    # puts the error of these limits within .0001 of .05
    [
        (1, 1.960, 1.960),
        (2, 2.178, 1.977),
        (3, 2.289, 2.004),
        (4, 2.361, 2.024),
        (5, 2.413, 2.040),
        (10, 2.555, 2.087),
    ],
)
def test_constants_of_jennison_and_turnbull(looks, pocock, obrien):
    flat = group_sequential_limits(looks=looks, shape=BoundaryShape.POCOCK)
    steep = group_sequential_limits(looks=looks)
    assert {round(limit, 3) for limit in flat.limits} == {pocock}
    assert round(steep.limits[-1], 3) == obrien
    assert steep.limits[0] == pytest.approx(steep.limits[-1] * sqrt(looks))
    assert flat.spent_error[-1] == pytest.approx(0.05, abs=1e-8)


def test_crossing_agrees_with_the_bivariate_normal():
    # two looks at 30 % and 100 %: one minus the mass of the rectangle, correlation sqrt(.3)
    limits, share = [2.3, 2.0], 0.3
    normal = multivariate_normal([0, 0], [[1, sqrt(share)], [sqrt(share), 1]])
    a, b = limits
    inside = normal.cdf([a, b]) - normal.cdf([-a, b]) - normal.cdf([a, -b]) + normal.cdf([-a, -b])
    assert crossing_error(limits=limits, information=[share, 1.0])[-1] == pytest.approx(1 - inside, abs=1e-6)


def test_a_limit_out_of_reach_changes_nothing():
    # only the last of 30 looks counts: its error is that of a single look
    assert crossing_error(limits=[40.0] * 29 + [1.959963985])[-1] == pytest.approx(0.05, abs=1e-8)
    # looks very close together are nearly one look
    near = crossing_error(limits=[1.959963985] * 2, information=[1.0, 1.0001])
    assert 0.05 < near[-1] < 0.0512


@quick
@given(looks=st.integers(1, 6), level=st.floats(0.8, 0.99))
def test_error_rises_with_looks_and_ignores_the_unit_of_information(looks, level):
    assert (
        1 - level - 1e-9
        <= peeking_error(looks=looks, level=level)
        < peeking_error(looks=looks + 1, level=level)
    )
    limits = [2.0] * looks
    one = crossing_error(limits=limits)
    other = crossing_error(limits=limits, information=[37.0 * (k + 1) for k in range(looks)])
    assert one == pytest.approx(other)


@pytest.mark.parametrize(("n", "expected", "level"), [(100, 100, 0.95), (30, 500, 0.9), (5000, 200, 0.99)])
def test_confidence_sequence_is_where_the_mixture_martingale_reaches_its_limit(n, expected, level):
    # Other route: integrate exp(lambda S - lambda^2 n / 2) over lambda ~ N(0, rho^2) at the boundary.
    alpha = 1 - level
    found = confidence_sequence(n=n, mean=0.0, standard_deviation=1.0, expected_n=expected, level=level)
    total = n * found.interval.high
    rho = sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / expected)
    peak = total / (n + rho**-2)
    width = 1 / sqrt(n + rho**-2)
    value, _ = quad(
        lambda x: exp(x * total - x * x * n / 2 - x * x / (2 * rho**2)) / (rho * sqrt(2 * np.pi)),
        peak - 12 * width,
        peak + 12 * width,
    )
    assert value == pytest.approx(1 / alpha, rel=1e-6)


@quick
@given(n=st.integers(2, 10**9), expected=st.integers(1, 10**6), level=st.floats(0.5, 0.99))
def test_sequence_is_wider_than_one_look_and_nested_by_level(n, expected, level):
    arguments = {"n": n, "mean": 3.0, "standard_deviation": 2.0, "expected_n": expected}
    found = confidence_sequence(**arguments, level=level)
    wider = confidence_sequence(**arguments, level=level + 0.009)
    assert wider.interval.half_width > found.interval.half_width > 2.0 / sqrt(n) * 0.5
    # a sequence at level L holds at a single look at least with L
    from statistics import NormalDist

    assert found.interval.half_width >= 2.0 / sqrt(n) * NormalDist().inv_cdf(0.5 + level / 2) * (1 - 1e-12)


def test_refusals():
    for bad in (
        lambda: crossing_error(limits=[]),
        lambda: crossing_error(limits=[0.0]),
        lambda: crossing_error(limits=[2.0] * 201),
        lambda: crossing_error(limits=[2.0, 2.0], information=[1.0]),
        lambda: crossing_error(limits=[2.0, 2.0], information=[1.0, 1.0]),
        lambda: crossing_error(limits=[2.0, 2.0], information=[1.0, 1.0 + 1e-9]),
        lambda: peeking_error(looks=0),
        lambda: group_sequential_limits(looks=201),
        lambda: group_sequential_limits(looks=3, shape="flat"),
        lambda: group_sequential_limits(looks=3, level=5),
        lambda: confidence_sequence(n=10, mean=1, standard_deviation=-1, expected_n=5),
        lambda: confidence_sequence(n=10, mean=1, standard_deviation=1, expected_n=0),
    ):
        with pytest.raises(InvalidInput):
            bad()
    for n, deviation, reason in [(1, 1.0, Reason.TOO_FEW_ANSWERS), (9, 0.0, Reason.NO_VARIATION)]:
        with pytest.raises(NotEstimable) as refusal:
            confidence_sequence(n=n, mean=1.0, standard_deviation=deviation, expected_n=10)
        assert refusal.value.reason is reason


@pytest.mark.slow
def test_sequence_holds_at_all_looks_in_simulation():
    rng = np.random.default_rng(99)
    looks = np.unique(np.geomspace(30, 3000, 60).astype(int))
    missed = 0
    for _ in range(1500):
        values = rng.exponential(1.0, 3000)
        sums, squares = np.cumsum(values), np.cumsum(values**2)
        for n in looks:
            mean = sums[n - 1] / n
            deviation = sqrt((squares[n - 1] - n * mean**2) / (n - 1))
            found = confidence_sequence(n=int(n), mean=mean, standard_deviation=deviation, expected_n=500)
            if not found.interval.contains(1.0):
                missed += 1
                break
    assert missed / 1500 < 0.055
