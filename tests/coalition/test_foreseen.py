"""The engine is asked once about the same plan and the same answers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coalition.selectors import foreseen as foreseeing
from coalition.selectors.foreseen import foreseen
from cxstats.design import Direction, EstimandKind, EvaluationDesign, MetricPanel, PanelCell, PeriodKind
from cxstats.evaluate import smallest_detectable_effect

WEEKS = [date(2025, 1, 6) + timedelta(weeks=week) for week in range(40)]
DESIGN = EvaluationDesign(
    metric="osat", kind=EstimandKind.MEAN, period=PeriodKind.WEEK, start=WEEKS[-1] + timedelta(weeks=1)
)


def panel_of(scores):
    cells = tuple(
        PanelCell(unit=unit, period=week, value=scores[(place + shift) % len(scores)], n=30, variance=2.0)
        for unit, shift in (("a", 0), ("b", 2))
        for place, week in enumerate(WEEKS)
    )
    return MetricPanel(cells=cells, treated=(("a", None),), controls=("b",))


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def counting(*args, **kwargs):
        calls.append(args)
        return smallest_detectable_effect(*args, **kwargs)

    monkeypatch.setattr(foreseeing, "smallest_detectable_effect", counting)
    return calls


def test_the_same_is_computed_once_and_anything_else_anew(asked):
    panel = panel_of([7.0, 7.4, 6.8, 7.1, 7.3])
    first = foreseen(DESIGN, panel, planned=20)
    assert foreseen(DESIGN, panel, planned=20) == first
    assert len(asked) == 1
    assert first == smallest_detectable_effect(DESIGN, panel, planned_periods=20)
    foreseen(DESIGN, panel, planned=21)
    foreseen(replace(DESIGN, direction=Direction.DOWN), panel, planned=20)
    other = foreseen(DESIGN, panel_of([7.0, 9.4, 4.8, 7.1, 7.3]), planned=20)
    assert len(asked) == 4
    assert other != first
