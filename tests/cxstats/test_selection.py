"""Selection: regression to the mean, ANCOVA, league tables."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.selection import (
    ancova,
    expected_from_choice,
    expected_regression_to_mean,
    league_table,
    variance_components,
)


@pytest.mark.parametrize("module", ["ancova", "league", "regression_to_mean"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.selection.{module}")).failed == 0


def test_expected_regression_equals_truncated_normal():
    # Independent route: the expected change is (1 - rho) (mu - E[Y | Y < cut]), E from scipy's truncnorm.
    mean, between, within, cut = 60.0, 100.0, 81.0, 40.0
    spread = np.sqrt(between + within)
    chosen = stats.truncnorm(-np.inf, (cut - mean) / spread, loc=mean, scale=spread).mean()
    expected = within / (between + within) * (mean - chosen)
    found = expected_regression_to_mean(cut=cut, mean=mean, between=between, within=within)
    assert found == pytest.approx(expected)


def test_expected_regression_equals_quadrature_for_high_scores():
    # Independent route: bivariate expectation integrated over true unit means.
    mean, between, within, cut, readings = 20.0, 64.0, 100.0, 25.0, 4
    noise = np.sqrt(within / readings)

    def weight(unit):
        return stats.norm.pdf(unit, mean, 8.0)

    reached = integrate.quad(lambda u: weight(u) * stats.norm.sf(cut, u, noise), -60, 100)[0]
    before = integrate.quad(
        lambda u: weight(u) * (u * stats.norm.sf(cut, u, noise) + noise * stats.norm.pdf((cut - u) / noise)),
        -60,
        100,
    )[0]
    after = integrate.quad(lambda u: weight(u) * u * stats.norm.sf(cut, u, noise), -60, 100)[0]
    found = expected_regression_to_mean(
        cut=cut, mean=mean, between=between, within=within, readings=readings, below=False
    )
    assert found == pytest.approx((after - before) / reached)


def test_variance_components_equal_analysis_of_variance():
    # Independent route: scipy's one-way F statistic, MSB / MSW = 1 + m sb2 / sw2.
    rng = np.random.default_rng(2)
    table = rng.normal(size=(7, 1)) * 3 + rng.normal(size=(7, 4))
    found = variance_components(scores=table)
    f_ratio = stats.f_oneway(*table).statistic
    assert 1 + 4 * found.between / found.within == pytest.approx(f_ratio)
    assert variance_components(scores=[[1.0, 3.0], [1.0, 3.0]]).between == 0.0


def test_ancova_equals_statsmodels():
    # Independent route: statsmodels OLS.
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    before = rng.normal(size=(20, 2))
    treated = (before.sum(axis=1) < 0).astype(float)
    after = before @ [0.5, 0.2] + 0.7 * treated + rng.normal(size=20) * 0.3
    found = ancova(after=after, treated=treated, baselines=before)
    reference = sm.OLS(after, np.column_stack([np.ones(20), treated, before])).fit()
    assert found.effect.value == pytest.approx(reference.params[1])
    assert found.p_value == pytest.approx(reference.pvalues[1])
    assert found.effect.interval.low == pytest.approx(reference.conf_int()[1][0])


def test_ancova_removes_what_plain_differences_keep():
    rng = np.random.default_rng(4)
    plain, adjusted = [], []
    for _ in range(60):
        true = rng.normal(size=60) * 5
        before, after = true + rng.normal(size=60) * 5, true + rng.normal(size=60) * 5
        treated = (before < np.quantile(before, 0.3)).astype(float)
        change = after - before
        plain.append(change[treated > 0].mean() - change[treated == 0].mean())
        adjusted.append(ancova(after=after, treated=treated, baselines=before).effect.value)
    assert np.mean(plain) > 3
    assert abs(np.mean(adjusted)) < 1


def test_league_shrinks_to_the_inverse_variance_mean_when_noise_explains_all():
    found = league_table(
        scores=[1.0, 2.0, 3.0], sampling_variances=[9.0, 9.0, 9.0], rng=np.random.default_rng(1)
    )
    assert found.between == 0.0
    assert all(row.shrunken == pytest.approx(2.0) for row in found.rows)
    assert found.rows[0].rank_interval.low == 1.0
    assert found.rows[0].rank_interval.high == 3.0


def test_ranks_of_a_league_are_as_sure_as_the_scores_are_apart():
    """Two near the top that change places in four of ten draws, one far below that never does."""
    # Equal noise 4: the variance between is the sample variance 96.92 - 4, B = .959. The gap of 1 shrinks to
    # .959, each score spreads by sqrt(92.92 x .0413 + .0413^2 / (4 / 96.92)) = 1.97: a swap has probability
    # P(z > .959 / (1.97 x sqrt 2)) = .37, the next gap P(z > 3.4) = .0003, against .025 on each side.
    scores = [40.0, 41.0, 30.0, 20.0]
    found = league_table(scores=scores, sampling_variances=[4.0] * 4, rng=np.random.default_rng(1))
    assert [row.rank for row in found.rows] == [2, 1, 3, 4]
    assert [(row.rank_interval.low, row.rank_interval.high) for row in found.rows] == [
        (1, 2),
        (1, 2),
        (3, 3),
        (4, 4),
    ]
    down = league_table(
        scores=scores, sampling_variances=[4.0] * 4, rng=np.random.default_rng(1), higher_is_better=False
    )
    assert [(row.rank_interval.low, row.rank_interval.high) for row in down.rows] == [
        (3, 4),
        (3, 4),
        (2, 2),
        (1, 1),
    ]


def test_league_between_variance_equals_its_moment_equation():
    # Independent route: equal noise, where Paule-Mandel is the sample variance minus the noise.
    scores = [10.0, 14.0, 22.0, 30.0]
    found = league_table(
        scores=scores, sampling_variances=[4.0] * 4, rng=np.random.default_rng(1), higher_is_better=False
    )
    assert found.between == pytest.approx(np.var(scores, ddof=1) - 4.0)
    assert [row.rank for row in found.rows] == [1, 2, 3, 4]
    wide = league_table(
        scores=scores, sampling_variances=[1.0, 400.0, 1.0, 1.0], rng=np.random.default_rng(1)
    )
    assert wide.rows[1].weight < wide.rows[0].weight


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=3, max_size=8), st.floats(0.5, 50))
def test_shrunken_scores_keep_order_with_equal_noise_and_move_inward(scores, noise):
    found = league_table(
        scores=scores, sampling_variances=[noise] * len(scores), rng=np.random.default_rng(1), draws=200
    )
    for row in found.rows:
        assert abs(row.shrunken - found.mean) <= abs(row.score - found.mean) + 1e-6
        assert row.rank_interval.low <= row.rank_interval.high


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: variance_components(scores=[[1.0, 2.0]]), Reason.TOO_FEW_UNITS),
        (lambda: variance_components(scores=[[1.0], [2.0]]), Reason.TOO_FEW_PERIODS),
        (lambda: variance_components(scores=[[1.0, 1.0], [1.0, 1.0]]), Reason.NO_VARIATION),
        (lambda: expected_regression_to_mean(cut=1, mean=1, between=0, within=0), Reason.NO_VARIATION),
        (
            lambda: expected_from_choice(chosen=[1.0], everyone=[1.0], between=0, within=0),
            Reason.NO_VARIATION,
        ),
        (lambda: ancova(after=[1.0, 2, 3], treated=[1, 0, 0], baselines=[1.0, 2, 3]), Reason.TOO_FEW_UNITS),
        (
            lambda: ancova(
                after=np.arange(8.0), treated=[1] * 4 + [0] * 4, baselines=[[1.0]] * 4 + [[0.0]] * 4
            ),
            Reason.COLLINEAR,
        ),
        (
            lambda: ancova(after=[2.0] * 8, treated=[1] * 4 + [0] * 4, baselines=np.arange(8.0) ** 2),
            Reason.NO_VARIATION,
        ),
        (
            lambda: league_table(
                scores=[1.0, 2.0], sampling_variances=[1.0, 1.0], rng=np.random.default_rng(1)
            ),
            Reason.TOO_FEW_UNITS,
        ),
    ],
)
def test_refusals(call, reason):
    with pytest.raises(NotEstimable) as refusal:
        call()
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "call",
    [
        lambda: variance_components(scores=[[1.0, np.nan], [1.0, 2.0]]),
        lambda: expected_regression_to_mean(cut=1, mean=1, between=-1, within=1),
        lambda: ancova(after=[1.0, 2.0], treated=[1.0], baselines=[1.0, 2.0]),
        lambda: ancova(after=[1.0, 2.0], treated=[1.0, 2.0], baselines=[1.0, 2.0]),
        lambda: ancova(after=[1.0, 2.0], treated=[1.0, 0.0], baselines=[1.0, np.inf]),
        lambda: league_table(
            scores=[1.0, 2.0, 3.0], sampling_variances=[1.0, 0.0, 1.0], rng=np.random.default_rng(1)
        ),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(InvalidInput):
        call()
