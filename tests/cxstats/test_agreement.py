"""Agreement and reliability against published tables, closed forms and identities."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.agreement import (
    AgreementReading,
    Metric,
    Null,
    ReliabilityReading,
    cronbach_alpha,
    fleiss_kappa,
    intraclass_correlations,
    krippendorff_alpha,
    null_variance,
    omega_total,
    r_wg,
    r_wg_j,
    read_agreement,
    scale_scores,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason

SURVEY = Path(__file__).parents[2].parent / "shared" / "data" / "mobile_phone_survey.csv"
NAN = float("nan")

# Shrout and Fleiss 1979, table 2: six targets, four judges; the same table in R package psych's own test
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

# Krippendorff 2011, section C: four observers (rows here), twelve units; the same data, observers in another
# order, in R package irr, ?kripp.alpha. A unit rated once (the last) does not count.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T

# Worked example "Fleiss' kappa" of the encyclopedia: 10 subjects, 14 raters, 5 categories -> .210;
# recomputed with statsmodels 0.15, fleiss_kappa: .20993
ENCYCLOPEDIA = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]

# Fleiss 1971, table 1: 30 patients, 6 psychiatrists, 5 diagnoses -> .430; recomputed with statsmodels 0.15:
# .43024, column sums 26 26 30 55 43
DIAGNOSES = [
    [int(digit) for digit in str(row).zfill(5)]
    for row in (
        *(60, 3003, 1401, 6, 3030, 20400, 402, 20310, 20040, 6, 10050, 11040, 3300, 10050, 2031),
        *(501, 30012, 51000, 2040, 10203, 6, 1050, 2013, 20040, 10041, 5010, 40002, 2040, 10500, 6),
    )
]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


# --- within-group agreement -------------------------------------------------------------------


def test_null_variances_of_the_published_table():
    # LeBreton and Senter 2008, table 2: uniform null for A = 5, 7, 9; slight skew for A = 5
    assert null_variance(levels=5) == 2
    assert null_variance(levels=7) == 4
    assert null_variance(levels=9) == pytest.approx(6.67, abs=0.005)
    shares, levels = np.array([0.05, 0.15, 0.20, 0.35, 0.25]), np.arange(1, 6)
    variance = shares @ levels**2 - (shares @ levels) ** 2
    assert null_variance(levels=5, null=Null.SLIGHT_SKEW) == pytest.approx(variance)


def test_r_wg_by_hand():
    # 3 4 4 5: s^2 = 2/3 -> 1 - (2/3)/2 = 2/3, slight skew 1 - (2/3)/1.34
    assert r_wg(ratings=[3, 4, 4, 5]).value == pytest.approx(2 / 3)
    assert r_wg(ratings=[3, 4, 4, 5], null=Null.SLIGHT_SKEW).value == pytest.approx(1 - 2 / 3 / 1.34)
    alike = r_wg(ratings=[4, 4, 4])
    assert (alike.value, alike.raters, alike.reading) == (1, 3, AgreementReading.AGREE)
    assert r_wg(ratings=[1, 1, 5, 5]).value == 0
    # two items, mean variance (2/3 + 0)/2 = 1/3, ratio 1/6: 2(5/6)/(2(5/6) + 1/6) = 10/11
    both = r_wg_j(items=[[3, 4, 4, 5], [2, 2, 2]])
    assert (both.value, both.items, both.raters) == (pytest.approx(10 / 11), 2, 3)


def test_agreement_is_put_in_words():
    assert [read_agreement(value).value for value in (0.7, 0.69, 0.51, 0.5)] == [
        "agree",
        "moderate",
        "moderate",
        "weak",
    ]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: r_wg(ratings=[0, 1, 2]), "ratings"),
        (lambda: r_wg(ratings=[1, 2, 6]), "ratings"),
        (lambda: r_wg(ratings=[1, 2, NAN]), "ratings"),
        (lambda: r_wg(ratings="abc"), "ratings"),
        (lambda: r_wg(ratings=[1, 2, 3], levels=1), "levels"),
        (lambda: r_wg(ratings=[1, 2, 3], levels=7, null=Null.SLIGHT_SKEW), "null"),
        (lambda: r_wg(ratings=[1, 2, 3], minimum_raters=1), "minimum_raters"),
        (lambda: intraclass_correlations(ratings=[[1, NAN, 3]] * 6), "ratings"),
        (lambda: intraclass_correlations(ratings=[1, 2, 3]), "ratings"),
        (lambda: intraclass_correlations(ratings=[]), "ratings"),
        (lambda: intraclass_correlations(ratings=[["a", "b"]]), "ratings"),
        (lambda: intraclass_correlations(ratings=[[1, 2, np.inf]] * 6), "ratings"),
        (lambda: intraclass_correlations(ratings=SHROUT_FLEISS, level=1), "level"),
        (lambda: krippendorff_alpha(ratings=-KRIPPENDORFF, metric=Metric.RATIO, rng=rng()), "ratings"),
        (
            lambda: krippendorff_alpha(
                ratings=np.arange(300).reshape(100, 3), metric=Metric.INTERVAL, rng=rng()
            ),
            "ratings",
        ),
        (lambda: fleiss_kappa(counts=[[1, 2], [2, 2]], rng=rng()), "counts"),
        (lambda: fleiss_kappa(counts=[[1.5, 1.5]] * 5, rng=rng()), "counts"),
        (lambda: fleiss_kappa(counts=[[-1, 4]] * 5, rng=rng()), "counts"),
        (lambda: fleiss_kappa(counts=ENCYCLOPEDIA, rng=rng(), resamples=5), "resamples"),
        (lambda: scale_scores(items=[[6]]), "items"),
        (lambda: scale_scores(items=[[3]], reverse=[1]), "reverse"),
        (lambda: scale_scores(items=[[3]], lowest=5, highest=1), "highest"),
    ],
)
def test_bad_input_is_named(call: Any, argument: str):
    with pytest.raises(InvalidInput) as caught:
        call()
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: r_wg(ratings=[3, 4]), Reason.TOO_FEW_ANSWERS),
        (lambda: r_wg(ratings=[]), Reason.TOO_FEW_ANSWERS),
        (lambda: r_wg_j(items=[]), Reason.NO_DATA),
        (lambda: intraclass_correlations(ratings=[[1, 2]] * 6), Reason.TOO_FEW_ANSWERS),
        (lambda: intraclass_correlations(ratings=SHROUT_FLEISS[:4]), Reason.TOO_FEW_UNITS),
        (lambda: intraclass_correlations(ratings=[[3, 3, 3]] * 6), Reason.NO_VARIATION),
        (lambda: intraclass_correlations(ratings=[[1, 2, 3]] * 6), Reason.NO_VARIATION),
        (
            lambda: krippendorff_alpha(ratings=KRIPPENDORFF[:, :2], metric=Metric.ORDINAL, rng=rng()),
            Reason.TOO_FEW_ANSWERS,
        ),
        (
            lambda: krippendorff_alpha(ratings=KRIPPENDORFF[:3], metric=Metric.ORDINAL, rng=rng()),
            Reason.TOO_FEW_UNITS,
        ),
        *(
            (
                lambda metric=metric: krippendorff_alpha(ratings=[[2, 2, 2]] * 6, metric=metric, rng=rng()),
                Reason.NO_VARIATION,
            )
            for metric in Metric
        ),
        (lambda: fleiss_kappa(counts=[[1, 1]] * 6, rng=rng()), Reason.TOO_FEW_ANSWERS),
        (lambda: fleiss_kappa(counts=[[2, 1]] * 3, rng=rng()), Reason.TOO_FEW_UNITS),
        (lambda: fleiss_kappa(counts=[[3, 0]] * 6, rng=rng()), Reason.NO_VARIATION),
        (lambda: cronbach_alpha(items=[[1, 2], [2, 1]] * 10), Reason.NO_VARIATION),
        (lambda: cronbach_alpha(items=[[1]] * 20), Reason.TOO_FEW_ANSWERS),
        (lambda: cronbach_alpha(items=[[1, 2]] * 3), Reason.TOO_FEW_UNITS),
        (lambda: omega_total(items=[[1, 2]] * 60, rng=rng()), Reason.TOO_FEW_ANSWERS),
        (lambda: omega_total(items=[[1, 2, 5], [2, 3, 5]] * 40, rng=rng()), Reason.NO_VARIATION),
    ],
)
def test_what_cannot_be_known_is_refused(call: Any, reason: Reason):
    with pytest.raises(NotEstimable) as caught:
        call()
    assert caught.value.reason is reason


def test_one_deviating_rating_in_many_is_enough_for_an_alpha():
    # 92 twos and a three: observed disagreement 4/2 = 2, expected 2 x 92 x 1/92 = 2
    found = krippendorff_alpha(
        ratings=[[2, 2, 2]] * 30 + [[2, 2, 3]], metric=Metric.NOMINAL, rng=rng(), resamples=100
    )
    assert found.value == pytest.approx(0, abs=1e-12)
    assert found.units == 31


def test_almost_no_variation_refuses_the_interval():
    # one deviating rating in six things: (5/6)^6 = 33 % of resamples miss it; one in 200 rarely varies
    table = [[2, 2, 2]] * 5 + [[3, 2, 2]]
    assert krippendorff_alpha(ratings=table, metric=Metric.NOMINAL, rng=rng()).units == 6

    class Unlucky:
        def multinomial(self, n: int, shares: Any, size: int) -> Any:
            rows = np.zeros((size, n), dtype=int)
            rows[:, 0] = n
            return rows

    with pytest.raises(NotEstimable) as caught:
        krippendorff_alpha(ratings=table, metric=Metric.NOMINAL, rng=Unlucky())
    assert caught.value.reason is Reason.NO_VARIATION


# --- intraclass correlation -------------------------------------------------------------------


def test_six_intraclass_correlations_of_shrout_and_fleiss():
    # values: Shrout and Fleiss 1979, table 4; values and limits recomputed with pingouin 0.7, intraclass_corr
    found = intraclass_correlations(ratings=SHROUT_FLEISS)
    expected = {
        "one_way_single": (0.17, -0.13, 0.72),
        "two_way_random_single": (0.29, 0.02, 0.76),
        "two_way_fixed_single": (0.71, 0.34, 0.95),
        "one_way_average": (0.44, -0.88, 0.91),
        "two_way_random_average": (0.62, 0.07, 0.93),
        "two_way_fixed_average": (0.91, 0.68, 0.99),
    }
    for name, numbers in expected.items():
        estimate = getattr(found, name)
        assert (estimate.value, estimate.interval.low, estimate.interval.high) == pytest.approx(
            numbers, abs=0.0051
        )
        assert estimate.n == 6
    assert found.raters == 4


def test_perfect_ratings_and_constant_offsets():
    levels = np.arange(1.0, 7.0)
    same = intraclass_correlations(ratings=np.column_stack([levels] * 3))
    assert (
        same.one_way_single.value == same.two_way_random_single.value == same.two_way_fixed_average.value == 1
    )
    offset = intraclass_correlations(ratings=np.column_stack([levels, levels + 2, levels + 4]))
    # rows: variance 3.5; offsets: between raters 4 -> 3.5 / (3.5 + 4)
    assert offset.two_way_fixed_single.value == 1
    assert offset.two_way_random_single.value == pytest.approx(3.5 / 7.5)
    assert 0 <= offset.two_way_random_single.interval.low <= offset.two_way_random_single.interval.high <= 1


def test_things_that_do_not_differ_have_no_reliability():
    table = [[1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 3, 2], [2, 1, 3], [3, 2, 1]]
    found = intraclass_correlations(ratings=table)
    assert found.one_way_single.value == pytest.approx(-0.5)
    assert np.isfinite(found.one_way_average.value)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 50), st.floats(-20, 20))
def test_intraclass_correlations_ignore_order_scale_and_origin(seed, factor, shift):
    draws = rng(seed)
    table = draws.normal(size=(7, 1)) + draws.normal(size=(7, 4))
    first = intraclass_correlations(ratings=table)
    second = intraclass_correlations(
        ratings=factor * draws.permutation(table)[:, draws.permutation(4)] + shift
    )
    for name in ("one_way_single", "two_way_random_single", "two_way_fixed_average"):
        one, two = getattr(first, name), getattr(second, name)
        assert two.value == pytest.approx(one.value, abs=1e-9)
        assert one.interval.low <= one.value <= one.interval.high
        assert one.value <= 1


# --- Krippendorff's alpha and Fleiss' kappa ----------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "expected"),
    # Krippendorff 2011, section C and D; recomputed with krippendorff 0.9 and from the coincidence matrix:
    # .74342, .81539, .84911, .79740
    [(Metric.NOMINAL, 0.743), (Metric.ORDINAL, 0.815), (Metric.INTERVAL, 0.849), (Metric.RATIO, 0.797)],
)
def test_alpha_of_krippendorffs_example(metric: Metric, expected: float):
    found = krippendorff_alpha(ratings=KRIPPENDORFF, metric=metric, rng=rng(), resamples=200)
    assert found.value == pytest.approx(expected, abs=0.0005)
    assert (found.units, found.ratings) == (11, 40)
    assert found.interval.low <= found.value <= found.interval.high


def test_alpha_is_read_with_caution():
    read = [
        krippendorff_alpha(ratings=KRIPPENDORFF, metric=metric, rng=rng(), resamples=100).reading
        for metric in (Metric.ORDINAL, Metric.NOMINAL)
    ]
    assert read == [ReliabilityReading.FIRM, ReliabilityReading.TENTATIVE]
    assert (
        fleiss_kappa(counts=ENCYCLOPEDIA, rng=rng(), resamples=100).reading is ReliabilityReading.INSUFFICIENT
    )


def test_alpha_ratio_metric_takes_zero_as_a_value():
    table = [[0, 0, 0], [1, 1, 1], [2, 2, 2], [4, 4, 4], [0, 0, 0]]
    assert krippendorff_alpha(
        ratings=table, metric=Metric.RATIO, rng=rng(), resamples=100
    ).value == pytest.approx(1)


def test_fleiss_kappa_against_two_published_tables():
    found = fleiss_kappa(counts=ENCYCLOPEDIA, rng=rng())
    assert found.value == pytest.approx(0.210, abs=0.0005)
    assert (found.units, found.ratings, found.metric) == (10, 140, None)
    assert fleiss_kappa(counts=DIAGNOSES, rng=rng(), resamples=100).value == pytest.approx(0.430, abs=0.0005)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_alpha_ignores_the_order_of_raters_and_things_and_the_names_of_categories(seed):
    draws = rng(seed)
    table = draws.integers(1, 6, size=(8, 4)).astype(float)
    table[draws.random(table.shape) < 0.1] = NAN
    names = np.concatenate([[0], draws.permutation(5) + 10])
    renamed = np.where(np.isnan(table), NAN, names[np.nan_to_num(table).astype(int)])
    shuffled = table[draws.permutation(8)][:, draws.permutation(4)]
    for metric, other in (
        (Metric.NOMINAL, renamed),
        (Metric.ORDINAL, shuffled),
        (Metric.INTERVAL, 3 * table + 2),
    ):
        one = krippendorff_alpha(ratings=table, metric=metric, rng=rng(), resamples=100)
        two = krippendorff_alpha(ratings=other, metric=metric, rng=rng(), resamples=100)
        assert two.value == pytest.approx(one.value, abs=1e-9)
        assert one.value <= 1


# --- scales -----------------------------------------------------------------------------------


def test_cronbach_alpha_equals_the_fixed_average_intraclass_correlation():
    # Shrout and Fleiss 1979: ICC(3, k) is Cronbach's alpha, .91 for their table
    found = cronbach_alpha(items=SHROUT_FLEISS, minimum_respondents=6)
    icc = intraclass_correlations(ratings=SHROUT_FLEISS).two_way_fixed_average
    assert found.value == pytest.approx(icc.value)
    assert (found.interval.low, found.interval.high) == pytest.approx((icc.interval.low, icc.interval.high))
    assert found.value == pytest.approx(0.91, abs=0.005)


def test_cronbach_alpha_of_the_mobile_phone_survey():
    # Tenenhaus et al. 2005, Computational Statistics & Data Analysis 48, table 2; recomputed with
    # pingouin 0.7 on standardized items: .7228, .4519, .8770, .8236, .7792
    if not SURVEY.exists():
        pytest.skip("mobile phone survey is not in ../shared/data")
    names = SURVEY.read_text().splitlines()[0].split(",")
    data = np.loadtxt(SURVEY, delimiter=",", skiprows=1)
    for prefix, expected in {
        "IMAG": 0.723,
        "CUEX": 0.452,
        "PERQ": 0.877,
        "PERV": 0.824,
        "CUSA": 0.779,
    }.items():
        columns = [place for place, name in enumerate(names) if name.startswith(prefix)]
        standardized = data[:, columns] / data[:, columns].std(axis=0)  # as the paper does
        assert cronbach_alpha(items=standardized).value == pytest.approx(expected, abs=0.0006)


def test_an_item_worded_the_other_way_round_is_named():
    draws = rng()
    factor = draws.normal(size=(200, 1))
    table = factor + 0.6 * draws.normal(size=(200, 4))
    table[:, 2] *= -1
    assert cronbach_alpha(items=table).reversed_items == (2,)


def test_omega_recovers_the_closed_form_of_a_known_factor_model():
    # population: loadings .9 .7 .5 .6, unit variances -> omega = 2.7^2 / (2.7^2 + sum of uniquenesses)
    loadings = np.array([0.9, 0.7, 0.5, 0.6])
    unique = 1 - loadings**2
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())
    covariance = np.outer(loadings, loadings) + np.diag(unique)
    raw = rng().normal(size=(400, 4))
    raw = np.linalg.solve(np.linalg.cholesky(np.cov(raw, rowvar=False)), (raw - raw.mean(axis=0)).T).T
    table = raw @ np.linalg.cholesky(covariance).T  # sample covariance equals the population's
    found = omega_total(items=table, rng=rng(), resamples=100)
    assert found.value == pytest.approx(truth, abs=1e-6)
    assert found.interval.low < truth < found.interval.high
    # with equal loadings omega is alpha
    equal = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    table = raw[:, :3] @ np.linalg.cholesky(equal).T
    assert omega_total(items=table, rng=rng(), resamples=100).value == pytest.approx(
        cronbach_alpha(items=table).value, abs=1e-6
    )


def test_omega_refuses_where_one_factor_does_not_fit():
    draws = rng(3)
    base = draws.normal(size=(80, 1))
    copies = np.hstack([base, base + 0.01 * draws.normal(size=(80, 1)), draws.normal(size=(80, 1))])
    unrelated = np.kron(np.array([[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]]).T, np.ones((20, 1)))
    raw = draws.normal(size=(80, 3))
    white = np.linalg.solve(np.linalg.cholesky(np.cov(raw, rowvar=False)), (raw - raw.mean(axis=0)).T).T
    signs = np.array([[1, 0.9, 0.1], [0.9, 1, -0.1], [0.1, -0.1, 1]])  # product of correlations < 0
    for table in (copies, unrelated, white @ np.linalg.cholesky(signs).T):
        with pytest.raises(NotEstimable) as caught:
            omega_total(items=table, rng=draws)
        assert caught.value.reason is Reason.NO_CONVERGENCE


def test_omega_refuses_an_interval_that_too_few_resamples_support():
    draws = rng(4)
    table = draws.normal(size=(60, 1)) + draws.normal(size=(60, 3))

    class Unlucky:
        def integers(self, low: int, high: int, size: int) -> Any:
            return np.zeros(size, dtype=int)

    with pytest.raises(NotEstimable) as caught:
        omega_total(items=table, rng=Unlucky())
    assert caught.value.reason is Reason.NO_CONVERGENCE


def test_scale_scores_recode_and_ask_for_two_thirds():
    table = [[1, 5, 2], [5, NAN, 3], [NAN, NAN, 3], [NAN, NAN, NAN]]
    assert scale_scores(items=table, reverse=[1]) == (pytest.approx(4 / 3), 4.0, None, None)
    assert scale_scores(items=[[NAN, 0.0]], lowest=0, minimum_share=0) == (0.0,)
