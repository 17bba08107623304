"""Overlapping initiatives and the ledger rule."""

import doctest
import importlib

import numpy as np
import pytest

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.overlap import overlapping_effects
from cxstats.overlap.effects import condition_number


def series(seed=1, length=40, sd=0.5):
    t = np.arange(length)
    return 20 + 5.0 * (t >= 12) + 3.0 * (t >= 26) + np.random.default_rng(seed).normal(size=length) * sd


@pytest.mark.parametrize("module", ["effects"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.overlap.{module}")).failed == 0


def test_separate_effects_equal_statsmodels_with_the_same_correlation():
    # Independent route: statsmodels GLS with the AR(1) correlation that the fit found.
    sm = pytest.importorskip("statsmodels.api")
    y = series(sd=1.0)
    found = overlapping_effects(values=y, starts=[("a", 12), ("b", 26)], trend=False)
    from cxstats.its.noise import plain_fit

    t = np.arange(40)
    x = np.column_stack([np.ones(40), t >= 12, t >= 26]).astype(float)
    phi = plain_fit(design=x, values=y, time=t.astype(float)).phi
    reference = sm.GLS(y, x, sigma=phi ** np.abs(t[:, None] - t[None, :])).fit()
    assert found.separate[0].effect.value == pytest.approx(reference.params[1])
    assert found.separate[1].effect.standard_error == pytest.approx(reference.bse[2])
    np.testing.assert_allclose(found.covariance, reference.cov_params()[1:, 1:])
    assert found.joint.value == pytest.approx(reference.params[1:].sum())


def test_condition_number_of_two_columns_follows_their_correlation():
    # Published identity (Belsley 1980): sqrt((1 + |r|) / (1 - |r|)) for two unit columns with correlation r.
    t = np.arange(30)
    steps = np.column_stack([t >= 10, t >= 14]).astype(float)
    r = np.corrcoef(steps.T)[0, 1]
    found = condition_number(steps=steps, rest=np.ones((30, 1)))
    assert found == pytest.approx(np.sqrt((1 + r) / (1 - r)))


def test_joint_effect_with_known_noise_covers_the_sum():
    found = overlapping_effects(values=series(), starts=[("a", 12), ("b", 26)], noise_variance=[0.25] * 40)
    assert found.identifiable
    assert found.joint.interval.contains(8.0)
    variance = float(np.ones(2) @ found.covariance @ np.ones(2))
    assert found.joint.standard_error == pytest.approx(np.sqrt(variance))


def test_same_start_gives_the_joint_effect_only():
    t = np.arange(40)
    y = 20 + 8.0 * (t >= 20) + np.random.default_rng(2).normal(size=40) * 0.5
    found = overlapping_effects(
        values=y, starts=[("a", 20), ("b", 20), ("c", 20)], noise_variance=[0.25] * 40
    )
    assert not found.identifiable
    assert found.separate == ()
    assert np.isinf(found.condition)
    assert found.joint.interval.contains(8.0)


@pytest.mark.parametrize(
    ("starts", "reason"),
    [
        ([("a", 0)], Reason.NO_PRE_PERIOD),
        ([("a", 99)], Reason.NO_POST_PERIOD),
        ([(str(k), k) for k in range(1, 9)], Reason.TOO_FEW_PERIODS),
    ],
)
def test_refusals(starts, reason):
    with pytest.raises(NotEstimable) as refusal:
        overlapping_effects(values=series(length=10), starts=starts, maximum_condition=1e9)
    assert refusal.value.reason is reason


@pytest.mark.parametrize("starts", [[], [("a", 3), ("a", 4)]])
def test_bad_input_is_named(starts):
    with pytest.raises(InvalidInput):
        overlapping_effects(values=series(), starts=starts)
