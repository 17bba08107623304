"""Selection: regression to the mean, ANCOVA, league tables."""

import doctest
import importlib

import numpy as np
import pytest
from scipy import stats

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.selection import (
    ancova,
    beyond_history,
    expected_from_choice,
    variance_components,
)


@pytest.mark.parametrize("module", ["ancova", "history", "regression_to_mean"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.selection.{module}")).failed == 0


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


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: variance_components(scores=[[1.0, 2.0]]), Reason.TOO_FEW_UNITS),
        (lambda: variance_components(scores=[[1.0], [2.0]]), Reason.TOO_FEW_PERIODS),
        (lambda: variance_components(scores=[[1.0, 1.0], [1.0, 1.0]]), Reason.NO_VARIATION),
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
        lambda: ancova(after=[1.0, 2.0], treated=[1.0], baselines=[1.0, 2.0]),
        lambda: ancova(after=[1.0, 2.0], treated=[1.0, 2.0], baselines=[1.0, 2.0]),
        lambda: ancova(after=[1.0, 2.0], treated=[1.0, 0.0], baselines=[1.0, np.inf]),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(InvalidInput):
        call()


def histories(seed, units=16, lasting=6.0, passing=4.0, phi=0.5):
    """Twelve periods before, six after; sampling variances differ between units."""
    rng = np.random.default_rng(seed)
    noise = np.repeat(rng.uniform(4.0, 30.0, units)[:, None], 18, axis=1)
    path = np.empty((units, 18))
    path[:, 0] = rng.normal(size=units)
    for t in range(1, 18):
        path[:, t] = phi * path[:, t - 1] + np.sqrt(1 - phi**2) * rng.normal(size=units)
    scores = (
        rng.normal(size=(units, 1)) * lasting + passing * path + rng.normal(size=noise.shape) * np.sqrt(noise)
    )
    return scores, noise[:, :12]


def test_histories_count_as_the_joint_normal_distribution_says():
    """Independent route: dense covariance matrices of every unit over a grid of the three components, the
    conditional mean of the later scores given the earlier ones, a t test of what is left."""
    scores, noise = histories(1)
    chosen = (scores[:, :12].mean(axis=1) < np.sort(scores[:, :12].mean(axis=1))[5]).astype(float)
    scores[:, 12:] += 9.0 * chosen[:, None]
    found = beyond_history(
        before=scores[:, :12],
        after=scores[:, 12:],
        treated=chosen,
        noise=noise,
        before_time=np.arange(12),
        after_time=np.arange(12, 18),
    )
    centered = scores[:, :12] - scores[:, :12].mean(axis=0)
    within, total = np.sqrt(centered.var(axis=1, ddof=1).mean()), np.sqrt(np.mean(centered**2))
    distance = np.abs(np.subtract.outer(np.arange(18), np.arange(18)))
    heights, values, errors = [], [], []
    for phi in (np.arange(12) + 0.5) / 12 * 0.9:
        for passing in (np.arange(14) + 0.5) / 14 * 1.5 * within:
            for lasting in (np.arange(14) + 0.5) / 14 * 2.0 * total:
                covariance = lasting**2 + passing**2 * phi**distance
                height, rest = 0.0, []
                for own, h, after in zip(centered, noise, scores[:, 12:], strict=True):
                    early = covariance[:12, :12] + np.diag(h)
                    solved = np.linalg.solve(early, own)
                    height -= 0.5 * (np.linalg.slogdet(early)[1] + own @ solved)
                    rest.append(after.mean() - (covariance[12:, :12] @ solved).mean())
                rest = np.array(rest)
                test = stats.ttest_ind(rest[chosen == 1], rest[chosen == 0])
                heights.append(height * 15 / 16)
                values.append(rest[chosen == 1].mean() - rest[chosen == 0].mean())
                errors.append(values[-1] / test.statistic)
    weights = np.exp(np.array(heights) - max(heights))
    weights /= weights.sum()
    values, errors = np.array(values), np.array(errors)
    assert found.effect.value == pytest.approx(weights @ values, abs=0.1)
    interval = found.effect.interval
    for point, share in ((interval.low, 0.025), (interval.high, 0.975)):
        assert weights @ stats.t.cdf((point - values) / errors, 14) == pytest.approx(share, abs=0.003)
    assert found.degrees_of_freedom == 14
    rise = [scores[chosen == kind, 12:].mean() - scores[chosen == kind, :12].mean() for kind in (1, 0)]
    assert found.expected_return == pytest.approx(rise[0] - rise[1] - found.effect.value)
    assert found.expected_return > 0  # the worst come back


def test_a_missing_period_is_a_longer_step():
    scores, noise = histories(2)
    chosen = (np.arange(16) < 5).astype(float)
    keep = np.arange(12) != 10

    def value(time, after):
        return beyond_history(
            before=scores[:, :12][:, keep],
            after=scores[:, 12:],
            treated=chosen,
            noise=noise[:, keep],
            before_time=time,
            after_time=after,
        ).effect.value

    assert value(np.arange(12)[keep], np.arange(12, 18)) == pytest.approx(
        value(np.arange(12)[keep] + 7, np.arange(19, 25))
    )
    assert value(np.arange(12)[keep], np.arange(12, 18)) != pytest.approx(
        value(np.arange(11), np.arange(11, 17))
    )


def test_what_histories_cannot_answer_is_refused():
    scores, noise = histories(3, units=6)
    base = {
        "before": scores[:, :12],
        "after": scores[:, 12:],
        "treated": [1, 1, 0, 0, 0, 0],
        "noise": noise,
        "before_time": np.arange(12),
        "after_time": np.arange(12, 18),
    }
    for change, reason in (
        ({"treated": np.zeros(6)}, Reason.TOO_FEW_UNITS),
        ({"before": np.ones((6, 12)), "noise": np.zeros((6, 12))}, Reason.NO_VARIATION),
        (
            {"before": scores[:, :1], "noise": noise[:, :1], "before_time": [11]},
            Reason.TOO_FEW_PERIODS,
        ),
    ):
        with pytest.raises(NotEstimable) as refusal:
            beyond_history(**{**base, **change})
        assert refusal.value.reason is reason
    for change in (
        {"noise": -noise},
        {"treated": [2, 1, 0, 0, 0, 0]},
        {"after_time": np.arange(11, 17)},
        {"before": scores[:5, :12]},
    ):
        with pytest.raises(InvalidInput):
            beyond_history(**{**base, **change})
