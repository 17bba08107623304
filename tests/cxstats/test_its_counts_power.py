"""Counts around a go-live, and what a series could show: published example, independent routes."""

import doctest
import importlib

import numpy as np
import pytest
from scipy import linalg, stats

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.its import Impact, Season, segmented_counts, segmented_regression, series_power

# Monthly acute coronary events in Sicily 2002-2006, standardized population, smoking ban from month 37.
# Data published with Lopez Bernal, Cummins & Gasparrini (2017), Int J Epidemiology 46:348; the columns aces
# and stdpop of their sicily.csv, smokban = 1 from time 37.
EVENTS = """728 659 791 734 757 726 760 740 720 814 795 858 887 766 851 769 781 756 766 752 765 831 879
928 914 808 937 840 916 828 845 818 860 839 887 886 831 796 833 820 877 758 767 738 781 843
850 908 1021 859 976 888 962 838 810 876 843 936 912"""
POPULATION = """379875.3 376495.5 377040.8 377116.4 377383.4 374113.1 379513.3 376295.5 374653.2 378485.6
375955.5 378349.7 376762.4 379032.3 379360.4 376162 377972.4 381830.7 379888.6 380872.2
380966.9 381240.4 382104.9 381802.7 381656.3 383680 383504.2 386462.9 383783.1 380836.8
383483 380906.2 382926.8 384052.4 384449.6 383428.4 388153.2 388373.2 386470.1 386033.2
383686.4 385509.3 385901.9 386516.6 388436.5 383255.2 390148.7 385874.9 391613.6 391750.4
394005.6 391364.9 391664.6 389022.3 391878.5 388575.3 392989 390018.8 390712.3"""


def sicily():
    return np.array(EVENTS.split(), dtype=float), np.array(POPULATION.split(), dtype=float)


@pytest.mark.parametrize("module", ["counts", "power"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.its.{module}")).failed == 0


def test_smoking_ban_in_sicily_as_published():
    # Published: rate ratio 0.89 (0.86 to 0.93) by Poisson regression; adjusted for season 0.89 as well.
    # Recomputed with statsmodels 0.15 GLM: .8944 (.8647 to .9251); with two harmonics .8851.
    events, population = sicily()
    found = segmented_counts(counts=events, exposure=population, start=37, time=np.arange(1, 60))
    assert round(found.rate_ratio.value, 2) == 0.89
    poisson_only = found.rate_ratio.standard_error / found.rate_ratio.value / np.sqrt(found.dispersion)
    low, high = (np.exp(np.log(found.rate_ratio.value) + k * 1.96 * poisson_only) for k in (-1, 1))
    assert (round(low, 2), round(high, 2)) == (0.86, 0.93)


@pytest.mark.parametrize("impact", list(Impact))
def test_counts_equal_statsmodels(impact):
    # Independent route: statsmodels GLM, Poisson with offset, Pearson dispersion.
    sm = pytest.importorskip("statsmodels.api")
    events, population = sicily()
    season = Season(cycle=12)
    found = segmented_counts(
        counts=events, exposure=population, start=37, time=np.arange(1, 60), season=season, impact=impact
    )
    t = np.arange(1.0, 60.0)
    columns = [np.ones(59), t, t >= 37]
    if impact is Impact.LEVEL_AND_SLOPE:
        columns.append(np.maximum(t - 37, 0))
    x = np.column_stack([*columns, season.columns(t)]).astype(float)
    reference = sm.GLM(events, x, family=sm.families.Poisson(), offset=np.log(population)).fit(scale="X2")
    contrast = np.zeros(x.shape[1])
    contrast[2] = 1
    if impact is Impact.LEVEL_AND_SLOPE:
        contrast[3] = 11.0
        assert np.log(found.slope_ratio.value) == pytest.approx(reference.params[3], abs=1e-6)
    assert np.log(found.rate_ratio.value) == pytest.approx(contrast @ reference.params, abs=1e-6)
    error = np.sqrt(contrast @ reference.cov_params() @ contrast)
    assert found.rate_ratio.standard_error / found.rate_ratio.value == pytest.approx(error, rel=1e-4)
    assert found.dispersion == pytest.approx(reference.scale, rel=1e-4)
    assert np.all(found.expected_low < found.expected)


def test_exposure_scale_does_not_matter_and_huge_counts_work():
    events, population = sicily()
    plain = segmented_counts(counts=events, exposure=population, start=36)
    scaled = segmented_counts(counts=events, exposure=population / 1e5, start=36)
    assert scaled.rate_ratio.value == pytest.approx(plain.rate_ratio.value)
    rng = np.random.default_rng(1)
    huge = np.round(1e12 * (1 + 0.01 * rng.normal(size=20)))
    assert segmented_counts(counts=huge, start=10, trend=False).rate_ratio.value == pytest.approx(1, abs=0.05)


def test_counts_refusals_and_bad_input():
    with pytest.raises(NotEstimable) as refusal:
        segmented_counts(counts=[3.0, 4, 5, 0, 0, 0], start=3, trend=False)
    assert refusal.value.reason is Reason.NO_VARIATION
    for arguments in (
        {"counts": [1.0, -1, 2, 3]},
        {"counts": [1.0, 1.5, 2, 3]},
        {"exposure": [1.0]},
        {"exposure": [1.0, 1, 1, 0]},
        {"counts": []},
    ):
        with pytest.raises(InvalidInput):
            segmented_counts(**{"counts": [1.0, 2, 3, 4], "start": 2, "trend": False, **arguments})


def test_power_closed_form_for_white_noise():
    # Independent route: without trend and persistence the step is a difference of two means.
    rng = np.random.default_rng(6)
    y = rng.normal(size=200)
    found = series_power(baseline=y, planned_periods=50, noise_variance=np.ones(200), trend=False)
    ideal = (1.959964 + 0.841621) * np.sqrt(1 / 200 + 1 / 50)
    # Somebody who knows that there is no latent noise sees less; not knowing it costs a quarter here.
    assert ideal < found.smallest_detectable_effect < 1.35 * ideal
    assert found.smallest_detectable_effect >= ideal * 0.99


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_power_without_known_noise_has_the_freedom_of_the_independent_periods(phi):
    """Generalized least squares with the AR(1) of the baseline; t with n(1 - phi)/(1 + phi) - k."""
    rng = np.random.default_rng(21)
    y = np.zeros(60)
    for t in range(60):
        y[t] = (phi * y[t - 1] if t else 0.0) + rng.normal()
    found = series_power(baseline=y, planned_periods=12, trend=True)
    assert found.phi == pytest.approx(phi, abs=0.3)
    x = np.column_stack([np.ones(72), np.arange(72.0), np.arange(72) >= 60])
    covariance = found.latent_sd**2 * linalg.toeplitz(found.phi ** np.arange(72.0))
    error = np.sqrt(np.linalg.inv(x.T @ np.linalg.inv(covariance) @ x)[2, 2])
    assert found.standard_error == pytest.approx(error)
    freedom = 72 * (1 - max(found.phi, 0)) / (1 + max(found.phi, 0)) - 3
    assert found.smallest_detectable_effect == pytest.approx(
        (stats.t.ppf(0.975, freedom) + stats.norm.ppf(0.8)) * error
    )


def test_power_grows_with_periods_and_agrees_with_simulation():
    rng = np.random.default_rng(7)
    y = 20 + rng.normal(size=36) * 1.2
    noise = np.ones(36)
    sizes = [
        series_power(baseline=y, planned_periods=k, noise_variance=noise).smallest_detectable_effect
        for k in (3, 6, 12, 24)
    ]
    assert sizes == sorted(sizes, reverse=True)
    plain = series_power(baseline=y, planned_periods=12, simulations=300, rng=np.random.default_rng(1))
    assert plain.simulated_power == pytest.approx(0.8, abs=0.07)  # three standard errors of 300 series
    found = series_power(
        baseline=y, planned_periods=12, noise_variance=noise, simulations=300, rng=np.random.default_rng(1)
    )
    assert found.simulated_power == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize(("phi", "trend"), [(0.0, True), (0.4, False), (0.8, True)])
def test_promised_power_is_what_whole_studies_show(phi, trend):
    """Plan from the baseline alone, then add just that effect and analyze: 80 % should see it."""
    periods, start, runs, seen = np.arange(36), 24, 120, 0
    distance = np.abs(periods[:, None] - periods)
    root = np.linalg.cholesky(16.0 * phi**distance + 32.0 * np.eye(36))
    for run in range(runs):
        y = root @ np.random.default_rng([11, run]).standard_normal(36)
        plan = series_power(
            baseline=y[:start], planned_periods=12, noise_variance=np.full(start, 32.0), trend=trend
        )
        study = segmented_regression(
            values=y + plan.smallest_detectable_effect * (periods >= start),
            start=start,
            noise_variance=np.full(36, 32.0),
            trend=trend,
        )
        seen += study.average.interval.low > 0
    assert seen / runs == pytest.approx(0.8, abs=0.11)  # three standard errors of 120 studies


def test_power_needs_a_generator_for_simulations():
    with pytest.raises(InvalidInput):
        series_power(baseline=[1.0, 2, 1, 2, 1, 2], planned_periods=3, trend=False, simulations=5)
    with pytest.raises(NotEstimable):
        series_power(baseline=[1.0] * 8, planned_periods=3)
