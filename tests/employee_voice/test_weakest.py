"""Which driver is called the weakest: the one lower than all others, whatever rough figures stand for."""

from types import SimpleNamespace

import pytest

from cxstats.anonymity import Telling
from cxstats.engagement import Figure, FunctionResult, Share
from cxstats.results import Estimate, Interval, Unit
from employee_voice.choices import SectionRole
from employee_voice.selectors.shown import Line, Row


def exact(name: str, score: float, favourable: float = 0.5) -> Figure:
    interval = Interval(low=score - 0.2, high=score + 0.2, level=0.95)
    value = Estimate(value=score, interval=interval, n=20, unit=Unit.POINTS, method="mean")
    return Figure(measure=name, how=Telling.EXACT, n=20, favourable=Share(value=favourable), score=value)


def rough(name: str, value: float, step: float, *, is_open: bool = False) -> Figure:
    share = Share(value=value, step=step, is_open=is_open)
    return Figure(measure=name, how=Telling.BLUNT, n=20, favourable=share)


def hidden(name: str) -> Figure:
    return Figure(measure=name, how=Telling.HIDDEN)


def weakest(*figures: Figure) -> str | None:
    lines = tuple(
        Line(measure=SimpleNamespace(key=figure.measure), figure=figure, name=figure.measure)
        for figure in (exact(SectionRole.ENGAGEMENT, 1.0), *figures)
    )
    row = Row(
        key="care",
        name="Care",
        depth=1,
        result=FunctionResult(key="care", parent=None, answered=20),
        why="",
        participation="",
        drivers=lines,
        enps=None,
        own=(),
    )
    return row.weakest.name if row.weakest else None


@pytest.mark.parametrize(
    ("figures", "name"),
    [
        ((exact("tools", 3.1, 0.2), exact("workload", 2.9, 0.4)), "workload"),  # by score, not by share
        ((exact("tools", 3.1), exact("workload", 3.1)), None),
        ((rough("tools", 0.3, 0.1), rough("workload", 0.5, 0.1)), "tools"),
        ((rough("workload", 0.5, 0.1), rough("tools", 0.3, 0.1)), "tools"),
        ((rough("tools", 0.4, 0.1), rough("workload", 0.5, 0.1)), "tools"),  # up to 45 % and from 45 % on
        ((rough("tools", 0.4, 0.2), rough("workload", 0.5, 0.1)), None),  # up to 50 %, and from 45 % on
        ((rough("tools", 0.2, 0.2, is_open=True), rough("workload", 0.2, 0.2, is_open=True)), None),
        ((rough("tools", 0.2, 0.2, is_open=True), rough("workload", 0.4, 0.2)), "tools"),
        ((rough("tools", 0.8, 0.2, is_open=True), rough("workload", 0.6, 0.2)), "workload"),
        ((exact("tools", 3.0, 0.45), rough("workload", 0.5, 0.1)), None),  # both may be 45 %
        ((exact("tools", 3.0, 0.44), rough("workload", 0.5, 0.1)), "tools"),
        ((exact("tools", 3.0), exact("workload", 2.0), hidden("authority")), None),  # that one may be lower
        ((exact("tools", 3.0),), "tools"),
        ((), None),
    ],
)
def test_the_weakest_is_lower_than_all_others_or_nobody_is(figures, name):
    assert weakest(*figures) == name
