"""Weights and weighted means against Lohr's worked example, exact enumeration, statsmodels and SciPy."""

from itertools import combinations, product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linprog, minimize

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.weighting import (
    Margin,
    StratumSample,
    kish_effective_n,
    nonresponse_bounds,
    post_stratify,
    rake,
    stratified_mean,
    weighted_mean,
)
from cxstats.weighting import weights as weight_module

quick = settings(max_examples=20, deadline=None)


def test_stratified_mean_of_the_agricultural_census():
    # Lohr, Sampling: Design and Analysis, example 3.2 (agstrat): total 909,736,035, SE 50,417,248 acres;
    # recomputed by hand from the strata as printed: 909,736,033 and 50,417,248
    found = stratified_mean(
        strata=[
            StratumSample(population=1054, n=103, mean=300_504.16, variance=29_618_183_543.0),
            StratumSample(population=220, n=21, mean=97_629.81, variance=7_647_472_708.0),
            StratumSample(population=1382, n=135, mean=211_315.04, variance=53_587_487_856.0),
            StratumSample(population=422, n=41, mean=662_295.51, variance=396_185_950_266.0),
        ]
    )
    assert 3078 * found.value == pytest.approx(909_736_035, rel=1e-6)
    assert 3078 * found.standard_error == pytest.approx(50_417_248, rel=1e-6)


def test_stratified_standard_error_is_unbiased_over_all_samples():
    # Route of its own: every stratified sample of 2 of 4 and 2 of 3.
    first, second = [1.0, 4.0, 6.0, 9.0], [2.0, 3.0, 8.0]
    estimates, variances = [], []
    for a, b in product(combinations(first, 2), combinations(second, 2)):
        found = stratified_mean(
            strata=[
                StratumSample(population=4, n=2, mean=np.mean(a), variance=np.var(a, ddof=1)),
                StratumSample(population=3, n=2, mean=np.mean(b), variance=np.var(b, ddof=1)),
            ]
        )
        estimates.append(found.value)
        variances.append(found.standard_error**2)
    assert np.mean(estimates) == pytest.approx(np.mean(first + second))
    assert np.mean(variances) == pytest.approx(np.var(estimates))


def test_stratified_edges():
    census = StratumSample(population=3, n=3, mean=2.0, variance=1.0)
    assert stratified_mean(strata=[census]).interval.half_width == 0
    for strata, reason in [
        ([], Reason.NO_DATA),
        ([StratumSample(population=9, n=1, mean=2.0, variance=0.0)], Reason.TOO_FEW_ANSWERS),
        ([StratumSample(population=9, n=3, mean=2.0, variance=0.0)], Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            stratified_mean(strata=strata)
        assert refusal.value.reason is reason
    for bad in (
        StratumSample(population=2, n=3, mean=2.0, variance=1.0),
        StratumSample(population=5, n=3, mean=float("nan"), variance=1.0),
        StratumSample(population=5, n=3, mean=2.0, variance=-1.0),
    ):
        with pytest.raises(InvalidInput):
            stratified_mean(strata=[bad])


# --- weighted means ----------------------------------------------------------------------------


def test_equal_weights_give_the_t_interval():
    values = [1.0, 4.0, 4.0, 5.0, 2.0]
    found = weighted_mean(values=values, weights=[3.0] * 5)
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert found.value == pytest.approx(np.mean(values))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_weighted_cluster_error_agrees_with_statsmodels():
    from statsmodels.regression.linear_model import WLS

    rng = np.random.default_rng(2)
    values, weights = rng.normal(50, 20, 60), rng.uniform(0.3, 3, 60)
    clusters = rng.integers(0, 14, 60)
    number = len(set(clusters.tolist()))
    fit = WLS(values, np.ones(60), weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    found = weighted_mean(values=values, weights=weights, clusters=clusters.tolist())
    assert found.value == pytest.approx(fit.params[0])
    assert found.standard_error == pytest.approx(fit.bse[0] * sqrt(number / (number - 1)))
    assert found.n == number


def test_strata_add_up_like_separate_samples():
    a, b = [1.0, 2.0, 4.0], [10.0, 14.0, 15.0, 20.0]
    found = weighted_mean(values=a + b, weights=[0.6 / 3] * 3 + [0.4 / 4] * 4, strata=["a"] * 3 + ["b"] * 4)
    expected = 0.36 * np.var(a, ddof=1) / 3 + 0.16 * np.var(b, ddof=1) / 4
    assert found.standard_error == pytest.approx(sqrt(expected))
    assert found.value == pytest.approx(0.6 * np.mean(a) + 0.4 * np.mean(b))


def test_poststrata_leave_only_the_scatter_within_cells():
    cells = ["a"] * 20 + ["b"] * 20
    rng = np.random.default_rng(8)
    values = np.concatenate([rng.normal(0, 1, 20), rng.normal(50, 1, 20)])
    weights = post_stratify(cells=cells, population=[("a", 1), ("b", 1)]).values
    plain = weighted_mean(values=values, weights=weights)
    fitted = weighted_mean(values=values, weights=weights, poststrata=cells)
    assert fitted.value == plain.value
    assert fitted.standard_error < plain.standard_error / 10
    zero = np.concatenate([np.zeros(20), np.ones(20)])
    assert weighted_mean(values=values, weights=zero, poststrata=cells).value == pytest.approx(
        values[20:].mean()
    )


@quick
@given(scale=st.floats(0.01, 1e9), seed=st.integers(0, 99), shift=st.floats(-100, 100))
def test_weighted_mean_ignores_order_and_scale_of_weights(scale, seed, shift):
    rng = np.random.default_rng(seed)
    values, weights = rng.normal(0, 1, 30), rng.uniform(0.1, 2, 30)
    labels = rng.integers(0, 8, 30)
    order = rng.permutation(30)
    one = weighted_mean(values=values, weights=weights, clusters=labels.tolist())
    other = weighted_mean(
        values=values[order] + shift,
        weights=scale * weights[order],
        clusters=[f"unit {label}" for label in labels[order]],
    )
    assert other.value == pytest.approx(one.value + shift)
    assert other.standard_error == pytest.approx(one.standard_error)


def test_weighted_refusals():
    good = {"values": [1.0, 2.0, 3.0], "weights": [1.0, 1.0, 2.0]}
    for change in (
        {"weights": [0.0, 0.0, 0.0]},
        {"weights": [-1.0, 1.0, 1.0]},
        {"values": [1.0, 2.0]},
        {"values": [1.0, 2.0, float("nan")]},
        {"level": 1.5},
        {"level": 0.0},
        {"clusters": ["a"]},
        {"clusters": ["a", "a", "b"], "strata": ["x", "y", "y"]},
    ):
        with pytest.raises(InvalidInput):
            weighted_mean(**{**good, **change})
    for change, reason in [
        ({"values": [], "weights": []}, Reason.NO_DATA),
        ({"clusters": ["a", "a", "a"]}, Reason.TOO_FEW_CLUSTERS),
        ({"strata": ["x", "x", "y"]}, Reason.TOO_FEW_CLUSTERS),
        ({"values": [0.1, 0.1, 0.1]}, Reason.NO_VARIATION),
        ({"values": [0.0, 0.0, 0.0]}, Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            weighted_mean(**{**good, **change})
        assert refusal.value.reason is reason


# --- weights -----------------------------------------------------------------------------------


def test_kish_by_hand():
    assert kish_effective_n(weights=[1, 1, 1, 1]) == 4
    assert kish_effective_n(weights=[1, 3]) == pytest.approx(16 / 10)
    with pytest.raises(InvalidInput):
        kish_effective_n(weights=[0, 0])
    with pytest.raises(NotEstimable):
        kish_effective_n(weights=[])


def test_post_stratified_shares_are_those_of_the_population():
    cells = ["a"] * 50 + ["b"] * 30 + ["c"] * 20
    found = post_stratify(cells=cells, population=[("c", 50), ("a", 20), ("b", 30), ("empty", 0)])
    assert found.values[0] == pytest.approx(0.4)
    assert found.values[-1] == pytest.approx(2.5)
    assert found.values.mean() == pytest.approx(1)
    assert found.margin_error < 1e-12
    with pytest.raises(ValueError, match="read-only"):
        found.values[0] = 1


def test_post_stratification_refusals():
    cells = ["a"] * 50 + ["b"] * 4
    with pytest.raises(NotEstimable) as refusal:
        post_stratify(cells=cells, population=[("a", 1), ("b", 1)])
    assert refusal.value.detail == {"cell": "b", "needed": 5, "found": 4}
    with pytest.raises(NotEstimable) as refusal:
        post_stratify(cells=["a"] * 95 + ["b"] * 5, population=[("a", 1), ("b", 9)])
    assert refusal.value.reason is Reason.UNSTABLE_WEIGHTS
    with pytest.raises(NotEstimable):
        post_stratify(cells=[], population=[("a", 1)])
    with pytest.raises(InvalidInput, match="minimum_cell"):  # nobody's answers weigh nothing, however much
        post_stratify(cells=["a"] * 9, population=[("a", 1), ("b", 1)], minimum_cell=0)
    for population in (
        [("a", 1)],
        [("a", 1), ("b", 1), ("b", 2)],
        [("a", 1), ("b", 0)],
        [("a", 0), ("b", 0)],
        [("a", 1), ("b", -1)],
    ):
        with pytest.raises(InvalidInput, match="population"):
            post_stratify(cells=["a"] * 9 + ["b"] * 9, population=population)


def people(seed, n=200):
    rng = np.random.default_rng(seed)
    age = rng.choice(["young", "middle", "old"], n, p=[0.5, 0.3, 0.2])
    site = rng.choice(["web", "shop"], n, p=[0.7, 0.3])
    return (
        Margin(name="age", labels=tuple(age.tolist()), targets=(("young", 30), ("middle", 30), ("old", 40))),
        Margin(name="site", labels=tuple(site.tolist()), targets=(("web", 55), ("shop", 45))),
    )


def test_raking_minimizes_the_kullback_leibler_distance():
    # Route of its own (Ireland and Kullback 1968): the raked weights are the closest to 1 among all that
    # meet the margins; solved here as a smooth convex problem in the dual.
    age, site = people(1)
    columns = [[label == name for label in age.labels] for name in ("young", "middle", "old")]
    columns += [[label == "web" for label in site.labels]]
    design = np.array(columns, dtype=float).T
    target = np.array([0.3, 0.3, 0.4, 0.55]) * 200
    dual = minimize(
        lambda b: np.sum(np.exp(design @ b)) - target @ b,
        np.zeros(4),
        jac=lambda b: design.T @ np.exp(design @ b) - target,
        method="BFGS",
        options={"gtol": 1e-7},
    )
    found = rake(margins=[age, site], cap=None, tolerance=1e-10)
    assert found.values == pytest.approx(np.exp(design @ dual.x), rel=1e-5)


def feasible(margins, cap):
    """Whether any weights in [0, cap] meet the margins: a linear program over the crossed cells."""
    cells = sorted(set(zip(*(margin.labels for margin in margins), strict=True)))
    sizes = [sum(pair == cell for pair in zip(*(m.labels for m in margins), strict=True)) for cell in cells]
    rows, sums = [], []
    for place, margin in enumerate(margins):
        total = sum(size for _, size in margin.targets)
        for name, size in margin.targets:
            rows.append([float(cell[place] == name) for cell in cells])
            sums.append(size / total * len(margin.labels))
    bounds = [(0, cap * size) for size in sizes]
    return linprog(np.zeros(len(cells)), A_eq=rows, b_eq=sums, bounds=bounds).status == 0


@quick
@given(seed=st.integers(0, 300), cap=st.sampled_from([1.8, 2.5, 5.0, None]))
def test_raked_weights_meet_margins_and_cap(seed, cap):
    margins = people(seed)
    if cap is not None and not feasible(margins, cap):
        with pytest.raises(NotEstimable):
            rake(margins=margins, cap=cap)
        return
    found = rake(margins=margins, cap=cap)
    for margin in margins:
        total = sum(size for _, size in margin.targets)
        for name, size in margin.targets:
            inside = np.array([label == name for label in margin.labels])
            assert found.values[inside].sum() / 200 == pytest.approx(size / total, abs=2e-6)
    assert found.largest <= (np.inf if cap is None else cap) + 1e-6
    assert found.effective_n <= 200


def test_one_margin_is_post_stratification():
    age, _ = people(3)
    assert rake(margins=[age]).values == pytest.approx(
        post_stratify(cells=age.labels, population=age.targets).values
    )


def test_a_cap_that_binds_holds_some_at_the_cap():
    row = Margin(name="row", labels=("a",) * 80 + ("b",) * 20, targets=(("a", 60), ("b", 40)))
    column = Margin(
        name="column", labels=("x",) * 70 + ("y",) * 25 + ("x",) * 5, targets=(("x", 60), ("y", 40))
    )
    free = rake(margins=[row, column], cap=None)
    held = rake(margins=[row, column], cap=2.05)
    assert free.largest > 2.05
    assert held.capped > 0
    assert held.largest <= 2.05 * (1 + 1e-6)
    assert held.margin_error <= 1e-6
    # the tightest cap there is: all twenty of row b must stand at it
    tight = rake(margins=[row, column], cap=2.0)
    assert tight.values[80:] == pytest.approx([2.0] * 20, abs=1e-4)


def test_raking_refusals():
    age, site = people(5)
    with pytest.raises(NotEstimable) as refusal:
        rake(margins=[age, site], cap=1.1)
    assert refusal.value.reason is Reason.UNSTABLE_WEIGHTS
    with pytest.raises(NotEstimable) as refusal:
        rake(margins=[age, site], tolerance=1e-15, maximum_rounds=1)
    assert refusal.value.reason is Reason.NO_CONVERGENCE
    # contradiction: the two margins are the same thing with other targets
    twin = Margin(name="twin", labels=site.labels, targets=(("web", 30), ("shop", 70)))
    with pytest.raises(NotEstimable) as refusal:
        rake(margins=[site, twin], maximum_rounds=50)
    assert refusal.value.reason is Reason.NO_CONVERGENCE
    short = Margin(name="short", labels=("web",), targets=(("web", 1),))
    for bad in (
        {"margins": []},
        {"margins": [site, short]},
        {"margins": [site], "cap": 1.0},
        {"margins": [site], "tolerance": 0},
    ):
        with pytest.raises(InvalidInput):
            rake(**bad)
    absent = Margin(name="site", labels=site.labels, targets=(*site.targets, ("phone", 0)))
    assert rake(margins=[absent]).margin_error < 1e-9


# --- non-response ------------------------------------------------------------------------------


def test_bounds_by_hand():
    found = nonresponse_bounds(score=90.0, response_rate=0.1)
    assert found.low == pytest.approx(0.1 * 90 + 0.9 * 70)
    assert found.high == pytest.approx(0.1 * 90 + 0.9 * 100)  # held at the end of the scale
    assert (found.worst_low, found.worst_high) == pytest.approx((9 - 90, 9 + 90))
    assert found.respondents_only
    everybody = nonresponse_bounds(score=0.0, response_rate=1.0)
    assert everybody.low == everybody.high == everybody.worst_low == 0.0


@quick
@given(score=st.floats(-100, 100), rate=st.floats(0.01, 1), shift=st.floats(0, 150))
def test_bounds_are_nested(score, rate, shift):
    found = nonresponse_bounds(score=score, response_rate=rate, shift=shift)
    assert found.worst_low - 1e-9 <= found.low <= score + 1e-9
    assert score - 1e-9 <= found.high <= found.worst_high + 1e-9


def test_bounds_refusals():
    with pytest.raises(NotEstimable):
        nonresponse_bounds(score=1.0, response_rate=0.0)
    for bad in (
        {"score": 101.0, "response_rate": 0.5},
        {"score": 1.0, "response_rate": 1.5},
        {"score": 1.0, "response_rate": 0.5, "scale": (5, 1)},
        {"score": 1.0, "response_rate": 0.5, "shift": -1},
    ):
        with pytest.raises(InvalidInput):
            nonresponse_bounds(**bad)


@pytest.mark.slow
def test_post_stratified_nps_covers_in_simulation():
    rng = np.random.default_rng(21)
    promoters, detractors = {"a": 0.6, "b": 0.2}, {"a": 0.1, "b": 0.5}
    truth = 0.3 * 50 + 0.7 * -30
    covered = 0
    for _ in range(2000):
        cells = rng.choice(["a", "b"], 150, p=[0.7, 0.3]).tolist()
        mood = rng.random(150)
        happy = mood < [promoters[cell] for cell in cells]
        unhappy = mood > [1 - detractors[cell] for cell in cells]
        values = 100.0 * happy - 100.0 * unhappy
        weights = post_stratify(cells=cells, population=[("a", 3), ("b", 7)]).values
        covered += weighted_mean(values=values, weights=weights, poststrata=cells).interval.contains(truth)
    assert 0.93 < covered / 2000 < 0.97


def test_a_cap_that_holds_everybody_gives_everybody_the_cap():
    """Rounding leaves nobody below the cap: the whole total is just the cap times their number."""
    raw, cap = np.array([1.67651248, 2.81171003, 2.46597531]), 0.5068462504253702
    factor = weight_module._factor(raw, 3 * cap, cap)
    assert np.minimum(factor * raw, cap).tolist() == [cap] * 3
