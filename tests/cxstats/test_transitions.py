"""Shares of three outcomes with customers still being watched: by hand, by statsmodels, simulated."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from cxstats.durations import kaplan_meier
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.transitions import Outcome, transition
from cxstats.voc import share

OPEN, ON, ASIDE = Outcome.OPEN, Outcome.ON, Outcome.ASIDE

# Six customers by hand, window 10. At risk and share without an outcome just before:
#   day 1: 6 at risk, one goes on            (1)        1/6 on
#   day 2: 5 at risk, one turns aside        (5/6)      1/6 aside
#   day 3: 4 at risk, one is watched no more
#   day 4: 3 at risk, one goes on            (4/6)      2/9 on
#   the last two are watched to the end: 4/9 not heard again
HAND = ([1, 2, 3, 4, 12, 10], [ON, ASIDE, OPEN, ON, OPEN, OPEN])


def test_six_customers_by_hand():
    found = transition(times=HAND[0], outcomes=HAND[1], window=10, least=2)
    assert found.on.value == pytest.approx(float(Fraction(1, 6) + Fraction(2, 9)))
    assert found.aside.value == pytest.approx(1 / 6)
    assert found.out.value == pytest.approx(4 / 9)
    assert (found.n, found.known, found.unknown) == (6, 5, 1)
    assert found.time is None  # two went on: nothing is said of the time


def test_who_is_watched_no_more_has_not_fallen_out():
    """The raw share of those not heard again would be 3 of 6; of those known 2 of 5."""
    found = transition(times=HAND[0], outcomes=HAND[1], window=10, least=2)
    assert 2 / 5 < found.out.value < 3 / 6


def test_where_every_window_is_over_the_limits_are_those_of_a_plain_share():
    times = [*range(1, 31), *[90] * 50]
    outcomes = [*[ON] * 18, *[ASIDE] * 12, *[OPEN] * 50]
    found = transition(times=times, outcomes=outcomes, window=90)
    for one, hits in ((found.on, 18), (found.aside, 12), (found.out, 50)):
        plain = share(hits=hits, n=80)
        assert one.value == pytest.approx(hits / 80)
        assert one.interval.low == pytest.approx(plain.interval.low)
        assert one.interval.high == pytest.approx(plain.interval.high)
        assert one.standard_error == pytest.approx(sqrt(hits / 80 * (1 - hits / 80) / 80))


def simulated(rng, size, *, to_on=0.5, to_aside=0.2, longest=200.0):
    """Customers come evenly over the days before today; times are exponential, of 20 and 30 days."""
    way = rng.random(size)
    kind = np.where(way < to_on, ON, np.where(way < to_on + to_aside, ASIDE, OPEN))
    happens = np.where(kind == ON, rng.exponential(20, size), rng.exponential(30, size)) + 1e-6
    happens = np.where(kind == OPEN, np.inf, happens)
    watched = rng.uniform(0.5, longest, size)
    is_seen = happens <= watched
    return np.where(is_seen, happens, watched), np.where(is_seen, kind, OPEN)


@pytest.mark.parametrize("seed", range(5))
def test_shares_and_errors_are_those_of_statsmodels(seed):
    """CumIncidenceRight of statsmodels 0.14, by a route of its own, with ties."""
    times, outcomes = simulated(np.random.default_rng(seed), 150)
    times = np.ceil(times)
    found = transition(times=times, outcomes=outcomes, window=90)
    other = CumIncidenceRight(times, outcomes)
    at = int(np.searchsorted(other.times, 90, side="right")) - 1
    for ours, place in ((found.on, 0), (found.aside, 1)):
        assert ours.value == pytest.approx(other.cinc[place][at], rel=1e-12)
        assert ours.standard_error == pytest.approx(other.cinc_se[place][at], rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_is_the_kaplan_meier_curve_with_greenwood_s_error(seed):
    times, outcomes = simulated(np.random.default_rng([seed, 1]), 150)
    found = transition(times=times, outcomes=outcomes, window=90)
    curve = kaplan_meier(seconds=times, resolved=outcomes != OPEN)
    at = int(np.searchsorted(curve.times, 90, side="right")) - 1
    assert found.out.value == pytest.approx(float(curve.still_open[at]))
    assert found.out.standard_error == pytest.approx(float(curve.standard_error[at]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from([0, 1, 2])), min_size=1, max_size=60))
def test_shares_add_up_and_lie_in_their_ranges(rows):
    times = [*[time for time, _kind in rows], *[90] * 5]
    outcomes = [*[kind for _time, kind in rows], *[0] * 5]
    found = transition(times=times, outcomes=outcomes, window=90)
    assert found.on.value + found.aside.value + found.out.value == pytest.approx(1)
    for one in (found.on, found.aside, found.out):
        assert 0 <= one.interval.low <= one.value + 1e-12
        assert one.value - 1e-12 <= one.interval.high <= 1
    assert found.known + found.unknown == found.n == len(times)


def test_nobody_and_everybody_have_a_range_too():
    found = transition(times=[90] * 20, outcomes=[OPEN] * 20, window=90)
    assert (found.on.value, found.on.interval.low) == (0, 0)
    assert found.on.interval.high == pytest.approx(share(hits=0, n=20).interval.high)
    assert (found.out.value, found.out.interval.high) == (1, 1)
    found = transition(times=range(1, 21), outcomes=[ON] * 20, window=90)
    assert (found.on.value, found.out.value) == (1, 0)
    assert found.on.interval.low == pytest.approx(share(hits=20, n=20).interval.low)


def test_what_comes_after_the_window_is_nothing_within_it():
    found = transition(times=[5, 91, 90, *[90] * 7], outcomes=[ON, ON, ON, *[OPEN] * 7], window=90)
    assert found.on.value == pytest.approx(2 / 10)  # day 90 is within it
    assert found.unknown == 0


def test_the_time_of_who_goes_on_and_its_spread():
    found = transition(
        times=[*range(1, 101), *[200] * 100], outcomes=[*[ON] * 100, *[OPEN] * 100], window=200
    )
    time = found.time
    assert (time.first_quarter, time.median, time.third_quarter, time.n) == (25, 50, 75, 100)
    # Woodruff: 0.5 -+ 1.96 * 0.05 of the 100
    assert (time.low, time.high) == (41, 60)


def test_slow_ones_who_are_not_known_yet_are_reckoned_with():
    """Half go on after 10 days and half after 60; who came less than 60 days ago can only be of the quick."""
    times = [*[10] * 50, *[60] * 50, *[10] * 50, *[30] * 50]
    outcomes = [*[ON] * 150, *[OPEN] * 50]
    found = transition(times=times, outcomes=outcomes, window=90)
    assert found.on.value == 1
    assert found.time.third_quarter == 60  # of those seen alone two thirds are quick
    assert found.time.median == 10


def test_few_who_went_on_have_no_upper_limit_or_no_time():
    few = transition(times=[1, 2, 3, 4, *[90] * 20], outcomes=[*[ON] * 4, *[OPEN] * 20], window=90)
    assert few.time is None
    five = transition(times=[1, 2, 3, 4, 5, *[90] * 20], outcomes=[*[ON] * 5, *[OPEN] * 20], window=90)
    assert five.time.median == 3
    assert (five.time.low, five.time.high) == (1, 5)


@pytest.mark.parametrize(
    ("times", "outcomes", "reason"),
    [
        ([1, 2, 90, 90], [ON, ON, OPEN, OPEN], Reason.TOO_FEW_ANSWERS),
        ([*[10] * 30, 3, 4, 5, 6], [*[OPEN] * 30, ON, ON, ON, ASIDE], Reason.NOT_FOLLOWED),  # four are known
        ([*[10] * 30, *range(1, 9)], [*[OPEN] * 30, *[ON] * 8], Reason.NOT_FOLLOWED),  # nobody for 90 days
    ],
)
def test_what_is_refused(times, outcomes, reason):
    with pytest.raises(NotEstimable) as refused:
        transition(times=times, outcomes=outcomes, window=90)
    assert refused.value.reason == reason


def test_where_everybody_had_an_outcome_nobody_need_be_watched_to_the_end():
    assert transition(times=[1, 2, 3, 4, 5, 6], outcomes=[ON] * 6, window=90).known == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": [0, 1]},
        {"times": [float("nan"), 1]},
        {"outcomes": [ON]},
        {"outcomes": [3, 1]},
        {"window": 0},
        {"least": 0},
        {"level": 1.0},
    ],
)
def test_input_that_is_not_understood_is_refused(wrong):
    right = {"times": [1, 2], "outcomes": [ON, OPEN], "window": 90, "least": 1}
    with pytest.raises(InvalidInput):
        transition(**{**right, **wrong})


# --- simulated ----------------------------------------------------------------------------------


def covered(seed, runs, size):
    """How often the range holds the truth at 90 days: on, aside, out and the median time."""
    truth_on, truth_aside = 0.5 * (1 - np.exp(-90 / 20)), 0.2 * (1 - np.exp(-90 / 30))
    median = -20 * np.log(1 - 0.5 * (1 - np.exp(-90 / 20)))
    hits, given_up = np.zeros(4), 0
    for run in range(runs):
        times, outcomes = simulated(np.random.default_rng([seed, run]), size)
        try:
            found = transition(times=times, outcomes=outcomes, window=90)
        except NotEstimable:
            given_up += 1
            continue
        high = np.inf if found.time.high is None else found.time.high
        hits += [
            found.on.interval.contains(truth_on),
            found.aside.interval.contains(truth_aside),
            found.out.interval.contains(1 - truth_on - truth_aside),
            found.time.low <= median <= high,
        ]
    assert given_up <= runs / 100
    return hits / (runs - given_up)


def test_ranges_hold_as_often_as_they_say_in_a_sample():
    assert np.all(covered(1, 300, 120) >= 0.91)


@pytest.mark.slow
@pytest.mark.parametrize("size", [40, 150, 600])
def test_ranges_hold_as_often_as_they_say(size):
    found = covered(2, 1500, size)
    assert np.all(found >= 0.93), found
    assert np.all(found[:3] <= 0.975), found


def test_a_raw_share_would_be_wrong_where_this_is_not():
    """Of customers who came in the last 200 days the raw share going on is far below the truth."""
    times, outcomes = simulated(np.random.default_rng(7), 20_000)
    truth = 0.5 * (1 - np.exp(-90 / 20))
    raw = float(np.mean((outcomes == ON) & (times <= 90)))
    found = transition(times=times, outcomes=outcomes, window=90)
    assert raw < truth - 0.03
    assert found.on.value == pytest.approx(truth, abs=0.012)
