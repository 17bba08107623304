"""Estimators of the voice of the customer against published figures, other routes and properties."""

from itertools import product
from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Unit
from cxstats.voc import (
    Moments,
    NpsCounts,
    ShareCounts,
    Stratum,
    mean_change,
    mean_score,
    mean_score_from_histogram,
    nps,
    nps_change,
    nps_change_clustered,
    nps_change_paired,
    nps_clustered,
    nps_from_histogram,
    nps_histogram_table,
    nps_table,
    share,
    share_change,
    share_table,
    standardized_change,
    theme_impact,
)
from cxstats.voc.clusters import AccountWeighting

quick = settings(max_examples=20, deadline=None)
HISTOGRAM = st.lists(st.integers(0, 60), min_size=11, max_size=11).filter(any)


@st.composite
def counts(draw):
    promoters, passives, detractors = (draw(st.integers(0, 500)) for _ in range(3))
    n = promoters + passives + detractors
    if n == 0:
        n = promoters = 1
    return NpsCounts(promoters=promoters, detractors=detractors, n=n)


# --- NPS ---------------------------------------------------------------------------------------


def test_nps_interval_worked_by_hand():
    # 50 and 20 of 100: p' = 50.75/103, d' = 20.75/103, m = 30/103, v = 71.5/103 - m^2, SE = sqrt(v/103)
    found = nps(promoters=50, detractors=20, n=100)
    m = 30 / 103
    error = sqrt((71.5 / 103 - m * m) / 103)
    assert found.value == 30.0
    assert found.interval.low == pytest.approx(100 * (m - 1.959963985 * error), abs=1e-6)
    assert found.interval.high == pytest.approx(100 * (m + 1.959963985 * error), abs=1e-6)
    assert found.standard_error == pytest.approx(100 * error)
    assert found.unit is Unit.POINTS


def test_nps_interval_covers_by_exact_enumeration_of_all_samples():
    # Route of its own: the exact trinomial distribution at n = 10, 50/20. With the interval written out apart
    # (3/4, 3/2 and 3/4 pseudo-answers of Rocks 2016, the defaults of his R package NPS): 0.9624743
    n, p, d = 10, 0.5, 0.2
    covered = 0.0
    for up, down in product(range(n + 1), repeat=2):
        if up + down <= n:
            chance = comb(n, up) * comb(n - up, down) * p**up * d**down * (1 - p - d) ** (n - up - down)
            if nps(promoters=up, detractors=down, n=n).interval.contains(100 * (p - d)):
                covered += chance
    assert covered == pytest.approx(0.9624743, abs=1e-7)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
def test_all_promoters_stay_inside_the_interval(level):
    found = nps(promoters=1000, detractors=0, n=1000, level=level)
    assert found.value == 100.0
    assert found.interval.low < 100.0 == found.interval.high


def test_huge_counts_do_not_cancel():
    found = nps(promoters=10**12, detractors=0, n=10**12)
    # v = p'(1 - p') + d'(1 - d') + 2 p'd' with 1 - p' = 2.25/n, d' = 0.75/n: 4.5/n
    assert found.standard_error == pytest.approx(100 * sqrt(4.5) / 10**12, rel=1e-6)


def test_census_ends_in_the_observed_score_and_population_narrows():
    wide = nps(promoters=50, detractors=20, n=100)
    half = nps(promoters=50, detractors=20, n=100, population=200)
    census = nps(promoters=50, detractors=20, n=100, population=100)
    assert census.interval.low == pytest.approx(30) == pytest.approx(census.interval.high)
    # sqrt(1 - n/N) of Cochran (1977) section 2.6, up to the three pseudo-answers
    assert half.interval.half_width / wide.interval.half_width == pytest.approx(sqrt(0.5), abs=0.01)
    with pytest.raises(InvalidInput, match="population"):
        nps(promoters=50, detractors=20, n=100, population=99)


@quick
@given(found=counts(), narrow=st.floats(0.05, 0.9), step=st.floats(0.001, 0.09))
def test_nps_intervals_are_nested_by_level_and_hold_the_value(found, narrow, step):
    arguments = {"promoters": found.promoters, "detractors": found.detractors, "n": found.n}
    inner = nps(**arguments, level=narrow)
    outer = nps(**arguments, level=narrow + step)
    assert outer.interval.low <= inner.interval.low <= inner.value <= inner.interval.high
    assert inner.interval.high <= outer.interval.high
    assert -100 <= outer.interval.low <= outer.interval.high <= 100


@quick
@given(found=counts())
def test_swapping_promoters_and_detractors_mirrors_the_score(found):
    one = nps(promoters=found.promoters, detractors=found.detractors, n=found.n)
    other = nps(promoters=found.detractors, detractors=found.promoters, n=found.n)
    assert one.value == -other.value
    assert one.interval.low == pytest.approx(-other.interval.high, abs=1e-9)


@quick
@given(first=HISTOGRAM, second=HISTOGRAM)
def test_rolled_up_histograms_give_what_raw_answers_give(first, second):
    rolled = nps_from_histogram(counts=np.add(first, second))
    raw = np.concatenate([np.repeat(np.arange(11), first), np.repeat(np.arange(11), second)])
    expected = 100 * (np.mean(raw >= 9) - np.mean(raw <= 6))
    assert rolled.value == pytest.approx(expected, abs=1e-9)
    assert rolled.n == raw.size


@quick
@given(cells=st.lists(counts(), min_size=1, max_size=8), level=st.floats(0.1, 0.99))
def test_table_agrees_with_single_cells(cells, level):
    table = nps_table(
        promoters=[c.promoters for c in cells],
        detractors=[c.detractors for c in cells],
        n=[c.n for c in cells],
        level=level,
    )
    for index, cell in enumerate(cells):
        one = nps(promoters=cell.promoters, detractors=cell.detractors, n=cell.n, level=level)
        assert table.value[index] == pytest.approx(one.value, abs=1e-9)
        assert table.low[index] == pytest.approx(one.interval.low, abs=1e-9)
        assert table.high[index] == pytest.approx(one.interval.high, abs=1e-9)
    assert table.known.all()


@quick
@given(cells=st.lists(st.lists(st.integers(0, 10**12), min_size=11, max_size=11), min_size=1, max_size=6))
def test_histogram_table_agrees_with_the_table_of_counts(cells):
    histograms = np.array(cells)
    found = nps_histogram_table(counts=histograms)
    expected = nps_table(
        promoters=histograms[:, 9:].sum(axis=1),
        detractors=histograms[:, :7].sum(axis=1),
        n=histograms.sum(axis=1),
    )
    for name in ("value", "low", "high", "known"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))
    assert np.array_equal(nps_histogram_table(counts=histograms.astype(float)).value, found.value)


@pytest.mark.parametrize(
    "counts",
    [
        [[-1] + [0] * 10],
        [[0.5] + [0] * 10],
        [[float("nan")] + [0] * 10],
        [["many"] * 11],
        [[1] * 11, [1] * 10],
    ],
)
def test_bad_histogram_tables_are_refused(counts):
    with pytest.raises(InvalidInput, match="counts"):
        nps_histogram_table(counts=counts)


@pytest.mark.parametrize("counts", [3, [1, 2, 3], [[0] * 10]])
def test_histograms_of_another_scale_are_refused(counts):
    with pytest.raises(NotEstimable) as refusal:
        nps_histogram_table(counts=counts)
    assert refusal.value.reason is Reason.SCALE_MISMATCH


def test_empty_cells_are_masked_and_no_nan_travels():
    table = nps_table(promoters=[[0, 3]], detractors=[[0, 1]], n=[[0, 5]])
    assert table.known.tolist() == [[False, True]]
    assert np.isfinite([table.value, table.low, table.high]).all()
    assert (table.low[0, 0], table.high[0, 0]) == (-100.0, 100.0)
    with pytest.raises(ValueError, match="read-only"):
        table.value[0, 0] = 1.0


@pytest.mark.parametrize(
    "arguments",
    [
        {"promoters": [-1], "detractors": [0], "n": [3]},
        {"promoters": [1.5], "detractors": [0], "n": [3]},
        {"promoters": [float("nan")], "detractors": [0], "n": [3]},
        {"promoters": [float("inf")], "detractors": [0], "n": [3]},
        {"promoters": ["many"], "detractors": [0], "n": [3]},
        {"promoters": [3], "detractors": [1], "n": [3]},
        {"promoters": [1, 2], "detractors": [0, 0, 0], "n": [3]},
    ],
)
def test_bad_tables_are_refused(arguments):
    with pytest.raises(InvalidInput):
        nps_table(**arguments)


@pytest.mark.parametrize("value", [-1, 1.0, "3", True, None])
def test_counts_must_be_whole(value):
    with pytest.raises(InvalidInput, match="promoters"):
        nps(promoters=value, detractors=0, n=10)


def test_no_answers_have_no_score():
    with pytest.raises(NotEstimable) as refusal:
        nps(promoters=0, detractors=0, n=0)
    assert refusal.value.reason is Reason.NO_DATA
    with pytest.raises(NotEstimable):
        nps_from_histogram(counts=[0] * 11)
    with pytest.raises(InvalidInput, match="n: expected at least"):
        nps(promoters=6, detractors=6, n=10)


def test_another_scale_is_refused():
    with pytest.raises(NotEstimable) as refusal:
        nps_from_histogram(counts=[1] * 10)
    assert refusal.value.reason is Reason.SCALE_MISMATCH
    with pytest.raises(InvalidInput):
        nps_from_histogram(counts=[-1] + [1] * 10)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan"), "high"])
def test_level_is_a_fraction(level):
    with pytest.raises(InvalidInput, match="level"):
        nps(promoters=1, detractors=1, n=3, level=level)


def test_change_of_independent_waves_adds_variances():
    before = NpsCounts(promoters=50, detractors=20, n=100)
    after = NpsCounts(promoters=140, detractors=20, n=200)
    change = nps_change(before=before, after=after)
    one = nps(promoters=50, detractors=20, n=100)
    two = nps(promoters=140, detractors=20, n=200)
    assert change.estimate.value == pytest.approx(two.value - one.value)
    assert change.estimate.standard_error == pytest.approx(
        sqrt(one.standard_error**2 + two.standard_error**2)
    )
    assert change.p_value == pytest.approx(2 * stats.norm.sf(abs(change.statistic)))


@quick
@given(before=counts(), after=counts())
def test_change_turns_its_sign_with_the_order_of_waves(before, after):
    there, back = nps_change(before=before, after=after), nps_change(before=after, after=before)
    assert there.estimate.value == pytest.approx(-back.estimate.value, abs=1e-9)
    assert there.p_value == pytest.approx(back.p_value)
    assert 0 <= there.p_value <= 1


def test_paired_change_equals_scipy_paired_t():
    rng = np.random.default_rng(5)
    before, after = rng.integers(0, 11, 40), rng.integers(0, 11, 40)
    votes = [np.where(x >= 9, 1, np.where(x <= 6, -1, 0)) for x in (before, after)]
    expected = stats.ttest_rel(votes[1], votes[0])
    interval = expected.confidence_interval()
    change = nps_change_paired(before=before, after=after)
    assert change.statistic == pytest.approx(expected.statistic)
    assert change.p_value == pytest.approx(expected.pvalue)
    assert change.estimate.interval.low == pytest.approx(100 * interval.low)
    # each person an id of their own in both waves: the clustered form must agree
    ids = range(40)
    linked = nps_change_clustered(before=before, before_ids=ids, after=after, after_ids=ids)
    assert linked.statistic == pytest.approx(expected.statistic)


def test_paired_change_refusals():
    for before, after, reason in [
        ([], [], Reason.NO_DATA),
        ([9], [3], Reason.TOO_FEW_ANSWERS),
        ([9, 9, 9], [3, 3, 3], Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            nps_change_paired(before=before, after=after)
        assert refusal.value.reason is reason
    with pytest.raises(InvalidInput, match="after"):
        nps_change_paired(before=[9, 8], after=[3])
    with pytest.raises(InvalidInput, match="before"):
        nps_change_paired(before=[11, 8], after=[3, 4])


def test_clustered_nps_equals_statsmodels_cluster_covariance():
    import statsmodels.api as sm

    rng = np.random.default_rng(11)
    accounts = np.repeat(np.arange(12), rng.integers(1, 9, 12))
    answers = np.clip(rng.integers(0, 11, accounts.size) + (accounts % 3), 0, 10)
    votes = np.where(answers >= 9, 1.0, np.where(answers <= 6, -1.0, 0.0))
    fit = sm.OLS(votes, np.ones(votes.size)).fit(
        cov_type="cluster", cov_kwds={"groups": accounts, "use_correction": False}
    )
    found = nps_clustered(answers=answers, accounts=accounts.tolist())
    assert found.value == pytest.approx(100 * fit.params[0])
    assert found.standard_error == pytest.approx(100 * fit.bse[0] * sqrt(12 / 11))
    assert found.n == 12


def test_one_vote_per_account_is_the_t_interval_of_account_means():
    answers = [10, 10, 10, 10, 3, 9, 2, 8, 9, 9]
    accounts = list("aaaabcdeff")
    means = [1, -1, 1, -1, 0, 1]
    found = nps_clustered(answers=answers, accounts=accounts, weighting=AccountWeighting.ACCOUNTS)
    low, high = stats.t.interval(0.95, 5, np.mean(means), stats.sem(means))
    assert found.value == pytest.approx(100 * np.mean(means))
    assert found.interval.low == pytest.approx(100 * low)
    assert found.interval.high == pytest.approx(min(100 * high, 100))


def test_accounts_all_alike_keep_an_interval_as_wide_as_their_number():
    found = nps_clustered(answers=[10] * 60, accounts=[str(i % 6) for i in range(60)])
    assert found.value == 100
    assert found.interval == nps(promoters=6, detractors=0, n=6).interval
    assert found.standard_error is None


def test_clustered_refusals():
    with pytest.raises(NotEstimable) as refusal:
        nps_clustered(answers=[9, 8, 7], accounts=["a", "b", "b"])
    assert refusal.value.reason is Reason.TOO_FEW_CLUSTERS
    with pytest.raises(InvalidInput, match="accounts"):
        nps_clustered(answers=[9, 8, 7], accounts=["a"])
    answers, ids = [9, 8, 7, 6, 5], list("abcde")
    with pytest.raises(InvalidInput, match="before_ids"):
        nps_change_clustered(before=answers, before_ids="a", after=answers, after_ids=ids)
    with pytest.raises(InvalidInput, match="after_ids"):
        nps_change_clustered(before=answers, before_ids=ids, after=answers, after_ids="a")
    with pytest.raises(NotEstimable) as refusal:
        nps_change_clustered(before=[9, 8], before_ids="ab", after=[9, 8], after_ids="ab")
    assert refusal.value.reason is Reason.TOO_FEW_CLUSTERS
    with pytest.raises(NotEstimable) as refusal:
        nps_change_clustered(before=[9] * 5, before_ids=ids, after=[3] * 5, after_ids=ids)
    assert refusal.value.reason is Reason.NO_VARIATION


@pytest.mark.slow
@pytest.mark.parametrize("n", [15, 60])
def test_change_of_nps_covers_in_simulation(n):
    rng = np.random.default_rng(2024)
    covered = 0
    for _ in range(4000):
        first, second = rng.multinomial(n, [0.5, 0.3, 0.2]), rng.multinomial(2 * n, [0.6, 0.25, 0.15])
        change = nps_change(
            before=NpsCounts(promoters=int(first[0]), detractors=int(first[2]), n=n),
            after=NpsCounts(promoters=int(second[0]), detractors=int(second[2]), n=2 * n),
        )
        covered += change.estimate.interval.contains(15.0)
    assert 0.935 < covered / 4000 < 0.97


# --- shares ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3 (score, no correction);
    # recomputed with statsmodels 0.15, proportion_confint(method="wilson")
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_of_newcombe_table(hits, n, low, high):
    found = share(hits=hits, n=n)
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10 (hybrid score);
    # recomputed with statsmodels 0.15, confint_proportions_2indep(method="newcomb")
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_difference_of_shares_of_newcombe_table(a, m, b, n, low, high):
    change = share_change(before=ShareCounts(hits=b, n=n), after=ShareCounts(hits=a, n=m))
    assert change.estimate.interval.low == pytest.approx(low, abs=6e-5)
    assert change.estimate.interval.high == pytest.approx(high, abs=6e-5)


@quick
@given(n=st.integers(1, 10**6), part=st.floats(0, 1), level=st.floats(0.2, 0.999))
def test_wilson_agrees_with_statsmodels(n, part, level):
    hits = round(part * n)
    low, high = proportion_confint(hits, n, alpha=1 - level, method="wilson")
    found = share(hits=hits, n=n, level=level)
    assert found.interval.low == pytest.approx(low, abs=1e-9)
    assert found.interval.high == pytest.approx(high, abs=1e-9)


@quick
@given(
    cells=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=6),
)
def test_share_table_agrees_with_single_cells(cells):
    table = share_table(hits=[a for a, _ in cells], n=[a + b for a, b in cells])
    for index, (hits, misses) in enumerate(cells):
        assert table.known[index] == (hits + misses > 0)
        if hits + misses == 0:
            assert (table.low[index], table.high[index]) == (0.0, 1.0)
            continue
        one = share(hits=hits, n=hits + misses)
        assert table.value[index] == one.value
        assert table.low[index] == pytest.approx(one.interval.low, abs=1e-12)
        assert table.high[index] == pytest.approx(one.interval.high, abs=1e-12)


def test_share_ends_and_refusals():
    assert share(hits=0, n=7).interval.low == 0.0
    assert share(hits=7, n=7).interval.high == 1.0
    assert share(hits=7, n=7, population=7).interval.low == 1.0
    for bad in ({"hits": 8, "n": 7}, {"hits": -1, "n": 7}, {"hits": 0.5, "n": 7}):
        with pytest.raises(InvalidInput):
            share(**bad)
    with pytest.raises(NotEstimable):
        share(hits=0, n=0)
    with pytest.raises(InvalidInput):
        share_table(hits=[2], n=[1])
    same = share_change(before=ShareCounts(hits=0, n=9), after=ShareCounts(hits=0, n=4))
    assert (same.estimate.value, same.statistic, same.p_value) == (0.0, 0.0, 1.0)


def test_share_test_is_the_chi_square_test():
    change = share_change(before=ShareCounts(hits=48, n=80), after=ShareCounts(hits=56, n=70))
    expected = stats.chi2_contingency([[48, 32], [56, 14]], correction=False)
    assert change.p_value == pytest.approx(expected.pvalue)


# --- means -------------------------------------------------------------------------------------

# Student (1908): additional hours of sleep, R's `sleep` data; t.test(extra ~ group) prints
# t = -1.8608, df = 17.776, p-value = 0.07939, 95 % interval -3.3654832 0.2054832; scipy 1.18 the same.
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_welch_reproduces_r_documentation_of_sleep():
    change = mean_change(before=SLEEP_2, after=SLEEP_1)
    assert change.statistic == pytest.approx(-1.8608, abs=5e-5)
    assert change.degrees_of_freedom == pytest.approx(17.776, abs=5e-4)
    assert change.p_value == pytest.approx(0.07939, abs=5e-6)
    assert change.estimate.interval.low == pytest.approx(-3.3654832, abs=5e-8)
    assert change.estimate.interval.high == pytest.approx(0.2054832, abs=5e-8)


@quick
@given(
    values=st.lists(st.integers(1, 7), min_size=2, max_size=60).filter(lambda v: len(set(v)) > 1),
    level=st.floats(0.3, 0.99),
)
def test_mean_interval_agrees_with_scipy_and_with_the_histogram(values, level):
    found = mean_score(values=values, level=level)
    low, high = stats.t.interval(level, len(values) - 1, np.mean(values), stats.sem(values))
    assert found.interval.low == pytest.approx(low)
    assert found.interval.high == pytest.approx(high)
    rolled = mean_score_from_histogram(
        counts=np.bincount(values, minlength=8)[1:], points=range(1, 8), level=level
    )
    assert rolled.value == pytest.approx(found.value)
    assert rolled.interval.low == pytest.approx(max(low, 1))
    assert rolled.interval.high == pytest.approx(min(high, 7))


def test_answers_all_alike_get_a_bound_only_where_the_scale_is_known():
    with pytest.raises(NotEstimable) as refusal:
        mean_score(values=[5, 5, 5])
    assert refusal.value.reason is Reason.NO_VARIATION
    found = mean_score(values=[5] * 29, scale=(1, 5))
    # rule of Clopper and Pearson for no event: 1 - 0.025^(1/29) = 0.1194 of the answers could be 1
    assert found.interval.low == pytest.approx(5 - 4 * 0.1194, abs=1e-3)
    assert found.interval.high == 5
    assert mean_score_from_histogram(counts=[0, 0, 0, 0, 29], points=[1, 2, 3, 4, 5]) == found


def test_mean_of_a_finite_population_is_narrower_by_those_who_were_asked():
    counts, points = [0, 1, 2, 3, 4], [1, 2, 3, 4, 5]  # ten answers, mean 4, variance 10/9
    plain = mean_score_from_histogram(counts=counts, points=points)
    of_many = mean_score_from_histogram(counts=counts, points=points, population=10**9)
    of_forty = mean_score_from_histogram(counts=counts, points=points, population=40)
    everyone = mean_score_from_histogram(counts=counts, points=points, population=10)
    # Student's t with nine degrees of freedom, 2.262157; Cochran's factor 1 - 10/40
    reach = 2.262157 * (10 / 9 / 10 * (1 - 10 / 40)) ** 0.5
    assert of_forty.interval.low == pytest.approx(4 - reach, rel=1e-6)
    assert of_forty.interval.high == pytest.approx(4 + reach, rel=1e-6)
    assert of_many.interval.low == pytest.approx(plain.interval.low, rel=1e-6)
    assert (everyone.interval.low, everyone.interval.high) == (pytest.approx(4), pytest.approx(4))
    # all alike: two of twelve are silent, and no more than a sixth can have answered 1
    alike = mean_score_from_histogram(counts=[0, 0, 0, 0, 10], points=points, population=12)
    assert alike.interval.low == pytest.approx(5 - 4 * 2 / 12)
    with pytest.raises(InvalidInput):
        mean_score_from_histogram(counts=counts, points=points, population=9)


def test_mean_refusals():
    for values, reason in [([], Reason.NO_DATA), ([4], Reason.TOO_FEW_ANSWERS)]:
        with pytest.raises(NotEstimable) as refusal:
            mean_score(values=values)
        assert refusal.value.reason is reason
    with pytest.raises(NotEstimable):
        mean_change(before=[1], after=[2, 3])
    with pytest.raises(NotEstimable):
        mean_change(before=[1, 1], after=[2, 2])
    with pytest.raises(NotEstimable):
        Moments(n=0, mean=0.0, variance=0.0)
    for bad in ([1.0, float("nan")], [1.0, float("inf")], "words", [[1, 2]]):
        with pytest.raises(InvalidInput):
            mean_score(values=bad)
    with pytest.raises(InvalidInput, match="within the scale"):
        mean_score(values=[1, 9], scale=(1, 5))
    with pytest.raises(InvalidInput, match="lowest"):
        mean_score(values=[1, 2], scale=(5, 1))
    with pytest.raises(InvalidInput, match="points"):
        mean_score_from_histogram(counts=[1, 2], points=[1, 2, 3])


def test_repeated_decimals_do_not_pass_for_variation():
    with pytest.raises(NotEstimable):
        mean_score(values=[0.1] * 7)


# --- mix ---------------------------------------------------------------------------------------


def stratum(key="a", n_before=50, value_before=10.0, n_after=50, value_after=20.0, **more):
    return Stratum(
        key=key,
        n_before=n_before,
        value_before=value_before,
        variance_before=more.pop("variance_before", 6000.0),
        n_after=n_after,
        value_after=value_after,
        variance_after=more.pop("variance_after", 6000.0),
        **more,
    )


# Kidney-stone treatments (Charig et al. 1986, BMJ 292:879-882): small stones 81/87 and 234/270,
# large stones 192/263 and 55/80. The classic reversal: B looks better, A is better in both strata.
def kidney(treatment_b_first: bool):
    a = {"small": (87, 81 / 87), "large": (263, 192 / 263)}
    b = {"small": (270, 234 / 270), "large": (80, 55 / 80)}
    before, after = (b, a) if treatment_b_first else (a, b)
    return [
        stratum(
            key=key,
            n_before=before[key][0],
            value_before=before[key][1],
            variance_before=before[key][1] * (1 - before[key][1]),
            n_after=after[key][0],
            value_after=after[key][1],
            variance_after=after[key][1] * (1 - after[key][1]),
        )
        for key in ("small", "large")
    ]


def test_kidney_stone_reversal_is_flagged():
    found = standardized_change(strata=kidney(True), unit=Unit.SHARE_DIFFERENCE)
    assert found.raw.value == pytest.approx(273 / 350 - 289 / 350)  # 78 % against 83 %
    assert found.constant_mix.value > 0
    assert found.signs_differ
    assert all(entry.change.value > 0 for entry in found.strata)
    assert found.raw.value == pytest.approx(found.constant_mix.value + found.mix_effect)
    # raw standard error must be that of the collapsed table
    p, q = 273 / 350, 289 / 350
    assert found.raw.standard_error == pytest.approx(sqrt(p * (1 - p) / 350 + q * (1 - q) / 350))


def test_constant_mix_by_hand_with_given_weights():
    found = standardized_change(
        strata=[stratum("a", weight=3.0), stratum("b", value_after=5.0, weight=1.0), stratum("c", weight=0.0)]
    )
    assert found.constant_mix.value == pytest.approx(0.75 * 10 + 0.25 * -5)
    error = sqrt(6000 / 50 * 2)
    assert found.constant_mix.standard_error == pytest.approx(sqrt(0.75**2 + 0.25**2) * error)
    assert [entry.weight for entry in found.strata] == [0.75, 0.25, 0.0]
    # 50 answers on each side of each stratum
    assert [entry.change.n for entry in found.strata] == [100, 100, 100]
    assert [entry.change.standard_error for entry in found.strata] == pytest.approx([error] * 3)
    assert (found.constant_mix.n, found.raw.n) == (300, 300)


@quick
@given(order=st.permutations(range(4)))
def test_order_of_strata_does_not_matter(order):
    strata = [stratum(str(i), n_before=10 + i, n_after=40 - i, value_after=7.0 * i) for i in range(4)]
    one = standardized_change(strata=strata)
    other = standardized_change(strata=[strata[i] for i in order])
    assert other.constant_mix.value == pytest.approx(one.constant_mix.value)
    assert other.raw.standard_error == pytest.approx(one.raw.standard_error)


def test_same_mix_makes_raw_and_constant_agree():
    found = standardized_change(strata=[stratum("a"), stratum("b", value_after=3.0)])
    assert found.mix_effect == pytest.approx(0)
    assert not found.signs_differ


def test_stratum_without_answers_on_one_side():
    absent = stratum("b", n_after=0)
    with pytest.raises(NotEstimable) as refusal:
        standardized_change(strata=[stratum("a"), absent])
    assert refusal.value.detail["stratum"] == "b"
    appeared = stratum("b", n_before=0)  # no weight in the first wave's mix
    assert len(standardized_change(strata=[stratum("a"), appeared]).strata) == 1


def test_strata_without_variation_say_how_many_answers_were_alike():
    with pytest.raises(NotEstimable) as refusal:
        standardized_change(
            strata=[stratum(n_before=50, n_after=20, variance_before=0.0, variance_after=0.0)]
        )
    assert (refusal.value.reason, refusal.value.detail) == (Reason.NO_VARIATION, {"n": 70})


def test_mix_refusals():
    flat = {"variance_before": 0.0, "variance_after": 0.0}
    for strata, reason in [
        ([], Reason.NO_DATA),
        ([stratum(n_before=0)], Reason.NO_DATA),
        ([stratum(**flat)], Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            standardized_change(strata=strata)
        assert refusal.value.reason is reason
    for strata in [
        [stratum("a"), stratum("a")],
        [stratum("a", weight=1.0), stratum("b")],
        [stratum("a", weight=0.0), stratum("b", weight=0.0)],
        [stratum("a", weight=-1.0)],
        [stratum("a", n_before=-1)],
        [stratum("a", value_before=float("nan"))],
        [stratum("a", variance_after=-1.0)],
    ]:
        with pytest.raises(InvalidInput):
            standardized_change(strata=strata)


# --- themes ------------------------------------------------------------------------------------


@st.composite
def parts(draw):
    theme = [draw(st.integers(0, 40)) for _ in range(3)]
    rest = [draw(st.integers(0, 40)) for _ in range(3)]
    theme[0] += sum(theme) == 0
    rest[0] += sum(rest) == 0
    return theme, rest


def to_counts(group):
    return NpsCounts(promoters=group[0], detractors=group[2], n=sum(group))


@quick
@given(found=parts())
def test_theme_impact_is_score_minus_score_without(found):
    theme, rest = found
    total = np.add(theme, rest).tolist()
    impact = theme_impact(total=to_counts(total), theme=to_counts(theme))

    def score(group):
        return 100 * (group[0] - group[2]) / sum(group)

    assert impact.value == pytest.approx(score(total) - score(rest), abs=1e-9)
    n, n_t = sum(total), sum(theme)
    assert impact.value == pytest.approx(n_t * (score(theme) - score(total)) / (n - n_t), abs=1e-9)
    assert impact.interval.low <= impact.value <= impact.interval.high


def test_theme_impact_on_a_mean_agrees_with_raw_answers():
    rng = np.random.default_rng(3)
    theme, rest = rng.integers(1, 6, 30), rng.integers(2, 8, 70)
    total = np.concatenate([theme, rest])
    impact = theme_impact(total=Moments.of(total), theme=Moments.of(theme))
    assert impact.value == pytest.approx(total.mean() - rest.mean())
    gap = theme.mean() - rest.mean()
    variance = theme.var(ddof=1) / 30 + rest.var(ddof=1) / 70
    assert impact.standard_error == pytest.approx(sqrt(0.09 * variance + 0.21 * gap**2 / 100))
    assert impact.unit is Unit.SCORE


def test_theme_refusals():
    total = NpsCounts(promoters=5, detractors=2, n=10)
    with pytest.raises(NotEstimable) as refusal:
        theme_impact(total=total, theme=total)
    assert refusal.value.reason is Reason.NO_DATA
    for theme in [
        NpsCounts(promoters=6, detractors=0, n=6),
        NpsCounts(promoters=0, detractors=0, n=8),
        NpsCounts(promoters=1, detractors=1, n=11),
        Moments(n=3, mean=1.0, variance=1.0),
    ]:
        with pytest.raises(InvalidInput):
            theme_impact(total=total, theme=theme)
    with pytest.raises(InvalidInput):
        theme_impact(total=Moments(n=10, mean=3.0, variance=0.1), theme=Moments(n=5, mean=3.0, variance=9.0))
    with pytest.raises(NotEstimable) as refusal:
        theme_impact(total=Moments.of([3] * 9), theme=Moments.of([3] * 4))
    assert refusal.value.reason is Reason.NO_VARIATION


@pytest.mark.parametrize("shift", [-1000.0, -4.0, 0.0, 4.0, 1000.0])
def test_impact_on_a_mean_does_not_depend_on_where_the_scale_begins(shift):
    theme, rest = np.array([1.0, 2, 2, 3]), np.array([2.0, 4, 4, 5, 5])
    total = np.concatenate([theme, rest])
    found = theme_impact(total=Moments.of(total + shift), theme=Moments.of(theme + shift))
    assert found.value == pytest.approx(total.mean() - rest.mean())
    variance = theme.var(ddof=1) / 4 + rest.var(ddof=1) / 5
    part = 4 / 9
    gap = theme.mean() - rest.mean()
    assert found.standard_error == pytest.approx(sqrt(part**2 * variance + part * (1 - part) * gap**2 / 9))
    with pytest.raises(NotEstimable) as refusal:
        theme_impact(total=Moments.of([3 + shift] * 9), theme=Moments.of([3 + shift] * 4))
    assert refusal.value.reason is Reason.NO_VARIATION
    # four answers that scatter more than the nine they are said to be among, by ten times what rounding makes
    excess = 1e-8 * 9 * ((3 + shift) ** 2 + 1)
    with pytest.raises(InvalidInput):
        theme_impact(
            total=Moments(n=9, mean=3 + shift, variance=1.0),
            theme=Moments(n=4, mean=3 + shift, variance=(8.0 + excess) / 3),
        )


@pytest.mark.slow
def test_theme_impact_covers_in_simulation():
    rng = np.random.default_rng(8)
    truth = 100 * (0.3 * -0.2 + 0.7 * 0.4) - 100 * 0.4
    covered = 0
    for _ in range(4000):
        with_theme = int(rng.binomial(200, 0.3))
        theme = rng.multinomial(with_theme, [0.25, 0.3, 0.45])
        rest = rng.multinomial(200 - with_theme, [0.6, 0.2, 0.2])
        impact = theme_impact(total=to_counts((theme + rest).tolist()), theme=to_counts(theme.tolist()))
        covered += impact.interval.contains(truth)
    assert 0.935 < covered / 4000 < 0.97
