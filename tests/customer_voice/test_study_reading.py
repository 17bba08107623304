"""How a study reads times of which many stay open."""

import numpy as np
import pytest

from customer_voice.rules import Counts
from customer_voice.rules.counts import seconds_of
from tests.factories.impact import metric_of

pytestmark = pytest.mark.django_db

DAY = 86_400.0


def cell(bins, open_ages=()):
    return Counts(
        times=tuple((binned, 10) for binned in bins), open_seconds=tuple((age, 1) for age in open_ages)
    )


@pytest.fixture
def ttr(organization):
    return metric_of(organization, "ttr").calculation


def test_a_few_open_cases_are_left_out_as_before(ttr):
    cells = [cell(range(500, 520), [300 * DAY]), cell(range(500, 520))]
    reading = ttr.for_study(cells)
    assert reading.horizon == 0
    assert reading.moments(cells[0]) == ttr.moments(cells[0])
    assert reading.open_cases(cells[0]) == 1


def test_many_open_cases_are_followed_as_long_as_nine_in_ten_resolved_ones_took(ttr):
    old = cell(range(500, 520), [300 * DAY] * 20)
    young = cell(range(500, 505), [60.0] * 30)
    reading = ttr.for_study([old, young])
    times = np.repeat([seconds_of(binned) for binned in [*range(500, 520), *range(500, 505)]], 10)
    assert reading.horizon == pytest.approx(np.quantile(times, 0.9))
    assert reading.open_cases(old) == 0  # watched for longer than that
    assert reading.open_cases(young) == 30
    ended, mean, _variance = reading.moments(old)
    assert ended == np.sum(times[:200] <= reading.horizon)
    assert mean > old.log_times().mean  # the open ones last longer


def test_a_cell_in_which_hardly_anything_ended_is_absent(ttr):
    old, empty = cell(range(500, 520), [300 * DAY] * 20), Counts(open_seconds=((300 * DAY, 4),))
    assert ttr.for_study([old, empty]).moments(empty) is None
    assert ttr.for_study([empty]).moments(empty) is None
