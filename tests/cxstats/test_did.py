"""Difference in differences: golden numbers by independent routes, properties, refusals."""

import doctest
import importlib
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxstats.did import (
    Base,
    Comparison,
    Inference,
    breakdown_value,
    cluster_changes,
    difference_in_differences,
    pre_trend,
    randomization_test,
    staggered_effects,
    unit_panel,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Interval

OURS = [5.1, 7.3, 6.2, 8.8, 4.9]
THEIRS = [1.2, 2.9, 0.4, 3.3, 1.1, 2.0]


@pytest.mark.parametrize("module", ["clusters", "panel", "staggered", "trends"])
def test_examples_in_docstrings_run(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.did.{module}")).failed == 0


def test_pooled_inference_equals_student():
    # Independent route: scipy's two-sample t test.
    found = difference_in_differences(treated=OURS, control=THEIRS, robust=False)
    reference = stats.ttest_ind(OURS, THEIRS)
    assert found.p_value == pytest.approx(reference.pvalue)
    assert found.effect.interval.low == pytest.approx(reference.confidence_interval().low)


def test_cr2_equals_the_matrix_formula():
    # Independent route: CR2 = adjusted residuals (I - H)^(-1/2), one observation per cluster, and
    # Satterthwaite df from the eigenvalues of Bell & McCaffrey's quadratic form.
    changes = np.array(OURS + THEIRS)
    x = np.column_stack([np.ones(11), [1.0] * 5 + [0.0] * 6])
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    contrast = np.array([0.0, 1.0])
    residual = (np.eye(11) - hat) @ changes
    adjust = 1 / np.sqrt(1 - np.diag(hat))
    pieces = (x @ bread @ contrast) * adjust
    variance = float(((pieces * residual) ** 2).sum())
    g = (np.eye(11) - hat) * pieces[None, :]
    roots = np.linalg.eigvalsh(g.T @ g)
    found = difference_in_differences(treated=OURS, control=THEIRS, robust=True)
    assert found.effect.standard_error == pytest.approx(np.sqrt(variance))
    assert found.degrees_of_freedom == pytest.approx(roots.sum() ** 2 / (roots**2).sum())
    # Closed forms for two groups (Imbens and Kolesar 2016): Welch's variance, and
    # (1/5 + 1/6)^2 / (1/(5^2 4) + 1/(6^2 5)) = 242/28 degrees of freedom
    assert found.effect.standard_error == pytest.approx(
        np.sqrt(np.var(OURS, ddof=1) / 5 + np.var(THEIRS, ddof=1) / 6)
    )
    assert found.degrees_of_freedom == pytest.approx(242 / 28)


def test_randomization_equals_scipy():
    # Independent route: scipy.stats.permutation_test, exact.
    reference = stats.permutation_test(
        (OURS, THEIRS), lambda a, b: abs(np.mean(a) - np.mean(b)), alternative="greater", n_resamples=10**6
    )
    found = randomization_test(treated=OURS, control=THEIRS, rng=np.random.default_rng(1))
    assert found.exact
    assert found.p_value == pytest.approx(reference.pvalue)
    assert found.smallest_attainable_p == pytest.approx(1 / 462)
    equal = randomization_test(treated=[1.0, 2], control=[3.0, 4], rng=np.random.default_rng(1))
    assert equal.smallest_attainable_p == pytest.approx(2 / 6)


def test_many_clusters_are_drawn_at_random_and_repeat_with_the_seed():
    rng = np.random.default_rng(4)
    ours, theirs = rng.normal(size=12), rng.normal(size=12)
    first = randomization_test(treated=ours, control=theirs, rng=np.random.default_rng(1), draws=999)
    again = randomization_test(treated=ours, control=theirs, rng=np.random.default_rng(1), draws=999)
    assert first == again
    assert not first.exact
    assert first.p_value == pytest.approx(stats.ttest_ind(ours, theirs).pvalue, abs=0.06)


def test_clusters_that_do_not_vary_are_refused():
    with pytest.raises(NotEstimable, match="no_variation"):
        difference_in_differences(treated=[1.0, 1.0], control=[2.0, 2.0])
    with pytest.raises(NotEstimable, match="too_few_clusters"):
        difference_in_differences(treated=[1.0], control=[1.0, 2.0])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-50, 50), min_size=2, max_size=6),
    st.lists(st.floats(-50, 50), min_size=2, max_size=6),
    st.floats(-20, 20),
)
def test_order_and_common_shift_do_not_matter(ours, theirs, shift):
    try:
        plain = difference_in_differences(treated=ours, control=theirs)
    except NotEstimable:
        return
    if plain.effect.standard_error < 1e-3:
        return
    moved = difference_in_differences(
        treated=[value + shift for value in ours[::-1]], control=[value + shift for value in theirs]
    )
    assert moved.effect.value == pytest.approx(plain.effect.value, abs=1e-6)
    assert moved.p_value == pytest.approx(plain.p_value, abs=1e-5)


def test_changes_per_cluster():
    with pytest.raises(InvalidInput):
        cluster_changes(before=[1.0], after=[[1.0]])
    with pytest.raises(InvalidInput):
        cluster_changes(before=[[1.0]], after=[[1.0], [2.0]])


def staggered_panel(seed=1, units=30, periods=8):
    rng = np.random.default_rng(seed)
    starts = [3 if i % 3 == 0 else 5 if i % 3 == 1 else None for i in range(units)]
    y = rng.normal(size=(units, 1)) * 3 + rng.normal(size=periods) + rng.normal(size=(units, periods))
    for i, start in enumerate(starts):
        if start is not None:
            y[i, start:] += 2.0 + np.arange(periods - start)
    return y, starts


def test_group_time_effects_equal_their_definition():
    # Independent route: the four means of each cell, written out.
    y, starts = staggered_panel()
    found = staggered_effects(values=y, first_treated=starts)
    never = np.array([start is None for start in starts])
    sizes, values = [], []
    for cell in found.group_time:
        members = np.array([start == cell.cohort for start in starts])
        change = y[:, cell.period] - y[:, cell.cohort - 1]
        assert cell.effect.value == pytest.approx(change[members].mean() - change[never].mean())
        # Two independent samples: variances add (n in place of n - 1).
        variance = change[members].var() / members.sum() + change[never].var() / never.sum()
        assert cell.effect.standard_error == pytest.approx(np.sqrt(variance))
        sizes.append(members.sum())
        values.append(cell.effect.value)
    assert found.simple.value == pytest.approx(np.average(values, weights=sizes))
    assert found.comparison is Comparison.NEVER_TREATED


def test_staggered_effects_equal_those_of_csdid():
    # Python package csdid 0.4.3 (a port of R's did, Callaway and Sant'Anna 2021) on the same panel: never
    # treated as controls, outcome regression, universal base, standard errors from the influence function.
    y, starts = staggered_panel()
    found = staggered_effects(values=y, first_treated=starts)

    def numbers(effects):
        return [number for effect in effects for number in (effect.value, effect.standard_error)]

    assert numbers(cell.effect for cell in found.group_time) == pytest.approx(
        [
            *(1.305156, 0.654853, 3.860291, 0.599058, 3.844824, 0.591134, 4.242827, 0.549484),
            *(6.413280, 0.471181, 1.424054, 0.515713, 3.162437, 0.578415, 3.286830, 0.455970),
        ],
        abs=1e-6,
    )
    assert numbers([found.simple]) == pytest.approx([3.4424623, 0.3372528], abs=1e-7)


def test_pooled_inference_with_one_cohort_equals_student_on_changes():
    # Independent route: scipy's two-sample t test on mean after minus mean before.
    rng = np.random.default_rng(3)
    y = rng.normal(size=(9, 6))
    found = staggered_effects(
        values=y, first_treated=[3] * 4 + [None] * 5, base=Base.AVERAGE, inference=Inference.POOLED
    )
    change = y[:, 3:].mean(axis=1) - y[:, :3].mean(axis=1)
    reference = stats.ttest_ind(change[:4], change[4:])
    assert found.p_value == pytest.approx(reference.pvalue)
    assert found.simple.interval.low == pytest.approx(reference.confidence_interval().low)


@pytest.mark.parametrize("base", list(Base))
@pytest.mark.parametrize("comparison", list(Comparison))
def test_pooled_inference_equals_the_variance_of_a_sum_over_all_units_and_periods(base, comparison):
    # Independent route: the estimate is linear in the panel, so that what each single value counts shows when
    # it alone is raised by one; the variance of the sum is written out over units and pairs of periods.
    y, starts = staggered_panel(seed=7, units=9, periods=7)
    y, starts = np.vstack([y, y[:2] + 1.0]), [*starts, 6, None]

    def simple(values):
        return staggered_effects(
            values=values,
            first_treated=starts,
            base=base,
            comparison=comparison,
            inference=Inference.POOLED,
            lag=1,
        ).simple

    found = simple(y)
    counts = np.empty(y.shape)
    for place in np.ndindex(y.shape):
        raised = y.copy()
        raised[place] += 1.0
        counts[place] = simple(raised).value - found.value
    together = {start: [i for i in range(len(y)) if starts[i] == start] for start in starts}
    rest = np.array([y[i] - y[together[start]].mean(axis=0) for i, start in enumerate(starts)])
    covariance = rest.T @ rest / (len(y) - len(together))
    variance = sum(counts[i] @ covariance @ counts[i] for i in range(len(y)))
    assert found.value == pytest.approx(float(np.sum(counts * y)))
    assert found.standard_error == pytest.approx(float(np.sqrt(variance)), rel=1e-9)


def test_growing_effects_keep_their_sign():
    # Two-way fixed effects can turn negative here (Goodman-Bacon 2021); group-time effects cannot.
    y, starts = staggered_panel(seed=5)
    found = staggered_effects(values=y, first_treated=starts, inference=Inference.POOLED)
    assert found.simple.value > 2.0  # the smallest of the effects
    early = {cell.period - 3: cell.effect.value for cell in found.group_time if cell.cohort == 3}
    assert early[4] > early[2] > early[0] > 0


def test_not_yet_treated_serve_where_few_are_never_treated():
    y, starts = staggered_panel()
    everyone = [7 if start is None else start for start in starts]
    found = staggered_effects(values=y, first_treated=everyone, lag=1)
    assert found.comparison is Comparison.NOT_YET_TREATED
    assert all(cell.period < 7 for cell in found.group_time)
    assert all(cell.period > cell.cohort for cell in found.group_time)


@pytest.mark.parametrize(
    ("starts", "reason"),
    [
        ([0, 0, 0, 0], Reason.NO_PRE_PERIOD),
        ([2, 2, 2, 2], Reason.TOO_FEW_UNITS),
        ([1, 2, 3, None], Reason.TOO_FEW_UNITS),
    ],
)
def test_staggered_refusals(starts, reason):
    with pytest.raises(NotEstimable) as refusal:
        staggered_effects(
            values=np.arange(16.0).reshape(4, 4) ** 2,
            first_treated=starts,
            comparison=Comparison.NOT_YET_TREATED,
        )
    assert refusal.value.reason is reason


def test_lag_beyond_the_window_leaves_no_period():
    with pytest.raises(NotEstimable, match="no_post_period"):
        staggered_effects(values=np.ones((4, 4)), first_treated=[2, 2, None, None], lag=5)
    with pytest.raises(NotEstimable, match="no_variation"):
        staggered_effects(values=np.ones((4, 4)), first_treated=[2, 2, None, None])


@pytest.mark.parametrize(
    ("values", "starts"),
    [
        ("abc", [None]),
        ([["a"]], [None]),
        ([1.0, 2.0], [None, None]),
        ([[np.nan]], [None]),
        ([[1.0]], [1, 2]),
        ([[1.0]], ["x"]),
        ([[1.0]], [-3]),
        ([[1.0]], 5),
    ],
)
def test_panels_that_are_not_complete_are_named(values, starts):
    with pytest.raises(InvalidInput):
        unit_panel(values=values, first_treated=starts)


def test_joint_pre_trend_test_equals_manova():
    # Independent route: statsmodels' Hotelling two-sample test on the block contrasts.
    multivariate = pytest.importorskip("statsmodels.stats.multivariate")
    rng = np.random.default_rng(8)
    ours, theirs = rng.normal(size=(7, 9)), rng.normal(size=(9, 9))
    found = pre_trend(treated=ours, control=theirs, blocks=3)

    def contrasts(table):
        means = table.reshape(len(table), 3, 3).mean(axis=2)
        return means[:, :2] - means[:, 2:]

    reference = multivariate.test_mvmean_2indep(contrasts(ours), contrasts(theirs))
    assert found.joint_p == pytest.approx(reference.pvalue)
    assert found.largest_departure == pytest.approx(max(abs(lead.value) for lead in found.leads))


def test_pre_trend_sees_diverging_groups():
    rng = np.random.default_rng(2)
    ours = rng.normal(size=(5, 10)) + 0.8 * np.arange(10)
    found = pre_trend(treated=ours, control=rng.normal(size=(5, 10)))
    assert found.slope.interval.low > 0
    assert pre_trend(treated=ours[:2], control=ours[2:4] + 1.0, blocks=8).joint_p is None
    with pytest.raises(NotEstimable):
        pre_trend(treated=ours[:, :2], control=ours[:, :2])
    with pytest.raises(InvalidInput):
        pre_trend(treated=ours, control=ours[:, :5])
    with pytest.raises(InvalidInput):
        pre_trend(treated=ours[0], control=ours)


def test_breakdown_value():
    assert breakdown_value(interval=Interval(low=-5.0, high=-1.0), largest_departure=0.5) == 2.0
    assert breakdown_value(interval=Interval(low=-5.0, high=1.0), largest_departure=0.5) == 0.0
    with pytest.raises(NotEstimable):
        breakdown_value(interval=Interval(low=1.0, high=2.0), largest_departure=0.0)


def test_every_assignment_is_counted_once():
    assert (
        len(list(combinations(range(6), 3)))
        == randomization_test(
            treated=[1.0, 2, 3], control=[4.0, 5, 6], rng=np.random.default_rng(1)
        ).assignments
    )


@pytest.mark.parametrize("robust", [False, True])
def test_few_alike_clusters_are_not_surer_than_their_answers(robust):
    """Two and three changes that hardly differ: the interval is that of the known sampling noise."""
    changes = {"treated": [5.0, 5.1], "control": [1.0, 1.1, 1.05], "robust": robust}
    plain = difference_in_differences(**changes)
    floored = difference_in_differences(**changes, known_variance=4.0)
    assert floored.effect.value == plain.effect.value
    assert floored.effect.standard_error == 2.0
    assert floored.effect.interval.half_width == pytest.approx(
        2.0 * stats.t.ppf(0.975, plain.degrees_of_freedom)
    )
    assert difference_in_differences(**changes, known_variance=1e-9) == plain
