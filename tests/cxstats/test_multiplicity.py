"""Adjusted p-values against the original papers and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.multiplicity import Adjustment, benjamini_hochberg, holm

quick = settings(max_examples=20, deadline=None)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=25)

# Benjamini and Hochberg (1995), example of the thrombolysis trial (Neuhaus et al. 1992), 15 p-values.
# Recomputed with statsmodels 0.15, multipletests: BH 4, Holm 3, Hochberg 3, Bonferroni 3 found.
THROMBOLYSIS = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def test_thrombolysis_example_of_the_original_paper():
    # the paper: four hypotheses at q = .05, where Bonferroni and Hochberg-type methods find three
    assert sum(benjamini_hochberg(p_values=THROMBOLYSIS, limit=0.05).found) == 4
    assert sum(holm(p_values=THROMBOLYSIS).found) == 3
    assert benjamini_hochberg(p_values=THROMBOLYSIS).method is Adjustment.BENJAMINI_HOCHBERG


def test_r_style_adjusted_values_by_hand():
    p = [0.01, 0.02, 0.03, 0.04, 0.05]
    assert benjamini_hochberg(p_values=p).adjusted == pytest.approx([0.05] * 5)
    assert holm(p_values=p).adjusted == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


@quick
@given(p=P_VALUES)
def test_adjusted_values_agree_with_other_implementations(p):
    peer = false_discovery_control(p, method="bh")
    assert benjamini_hochberg(p_values=p).adjusted == pytest.approx(peer)
    # Holm by its definition: largest of (m - j + 1) p_(j) up to one's own rank
    values = sorted(p)
    expected = [
        min(1.0, max((len(p) - j) * values[j] for j in range(len(p)) if values[j] <= own)) for own in p
    ]
    assert holm(p_values=p).adjusted == pytest.approx(expected)


@quick
@given(p=P_VALUES, seed=st.integers(0, 9))
def test_order_does_not_matter_and_nothing_gets_smaller(p, seed):
    order = np.random.default_rng(seed).permutation(len(p))
    for adjust in (benjamini_hochberg, holm):
        one = adjust(p_values=p).adjusted
        other = adjust(p_values=[p[i] for i in order]).adjusted
        assert other == pytest.approx([one[i] for i in order])
        assert all(before <= after + 1e-15 for before, after in zip(p, one, strict=True))
    assert all(
        a <= b + 1e-12
        for a, b in zip(benjamini_hochberg(p_values=p).adjusted, holm(p_values=p).adjusted, strict=True)
    )


def test_single_test_is_left_alone():
    assert holm(p_values=[0.04]).adjusted == benjamini_hochberg(p_values=[0.04]).adjusted == (0.04,)
    assert holm(p_values=[0.0]).found == (True,)


def test_refusals():
    with pytest.raises(NotEstimable) as refusal:
        holm(p_values=[])
    assert refusal.value.reason is Reason.NO_DATA
    for bad in ([1.2], [-0.1], [float("nan")], "p"):
        with pytest.raises(InvalidInput, match="p_values"):
            benjamini_hochberg(p_values=bad)
    with pytest.raises(InvalidInput, match="limit"):
        holm(p_values=[0.5], limit=5)


@pytest.mark.slow
def test_false_discovery_rate_in_simulation():
    rng = np.random.default_rng(12)
    false_shares, any_false = [], 0
    from scipy.special import ndtr

    for _ in range(3000):
        z = rng.normal(0, 1, 30) + 3.0 * (np.arange(30) < 10)
        p = 2 * ndtr(-np.abs(z))
        found = np.array(benjamini_hochberg(p_values=p).found)
        false_shares.append(found[10:].sum() / max(found.sum(), 1))
        any_false += any(holm(p_values=p).found[10:])
    assert np.mean(false_shares) == pytest.approx(0.1 * 20 / 30, abs=0.01)
    assert any_false / 3000 < 0.05
