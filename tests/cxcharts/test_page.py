"""The template around a chart: table for everyone, drawing for those with scripts, nothing to inject."""

import json
import re

from django.template.loader import render_to_string

from cxcharts.render import for_page
from tests.cxcharts.cast import build
from tests.cxcharts.test_every_chart import HOSTILE


def test_page_has_table_menu_and_data() -> None:
    page = for_page(build("counterfactual"), id="proof")
    html = render_to_string("components/chart.html", {"chart": page})
    data = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    assert json.loads(data.group(1))["spec"]["layer"]
    assert html.count("<tr>") == len(page.table.rows) + 1
    assert re.findall(r'data-chart-action="(\w+)"', html) == ["table", "png", "svg", "csv"]
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)


def test_hostile_labels_stay_text_in_the_page() -> None:
    html = render_to_string("components/chart.html", {"chart": for_page(build("dots", HOSTILE), id="dots")})
    assert "<img" not in html
    assert html.count("</script>") == 1
