"""The page "from employee to customer" as the CX leader reads it, computed again from what it prints."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from math import atanh, sqrt, tanh

import numpy as np
import pytest
from django.urls import reverse
from scipy import stats

from customer_voice import services as customers
from tests.factories.employee_voice import survey_of
from tests.impact.test_linkage import TOOLS, functions_of, heard, metric, published  # noqa: F401 - a fixture
from tests.markup import running_text

pytestmark = pytest.mark.django_db
CLOSELY = [0.0, 0.1, 0.2, 0.3, 0.5, 0.4, 0.6, 0.7, 0.7, 0.8, 0.9, 1.0]
LOOSELY = [0.5, 0.0, 0.7, 0.2, 0.9, 0.1, 0.4, 1.0, 0.3, 0.6, 0.8, 0.7]


class Tables(HTMLParser):
    """The cells of all tables of a page, row by row."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.cell = [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in {"td", "th"} and self.tables:
            self.cell = []

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag):
        if tag in {"td", "th"} and self.cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self.cell).split()))
            self.cell = None


def number(text):
    return float(text.replace("−", "-").replace("%", "").replace("+", ""))


def read(client, ada, metric, shares):  # noqa: F811
    """Twelve functions; the page's cells of functions, and the line of the driver."""
    functions = functions_of(ada, 12)
    wave = published(ada, survey_of(ada), functions, TOOLS)
    for touchpoint, share in zip(functions.values(), shares, strict=True):
        heard(metric, touchpoint, wave.closes_on - timedelta(days=3), share)
    customers.rebuild_rollup(organization=ada.organization)
    page = client.get(reverse("impact:employee_link", args=["northwind"])).content.decode()
    tables = Tables(page).tables
    [cells] = [one for one in tables if one[0] and one[0][0] == "Name"]
    [drivers] = [one for one in tables if one[0] and one[0][0] == "Driver"]
    [line] = [row for row in drivers if row and row[0] == "Tools"]
    return running_text(page), [(number(row[1]), number(row[2])) for row in cells[1:]], line


def by_hand(cells):
    """Spearman's correlation and p by SciPy, the interval by the formula of Bonett and Wright (2000)."""
    tools, customer = np.array(cells).T
    rho = stats.spearmanr(tools, customer).statistic
    chance = stats.permutation_test(
        (tools,),
        lambda order: stats.spearmanr(order, customer).statistic,
        permutation_type="pairings",
        n_resamples=4_000,
        rng=np.random.default_rng(5),
    ).pvalue
    half = stats.norm.ppf(0.975) * sqrt((1 + rho**2 / 2) / (len(tools) - 3))
    return rho, tanh(atanh(rho) - half), tanh(atanh(rho) + half), chance


@pytest.mark.parametrize("shares", [CLOSELY, LOOSELY])
def test_what_the_page_prints_follows_from_the_cells_that_it_prints(ada, metric, client_of, shares):  # noqa: F811
    text, cells, line = read(client_of(ada), ada, metric, shares)
    assert len(cells) == 12
    rho, low, high, chance = by_hand(cells)
    _name, printed, interval, by_chance, functions, reading = line
    assert number(printed) == pytest.approx(rho, abs=0.006)
    ends = [number(end) for end in re.findall(r"[+−-]?\d\.\d+", interval)]
    assert ends == pytest.approx([low, high], abs=0.006)
    assert functions == "12"
    assert "never part of a return" in text
    if shares is CLOSELY:
        assert by_chance == "below 0.1%"
        assert chance < 0.001
        assert reading == "associated"
        assert f"rank correlation {printed} ({interval}), 12 functions" in text
    else:
        assert chance > 0.05
        assert number(by_chance) / 100 == pytest.approx(chance, abs=0.03)
        assert reading != "associated"
        assert not re.search(r"Where employees rate “Tools” higher, NPS® at their touchpoints is", text)
