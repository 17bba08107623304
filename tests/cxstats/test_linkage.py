"""Associations of few units against published data, statsmodels, full enumeration and simulation."""

from math import atanh, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.linkage import Correlation, associate, lagged_panel, smallest_association

quick = settings(max_examples=20, deadline=None)


def rng():
    return np.random.default_rng(7)


# Hollander and Wolfe (1973), p. 187, lightness and quality of canned tuna, the example of R's ?cor.test.
# Recomputed with scipy 1.18: Kendall T = 26 (two-sided p = 0.1194; the help page asks one-sided, 0.05972),
# Pearson r = 0.5711816, t = 1.8411, df = 7, interval -0.1497426 to 0.8955795.
LIGHT = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
QUALITY = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]


def test_pearson_of_the_tuna_data_with_r_interval():
    found = associate(x=LIGHT, y=QUALITY, rng=rng(), correlation=Correlation.PEARSON, minimum_units=9)
    assert found.estimate.value == pytest.approx(0.5711816, abs=5e-7)
    assert found.estimate.interval.low == pytest.approx(-0.1497426, abs=5e-7)
    assert found.estimate.interval.high == pytest.approx(0.8955795, abs=5e-7)
    # all 9! = 362,880 orders listed: 0.102521; 9,999 random ones have a standard error of .003
    assert found.p_value == pytest.approx(0.102521, abs=0.012)


# Anscombe (1973), The American Statistician 27:17-21, first set: r = .816 (scipy 1.18: .81642)
ANSCOMBE_X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
ANSCOMBE_Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]


def test_anscombe_first_set():
    found = associate(x=ANSCOMBE_X, y=ANSCOMBE_Y, rng=rng(), correlation=Correlation.PEARSON)
    assert found.estimate.value == pytest.approx(0.816, abs=5e-4)
    reach = 1.959964 / sqrt(8)
    assert found.estimate.interval.high == pytest.approx(tanh(atanh(found.estimate.value) + reach), abs=1e-6)
    assert found.p_value == pytest.approx(stats.pearsonr(ANSCOMBE_X, ANSCOMBE_Y).pvalue, abs=3e-3)


def test_exact_p_of_five_units_by_counting():
    # ranks 1..5 against 2 1 3 4 5: sum d^2 = 2, r = .9. Of the 120 orders one has sum d^2 = 0 and four, the
    # swaps of neighbors, have 2: 5, and as many at the other end.
    found = associate(x=[1, 2, 3, 4, 5], y=[2, 1, 3, 4, 5], rng=rng(), minimum_units=5)
    assert found.estimate.value == pytest.approx(0.9)
    assert found.exact
    assert found.p_value == pytest.approx(2 * 5 / 120)
    assert found.orders == 120


def test_spearman_agrees_with_scipy_and_bonett_wright():
    gen = np.random.default_rng(3)
    x = gen.integers(0, 12, 25).astype(float)
    y = x + gen.integers(0, 15, 25)
    found = associate(x=x, y=y, rng=rng())
    r = stats.spearmanr(x, y).statistic
    assert found.estimate.value == pytest.approx(r)
    reach = 1.959964 * sqrt((1 + r * r / 2) / 22)
    assert found.estimate.interval.low == pytest.approx(tanh(atanh(r) - reach), abs=1e-6)


@quick
@given(seed=st.integers(0, 999), factor=st.floats(0.001, 1e6), shift=st.floats(-1e3, 1e3))
def test_order_scale_and_direction(seed, factor, shift):
    gen = np.random.default_rng(seed)
    x, y = gen.normal(size=12), gen.normal(size=12)
    order = gen.permutation(12)
    for correlation in Correlation:
        one = associate(x=x, y=y, rng=rng(), correlation=correlation, orders=99)
        other = associate(
            x=factor * (x[order] + shift), y=-y[order], rng=rng(), correlation=correlation, orders=99
        )
        assert other.estimate.value == pytest.approx(-one.estimate.value, abs=1e-6)
        assert other.estimate.interval.low == pytest.approx(-one.estimate.interval.high, abs=1e-6)
        wide = associate(x=x, y=y, rng=rng(), correlation=correlation, orders=99, level=0.99)
        assert wide.estimate.interval.low < one.estimate.interval.low


def test_same_generator_gives_the_same_answer():
    one = associate(x=ANSCOMBE_X, y=ANSCOMBE_Y, rng=np.random.default_rng(5))
    assert one == associate(x=ANSCOMBE_X, y=ANSCOMBE_Y, rng=np.random.default_rng(5))
    assert not one.exact


def test_perfect_orders():
    rising = list(range(10))
    ranks = associate(x=rising, y=[v**3 for v in rising], rng=rng())
    assert ranks.estimate.value == 1.0
    assert ranks.estimate.interval.high == 1.0
    assert 0.9 < ranks.estimate.interval.low < 1.0
    falling = associate(x=rising, y=[-(v**3) for v in rising], rng=rng())
    assert falling.estimate.interval.low == -1.0
    with pytest.raises(NotEstimable) as refusal:
        associate(x=rising, y=[3 * v + 1 for v in rising], rng=rng(), correlation=Correlation.PEARSON)
    assert refusal.value.reason is Reason.COLLINEAR


def test_association_refusals():
    good = {"x": ANSCOMBE_X, "y": ANSCOMBE_Y, "rng": rng()}
    for change, reason in [
        ({"x": ANSCOMBE_X[:9], "y": ANSCOMBE_Y[:9]}, Reason.TOO_FEW_UNITS),
        ({"x": [], "y": []}, Reason.TOO_FEW_UNITS),
        ({"x": [0.0] * 11}, Reason.NO_VARIATION),
        ({"y": [2.0] * 11}, Reason.NO_VARIATION),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            associate(**{**good, **change})
        assert refusal.value.reason is reason
    for change in (
        {"y": ANSCOMBE_Y[:9]},
        {"x": [*ANSCOMBE_X[:10], float("nan")]},
        {"minimum_units": 3},
        {"orders": 5},
        {"correlation": "kendall"},
        {"level": 1},
    ):
        with pytest.raises(InvalidInput):
            associate(**{**good, **change})


# --- lagged panel ------------------------------------------------------------------------------


def panel(seed=0, n_units=14, n_waves=4, slope=0.6, noise=1.0):
    gen = np.random.default_rng(seed)
    units = np.repeat(np.arange(n_units), n_waves)
    waves = np.tile(np.arange(n_waves), n_units)
    x = gen.normal(size=units.size) + 2.0 * units
    y = np.zeros(units.size)
    for row in range(units.size):
        if waves[row] > 0:
            y[row] = slope * x[row - 1] + 5 * units[row] + waves[row] ** 2 + noise * gen.normal()
    return units.tolist(), waves.tolist(), x, y


@pytest.mark.parametrize("wave_effects", [True, False])
def test_panel_equals_dummy_regression_of_statsmodels(wave_effects):
    from statsmodels.regression.linear_model import OLS

    units, waves, x, y = panel()
    keep = [row for row in range(len(units)) if waves[row] < 3]
    columns = [x[keep]] + [np.array([float(units[r] == u) for r in keep]) for u in range(14)]
    if wave_effects:
        columns += [np.array([float(waves[r] == w) for r in keep]) for w in (1, 2)]
    fit = OLS(y[[r + 1 for r in keep]], np.column_stack(columns)).fit(
        cov_type="cluster", cov_kwds={"groups": np.array([units[r] for r in keep]), "use_correction": False}
    )
    found = lagged_panel(units=units, waves=waves, x=x, y=y, wave_effects=wave_effects)
    assert found.slope.value == pytest.approx(fit.params[0])
    assert found.slope.standard_error == pytest.approx(fit.bse[0] * sqrt(14 / 13))
    assert (found.observations, found.waves, found.degrees_of_freedom) == (42, 3, 13)


@quick
@given(seed=st.integers(0, 99), shift=st.floats(-1e3, 1e3))
def test_what_is_constant_within_units_does_not_matter(seed, shift):
    units, waves, x, y = panel(seed=seed)
    order = np.random.default_rng(seed).permutation(len(units))
    one = lagged_panel(units=units, waves=waves, x=x, y=y)
    other = lagged_panel(
        units=[f"branch {units[i]}" for i in order],
        waves=[waves[i] + 7 for i in order],
        x=x[order] + shift * np.array(units)[order],
        y=y[order],
    )
    assert other.slope.value == pytest.approx(one.slope.value, rel=1e-6)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-4, abs=1e-9)


def test_units_with_gaps_are_left_out():
    units, waves, x, y = panel()
    keep = [i for i in range(len(units)) if not (units[i] == 3 and waves[i] == 1)]
    found = lagged_panel(units=[units[i] for i in keep], waves=[waves[i] for i in keep], x=x[keep], y=y[keep])
    assert found.slope.n == 13


def test_panel_refusals():
    units, waves, x, y = panel()
    good = {"units": units, "waves": waves, "x": x, "y": y}
    two = [i for i in range(len(units)) if waves[i] < 2]
    few = [i for i in range(len(units)) if units[i] < 5]

    def cut(rows):
        return {
            "units": [units[i] for i in rows],
            "waves": [waves[i] for i in rows],
            "x": x[rows],
            "y": y[rows],
        }

    for change, reason in [
        (cut(two), Reason.TOO_FEW_PERIODS),
        (cut(few), Reason.TOO_FEW_UNITS),
        ({"x": np.array(units, dtype=float)}, Reason.NO_VARIATION),
        ({"y": np.roll(x, 1)}, Reason.NO_VARIATION),
        (cut([]), Reason.TOO_FEW_PERIODS),
    ]:
        with pytest.raises(NotEstimable) as refusal:
            lagged_panel(**{**good, **change})
        assert refusal.value.reason is reason
    for change in ({"units": units[:5]}, {"waves": [0] * len(units)}, {"minimum_waves": 2}):
        with pytest.raises(InvalidInput):
            lagged_panel(**{**good, **change})


@pytest.mark.parametrize(
    ("units", "correlation"), [(10, "pearson"), (10, "spearman"), (30, "spearman"), (200, "pearson")]
)
def test_the_smallest_association_is_where_its_interval_leaves_zero_out_four_times_in_five(
    units, correlation
):
    kind = Correlation(correlation)
    smallest = smallest_association(units=units, correlation=kind)
    spread = ((1 + (smallest**2 / 2 if kind is Correlation.SPEARMAN else 0)) / (units - 3)) ** 0.5
    missed = stats.norm.cdf(1.959964 - np.arctanh(smallest) / spread)
    assert missed == pytest.approx(0.2, abs=1e-6)
    more = smallest_association(units=units + 1, correlation=kind)
    surer = smallest_association(units=units, correlation=kind, power=0.9)
    assert more < smallest < surer < 1


def test_the_smallest_association_of_textbooks():
    """Cohen (1988), table 3.4.1: two-sided 5 %, power 80 %: 28 units for 0.5, 84 for 0.3, 783 for 0.1."""
    for units, size in ((28, 0.5), (84, 0.3), (783, 0.1)):
        found = smallest_association(units=units, correlation=Correlation.PEARSON)
        assert found == pytest.approx(size, abs=0.01)
    for wrong in ({"units": 3}, {"units": 10, "power": 0.5}, {"units": 10, "level": 1.0}):
        with pytest.raises(InvalidInput):
            smallest_association(**wrong)


@pytest.mark.slow
def test_fisher_interval_covers_in_simulation():
    gen = np.random.default_rng(17)
    covered = {Correlation.PEARSON: 0, Correlation.SPEARMAN: 0}
    truth = {Correlation.PEARSON: 0.6, Correlation.SPEARMAN: 6 / np.pi * np.arcsin(0.3)}
    for _ in range(2000):
        x = gen.normal(size=15)
        y = 0.6 * x + 0.8 * gen.normal(size=15)
        for correlation in Correlation:
            found = associate(x=x, y=y, rng=gen, correlation=correlation, orders=99)
            covered[correlation] += found.estimate.interval.contains(truth[correlation])
    assert 0.93 < covered[Correlation.PEARSON] / 2000 < 0.97
    assert 0.92 < covered[Correlation.SPEARMAN] / 2000 < 0.98
