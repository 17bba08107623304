"""Segmented regression: golden numbers by independent routes, properties, refusals."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.its import (
    Impact,
    Season,
    SeasonShape,
    least_squares_sensitivity,
    placebo_dates,
    residual_autocorrelation,
    segmented_regression,
)
from cxstats.its.noise import averaged_fit, least_squares_fit, plain_fit, whiten


def example(length=30, start=18, seed=3, effect=5.0):
    rng = np.random.default_rng(seed)
    latent = np.zeros(length)
    for t in range(1, length):
        latent[t] = 0.5 * latent[t - 1] + rng.normal()
    noise = rng.uniform(0.5, 3.0, length)
    y = 20 + latent + rng.normal(size=length) * np.sqrt(noise) + effect * (np.arange(length) >= start)
    return y, noise


def dense_terms(design, y, covariance):
    """Generalized least squares and restricted log likelihood from the full covariance matrix."""
    inverse = np.linalg.inv(covariance)
    information = design.T @ inverse @ design
    coefficients = np.linalg.solve(information, design.T @ inverse @ y)
    residual = y - design @ coefficients
    return (
        coefficients,
        np.linalg.inv(information),
        -0.5
        * (
            np.linalg.slogdet(covariance)[1]
            + np.linalg.slogdet(information)[1]
            + residual @ inverse @ residual
        ),
    )


@pytest.mark.parametrize("module", ["noise", "columns", "regression", "placebo"])
def test_examples_in_docstrings_run(module):
    found = doctest.testmod(importlib.import_module(f"cxstats.its.{module}"))
    assert found.failed == 0


def test_whitening_equals_the_dense_covariance_with_gaps():
    # Independent route: covariance s^2 phi^|i-j| + diag(h), written out and inverted.
    rng = np.random.default_rng(1)
    time = np.array([0.0, 1, 2, 5, 6, 9])
    columns, noise = rng.normal(size=(6, 3)), rng.uniform(0.2, 2, 6)
    rows, log_determinant = whiten(
        columns=columns,
        gaps=np.diff(time, prepend=0.0),
        phi=np.array([0.7]),
        latent_sd=np.array([1.3]),
        noise=noise,
    )
    covariance = 1.3**2 * 0.7 ** np.abs(time[:, None] - time[None, :]) + np.diag(noise)
    np.testing.assert_allclose(rows[0].T @ rows[0], columns.T @ np.linalg.solve(covariance, columns))
    assert log_determinant[0] == pytest.approx(np.linalg.slogdet(covariance)[1])


def test_a_drift_that_may_be_there_is_averaged_over():
    """Independent route: a drift drawn from a normal distribution is part of the covariance, so that the
    restricted likelihood of constant and step alone weighs its sizes; summed over a grid of all three."""
    y, noise = example(length=16, start=9)
    y = y + 0.4 * np.arange(16.0)
    line = (np.arange(16.0) - 7.5) / 15.0
    design = np.column_stack([np.ones(16), np.arange(16) >= 9]).astype(float)
    fit = averaged_fit(
        design=np.insert(design, 1, line, axis=1), values=y, time=np.arange(16.0), noise=noise, drift=1
    )
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    spread = np.sqrt(residual @ residual / 14)
    distance = np.abs(np.arange(16.0)[:, None] - np.arange(16.0)[None, :])
    heights, means, seconds = [], [], []
    for share, size in zip([0.5, 0.1, 0.1, 0.1, 0.1, 0.1], [0.0, 0.25, 0.5, 1.0, 2.0, 4.0], strict=True):
        drawn = (size * spread) ** 2 * np.outer(line, line)
        for phi in (np.arange(60) + 0.5) / 60 * 0.99:
            for sd in (np.arange(60) + 0.5) / 60 * 4 * spread:
                covariance = sd**2 * phi**distance + np.diag(noise) + drawn
                coefficients, errors, likelihood = dense_terms(design, y, covariance)
                heights.append(np.log(share) + likelihood)
                means.append(coefficients[1])
                seconds.append(coefficients[1] ** 2 + errors[1, 1])
    weights = np.exp(np.array(heights) - max(heights))
    weights /= weights.sum()
    step = np.array([0.0, 0.0, 1.0])
    mean = weights @ means
    assert fit.mean(step) == pytest.approx(mean, abs=0.02)
    assert fit.standard_error(step) == pytest.approx(np.sqrt(weights @ seconds - mean**2), rel=0.02)


def test_averaged_fit_equals_two_dimensional_quadrature():
    # Independent route: adaptive quadrature of the dense restricted likelihood over phi and s.
    y, noise = example(length=16, start=9)
    design = np.column_stack([np.ones(16), np.arange(16) >= 9]).astype(float)
    fit = averaged_fit(design=design, values=y, time=np.arange(16.0), noise=noise)
    distance = np.abs(np.arange(16.0)[:, None] - np.arange(16.0)[None, :])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    top = 4 * np.sqrt(residual @ residual / 14)

    def terms(phi, sd):
        return dense_terms(design, y, sd**2 * phi**distance + np.diag(noise))

    reference = terms(0.4, 1.0)[2]

    def moment(power):
        def integrand(sd, phi):
            coefficients, covariance, likelihood = terms(phi, sd)
            second = coefficients[1] ** 2 + covariance[1, 1]
            return np.exp(likelihood - reference) * (1.0, coefficients[1], second)[power]

        return integrate.dblquad(integrand, 0.0, 0.99, 0.0, top, epsabs=1e-3, epsrel=1e-3)[0]

    total, first, second = moment(0), moment(1), moment(2)
    contrast = np.array([0.0, 1.0])
    assert fit.mean(contrast) == pytest.approx(first / total, abs=0.01)
    spread = np.sqrt(second / total - (first / total) ** 2)
    assert fit.standard_error(contrast) == pytest.approx(spread, rel=0.02)


def test_plain_fit_equals_dense_restricted_likelihood():
    # Independent route: dense covariance, profile over the variance, scalar search over phi.
    y, _ = example()
    design = np.column_stack([np.ones(30), np.arange(30.0), np.arange(30) >= 18]).astype(float)
    distance = np.abs(np.arange(30.0)[:, None] - np.arange(30.0)[None, :])

    def profile(phi):
        correlation = phi**distance
        inverse = np.linalg.inv(correlation)
        information = design.T @ inverse @ design
        residual = y - design @ np.linalg.solve(information, design.T @ inverse @ y)
        squares = residual @ inverse @ residual
        return 0.5 * (
            27 * np.log(squares) + np.linalg.slogdet(correlation)[1] + np.linalg.slogdet(information)[1]
        )

    best = optimize.minimize_scalar(profile, bounds=(0.0, 0.99), method="bounded", options={"xatol": 1e-9})
    fit = plain_fit(design=design, values=y, time=np.arange(30.0))
    assert fit.phi == pytest.approx(best.x, abs=1e-4)
    coefficients, _, _ = dense_terms(design, y, best.x**distance)
    np.testing.assert_allclose(fit.coefficients[0], coefficients, rtol=1e-3, atol=1e-4)
    assert fit.degrees_of_freedom == pytest.approx(max(30 * (1 - best.x) / (1 + best.x) - 3, 2), rel=1e-3)


def test_newey_west_and_ols_equal_statsmodels():
    # Independent route: statsmodels 0.15 OLS with cov_type HAC, use_correction, t reference.
    sm = pytest.importorskip("statsmodels.api")
    y, _ = example()
    design = np.column_stack([np.ones(30), np.arange(30) >= 18]).astype(float)
    contrast = np.array([0.0, 1.0])
    ours = least_squares_fit(design=design, values=y, lags=3)
    theirs = sm.OLS(y, design).fit(
        cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True
    )
    assert ours.standard_error(contrast) == pytest.approx(theirs.bse[1])
    assert ours.interval(contrast).low == pytest.approx(theirs.conf_int()[1][0])
    plain = sm.OLS(y, design).fit()
    ours = least_squares_fit(design=design, values=y)
    assert ours.p_value(contrast) == pytest.approx(plain.pvalues[1])


def test_slope_and_horizon_of_a_known_path():
    time = np.arange(20.0)
    wiggle = np.where(time % 2 == 0, 0.1, -0.1)
    y = 10 + 0.5 * time + (time >= 12) * (3 + 2 * (time - 12)) + wiggle
    fit = segmented_regression(
        values=y, start=12, noise_variance=np.full(20, 0.02), impact=Impact.LEVEL_AND_SLOPE
    )
    assert fit.slope is not None
    assert fit.slope.value == pytest.approx(2.0, abs=0.05)
    assert fit.level.value == pytest.approx(3.0, abs=0.3)
    assert fit.average.value == pytest.approx(3 + 2 * 3.5, abs=0.3)
    assert fit.effect_at(horizon=4).value == pytest.approx(11.0, abs=0.4)
    np.testing.assert_allclose(fit.expected, 10 + 0.5 * time, atol=0.4)
    assert np.all(fit.expected_low < fit.expected)


def test_season_is_separated_from_the_effect():
    time = np.arange(48.0)
    rng = np.random.default_rng(5)
    y = 10 + 4 * np.sin(2 * np.pi * time / 12) + 6 * (time >= 30) + rng.normal(size=48) * 0.5
    for season in (Season(cycle=12), Season(cycle=12, shape=SeasonShape.DUMMIES)):
        fit = segmented_regression(values=y, start=30, noise_variance=np.full(48, 0.25), season=season)
        assert fit.average.interval.contains(6.0)
        assert fit.average.interval.half_width < 1.5


def test_placebo_dates_rank_the_observed_statistic():
    y, noise = example(length=40, start=30)
    found = placebo_dates(values=y, time=np.arange(40.0), start=30, observed=0.0, noise_variance=noise)
    assert found.rank_p == 1.0
    plain = placebo_dates(values=y, time=np.arange(40.0), start=30, observed=50.0)
    assert plain.rank_p == pytest.approx(1 / (plain.dates.size + 1))
    with pytest.raises(NotEstimable):
        placebo_dates(values=y[:7], time=np.arange(7.0), start=5, observed=1.0)


@settings(max_examples=15, deadline=None)
@given(shift=st.floats(-50, 50), scale=st.floats(0.1, 20))
def test_effect_follows_shift_and_scale(shift, scale):
    y, noise = example()
    plain = segmented_regression(values=y, start=18, noise_variance=noise)
    moved = segmented_regression(values=shift + scale * y, start=18, noise_variance=scale**2 * noise)
    assert moved.average.value == pytest.approx(scale * plain.average.value, rel=1e-6, abs=1e-6)
    assert moved.p_value == pytest.approx(plain.p_value, rel=1e-4, abs=1e-9)


def test_intervals_nest():
    y, noise = example()
    fit = segmented_regression(values=y, start=18, noise_variance=noise)
    assert fit.average.interval.low < fit.interval_80.low < fit.interval_80.high < fit.average.interval.high


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"start": 0}, Reason.NO_PRE_PERIOD),
        ({"start": 99}, Reason.NO_POST_PERIOD),
        ({"start": 18, "season": Season(cycle=29, shape=SeasonShape.DUMMIES)}, Reason.TOO_FEW_PERIODS),
        ({"start": 18, "extra": np.ones(30)}, Reason.COLLINEAR),
        ({"start": 18, "extra": np.zeros(30)}, Reason.COLLINEAR),
    ],
)
def test_questions_without_an_answer_are_refused(arguments, reason):
    y, noise = example()
    with pytest.raises(NotEstimable) as refusal:
        segmented_regression(values=y, noise_variance=noise, **arguments)
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"values": []}, "values"),
        ({"values": [1.0, np.nan, 2.0, 3.0]}, "values"),
        ({"values": ["a", "b", "c"]}, "values"),
        ({"values": [[1.0, 2.0, 3.0]]}, "values"),
        ({"time": [0, 1, 1, 2, 3, 4, 5, 6]}, "time"),
        ({"time": [0, 1, 0.5, 2, 3, 4, 5, 6]}, "time"),
        ({"time": [0, 1]}, "time"),
        ({"noise_variance": [1.0]}, "noise_variance"),
        ({"noise_variance": [1.0] * 7 + [0.0]}, "noise_variance"),
        ({"noise_variance": [1.0] * 7 + [np.inf]}, "noise_variance"),
        ({"extra": [[np.nan]] * 8}, "extra"),
        ({"start": "soon"}, "start"),
        ({"level": 1.5}, "level"),
        ({"season": Season(cycle=1.5, shape=SeasonShape.DUMMIES)}, "season.cycle"),
        ({"season": Season(cycle=3, harmonics=2)}, "season.harmonics"),
    ],
)
def test_bad_input_is_named(arguments, name):
    base = {"values": [1.0, 2, 1, 2, 4, 5, 4, 5], "start": 4}
    with pytest.raises(InvalidInput) as error:
        segmented_regression(**{**base, **arguments})
    assert error.value.argument == name


@pytest.mark.parametrize("fit", [segmented_regression, least_squares_sensitivity])
def test_three_periods_are_a_short_series_and_two_are_none(fit):
    with pytest.raises(NotEstimable) as refusal:
        fit(values=[1.0, 3.0, 8.0], start=2, trend=False)
    assert refusal.value.reason is Reason.TOO_FEW_PERIODS
    with pytest.raises(InvalidInput):
        fit(values=[1.0, 3.0], start=1, trend=False)


def test_a_series_without_variation_is_refused():
    with pytest.raises(NotEstimable):
        segmented_regression(values=[3.0] * 12, start=6)
    with pytest.raises(NotEstimable):
        least_squares_sensitivity(values=[3.0] * 12, start=6)
    with pytest.raises(NotEstimable):
        residual_autocorrelation(np.zeros(8))
    with pytest.raises(NotEstimable):
        residual_autocorrelation(np.ones(3))
    with pytest.raises(InvalidInput):
        least_squares_sensitivity(values=[1.0, 2, 1, 2, 5, 6], start=3, trend=False, lags=9)


@pytest.mark.slow
def test_intervals_cover_under_persistence():
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        latent = np.zeros(36)
        latent[0] = rng.normal()
        for t in range(1, 36):
            latent[t] = 0.6 * latent[t - 1] + 0.8 * rng.normal()
        y = latent + rng.normal(size=36)
        fit = segmented_regression(values=y, start=24, noise_variance=np.ones(36))
        hits += fit.average.interval.contains(0.0)
    assert 0.92 <= hits / 400 <= 0.985
