"""Control charts against Montgomery's worked examples, published run lengths and brute force."""

from itertools import combinations, pairwise
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.control import (
    change_points,
    cusum_chart,
    cusum_run_length,
    ewma_chart,
    ewma_run_length,
    expected_false_alarms,
    mean_chart,
    nps_chart,
    p_chart,
    pool_periods,
    shewhart_run_length,
    shift_alerts,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason

quick = settings(max_examples=20, deadline=None)

# Montgomery, Introduction to Statistical Quality Control, table 7.1 (orange juice cans, 30 samples of 50):
# sum 347, p-bar .2313, limits .0524 and .4102; samples 15 and 23 out. Data and limits as in public copies of
# the example; limits recomputed: .052428 and .410239.
CANS = [
    12,
    15,
    8,
    10,
    4,
    7,
    16,
    9,
    14,
    10,
    5,
    6,
    17,
    12,
    22,
    8,
    10,
    5,
    13,
    11,
    20,
    18,
    24,
    15,
    9,
    12,
    7,
    13,
    9,
    6,
]

# Montgomery, table 9.1 (CUSUM and EWMA examples): target 10, standard deviation 1; data as in public copies.
# Both charts recomputed with pandas' ewm and by the recursion.
DRIFT = [
    *(9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34),
    *(9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62, 10.31, 8.52, 10.84),
    *(10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52),
]


def test_p_chart_of_orange_juice_cans():
    assert sum(CANS) == 347
    chart = p_chart(hits=CANS, n=[50] * 30, widen_above=100)
    assert chart.center == pytest.approx(0.2313, abs=5e-5)
    assert chart.high[0] == pytest.approx(0.4102, abs=5e-5)
    assert chart.low[0] == pytest.approx(0.0524, abs=5e-5)
    assert (np.flatnonzero(chart.out) + 1).tolist() == [15, 23]


def test_laney_widens_by_the_moving_range_of_the_scores():
    rng = np.random.default_rng(4)
    n = rng.integers(2000, 9000, 40)
    hits = rng.binomial(n, np.clip(rng.normal(0.3, 0.05, 40), 0, 1))  # far more scatter than binomial
    chart = p_chart(hits=hits, n=n)
    plain = p_chart(hits=hits, n=n, widen_above=1e9)
    center = hits.sum() / n.sum()
    scores = (hits / n - center) / np.sqrt(center * (1 - center) / n)
    ratio = np.abs(np.diff(scores)).mean() / (2 / sqrt(np.pi))
    assert chart.widened
    assert chart.method == "p chart (Laney)"
    assert chart.dispersion == pytest.approx(ratio, rel=1e-3)
    assert not plain.widened
    assert chart.high[3] - center == pytest.approx(ratio * (plain.high[3] - center), rel=1e-3)
    assert np.abs(chart.out).sum() < np.abs(plain.out).sum()


def test_thin_periods_are_not_charted_and_do_not_set_the_baseline():
    hits, n = [10, 12] * 10, [100] * 20
    chart = p_chart(hits=[*hits, 3, 0], n=[*n, 3, 0])
    assert chart.charted.tolist() == [True] * 20 + [False] * 2
    assert chart.center == pytest.approx(0.11)
    assert chart.out[-2] == 0
    assert np.isfinite([chart.value, chart.low, chart.high]).all()
    assert chart.baseline_periods == 20


def test_nps_chart_is_the_vote_variance():
    chart = nps_chart(
        promoters=[50, 56] * 10 + [80], detractors=[20, 22] * 10 + [5], n=[100] * 21, baseline_periods=20
    )
    p, d = 0.53, 0.21
    reach = 300 * sqrt((p + d - (p - d) ** 2) / 100)
    assert chart.center == pytest.approx(32)
    assert chart.high[0] == pytest.approx(32 + reach)
    assert chart.out.tolist() == [0] * 20 + [1]


def test_mean_chart_pools_the_variance_within_periods():
    n = [20, 30] * 10
    chart = mean_chart(means=[4.0, 4.1] * 10, variances=[1.0, 2.0] * 10, n=n, autocorrelation=0.6)
    pooled = (19 * 1 + 29 * 2) / 48
    center = (20 * 4.0 + 30 * 4.1) / 50
    assert chart.center == pytest.approx(center)
    # sqrt(1.6 / 0.4) = 2 for the autocorrelation
    assert chart.high[1] == pytest.approx(center + 2 * 3 * sqrt(pooled / 30))


@quick
@given(factor=st.integers(2, 50), shift=st.floats(-50, 50), seed=st.integers(0, 50))
def test_mean_chart_signals_do_not_depend_on_the_unit(factor, shift, seed):
    rng = np.random.default_rng(seed)
    means, n = rng.normal(0, 0.3, 25), rng.integers(10, 30, 25)
    variances = rng.uniform(0.5, 2, 25)
    one = mean_chart(means=means, variances=variances, n=n, width=2.0)
    other = mean_chart(means=factor * means + shift, variances=factor**2 * variances, n=n, width=2.0)
    assert one.out.tolist() == other.out.tolist()


def test_chart_refusals():
    for build, reason in [
        (lambda: p_chart(hits=[1] * 19, n=[10] * 19), Reason.TOO_FEW_PERIODS),
        (lambda: p_chart(hits=[], n=[]), Reason.TOO_FEW_PERIODS),
        (lambda: p_chart(hits=[0] * 20, n=[10] * 20), Reason.NO_VARIATION),
        (
            lambda: nps_chart(promoters=[9] * 20, detractors=[0] * 20, n=[9] * 20, minimum_answers=5),
            Reason.NO_VARIATION,
        ),
        (
            lambda: mean_chart(means=[1.0] * 20, variances=[0.0] * 20, n=[1] * 20, minimum_answers=1),
            Reason.TOO_FEW_ANSWERS,
        ),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            build()
        assert refusal.value.reason is reason
    good = {"hits": [1, 2] * 10, "n": [20] * 20}
    for change in (
        {"hits": [30] * 20},
        {"hits": [[1] * 20], "n": [[20] * 20]},
        {"width": 0},
        {"widen_above": 0.5},
        {"autocorrelation": 1},
        {"minimum_answers": 0},
        {"baseline_periods": -1},
        {"n": [float("nan")] * 20},
    ):
        with pytest.raises(InvalidInput):
            p_chart(**{**good, **change})
    with pytest.raises(InvalidInput):
        nps_chart(promoters=[9] * 20, detractors=[9] * 20, n=[10] * 20)
    for change in ({"means": [1.0]}, {"variances": [-1.0] * 20}):
        with pytest.raises(InvalidInput):
            mean_chart(**{"means": [1.0] * 20, "variances": [1.0] * 20, "n": [20] * 20, **change})


# --- EWMA and CUSUM ----------------------------------------------------------------------------


def test_ewma_of_montgomery_example():
    # example 9.2, table 9.10: z_1 = 9.945, z_2 = 9.7495, z_29 = 10.6468*, z_30 = 10.6341* (starred: out);
    # first limits 10.27 and 9.73, final 10.62 and 9.38
    chart = ewma_chart(values=DRIFT, center=10, deviations=1.0, smoothing=0.1, width=2.7)
    assert chart.value[:2] == pytest.approx([9.945, 9.7495])
    assert (chart.high[0], chart.low[0]) == pytest.approx((10.27, 9.73))
    assert (chart.high[-1], chart.low[-1]) == pytest.approx((10.62, 9.38), abs=5e-3)
    assert chart.value[28:] == pytest.approx([10.6468, 10.6341], abs=6e-5)
    assert (np.flatnonzero(chart.out) + 1).tolist() == [29, 30]


def test_cusum_of_montgomery_example():
    # table 9.2: C+ at 29 is 5.28 with counter 7, first above 5: the shift began after sample 22
    chart = cusum_chart(values=DRIFT, center=10, deviations=1.0)
    assert chart.upper[28] == pytest.approx(5.28)
    assert int(np.flatnonzero(chart.out)[0]) + 1 == 29
    assert chart.start[28] + 1 == 23
    assert chart.lower[1] == pytest.approx(1.56)


@quick
@given(seed=st.integers(0, 100))
def test_cusum_is_symmetric(seed):
    values = np.random.default_rng(seed).normal(0, 2, 30)
    up = cusum_chart(values=values, center=0.0, deviations=1.0)
    down = cusum_chart(values=-values, center=0.0, deviations=1.0)
    assert np.allclose(up.upper, down.lower)
    assert up.out.tolist() == (-down.out).tolist()


def test_baseline_is_estimated_where_not_given():
    values = [1.0, 2.0] * 10 + [9.0]
    chart = ewma_chart(values=values)
    assert chart.center == pytest.approx(1.5)
    assert chart.baseline_periods == 20
    assert chart.out[-1] == 1
    sums = cusum_chart(values=values, deviations=[1.0] * 20 + [0.5])
    assert sums.center == pytest.approx(1.5)
    assert sums.upper[-1] == pytest.approx(sums.upper[-2] + 15 - 0.5)


def test_memory_refusals():
    for change, reason in [
        ({"values": [1.0] * 5}, Reason.TOO_FEW_PERIODS),
        ({"values": [1.0] * 25}, Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            ewma_chart(**change)
        assert refusal.value.reason is reason
    good = {"values": [1.0, 2.0], "center": 1.0, "deviations": 1.0}
    for change in (
        {"smoothing": 1},
        {"width": 0},
        {"deviations": 0.0},
        {"deviations": [1.0]},
        {"values": []},
    ):
        with pytest.raises(InvalidInput):
            ewma_chart(**{**good, **change})
    for change in ({"decision": 0}, {"reference": -1}, {"center": float("nan")}):
        with pytest.raises(InvalidInput):
            cusum_chart(**{**good, **change})


@pytest.mark.parametrize(
    ("smoothing", "width", "none", "one"),
    # Lucas and Saccucci (1990), also Montgomery table 9.11: ARL 500 without shift, and at one sigma.
    # Recomputed as a Markov chain of 801 states: 499.9 499.8 499.7 499.6; 14.26 11.14 10.54 10.33
    [(0.4, 3.054, 500, 14.3), (0.25, 2.998, 500, 11.1), (0.2, 2.962, 500, 10.5), (0.1, 2.814, 500, 10.3)],
)
def test_ewma_run_lengths_of_lucas_and_saccucci(smoothing, width, none, one):
    assert ewma_run_length(smoothing=smoothing, width=width) == pytest.approx(none, rel=0.01)
    # the table starts its sums at the center with fixed limits, as here
    assert ewma_run_length(smoothing=smoothing, width=width, shift=1) == pytest.approx(one, abs=0.1)


def test_other_published_run_lengths():
    # Montgomery table 9.3: 168 and 465; recomputed as a Markov chain of 1,001 states: 167.7, 465.4
    assert cusum_run_length(reference=0.5, decision=4) == pytest.approx(168, abs=0.5)
    assert cusum_run_length() == pytest.approx(465, abs=0.5)
    assert shewhart_run_length() == pytest.approx(370.4, abs=0.05)
    assert ewma_run_length() == pytest.approx(370, rel=0.02)
    assert expected_false_alarms(series=40, periods=52, run_length=370.4) == pytest.approx(5.6, abs=0.05)
    for bad in (
        lambda: shewhart_run_length(width=0),
        lambda: ewma_run_length(width=0),
        lambda: cusum_run_length(decision=0),
        lambda: expected_false_alarms(series=1, periods=1, run_length=0),
    ):
        with pytest.raises(InvalidInput):
            bad()


# --- change points -----------------------------------------------------------------------------


def best_by_enumeration(values, penalty, noise, shortest):
    """All partitions, one after another."""
    size = len(values)
    best = (np.inf, ())
    for number in range(size):
        for breaks in combinations(range(1, size), number):
            edges = [0, *breaks, size]
            if min(np.diff(edges)) < shortest:
                continue
            cost = sum(
                np.sum((values[a:b] - np.mean(values[a:b])) ** 2) / noise**2 for a, b in pairwise(edges)
            )
            best = min(best, (cost + penalty * number, breaks))
    return best


@quick
@given(seed=st.integers(0, 500), size=st.integers(4, 11), shortest=st.integers(1, 2))
def test_partition_is_the_best_of_all(seed, size, shortest):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, size) + 6 * (np.arange(size) >= size // 2)
    found = change_points(values=values, minimum_length=shortest)
    cost, _ = best_by_enumeration(values, found.penalty, found.noise, shortest)
    mine = sum(np.sum((values[s.start : s.stop] - s.level) ** 2) for s in found.segments) / found.noise**2
    assert mine + found.penalty * len(found.breaks) == pytest.approx(cost)


def test_nile_flow_fell_in_1899():
    # Cobb (1978), Biometrika 65:243-251: annual flow of the Nile 1871-1970, break at 1898/1899; all 100
    # values equal statsmodels.datasets.nile, means 1097.75 before and 849.97 since
    nile = [
        *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180),
        *(799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701),
        *(916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862),
        *(698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812),
        *(742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906),
        *(901, 1170, 912, 746, 919, 718, 714, 740),
    ]
    assert len(nile) == 100
    found = change_points(values=nile)
    assert [1871 + place for place in found.breaks] == [1899]
    assert [round(segment.level) for segment in found.segments] == [1098, 850]
    assert found.penalty == pytest.approx(3 * log(100))


@quick
@given(shift=st.floats(-1e4, 1e4), factor=st.sampled_from([1e-3, 7.0, 1e5]), seed=st.integers(0, 99))
def test_breaks_do_not_depend_on_the_unit(shift, factor, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, 40) + 3 * (np.arange(40) > 17)
    one = change_points(values=values)
    assert change_points(values=factor * (values + shift)).breaks == one.breaks
    mirrored = change_points(values=values[::-1])
    assert len(mirrored.breaks) == len(one.breaks)


def test_known_variances_silence_thin_periods():
    values = np.array([10.0] * 10 + [30.0, 31.0] + [10.0, 11.0] * 5)
    equal = change_points(values=values, variances=np.ones(22))
    assert equal.breaks == (10, 12)
    thin = np.where((values > 29), 900.0, 1.0)
    assert change_points(values=values, variances=thin).breaks == ()


def test_autocorrelation_raises_the_penalty():
    plain = change_points(values=[0.0, 1.0, 0.0, 1.0])
    assert change_points(values=[0.0, 1.0, 0.0, 1.0], autocorrelation=0.5).penalty == pytest.approx(
        3 * plain.penalty
    )


def test_step_without_noise_is_found():
    assert change_points(values=[0.0] * 20 + [10.0] * 20).breaks == (20,)


def test_change_point_refusals():
    with pytest.raises(NotEstimable) as refusal:
        change_points(values=[1.0, 2.0, 3.0])
    assert refusal.value.reason is Reason.TOO_FEW_PERIODS
    with pytest.raises(NotEstimable) as refusal:
        change_points(values=[1.0] * 9)
    assert refusal.value.reason is Reason.NO_VARIATION
    for change in (
        {"penalty_factor": 0},
        {"variances": [1.0]},
        {"variances": [0.0] * 4},
        {"minimum_length": 0},
    ):
        with pytest.raises(InvalidInput):
            change_points(**{"values": [1.0, 2.0, 3.0, 4.0], **change})


# --- alerts ------------------------------------------------------------------------------------


def test_one_alert_per_shift_with_hysteresis():
    alerts = shift_alerts(out=[0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0])
    assert [(a.direction, a.start, a.last_signal, a.cleared) for a in alerts] == [
        (1, 1, 6, 11),
        (-1, 12, 12, 13),
        (1, 13, 13, None),
    ]


def test_thin_periods_are_no_calm():
    out, thin = [1, 0, 0, 0, 0, 0], [True, True, False, True, True, True]
    assert shift_alerts(out=out)[0].cleared == 5
    assert shift_alerts(out=out, charted=thin)[0].cleared is None
    assert shift_alerts(out=[]) == ()


@quick
@given(out=st.lists(st.sampled_from([-1, 0, 0, 0, 1]), max_size=60), calm=st.integers(1, 6))
def test_alerts_never_overlap_and_miss_no_signal(out, calm):
    alerts = shift_alerts(out=out, clear_after=calm)
    for one, other in pairwise(alerts):
        assert one.cleared is not None
        assert one.cleared <= other.start
    for period, signal in enumerate(out):
        if signal != 0:
            assert any(a.direction == signal and a.start <= period <= a.last_signal for a in alerts)


def test_alert_refusals():
    for bad in ({"out": [2]}, {"out": [0.5]}, {"out": [0], "charted": []}, {"out": [0], "clear_after": 0}):
        with pytest.raises(InvalidInput):
            shift_alerts(**bad)


@quick
@given(n=st.lists(st.integers(0, 30), max_size=30), needed=st.integers(1, 25))
def test_pools_cover_everything_in_order(n, needed):
    pools = pool_periods(n=n, minimum_answers=needed)
    if sum(n) < needed:
        assert pools == ()
        return
    assert pools[0][0] == 0
    assert pools[-1][1] == len(n)
    assert all(one[1] == other[0] for one, other in pairwise(pools))
    assert all(sum(n[a:b]) >= needed for a, b in pools)
    with pytest.raises(InvalidInput):
        pool_periods(n=[n])


@pytest.mark.slow
def test_false_alarms_come_as_often_as_announced():
    rng = np.random.default_rng(6)
    signals = 0
    for _ in range(400):
        chart = ewma_chart(values=rng.normal(0, 1, 400), center=0.0, deviations=1.0)
        first = np.flatnonzero(chart.out)
        signals += first.size > 0
    # geometric waiting: 1 - exp(-400/370), a little more for the narrow early limits
    assert signals / 400 == pytest.approx(0.66, abs=0.06)
