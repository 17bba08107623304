"""Ranges of totals: exact sums of independent amounts, without a noise of their own."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxstats.portfolio import InitiativeValue, portfolio_total

NORMAL_5, NORMAL_95 = -1.6448536269514722, 1.6448536269514722


def claim(key, value, error=10.0, **more):
    return InitiativeValue(key=key, value=value, standard_error=error, **more)


def span_of(*claims, seed=1):
    found = portfolio_total(initiatives=claims, rng=np.random.default_rng(seed))
    assert found.overlap_aware_range is not None
    return found.overlap_aware_range


def even(low, high):
    return ((0.0, low), (1.0, high))


def test_even_amounts_add_up_to_a_triangle_and_to_irwin_and_hall():
    # two on 0..1: P5 = sqrt(.1), P95 = 2 - sqrt(.1); three: P5 = (6 x .05)^(1/3), below 1
    two = span_of(*(claim(key, 0.5, quantiles=even(0.0, 1.0)) for key in "ab"))
    assert (two.p5, two.p50, two.p95) == pytest.approx((0.1**0.5, 1.0, 2 - 0.1**0.5), abs=1e-6)
    three = span_of(*(claim(key, 0.5, quantiles=even(0.0, 1.0)) for key in "abc"))
    assert (three.p5, three.p95) == pytest.approx((0.3 ** (1 / 3), 3 - 0.3 ** (1 / 3)), abs=1e-6)
    # P(sum of three < 1) = 1/6: a loss, where each lies 1/3 lower
    third = span_of(*(claim(key, 1 / 6, quantiles=even(-1 / 3, 2 / 3)) for key in "abc"))
    assert third.probability_of_loss == pytest.approx(1 / 6, abs=1e-4)


def test_normal_amounts_add_up_to_a_normal_one():
    # errors 3, 4 and 12: 13
    found = span_of(claim("a", 10, 3.0), claim("b", -5, 4.0), claim("c", 2, 12.0))
    assert (found.mean, found.p50) == pytest.approx((7, 7), abs=1e-4)
    assert (found.p5, found.p95) == pytest.approx((7 + 13 * NORMAL_5, 7 + 13 * NORMAL_95), rel=1e-4)
    assert found.probability_of_loss == pytest.approx(0.2951, abs=1e-4)  # Phi(-7/13)


def test_one_normal_amount_has_its_own_range():
    found = span_of(claim("a", 100, 10.0))
    assert (found.p5, found.p95) == pytest.approx((100 + 10 * NORMAL_5, 100 + 10 * NORMAL_95), abs=0.001)


def test_a_range_is_the_same_whatever_the_generator():
    claims = [claim("a", 1000, 300.0), claim("b", 40, quantiles=even(-100.0, 180.0))]
    assert span_of(*claims, seed=1) == span_of(*claims, seed=2)


def test_an_amount_that_is_certain_shifts_the_range():
    found = span_of(claim("a", 0.5, quantiles=even(0.0, 1.0)), claim("b", 7, quantiles=even(7.0, 7.0)))
    assert (found.p5, found.p50, found.p95) == pytest.approx((7.05, 7.5, 7.95), abs=1e-4)


def test_mass_below_the_first_quantile_stays_at_it():
    # a fifth of the mass at 0, the rest even up to 8, and 1 that is certain: P(x <= 3) = .2 + .8 x 2/8
    found = span_of(
        claim("a", 3.2, quantiles=((0.2, 0.0), (1.0, 8.0))), claim("b", -3, quantiles=even(-3.0, -3.0))
    )
    assert found.p5 == pytest.approx(-3, abs=0.001)
    assert found.probability_of_loss == pytest.approx(0.5, abs=1e-3)


def test_a_tiny_initiative_moves_a_large_range_by_about_its_own_size():
    # 45.700 to 737.000 alone; with -46 (-234 to 143) a draw anew once gave 42.500 to 733.000
    shape = ((0.0, -400_000.0), (0.05, 45_700.0), (0.5, 380_000.0), (0.95, 737_000.0), (1.0, 1_400_000.0))
    large = claim("a", 385_000, quantiles=shape)
    tiny = claim("b", -46, quantiles=((0.0, -400.0), (0.05, -234.0), (0.95, 143.0), (1.0, 300.0)))
    found = span_of(large, tiny)
    for end, alone in ((found.p5, 45_700), (found.p50, 380_000), (found.p95, 737_000)):
        assert alone - 400 <= end <= alone + 300


values = st.floats(-1e6, 1e6)
shapes = st.lists(values, min_size=3, max_size=8).map(sorted).filter(lambda ends: ends[0] < ends[-1])


def claim_of(key, ends):
    shares = np.linspace(0, 1, len(ends)).tolist()
    return claim(key, float(np.mean(ends)), quantiles=tuple(zip(shares, ends, strict=True)))


@settings(max_examples=60, deadline=None)
@example(ends=[0.0, 0.0, 1.0], second=(0.0, 2.2250738585e-313))
@given(shapes, st.tuples(st.floats(-1e4, 1e4), st.floats(0, 1e4)))
def test_what_lies_between_two_amounts_moves_each_end_by_one_between_them(ends, second):
    # whatever the shapes: with low <= Y <= high the quantiles of X + Y are those of X moved by low to high
    low, high = second[0], second[0] + second[1]
    shares = np.linspace(0, 1, len(ends))
    alone = np.interp([0.05, 0.5, 0.95], shares, ends)
    found = span_of(claim_of("a", ends), claim("b", (low + high) / 2, quantiles=even(low, high)))
    cell = (ends[-1] - ends[0] + high - low) / 10_000 + 1e-9  # and what floating point leaves of zero
    for before, after in zip(alone, (found.p5, found.p50, found.p95), strict=True):
        assert before + low - cell <= after <= before + high + cell


@settings(max_examples=20, deadline=None)
@given(st.lists(shapes, min_size=2, max_size=4), st.floats(0.01, 1000))
def test_a_sum_scales_and_mirrors(many, factor):
    claims = [claim_of(str(place), ends) for place, ends in enumerate(many)]
    mirrored = [
        claim_of(str(place), [-factor * end for end in ends[::-1]]) for place, ends in enumerate(many)
    ]
    found, other = span_of(*claims), span_of(*mirrored)
    near = sum(ends[-1] - ends[0] for ends in many) / 10_000 * factor
    assert (-other.p95, -other.p5) == pytest.approx((factor * found.p5, factor * found.p95), abs=near)


def test_skewed_amounts_agree_with_two_million_draws():
    rng = np.random.default_rng(7)
    drawn = [rng.lognormal(11, 0.8, 2_000_000) - 60_000, 90_000 * rng.beta(2, 5, 2_000_000) - 20_000]
    shares = np.linspace(0, 1, 400)
    claims = [
        claim(str(place), float(one.mean()), quantiles=tuple(zip(shares.tolist(), ends, strict=True)))
        for place, one in enumerate(drawn)
        for ends in [np.quantile(one, shares).tolist()]
    ]
    found = span_of(*claims)
    total = sum(drawn)
    expected = np.quantile(total, [0.05, 0.5, 0.95])
    assert (found.p5, found.p50, found.p95) == pytest.approx(expected.tolist(), abs=300)
    assert found.probability_of_loss == pytest.approx(float((total < 0).mean()), abs=0.002)
