"""Effects by imputation of untreated values: by hand, by a dense regression, and by simulated coverage."""

import doctest

import numpy as np
import pytest
from scipy import stats

from cxstats.did import (
    Averages,
    Base,
    Comparison,
    Inference,
    imputation,
    imputed_effects,
    staggered_effects,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason

# Unit A starts in column 1, B in column 2, C never.
SMALL = [[1.0, 5.0, 9.0], [2.0, 3.0, 8.0], [0.0, 3.0, 4.0]]
STARTS = [1, 2, None]


def rollout(seed=1, units=14, periods=9):
    """Three cohorts and never treated ones, a trend of their own, effects that grow."""
    rng = np.random.default_rng(seed)
    starts = [(3, 5, 6, None)[i % 4] for i in range(units)]
    y = rng.normal(size=(units, 1)) * 3 + rng.normal(size=periods) * 2 + rng.normal(size=(units, periods))
    for i, start in enumerate(starts):
        if start is not None:
            y[i, start:] += 2.0 + np.arange(periods - start)
    return y, starts


def dense(y, starts, lag=0):
    """The average effect and every treated effect, by one least-squares fit of dummies for units, periods and
    each treated or passing value: what is left of these is their effect."""
    units, periods = y.shape
    own = [(i, t) for i in range(units) for t in range(periods) if starts[i] is not None and t >= starts[i]]
    rows = [(i, t) for i in range(units) for t in range(periods)]
    matrix = np.zeros((len(rows), units + periods + len(own)))
    for at, (i, t) in enumerate(rows):
        matrix[at, i] = matrix[at, units + t] = 1.0
        if (i, t) in own:
            matrix[at, units + periods + own.index((i, t))] = 1.0
    solved = np.linalg.lstsq(matrix, np.array([y[place] for place in rows]), rcond=None)[0]
    effects = dict(zip(own, solved[units + periods :], strict=True))
    counted = {
        (i, t): effect
        for (i, t), effect in effects.items()
        if t >= starts[i] + lag and any(other is None or t < other for other in starts)
    }
    return float(np.mean(list(counted.values()))), counted


def linear_weights(y, estimate):
    """What each value counts in an estimate that is linear in the panel."""
    before, weights = estimate(y), np.empty(y.shape)
    for place in np.ndindex(y.shape):
        raised = y.copy()
        raised[place] += 1.0
        weights[place] = estimate(raised) - before
    return weights


def test_example_in_the_docstring_runs():
    assert doctest.testmod(imputation).failed == 0


def test_three_units_by_hand():
    # Column 2 has one untreated value, so that C's level follows from columns 0 and 1 alone. b1 is the mean
    # of the changes of B and C, (1 + 3) / 2 = 2; levels: A 1, B mean(2, 3 - 2) = 1.5, C mean(0, 3 - 2) = 0.5;
    # b2 = 4 - 0.5 = 3.5. Effects: A 5 - 1 - 2 = 2 and 9 - 1 - 3.5 = 4.5, B 8 - 1.5 - 3.5 = 3.
    found = imputed_effects(values=SMALL, first_treated=STARTS, inference=Inference.INFLUENCE)
    cells = {(cell.cohort, cell.period): cell.effect.value for cell in found.group_time}
    assert cells == pytest.approx({(1, 1): 2.0, (1, 2): 4.5, (2, 2): 3.0})
    assert found.simple.value == pytest.approx(9.5 / 3)


def test_conservative_variance_by_hand():
    # The average effect written out: three times it counts A (-2, 1, 1), B (1/4, -5/4, 1), C (7/4, 1/4, -2).
    # Weighed by the sums of a unit's treated weights (2/3 and 1/3) the average effect is
    # ((2/3) (6.5/3) + (1/3) (3/3)) / (4/9 + 1/9) = 3.2, and the residuals are A (0, -1.2, 1.3),
    # B (0.5, -0.5, -0.2), C (-0.5, 0.5, 0). Weighed and added by unit: 0.1/3, 0.55/3, -0.75/3.
    found = imputed_effects(
        values=SMALL, first_treated=STARTS, inference=Inference.INFLUENCE, averages=Averages.ALL
    )
    assert found.simple.standard_error == pytest.approx(np.sqrt(0.1**2 + 0.55**2 + 0.75**2) / 3)
    # B in column 2 counts B (-1/2, -1/2, 1) and C (1/2, 1/2, -1): only its own 3 - 3.2 is left.
    assert found.group_time[-1].effect.standard_error == pytest.approx(0.2)


def test_cohorts_of_one_cannot_scatter_around_averages_of_their_own():
    with pytest.raises(NotEstimable, match="no_variation"):
        imputed_effects(
            values=SMALL,
            first_treated=STARTS,
            inference=Inference.INFLUENCE,
            averages=Averages.COHORT_AND_PERIOD,
        )


@pytest.mark.parametrize("lag", [0, 1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_effects_equal_those_of_a_regression_with_a_dummy_for_every_treated_value(seed, lag):
    y, starts = rollout(seed)
    average, effects = dense(y, starts, lag)
    found = imputed_effects(values=y, first_treated=starts, lag=lag)
    assert found.simple.value == pytest.approx(average)
    for cell in found.group_time:
        own = [value for (i, t), value in effects.items() if t == cell.period and starts[i] == cell.cohort]
        assert cell.effect.value == pytest.approx(np.mean(own))
        assert cell.units == len(own)
    assert sum(cell.units for cell in found.group_time) == len(effects)


def test_a_rollout_to_everybody_is_compared_as_long_as_somebody_waits():
    y, starts = rollout(4)
    everyone = [7 if start is None else start for start in starts]
    average, effects = dense(y, everyone)
    found = imputed_effects(values=y, first_treated=everyone)
    assert found.simple.value == pytest.approx(average)
    assert {cell.period for cell in found.group_time} == {3, 4, 5, 6}
    assert len(effects) == sum(cell.units for cell in found.group_time)


def test_units_treated_all_the_time_count_for_nothing():
    y, starts = rollout(5)
    found = imputed_effects(values=y, first_treated=starts)
    more = imputed_effects(values=np.vstack([y, y[:1] + 99.0]), first_treated=[*starts, 0])
    assert more.simple == found.simple


def test_levels_of_units_and_shifts_of_periods_change_nothing():
    y, starts = rollout(6)
    shifted = y + np.arange(14.0)[:, None] ** 2 + np.sin(np.arange(9.0)) * 50
    for inference in Inference:
        one, other = (
            imputed_effects(values=values, first_treated=starts, inference=inference, noise=np.ones_like(y))
            for values in (y, shifted)
        )
        assert other.simple.value == pytest.approx(one.simple.value)
        assert other.simple.standard_error == pytest.approx(one.simple.standard_error)


@pytest.mark.parametrize("lag", [0, 1])
def test_both_variances_equal_their_sums_over_units(lag):
    # Independent route: what each value counts by raising it, residuals by the dense regression.
    y, starts = rollout(7, units=26)

    def estimate(values):
        return dense(values, starts, lag)[0]

    weights = linear_weights(
        y, lambda values: imputed_effects(values=values, first_treated=starts, lag=lag).simple.value
    )
    assert float(np.sum(weights * y)) == pytest.approx(estimate(y))
    cohorts = {start: [i for i in range(len(y)) if starts[i] == start] for start in starts}
    around = np.array([y[i] - y[cohorts[start]].mean(axis=0) for i, start in enumerate(starts)])
    pooled = around.T @ around / (len(y) - len(cohorts))
    found = imputed_effects(values=y, first_treated=starts, lag=lag)
    assert found.simple.standard_error == pytest.approx(np.sqrt(sum(row @ pooled @ row for row in weights)))
    assert found.degrees_of_freedom == len(y) - len(cohorts)
    assert found.p_value == pytest.approx(
        2 * stats.t.sf(found.simple.value / found.simple.standard_error, len(y) - 4)
    )

    units, periods = y.shape
    untreated = np.array([[start is None or t < start for t in range(periods)] for start in starts])
    matrix = np.array(
        [
            [float(i == k) for k in range(units)] + [float(t == k) for k in range(periods)]
            for i, t in np.ndindex(y.shape)
        ]
    )
    kept = untreated.ravel()
    fit = np.linalg.lstsq(matrix[kept], y.ravel()[kept], rcond=None)[0]
    rest = y - (matrix @ fit).reshape(y.shape)
    counted = ~untreated & (np.abs(weights) > 1e-12)
    by_cohort, by_all = rest.copy(), rest.copy()
    for members in cohorts.values():
        for t in range(periods):
            if counted[members[0], t]:
                by_cohort[members, t] -= rest[members, t].mean()
    sums = np.where(counted, weights, 0.0).sum(axis=1)
    mean = sums @ np.where(counted, weights * rest, 0.0).sum(axis=1) / (sums @ sums)
    by_all[counted] -= mean
    for averages, residual in ((Averages.COHORT_AND_PERIOD, by_cohort), (Averages.ALL, by_all)):
        own = imputed_effects(
            values=y, first_treated=starts, lag=lag, inference=Inference.INFLUENCE, averages=averages
        )
        expected = np.sqrt(np.sum(np.sum(weights * residual, axis=1) ** 2))
        assert own.simple.standard_error == pytest.approx(expected)
        half = stats.norm.ppf(0.975) * expected
        assert own.simple.interval.high - own.simple.value == pytest.approx(half)
    # cohorts of five and more: each around its own averages
    default = imputed_effects(values=y, first_treated=starts, lag=lag, inference=Inference.INFLUENCE)
    by_default = imputed_effects(
        values=y,
        first_treated=starts,
        lag=lag,
        inference=Inference.INFLUENCE,
        averages=Averages.COHORT_AND_PERIOD,
    )
    assert default.simple == by_default.simple


def test_one_cohort_and_never_treated_is_the_difference_of_mean_changes():
    # Then both estimators compare the mean after with the mean before, and the pooled inference is Student's.
    rng = np.random.default_rng(8)
    y, starts = rng.normal(size=(9, 6)), [3] * 4 + [None] * 5
    found = imputed_effects(values=y, first_treated=starts)
    same = staggered_effects(
        values=y,
        first_treated=starts,
        base=Base.AVERAGE,
        comparison=Comparison.NEVER_TREATED,
        inference=Inference.POOLED,
    )
    assert found.simple.value == pytest.approx(same.simple.value)
    assert found.simple.standard_error == pytest.approx(same.simple.standard_error)
    change = y[:, 3:].mean(axis=1) - y[:, :3].mean(axis=1)
    assert found.p_value == pytest.approx(stats.ttest_ind(change[:4], change[4:]).pvalue)


@pytest.mark.parametrize(
    ("starts", "lag", "reason"),
    [
        ([0, 0, 0, 0], 0, Reason.NO_PRE_PERIOD),
        ([None, None, None, None], 0, Reason.NO_PRE_PERIOD),
        ([2, 2, 2, 2], 0, Reason.TOO_FEW_UNITS),
        ([1, 2, 3, None], 0, Reason.TOO_FEW_UNITS),  # nothing scatters within cohorts of one
        ([2, 2, None, None], 2, Reason.NO_POST_PERIOD),
    ],
)
def test_what_cannot_be_imputed_is_refused(starts, lag, reason):
    with pytest.raises(NotEstimable) as refusal:
        imputed_effects(values=np.arange(16.0).reshape(4, 4) ** 2, first_treated=starts, lag=lag)
    assert refusal.value.reason is reason


def test_values_that_do_not_vary_and_panels_with_gaps_are_refused():
    for inference in Inference:
        with pytest.raises(NotEstimable, match="no_variation"):
            imputed_effects(
                values=np.ones((4, 4)),
                first_treated=[2, 2, None, None],
                inference=inference,
                noise=np.zeros((4, 4)),
            )
    with pytest.raises(InvalidInput, match="values"):
        imputed_effects(values=[[1.0, np.nan], [1.0, 2.0]], first_treated=[1, None])


def test_noise_of_few_units_is_averaged_over_the_likelihood_of_their_contrasts():
    """Independent route: contrasts between units and over time, whose density has no level to leave out, over
    a grid three times as fine; then the variance of the estimate written out over the panel."""
    y, starts = rollout(3)
    noise = np.where(np.arange(14)[:, None] % 2 == 0, 1.5, 0.5) * np.ones((14, 9))
    found = imputed_effects(values=y, first_treated=starts, inference=Inference.KNOWN_NOISE, noise=noise)
    distance = np.abs(np.subtract.outer(np.arange(9), np.arange(9)))
    over_time = np.linalg.qr(np.column_stack([np.ones(9), np.eye(9)[:, :8]]))[0][:, 1:]
    kinds = [[i for i, start in enumerate(starts) if start == kind] for kind in dict.fromkeys(starts)]
    tables = []
    for kind in kinds:
        size = len(kind)
        if size > 1:
            between = np.linalg.qr(np.column_stack([np.ones(size), np.eye(size)[:, : size - 1]]))[0][:, 1:]
            tables.append((between.T @ y[kind] @ over_time, noise[kind].mean(axis=0)))
    everything = sum(float((table**2).sum()) for table, _ in tables)
    count = sum(table.size for table, _ in tables)
    levels = [noise[kind].mean() for kind in kinds]
    top = 2 * np.sqrt(max(everything / count, np.mean(levels)))
    weights, variances = [], []
    units = linear_weights(y, lambda table: imputed_effects(values=table, first_treated=starts).simple.value)
    for phi in (np.arange(40) + 0.5) / 40 * 0.98:
        for sd in (np.arange(40) + 0.5) / 40 * top:
            latent = sd**2 * phi**distance
            height = 0.0
            for table, own in tables:
                covariance = over_time.T @ (latent + np.diag(own)) @ over_time
                height += stats.multivariate_normal(np.zeros(8), covariance).logpdf(table).sum()
            weights.append(height)
            variances.append(
                sum(row @ (latent + np.diag(h)) @ row for row, h in zip(units, noise, strict=True))
            )
    weights = np.exp(np.array(weights) - max(weights))
    weights /= weights.sum()
    assert found.simple.standard_error == pytest.approx(np.sqrt(weights @ variances), rel=0.02)
    spread = np.sqrt(variances)
    inside = weights @ (1 - 2 * stats.norm.sf(found.simple.interval.half_width / spread))
    assert inside == pytest.approx(0.95, abs=0.003)
    narrow = weights @ (1 - 2 * stats.norm.sf(found.simple_interval_80.half_width / spread))
    assert narrow == pytest.approx(0.80, abs=0.005)
    assert found.p_value == pytest.approx(
        weights @ (2 * stats.norm.sf(abs(found.simple.value) / spread)), rel=0.15, abs=1e-4
    )


def test_known_noise_is_asked_for_by_value():
    y, starts = rollout(3)
    for noise in (None, np.ones((2, 2)), -np.ones_like(y)):
        with pytest.raises(InvalidInput, match="noise"):
            imputed_effects(values=y, first_treated=starts, inference=Inference.KNOWN_NOISE, noise=noise)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cohorts", "each", "inference"),
    [
        ((6, 9, 12, None), 6, Inference.POOLED),
        ((6, 9, 12), 8, Inference.POOLED),
        ((6, 9, 12, None), 60, Inference.INFLUENCE),
    ],
)
def test_intervals_cover_the_truth_and_are_narrower_than_those_of_group_time_effects(
    cohorts, each, inference
):
    """600 roll-outs: noise that lasts (autocorrelation .4) beside that of the answers, effects that grow."""
    rng = np.random.default_rng(20261129)
    starts = [start for start in cohorts for _ in range(each)]
    size, periods, runs = len(starts), 18, 600
    covered, ours, theirs = 0, [], []
    for _ in range(runs):
        path = np.empty((size, periods))
        path[:, 0] = rng.normal(size=size)
        for t in range(1, periods):
            path[:, t] = 0.4 * path[:, t - 1] + np.sqrt(1 - 0.16) * rng.normal(size=size)
        y = 4 * path + 8 * rng.normal(size=(size, periods)) + 5 * rng.normal(size=periods)
        y += 9 * rng.normal(size=(size, 1))
        for i, start in enumerate(starts):
            if start is not None:
                y[i, start:] += 3.0 + 0.5 * np.arange(periods - start)
        found = imputed_effects(values=y, first_treated=starts, inference=inference)
        counted = [(cell.units, 3.0 + 0.5 * (cell.period - cell.cohort)) for cell in found.group_time]
        truth = sum(units * effect for units, effect in counted) / sum(units for units, _ in counted)
        covered += found.simple.interval.contains(truth)
        ours.append(found.simple.interval.half_width)
        same = staggered_effects(values=y, first_treated=starts, base=Base.AVERAGE, inference=inference)
        theirs.append(same.simple.interval.half_width)
    assert 0.93 <= covered / runs <= 0.97
    assert np.mean(ours) < np.mean(theirs)
