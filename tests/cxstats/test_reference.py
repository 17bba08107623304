"""Reference distributions against scipy.stats."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxstats import reference
from cxstats.linkage import _ranks

probabilities = st.floats(1e-6, 1 - 1e-6)
statistics = st.floats(-8, 8)
freedoms = st.floats(0.5, 500)


@given(probabilities, statistics)
def test_normal(probability, statistic):
    assert reference.normal_quantile(probability) == pytest.approx(
        stats.norm.ppf(probability), rel=1e-9, abs=1e-12
    )
    assert reference.normal_tail(statistic) == pytest.approx(stats.norm.sf(statistic), rel=1e-9)


@given(probabilities, statistics, freedoms)
def test_student(probability, statistic, freedom):
    quantile = stats.t.ppf(probability, freedom)
    assert reference.student_quantile(probability, freedom) == pytest.approx(quantile, rel=1e-6, abs=1e-8)
    assert reference.student_tail(statistic, freedom) == pytest.approx(
        stats.t.sf(statistic, freedom), rel=1e-6
    )


@given(st.floats(0, 50), freedoms, freedoms)
def test_fisher(statistic, numerator, denominator):
    expected = stats.f.sf(statistic, numerator, denominator)
    assert reference.fisher_tail(statistic, numerator, denominator) == pytest.approx(
        expected, rel=1e-6, abs=1e-300
    )


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30))
def test_ranks_of_ties_are_shared(values):
    assert _ranks(np.array(values, dtype=float)).tolist() == stats.rankdata(values).tolist()


def test_the_door_opens_without_scipy_stats():
    """It costs half a second and 30 MB in every process that only reads an interval."""
    code = "import sys, cxstats.evaluate, cxstats.voc; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
