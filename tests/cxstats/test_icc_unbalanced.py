"""One-way intraclass correlation with unequal raters: published tables, sums of squares, simulation."""

import doctest
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cxstats.agreement import intraclass_correlations, unbalanced_intraclass_correlation
from cxstats.errors import InvalidInput, NotEstimable, Reason

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "agreement.md"
NAN = float("nan")

# Sokal and Rohlf, Biometry, box 9.1: width of scutum of tick larvae from four rabbits
TICKS: list[list[float]] = [
    [380, 376, 360, 368, 372, 366, 374, 382],
    [350, 356, 358, 376, 338, 342, 366, 350, 344, 364],
    [354, 360, 362, 352, 366, 372, 362, 344, 342, 358, 351, 348, 348],
    [376, 344, 342, 372, 374, 360],
]
# R irrICC, data iccdata1 (Gwet, Handbook of Inter-Rater Reliability): five targets, 40 ratings
GWET: list[list[float]] = [
    [6, 1, 3, 2, 6.5, 3, 4, 4, 3, 5.5, 4],
    [9, 2, 5, 8, 7, 2, 6, 8, 2, 7],
    [10, 5, 6],
    [6, 2, 4, 1, 3, 6, 8, 2.5, 5],
    [10, 5, 6, 9, 9.5, 4, 8],
]
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
UNEQUAL = (1, 2, 2, 3, 3, 3, 4, 6, 10, 16)


def simulated(draw: np.random.Generator, sizes: Any, share: float) -> list[np.ndarray]:
    """Ratings with `share` of the variance between the things."""
    return [
        draw.normal(0, np.sqrt(share)) + draw.normal(0, np.sqrt(1 - share), size=int(size)) for size in sizes
    ]


def test_examples_in_docstrings_run():
    assert doctest.testmod(importlib.import_module("cxstats.agreement.unbalanced")).failed == 0


def test_examples_of_the_methods_page_run():
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


def test_sokal_and_rohlfs_ticks():
    # the box: mean squares 602.6 and 114.5, n0 = 9.009, 32.1 % of the variance among rabbits
    found = unbalanced_intraclass_correlation(ratings=TICKS, minimum_items=4)
    assert found.mean_raters == pytest.approx(9.009, abs=5e-4)
    assert found.single.value == pytest.approx(0.321, abs=5e-4)
    assert found.average.value == pytest.approx(1 - 114.5 / 602.6, abs=5e-4)
    assert (found.ratings, found.single.n) == (37, 4)


def test_lower_limit_is_zero_at_the_published_p_value():
    # irrICC prints p = 0.01533516 for "the correlation is 0": the F test, which the interval inverts
    level = 1 - 2 * 0.01533516
    found = unbalanced_intraclass_correlation(ratings=GWET, level=level)
    for estimate in (found.single, found.average, found.plain_means):
        assert estimate.interval.low == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("table", [TICKS, GWET])
def test_values_by_hand_from_sums_of_squares(table):
    sizes = [len(row) for row in table]
    size = (sum(sizes) - sum(n * n for n in sizes) / sum(sizes)) / (len(sizes) - 1)
    # textbook sums: of squares, of each total squared over its size, of the grand total squared over all
    squares = sum(value * value for row in table for value in row)
    totals = sum(sum(row) ** 2 / len(row) for row in table)
    grand = sum(map(sum, table)) ** 2 / sum(sizes)
    between, within = (totals - grand) / (len(sizes) - 1), (squares - totals) / (sum(sizes) - len(sizes))
    assert between / within == pytest.approx(stats.f_oneway(*table).statistic)
    component = (between - within) / size
    found = unbalanced_intraclass_correlation(ratings=table, minimum_items=4)
    assert found.single.value == pytest.approx(component / (component + within))
    assert found.average.value == pytest.approx((between - within) / between)
    harmonic = len(sizes) / sum(1 / n for n in sizes)
    assert found.harmonic_raters == pytest.approx(harmonic)
    assert found.plain_means.value == pytest.approx(component / (component + within / harmonic))
    assert found.harmonic_raters < found.mean_raters < np.mean(sizes)
    # Donner and Wells 1986: k0 in the place of k is a good approximation where sizes do not differ wildly
    df = (len(sizes) - 1, sum(sizes) - len(sizes))
    for limit, quantile in ((found.single.interval.low, 0.975), (found.single.interval.high, 0.025)):
        ratio = between / within / stats.f.ppf(quantile, *df)
        assert limit == pytest.approx((ratio - 1) / (ratio + size - 1), abs=0.06)


@pytest.mark.parametrize("table", [TICKS, GWET])
def test_limits_solve_walds_equation(table):
    # Wald's F at the limits, from the definition: weighted squares of the means over the mean square within
    found = unbalanced_intraclass_correlation(ratings=table, minimum_items=4, level=0.9)
    sizes = np.array([len(row) for row in table])
    means = np.array([np.mean(row) for row in table])
    df = (len(sizes) - 1, sizes.sum() - len(sizes))
    within = sum(float(np.sum((np.array(row) - np.mean(row)) ** 2)) for row in table) / df[1]
    for limit, area in ((found.single.interval.low, 0.95), (found.single.interval.high, 0.05)):
        ratio = limit / (1 - limit)
        variances = within * (ratio + 1 / sizes)
        center = np.average(means, weights=1 / variances)
        f = float(np.sum((means - center) ** 2 / variances)) / df[0]
        assert stats.f.cdf(f, *df) == pytest.approx(area, abs=1e-6)


def test_equal_numbers_give_shrout_and_fleiss():
    found = unbalanced_intraclass_correlation(ratings=SHROUT_FLEISS)
    equal = intraclass_correlations(ratings=SHROUT_FLEISS)
    # published: .17 (-.13 to .72) and .44 (-.88 to .91)
    assert found.single.value == pytest.approx(0.17, abs=0.005)
    for ours, theirs in ((found.single, equal.one_way_single), (found.average, equal.one_way_average)):
        assert ours.value == pytest.approx(theirs.value)
        assert ours.interval.low == pytest.approx(theirs.interval.low)
        assert ours.interval.high == pytest.approx(theirs.interval.high)
    assert found.plain_means.value == pytest.approx(found.average.value)
    assert found.mean_raters == found.harmonic_raters == 4


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_interval_covers_for_very_unequal_numbers(share):
    draw = np.random.default_rng(17)
    covered, values = 0, []
    for _ in range(800):
        found = unbalanced_intraclass_correlation(ratings=simulated(draw, UNEQUAL, share), level=0.9)
        covered += found.single.interval.contains(share)
        values.append(found.single.value)
    # Monte Carlo error 1.1 points; the value is nearly unbiased
    assert covered / 800 == pytest.approx(0.9, abs=0.033)
    assert np.mean(values) == pytest.approx(share, abs=0.06)


def test_plain_means_are_as_reliable_as_they_follow_the_truth():
    draw = np.random.default_rng(5)
    sizes = draw.choice([1, 2, 3, 8], size=6000)
    truth = draw.normal(size=6000)
    ratings = [value + draw.normal(0, 1.5, size=size) for value, size in zip(truth, sizes, strict=True)]
    found = unbalanced_intraclass_correlation(ratings=ratings)
    squared = np.corrcoef(truth, [row.mean() for row in ratings])[0, 1] ** 2
    assert found.plain_means.value == pytest.approx(squared, abs=0.025)
    assert found.single.value == pytest.approx(1 / (1 + 1.5**2), abs=0.025)


def test_gaps_order_and_scale_do_not_matter():
    table = np.full((6, 12), NAN)
    for place, row in enumerate(GWET):
        table[place, : len(row)] = row[::-1]
    plain = unbalanced_intraclass_correlation(ratings=GWET)
    gaps = unbalanced_intraclass_correlation(ratings=7 - 3 * table)
    assert gaps.single.value == pytest.approx(plain.single.value)
    assert gaps.average.interval.low == pytest.approx(plain.average.interval.low)
    assert gaps.ratings == 40
    empty = unbalanced_intraclass_correlation(ratings=[*GWET, []])
    assert empty == plain


def test_perfect_agreement_and_things_alike():
    raters = [3, 4, 5, 3, 4]
    same = unbalanced_intraclass_correlation(ratings=[[1.0 + n] * k for n, k in enumerate(raters)])
    assert same.single.value == same.average.interval.low == same.plain_means.interval.high == 1
    # things that differ less than chance: negative, and no lower than where a mean would have no variance
    alike: list[list[float]] = [[1, 5, 3], [3, 3.1, 1, 5], [1, 5], [5, 1, 2.9, 3, 3], [1, 3.2, 5]]
    found = unbalanced_intraclass_correlation(ratings=alike)
    assert found.single.value < 0
    assert found.single.interval.low >= -1 / 4 or found.single.interval.low == found.single.value
    assert np.isfinite([found.average.interval.low, found.plain_means.interval.low]).all()


@pytest.mark.parametrize(
    "ratings",
    ["abc", [], 5, [[1, 2], ["high", 3]], [[1, float("inf")]], [1, 2, 3], [[[1, 2]], [[3, 4]]]],
)
def test_bad_input_is_named(ratings):
    with pytest.raises(InvalidInput) as caught:
        unbalanced_intraclass_correlation(ratings=ratings)
    assert caught.value.argument == "ratings"


@pytest.mark.parametrize(
    ("ratings", "reason", "detail"),
    [
        (GWET[:4], Reason.TOO_FEW_UNITS, {"found": 4, "needed": 5}),
        ([[1, 2, 3, 4], [NAN], []], Reason.TOO_FEW_UNITS, {"found": 1, "needed": 5}),
        ([[1, 2], [2, 3], [1, 4], [3, 2], [1, 1]], Reason.TOO_FEW_ANSWERS, {"found": 2.0, "needed": 3}),
        ([[3, 3, 3]] * 5, Reason.NO_VARIATION, {}),
        ([[2, 3, 4], [1, 3, 5], [3, 3, 3], [2, 4, 3], [1, 5, 3]], Reason.NO_VARIATION, {}),
    ],
)
def test_what_cannot_be_known_is_refused(ratings, reason, detail):
    with pytest.raises(NotEstimable) as caught:
        unbalanced_intraclass_correlation(ratings=ratings)
    assert caught.value.reason is reason
    assert caught.value.detail == detail
