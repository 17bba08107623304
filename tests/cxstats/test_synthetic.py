"""Synthetic control: golden numbers by independent optimizers, placebos, refusals."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.synthetic import simplex_weights, span, synthetic_control


def pool_of(seed=1, donors=20, periods=30, noise=0.3):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(2, periods)).cumsum(axis=1)
    return rng.uniform(0, 2, (donors, 2)) @ common + 20 + rng.normal(size=(donors, periods)) * noise


@pytest.mark.parametrize("module", ["control", "weights"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.synthetic.{module}")).failed == 0


def slsqp(target, sources, ridge=0.0, intercept=False):
    """Independent route: a general constrained optimizer on scaled data, several starts."""
    if intercept:
        target, sources = target - target.mean(), sources - sources.mean(axis=0)
    scale = np.abs(sources).max()

    def loss(w):
        return (np.sum((target - sources @ w) ** 2) + ridge * w @ w) / scale**2

    best = None
    rng = np.random.default_rng(1)
    for _ in range(8):
        start = rng.dirichlet(np.ones(sources.shape[1]))
        found = optimize.minimize(
            loss,
            start,
            bounds=[(0, 1)] * sources.shape[1],
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 2000},
        )
        if best is None or found.fun < best.fun:
            best = found
    return best.x, best.fun * scale**2


@pytest.mark.parametrize(("ridge", "intercept"), [(0.0, False), (5.0, False), (2.0, True)])
def test_weights_equal_a_general_optimizer(ridge, intercept):
    pool = pool_of(donors=6)
    target, sources = pool[0], pool[1:].T
    ours = simplex_weights(target=target, sources=sources, ridge=ridge, intercept=intercept)
    theirs, loss = slsqp(target, sources, ridge, intercept)
    np.testing.assert_allclose(ours, theirs, atol=2e-3)
    centered = (target - target.mean(), sources - sources.mean(axis=0)) if intercept else (target, sources)
    mine = np.sum((centered[0] - centered[1] @ ours) ** 2) + ridge * ours @ ours
    assert mine <= loss * (1 + 1e-6)


def test_span_equals_weighted_two_way_regression():
    # Independent route: synthetic DiD is a regression with unit and period dummies and product weights
    # (Arkhangelsky et al. 2021, eq. 1); DiD the same with equal weights.
    pool = pool_of(seed=4, donors=6, periods=14)
    ours = pool[0] + 3.0 * (np.arange(14) >= 9)
    found = span(treated=ours, donors=pool[1:], start=9)
    donors, first, periods = pool[1:], 9, 14
    zeta = 5**0.25 * np.diff(donors[:, :first], axis=1).std(ddof=1)
    omega, _ = slsqp(ours[:first], donors[:, :first].T, ridge=zeta**2 * first, intercept=True)
    small = 1e-6 * np.diff(donors[:, :first], axis=1).std(ddof=1)
    lam, _ = slsqp(donors[:, first:].mean(axis=1), donors[:, :first], ridge=small**2 * 5, intercept=True)

    def regression(unit_weights, period_weights):
        y = np.vstack([donors, ours]).ravel()
        units = np.repeat(np.eye(6), periods, axis=0)
        times = np.tile(np.eye(periods), (6, 1))
        treated = np.zeros((6, periods))
        treated[-1, first:] = 1
        x = np.column_stack([units, times[:, 1:], treated.ravel()])
        weights = np.outer(np.append(unit_weights, 1.0), np.append(period_weights, np.full(5, 1 / 5))).ravel()
        root = np.sqrt(np.maximum(weights, 0))
        return np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0][-1]

    assert found.difference_in_differences == pytest.approx(regression(np.full(5, 0.2), np.full(9, 1 / 9)))
    assert found.synthetic_difference_in_differences == pytest.approx(regression(omega, lam), abs=0.02)
    assert found.low <= found.synthetic_control <= found.high


def test_effect_is_found_and_ranked():
    pool = pool_of()
    ours = pool[1:6].mean(axis=0) + 5.0 * (np.arange(30) >= 20)
    found = synthetic_control(treated=ours, donors=pool[1:], start=20)
    assert found.effect.interval.contains(5.0)
    assert found.rank_p == pytest.approx(1 / 20)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.interval_80.half_width <= found.effect.interval.half_width


@pytest.mark.parametrize("known", [False, True])
def test_interval_and_p_value_are_those_of_a_gap_among_placebo_gaps(known):
    """Weights by another solver, on values around their earlier means; every donor plays treated once."""
    pool = pool_of(donors=20)
    ours, donors = pool[0] + 5.0 * (np.arange(30) >= 20), pool[1:]
    noise = {"treated_noise": np.full(30, 0.04), "donor_noise": np.full((19, 30), 0.09)} if known else {}
    found = synthetic_control(treated=ours, donors=donors, start=20, maximum_fit_excess=10.0, **noise)
    own = [0.04] + [0.09] * 19

    def fit(target, sources, variance):
        level, levels = target[:20].mean(), sources[:, :20].mean(axis=1)
        rows = [(sources[:, :20] - levels[:, None]).T, np.full((1, len(sources)), 1e4)]
        if known:  # the ridge is what twenty periods of a donor's noise come to
            rows.append(np.sqrt(20 * 0.09) * np.eye(len(sources)))
        ends = [target[:20] - level, [1e4], np.zeros(len(sources))][: len(rows)]
        weights = optimize.lsq_linear(np.vstack(rows), np.concatenate(ends), bounds=(0, np.inf)).x
        gap = (target - level) - weights @ (sources - levels[:, None])
        return gap[20:].mean(), np.mean(gap[:20] ** 2), known * (variance + 0.09 * weights @ weights)

    units = [ours, *donors]
    everything = [
        fit(unit, donors if j == 0 else np.delete(donors, j - 1, axis=0), own[j])
        for j, unit in enumerate(units)
    ]
    gaps, errors, noises = np.array(everything).T
    rest = max(np.mean(errors[1:] - noises[1:]), 0.0)
    scales = noises + rest if known else (errors + errors[1:].mean()) / 2
    scales[0] = max(scales[0], errors[0])
    error = np.sqrt(np.mean(gaps[1:] ** 2 / scales[1:]) * scales[0])
    assert found.effect.value == pytest.approx(gaps[0], rel=1e-3)
    assert found.effect.interval.half_width == pytest.approx(stats.t.ppf(0.975, 19) * error, rel=5e-3)
    assert found.interval_80.half_width == pytest.approx(stats.t.ppf(0.9, 19) * error, rel=5e-3)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(gaps[0]) / error, 19), rel=0.05)


def test_a_high_unit_with_few_answers_is_not_taken_for_donors_that_were_high_by_luck():
    """Twenty answers a value (sampling sd 18), a unit 12 points above the others, no effect: without the
    intercept the mix of high donors falls back and the unit seems to gain more than four points."""
    gained = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        levels = rng.normal(20, 8, (21, 1))
        levels[0] += 12.0
        table = levels + rng.normal(size=(21, 24)) * 80 / np.sqrt(20)
        found = synthetic_control(
            treated=table[0],
            donors=table[1:],
            start=14,
            treated_noise=np.full(24, 320.0),
            donor_noise=np.full((20, 24), 320.0),
        )
        gained.append(found.effect.value)
    assert abs(np.mean(gained)) < 3 * np.std(gained) / np.sqrt(60)
    assert abs(np.mean(gained)) < 3.0


def test_a_unit_that_moves_as_no_donor_does_is_refused():
    rng = np.random.default_rng(3)
    donors = 20 + rng.normal(size=(20, 30)) * 1.5
    swinging = 20 + 6.0 * np.sin(np.arange(30)) + rng.normal(size=30) * 1.5
    noise = {"treated_noise": np.full(30, 2.25), "donor_noise": np.full((20, 30), 2.25)}
    with pytest.raises(NotEstimable, match="poor_pre_fit"):
        synthetic_control(treated=swinging, donors=donors, start=20, **noise)
    calm = 20 + rng.normal(size=30) * 1.5
    assert synthetic_control(treated=calm, donors=donors, start=20, **noise).fit_excess <= 0.25


def test_donors_that_are_mixes_of_each_other_say_nothing_of_chance():
    donors = np.vstack([np.full(10, 1.0), np.full(10, 3.0), np.full(10, 2.0)])
    with pytest.raises(NotEstimable, match="no_variation"):
        synthetic_control(treated=np.full(10, 2.0), donors=donors, start=6)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)))
def test_order_of_donors_does_not_matter(order):
    pool = pool_of(donors=6, periods=16)
    plain = synthetic_control(treated=pool[1:].mean(axis=0), donors=pool[1:], start=10, maximum_fit_excess=9)
    turned = synthetic_control(
        treated=pool[1:].mean(axis=0), donors=pool[1:][list(order)], start=10, maximum_fit_excess=9
    )
    assert turned.effect.value == pytest.approx(plain.effect.value, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"donors": np.ones((1, 8))}, Reason.TOO_FEW_UNITS),
        ({"start": 2}, Reason.TOO_FEW_PERIODS),
        ({"start": 8}, Reason.TOO_FEW_PERIODS),
        ({"treated": 9.0 * np.sin(np.arange(8.0))}, Reason.POOR_PRE_FIT),
    ],
)
def test_refusals(arguments, reason):
    base = {
        "treated": np.arange(8.0),
        "donors": np.vstack([np.arange(8.0) + k for k in (-1, 1, 2)]),
        "start": 5,
    }
    with pytest.raises(NotEstimable) as refusal:
        synthetic_control(**{**base, **arguments})
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "arguments",
    [
        {"donors": [1.0, 2.0]},
        {"donors": np.full((3, 8), np.nan)},
        {"treated_noise": [1.0], "donor_noise": np.ones((3, 8))},
        {"treated_noise": np.ones(8), "donor_noise": np.ones((2, 8))},
        {"start": -1},
    ],
)
def test_bad_input_is_named(arguments):
    base = {
        "treated": np.arange(8.0),
        "donors": np.vstack([np.arange(8.0) + k for k in (-1, 1, 2)]),
        "start": 5,
    }
    with pytest.raises(InvalidInput):
        synthetic_control(**{**base, **arguments})
