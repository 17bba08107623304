"""Times with open cases against published survival curves, other routes and properties."""

from fractions import Fraction
from itertools import combinations
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from cxstats.durations import (
    DurationSample,
    cohort_maturity,
    compare_durations,
    followed_log_times,
    geometric_mean,
    horizon_of,
    kaplan_meier,
    kaplan_meier_quantile,
    median_duration,
    quantile_duration,
    share_resolved_within,
)
from cxstats.durations import comparison as comparison_module
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Unit
from cxstats.voc import share

quick = settings(max_examples=20, deadline=None)
TIMES = st.lists(st.integers(1, 500), min_size=2, max_size=40)

# Gehan (1965) / Freireich et al. (1963), weeks in remission under 6-MP; 12 of 21 still in remission.
# The curve and standard errors are printed in Kleinbaum and Klein, Survival Analysis, chapter 2, and in
# Klein and Moeschberger (2003), table 4.1A. Recomputed with lifelines 0.30 and Greenwood's sum: all seven.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [bool(int(flag)) for flag in "111010100110001100000"]

# Miller (1981), maintained group of the AML trial: R's survfit(Surv(time, status) ~ x, data = aml).
# Recomputed with lifelines 0.30 and Greenwood's sum: all seven; median 31.
AML_WEEKS = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
AML_ENDED = [True, True, False, True, True, False, True, True, False, True, False]


def test_kaplan_meier_of_the_remission_trial():
    curve = kaplan_meier(seconds=WEEKS, resolved=ENDED)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve.still_open == pytest.approx(expected, abs=6e-5)
    assert curve.standard_error == pytest.approx(errors, abs=6e-5)
    assert kaplan_meier_quantile(seconds=WEEKS, resolved=ENDED).value == 23
    assert (curve.n, curve.n_open, curve.excluded, curve.longest) == (21, 12, 0, 35)


def test_kaplan_meier_of_the_aml_trial():
    curve = kaplan_meier(seconds=AML_WEEKS, resolved=AML_ENDED)
    assert curve.still_open == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=6e-4)
    assert curve.standard_error == pytest.approx(
        [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535], abs=6e-5
    )
    found = kaplan_meier_quantile(seconds=AML_WEEKS, resolved=AML_ENDED)
    assert found.value == 31  # printed by survfit


def test_limits_agree_with_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    peer = SurvfuncRight(np.array(WEEKS, dtype=float), np.array(ENDED, dtype=int))
    for part in (0.2, 0.4, 0.5):
        found = kaplan_meier_quantile(seconds=WEEKS, resolved=ENDED, share=part)
        low, high = peer.quantile_ci(part, method="cloglog")
        assert found.value == peer.quantile(part)
        assert found.low == low
        assert found.high == (None if np.isinf(high) else high)


def test_quantile_never_reached_is_refused():
    with pytest.raises(NotEstimable) as refusal:
        kaplan_meier_quantile(seconds=WEEKS, resolved=ENDED, share=0.9)
    assert refusal.value.reason is Reason.NEVER_REACHED
    with pytest.raises(NotEstimable):
        kaplan_meier(seconds=[4, 5], resolved=[False, False])


def test_flat_curve_at_the_target_gives_the_middle():
    # R: survfit(Surv(c(1, 2, 3, 4)) ~ 1) has median 2.5
    assert kaplan_meier_quantile(seconds=[1, 2, 3, 4]).value == 2.5
    assert kaplan_meier_quantile(seconds=[1, 2, 3], resolved=[True, False, False], share=1 / 3).value == 1


@quick
@given(times=TIMES, scale=st.sampled_from([60, 3600]), seed=st.integers(0, 99))
def test_curve_ignores_order_and_follows_the_unit_of_time(times, scale, seed):
    rng = np.random.default_rng(seed)
    resolved = rng.random(len(times)) < 0.7
    resolved[0] = True
    order = rng.permutation(len(times))
    one = kaplan_meier(seconds=times, resolved=resolved.tolist())
    other = kaplan_meier(
        seconds=[scale * times[i] for i in order], resolved=[bool(resolved[i]) for i in order]
    )
    assert np.allclose(one.still_open, other.still_open)
    assert np.allclose(one.times * scale, other.times)
    assert np.all((one.low <= one.still_open + 1e-12) & (one.still_open <= one.high + 1e-12))
    assert np.isfinite([one.low, one.high, one.standard_error]).all()


@quick
@given(times=TIMES)
def test_without_open_cases_the_curve_is_the_empirical_share(times):
    curve = kaplan_meier(seconds=times)
    values = np.array(times)
    assert curve.still_open == pytest.approx([np.mean(values > t) for t in curve.times], abs=1e-12)
    inside = share_resolved_within(limit=250, seconds=times)
    assert inside.value == pytest.approx(np.mean(values <= 250), abs=1e-12)
    assert inside.interval.low <= inside.value <= inside.interval.high


def test_share_within_at_the_ends_uses_wilson():
    none = share_resolved_within(limit=1, seconds=[5, 6, 7, 8])
    assert none.value == 0.0
    assert none.interval.high == pytest.approx(share(hits=0, n=4).interval.high)
    every = share_resolved_within(limit=100, seconds=[5, 5, 5, 5])
    assert every.value == 1.0
    assert every.interval.low == pytest.approx(share(hits=4, n=4).interval.low)
    # 4 of 21 ended or left by week 6; three ended: 1 - 0.857
    assert share_resolved_within(limit=6, seconds=WEEKS, resolved=ENDED).value == pytest.approx(3 / 21)


def test_share_within_a_limit_nobody_was_watched_for_is_refused():
    with pytest.raises(NotEstimable) as refusal:
        share_resolved_within(limit=40, seconds=WEEKS, resolved=ENDED)
    assert refusal.value.reason is Reason.NEVER_REACHED
    with pytest.raises(InvalidInput, match="limit"):
        share_resolved_within(limit=0, seconds=WEEKS)


# --- complete cases ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "low", "high"),
    # Conover (1999) / Hahn and Meeker (1991) order statistics for the median at 95 %; recomputed from
    # scipy's binomial: the largest k with 2 P(X < k) <= .05
    [(6, 1, 6), (10, 2, 9), (20, 6, 15), (25, 8, 18), (100, 40, 61)],
)
def test_order_statistics_of_the_median(n, low, high):
    found = median_duration(seconds=range(1, n + 1))
    assert (found.low, found.high) == (low, high)


@quick
@given(n=st.integers(8, 300), part=st.sampled_from([0.5, 0.75, 0.9]), level=st.sampled_from([0.8, 0.95]))
def test_order_statistics_agree_with_scipy_quantile_test(n, part, level):
    values = np.sort(np.random.default_rng(n).lognormal(8, 1, n))
    peer = stats.quantile_test(values, p=part).confidence_interval(confidence_level=level)
    found = quantile_duration(seconds=values, share=part, level=level)
    assert found.low == (0.0 if np.isnan(peer.low) else peer.low)
    assert found.high == (None if np.isnan(peer.high) else peer.high)


def test_too_few_cases_for_an_interval_of_the_median():
    with pytest.raises(NotEstimable) as refusal:
        median_duration(seconds=[1, 2, 3, 4, 5])
    assert refusal.value.detail == {"needed": 6, "found": 5}


def test_geometric_mean_by_hand():
    found = geometric_mean(seconds=[10, 100, 1000])
    reach = 4.302653 * log(10) / sqrt(3)  # t with 2 degrees of freedom
    assert found.value == pytest.approx(100)
    assert found.interval.high == pytest.approx(100 * exp(reach), rel=1e-6)
    assert found.unit is Unit.SECONDS
    with pytest.raises(NotEstimable):
        geometric_mean(seconds=[10])
    with pytest.raises(NotEstimable):
        geometric_mean(seconds=[10, 10, 10])


def test_zero_and_negative_times_are_excluded_and_counted():
    sample = DurationSample.of(seconds=[0, -5, 10, 20], resolved=[True, True, True, False])
    assert (sample.n, sample.n_open, sample.excluded) == (2, 1, 2)
    assert median_duration(seconds=[0, -1, *range(1, 11)]).excluded == 2
    with pytest.raises(NotEstimable) as refusal:
        DurationSample.of(seconds=[0, -5])
    assert refusal.value.detail["excluded"] == 2
    with pytest.raises(NotEstimable):
        DurationSample.of(seconds=[], resolved=[])
    with pytest.raises(NotEstimable) as refusal:
        sample.closed_seconds()
    assert refusal.value.detail["open_cases"] == 1


@pytest.mark.parametrize("seconds", [[1, float("nan")], [1, float("inf")], "soon", [[1.0]]])
def test_times_must_be_finite_numbers(seconds):
    with pytest.raises(InvalidInput, match="seconds"):
        kaplan_meier(seconds=seconds)


def test_flags_must_match():
    with pytest.raises(InvalidInput, match="resolved"):
        kaplan_meier(seconds=[1, 2], resolved=[True])
    with pytest.raises(InvalidInput, match="resolved"):
        kaplan_meier(seconds=[1, 2], resolved=[1, 0])


# --- comparison --------------------------------------------------------------------------------

# Hollander and Wolfe (1973), permeability of the human chorioamnion; wilcox.test in R's help page:
# W = 35; Hodges-Lehmann x - y = 0.305 in Hollander, Wolfe and Chicken (2014), example 4.2; scipy 1.18:
# U = 35, one-sided exact p = .1272 as on the help page, median of the 50 differences .305.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]


def test_rank_comparison_of_hollander_and_wolfe():
    found = compare_durations(before=TERM, after=EARLY)
    assert found.faster_probability == pytest.approx(35 / 50)
    assert found.shift.value == pytest.approx(-0.305)
    assert found.shift.unit is Unit.SECONDS
    assert found.p_value == pytest.approx(2 * 0.1272, abs=1e-4)  # exact, one-sided .1272 on the help page


@quick
@given(before=TIMES, after=TIMES)
def test_comparison_agrees_with_scipy(before, after):
    if len({*before, *after}) == 1:
        return
    if len(set(before)) == len(set(after)) == 1:
        with pytest.raises(NotEstimable):
            compare_durations(before=before, after=after)
        return
    found = compare_durations(before=before, after=after)
    peer = stats.mannwhitneyu(before, after, method="asymptotic")
    if len(before) + len(after) > 60:
        assert found.p_value == pytest.approx(min(peer.pvalue, 1.0))
    elif len({*before, *after}) == len(before) + len(after):
        exact = stats.mannwhitneyu(before, after, method="exact").pvalue
        assert found.p_value == pytest.approx(min(exact, 1.0))
    assert found.faster_probability == pytest.approx(peer.statistic / (len(before) * len(after)))
    assert found.shift.value == pytest.approx(np.median(np.subtract.outer(after, before)))
    assert found.shift.interval.low <= found.shift.value <= found.shift.interval.high
    assert found.ratio.value == pytest.approx(stats.gmean(after) / stats.gmean(before))
    if min(len(set(before)), len(set(after))) == 1:
        return  # SciPy warns where one side does not vary
    welch = stats.ttest_ind(np.log(after), np.log(before), equal_var=False).confidence_interval()
    assert found.ratio.interval.low == pytest.approx(exp(welch.low))


def every_assignment(before, after):
    """Two-sided p by listing all ways to deal the pooled times out, in exact fractions."""
    pooled = [*before, *after]
    center = Fraction(len(before) * len(after), 2)

    def distance(group):
        rest = list(pooled)
        for time in group:
            rest.remove(time)
        wins = sum(Fraction(2 * (b > a) + (b == a), 2) for b in group for a in rest)
        return abs(wins - center)

    observed = distance(before)
    picks = list(combinations(range(len(pooled)), len(before)))
    far = sum(distance([pooled[i] for i in pick]) >= observed for pick in picks)
    return float(Fraction(far, len(picks)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1, 2, 2, 3], [2, 3, 4, 4, 5]),
        ([7, 7, 7], [7, 7, 9]),
        ([1, 2], [3, 4, 5, 5, 5, 6]),
        ([3, 1, 4, 1, 5], [9, 2, 6, 5, 3]),
        ([10, 20, 30, 40, 50], [60, 70, 80, 90, 100]),
    ],
)
def test_small_groups_with_ties_are_compared_by_every_assignment(before, after):
    assert compare_durations(before=before, after=after).p_value == pytest.approx(
        every_assignment(before, after)
    )


# The largest U that is significant at 5 % on two sides, from the table of Mann and Whitney as printed in
# Siegel and Castellan (1988), Nonparametric statistics, table J; one more is not.
@pytest.mark.parametrize(
    ("m", "n", "critical"), [(5, 5, 2), (8, 8, 13), (10, 10, 23), (7, 12, 18), (20, 20, 127)]
)
def test_exact_comparison_turns_significant_where_the_printed_table_does(m, n, critical):
    def p_at(u):
        # `before` holds the lowest ranks; its highest ones then move up, u places in all
        steps = [min(max(u - n * done, 0), n) for done in range(m)]
        before = [place + 1 + step for place, step in enumerate(reversed(steps))]
        after = sorted(set(range(1, m + n + 1)) - set(before))
        return compare_durations(before=before, after=after).p_value

    assert p_at(critical) <= 0.05 < p_at(critical + 1)


def test_sixty_cases_are_exact_and_sixty_one_are_not():
    rng = np.random.default_rng(5)
    before, after = rng.exponential(1.0, 30), rng.exponential(0.7, 30)
    exact = stats.mannwhitneyu(before, after, method="exact").pvalue
    assert compare_durations(before=before, after=after).p_value == pytest.approx(exact, rel=1e-9)
    more = np.append(after, 5.0)
    rough = stats.mannwhitneyu(before, more, method="asymptotic").pvalue
    assert compare_durations(before=before, after=more).p_value == pytest.approx(rough, rel=1e-9)


# C is one more than the largest significant U of the printed table (Siegel and Castellan 1988, table J; Mann
# and Whitney 1947): 23 at 10 and 10 (5 % on two sides), 26 at 8 and 12 (10 %); at 2 and 2 there is none.
# Beyond 60 cases C = mn/2 - z sqrt(mn(m + n + 1)/12): 40 x 40 / 2 - 1.960 x 103.92 = 596.3.
@pytest.mark.parametrize(
    ("m", "n", "level", "rank"), [(10, 10, 0.95, 24), (8, 12, 0.9, 27), (2, 2, 0.95, 1), (40, 40, 0.95, 596)]
)
def test_limits_of_the_shift_are_ordered_differences(m, n, level, rank):
    rng = np.random.default_rng(m)
    before, after = rng.exponential(1000, m), rng.exponential(700, n)
    found = compare_durations(before=before, after=after, level=level).shift
    differences = sorted(b - a for a in before for b in after)
    assert found.interval.low == pytest.approx(differences[rank - 1])
    assert found.interval.high == pytest.approx(differences[-rank])
    assert found.value == pytest.approx(np.median(differences))


def test_counted_differences_equal_listed_ones(monkeypatch):
    rng = np.random.default_rng(1)
    before, after = rng.lognormal(9, 1, 120), rng.lognormal(8.6, 1, 90)
    listed = compare_durations(before=before, after=after)
    monkeypatch.setattr(comparison_module, "PAIRS_AT_ONCE", 0)
    counted = compare_durations(before=before, after=after)
    assert counted.shift.value == pytest.approx(listed.shift.value)
    assert counted.shift.interval.low == pytest.approx(listed.shift.interval.low)
    assert counted.shift.interval.high == pytest.approx(listed.shift.interval.high)


def test_comparison_refuses_open_cases_unless_told():
    arguments = {
        "before": [1, 2, 3, 4],
        "after": [1, 2, 3, 9],
        "after_resolved": [True, True, True, False],
    }
    with pytest.raises(NotEstimable) as refusal:
        compare_durations(**arguments)
    assert refusal.value.reason is Reason.CASES_STILL_OPEN
    found = compare_durations(**arguments, open_share_allowed=0.25)
    assert (found.after_open, found.after_n, found.before_open) == (1, 3, 0)


def test_comparison_refusals():
    for before, after, reason in [
        ([1], [2, 3], Reason.TOO_FEW_ANSWERS),
        ([2, 2], [2, 2], Reason.NO_VARIATION),
        ([], [1, 2], Reason.NO_DATA),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            compare_durations(before=before, after=after)
        assert refusal.value.reason is reason


# --- cohorts -----------------------------------------------------------------------------------


def test_young_cohort_with_open_cases_is_immature():
    found = cohort_maturity(
        cohorts=["w1", "w2", "w1", "w3"],
        ages=[100, 20, 90, 5],
        resolved=[False, False, True, True],
        horizon=60,
    )
    assert [(c.cohort, c.n, c.n_open, c.mature) for c in found] == [
        ("w1", 2, 1, True),
        ("w2", 1, 1, False),
        ("w3", 1, 0, True),
    ]


def test_cohort_refusals():
    good = {"cohorts": ["a"], "ages": [1.0], "resolved": [True], "horizon": 5.0}
    for change in (
        {"horizon": 0},
        {"ages": [-1.0]},
        {"cohorts": ["a", "b"]},
        {"resolved": []},
    ):
        with pytest.raises(InvalidInput):
            cohort_maturity(**{**good, **change})
    with pytest.raises(NotEstimable):
        cohort_maturity(cohorts=[], ages=[], resolved=[], horizon=1)


@pytest.mark.slow
def test_kaplan_meier_median_covers_in_simulation():
    rng = np.random.default_rng(77)
    covered = 0
    for _ in range(3000):
        time, watched = rng.exponential(10, 60), rng.uniform(5, 40, 60)
        found = kaplan_meier_quantile(seconds=np.minimum(time, watched), resolved=(time <= watched).tolist())
        truth = 10 * log(2)
        covered += found.low <= truth and (found.high is None or truth <= found.high)
    assert 0.93 < covered / 3000 < 0.975


# --- cases that are followed equally long ----------------------------------------------------------


def log_likelihood(mean, spread, ended, still):
    return stats.norm.logpdf(ended, mean, spread).sum() + stats.norm.logsf(still, mean, spread).sum()


@pytest.mark.parametrize("seed", range(4))
def test_censored_mean_is_where_the_likelihood_is_highest(seed):
    """Against a numerical maximum and its numerical curvature, from SciPy's normal distribution."""
    rng = np.random.default_rng(seed)
    times = np.exp(rng.normal(9.0, 1.3, 40))
    resolved = rng.random(40) > 0.15
    horizon = float(np.quantile(times, 0.8))
    found = followed_log_times(seconds=times, resolved=resolved.tolist(), horizon=horizon)
    within = resolved & (times <= horizon)
    ended, still = np.log(times[within]), np.log(np.minimum(times[~within], horizon))
    best = optimize.minimize(
        lambda at: -log_likelihood(at[0], np.exp(at[1]), ended, still), [9.0, 0.0], method="BFGS"
    )
    assert found.mean == pytest.approx(best.x[0], abs=1e-4)
    assert found.spread == pytest.approx(np.exp(best.x[1]), abs=1e-4)

    def at(mean, log_spread):
        return log_likelihood(mean, np.exp(log_spread), ended, still)

    (m, s), h = best.x, 1e-4
    information = -np.array(
        [
            [
                (at(m + h, s) - 2 * at(m, s) + at(m - h, s)) / h**2,
                (at(m + h, s + h) - at(m + h, s - h) - at(m - h, s + h) + at(m - h, s - h)) / (4 * h**2),
            ],
            [0.0, (at(m, s + h) - 2 * at(m, s) + at(m, s - h)) / h**2],
        ]
    )
    information[1, 0] = information[0, 1]
    assert found.standard_error == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]), rel=1e-3)
    assert found.ended == within.sum()
    assert found.unsettled == (~resolved & (times < horizon)).sum()


def test_what_is_known_of_a_case_beyond_the_horizon_changes_nothing():
    times, flags = [10.0, 20.0, 40.0, 90.0, 500.0, 900.0], [True, True, True, True, True, False]
    found = followed_log_times(seconds=times, resolved=flags, horizon=100.0)
    later = followed_log_times(
        seconds=[*times[:4], 5e6, 101.0], resolved=[*flags[:4], False, True], horizon=100
    )
    assert found == later
    assert found.mean > np.log(times[:4]).mean()


def test_followed_times_refuse_what_they_cannot_tell():
    for seconds, resolved, reason in [
        ([10, 20, 300, 400], [True] * 4, Reason.TOO_FEW_ANSWERS),
        ([10, 10, 10, 400], [True] * 4, Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            followed_log_times(seconds=seconds, resolved=resolved, horizon=100)
        assert refusal.value.reason is reason
    with pytest.raises(InvalidInput, match="horizon"):
        followed_log_times(seconds=[1, 2, 3], resolved=[True] * 3, horizon=0)
    with pytest.raises(NotEstimable):
        horizon_of(seconds=[1, 2], resolved=[False, False])
