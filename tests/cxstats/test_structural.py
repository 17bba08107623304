"""Structural time series: independent likelihood, recovery, refusals."""

import doctest
import importlib

import numpy as np
import pytest
from scipy import optimize

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.structural import structural_effect

pytest.importorskip("statsmodels")


def example(seed=2, length=60, start=40, effect=4.0):
    rng = np.random.default_rng(seed)
    control = rng.normal(size=length).cumsum()
    level = 10 + (rng.normal(size=length) * 0.3).cumsum()
    y = level + 0.8 * control + rng.normal(size=length) * 0.5 + effect * (np.arange(length) >= start)
    return y, control


def test_examples_in_docstrings_run():
    assert doctest.testmod(importlib.import_module("cxstats.structural.model")).failed == 0


def test_step_equals_generalized_least_squares_at_the_best_variances():
    # Independent route: random walk plus noise written as a covariance matrix, variances by a simplex search
    # over the likelihood of first differences, step by generalized least squares. No state space involved.
    y, control = example()
    found = structural_effect(values=y, start=40, rng=np.random.default_rng(1), controls=control)
    x = np.column_stack([control, np.arange(60) >= 40]).astype(float)
    dy, dx = np.diff(y), np.diff(x, axis=0)
    lag = np.abs(np.subtract.outer(np.arange(59), np.arange(59)))

    def terms(logs):
        level, noise = np.exp(logs)
        covariance = np.where(lag == 0, level + 2 * noise, 0) - np.where(lag == 1, noise, 0)
        inverse = np.linalg.inv(covariance)
        information = dx.T @ inverse @ dx
        beta = np.linalg.solve(information, dx.T @ inverse @ dy)
        rest = dy - dx @ beta
        loss = np.linalg.slogdet(covariance)[1] + rest @ inverse @ rest
        return loss, beta, np.linalg.inv(information)

    best = optimize.minimize(lambda logs: terms(logs)[0], [-2.0, -1.0], method="Nelder-Mead")
    _, beta, covariance = terms(best.x)
    assert found.effect.value == pytest.approx(beta[1], abs=0.02)
    assert found.control_coefficients[0] == pytest.approx(beta[0], abs=0.02)
    assert found.effect.standard_error == pytest.approx(np.sqrt(covariance[1, 1]), rel=0.1)
    assert found.noise_variance == pytest.approx(np.exp(best.x[1]), rel=0.1)


def test_cumulative_effect_and_forecast_cover_the_truth():
    y, control = example(effect=5.0)
    found = structural_effect(values=y, start=40, rng=np.random.default_rng(1), controls=control)
    assert found.cumulative.interval.contains(100.0)
    assert found.cumulative.total == pytest.approx(20 * found.cumulative.average)
    assert np.sum(y[40:] - found.expected[40:]) == pytest.approx(found.cumulative.total, rel=0.1)
    assert np.all(found.expected_low <= found.expected_high)
    again = structural_effect(values=y, start=40, rng=np.random.default_rng(1), controls=control)
    assert again.cumulative == found.cumulative


def test_season_without_controls():
    t = np.arange(48)
    y = 20 + 3 * np.sin(2 * np.pi * t / 12) + np.random.default_rng(3).normal(size=48) * 0.4 + 6.0 * (t >= 36)
    found = structural_effect(values=y, start=36, rng=np.random.default_rng(1), season=12)
    assert found.effect.value == pytest.approx(6.0, abs=1.5)
    assert found.control_coefficients == ()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"start": 5}, Reason.TOO_FEW_PERIODS),
        ({"start": 59}, Reason.TOO_FEW_PERIODS),
        ({"start": 20, "season": 12}, Reason.SEASON_NOT_COVERED),
        ({"values": np.ones(60)}, Reason.NO_VARIATION),
    ],
)
def test_refusals(arguments, reason):
    y, _ = example()
    base = {"values": y, "start": 40, "rng": np.random.default_rng(1)}
    with pytest.raises(NotEstimable) as refusal:
        structural_effect(**{**base, **arguments})
    assert refusal.value.reason is reason


def test_bad_input_is_named():
    y, _ = example()
    with pytest.raises(InvalidInput):
        structural_effect(values=y, start=40, rng=np.random.default_rng(1), controls=[[np.nan]] * 60)
    with pytest.raises(InvalidInput):
        structural_effect(values=y, start=40, rng=np.random.default_rng(1), season=1)
