"""A new chart is two files: what draws it, and the room's line that says from what. Shown by adding one.

The two files stand below as text and are imported like files of the project. Nothing else is touched: no
template, view, document or list of charts.
"""

import importlib
import json
import re
import sys
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from impact.selectors.charts import STUDY_CHARTS
from reports.documents.drawing import html_of
from tests.factories.reports import proved, waiting_report

# As cxcharts/<name>.py: data in, one specification out, with its sentence and its table.
DRAWING = '''
from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import dots, level_x, linear, view
from cxcharts.locale import ValueFormat
from cxcharts.writer import Writer


def staircase(*, title, subtitle, steps, labels, locale, height=120.0):
    """Numbers as dots that climb from left to right."""
    writer = Writer(value=ValueFormat(), labels=labels, locale=locale)
    x = level_x(-0.5, len(steps) - 0.5, axis=None)
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": linear(0, max(steps))}
    marks = dots([{"x": i, "y": n} for i, n in enumerate(steps)], {"x": x, "y": y}, "fill-hue-0", size=40)
    rows = tuple((Cell(str(i)), writer.cell(n)) for i, n in enumerate(steps, 1))
    sentence = f"{labels.value}: {', '.join(writer.text(n) for n in steps)}."
    return Chart(
        title,
        subtitle,
        view(height=height, layers=[marks]),
        writer.alternative(title, subtitle, [sentence]),
        Table((labels.period, labels.value), rows),
    )
'''
# What the room's selectors/charts.py gets: from what the chart is made.
LINES = """
from common.charting import chart_locale
from cxcharts.labels import ENGLISH
from impact.selectors.charts import STUDY_CHARTS
from new_drawing import staircase


@STUDY_CHARTS.holds("answers_climb")
def _climb(proof):
    return staircase(
        title="Answers climb",
        subtitle=proof.view.subject.metric_name,
        steps=[1200, 3400, 5600],
        labels=ENGLISH,
        locale=chart_locale(),
    )
"""
FILES = {"new_drawing": DRAWING, "new_lines": LINES}


@pytest.fixture
def new_chart(tmp_path, monkeypatch):
    """Both files, gone again after the test."""
    monkeypatch.setattr(STUDY_CHARTS, "builders", dict(STUDY_CHARTS.builders))
    monkeypatch.syspath_prepend(tmp_path)
    for name, text in FILES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    importlib.import_module("new_lines")
    yield
    for name in FILES:
        sys.modules.pop(name)


def test_a_new_chart_is_drawn_in_the_page_of_a_study(new_chart, client_of, ada):
    shown = proved(ada)
    number = shown.simulated.initiative.number
    page = client_of(ada).get(reverse("impact:initiative_impact", args=[ada.organization.slug, number]))
    figure = re.search(r'<figure class="chart" id="answers-climb".*?</figure>', page.text, re.DOTALL)
    assert figure is not None
    assert '<strong class="chart-title">Answers climb</strong>' in figure[0]
    assert "Value: 1,200, 3,400, 5,600." in figure[0]
    assert '<td class="is-number">3,400</td>' in figure[0]
    data = re.search(r'<script type="application/json">(.*?)</script>', figure[0], re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["spec"]["layer"][0]["data"]["values"] == [
        {"x": 0, "y": 1200},
        {"x": 1, "y": 3400},
        {"x": 2, "y": 5600},
    ]


def test_a_new_chart_is_drawn_in_the_report_of_a_study(new_chart, ada):
    document = html_of(waiting_report(ada, proved(ada)))
    figures = re.findall(r'<figure role="img".*?</figure>', document, re.DOTALL)
    (figure,) = (one for one in figures if "Answers climb" in one)
    assert 'aria-label="Answers climb. ' in figure
    assert "Value: 1,200, 3,400, 5,600." in figure
    drawing = re.search(r"<svg.*</svg>", figure, re.DOTALL)
    assert drawing is not None
    kinds = [element.tag.split("}")[1] for element in ElementTree.fromstring(drawing[0]).iter()]
    assert kinds.count("path") == 3


def test_without_it_page_and_report_have_the_charts_they_had(client_of, ada):
    shown = proved(ada)
    number = shown.simulated.initiative.number
    page = client_of(ada).get(reverse("impact:initiative_impact", args=[ada.organization.slug, number]))
    assert re.findall(r'<figure class="chart" id="([\w-]+)"', page.text) == [
        "finding",
        "value",
        "tornado",
        "cash-flow",
    ]
    document = html_of(waiting_report(ada, shown))
    assert document.count('<figure role="img"') == 4


def test_a_name_is_taken_once(new_chart):
    with pytest.raises(ValueError, match="there is a chart answers_climb already"):
        STUDY_CHARTS.holds("answers_climb")
