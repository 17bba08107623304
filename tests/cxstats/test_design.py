"""Cells made from counts."""

from datetime import date

import numpy as np
import pytest

from cxstats.design import PanelCell

DAY = date(2026, 1, 1)


def test_nps_cell_has_the_variance_of_the_answers_with_three_pseudo_answers():
    cell = PanelCell.nps(unit="web", period=DAY, n=100, promoters=50, detractors=20)
    points, times = np.array([100.0, 0.0, -100.0]), np.array([50.75, 31.5, 20.75])
    mean = (points * times).sum() / times.sum()
    assert cell.value == 30.0
    assert cell.variance == pytest.approx(((points - mean) ** 2 * times).sum() / times.sum())


def test_share_cell_has_the_variance_at_one_more_hit_and_miss():
    cell = PanelCell.share(unit="web", period=DAY, n=8, hits=8)
    assert cell.value == 1.0
    assert cell.variance == pytest.approx(np.var([1] * 9 + [0]))
