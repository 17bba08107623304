"""Selection: regression to the mean, ANCOVA, league tables."""

import doctest
import importlib

import numpy as np
import pytest
from scipy import stats

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.selection import (
    ancova,
    expected_from_choice,
    variance_components,
)


@pytest.mark.parametrize("module", ["ancova", "regression_to_mean"])
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
