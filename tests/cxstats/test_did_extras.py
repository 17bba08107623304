"""Webb weights and the Goodman-Bacon decomposition: published numbers, brute force, refusals."""

import doctest
import importlib
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cxstats.did import (
    Comparison,
    TimingComparison,
    WildWeights,
    goodman_bacon_decomposition,
    staggered_effects,
    wild_cluster_bootstrap,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "did.md"
SIX_POINTS = [-np.sqrt(3 / 2), -1.0, -np.sqrt(1 / 2), np.sqrt(1 / 2), 1.0, np.sqrt(3 / 2)]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("module", ["clusters", "timing"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.did.{module}")).failed == 0


def test_examples_of_the_methods_page_run():
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


# --- wild cluster bootstrap with Webb's weights -----------------------------------------------


def cluster_t(changes: np.ndarray, treated: int) -> float:
    """Brute force: regression of the changes on treatment, cluster-robust (one row per cluster)."""
    x = sm.add_constant((np.arange(len(changes)) < treated).astype(float))
    return float(abs(sm.OLS(changes, x).fit(cov_type="HC0").tvalues[1]))


def test_webb_draws_come_close_to_all_six_point_vectors():
    # Independent route: every one of the 6 ** 5 weight vectors, with the matrix formula.
    ours, theirs = [3.0, 1.0], [0.4, 1.2, -0.6]
    changes = np.array(ours + theirs)
    x = np.column_stack([np.ones(5), [1.0, 1.0, 0.0, 0.0, 0.0]])
    bread = np.linalg.inv(x.T @ x)
    vectors = np.array(list(product(SIX_POINTS, repeat=5)))
    samples = changes.mean() + vectors * (changes - changes.mean())
    slopes = samples @ x @ bread
    residuals = samples - slopes @ x.T
    spread = np.sqrt((residuals**2) @ (x @ bread[:, 1]) ** 2)
    larger = np.mean(np.abs(slopes[:, 1]) / spread >= cluster_t(changes, 2) * (1 - 1e-9))
    found = wild_cluster_bootstrap(
        treated=ours, control=theirs, rng=rng(), draws=20_000, weights=WildWeights.WEBB
    )
    error = np.sqrt(larger * (1 - larger) / 20_000)
    assert found.p_value == pytest.approx(larger, abs=4 * error)
    assert not found.exact
    assert found.assignments == 20_000


def test_the_six_points_have_the_moments_of_the_paper():
    # Webb 2023: mean 0, variance 1, third moment 0, fourth moment 7/6; read off what the function draws
    class Recorder:
        drawn: np.ndarray

        def choice(self, points, size):
            self.drawn = rng().choice(points, size=size)
            self.points = np.asarray(points)
            return self.drawn

    recorder = Recorder()
    wild_cluster_bootstrap(treated=[1.0, 2.0], control=[0.0, 1.5], rng=recorder, weights=WildWeights.WEBB)  # type: ignore[arg-type]
    assert recorder.points == pytest.approx(SIX_POINTS)
    moments = [float(np.mean(recorder.points**power)) for power in (1, 2, 3, 4)]
    assert moments == pytest.approx([0, 1, 0, 7 / 6])


def test_webb_reaches_below_the_floor_of_the_signs():
    # five clusters: signs cannot go below 2/32, six points can
    ours, theirs = [9.0, 9.4, 9.1], [0.1, 0.0]
    signs = wild_cluster_bootstrap(treated=ours, control=theirs, rng=rng())
    webb = wild_cluster_bootstrap(treated=ours, control=theirs, rng=rng(), weights=WildWeights.WEBB)
    assert signs.smallest_attainable_p == 2 / 32
    assert webb.smallest_attainable_p == pytest.approx(6 / 6**5)
    assert webb.p_value < signs.smallest_attainable_p <= signs.p_value
    # many clusters: the number of draws is the floor
    wide = wild_cluster_bootstrap(
        treated=rng(2).normal(9, 1, 8), control=rng(3).normal(0, 1, 8), rng=rng(), weights=WildWeights.WEBB
    )
    assert wide.smallest_attainable_p == wide.p_value == 1 / 5000
    # four clusters, few draws, a far effect: never below what all vectors would give
    for seed in range(20):
        lucky = wild_cluster_bootstrap(
            treated=[9.0, 9.1], control=[0.0, 0.1], rng=rng(seed), draws=999, weights=WildWeights.WEBB
        )
        assert lucky.p_value >= lucky.smallest_attainable_p == pytest.approx(1 / 6**3)


def test_webb_p_values_repeat_with_the_seed_and_keep_their_level():
    same = [
        wild_cluster_bootstrap(
            treated=[1.0, 2.0, 0.3], control=[0.1, 0.8, 0.2], rng=rng(7), weights=WildWeights.WEBB
        )
        for _ in range(2)
    ]
    assert same[0] == same[1]
    # 400 studies without an effect, four clusters against four, 5 %: Monte Carlo error 1.1 points
    draw = rng(11)
    rejected = 0
    for _ in range(400):
        changes = draw.normal(size=8)
        found = wild_cluster_bootstrap(
            treated=changes[:4], control=changes[4:], rng=draw, draws=199, weights=WildWeights.WEBB
        )
        rejected += found.p_value <= 0.05
    assert rejected / 400 < 0.085


def test_webb_refuses_what_the_signs_refuse():
    with pytest.raises(NotEstimable) as caught:
        wild_cluster_bootstrap(treated=[1.0], control=[1.0, 2.0], rng=rng(), weights=WildWeights.WEBB)
    assert caught.value.reason is Reason.TOO_FEW_CLUSTERS
    with pytest.raises(InvalidInput, match="draws"):
        wild_cluster_bootstrap(
            treated=[1.0, 2.0], control=[1.0, 0.5], rng=rng(), draws=10, weights=WildWeights.WEBB
        )


# --- Goodman-Bacon ----------------------------------------------------------------------------


def dummy_regression(values: np.ndarray, starts: list[int | None]) -> float:
    """Brute force: least squares on unit dummies, period dummies and the treatment."""
    units, periods = values.shape
    rows, outcome = [], []
    for unit, start in enumerate(starts):
        for period in range(periods):
            treated = float(start is not None and period >= start)
            rows.append([treated, *np.eye(units)[unit], *np.eye(periods)[period][1:]])
            outcome.append(values[unit, period])
    return float(np.linalg.lstsq(np.array(rows), np.array(outcome), rcond=None)[0][0])


def test_decomposition_of_the_published_example():
    # R bacondecomp and fixest, Naqvi's worked example (DiD, "Goodman-Bacon decomposition", dat4):
    # y = id + t + effect, effect 2 from period 5, 4 from period 8, ten periods
    time = np.arange(1, 11)
    y = [1 + time, 2 + time + 2 * (time >= 5), 3 + time + 4 * (time >= 8)]
    found = goodman_bacon_decomposition(values=y, first_treated=[None, 4, 7])
    assert found.two_way_fixed_effects == pytest.approx(2.90909, abs=5e-6)
    published = {
        (4, None): (2, 0.3636364, "treated_vs_never"),
        (7, None): (4, 0.3181818, "treated_vs_never"),
        (7, 4): (4, 0.1363636, "later_vs_earlier"),
        (4, 7): (2, 0.1818182, "earlier_vs_later"),
    }
    assert len(found.comparisons) == 4
    for part in found.comparisons:
        estimate, weight, kind = published[part.cohort, part.comparison]
        assert part.estimate == pytest.approx(estimate)
        assert part.weight == pytest.approx(weight, abs=5e-8)
        assert part.kind == kind
    assert found.forbidden_share == pytest.approx(0.1363636, abs=5e-8)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(3, 9).flatmap(
        lambda periods: st.tuples(
            st.just(periods),
            st.lists(st.one_of(st.none(), st.integers(0, periods + 1)), min_size=3, max_size=9),
        )
    ),
    st.integers(0, 10_000),
)
def test_weighted_sum_is_the_dummy_regression(shape, seed):
    periods, starts = shape
    values = rng(seed).normal(size=(len(starts), periods))
    ends = {periods if start is None else min(start, periods) for start in starts}
    assume(len(ends) > 1 and any(0 < end < periods for end in ends))
    found = goodman_bacon_decomposition(values=values, first_treated=starts)
    brute = dummy_regression(values, starts)
    assert found.two_way_fixed_effects == pytest.approx(brute, abs=1e-9)
    assert sum(part.weight * part.estimate for part in found.comparisons) == pytest.approx(brute, abs=1e-9)
    assert sum(part.weight * part.estimate for part in found.by_kind) == pytest.approx(brute, abs=1e-9)
    assert sum(part.weight for part in found.comparisons) == pytest.approx(1)
    assert all(part.weight > 0 for part in found.comparisons)
    forbidden = {TimingComparison.LATER_VS_EARLIER, TimingComparison.LATER_VS_ALWAYS}
    share = sum(part.weight for part in found.comparisons if part.kind in forbidden)
    assert found.forbidden_share == pytest.approx(share)


def test_each_two_by_two_is_a_regression_of_its_own():
    # Goodman-Bacon's definition: the same regression on the two groups and their window alone
    starts: list[int | None] = [0, 0, 3, 3, 3, 6, None]
    values = rng(5).normal(size=(7, 9))
    found = goodman_bacon_decomposition(values=values, first_treated=starts)
    kinds = {part.kind for part in found.comparisons}
    assert kinds == set(TimingComparison)
    for part in found.comparisons:
        window = {
            TimingComparison.TREATED_VS_NEVER: slice(0, 9),
            TimingComparison.LATER_VS_ALWAYS: slice(0, 9),
            TimingComparison.EARLIER_VS_LATER: slice(0, part.comparison),
            TimingComparison.LATER_VS_EARLIER: slice(part.comparison, 9),
        }[part.kind]
        rows = [unit for unit, start in enumerate(starts) if start in {part.cohort, part.comparison}]
        local = [part.cohort - (window.start or 0) if starts[unit] == part.cohort else None for unit in rows]
        assert part.estimate == pytest.approx(dummy_regression(values[rows, window], local))


def test_growing_effects_all_positive_give_a_negative_two_way_estimate():
    # the trap: every effect is 1, 2, 3, ...; no trend, no noise
    starts: list[int | None] = [2, 2, 2, 6, 6, 6]
    time = np.arange(12)
    values = np.array([np.maximum(time - start + 1.0, 0.0) for start in (2, 2, 2, 6, 6, 6)])
    found = goodman_bacon_decomposition(values=values, first_treated=starts)
    assert found.two_way_fixed_effects == pytest.approx(dummy_regression(values, starts))
    assert found.two_way_fixed_effects < -0.4
    assert found.forbidden_share > 0.7
    by_kind = {share.kind: share.estimate for share in found.by_kind}
    assert by_kind[TimingComparison.EARLIER_VS_LATER] > 0 > by_kind[TimingComparison.LATER_VS_EARLIER]
    # group-time effects of the same panel (with a little noise for their intervals) are positive
    right = staggered_effects(
        values=values + rng(2).normal(0, 0.01, values.shape),
        first_treated=starts,
        comparison=Comparison.NOT_YET_TREATED,
    )
    assert right.simple.value == pytest.approx(2.5, abs=0.05)


def test_one_start_and_never_treated_has_nothing_forbidden():
    values = rng(3).normal(size=(5, 6))
    found = goodman_bacon_decomposition(values=values, first_treated=[3, 3, None, None, 9])
    assert found.forbidden_share == 0
    assert [part.kind for part in found.by_kind] == [TimingComparison.TREATED_VS_NEVER]
    change = values[:, 3:].mean(axis=1) - values[:, :3].mean(axis=1)
    assert found.two_way_fixed_effects == pytest.approx(change[:2].mean() - change[2:].mean())


@pytest.mark.parametrize(
    ("starts", "reason"),
    [
        ([None, None], Reason.NO_POST_PERIOD),
        ([3, None], Reason.NO_POST_PERIOD),
        ([0, None], Reason.NO_PRE_PERIOD),
        ([0, 0], Reason.NO_PRE_PERIOD),
        ([1, 1], Reason.TOO_FEW_UNITS),
    ],
)
def test_what_cannot_be_decomposed_is_refused(starts, reason):
    with pytest.raises(NotEstimable) as caught:
        goodman_bacon_decomposition(values=[[1.0, 2.0, 3.0], [2.0, 2.0, 1.0]], first_treated=starts)
    assert caught.value.reason is reason


def test_a_panel_with_gaps_is_refused():
    with pytest.raises(InvalidInput, match="values"):
        goodman_bacon_decomposition(values=[[1.0, float("nan")], [1.0, 2.0]], first_treated=[1, None])
