"""Synthetic control: golden numbers by independent optimizers, placebos, refusals."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

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
    assert found.p_value == pytest.approx(1 / 20)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.interval_80.half_width <= found.effect.interval.half_width


def test_interval_is_the_treated_gap_and_a_rank_of_the_placebo_gaps():
    """19 donors: 95 % takes the widest of 19 placebos (rank 19 of 20), 80 % the 16th."""
    pool = pool_of(donors=20)
    ours, donors = pool[0] + 5.0 * (np.arange(30) >= 20), pool[1:]
    found = synthetic_control(treated=ours, donors=donors, start=20, maximum_fit_excess=10.0)

    def error(gap):
        return np.sqrt(np.mean(gap[:20] ** 2))

    def mix(target, sources):
        """Non-negative least squares; a heavy row holds the sum at one."""
        weights, _ = optimize.nnls(np.vstack([sources, np.full(len(sources.T), 1e5)]), np.append(target, 1e5))
        return weights

    mine = ours - mix(ours[:20], donors[:, :20].T) @ donors
    relative = []
    for j in range(19):
        others = np.delete(donors, j, axis=0)
        gap = donors[j] - mix(donors[j, :20], others[:, :20].T) @ others
        relative.append(abs(gap[20:].mean()) / error(gap))
    halves = np.sort(relative) * error(mine)
    assert found.effect.value == pytest.approx(mine[20:].mean(), rel=1e-3)
    assert found.effect.interval.half_width == pytest.approx(halves[18], rel=5e-3)
    assert found.interval_80.half_width == pytest.approx(halves[15], rel=5e-3)
    assert halves[15] < 0.95 * halves[18]


def test_known_noise_is_taken_out_of_the_fit_check():
    pool = pool_of(noise=1.5)
    flat = 20 + np.random.default_rng(2).normal(size=30) * 1.5
    level = pool.mean(axis=1)
    donors = 20 + (pool - level[:, None]) * 0.0 + np.random.default_rng(3).normal(size=(20, 30)) * 1.5
    with pytest.raises(NotEstimable) as refusal:
        synthetic_control(treated=flat, donors=donors[:4], start=20)
    assert refusal.value.reason in (Reason.POOR_PRE_FIT, Reason.OUTSIDE_DONOR_RANGE)
    found = synthetic_control(
        treated=flat + donors[:4].mean() - flat[:20].mean(),
        donors=donors[:4],
        start=20,
        treated_noise=np.full(30, 2.25),
        donor_noise=np.full((4, 30), 2.25),
    )
    assert found.fit_excess <= 0.25


def test_constant_treated_unit():
    donors = np.vstack([np.full(10, 1.0), np.full(10, 3.0), np.full(10, 2.0)])
    found = synthetic_control(treated=np.full(10, 2.0), donors=donors, start=6)
    assert found.effect.value == pytest.approx(0.0, abs=1e-6)
    wobble = donors + np.random.default_rng(1).normal(size=(3, 10)) * 0.5
    with pytest.raises(NotEstimable, match="poor_pre_fit"):
        synthetic_control(treated=np.full(10, 2.0), donors=wobble, start=6)


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
        ({"treated": np.full(8, 99.0)}, Reason.OUTSIDE_DONOR_RANGE),
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
