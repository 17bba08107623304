"""Why there is no figure, in tables: a hidden one that repeats is short, all else keeps its own words."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from cxstats.anonymity import Telling
from cxstats.engagement import Figure, Measure, MeasureKind
from employee_voice.selectors.shown import Line
from tests.markup import running_text

NOBODY, FEW, NEAR = "Nobody answered this.", "Hidden: too few answers.", "Hidden: only a few people moved."
AGAIN = "Hidden, as above."


def line(key, why):
    how = Telling.EXACT if why == NOBODY else Telling.HIDDEN
    figure = Figure(measure=key, how=how, n=0 if why == NOBODY else None)
    measure = Measure(key=key, kind=MeasureKind.DRIVER, questions=())
    return Line(measure=measure, figure=figure, name=key, why=why)


@pytest.mark.parametrize("template", ["reports/pdf/driver_table", "employee_voice/parts/driver_lines"])
@pytest.mark.parametrize(
    ("whys", "said"),
    [
        ([FEW, FEW, FEW], [FEW, AGAIN, AGAIN]),
        ([NOBODY, NOBODY, NOBODY], [NOBODY, NOBODY, NOBODY]),
        ([FEW, NOBODY, NOBODY, FEW], [FEW, NOBODY, NOBODY, AGAIN]),
        ([FEW, NEAR, NEAR], [FEW, NEAR, AGAIN]),
    ],
)
def test_only_what_is_hidden_is_hidden_as_above(template, whys, said):
    lines = [line(f"driver-{number}", why) for number, why in enumerate(whys)]
    with translation.override("en"):
        text = running_text(
            render_to_string(f"{template}.html", {"lines": lines, "compared": False, "caption": "Driver"})
        )
    rows = [
        text.partition(f"driver-{number}")[2].partition(f"driver-{number + 1}")[0].strip()
        for number in range(len(whys))
    ]
    assert rows == said
