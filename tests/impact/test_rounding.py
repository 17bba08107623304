"""One rounding for a figure, its range and what it is made of."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.roi import CashYear
from impact.selectors.case_tables import cash_rows
from impact.wording import central, ends_beside


def _spread(low, middle, high):
    return SimpleNamespace(p5=low, mean=middle, p95=high)


def _case(worth, spent):
    return SimpleNamespace(net_present_value=worth, present_value_costs=spent)


def _amounts(text):
    found = re.findall(r"(−?)EUR\u00a0([\d,]+(?:\.\d+)?)", text)
    return [float(number.replace(",", "")) * (-1 if sign else 1) for sign, number in found]


amount = st.floats(min_value=-5e7, max_value=5e7, allow_nan=False)


def test_a_cost_that_is_certain_is_one_figure():
    spent = 100_000 + 1_000 / 1.075**5  # 100,696.56
    case = _case(_spread(9_000.0, 24_700.0, 40_000.0), _spread(spent, spent, spent))
    shown = central(case)
    assert shown.costs == 100_700
    assert shown.range_text(case.present_value_costs, shown.costs, "EUR") == (
        "EUR\u00a0100,700 to EUR\u00a0100,700"
    )


@given(worth=st.lists(amount, min_size=3, max_size=3), spent=st.lists(amount, min_size=3, max_size=3))
def test_no_figure_stands_outside_its_own_range(worth, spent):
    net = _spread(*sorted(worth))
    costs = _spread(*sorted(map(abs, spent)))
    gained = _spread(net.p5 + costs.p5, net.mean + costs.mean, net.p95 + costs.p95)
    shown = central(_case(net, costs))
    assert shown.benefits - shown.costs == shown.net
    for spread, figure in ((net, shown.net), (costs, shown.costs), (gained, shown.benefits)):
        low, high = _amounts(shown.range_text(spread, figure, "EUR"))
        assert low <= figure <= high


@given(st.lists(amount, min_size=3, max_size=3))
def test_the_ends_have_the_step_of_the_figure_or_are_told_apart(three):
    low, middle, high = sorted(three)
    shown = central(_case(_spread(low, middle, high), _spread(0.0, 0.0, 0.0)))
    ends = ends_beside(low, high, "EUR", mean=middle, shown=shown.net, digits=shown.digits)
    step = 10**-shown.digits
    for text in ends.values():
        (value,) = _amounts(text)
        is_of_one_step = value % step == pytest.approx(0, abs=1e-6)
        assert is_of_one_step or high - low < 2 * step


def test_ends_that_would_read_alike_are_told_apart_beside_their_figure():
    ends = ends_beside(100_690.0, 100_697.0, "EUR", mean=100_694.0, shown=100_700.0, digits=-2)
    assert list(ends.values()) == ["EUR\u00a0100,690", "EUR\u00a0100,700"]


def _flow(rows, rate):
    running = total = 0.0
    years = []
    for year, (benefit, cost) in enumerate(rows):
        running += benefit - cost
        total += (benefit - cost) / (1 + rate) ** year
        years.append(
            CashYear(
                year=year,
                benefit=benefit,
                cost=cost,
                net=benefit - cost,
                cumulative=running,
                discounted_cumulative=total,
            )
        )
    return tuple(years)


years = st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1e5)), min_size=2, max_size=8)


@given(rows=years, first=st.floats(1, 1e6))
def test_without_a_discount_the_years_add_up_to_the_sum_beside_them(rows, first):
    flow = _flow([(0.0, first), *rows], 0.0)
    worth = flow[-1].discounted_cumulative
    shown = central(_case(_spread(worth, worth, worth), _spread(*[first + sum(c for _b, c in rows)] * 3)))
    so_far = 0.0
    for row in cash_rows(flow, "EUR", worth, shown):
        (benefit,), (cost,), (net,), (cumulative,) = map(
            _amounts, (row.benefit, row.cost, row.net, row.cumulative)
        )
        so_far += net
        assert net == benefit - cost
        assert cumulative == so_far
        assert benefit == 0 if row.year.year == 0 else True


@given(rows=years, first=st.floats(1, 1e6))
def test_costs_of_a_year_stay_as_they_are_where_the_years_add_up(rows, first):
    plain = _flow([(0.0, first), *rows], 0.0)
    worth = plain[-1].discounted_cumulative
    shown = central(_case(_spread(worth, worth, worth), _spread(first, first, first)))
    smallest = min(
        abs(x) for year in plain for x in (year.benefit, year.cost, year.cumulative) if round(abs(x))
    )
    for row in cash_rows(plain, "EUR", worth, shown):
        (cost,) = _amounts(row.cost)
        assert abs(cost - row.year.cost) <= max(smallest / 100, 1)


def test_with_a_discount_the_rows_are_rounded_alone():
    flow = _flow([(0.0, 100_000.0), (60_000.0, 0.0), (60_000.0, 0.0)], 0.1)
    worth = flow[-1].discounted_cumulative
    rows = cash_rows(flow, "EUR", worth, central(_case(_spread(worth, worth, worth), _spread(1e5, 1e5, 1e5))))
    assert [row.benefit for row in rows] == ["EUR\u00a00", "EUR\u00a060,000", "EUR\u00a060,000"]
    assert rows[1].cumulative == "−EUR\u00a045,450"
