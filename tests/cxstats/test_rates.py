"""Rates of operational numbers: the ratio estimator with days as units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Unit
from cxstats.voc import RateTotals, rate, rate_change

# Worked on paper. Sum of amounts 60, of exposures 5,000: R = 0.012. Residuals y - Rx are 0, -1.8, 0.8, -2, 3,
# their squares add up to 16.88, so s^2 = 16.88 / 4 = 4.22 and v(R) = 4.22 / (5 * 1,000^2) = 8.44e-7.
# Standard error 0.000918695; Student's t (4 degrees of freedom, 97.5 %) is 2.776445 in any table.
CALLS = RateTotals.of([12, 9, 14, 10, 15], [1000, 900, 1100, 1000, 1000])


def test_the_rate_and_its_interval_are_those_worked_on_paper():
    found = rate(totals=CALLS, per=1000)
    assert found.value == pytest.approx(12.0)
    assert found.standard_error == pytest.approx(0.918695, abs=1e-6)
    assert (found.interval.low, found.interval.high) == pytest.approx((9.449292, 14.550708), abs=1e-5)
    assert (found.n, found.unit) == (5, Unit.RATE)


def test_with_equal_exposures_it_is_the_t_interval_of_the_mean():
    # mean 4, variance 10/4 = 2.5, error sqrt(2.5/5) = 0.707107, times 2.776445
    found = rate(totals=RateTotals.of([2, 3, 4, 5, 6], [1, 1, 1, 1, 1]))
    assert found.value == 4.0
    assert found.interval.half_width == pytest.approx(1.963243, abs=1e-5)


def test_the_change_is_that_of_two_independent_ratios():
    # After: sum 30, R = 0.006; residuals 0, -0.4, 1.4, 1, -2, squares 7.12, s^2 = 1.78, v = 3.56e-7.
    # Variances add to 1.2e-6; Welch: (1.2e-6)^2 / (8.44e-7^2 / 4 + 3.56e-7^2 / 4) = 6.8645.
    after = RateTotals.of([6, 5, 8, 7, 4], [1000, 900, 1100, 1000, 1000])
    found = rate_change(before=CALLS, after=after, per=1000)
    assert found.estimate.value == pytest.approx(-6.0)
    assert found.estimate.standard_error == pytest.approx(1.095445, abs=1e-6)
    assert found.degrees_of_freedom == pytest.approx(6.8645, abs=1e-3)
    assert found.statistic == pytest.approx(-5.477226, abs=1e-5)
    assert 0.0009 < found.p_value < 0.0011


def test_too_few_days_are_refused_with_how_many_are_needed():
    for days in range(5):
        with pytest.raises(NotEstimable) as refusal:
            rate(totals=RateTotals.of([1.0, 2, 3, 4][:days], [1.0] * days))
        assert refusal.value.reason is (Reason.TOO_FEW_PERIODS if days else Reason.NO_DATA)
        assert refusal.value.detail == {"needed": 5, "found": days}


def test_days_that_are_all_alike_tell_no_spread():
    with pytest.raises(NotEstimable, match="no_variation"):
        rate(totals=RateTotals.of([0] * 6, [10] * 6))
    with pytest.raises(NotEstimable, match="no_variation"):
        rate_change(before=RateTotals.of([0] * 6, [10] * 6), after=RateTotals.of([1] * 6, [10] * 6))


def test_one_side_without_variation_still_compares_with_one_that_varies():
    found = rate_change(before=RateTotals.of([0] * 6, [1000] * 6), after=CALLS, per=1000)
    assert found.estimate.value == pytest.approx(12.0)
    assert found.degrees_of_freedom == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("amounts", "exposures"), [([1], [0]), ([1], [-2]), ([1, 2], [1]), ([float("nan")], [1])]
)
def test_what_is_no_amount_on_an_exposure_is_refused(amounts, exposures):
    with pytest.raises(InvalidInput):
        RateTotals.of(amounts, exposures)


def test_a_rate_is_given_for_more_than_nothing():
    with pytest.raises(InvalidInput, match="per"):
        rate(totals=CALLS, per=0)


def test_amounts_that_cannot_be_negative_have_no_negative_rate():
    found = rate(totals=RateTotals.of([0, 0, 0, 0, 9], [10] * 5))
    assert found.interval.low == 0.0
    assert rate(totals=RateTotals.of([0, 0, 0, -1, 9], [10] * 5)).interval.low < 0


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=5, max_size=40),
    st.floats(0.1, 1000),
)
def test_the_unit_of_exposure_changes_nothing_but_the_unit(days, per):
    totals = RateTotals.of([a for a, _x in days], [x for _a, x in days])
    try:
        found, one = rate(totals=totals, per=per), rate(totals=totals)
    except NotEstimable:
        return
    assert found.value == pytest.approx(per * one.value)
    assert found.interval.low <= found.value <= found.interval.high
    assert found.interval.high == pytest.approx(per * one.interval.high)


def covers(days: int, rounds: int, seed: int) -> float:
    """Share of 95 % intervals that hold the true rate: 20 a thousand, calls vary and bad days are bad."""
    random = np.random.default_rng(seed)
    held = 0
    for _round in range(rounds):
        calls = random.integers(300, 1500, days)
        badness = random.gamma(8.0, 1 / 8.0, days)
        complaints = random.poisson(0.02 * badness * calls)
        held += rate(totals=RateTotals.of(complaints, calls)).interval.contains(0.02)
    return held / rounds


def test_thirty_days_cover_the_true_rate_about_as_often_as_promised():
    # 1,500 rounds: standard error 0.6 %, so 0.95 within 3.5 of them, less the known loss of some 1-2 %
    assert 0.915 < covers(30, 1_500, 11) < 0.975


@pytest.mark.slow
@pytest.mark.parametrize(("days", "least"), [(5, 0.89), (10, 0.905), (30, 0.93), (90, 0.94)])
def test_intervals_cover_the_true_rate_with_few_and_many_days(days, least):
    assert least < covers(days, 6_000, days) < 0.965
