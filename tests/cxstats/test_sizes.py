"""Sizes of effects as people read and type them, and as the engine reckons them."""

import doctest
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats import sizes
from cxstats.design import EstimandKind
from cxstats.errors import InvalidInput
from cxstats.sizes import size_read, size_reckoned
from cxstats.voc import Moments, ratio_of_geometric_means


def test_examples_in_docstrings_run():
    assert doctest.testmod(sizes).failed == 0


@pytest.mark.parametrize(
    ("kind", "effect", "read"),
    [
        (EstimandKind.NPS, -6.5, -6.5),
        (EstimandKind.MEAN, 0.3, 0.3),
        (EstimandKind.SHARE, 0.042, 4.2),
        (EstimandKind.LOG_DURATION, 0.8, -20.0),
        (EstimandKind.COUNT, 0.8, -20.0),
        (EstimandKind.LOG_DURATION, 1.0, 0.0),
        (EstimandKind.LOG_DURATION, 3.0, 200.0),
    ],
)
def test_an_effect_is_read_in_the_unit_of_its_metric(kind, effect, read):
    assert size_read(kind, effect) == pytest.approx(read)


@pytest.mark.parametrize(
    ("kind", "typed", "is_rise", "reckoned"),
    [
        (EstimandKind.NPS, 6.5, True, 6.5),
        (EstimandKind.MEAN, 0.3, False, 0.3),
        (EstimandKind.SHARE, 4.2, False, 0.042),
        (EstimandKind.LOG_DURATION, 20.0, True, log(1.2)),
        (EstimandKind.COUNT, 20.0, True, log(1.2)),
        (EstimandKind.LOG_DURATION, 20.0, False, log(1 / 0.8)),
        (EstimandKind.LOG_DURATION, 100.0, False, log(100.0)),  # counts as a fall by 99 %
        (EstimandKind.LOG_DURATION, 250.0, False, log(100.0)),
        (EstimandKind.LOG_DURATION, 0.0, False, 0.0),
    ],
)
def test_a_typed_size_is_reckoned_in_the_unit_of_the_estimate(kind, typed, is_rise, reckoned):
    assert size_reckoned(kind, typed, is_rise=is_rise) == pytest.approx(reckoned)


@given(typed=st.floats(min_value=0, max_value=98), is_rise=st.booleans())
def test_what_is_typed_for_a_time_is_read_again(typed, is_rise):
    logs = size_reckoned(EstimandKind.LOG_DURATION, typed, is_rise=is_rise)
    ratio = 2.718281828459045**logs if is_rise else 2.718281828459045**-logs
    assert abs(size_read(EstimandKind.LOG_DURATION, ratio)) == pytest.approx(typed, abs=1e-9)


def test_a_size_below_nothing_is_refused():
    with pytest.raises(InvalidInput):
        size_reckoned(EstimandKind.NPS, -1.0, is_rise=True)


def test_times_that_double_have_the_ratio_two_with_an_interval_that_is_symmetric_on_logarithms():
    before, after = [10.0, 20.0, 40.0, 80.0], [20.0, 40.0, 80.0, 160.0]
    found = ratio_of_geometric_means(
        before=Moments.of([log(x) for x in before]), after=Moments.of([log(x) for x in after]), level=0.9
    )
    assert found.value == pytest.approx(2.0)
    assert found.interval.low * found.interval.high == pytest.approx(4.0)
    # Welch by hand: variance of both logs 5/3 log(2)^2, t(6) at 95 % = 1.943180
    assert log(found.interval.high / 2) == pytest.approx(1.9431803 * (2 * 5 / 3 / 4) ** 0.5 * log(2))
